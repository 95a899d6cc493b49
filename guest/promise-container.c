// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on mapping regions into an IOMMU with a type 1
 * container, which takes the page frames of a mapping (follow_fault_pfn()), as
 * a VMM needs for peer-to-peer transfers.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/vfio.h>
#include <sys/ioctl.h>

#include "kernel-faults.h"
#include "ktap.h"
#include "options.h"
#include "promise-check.h"
#include "window.h"

#define IOVA      0x20000000
#define MAP_BYTES (4 * MIB)

static int map(struct promise *promise, const void *base, uint64_t bytes)
{
    struct vfio_iommu_type1_dma_map request = {
        .argsz = sizeof(request),
        .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
        .vaddr = (uintptr_t)base,
        .iova = IOVA,
        .size = bytes,
    };

    return ioctl(promise->device.container, VFIO_IOMMU_MAP_DMA, &request);
}

static bool unmap(struct promise *promise)
{
    struct vfio_iommu_type1_dma_unmap request = {
        .argsz = sizeof(request),
        .iova = IOVA,
        .size = MAP_BYTES,
    };

    return promise_expect(
               ioctl(promise->device.container, VFIO_IOMMU_UNMAP_DMA, &request),
               0, "VFIO_IOMMU_UNMAP_DMA") &&
           promise_equal(request.size, MAP_BYTES, "the bytes unmapped");
}

/* The physical address of a mapping's first byte: its fault tells. */
static bool find_address(struct promise *promise, const struct window *window,
                         uint64_t *address)
{
    struct kernel_faults faults;

    if (promise_is_functions(promise, promise->argument)) {
        *address = promise->function.bars[promise->argument].start;
        return true;
    }
    if (!kernel_faults_start(1)) {
        return false;
    }
    window_read(window, 0, 4);
    if (!kernel_faults_stop(&faults) ||
        !promise_expect(faults.count > 0, 1, "finding the fault in the log")) {
        return false;
    }
    *address = faults.faults[faults.count - 1].frame * page_bytes();
    return true;
}

static bool check_map(struct promise *promise)
{
    uint8_t *base =
        promise_map_shared(promise, promise->argument, 0, MAP_BYTES);
    struct window window = {base, MAP_BYTES};
    uint64_t address = 0;

    if (!base || !find_address(promise, &window, &address)) {
        return false;
    }
    if (address >> options_get()->smmu_bits != 0) {
        return ktap_skip("the memory lies above 2^%" PRIu64 ", where the SMMU "
                         "does not reach; see arm-smmuv3.oas",
                         options_get()->smmu_bits);
    }
    return promise_expect(map(promise, base, MAP_BYTES), 0,
                          "VFIO_IOMMU_MAP_DMA") &&
           promise_expect_error(map(promise, base, MAP_BYTES), EEXIST,
                                "the same again") &&
           unmap(promise);
}

void add_container_promises(struct promise *promise)
{
    for (unsigned region = 0; region <= USEMEM_BAR; region += 2) {
        if (region == RESMEM_BAR && promise_part(promise, region)->bytes == 0) {
            continue;
        }
        promise_add_with(promise, WAY_GROUP, region, check_map,
                         "a type 1 container maps region %u for DMA", region);
    }
}
