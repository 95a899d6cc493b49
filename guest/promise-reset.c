// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on resets: vfio_pci_ioctl_reset(), the function
 * level reset in configuration space, and resets of the bus, which Linux does
 * not try on Hopper (quirk_nvidia_no_bus_reset()).
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

#include "ktap.h"
#include "promise-check.h"
#include "window.h"

#define CONFIG VFIO_PCI_CONFIG_REGION_INDEX
#define MARK   0x7265736574000000

static bool check_keeps_enable(struct promise *promise)
{
    uint16_t command;
    uint32_t value;

    return vfio_reset(&promise->device) &&
           promise_read(promise, CONFIG, PCI_COMMAND, &command, 2) &&
           promise_equal(command & PCI_COMMAND_MEMORY, PCI_COMMAND_MEMORY,
                         "memory enable") &&
           promise_read(promise, 0, 0, &value, sizeof(value));
}

static bool check_mapping(struct promise *promise)
{
    uint8_t *base =
        promise_map_shared(promise, promise->argument, 0, page_bytes());
    struct window window = {base, page_bytes()};

    if (!base) {
        return false;
    }
    window_write(&window, 8, 8, MARK + promise->argument);
    return vfio_reset(&promise->device) &&
           promise_equal(window_read(&window, 8, 8), MARK + promise->argument,
                         "8 bytes of the mapping");
}

static bool check_many(struct promise *promise)
{
    if (!promise_mark(promise, MARK)) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        if (!vfio_reset(&promise->device)) {
            return false;
        }
    }
    return promise_marked(promise, MARK);
}

/* Sets emulated BARs, resets through Device Control, and reads them. */
static bool check_function_level(struct promise *promise)
{
    const uint64_t address = 0x0123f00000000000;
    uint8_t at = promise_capability(promise, PCI_CAP_ID_EXP);
    uint16_t control;
    uint64_t bar;

    if (at == 0 ||
        !promise_write(promise, CONFIG, PCI_BASE_ADDRESS_4, &address, 8) ||
        !promise_mark(promise, MARK + 7) ||
        !promise_read(promise, CONFIG, at + PCI_EXP_DEVCTL, &control, 2)) {
        return false;
    }
    control |= PCI_EXP_DEVCTL_BCR_FLR;
    return promise_write(promise, CONFIG, at + PCI_EXP_DEVCTL, &control, 2) &&
           promise_read(promise, CONFIG, at + PCI_EXP_DEVCTL, &control, 2) &&
           promise_equal(control & PCI_EXP_DEVCTL_BCR_FLR, 0, "the bit") &&
           promise_marked(promise, MARK + 7) &&
           promise_read(promise, CONFIG, PCI_BASE_ADDRESS_4, &bar, 8) &&
           promise_equal(bar & ~0xfULL, address, "BAR4") &&
           vfio_reset(&promise->device) &&
           promise_read(promise, CONFIG, PCI_BASE_ADDRESS_4, &bar, 8) &&
           promise_equal(bar & ~0xfULL, 0, "BAR4 after VFIO_DEVICE_RESET");
}

/* BARs of the function itself keep what the user set. */
static bool check_own_bar(struct promise *promise)
{
    const uint32_t address = 0xab000000;
    uint32_t found;

    return promise_write(promise, CONFIG, PCI_BASE_ADDRESS_0, &address, 4) &&
           vfio_reset(&promise->device) &&
           promise_read(promise, CONFIG, PCI_BASE_ADDRESS_0, &found, 4) &&
           promise_equal(found & ~0xfU, address, "BAR0");
}

static union {
    struct vfio_pci_hot_reset_info info;
    struct vfio_pci_hot_reset reset;
    uint8_t bytes[256];
} request;

static int get_hot_reset_info(struct promise *promise, size_t room)
{
    memset(&request, 0, sizeof(request));
    request.info.argsz = (uint32_t)room;
    return ioctl(promise->device.device, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO,
                 &request.info);
}

/* The quirk is for 0x2340 to 0x237f, Hopper's ids. */
static bool has_quirk(const struct promise *promise)
{
    return (promise->function.device_id & ~0x3fULL) == 0x2340;
}

static bool check_hot_reset_info(struct promise *promise)
{
    const struct vfio_pci_dependent_device *device = request.info.devices;
    int result = get_hot_reset_info(promise, sizeof(request));

    if (has_quirk(promise)) {
        return promise_expect_error(result, ENODEV, "on Hopper");
    }
    return promise_expect(result, 0, "the request") &&
           promise_equal(request.info.count, 1, "the number of functions") &&
           promise_equal(device->bus, promise->function.bus, "the bus") &&
           promise_equal(device->segment, promise->function.segment,
                         "the segment") &&
           promise_equal(device->devfn,
                         promise->function.device << 3 |
                             promise->function.function,
                         "device and function") &&
           promise_expect_error(
               get_hot_reset_info(promise, sizeof(request.info)), ENOSPC,
               "without room") &&
           promise_equal(request.info.count, 1, "the number without room");
}

static bool check_hot_reset(struct promise *promise)
{
    int result;

    if (!promise_mark(promise, MARK + 9)) {
        return false;
    }
    memset(&request, 0, sizeof(request));
    request.reset.argsz = sizeof(request);
    request.reset.count = 1;
    request.reset.group_fds[0] = promise->device.group;
    result = ioctl(promise->device.device, VFIO_DEVICE_PCI_HOT_RESET,
                   &request.reset);
    if (has_quirk(promise)) {
        return promise_expect_error(result, ENODEV, "on Hopper");
    }
    return promise_expect(result, 0, "the request") &&
           promise_open(promise, WAY_GROUP) &&
           promise_marked(promise, MARK + 9);
}

void add_reset_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_keeps_enable,
                "VFIO_DEVICE_RESET leaves memory enabled for the user");
    for (unsigned region = RESMEM_BAR; region <= USEMEM_BAR; region += 2) {
        if (promise_is_drivers(promise, region)) {
            promise_add_with(promise, WAY_GROUP, region, check_mapping,
                             "a mapping of region %u shows the same after a "
                             "reset",
                             region);
        }
    }
    promise_add(promise, WAY_GROUP, check_many,
                "resets one after the other leave the memory");
    promise_add(promise, WAY_GROUP, check_own_bar,
                "the function's own BAR keeps its address over a reset");
    promise_add(promise, WAY_GROUP, check_function_level,
                "a function level reset from configuration space keeps "
                "emulated BARs (Linux 7.3)");
    promise_add(promise, WAY_GROUP, check_hot_reset_info,
                "hot reset: not on Hopper (ENODEV), elsewhere of one function");
    promise_add(promise, WAY_GROUP, check_hot_reset,
                "a hot reset leaves the memory, or is refused on Hopper");
}
