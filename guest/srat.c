// SPDX-License-Identifier: GPL-2.0-or-later
#include "srat.h"

#include <stdio.h>
#include <string.h>

#include "facts.h"

/* Entries follow the header and 12 reserved bytes (table 5.58). */
#define FIRST_ENTRY (ACPI_HEADER_BYTES + 12)

#define TYPE_MEMORY     1
#define TYPE_INITIATOR  5
#define MEMORY_BYTES    40
#define INITIATOR_BYTES 32
#define HANDLE_BYTES    16

static bool add_entry(struct srat *srat, const uint8_t *entry)
{
    if (entry[0] == TYPE_MEMORY) {
        if (srat->memory_count == SRAT_MAX_ENTRIES) {
            return false;
        }
        srat->memories[srat->memory_count++] = (struct srat_memory){
            .domain = le32(entry + 2),
            .base = le64(entry + 8),
            .length = le64(entry + 16),
            .flags = le32(entry + 28),
        };
    } else if (entry[0] == TYPE_INITIATOR) {
        if (srat->initiator_count == SRAT_MAX_ENTRIES) {
            return false;
        }
        srat->initiators[srat->initiator_count++] = (struct srat_initiator){
            .bytes = entry,
            .handle_type = entry[3],
            .domain = le32(entry + 4),
            .handle = entry + 8,
            .flags = le32(entry + 24),
        };
    }
    return true;
}

static bool length_is_right(uint8_t type, uint8_t length)
{
    switch (type) {
    case TYPE_MEMORY:
        return length == MEMORY_BYTES;
    case TYPE_INITIATOR:
        return length == INITIATOR_BYTES;
    default:
        return length >= 2;
    }
}

bool srat_walk(const struct acpi_table *table, struct srat *srat, char *reason,
               size_t bytes)
{
    size_t offset = FIRST_ENTRY;

    srat->initiator_count = 0;
    srat->memory_count = 0;
    while (offset < table->count) {
        const uint8_t *entry = table->bytes + offset;
        size_t left = table->count - offset;

        if (left < 2 || entry[1] > left ||
            !length_is_right(entry[0], entry[1])) {
            snprintf(reason, bytes,
                     "the entry at offset %zu has type %u and length %d, with "
                     "%zu bytes left in the table",
                     offset, entry[0], left < 2 ? -1 : entry[1], left);
            return false;
        }
        if (!add_entry(srat, entry)) {
            snprintf(reason, bytes,
                     "the table has more than %d entries of a type",
                     SRAT_MAX_ENTRIES);
            return false;
        }
        offset += entry[1];
    }
    return true;
}

bool srat_initiator_names(const struct srat_initiator *entry,
                          const struct pci_function *function)
{
    /*
     * ACPI 6.5, table 5.66: segment, bus, device and function in bytes 0 to
     * 3, and twelve reserved bytes. Bytes 4 to 15 are compared too: a kernel
     * does not look at them, so that no boot finds a mistake there.
     */
    const uint8_t expected[HANDLE_BYTES] = {
        (uint8_t)function->segment,
        (uint8_t)(function->segment >> 8),
        (uint8_t)function->bus,
        (uint8_t)(function->device << 3 | function->function),
    };

    return entry->handle_type == SRAT_HANDLE_PCI &&
           memcmp(entry->handle, expected, HANDLE_BYTES) == 0;
}

void srat_print_facts(const struct srat *srat)
{
    for (size_t i = 0; i < srat->initiator_count; i++) {
        const struct srat_initiator *entry = &srat->initiators[i];

        fact_begin("initiator");
        fact_uint("domain", entry->domain);
        fact_uint("handle_type", entry->handle_type);
        /* Read as a PCI handle; an ACPI one (type 0) has other things here. */
        fact_uint("segment", le16(entry->handle));
        fact_uint("bus", entry->handle[2]);
        fact_uint("device", entry->handle[3] >> 3);
        fact_uint("function", entry->handle[3] & 7);
        fact_uint("flags", entry->flags);
        fact_hex("bytes", entry->bytes, INITIATOR_BYTES);
        fact_end();
    }
    for (size_t i = 0; i < srat->memory_count; i++) {
        const struct srat_memory *entry = &srat->memories[i];

        fact_begin("memory-affinity");
        fact_uint("domain", entry->domain);
        fact_uint("base", entry->base);
        fact_uint("length", entry->length);
        fact_uint("flags", entry->flags);
        fact_end();
    }
}
