/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of vfio-check share, some of it with life-check. */
#ifndef GRACE_VFIO_CHECK_H
#define GRACE_VFIO_CHECK_H

#include "registers.h"
#include "sizes.h"
#include "vfio.h"
#include "window.h"

/* The device under test. Cases run in order, and share the open device. */
struct vfio_test {
    struct pci_function function;
    struct vfio_device device;
    struct register_access registers;
};

/* A region with memory behind it, or with nothing: it is not there then. */
struct memory_region {
    struct vfio_test *test;
    unsigned index;
    struct memory_part expected;
    /* The driver's own, and not a BAR that vfio-pci passes through. */
    bool is_emulated;
};

/*
 * Prepares the test of `test->function`, whose device is not open, and says of
 * regions 4 and 2 what the kernel's command line makes one expect.
 */
void test_init(struct vfio_test *test, struct memory_region regions[2]);

/*
 * Gets a region of the open device, or gives ktap_fail() the reason: often,
 * that an earlier case could not open the device.
 */
bool test_region(struct vfio_test *test, unsigned index,
                 struct vfio_region *region);

/* Maps a part of a region; PROT_EXEC or 0 as extra protection. */
bool test_map(struct vfio_test *test, unsigned index, uint64_t offset,
              size_t bytes, int extra_protection, struct window *window);

bool memory_region_exists(const struct memory_region *region);
bool memory_region_get(const struct memory_region *region,
                       struct vfio_region *info);

/* Sizes and memory of regions 2 and 4. */
void add_region_cases(struct memory_region *region);
/* Where the memory ends. */
void add_end_cases(struct memory_region *region);
/* Region 2 as the function's own BAR, onto the memory of region 4. */
void add_same_memory_case(struct memory_region regions[2]);
/* What only cached memory can do. */
void add_plain_region_cases(struct memory_region *region);
/* The BARs that the driver shows in configuration space. */
void add_config_cases(struct memory_region regions[2]);
/* Reset, reopening, and the other way to open the device. */
void add_lifecycle_cases(struct memory_region regions[2]);

#endif
