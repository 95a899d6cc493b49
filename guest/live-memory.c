// SPDX-License-Identifier: GPL-2.0-or-later
/* The device as live-check uses it. */
#include "live-check.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "guard.h"
#include "ktap.h"
#include "options.h"
#include "pattern.h"

#define CHUNK_BYTES 4096

/*
 * Places of pwrite(), in pages. Regions 2 and 4 may show the same memory. What
 * live_write() writes is not looked for.
 */
#define USEMEM_PAGE  1
#define REGION2_PAGE 2
#define OTHER_PAGE   3

static bool region(struct live *live, unsigned index,
                   struct vfio_region *region)
{
    if (live->device.device < 0) {
        return ktap_fail("the device is not open");
    }
    return vfio_region_get(&live->device, index, region);
}

bool live_open(struct live *live)
{
    struct vfio_region usemem;
    char reason[256];

    if (!pci_bind_nvgrace(&live->function, reason, sizeof(reason))) {
        return ktap_fail("%s", reason);
    }
    if (!vfio_open_group(&live->device) || !region(live, USEMEM_BAR, &usemem)) {
        return false;
    }
    return window_map(&live->kept, live->device.device, usemem.offset,
                      page_bytes(), 0, "region 4", 0) ||
           ktap_fail("region 4 cannot be mapped: %s", strerror(errno));
}

bool live_close(struct live *live)
{
    if (live->device.device < 0) {
        return ktap_fail("the device is not open");
    }
    vfio_close(&live->device);
    return true;
}

/* pread() or pwrite() of both regions. */
static bool transfer(struct live *live, uint64_t seed, bool is_write,
                     bool expect_ones)
{
    const struct {
        unsigned index;
        uint64_t page;
    } places[] = {{USEMEM_BAR, USEMEM_PAGE}, {RESMEM_BAR, REGION2_PAGE}};
    uint8_t chunk[CHUNK_BYTES];

    for (size_t i = 0; i < 2; i++) {
        uint64_t offset = places[i].page * page_bytes();
        struct vfio_region info;

        if (!region(live, places[i].index, &info)) {
            return false;
        }
        pattern_fill(chunk, CHUNK_BYTES, seed + i);
        if (is_write) {
            if (!vfio_write(&live->device, &info, offset, chunk, CHUNK_BYTES)) {
                return false;
            }
            continue;
        }
        memset(chunk, 0x55, CHUNK_BYTES);
        if (!vfio_read(&live->device, &info, offset, chunk, CHUNK_BYTES)) {
            return false;
        }
        for (size_t j = 0; expect_ones && j < CHUNK_BYTES; j++) {
            if (chunk[j] != 0xff) {
                return ktap_fail("pread of region %u gives 0x%02x",
                                 places[i].index, chunk[j]);
            }
        }
        if (!expect_ones &&
            !pattern_check(chunk, CHUNK_BYTES, seed + i, offset, "pread")) {
            return false;
        }
    }
    return true;
}

bool live_fill(struct live *live, uint64_t seed)
{
    pattern_fill(live->kept.base, CHUNK_BYTES, seed + 2);
    return transfer(live, seed, true, false);
}

bool live_find(struct live *live, uint64_t seed)
{
    return pattern_check(live->kept.base, CHUNK_BYTES, seed + 2, 0,
                         "a mapping") &&
           transfer(live, seed, false, false);
}

bool live_shows_ones(struct live *live)
{
    for (size_t width = 1; width <= 8; width *= 2) {
        uint64_t value = window_read(&live->kept, 64, width);

        if (value != ones(width)) {
            return ktap_fail("a mapping reads 0x%llx",
                             (unsigned long long)value);
        }
    }
    return transfer(live, 0, false, true);
}

int live_read(struct live *live)
{
    struct vfio_region info;
    uint64_t value;

    if (!region(live, USEMEM_BAR, &info)) {
        return ENODEV;
    }
    return pread(live->device.device, &value, sizeof(value),
                 (off_t)info.offset) == sizeof(value)
               ? 0
               : errno;
}

int live_write(struct live *live)
{
    const uint64_t value = 0x1122334455667788;
    struct vfio_region info;

    if (!region(live, USEMEM_BAR, &info)) {
        return ENODEV;
    }
    return pwrite(live->device.device, &value, sizeof(value),
                  (off_t)(info.offset + OTHER_PAGE * page_bytes())) ==
                   sizeof(value)
               ? 0
               : errno;
}

static void touch(void *context)
{
    window_read(context, 0, 8);
}

bool live_touch(struct live *live)
{
    return guard_run(touch, &live->kept) == 0;
}

bool live_register(struct live *live, uint64_t offset, uint32_t *value)
{
    struct vfio_region info;

    return region(live, VFIO_PCI_BAR0_REGION_INDEX, &info) &&
           vfio_read(&live->device, &info, offset, value, sizeof(*value));
}

bool live_config(const struct live *live, size_t offset, uint32_t *value,
                 bool is_write)
{
    int fd = open(pci_path(&live->function, "config"), O_RDWR | O_CLOEXEC);
    ssize_t count = -1;

    if (fd >= 0) {
        count = is_write ? pwrite(fd, value, sizeof(*value), (off_t)offset)
                         : pread(fd, value, sizeof(*value), (off_t)offset);
        close(fd);
    }
    return count == sizeof(*value) ||
           ktap_fail("configuration space at 0x%zx cannot be %s: %s", offset,
                     is_write ? "written" : "read", strerror(errno));
}

bool live_reset(struct live *live)
{
    return vfio_reset(&live->device) && vfio_enable_memory(&live->device);
}

bool live_map(struct live *live, unsigned index, size_t bytes,
              struct window *window)
{
    struct vfio_region region;
    char name[] = "resource0";
    bool mapped;
    int fd;

    if (options_get()->representation == REPRESENTATION_BARE_METAL) {
        if (live->device.device < 0 && !live_open(live)) {
            return false;
        }
        return vfio_region_get(&live->device, index, &region) &&
               (window_map(window, live->device.device, region.offset, bytes, 0,
                           "a region", 0) ||
                ktap_fail("region %u cannot be mapped: %s", index,
                          strerror(errno)));
    }
    if (!write_text(pci_path(&live->function, "enable"), "1")) {
        return ktap_fail("it cannot be enabled: %s", strerror(errno));
    }
    name[sizeof(name) - 2] = (char)('0' + index);
    fd = open(pci_path(&live->function, name), O_RDWR | O_CLOEXEC);
    mapped = fd >= 0 && window_map(window, fd, 0, bytes, 0, name, 0);
    if (fd >= 0) {
        close(fd);
    }
    return mapped ||
           ktap_fail("%s cannot be mapped: %s", name, strerror(errno));
}
