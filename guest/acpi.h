/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ACPI tables as the kernel hands them out in sysfs. */
#ifndef GRACE_ACPI_H
#define GRACE_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the header that all tables share (ACPI 6.5, 5.2.6). */
#define ACPI_HEADER_BYTES 36

struct acpi_table {
    char file[256]; /* name in /sys/firmware/acpi/tables */
    char signature[5];
    uint8_t *bytes;
    size_t count;
};

/*
 * Loads the tables whose file name starts with `signature`. Returns how many
 * were stored in `tables`; they are never freed.
 */
size_t acpi_load(const char *signature, struct acpi_table *tables,
                 size_t capacity);

/*
 * Whether signature, length and checksum are right; if not, `reason` is a
 * sentence.
 */
bool acpi_header_is_right(const struct acpi_table *table, const char *signature,
                          char *reason, size_t bytes);

/* Prints the fact `table`. */
void acpi_print_fact(const struct acpi_table *table);

/* Little-endian numbers at any alignment. */
uint16_t le16(const uint8_t *bytes);
uint32_t le32(const uint8_t *bytes);
uint64_t le64(const uint8_t *bytes);

#endif
