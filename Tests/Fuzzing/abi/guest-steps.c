/*
 * What a guest does: accesses of every kind, and those of a driver
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "../../CQemuBridgeTests/engine.h"
#include "places.h"
#include "steps.h"

/* All ones, as what is not there reads. */
static uint64_t ones(uint32_t size)
{
    return size >= 1 && size < 8 ? (1ull << 8 * size) - 1 : UINT64_MAX;
}

/* Registers are aimed at; a few accesses are between them. */
static uint64_t take_offset(Input *input, uint32_t *size)
{
    static const uint8_t sizes[] = {4, 4, 4, 4, 4, 4, 4, 4,
                                    8, 1, 2, 3, 5, 6, 7, 8};
    static const uint8_t lanes[] = {0, 0, 0, 0, 0, 0, 0, 0,
                                    0, 0, 0, 0, 1, 2, 3, 0xff};
    const Place *place = &places[take8(input) % PLACE_COUNT];
    uint32_t index = take8(input) % place->count;
    uint8_t form = take8(input);

    *size = sizes[form & 15];
    return (uint64_t)place->offset + 4 * index +
           (uint64_t)(int64_t)(int8_t)lanes[form >> 4];
}

static uint64_t read_both(uint32_t index, uint64_t offset, uint32_t size)
{
    uint64_t value[2];

    for_both(machine)
    {
        const GraceRegion *region = &machine->regions[index % MAX_REGIONS];

        machine->permission = ASK_TIME;
        value[machine - twins] =
            functions->region_read(machine->device, index, offset, size);
        machine->permission = ASK_NOTHING;
        rule((value[machine - twins] & ~ones(size)) == 0,
             "a read has no more bytes than were asked for");
        if (size < 1 || size > 8 || index >= machine->about.region_count ||
            offset >= region->size || size > region->size - offset) {
            rule(value[machine - twins] == ones(size),
                 "what is not there reads as ones");
        }
    }
    rule(value[0] == value[1], "both devices read the same");
    return value[0];
}

static void write_both(uint32_t index, uint64_t offset, uint64_t value,
                       uint32_t size)
{
    for_both(machine)
    {
        machine->permission = ASK_ALL;
        functions->region_write(machine->device, index, offset, value, size);
        machine->permission = ASK_NOTHING;
    }
}

void step_register_write(Input *input)
{
    uint32_t size;
    uint64_t offset = take_offset(input, &size);

    step = "a write of a register";
    write_both(0, offset, take(input, size > 4 ? 8 : 4), size);
}

void step_register_read(Input *input)
{
    uint32_t size;
    uint64_t offset = take_offset(input, &size);

    step = "a read of a register";
    read_both(0, offset, size);
}

void read_everywhere(void)
{
    step = "the last step";
    for (uint32_t i = 0; i < PLACE_COUNT; i++) {
        for (uint32_t j = 0; j < places[i].count; j++) {
            read_both(0, places[i].offset + 4 * j, 4);
        }
    }
}

/* Any region, offset and size, also those that no bus makes. */
void step_any_access(Input *input)
{
    uint8_t form = take8(input);
    uint32_t index = form & 7;
    uint32_t size = take8(input);
    uint64_t offset = take(input, 8);

    step = "an access of any kind";
    if (form & 0x10) {
        size %= 9;
    }
    if (form & 0x20) {
        offset &= 0xffffff;
    }
    if (form & 0x40) {
        index = UINT32_MAX - index;
    }
    if (form & 0x80) {
        write_both(index, offset, take(input, 8), size);
    } else {
        read_both(index, offset, size);
    }
}

/* docs/device.md: GH100 has two memories behind ports, others have none. */
typedef struct Memory {
    uint32_t port;
    uint32_t port_count;
    uint32_t dword_count;
} Memory;

static const Memory memories[] = {{0x8f2ac0, 8, 2048}, {0x8441c0, 4, 1024}};

/* Which dword: mostly one where something ends. */
static uint32_t take_dword(Input *input, uint8_t form)
{
    static const uint16_t aims[] = {0,    1,    1022, 1023, 1024,  1025,
                                    2046, 2047, 2048, 2049, 16382, 16383};
    uint32_t number = (uint32_t)take(input, 2);

    return form & 0x40 ? number & 0x3fff : aims[number % COUNT(aims)];
}

