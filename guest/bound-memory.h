/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program's memory, and the NUMA node and the place that its pages have. */
#ifndef GRACE_BOUND_MEMORY_H
#define GRACE_BOUND_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Anonymous memory that may come from one node alone (MPOL_BIND), with all
 * pages there. `protection` is added to readable and writable. NULL, with the
 * reason given to ktap_fail(). It is the caller's to unmap.
 */
volatile uint8_t *bound_memory_map(unsigned node, size_t bytes, int protection);

/* The same in huge pages; `bytes` is a multiple of one. */
volatile uint8_t *bound_memory_map_huge(unsigned node, size_t bytes);

/* Size of a huge page; 0, with the reason given to ktap_fail(). */
size_t bound_memory_huge_bytes(void);

void bound_memory_unmap(volatile uint8_t *base, size_t bytes);

/* Where a page is; for cases. */
bool bound_memory_physical(volatile uint8_t *address, uint64_t *physical);

/* Whether all pages lie in a range of physical addresses; for cases. */
bool bound_memory_check_inside(volatile uint8_t *base, size_t bytes,
                               uint64_t start, uint64_t length);

/* Whether the kernel says that all pages are on the node; for cases. */
bool bound_memory_check_node(volatile uint8_t *base, size_t bytes,
                             unsigned node);

/* Moves all pages to a node with move_pages(2); for cases. */
bool bound_memory_move(volatile uint8_t *base, size_t bytes, unsigned node);

#endif
