// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of vfio-check that reset the device, close it, and open it again
 * in the same and in the other way.
 */
#include "vfio-check.h"

#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <sys/mman.h>

#include "dvsec.h"
#include "ktap.h"
#include "pattern.h"
#include "memory-ops.h"

#define CHUNK_BYTES 4096
#define SEED_RESET  40
#define SEED_REOPEN 50

/*
 * Near the end of a region; region 2 has a place of its own there, as it may
 * show the same memory as region 4.
 */
static uint64_t pattern_offset(const struct memory_region *region)
{
    return region->expected.bytes -
           CHUNK_BYTES * (region->index == RESMEM_BAR ? 2 : 1);
}

/* The bytes at that place: writes them, or compares them. */
static bool leave_pattern(struct memory_region *region, uint64_t seed)
{
    uint8_t chunk[CHUNK_BYTES];
    struct vfio_region info;

    if (!memory_region_exists(region)) {
        return true;
    }
    pattern_fill(chunk, CHUNK_BYTES, seed + region->index);
    return test_region(region->test, region->index, &info) &&
           vfio_write(&region->test->device, &info, pattern_offset(region),
                      chunk, CHUNK_BYTES);
}

static bool find_pattern(struct memory_region *region, uint64_t seed)
{
    uint8_t chunk[CHUNK_BYTES];
    struct vfio_region info;

    if (!memory_region_exists(region)) {
        return true;
    }
    if (!test_region(region->test, region->index, &info) ||
        !vfio_read(&region->test->device, &info, pattern_offset(region), chunk,
                   CHUNK_BYTES)) {
        return false;
    }
    return pattern_compare(chunk, CHUNK_BYTES, seed + region->index) ==
               CHUNK_BYTES ||
           ktap_fail("the end of region %u no longer holds what was written",
                     region->index);
}

/*
 * The driver's own BARs lose their addresses: those from BAR2 on, or from BAR4
 * (nvgrace_gpu_init_fake_bar_emu_regs()).
 */
static bool check_bars_forgotten(struct vfio_test *test, bool from_2)
{
    const uint32_t flags =
        PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH;
    const uint32_t expected[4] = {flags, 0, flags, 0};
    struct vfio_region config;

    if (!test_region(test, VFIO_PCI_CONFIG_REGION_INDEX, &config)) {
        return false;
    }
    for (unsigned i = from_2 ? 0 : 2; i < 4; i++) {
        uint32_t value;

        if (!vfio_read(&test->device, &config, PCI_BASE_ADDRESS_2 + 4 * i,
                       &value, sizeof(value))) {
            return false;
        }
        if (value != expected[i]) {
            return ktap_fail("BAR%u is 0x%08" PRIx32 " after the reset", 2 + i,
                             value);
        }
    }
    return true;
}

static bool check_reset(void *context)
{
    struct memory_region *regions = context;
    struct vfio_test *test = regions[0].test;
    const uint32_t address = 0xc0000000;
    struct vfio_region config;
    struct window window;

    if (!test_map(test, USEMEM_BAR, 0, page_bytes(), 0, &window)) {
        return false;
    }
    pattern_fill(window.base, page_bytes(), SEED_RESET);
    if (!leave_pattern(&regions[0], SEED_RESET) ||
        !leave_pattern(&regions[1], SEED_RESET) ||
        !test_region(test, VFIO_PCI_CONFIG_REGION_INDEX, &config) ||
        !vfio_write(&test->device, &config, PCI_BASE_ADDRESS_5, &address,
                    sizeof(address)) ||
        !vfio_reset(&test->device) || !vfio_enable_memory(&test->device)) {
        return false;
    }
    /* The mapping is still there: the driver faults its pages in again. */
    if (pattern_compare(window.base, page_bytes(), SEED_RESET) !=
        page_bytes()) {
        return ktap_fail("the start of region %u no longer holds what was "
                         "written",
                         USEMEM_BAR);
    }
    return find_pattern(&regions[0], SEED_RESET) &&
           find_pattern(&regions[1], SEED_RESET) &&
           check_bars_forgotten(test, regions[1].is_emulated);
}

static bool check_ready_after_reset(void *context)
{
    struct memory_region *regions = context;

    const struct vfio_test *test = regions[0].test;

    return registers_check_ready(&regions[0].test->registers) &&
           dvsec_check_ready(&test->function, test->registers.chip);
}

static bool check_reopen(void *context)
{
    struct memory_region *regions = context;
    struct vfio_test *test = regions[0].test;

    if (!leave_pattern(&regions[0], SEED_REOPEN) ||
        !leave_pattern(&regions[1], SEED_REOPEN)) {
        return false;
    }
    vfio_close(&test->device);
    return vfio_open_group(&test->device) &&
           find_pattern(&regions[0], SEED_REOPEN) &&
           find_pattern(&regions[1], SEED_REOPEN);
}

static bool check_cdev(void *context)
{
    struct memory_region *regions = context;
    struct vfio_test *test = regions[0].test;

    vfio_close(&test->device);
    return vfio_open_cdev(&test->device) &&
           registers_check_ready(&test->registers) &&
           find_pattern(&regions[0], SEED_REOPEN) &&
           find_pattern(&regions[1], SEED_REOPEN);
}

static bool check_code(void *context)
{
    struct memory_region *region = context;
    struct window window;

    return test_map(region->test, region->index, 2 * page_bytes(),
                    2 * page_bytes(), PROT_EXEC, &window) &&
           memory_check_code(window.base);
}

static bool check_close(void *context)
{
    struct vfio_test *test = context;

    if (test->device.device < 0) {
        return ktap_fail("the device is not open");
    }
    vfio_close(&test->device);
    return true;
}

void add_lifecycle_cases(struct memory_region regions[2])
{
    ktap_add(check_reset, regions,
             "a reset keeps the memory and forgets the emulated BARs");
    ktap_add(check_ready_after_reset, regions,
             "the readiness registers say ready after the reset");
    ktap_add(check_reopen, regions,
             "the memory survives closing and opening the device");
    ktap_add(check_cdev, regions,
             "the device opens through its character device and iommufd");
    ktap_add(check_code, &regions[0], "code copied into region %u runs",
             regions[0].index);
    ktap_add(check_close, regions[0].test, "the device can be closed");
}
