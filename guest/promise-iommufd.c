// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on mapping regions into an IOMMU with iommufd:
 * iopt_map_file_pages() takes dma-bufs, through vfio_pci_dma_buf_iommufd_map().
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ktap.h"
#include "promise-check.h"
#include "promise-uapi.h"
#include "window.h"

#define IOVA 0x10000000
/* Before the MSI-X table of BAR0, and a page table's block in size. */
#define BUFFER_BYTES (2 * MIB)

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

static bool check_iommufd(struct promise *promise)
{
    uint32_t ioas = attach(promise);
    int file = promise_export(promise, promise->argument, 0, BUFFER_BYTES);
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
    int file = promise_export(promise, 0, 0, BUFFER_BYTES);
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
    int file = promise_export_ranges(promise, 0, 0, 2, first, second);
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
    int file = promise_export(promise, 0, 0, BUFFER_BYTES);
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

void add_iommufd_promises(struct promise *promise)
{
    for (unsigned region = 0; region <= RESMEM_BAR; region += 2) {
        if (!promise_is_functions(promise, region)) {
            continue;
        }
        promise_add_with(promise, WAY_CDEV, region, check_iommufd,
                         "iommufd maps a dma-buf of region %u", region);
    }
    promise_add(promise, WAY_CDEV, check_revoked,
                "memory off and a reset revoke a dma-buf, and give it back");
    promise_add(promise, WAY_CDEV, check_two_ranges,
                "iommufd refuses a dma-buf of two ranges: EOPNOTSUPP");
    promise_add(promise, WAY_CDEV, check_by_address,
                "iommufd refuses a mapping of region 4 by its address: EFAULT");
    promise_add(promise, WAY_CDEV, check_outlives,
                "a dma-buf outlives the device's file, and is void then");
}
