// SPDX-License-Identifier: GPL-2.0-or-later
#include "vfio.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "facts.h"
#include "ktap.h"
#include "window.h"

/* Room for a region's information with its capabilities. */
#define INFO_BYTES 4096

static bool failed(const struct vfio_device *device, const char *what)
{
    return ktap_fail("%s: %s failed: %s", device->function->address, what,
                     strerror(errno));
}

bool vfio_device_flags(const struct vfio_device *device, uint32_t *flags,
                       uint32_t *regions)
{
    struct vfio_device_info info = {.argsz = sizeof(info)};

    if (ioctl(device->device, VFIO_DEVICE_GET_INFO, &info) != 0) {
        return failed(device, "VFIO_DEVICE_GET_INFO");
    }
    *flags = info.flags;
    *regions = info.num_regions;
    return true;
}

static bool read_areas(const uint8_t *info, uint32_t info_bytes,
                       uint32_t offset, struct vfio_region *region)
{
    while (offset != 0) {
        struct vfio_info_cap_header header;
        struct vfio_region_info_cap_sparse_mmap sparse;

        if (offset > info_bytes - sizeof(header)) {
            return ktap_fail("a capability of region %u is out of bounds",
                             region->index);
        }
        memcpy(&header, info + offset, sizeof(header));
        if (header.id == VFIO_REGION_INFO_CAP_SPARSE_MMAP &&
            offset <= info_bytes - sizeof(sparse)) {
            memcpy(&sparse, info + offset, sizeof(sparse));
            if (sparse.nr_areas > VFIO_MAX_AREAS ||
                sparse.nr_areas * sizeof(sparse.areas[0]) >
                    info_bytes - sizeof(sparse) - offset) {
                return ktap_fail("region %u has %u areas", region->index,
                                 sparse.nr_areas);
            }
            region->area_count = sparse.nr_areas;
            for (uint32_t i = 0; i < sparse.nr_areas; i++) {
                struct vfio_region_sparse_mmap_area area;

                memcpy(&area, info + offset + sizeof(sparse) + i * sizeof(area),
                       sizeof(area));
                region->areas[i].offset = area.offset;
                region->areas[i].bytes = area.size;
            }
        }
        offset = header.next;
    }
    return true;
}

bool vfio_region_get(const struct vfio_device *device, unsigned index,
                     struct vfio_region *region)
{
    static union {
        struct vfio_region_info info;
        uint8_t bytes[INFO_BYTES];
    } answer;
    struct vfio_region_info *info = &answer.info;

    memset(&answer, 0, sizeof(answer));
    memset(region, 0, sizeof(*region));
    info->argsz = sizeof(answer);
    info->index = index;
    region->index = index;
    if (ioctl(device->device, VFIO_DEVICE_GET_REGION_INFO, info) != 0) {
        return failed(device, "VFIO_DEVICE_GET_REGION_INFO");
    }
    if (info->argsz > sizeof(answer)) {
        return ktap_fail("the information on region %u has %u bytes", index,
                         info->argsz);
    }
    region->bytes = info->size;
    region->offset = info->offset;
    region->readable = info->flags & VFIO_REGION_INFO_FLAG_READ;
    region->writable = info->flags & VFIO_REGION_INFO_FLAG_WRITE;
    region->mappable = info->flags & VFIO_REGION_INFO_FLAG_MMAP;
    return !(info->flags & VFIO_REGION_INFO_FLAG_CAPS) ||
           read_areas(answer.bytes, info->argsz, info->cap_offset, region);
}

void vfio_print_region(const struct vfio_device *device,
                       const struct vfio_region *region)
{
    fact_begin("vfio-region");
    fact_string("function", device->function->address);
    fact_uint("index", region->index);
    fact_uint("bytes", region->bytes);
    fact_bool("readable", region->readable);
    fact_bool("writable", region->writable);
    fact_bool("mappable", region->mappable);
    fact_array_begin("areas");
    for (size_t i = 0; i < region->area_count; i++) {
        fact_object_begin(NULL);
        fact_uint("offset", region->areas[i].offset);
        fact_uint("bytes", region->areas[i].bytes);
        fact_object_end();
    }
    fact_array_end();
    fact_end();
}

bool vfio_read(const struct vfio_device *device,
               const struct vfio_region *region, uint64_t offset, void *bytes,
               size_t count)
{
    ssize_t got =
        pread(device->device, bytes, count, (off_t)(region->offset + offset));

    return got == (ssize_t)count ||
           ktap_fail("pread of %zu bytes at 0x%" PRIx64
                     " of region %u gave %zd: %s",
                     count, offset, region->index, got,
                     got < 0 ? strerror(errno) : "cut short");
}

bool vfio_write(const struct vfio_device *device,
                const struct vfio_region *region, uint64_t offset,
                const void *bytes, size_t count)
{
    ssize_t put =
        pwrite(device->device, bytes, count, (off_t)(region->offset + offset));

    return put == (ssize_t)count ||
           ktap_fail("pwrite of %zu bytes at 0x%" PRIx64
                     " of region %u gave %zd: %s",
                     count, offset, region->index, put,
                     put < 0 ? strerror(errno) : "cut short");
}

bool vfio_enable_memory(const struct vfio_device *device)
{
    struct vfio_region config;
    uint16_t command;

    if (!vfio_region_get(device, VFIO_PCI_CONFIG_REGION_INDEX, &config) ||
        !vfio_read(device, &config, PCI_COMMAND, &command, sizeof(command))) {
        return false;
    }
    command |= PCI_COMMAND_MEMORY;
    return vfio_write(device, &config, PCI_COMMAND, &command, sizeof(command));
}

bool vfio_reset(const struct vfio_device *device)
{
    return ioctl(device->device, VFIO_DEVICE_RESET) == 0 ||
           failed(device, "VFIO_DEVICE_RESET");
}

void vfio_close(struct vfio_device *device)
{
    int *files[] = {&device->device, &device->group, &device->container,
                    &device->iommufd};

    window_unmap_all();
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        if (*files[i] >= 0) {
            close(*files[i]);
        }
        *files[i] = -1;
    }
}
