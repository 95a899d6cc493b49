// SPDX-License-Identifier: GPL-2.0-or-later
#include "pattern.h"

#include <inttypes.h>

#include "ktap.h"

static uint8_t pattern_byte(size_t position, uint64_t seed)
{
    /* Multiplies by an odd number near 2^64 / golden ratio: all bits mix. */
    uint64_t mixed = (position + 1 + seed) * 0x9e3779b97f4a7c15ULL;

    return (uint8_t)(mixed >> 56);
}

void pattern_fill(volatile uint8_t *bytes, size_t count, uint64_t seed)
{
    for (size_t i = 0; i < count; i++) {
        bytes[i] = pattern_byte(i, seed);
    }
}

size_t pattern_compare(const volatile uint8_t *bytes, size_t count,
                       uint64_t seed)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] != pattern_byte(i, seed)) {
            return i;
        }
    }
    return count;
}

bool pattern_check(const volatile uint8_t *bytes, size_t count, uint64_t seed,
                   uint64_t offset, const char *how)
{
    size_t at = pattern_compare(bytes, count, seed);

    return at == count ||
           ktap_fail("the byte at offset 0x%" PRIx64 " is 0x%02x through %s, "
                     "not what was written",
                     offset + at, bytes[at], how);
}
