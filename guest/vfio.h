/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PCI function opened through VFIO. */
#ifndef GRACE_VFIO_H
#define GRACE_VFIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "pci.h"

#define VFIO_MAX_AREAS 8

struct vfio_device {
    const struct pci_function *function;
    /* Open files; -1 if not open. A group has a container, a cdev iommufd. */
    int container, group, iommufd, device;
};

struct vfio_region {
    unsigned index;
    uint64_t bytes;
    uint64_t offset; /* of the region in the device's file */
    bool readable, writable, mappable;
    /* Parts that can be mapped; none means all of the region. */
    size_t area_count;
    struct vfio_area {
        uint64_t offset, bytes;
    } areas[VFIO_MAX_AREAS];
};

/*
 * Opens the device through its group and a type 1 container, or through its
 * character device and iommufd, and turns memory decoding on. The reason of a
 * failure goes to ktap_fail().
 */
bool vfio_open_group(struct vfio_device *device);
bool vfio_open_cdev(struct vfio_device *device);
/*
 * The same through its group and iommufd's stand-in for a container, which maps
 * memory of programs alone, and none of a device.
 */
bool vfio_open_compatible(struct vfio_device *device);
/* The same without an IOMMU: DMA has physical addresses. */
bool vfio_open_noiommu(struct vfio_device *device);

/* Also unmaps all windows, which would keep the device open. */
void vfio_close(struct vfio_device *device);

bool vfio_enable_memory(const struct vfio_device *device);
bool vfio_reset(const struct vfio_device *device);

/* Flags of the device (VFIO_DEVICE_FLAGS_...) and its number of regions. */
bool vfio_device_flags(const struct vfio_device *device, uint32_t *flags,
                       uint32_t *regions);
bool vfio_region_get(const struct vfio_device *device, unsigned index,
                     struct vfio_region *region);
void vfio_print_region(const struct vfio_device *device,
                       const struct vfio_region *region);

/*
 * pread() and pwrite() at an offset of a region. A wrong count goes to
 * ktap_fail().
 */
bool vfio_read(const struct vfio_device *device,
               const struct vfio_region *region, uint64_t offset, void *bytes,
               size_t count);
bool vfio_write(const struct vfio_device *device,
                const struct vfio_region *region, uint64_t offset,
                const void *bytes, size_t count);

#endif
