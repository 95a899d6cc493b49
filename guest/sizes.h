/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How nvgrace-gpu splits the coherent memory of a Hopper GPU
 * (nvgrace_gpu_init_nvdev_struct() in drivers/vfio/pci/nvgrace-gpu/main.c),
 * computed again here.
 */
#ifndef GRACE_SIZES_H
#define GRACE_SIZES_H

#include <stdbool.h>
#include <stdint.h>

#define KIB (1ULL << 10)
#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

/* The register BAR of this class of GPU (specification 0.2). */
#define REGISTER_BAR_BYTES (16 * MIB)

/* Where the two parts appear, as BAR and as VFIO region. */
#define RESMEM_BAR 2
#define USEMEM_BAR 4

struct memory_part {
    uint64_t bytes;     /* memory that is really there */
    uint64_t bar_bytes; /* size of the BAR, a power of two */
};

struct memory_split {
    struct memory_part usemem; /* cached, for the guest's programs */
    struct memory_part resmem; /* uncached, for the GPU's driver */
};

/* False if the total is too small to split; everything is then zero. */
bool memory_split(uint64_t total, struct memory_split *split);

#endif
