// SPDX-License-Identifier: GPL-2.0-or-later
#include "sizes.h"

#include <string.h>

/* What the driver reserves for MIG, and the unit of the rest. */
#define RESERVED_BYTES (1 * GIB)
#define BLOCK_BYTES    (512 * MIB)

static uint64_t round_up_to_power_of_two(uint64_t bytes)
{
    uint64_t power = 1;

    while (power < bytes && power < 1ULL << 63) {
        power <<= 1;
    }
    return power;
}

bool memory_split(uint64_t total, struct memory_split *split)
{
    uint64_t unrounded;

    memset(split, 0, sizeof(*split));
    if (total < RESERVED_BYTES + BLOCK_BYTES) {
        return false;
    }
    unrounded = total - RESERVED_BYTES;
    /* The BAR's size is taken before the length is rounded to blocks. */
    split->usemem.bar_bytes = round_up_to_power_of_two(unrounded);
    split->usemem.bytes = unrounded / BLOCK_BYTES * BLOCK_BYTES;
    split->resmem.bytes = total - split->usemem.bytes;
    split->resmem.bar_bytes = round_up_to_power_of_two(split->resmem.bytes);
    return true;
}
