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

static struct memory_part whole(uint64_t bytes)
{
    return (struct memory_part){bytes, round_up_to_power_of_two(bytes)};
}

bool memory_layout(uint64_t total, bool divided, bool has_aperture,
                   struct memory_layout *layout)
{
    uint64_t unrounded;

    memset(layout, 0, sizeof(*layout));
    if (total < BLOCK_BYTES + (divided ? RESERVED_BYTES : 0)) {
        return false;
    }
    if (has_aperture) {
        layout->aperture = whole(total);
    }
    if (!divided) {
        layout->usemem = whole(total);
        return true;
    }
    unrounded = total - RESERVED_BYTES;
    /* The BAR's size is taken before the length is rounded to blocks. */
    layout->usemem.bar_bytes = round_up_to_power_of_two(unrounded);
    layout->usemem.bytes = unrounded / BLOCK_BYTES * BLOCK_BYTES;
    layout->resmem = whole(total - layout->usemem.bytes);
    return true;
}

struct memory_part bar2_part(const struct memory_layout *layout, bool in_vm)
{
    const struct memory_part nothing = {0, 0};

    if (layout->aperture.bytes > 0) {
        return layout->aperture;
    }
    return in_vm ? layout->resmem : nothing;
}

struct memory_part region2_part(const struct memory_layout *layout)
{
    return layout->resmem.bytes > 0 ? layout->resmem : layout->aperture;
}
