// SPDX-License-Identifier: GPL-2.0-or-later
#include "words.h"

#include <inttypes.h>

#include "ktap.h"

static uint64_t word(size_t position, uint64_t seed)
{
    /* As in pattern.c: an odd number near 2^64 / golden ratio. */
    return (position + 1 + (seed << 40)) * 0x9e3779b97f4a7c15ULL;
}

void words_fill(volatile uint8_t *bytes, size_t count, uint64_t seed)
{
    volatile uint64_t *words = (volatile uint64_t *)bytes;

    for (size_t i = 0; i < count / sizeof(words[0]); i++) {
        words[i] = word(i, seed);
    }
}

bool words_check(const volatile uint8_t *bytes, size_t count, uint64_t seed)
{
    const volatile uint64_t *words = (const volatile uint64_t *)bytes;

    for (size_t i = 0; i < count / sizeof(words[0]); i++) {
        uint64_t found = words[i];

        if (found != word(i, seed)) {
            return ktap_fail("the word at byte %zu of %zu is 0x%016" PRIx64
                             ", and 0x%016" PRIx64 " was written",
                             i * sizeof(words[0]), count, found, word(i, seed));
        }
    }
    return true;
}
