/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How nvgrace-gpu shows the coherent memory of a GPU: divided where the chip
 * has the MIG bug, otherwise whole (nvgrace_gpu_init_nvdev_struct() in
 * drivers/vfio/pci/nvgrace-gpu/main.c), computed again here.
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

/* A part of zero bytes is not there. */
struct memory_layout {
    struct memory_part usemem;   /* cached, for the guest's programs */
    struct memory_part resmem;   /* uncached, for the driver; if divided */
    struct memory_part aperture; /* the chip's own BAR, onto all memory */
};

/* False if the total is too small; everything is then zero. */
bool memory_layout(uint64_t total, bool divided, bool has_aperture,
                   struct memory_layout *layout);

/*
 * What BAR2 of the function shows. The chip's own aperture comes first; only a
 * virtual machine has what the driver made.
 */
struct memory_part bar2_part(const struct memory_layout *layout, bool in_vm);

/*
 * What VFIO's region 2 shows. Here what the driver made comes first; without
 * that the function's own BAR2 is passed through.
 */
struct memory_part region2_part(const struct memory_layout *layout);

#endif
