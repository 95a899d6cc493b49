// SPDX-License-Identifier: GPL-2.0-or-later
#include "chip.h"

#include <string.h>

/*
 * Device ids: the table of nvgrace-gpu in Linux 7.3, and for the last chip the
 * first that edk2-nvidia knows (GPUSupport.c). Boot values: g_hal_archimpl.h
 * of open-gpu-kernel-modules. LOCAL_MEMORY_RANGE: edk2-nvidia,
 * GPUSupportMemSize*.c.
 */
static const struct chip chips[] = {
    {
        .name = "gh100",
        .product = "GH200",
        .device_ids = {0x2342, 0x2345, 0x2348},
        .architecture = 0x18,
        .memory_range = 0x100ce0,
        .divides = true,
    },
    {
        .name = "gb100",
        .product = "GB200",
        .device_ids = {0x2941},
        .architecture = 0x1a,
        .memory_range = 0x1fa3e0,
        .has_aperture = true,
    },
    {
        .name = "gb110",
        .product = "GB300",
        .device_ids = {0x31c2},
        .architecture = 0x1a,
        .implementation = 3,
        .memory_range = 0x1fa3e0,
        .has_aperture = true,
    },
    {
        .name = "blackwell-next",
        .product = "Blackwell-Next",
        .device_ids = {0x3341},
        .architecture = 0x1a,
        .implementation = 3,
        .memory_range = 0x1fa3e0,
        .has_aperture = true,
        .ready_in_config = true,
    },
};

const struct chip *chip_named(const char *name)
{
    for (size_t i = 0; i < sizeof(chips) / sizeof(chips[0]); i++) {
        if (strcmp(chips[i].name, name) == 0) {
            return &chips[i];
        }
    }
    return NULL;
}

bool chip_has_id(const struct chip *chip, uint64_t device_id)
{
    for (size_t i = 0; i < CHIP_MAX_IDS && chip->device_ids[i] != 0; i++) {
        if (chip->device_ids[i] == device_id) {
            return true;
        }
    }
    return false;
}
