/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes to write and to find again. */
#ifndef GRACE_PATTERN_H
#define GRACE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Fills with bytes that depend on the seed and on their position, so that
 * memory which appears in two places shows.
 */
void pattern_fill(volatile uint8_t *bytes, size_t count, uint64_t seed);

/* The position of the first byte that differs, or `count` if none does. */
size_t pattern_compare(const volatile uint8_t *bytes, size_t count,
                       uint64_t seed);

/*
 * Whether all bytes are right; if not, ktap_fail() gets a sentence which says
 * that they were read through `how`, and began at `offset` of something.
 */
bool pattern_check(const volatile uint8_t *bytes, size_t count, uint64_t seed,
                   uint64_t offset, const char *how);

#endif
