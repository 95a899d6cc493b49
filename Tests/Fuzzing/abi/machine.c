/*
 * A device as a VMM drives it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

#define GUARD_BYTE 0xc7

/* PCI Local Bus 3.0, 6.1 and 6.2.5. */
#define COMMAND        0x04u
#define CACHE_LINE     0x0cu
#define BAR_0          0x10u
#define INTERRUPT_LINE 0x3cu
/* PCI Code and ID Assignment 1.15, 2. */
#define ID_POWER   0x01u
#define ID_MSI     0x05u
#define ID_EXPRESS 0x10u
#define ID_MSIX    0x11u
/* PCI Express Base 6.0, 7.5.3.4: Device Control, and Initiate FLR in it. */
#define DEVICE_CONTROL 0x08u
#define INITIATE_FLR   0x8000u

const char *step = "the start";

void broken(const char *text)
{
    fprintf(stderr, "broken after %s: %s\n", step, text);
    abort();
}

uint32_t config_dword(const Machine *machine, uint32_t offset)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < 4; i++) {
        value |= (uint32_t)machine->config.bytes[(offset + i) % CONFIG_SIZE]
                 << 8 * i;
    }
    return value;
}

uint32_t capability_offset(const Machine *machine, uint16_t id)
{
    for (uint32_t i = 0; i < machine->about.capability_count; i++) {
        if (machine->capabilities[i].id == id &&
            machine->capabilities[i].offset < 0x100) {
            return machine->capabilities[i].offset;
        }
    }
    return 0;
}

uint32_t machine_register(Machine *machine, uint64_t offset)
{
    Permission permission = machine->permission;
    uint64_t value;

    machine->permission = ASK_TIME;
    value = functions->region_read(machine->device, 0, offset, 4);
    machine->permission = permission;
    return (uint32_t)value;
}

static void describe(Machine *machine)
{
    machine->about.struct_size = sizeof(machine->about);
    rule(functions->describe(machine->device, &machine->about) == GRACE_OK &&
             machine->about.region_count <= MAX_REGIONS &&
             machine->about.capability_count <= MAX_CAPABILITIES,
         "a device describes itself");
    for (uint32_t i = 0; i < machine->about.region_count; i++) {
        machine->regions[i].struct_size = sizeof(machine->regions[i]);
        rule(functions->region(machine->device, i, &machine->regions[i]) ==
                 GRACE_OK,
             "a device describes its regions");
    }
    for (uint32_t i = 0; i < machine->about.capability_count; i++) {
        machine->capabilities[i].struct_size = sizeof(GraceCapability);
        rule(functions->capability(machine->device, i,
                                   &machine->capabilities[i]) == GRACE_OK,
             "a device describes its capabilities");
    }
}

int machine_try(Machine *machine, const GraceOption *options,
                uint32_t option_count, GraceError *error)
{
    ConfigSpace *space = &machine->config;
    GraceConfig config = {sizeof(config),    CONFIG_SIZE,
                          space->bytes,      space->write_mask,
                          space->clear_mask, space->check_mask};

    memset(machine, 0, sizeof(*machine));
    memset(space, GUARD_BYTE, sizeof(*space));
    memset(machine->world.bad, 0xff, sizeof(machine->world.bad));
    machine->world.deadline = UINT64_MAX;
    machine->world.present = 1;
    machine->options = options;
    machine->option_count = option_count;
    machine->device =
        functions->create(&machine_host, machine, options, option_count, error);
    if (!machine->device) {
        return 0;
    }
    describe(machine);
    rule(functions->config_attach(machine->device, &config) == GRACE_OK,
         "a device takes its configuration space");
    machine->first = machine->config;
    machine_know_memory(machine);
    machine_reset(machine, GRACE_RESET_COLD);
    return 1;
}

void machine_start(Machine *machine, const GraceOption *options,
                   uint32_t option_count)
{
    GraceError error = {.struct_size = sizeof(error)};

    if (!machine_try(machine, options, option_count, &error)) {
        broken(error.message);
    }
}

void machine_end(Machine *machine)
{
    functions->destroy(machine->device);
    machine->device = NULL;
}

/* Gives the writable bits of a range zeros. */
static void clear(Machine *machine, uint32_t offset, uint32_t size)
{
    for (uint32_t i = offset; i < offset + size; i++) {
        machine->config.bytes[i] &= (uint8_t)~(machine->config.write_mask[i] |
                                               machine->config.clear_mask[i]);
    }
}

