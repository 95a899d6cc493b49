// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on dma-bufs of regions, and on mapping them into
 * an IOMMU with iommufd: vfio_pci_core_feature_dma_buf(). It asks for a mapped
 * BAR before it asks the driver, so that regions which are the driver's own
 * are refused in Linux 7.3, although nvgrace_get_dmabuf_phys() would know them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "promise-check.h"
#include "promise-uapi.h"
#include "window.h"

#define IOVA 0x10000000
/* Before the MSI-X table of BAR0, and a page table's block in size. */
#define BUFFER_BYTES (2 * MIB)

static int export_ranges(struct promise *promise, uint32_t region,
                         uint32_t flags, uint32_t count, struct dma_range first,
                         struct dma_range second)
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

static int export_range(struct promise *promise, uint32_t region,
                        uint64_t offset, uint64_t length)
{
    return export_ranges(promise, region, 0, 1,
                         (struct dma_range){offset, length},
                         (struct dma_range){0, 0});
}

/* The function has BAR0 everywhere, and BAR2 where the memory is not divided.
 */
static bool check_export(struct promise *promise)
{
    for (unsigned region = 0; region <= RESMEM_BAR; region += 2) {
        int file =
            region == 0 || (!promise->divided && promise->region2.bytes > 0)
                ? export_range(promise, region, 0, BUFFER_BYTES)
                : -2;
        bool passed;

        if (file == -2) {
            continue;
        }
        if (file < 0) {
            return promise_expect(file, 0, "the export of region %u", region);
        }
        passed = promise_expect((long)lseek(file, 0, SEEK_END), BUFFER_BYTES,
                                "the size of the dma-buf");
        close(file);
        if (!passed) {
            return false;
        }
    }
    return true;
}

static bool check_drivers_own(struct promise *promise)
{
    return promise_expect_error(
               export_range(promise, USEMEM_BAR, 0, BUFFER_BYTES), ENODEV,
               "region 4") &&
           (!promise->divided ||
            promise_expect_error(
                export_range(promise, RESMEM_BAR, 0, BUFFER_BYTES), ENODEV,
                "region 2"));
}

static bool check_ranges(struct promise *promise)
{
    const struct dma_range none = {0, 0}, page = {0, page_bytes()};

    return promise_expect_error(export_ranges(promise, 0, 0, 0, none, none),
                                EINVAL, "no range") &&
           promise_expect_error(export_ranges(promise, 0, 1, 1, page, none),
                                EINVAL, "an unknown flag") &&
           promise_expect_error(export_range(promise, 0, 0, 0), EINVAL,
                                "an empty range") &&
           promise_expect_error(export_range(promise, 0, 512, page.length),
                                EINVAL, "an offset inside a page") &&
           promise_expect_error(export_range(promise, 0, 0, 512), EINVAL,
                                "a part of a page") &&
           promise_expect_error(
               export_range(promise, 0, REGISTER_BAR_BYTES, page.length),
               EINVAL, "a range past the end") &&
           promise_expect_error(
               export_range(promise, 0, 0, REGISTER_BAR_BYTES + page.length),
               EINVAL, "a range over the end") &&
           promise_expect_error(
               export_ranges(promise, 0, 0, 2, page, (struct dma_range){0, 1}),
               EINVAL, "a bad second range");
}

static bool check_regions(struct promise *promise)
{
    static const uint32_t wrong[] = {
        1, 3, 5, VFIO_PCI_ROM_REGION_INDEX, VFIO_PCI_CONFIG_REGION_INDEX, 100};

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (!promise_expect_error(
                export_range(promise, wrong[i], 0, page_bytes()), ENODEV,
                "region %u", wrong[i])) {
            return false;
        }
    }
    return true;
}

