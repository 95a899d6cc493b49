/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What only plain memory can do: atomic accesses, DC ZVA, running code, each as
 * the machine's instructions do it. Each function is the body of a case, and
 * leaves the bytes it used changed. The address must be normal memory,
 * writable, and aligned to 4 KiB.
 */
#ifndef GRACE_MEMORY_OPS_H
#define GRACE_MEMORY_OPS_H

#include <stdbool.h>
#include <stdint.h>

/* How the cases name what they use. */
#ifdef __aarch64__
#define ATOMIC_ADD "LDADD"
#define EXCLUSIVES "exclusive loads and stores (LDXR, STXR)"
#define ZERO_BLOCK "DC ZVA"
#else
#define ATOMIC_ADD "LOCK XADD"
#define EXCLUSIVES "comparing exchanges (LOCK CMPXCHG)"
#define ZERO_BLOCK "one instruction"
#endif

/* Two threads count up one number with an atomic add. */
bool memory_check_atomic_add(volatile uint8_t *address);

/* Two threads count up one number with a loop that retries. */
bool memory_check_exclusives(volatile uint8_t *address);

/* One instruction zeroes one block, and nothing else; arm64 alone. */
bool memory_check_zero_block(volatile uint8_t *address);

/*
 * Runs code at the address and, after changing it, once more. Uses two pages;
 * the first run crosses from one into the other. They must be executable.
 */
bool memory_check_code(volatile uint8_t *address);

#endif
