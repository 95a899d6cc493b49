/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of bar-check share. */
#ifndef GRACE_BAR_CHECK_H
#define GRACE_BAR_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci.h"
#include "sizes.h"
#include "window.h"

/* A BAR with memory behind it. */
struct memory_bar {
    const struct pci_function *function;
    int index;
    struct memory_part expected;
    /* The case on the start and the end of the memory has passed. */
    bool ends_confirmed;
};

/*
 * Maps a part of a BAR: `write_combining` takes resourceN_wc, which is normal
 * uncached memory, where unaligned accesses and atomics are allowed; plain
 * resourceN is Device memory. Gives ktap_fail() the reason if it fails.
 */
bool bar_map(const struct pci_function *function, int index,
             bool write_combining, uint64_t offset, size_t bytes,
             struct window *window);

/* The same for a part of a memory BAR, write-combining. */
bool memory_bar_map(const struct memory_bar *bar, uint64_t offset, size_t bytes,
                    struct window *window);

/* Cases on a memory BAR, and on how two lie together: apart, or in one. */
void add_memory_cases(struct memory_bar *bar);
void add_same_memory_case(struct memory_bar bars[2]);
void add_alias_case(struct memory_bar bars[2]);

/* Cases that hold for the cached memory alone. */
void add_plain_memory_cases(struct memory_bar *bar);

#endif
