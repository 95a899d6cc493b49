/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads AML as far as declarations go (ACPI 6.5, chapter 20): enough to find
 * a device in a table and the device properties in its _DSD. It does not
 * evaluate anything, and stays inside the bytes it is given.
 */
#ifndef GRACE_AML_H
#define GRACE_AML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aml_property {
    char name[64];
    bool is_text;
    uint64_t value;
    char text[128];
};

struct aml_properties {
    bool device_found;
    bool dsd_found;
    /* A sentence if the reader met something that it does not know. */
    char problem[160];
    size_t count;
    struct aml_property list[32];
};

/*
 * Looks for the device `path` (absolute, as sysfs has it:
 * "\_SB_.PCI0.S08_.GPU0") in the terms of one table without its header, and
 * adds what it finds. Call it for each table with the same `properties`.
 */
void aml_find_properties(const uint8_t *terms, size_t count, const char *path,
                         struct aml_properties *properties);

/* The property of this name, or NULL. */
const struct aml_property *aml_property(const struct aml_properties *properties,
                                        const char *name);

#endif
