/*
 * ACPI tables for any machine
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "options.h"
#include "steps.h"

#define MAX_PLACEMENTS 8u
#define MAX_DOMAINS    16u
#define TABLE_SIZE     (1u << 20)
#define TABLE_COUNT    4u

/* A table as it comes, in parts. */
typedef struct Table {
    uint32_t count;
    uint32_t calls;
    uint32_t stop_after; /* so many calls */
    uint8_t bytes[TABLE_SIZE];
} Table;

static int32_t take_bytes(void *context, const uint8_t *bytes, uint32_t count)
{
    Table *table = context;

    rule(table->calls < table->stop_after, "a table that was stopped ends");
    rule(count <= TABLE_SIZE - table->count, "a table has an end");
    memcpy(table->bytes + table->count, bytes, count);
    table->count += count;
    return ++table->calls < table->stop_after;
}

static uint32_t number(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < size; i++) {
        value |= (uint32_t)bytes[i] << 8 * i;
    }
    return value;
}

/* Structures that follow one another, each with its length in it. */
static void check_chain(const Table *table, uint32_t length_at,
                        uint32_t length_size)
{
    uint32_t offset = 0;

    while (offset < table->count) {
        uint32_t left = table->count - offset;
        uint32_t length;

        rule(left >= length_at + length_size, "a structure is there whole");
        length = number(table->bytes + offset + length_at, length_size);
        rule(length >= length_at + length_size && length <= left,
             "a structure has the length that it says");
        offset += length;
    }
}

/* The lengths that ACPI 6.5 has in 5.2.16, 5.2.17, 5.2.28 and 20.2.5.2. */
static void check_table(GraceTable kind, const Table *table)
{
    uint32_t domains;

    switch (kind) {
    case GRACE_TABLE_SRAT:
        check_chain(table, 1, 1);
        break;
    case GRACE_TABLE_SLIT:
        if (!table->count) {
            break; /* of a machine without domains */
        }
        rule(table->count >= 8, "a SLIT says for how many domains it is");
        domains = number(table->bytes, 4);
        rule(number(table->bytes + 4, 4) == 0 && domains < 1024 &&
                 table->count == 8 + domains * domains,
             "a SLIT has a distance for each two domains");
        break;
    case GRACE_TABLE_HMAT:
        check_chain(table, 4, 4);
        break;
    default:
        break;
    }
}

/* One table, twice: whole, and stopped at once. */
static void make(const GraceTopology *topology, GraceTable kind)
{
    static Table tables[2];
    GraceStatus status[2];

    for (int i = 0; i < 2; i++) {
        GraceError error = {.struct_size = sizeof(error)};
        Table *table = &tables[i];

        table->count = 0;
        table->calls = 0;
        table->stop_after = i ? 1 : UINT32_MAX;
        status[i] =
            functions->firmware(topology, kind, take_bytes, table, &error);
        if (status[i]) {
            rule(status[i] == error.code &&
                     (status[i] == GRACE_E_TOPOLOGY ||
                      (status[i] == GRACE_E_ARGUMENT &&
                       (kind >= TABLE_COUNT ||
                        topology->struct_size < sizeof(*topology)))),
                 "a table is made, or the topology refused");
            rule(memchr(error.message, 0, sizeof(error.message)) &&
                     error.message[0] && !strchr(error.message, '\n'),
                 "who refuses says why, in one line");
            rule(table->calls == 0, "of a table that is refused nothing comes");
        } else {
            rule(kind < TABLE_COUNT, "a table is one of four");
        }
    }
    rule(status[0] == status[1] && tables[1].count <= tables[0].count &&
             memcmp(tables[0].bytes, tables[1].bytes, tables[1].count) == 0,
         "the same topology gives the same bytes");
    if (!status[0]) {
        check_table(kind, &tables[0]);
    }
}

/* Devices that are in topologies alone, one of each kind. */
static const GraceDevice *spare(uint8_t index)
{
    static GraceDevice *devices[32];
    const Setup *setup = &setups[index % setup_count];
    GraceDevice **device = &devices[index % setup_count];
    GraceError error = {.struct_size = sizeof(error)};

    if (!*device) {
        *device = functions->create(&machine_host, NULL, setup->options,
                                    setup->count, &error);
        rule(*device != NULL, error.message);
    }
    return *device;
}

static const char *const bridges[] = {"PCI0", "PC40", "A",
                                      "pci0", "",     "TOOLONG"};

void check_table_of(const GraceDevice *device, uint8_t form)
{
    static const uint8_t path[] = {0x10, 0};
    GracePlacement placement = {device, 0, 1, 0, "PCI0", UINT32_MAX, path, 2};
    GraceTopology topology = {.struct_size = sizeof(topology),
                              .flags = form & 3,
                              .placements = &placement,
                              .placement_count = 1,
                              .first_free_domain = form >> 2 & 7,
                              .domain_limit = 128};

    make(&topology, form >> 5 & 3);
}

/* Any topology of up to eight GPUs. */
void step_firmware(Input *input)
{
    static uint8_t distances[MAX_DOMAINS * MAX_DOMAINS];
    static uint8_t flags[MAX_DOMAINS];
    static uint8_t paths[MAX_PLACEMENTS][4];
    GracePlacement placements[MAX_PLACEMENTS];
    uint8_t form = take8(input);
    uint8_t counts = take8(input);
    uint8_t limit = take8(input);
    GraceTopology topology = {.struct_size = sizeof(topology),
                              .flags = form & 7,
                              .placements = placements,
                              .placement_count = counts % (MAX_PLACEMENTS + 1),
                              .first_free_domain = (counts >> 4) % MAX_DOMAINS,
                              .domain_limit = limit ? limit : 128};

    step = "tables of a machine";
    if (form & 0x08) {
        topology.distances = distances;
        for (uint32_t i = 0; i < sizeof(distances); i += 16) {
            memset(distances + i, take8(input), 16);
        }
    }
    if (form & 0x10) {
        topology.domain_flags = flags;
        for (uint32_t i = 0; i < sizeof(flags); i++) {
            flags[i] = (form & 0x20) ? take8(input) : i % 3;
        }
    }
    if (form & 0x40) {
        topology.struct_size = take8(input);
    }
    for (uint32_t i = 0; i < topology.placement_count; i++) {
        GracePlacement *placement = &placements[i];
        uint8_t kind = take8(input);
        uint8_t place = take8(input);
        uint8_t root = take8(input);

        for (uint32_t j = 0; j < 4; j++) {
            paths[i][j] = (kind & 0x20) ? take8(input) : (uint8_t)(8 * j + i);
        }
        placement->device = spare(kind);
        placement->segment = (kind & 0x40) ? take8(input) : 0;
        placement->bus = (kind & 0x80) ? place : (uint8_t)(i + 1);
        placement->devfn = (kind & 0x80) ? 0 : place & 0x7;
        placement->root_name = bridges[(root & 7) % COUNT(bridges)];
        placement->root_domain = (root & 8) ? root >> 4 : UINT32_MAX;
        placement->path = paths[i];
        placement->path_count = (root & 0x80) ? (root >> 4 & 3) + 1 : 2;
        if (root == 0xff) {
            placement->path_count = 0;
        }
    }
    make(&topology, (form & 0x80) ? take8(input) : limit & 3);
}
