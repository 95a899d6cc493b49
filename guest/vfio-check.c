// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lets the upstream driver nvgrace-gpu-vfio-pci judge a GPU in the bare-metal
 * representation: binds it, and uses the device through VFIO.
 */
#include "vfio-check.h"

#include <errno.h>
#include <linux/vfio.h>
#include <string.h>

#include "ktap.h"
#include "options.h"

static bool check_bind(void *context)
{
    struct vfio_test *test = context;
    char reason[256];

    return pci_bind_nvgrace(&test->function, reason, sizeof(reason)) ||
           ktap_fail("%s", reason);
}

static bool check_open(void *context)
{
    struct vfio_test *test = context;

    return vfio_open_group(&test->device);
}

static bool check_flags(void *context)
{
    const uint32_t expected = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET;
    struct vfio_test *test = context;
    uint32_t flags, regions;

    if (test->device.device < 0) {
        return ktap_fail("the device is not open");
    }
    if (!vfio_device_flags(&test->device, &flags, &regions)) {
        return false;
    }
    return (flags & expected) == expected ||
           ktap_fail("the flags are 0x%x, without all of 0x%x", flags,
                     expected);
}

bool test_region(struct vfio_test *test, unsigned index,
                 struct vfio_region *region)
{
    if (test->device.device < 0) {
        return ktap_fail("the device is not open");
    }
    return vfio_region_get(&test->device, index, region);
}

bool memory_region_exists(const struct memory_region *region)
{
    return region->expected.bytes > 0;
}

bool memory_region_get(const struct memory_region *region,
                       struct vfio_region *info)
{
    return test_region(region->test, region->index, info);
}

bool test_map(struct vfio_test *test, unsigned index, uint64_t offset,
              size_t bytes, int extra_protection, struct window *window)
{
    struct vfio_region region;
    char name[] = "region 0";

    if (!test_region(test, index, &region)) {
        return false;
    }
    name[sizeof(name) - 2] = (char)('0' + index);
    return window_map(window, test->device.device, region.offset + offset,
                      bytes, extra_protection, name, offset) ||
           ktap_fail("%s cannot be mapped at 0x%llx: %s", name,
                     (unsigned long long)offset, strerror(errno));
}

static bool check_bar_regions(void *context)
{
    struct memory_region *regions = context;
    struct vfio_test *test = regions[0].test;

    for (unsigned i = VFIO_PCI_BAR0_REGION_INDEX;
         i <= VFIO_PCI_BAR5_REGION_INDEX; i++) {
        struct vfio_region region;
        bool expected = i == 0 || i == USEMEM_BAR ||
                        (i == RESMEM_BAR && memory_region_exists(&regions[1]));

        if (!test_region(test, i, &region)) {
            return false;
        }
        if (region.bytes > 0) {
            vfio_print_region(&test->device, &region);
        }
        if ((region.bytes > 0) != expected) {
            return ktap_fail("region %u has %llu bytes", i,
                             (unsigned long long)region.bytes);
        }
    }
    return true;
}

static bool check_register_region(void *context)
{
    struct vfio_region region;

    if (!test_region(context, VFIO_PCI_BAR0_REGION_INDEX, &region)) {
        return false;
    }
    return (region.bytes == REGISTER_BAR_BYTES && region.readable &&
            region.writable) ||
           ktap_fail("region 0 has %llu bytes, and is %s and %s",
                     (unsigned long long)region.bytes,
                     region.readable ? "readable" : "not readable",
                     region.writable ? "writable" : "not writable");
}

static bool read_through_vfio(void *context, uint64_t offset, size_t width,
                              uint64_t *value)
{
    struct vfio_test *test = context;
    struct vfio_region region;

    *value = 0;
    return test_region(test, VFIO_PCI_BAR0_REGION_INDEX, &region) &&
           vfio_read(&test->device, &region, offset, value, width);
}

static bool write_through_vfio(void *context, uint64_t offset, size_t width,
                               uint64_t value)
{
    struct vfio_test *test = context;
    struct vfio_region region;

    return test_region(test, VFIO_PCI_BAR0_REGION_INDEX, &region) &&
           vfio_write(&test->device, &region, offset, &value, width);
}

static void add_cases(struct vfio_test *test)
{
    static struct memory_region regions[2];
    const struct options *options = options_get();
    struct memory_layout layout;

    memory_layout(options->memory, options->divided,
                  options->chip->has_aperture, &layout);
    regions[0] = (struct memory_region){test, USEMEM_BAR, layout.usemem, true};
    regions[1] = (struct memory_region){test, RESMEM_BAR, region2_part(&layout),
                                        .is_emulated = options->divided};
    test->registers = (struct register_access){
        .function = &test->function,
        .chip = options->chip,
        .memory = options->memory,
        .context = test,
        .read = read_through_vfio,
        .write = write_through_vfio,
    };

    ktap_add(check_bind, test, NVGRACE_DRIVER " binds the function");
    ktap_add(check_open, test,
             "the device opens through a group and a type 1 container");
    ktap_add(check_flags, test, "VFIO says PCI device with reset");
    ktap_add(check_bar_regions, regions, "BAR regions are 0%s 4, no others",
             memory_region_exists(&regions[1]) ? ", 2 and" : " and");
    ktap_add(check_register_region, test,
             "region 0 has 16 MiB, readable and writable");
    registers_add_cases(&test->registers);
    for (int i = 0; i < 2; i++) {
        if (memory_region_exists(&regions[i])) {
            add_region_cases(&regions[i]);
            add_end_cases(&regions[i]);
        }
    }
    if (memory_region_exists(&regions[1]) && !regions[1].is_emulated) {
        add_same_memory_case(regions);
    }
    add_plain_region_cases(&regions[0]);
    add_config_cases(regions);
    add_lifecycle_cases(regions);
}

int main(int argc, char **argv)
{
    static struct vfio_test test;

    if (argc != 2) {
        ktap_line("# vfio-check needs one argument, the address of a function");
        return 2;
    }
    if (!pci_read(argv[1], &test.function)) {
        ktap_line("# there is no PCI function %s in " PCI_DEVICES, argv[1]);
        return 2;
    }
    if (options_get()->problem[0]) {
        ktap_line("# %s", options_get()->problem);
        return 2;
    }
    test.device = (struct vfio_device){&test.function, -1, -1, -1, -1};
    add_cases(&test);
    return ktap_run();
}