static uint32_t peek(Machine *machine, uint32_t port, uint32_t dword)
{
    functions->region_write(machine->device, 0, port, 4 * dword, 4);
    return machine_register(machine, port + 4);
}

/* What is written to a memory behind a port is there, and nowhere else. */
void step_port(Input *input)
{
    uint8_t form = take8(input);
    const Memory *memory = &memories[form >> 7];
    uint32_t port = memory->port + 8 * (form % memory->port_count);
    uint32_t dword = take_dword(input, form);
    uint32_t next = dword ^ 1;
    uint32_t value = (uint32_t)take(input, 4);

    step = "a write of a memory behind a port";
    for_both(machine)
    {
        int is_hopper = machine_register(machine, 0) >> 20 == 0x180;
        uint32_t beside;

        machine->permission = ASK_ALL;
        beside = peek(machine, port, next);
        peek(machine, port, dword);
        functions->region_write(machine->device, 0, port + 4, value, 4);
        rule(peek(machine, port, dword) ==
                 (is_hopper && dword < memory->dword_count ? value : 0),
             "a memory behind a port has what was written, and ends");
        rule(machine_register(machine, port) == (is_hopper ? 4 * dword : 0),
             "a port stays where it is");
        rule(peek(machine, port, next) == beside,
             "a write to a port reaches one dword");
        machine->permission = ASK_NOTHING;
    }
}

/* A byte of a capability, or any offset. */
static uint32_t take_config_offset(Input *input, uint32_t *size)
{
    static const uint8_t sizes[] = {4, 2, 1, 4};
    const Machine *machine = &twins[0];
    uint8_t form = take8(input);
    uint8_t byte = take8(input);

    *size = sizes[form >> 6];
    if ((form & 0x3f) < machine->about.capability_count) {
        return machine->capabilities[form & 0x3f].offset + byte % 0x50;
    }
    return (form & 0x20) ? byte % 0x40 : (byte | (form & 0xfu) << 8);
}

void step_config_write(Input *input)
{
    uint32_t size;
    uint32_t offset = take_config_offset(input, &size);
    uint32_t value = (uint32_t)take(input, 4);

    step = "a write to configuration space";
    for_both(machine)
    {
        /* A function that is not there hears nothing. */
        if (machine->world.present) {
            machine_config_write(machine, offset, value, size);
        }
    }
}

/* Any offset and size is allowed, so any is tried. */
void step_config_read(Input *input)
{
    uint32_t offset = (uint32_t)take(input, 4);
    uint32_t size = take8(input);

    step = "a read of configuration space";
    for_both(machine)
    {
        static uint8_t before[CONFIG_SIZE];

        memcpy(before, machine->config.bytes, CONFIG_SIZE);
        machine->permission = ASK_TIME;
        functions->config_will_read(machine->device, offset, size);
        machine->permission = ASK_ALL;
        functions->config_did_write(machine->device, offset, size);
        machine->permission = ASK_NOTHING;
        rule(memcmp(before, machine->config.bytes, CONFIG_SIZE) == 0,
             "to ask for configuration space does not change it");
    }
}

/* What a driver does to have the security processor do something. */
void step_message(Input *input)
{
    uint8_t type = take8(input);
    uint32_t word = take8(input);
    uint32_t status[2];

    step = "a message to the security processor";
    for_both(machine)
    {
        machine->permission = ASK_ALL;
        status[machine - twins] =
            engine_command(functions, machine->device, type, word);
        machine->permission = ASK_NOTHING;
    }
    rule(status[0] == status[1], "both devices answer the same");
}

/* What a driver does before its first transfer, and for each. */
void step_transfer(Input *input)
{
    uint8_t form = take8(input);
    uint64_t address = take(input, 4);
    uint32_t size = 4u << (form & 7);
    int is_done[2];

    step = "a transfer";
    if (form & 0x20) {
        address &= BUS_SIZE - 4;
        address &= ~(uint64_t)(size - 1);
    }
    if (form & 0x40) {
        address = address << 32 | address;
    }
    for_both(machine)
    {
        machine->permission = ASK_ALL;
        if (form & 0x80) {
            engine_open(functions, machine->device,
                        form & 0x10 ? TARGET_SYSTEM : TARGET_MEMORY);
        }
        is_done[machine - twins] =
            engine_move(functions, machine->device, address, size, form & 8);
        machine->permission = ASK_NOTHING;
    }
    rule(is_done[0] == is_done[1], "both devices move the same");
}
