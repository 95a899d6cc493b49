/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Much memory to write and to find again, by words: bytes would take long. */
#ifndef GRACE_WORDS_H
#define GRACE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fills whole words of 8 bytes, each by the seed and its position. */
void words_fill(volatile uint8_t *bytes, size_t count, uint64_t seed);

/* Whether all words are right; if not, ktap_fail() gets a sentence. */
bool words_check(const volatile uint8_t *bytes, size_t count, uint64_t seed);

#endif