/* A dma-buf of vfio-pci is for devices: user space sees nothing of it. */
static bool check_opaque(struct promise *promise)
{
    int file = export_range(promise, 0, 0, BUFFER_BYTES);
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

/* An IOAS of the open iommufd, with the device on it; 0 after ktap_fail(). */
static uint32_t attach(struct promise *promise)
{
    struct ioas_alloc alloc = {.size = sizeof(alloc)};
    struct device_attach request = {.argsz = DEVICE_ATTACH_BYTES};

    if (!promise_expect(ioctl(promise->device.iommufd, IOAS_ALLOC, &alloc), 0,
                        "IOMMU_IOAS_ALLOC")) {
        return 0;
    }
    request.table = alloc.id;
    return promise_expect(
               ioctl(promise->device.device, DEVICE_ATTACH, &request), 0,
               "VFIO_DEVICE_ATTACH_IOMMUFD_PT")
               ? alloc.id
               : 0;
}

static int map_file(struct promise *promise, uint32_t ioas, int file,
                    uint64_t length)
{
    struct ioas_map_file request = {
        .size = sizeof(request),
        .flags = IOAS_FIXED | IOAS_READ | IOAS_WRITE,
        .id = ioas,
        .file = file,
        .length = length,
        .iova = IOVA,
    };

    return ioctl(promise->device.iommufd, IOAS_MAP_FILE, &request);
}

static int unmap(struct promise *promise, uint32_t ioas)
{
    struct ioas_unmap request = {.size = sizeof(request),
                                 .id = ioas,
                                 .iova = IOVA,
                                 .length = BUFFER_BYTES};

    return ioctl(promise->device.iommufd, IOAS_UNMAP, &request);
}

/* Maps, unmaps, and maps again what a revocation took. */
static bool check_iommufd(struct promise *promise)
{
    uint32_t ioas = attach(promise);
    int file = export_range(promise, 0, 0, BUFFER_BYTES);
    bool passed;

    if (ioas == 0) {
        return false;
    }
    passed =
        file >= 0 &&
        promise_expect(map_file(promise, ioas, file, BUFFER_BYTES), 0, "map") &&
        promise_expect_error(map_file(promise, ioas, file, BUFFER_BYTES),
                             EEXIST, "the same again") &&
        promise_expect(unmap(promise, ioas), 0, "unmap") &&
        promise_expect_error(
            map_file(promise, ioas, file, BUFFER_BYTES + page_bytes()), EINVAL,
            "more than the buffer");
    close(file);
    return passed;
}

static bool check_revoked(struct promise *promise)
{
    uint32_t ioas = attach(promise);
    int file = export_range(promise, 0, 0, BUFFER_BYTES);
    bool passed;

    if (ioas == 0) {
        return false;
    }
    passed = promise_set_memory(promise, false) &&
             promise_expect_error(map_file(promise, ioas, file, BUFFER_BYTES),
                                  ENODEV, "a map with memory off") &&
             promise_set_memory(promise, true) &&
             promise_expect(map_file(promise, ioas, file, BUFFER_BYTES), 0,
                            "a map with memory on") &&
             vfio_reset(&promise->device) &&
             promise_expect(unmap(promise, ioas), 0, "unmap after a reset") &&
             promise_expect(map_file(promise, ioas, file, BUFFER_BYTES), 0,
                            "a map after a reset") &&
             promise_expect(unmap(promise, ioas), 0, "the last unmap");
    close(file);
    return passed;
}

static bool check_two_ranges(struct promise *promise)
{
    const struct dma_range first = {0, page_bytes()};
    const struct dma_range second = {4 * page_bytes(), page_bytes()};
    uint32_t ioas = attach(promise);
    int file = export_ranges(promise, 0, 0, 2, first, second);
    bool passed;

    if (ioas == 0) {
        return false;
    }
    passed = promise_expect((long)lseek(file, 0, SEEK_END),
                            (long)(2 * page_bytes()), "the size") &&
             promise_expect_error(map_file(promise, ioas, file, page_bytes()),
                                  EOPNOTSUPP, "a map of two ranges");
    close(file);
    return passed;
}

/* A mapping has no pages, so iommufd cannot take it by its address. */
static bool check_by_address(struct promise *promise)
{
    uint32_t ioas = attach(promise);
    struct ioas_map request = {
        .size = sizeof(request),
        .flags = IOAS_FIXED | IOAS_READ | IOAS_WRITE,
        .id = ioas,
        .length = page_bytes(),
        .iova = IOVA,
    };

    if (ioas == 0) {
        return false;
    }
    request.user =
        (uintptr_t)promise_map_shared(promise, USEMEM_BAR, 0, page_bytes());
    return request.user != 0 &&
           promise_expect_error(
               ioctl(promise->device.iommufd, IOAS_MAP, &request), EFAULT,
               "IOMMU_IOAS_MAP of a mapping");
}

/* The buffer may outlive the device's file; nothing can be mapped of it. */
static bool check_outlives(struct promise *promise)
{
    int file = export_range(promise, 0, 0, BUFFER_BYTES);
    uint32_t ioas;
    bool passed;

    if (file < 0) {
        return promise_expect(file, 0, "the export");
    }
    passed = promise_open(promise, WAY_CLOSED) &&
             promise_open(promise, WAY_CDEV) && (ioas = attach(promise)) != 0 &&
             promise_expect_error(map_file(promise, ioas, file, BUFFER_BYTES),
                                  ENODEV, "a map after the device was closed");
    close(file);
    return passed;
}

void add_buffer_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_export,
                "dma-bufs of the function's own BARs are given");
    promise_add(promise, WAY_GROUP, check_drivers_own,
                "dma-bufs of the driver's own regions are refused: ENODEV "
                "(Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_ranges,
                "dma-bufs of bad ranges are refused with EINVAL");
    promise_add(promise, WAY_GROUP, check_regions,
                "dma-bufs of what is no BAR are refused with ENODEV");
    promise_add(promise, WAY_GROUP, check_opaque,
                "user space can neither map nor read a dma-buf");
    promise_add(promise, WAY_CDEV, check_iommufd,
                "iommufd maps a dma-buf of region 0");
    promise_add(promise, WAY_CDEV, check_revoked,
                "memory off and a reset revoke a dma-buf, and give it back");
    promise_add(promise, WAY_CDEV, check_two_ranges,
                "iommufd refuses a dma-buf of two ranges: EOPNOTSUPP");
    promise_add(promise, WAY_CDEV, check_by_address,
                "iommufd refuses a mapping of region 4 by its address: EFAULT");
    promise_add(promise, WAY_CDEV, check_outlives,
                "a dma-buf outlives the device's file, and is void then");
}
