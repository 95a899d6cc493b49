// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lets the upstream driver nvgrace-gpu-vfio-pci judge a GPU in the bare-metal
 * representation: binds it, and uses the device through VFIO.
 */
#include "vfio-check.h"

#include <linux/vfio.h>

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

static void add_cases(struct vfio_test *test)
{
    static struct memory_region regions[2];

    test_init(test, regions);
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
    add_cases(&test);
    return ktap_run();
}
