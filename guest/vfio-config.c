// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of vfio-check on the BARs in configuration space. BAR4 is the
 * driver's own, and so is BAR2 if the memory is divided; BAR0, and otherwise
 * BAR2, are the device's, as vfio-pci shows them.
 */
#include "vfio-check.h"

#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>

#include "ktap.h"

/* Low bits of a 64-bit prefetchable memory BAR (PCI 3.0, 6.2.5.1). */
#define BAR_FLAGS                                                              \
    ((uint64_t)(PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH))

struct config_bar {
    struct memory_region *region;
    unsigned index;
    uint64_t bytes;
};

static uint64_t bar_offset(unsigned index)
{
    return PCI_BASE_ADDRESS_0 + 4 * index;
}

/* Reads or writes both halves of a BAR, 4 bytes each, as firmware does. */
static bool read_bar(struct vfio_test *test, unsigned index, uint64_t *value)
{
    struct vfio_region config;
    uint32_t low, high;

    if (!test_region(test, VFIO_PCI_CONFIG_REGION_INDEX, &config) ||
        !vfio_read(&test->device, &config, bar_offset(index), &low, 4) ||
        !vfio_read(&test->device, &config, bar_offset(index + 1), &high, 4)) {
        return false;
    }
    *value = (uint64_t)high << 32 | low;
    return true;
}

static bool write_bar(struct vfio_test *test, unsigned index, uint64_t value)
{
    uint32_t low = (uint32_t)value;
    uint32_t high = (uint32_t)(value >> 32);
    struct vfio_region config;

    return test_region(test, VFIO_PCI_CONFIG_REGION_INDEX, &config) &&
           vfio_write(&test->device, &config, bar_offset(index), &low, 4) &&
           vfio_write(&test->device, &config, bar_offset(index + 1), &high, 4);
}

static bool check_sizing(void *context)
{
    const struct config_bar *bar = context;
    struct vfio_test *test = bar->region->test;
    const uint64_t expected = ~(bar->bytes - 1) | BAR_FLAGS;
    uint64_t before, sized, after;

    if (!read_bar(test, bar->index, &before) ||
        !write_bar(test, bar->index, UINT64_MAX) ||
        !read_bar(test, bar->index, &sized) ||
        !write_bar(test, bar->index, before) ||
        !read_bar(test, bar->index, &after)) {
        return false;
    }
    if (sized != expected) {
        return ktap_fail("after a write of ones BAR%u reads 0x%016" PRIx64
                         ", not 0x%016" PRIx64,
                         bar->index, sized, expected);
    }
    return before == after || ktap_fail("BAR%u was 0x%016" PRIx64
                                        " and was restored to 0x%016" PRIx64,
                                        bar->index, before, after);
}

static bool check_widths(void *context)
{
    const struct config_bar *bar = context;
    struct vfio_test *test = bar->region->test;
    struct vfio_region config;
    uint64_t before, whole;

    if (!test_region(test, VFIO_PCI_CONFIG_REGION_INDEX, &config) ||
        !read_bar(test, bar->index, &before) ||
        !write_bar(test, bar->index, UINT64_MAX) ||
        !read_bar(test, bar->index, &whole)) {
        return false;
    }
    for (size_t width = 1; width <= 4; width *= 2) {
        for (size_t at = 0; at < 8; at += width) {
            uint64_t expected = whole >> (8 * at) & ones(width);
            uint64_t piece = 0;

            if (!vfio_read(&test->device, &config, bar_offset(bar->index) + at,
                           &piece, width)) {
                return false;
            }
            if (piece != expected) {
                return ktap_fail("%zu bytes at 0x%" PRIx64 " are 0x%" PRIx64
                                 ", not 0x%" PRIx64,
                                 width, bar_offset(bar->index) + at, piece,
                                 expected);
            }
        }
    }
    return write_bar(test, bar->index, before);
}

/* A guest places the BAR: the address reads back, with the flags. */
static bool check_address(void *context)
{
    const struct config_bar *bar = context;
    struct vfio_test *test = bar->region->test;
    const uint64_t address = 3 * bar->bytes;
    uint64_t before, value;

    if (!read_bar(test, bar->index, &before) ||
        !write_bar(test, bar->index, address) ||
        !read_bar(test, bar->index, &value) ||
        !write_bar(test, bar->index, before)) {
        return false;
    }
    return value == (address | BAR_FLAGS) ||
           ktap_fail("BAR%u was set to 0x%" PRIx64 " and reads 0x%" PRIx64,
                     bar->index, address, value);
}

void add_config_cases(struct memory_region regions[2])
{
    static struct config_bar bars[3];

    bars[0] = (struct config_bar){&regions[0], 0, REGISTER_BAR_BYTES};
    for (int i = 0; i < 2; i++) {
        bars[1 + i] = (struct config_bar){&regions[i], regions[i].index,
                                          regions[i].expected.bar_bytes};
    }
    for (int i = 0; i < 3; i++) {
        if (bars[i].bytes == 0) {
            continue;
        }
        ktap_add(check_sizing, &bars[i],
                 "BAR%u in configuration space sizes as 64-bit prefetchable",
                 bars[i].index);
        ktap_add(check_widths, &bars[i],
                 "BAR%u in configuration space reads alike in 1, 2, 4 bytes",
                 bars[i].index);
        ktap_add(check_address, &bars[i],
                 "BAR%u in configuration space keeps an address",
                 bars[i].index);
    }
}
