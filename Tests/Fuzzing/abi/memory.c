/*
 * What the device's memory answers, by what a guest can see
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "machine.h"

/* PCI Code and ID Assignment 1.15, 2. */
#define ID_POWER 0x01u
/* PCI Express Base 6.0, 7.9.6: designated vendor-specific. */
#define ID_DESIGNATED 0x23u
/* docs/device.md: the link's status and the boot's. */
#define LINK 0x001498u
#define BOOT 0x0200bcu

/* docs/faults.md: all but these take the memory away. */
void machine_note_fault(Machine *machine, const char *name)
{
    machine->is_memory_away =
        strcmp(name, "none") != 0 && strcmp(name, "flr-hangs") != 0;
}

/* CXL 3.1, 8.1.3: DVSEC 0 of vendor 0x1e98, and in it Range 1 Size Low. */
static uint32_t readiness_offset(const Machine *machine)
{
    for (uint32_t i = 0; i < machine->about.capability_count; i++) {
        uint32_t offset = machine->capabilities[i].offset;

        if (offset >= 0x100 && machine->capabilities[i].id == ID_DESIGNATED &&
            (config_dword(machine, offset + 4) & 0xffff) == 0x1e98 &&
            (config_dword(machine, offset + 8) & 0xffff) == 0) {
            return offset + 0x1c;
        }
    }
    return 0;
}

void machine_know_memory(Machine *machine)
{
    machine->readiness = readiness_offset(machine);
    for (uint32_t i = 0; i < machine->option_count; i++) {
        if (strcmp(machine->options[i].name, "fault") == 0) {
            machine_note_fault(machine, machine->options[i].value);
        }
    }
}

/*
 * What the coherent memory answers, by what a guest can see: it is memory once
 * both status registers and CXL's bits say so, in D0, unless a fault has taken
 * it away. Extended memory is the host's, and goes on.
 */
void machine_check_memory(Machine *machine)
{
    uint32_t power = capability_offset(machine, ID_POWER);
    int is_there = machine->world.present && !machine->is_memory_away &&
                   machine_register(machine, LINK) == 0xff &&
                   machine_register(machine, BOOT) == 0xff;

    if (power && (machine->config.bytes[power + 4] & 3) == 3) {
        is_there = 0;
    }
    if (machine->readiness) {
        uint32_t ready = config_dword(machine, machine->readiness);

        is_there = is_there && (ready & 3) == 3 && ready != UINT32_MAX;
    }
    for (uint32_t i = 0; i < machine->about.region_count; i++) {
        const GraceRegion *region = &machine->regions[i];
        int is_extended =
            region->kind == GRACE_REGION_FIXED && region->memory_offset > 0;

        rule(!region->backed_size ||
                 (machine->world.modes[i] == GRACE_REGION_MEMORY) ==
                     (is_there || is_extended),
             "memory is there when it is ready, awake and whole, and no "
             "earlier");
    }
}
