/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What memory-ops.c shares with the parts that differ between machines. */
#ifndef GRACE_MEMORY_OPS_MACHINE_H
#define GRACE_MEMORY_OPS_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Whether two threads that call `add_one` count up one number rightly. */
bool memory_check_counting(volatile uint8_t *address,
                           void (*add_one)(volatile uint64_t *));

/*
 * Writes at `code`, which is aligned to 4 bytes, a function that gives the sum
 * or the product of its arguments, and calls it.
 */
uint64_t memory_run_sum(volatile uint8_t *code, uint64_t a, uint64_t b);
uint64_t memory_run_product(volatile uint8_t *code, uint64_t a, uint64_t b);

#endif
