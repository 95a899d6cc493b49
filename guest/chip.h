/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The chips that the device can be, and what a guest must find in each. */
#ifndef GRACE_CHIP_H
#define GRACE_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHIP_MAX_IDS 3

struct chip {
    const char *name;    /* as grace.chip has it */
    const char *product; /* for messages */
    /* PCI device ids of its products; 0 ends the list. */
    uint64_t device_ids[CHIP_MAX_IDS];
    /* Bits 28:24 and 23:20 of BOOT_0, and the same of BOOT_42. */
    uint64_t architecture, implementation;
    /* Offset of LOCAL_MEMORY_RANGE in BAR0. */
    uint64_t memory_range;
    /* Whether the driver divides the memory to work around the MIG bug. */
    bool divides;
    /* Whether the chip's own BAR1 is BAR2, and shows all of the memory. */
    bool has_aperture;
    /* Whether a CXL device DVSEC says when the memory is ready. */
    bool ready_in_config;
};

/* The chip of that name, or NULL. */
const struct chip *chip_named(const char *name);

/* Whether a product of the chip has this device id. */
bool chip_has_id(const struct chip *chip, uint64_t device_id);

#endif
