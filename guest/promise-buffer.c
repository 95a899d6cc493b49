// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on dma-bufs of regions:
 * vfio_pci_core_feature_dma_buf(). It asks for a mapped
 * BAR before it asks the driver, so that regions which are the driver's own
 * are refused in Linux 7.3, although nvgrace_get_dmabuf_phys() would know them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "promise-check.h"
#include "promise-uapi.h"
#include "window.h"

/* Before the MSI-X table of BAR0. */
#define BUFFER_BYTES (2 * MIB)

int promise_export_ranges(struct promise *promise, uint32_t region,
                          uint32_t flags, uint32_t count,
                          struct dma_range first, struct dma_range second)
{
    struct dma_buf_request request = {
        .region = region,
        .open_flags = O_RDWR | O_CLOEXEC,
        .flags = flags,
        .range_count = count,
        .ranges = {first, second},
    };

    return promise_feature(promise, VFIO_DEVICE_FEATURE_GET | FEATURE_DMA_BUF,
                           &request, sizeof(request));
}

int promise_export(struct promise *promise, uint32_t region, uint64_t offset,
                   uint64_t length)
{
    return promise_export_ranges(promise, region, 0, 1,
                                 (struct dma_range){offset, length},
                                 (struct dma_range){0, 0});
}

static bool check_export(struct promise *promise)
{
    int file = promise_export(promise, promise->argument, 0, BUFFER_BYTES);
    bool passed;

    if (file < 0) {
        return promise_expect(file, 0, "the export");
    }
    passed = promise_expect((long)lseek(file, 0, SEEK_END), BUFFER_BYTES,
                            "the size of the dma-buf");
    close(file);
    return passed;
}

static bool check_drivers_own(struct promise *promise)
{
    return promise_expect_error(
               promise_export(promise, USEMEM_BAR, 0, BUFFER_BYTES), ENODEV,
               "region 4") &&
           (!promise->divided ||
            promise_expect_error(
                promise_export(promise, RESMEM_BAR, 0, BUFFER_BYTES), ENODEV,
                "region 2"));
}

static bool check_ranges(struct promise *promise)
{
    const struct dma_range none = {0, 0}, page = {0, page_bytes()};

    return promise_expect_error(
               promise_export_ranges(promise, 0, 0, 0, none, none), EINVAL,
               "no range") &&
           promise_expect_error(
               promise_export_ranges(promise, 0, 1, 1, page, none), EINVAL,
               "an unknown flag") &&
           promise_expect_error(promise_export(promise, 0, 0, 0), EINVAL,
                                "an empty range") &&
           promise_expect_error(promise_export(promise, 0, 512, page.length),
                                EINVAL, "an offset inside a page") &&
           promise_expect_error(promise_export(promise, 0, 0, 512), EINVAL,
                                "a part of a page") &&
           promise_expect_error(
               promise_export(promise, 0, REGISTER_BAR_BYTES, page.length),
               EINVAL, "a range past the end") &&
           promise_expect_error(
               promise_export(promise, 0, 0, REGISTER_BAR_BYTES + page.length),
               EINVAL, "a range over the end") &&
           promise_expect_error(promise_export_ranges(promise, 0, 0, 2, page,
                                                      (struct dma_range){0, 1}),
                                EINVAL, "a bad second range");
}

static bool check_regions(struct promise *promise)
{
    static const uint32_t wrong[] = {
        1, 3, 5, VFIO_PCI_ROM_REGION_INDEX, VFIO_PCI_CONFIG_REGION_INDEX, 100};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (!promise_expect_error(
                promise_export(promise, wrong[i], 0, page_bytes()), ENODEV,
                "region %u", wrong[i])) {
            return false;
        }
    }
    return true;
}

/* A dma-buf of vfio-pci is for devices: user space sees nothing of it. */
static bool check_opaque(struct promise *promise)
{
    int file = promise_export(promise, 0, 0, BUFFER_BYTES);
    uint32_t value;
    void *base;
    bool passed;

    if (file < 0) {
        return promise_expect(file, 0, "the export");
    }
    base = mmap(NULL, page_bytes(), PROT_READ, MAP_SHARED, file, 0);
    passed = promise_expect_error(base == MAP_FAILED ? -1 : 0, EINVAL,
                                  "mmap of the dma-buf") &&
             promise_expect_error(read(file, &value, sizeof(value)), EINVAL,
                                  "read of the dma-buf");
    close(file);
    return passed;
}

void add_buffer_promises(struct promise *promise)
{
    for (unsigned region = 0; region <= RESMEM_BAR; region += 2) {
        if (promise_is_functions(promise, region)) {
            promise_add_with(promise, WAY_GROUP, region, check_export,
                             "a dma-buf of region %u is given", region);
        }
    }
    promise_add(promise, WAY_GROUP, check_drivers_own,
                "dma-bufs of the driver's own regions are refused: ENODEV "
                "(Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_ranges,
                "dma-bufs of bad ranges are refused with EINVAL");
    promise_add(promise, WAY_GROUP, check_regions,
                "dma-bufs of what is no BAR are refused with ENODEV");
    promise_add(promise, WAY_GROUP, check_opaque,
                "user space can neither map nor read a dma-buf");
}
