// SPDX-License-Identifier: GPL-2.0-or-later
#include "acpi.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "files.h"

#define TABLES "/sys/firmware/acpi/tables"

uint16_t le16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

uint32_t le32(const uint8_t *bytes)
{
    return le16(bytes) | (uint32_t)le16(bytes + 2) << 16;
}

uint64_t le64(const uint8_t *bytes)
{
    return le32(bytes) | (uint64_t)le32(bytes + 4) << 32;
}

static bool load_one(const char *file, struct acpi_table *table)
{
    snprintf(table->file, sizeof(table->file), "%s", file);
    table->bytes = read_bytes(path_of("%s/%s", TABLES, file), &table->count);
    if (!table->bytes || table->count < ACPI_HEADER_BYTES) {
        free(table->bytes);
        return false;
    }
    memcpy(table->signature, table->bytes, 4);
    table->signature[4] = '\0';
    return true;
}

size_t acpi_load(const char *signature, struct acpi_table *tables,
                 size_t capacity)
{
    struct dirent **entries;
    /* versionsort: SSDT2 comes before SSDT10. */
    int entry_count = scandir(TABLES, &entries, NULL, versionsort);
    size_t found = 0;

    for (int i = 0; i < entry_count; i++) {
        if (strncmp(entries[i]->d_name, signature, strlen(signature)) == 0 &&
            found < capacity && load_one(entries[i]->d_name, &tables[found])) {
            found++;
        }
        free(entries[i]);
    }
    if (entry_count >= 0) {
        free(entries);
    }
    return found;
}

bool acpi_header_is_right(const struct acpi_table *table, const char *signature,
                          char *reason, size_t bytes)
{
    uint8_t sum = 0;

    if (memcmp(table->bytes, signature, 4) != 0) {
        snprintf(reason, bytes, "the signature is %s, not %s", table->signature,
                 signature);
        return false;
    }
    if (le32(table->bytes + 4) != table->count) {
        snprintf(reason, bytes, "the length field says %u, the table has %zu",
                 le32(table->bytes + 4), table->count);
        return false;
    }
    for (size_t i = 0; i < table->count; i++) {
        sum = (uint8_t)(sum + table->bytes[i]);
    }
    if (sum != 0) {
        snprintf(reason, bytes, "the bytes add up to 0x%02x, not to 0", sum);
        return false;
    }
    return true;
}

void acpi_print_fact(const struct acpi_table *table)
{
    fact_begin("table");
    fact_string("signature", table->signature);
    fact_string("file", table->file);
    fact_hex("hex", table->bytes, table->count);
    fact_end();
}
