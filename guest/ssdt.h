/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An SSDT with one ACPI memory device. */
#ifndef GRACE_SSDT_H
#define GRACE_SSDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Enough for the table below. */
#define SSDT_BYTES 256

struct memory_device {
    uint8_t id;    /* makes the device's name and _UID unique */
    uint64_t base; /* physical address */
    uint64_t bytes;
    bool has_domain; /* whether there is a _PXM */
    uint32_t domain;
};

/* Builds the table; returns its length. */
size_t ssdt_build(const struct memory_device *device,
                  uint8_t table[SSDT_BYTES]);

#endif