void machine_reset(Machine *machine, GraceResetKind kind)
{
    uint32_t power = capability_offset(machine, ID_POWER);
    uint32_t msi = capability_offset(machine, ID_MSI);
    uint32_t msix = capability_offset(machine, ID_MSIX);

    clear(machine, COMMAND, 4);
    clear(machine, CACHE_LINE, 1);
    clear(machine, BAR_0, 24);
    clear(machine, INTERRUPT_LINE, 1);
    if (power) {
        clear(machine, power + 4, 1);
    }
    if (msi) {
        clear(machine, msi, 0x18);
    }
    if (msix) {
        clear(machine, msix, 4);
    }
    machine->permission = ASK_ALL;
    functions->reset(machine->device, kind);
    machine->permission = ASK_NOTHING;
}

void machine_config_write(Machine *machine, uint32_t offset, uint32_t value,
                          uint32_t size)
{
    uint32_t express = capability_offset(machine, ID_EXPRESS);
    ConfigSpace *space = &machine->config;

    for (uint32_t i = 0; i < size && offset + i < CONFIG_SIZE; i++) {
        uint8_t byte = (uint8_t)(value >> 8 * (i & 3));
        uint8_t mask = space->write_mask[offset + i];
        uint8_t *target = &space->bytes[offset + i];

        *target = (uint8_t)((*target & ~mask) | (byte & mask));
        *target &= (uint8_t)~(byte & space->clear_mask[offset + i]);
    }
    machine->permission = ASK_ALL;
    functions->config_did_write(machine->device, offset, size);
    machine->permission = ASK_NOTHING;
    if (express &&
        config_dword(machine, express + DEVICE_CONTROL) & INITIATE_FLR) {
        machine_reset(machine, GRACE_RESET_FUNCTION);
        space->bytes[express + DEVICE_CONTROL + 1] &=
            (uint8_t)~(INITIATE_FLR >> 8);
    }
}

void machine_advance(Machine *machine, uint64_t duration)
{
    World *world = &machine->world;

    /* QEMU's clock is signed. */
    if (duration > (1ull << 62) || world->now + duration > (1ull << 62)) {
        return;
    }
    world->now += duration;
    if (world->now < world->deadline) {
        return;
    }
    world->deadline = UINT64_MAX;
    machine->permission = ASK_ALL;
    functions->clock(machine->device, world->now);
    machine->permission = ASK_NOTHING;
    rule(world->deadline > world->now, "what was due is not due again");
}

void machine_settle(Machine *machine, uint32_t was_present)
{
    if (machine->world.present && !was_present) {
        machine_reset(machine, GRACE_RESET_COLD);
    }
}

uint32_t machine_save(Machine *machine, uint8_t state[STATE_SIZE])
{
    uint32_t length = 0;

    rule(functions->snapshot_save(machine->device, state, STATE_SIZE,
                                  &length) == GRACE_OK &&
             length > 0 && length <= STATE_SIZE,
         "a device saves its state");
    return length;
}

void machine_migrate(Machine *machine)
{
    static uint8_t state[STATE_SIZE];
    static uint8_t again[STATE_SIZE];
    static uint8_t bytes[CONFIG_SIZE];
    static World world;
    GraceError error = {.struct_size = sizeof(error)};
    uint32_t length = machine_save(machine, state);
    uint32_t is_memory_away = machine->is_memory_away;

    world = machine->world;
    memcpy(bytes, machine->config.bytes, sizeof(bytes));
    machine_end(machine);
    machine_start(machine, machine->options, machine->option_count);

    /* As QEMU does: it refuses what differs in the bits of check_mask. */
    for (uint32_t i = 0; i < CONFIG_SIZE; i++) {
        rule(((bytes[i] ^ machine->config.bytes[i]) &
              machine->config.check_mask[i] & ~machine->config.write_mask[i] &
              ~machine->config.clear_mask[i]) == 0,
             "configuration space that was saved can be loaded");
    }
    memcpy(machine->config.bytes, bytes, sizeof(bytes));
    memcpy(machine->world.bus, world.bus, sizeof(world.bus));
    memcpy(machine->world.memory, world.memory, sizeof(world.memory));
    machine->world.refusals = world.refusals;
    machine->world.now = world.now;

    machine->permission = ASK_ALL;
    rule(functions->snapshot_load(machine->device, state, length, &error) ==
             GRACE_OK,
         "state that was saved can be loaded");
    machine->permission = ASK_NOTHING;
    machine->is_memory_away = is_memory_away;
    rule(memcmp(&machine->world, &world, sizeof(world)) == 0,
         "a device that was loaded asks for timer, modes, presence and bad "
         "pages as before");
    rule(memcmp(machine->config.bytes, bytes, sizeof(bytes)) == 0,
         "loading leaves configuration space as it was saved");
    /* Saving is most of what an input costs; the last step saves as well. */
    if (machine->trace & 1) {
        rule(machine_save(machine, again) == length &&
                 memcmp(again, state, length) == 0,
             "a device that was loaded has the state that was saved");
    }
}
