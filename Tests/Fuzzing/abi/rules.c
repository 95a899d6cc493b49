/*
 * What holds after each step, whatever a guest does
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "machine.h"

static void check_guards(const Machine *machine)
{
    const ConfigSpace *space = &machine->config;
    const ConfigSpace *first = &machine->first;

    /* The first copy was taken before the device had anything to write. */
    for (uint32_t i = 0; i < GUARD_SIZE; i++) {
        rule(first->guard_0[i] == 0xc7 && first->guard_1[i] == 0xc7 &&
                 first->guard_2[i] == 0xc7 && first->guard_3[i] == 0xc7 &&
                 first->guard_4[i] == 0xc7,
             "a device writes nothing beside its configuration space");
    }
    rule(memcmp(space->guard_0, first->guard_0, GUARD_SIZE) == 0 &&
             memcmp(space->guard_1, first->guard_1, GUARD_SIZE) == 0 &&
             memcmp(space->guard_2, first->guard_2, GUARD_SIZE) == 0 &&
             memcmp(space->guard_3, first->guard_3, GUARD_SIZE) == 0 &&
             memcmp(space->guard_4, first->guard_4, GUARD_SIZE) == 0,
         "a device writes nothing beside its configuration space");
    rule(memcmp(space->write_mask, first->write_mask, CONFIG_SIZE) == 0 &&
             memcmp(space->clear_mask, first->clear_mask, CONFIG_SIZE) == 0 &&
             memcmp(space->check_mask, first->check_mask, CONFIG_SIZE) == 0,
         "masks never change");
}

/* Eight bytes of one of the arrays. */
static uint64_t word(const uint8_t *bytes)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof(value));
    return value;
}

/*
 * Bits that a guest can neither write nor clear keep their value. Of those,
 * the device itself may change what it does not want compared on migration;
 * on a chip without CXL that is nothing.
 */
static void check_read_only(const Machine *machine)
{
    const ConfigSpace *space = &machine->config;
    uint64_t own = 0;

    for (uint32_t i = 0; i < machine->about.capability_count; i++) {
        uint32_t offset = machine->capabilities[i].offset;

        /* A DVSEC (0x23) of the CXL Consortium (0x1e98). */
        if (machine->capabilities[i].id == 0x23 &&
            (config_dword(machine, offset + 4) & 0xffff) == 0x1e98) {
            own = UINT64_MAX;
        }
    }
    for (uint32_t i = 0; i < CONFIG_SIZE; i += 8) {
        uint64_t fixed =
            ~(word(space->write_mask + i) | word(space->clear_mask + i)) &
            ~(own & ~word(space->check_mask + i));

        rule(((word(space->bytes + i) ^ word(machine->first.bytes + i)) &
              fixed) == 0,
             "bits that are read-only keep their value");
    }
}

static void check_bars(const Machine *machine)
{
    for (uint32_t i = 0; i < machine->about.region_count; i++) {
        const GraceRegion *region = &machine->regions[i];
        uint32_t offset = 0x10 + 4 * region->bar;
        uint64_t value;
        uint64_t type = 0;

        if (region->kind != GRACE_REGION_BAR) {
            continue;
        }
        value = config_dword(machine, offset);
        if (region->flags & GRACE_REGION_WIDE) {
            value |= (uint64_t)config_dword(machine, offset + 4) << 32;
            type |= 4;
        }
        if (region->flags & GRACE_REGION_PREFETCHABLE) {
            type |= 8;
        }
        rule((value & (region->size - 1)) == type,
             "bits of a BAR below its size are its type and zeros");
    }
}

/* Both lists, link by link, against what the device says that it has. */
static void check_capabilities(const Machine *machine)
{
    const GraceCapability *capability = machine->capabilities;
    uint32_t count = machine->about.capability_count;
    uint32_t offset = config_dword(machine, 0x34) & 0xff;
    uint32_t i = 0;

    rule(machine->config.bytes[6] & 0x10, "Status says that there are some");
    for (; offset; i++) {
        rule(i < count && capability[i].offset == offset &&
                 machine->config.bytes[offset] == capability[i].id,
             "the list of capabilities is whole");
        offset = machine->config.bytes[offset + 1];
    }
    rule(i == count || capability[i].offset == 0x100,
         "the list of capabilities has all of them");
    offset = i < count ? 0x100 : 0;
    for (; offset; i++) {
        uint32_t header = config_dword(machine, offset);

        rule(i < count && capability[i].offset == offset &&
                 (header & 0xffff) == capability[i].id &&
                 (header >> 16 & 0xf) == capability[i].version,
             "the list of extended capabilities is whole");
        offset = header >> 20;
    }
    rule(i == count, "the list of extended capabilities has all of them");
}

/* Most of this is about configuration space and what never changes. */
void machine_check(Machine *machine)
{
    machine_check_memory(machine);
    if (memcmp(&machine->config, &machine->checked, sizeof(ConfigSpace)) == 0) {
        return;
    }
    check_guards(machine);
    check_read_only(machine);
    check_bars(machine);
    check_capabilities(machine);
    machine->checked = machine->config;
}
