// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on Memory Space Enable in the command register,
 * and on the power state that a VMM sets in configuration space: both take the
 * mappings away (vfio_basic_config_write(), vfio_pm_config_write()). Plain
 * reads of the memory go on, as nvgrace_gpu_map_and_read() explains; after a
 * reset they wait for the memory to be enabled
 * (nvgrace_gpu_check_device_ready).
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <signal.h>
#include <unistd.h>

#include "ktap.h"
#include "promise-check.h"
#include "window.h"

#define MARK 0x6d61726b65640000

static bool check_registers_off(struct promise *promise)
{
    int device = promise->device.device;
    uint32_t value = 0;

    return promise_set_memory(promise, false) &&
           promise_expect_error(pread(device, &value, 4, promise_at(0, 0)), EIO,
                                "pread with memory off") &&
           promise_expect_error(pwrite(device, &value, 4, promise_at(0, 0)),
                                EIO, "pwrite with memory off") &&
           promise_set_memory(promise, true) &&
           promise_read(promise, 0, 0, &value, sizeof(value));
}

static bool check_mappings_off(struct promise *promise)
{
    unsigned region = promise->argument;
    uint8_t *used = promise_map_shared(promise, region, 0, page_bytes());
    uint8_t *fresh =
        promise_map_shared(promise, region, page_bytes(), page_bytes());

    return used && fresh &&
           promise_expect_signal(used, false, 0, "a read before") &&
           promise_set_memory(promise, false) &&
           promise_expect_signal(used, false, SIGBUS, "a read, memory off") &&
           promise_expect_signal(used, true, SIGBUS, "a write, memory off") &&
           promise_expect_signal(fresh, false, SIGBUS, "a first read") &&
           promise_set_memory(promise, true) &&
           promise_expect_signal(used, false, 0, "a read, memory on") &&
           promise_expect_signal(fresh, false, 0, "a first read, memory on");
}

/* A mapping that is made while memory is off works when it is on. */
static bool check_map_while_off(struct promise *promise)
{
    uint8_t *base;

    if (!promise_set_memory(promise, false)) {
        return false;
    }
    base = promise_map_shared(promise, USEMEM_BAR, 0, page_bytes());
    return base && promise_expect_signal(base, false, SIGBUS, "memory off") &&
           promise_set_memory(promise, true) &&
           promise_expect_signal(base, false, 0, "memory on");
}

static bool check_reads_off(struct promise *promise)
{
    uint64_t value = 0;

    return promise_mark(promise, MARK + 1) &&
           promise_set_memory(promise, false) &&
           promise_marked(promise, MARK + 1) &&
           promise_mark(promise, MARK + 2) &&
           (!promise->divided ||
            (promise_write(promise, RESMEM_BAR,
                           promise_spot(promise, RESMEM_BAR), &value, 8) &&
             promise_read(promise, RESMEM_BAR,
                          promise_spot(promise, RESMEM_BAR), &value, 8))) &&
           promise_set_memory(promise, true) &&
           promise_marked(promise, MARK + 2);
}

static bool check_reset_while_off(struct promise *promise)
{
    int device = promise->device.device;
    off_t at = promise_at(USEMEM_BAR, promise_spot(promise, USEMEM_BAR));
    uint64_t value = 0;

    return promise_mark(promise, MARK + 3) &&
           promise_set_memory(promise, false) && vfio_reset(&promise->device) &&
           promise_expect_error(pread(device, &value, 8, at), EIO,
                                "pread after a reset with memory off") &&
           promise_expect_error(pwrite(device, &value, 8, at), EIO,
                                "pwrite after a reset with memory off") &&
           promise_set_memory(promise, true) &&
           promise_marked(promise, MARK + 3);
}

/* Accesses that the driver answers without the memory. */
static bool check_gap_after_reset(struct promise *promise)
{
    const struct memory_part *part = &promise->usemem;
    uint64_t value = 0;

    if (part->bytes == part->bar_bytes) {
        return ktap_skip("the memory fills region 4");
    }
    return promise_set_memory(promise, false) && vfio_reset(&promise->device) &&
           promise_write(promise, USEMEM_BAR, part->bytes, &value, 8) &&
           promise_expect_error(pread(promise->device.device, &value, 8,
                                      promise_at(USEMEM_BAR, part->bytes)),
                                EIO, "pread past the real end") &&
           promise_set_memory(promise, true) &&
           promise_read(promise, USEMEM_BAR, part->bytes, &value, 8) &&
           promise_equal(value, UINT64_MAX, "8 bytes past the real end");
}

static bool set_power(struct promise *promise, uint16_t state)
{
    uint8_t at = promise_capability(promise, PCI_CAP_ID_PM);
    uint16_t control;

    if (at == 0 || !promise_read(promise, VFIO_PCI_CONFIG_REGION_INDEX,
                                 at + PCI_PM_CTRL, &control, 2)) {
        return false;
    }
    control = (control & ~PCI_PM_CTRL_STATE_MASK) | state;
    if (!promise_write(promise, VFIO_PCI_CONFIG_REGION_INDEX, at + PCI_PM_CTRL,
                       &control, 2) ||
        !promise_read(promise, VFIO_PCI_CONFIG_REGION_INDEX, at + PCI_PM_CTRL,
                      &control, 2)) {
        return false;
    }
    return promise_equal(control & PCI_PM_CTRL_STATE_MASK, state,
                         "the power state");
}

static bool check_asleep(struct promise *promise)
{
    uint8_t *base = promise_map_shared(promise, USEMEM_BAR, 0, page_bytes());
    uint32_t value;
    bool passed;

    if (!base || !promise_mark(promise, MARK + 4)) {
        return false;
    }
    passed = set_power(promise, 3) &&
             promise_expect_error(
                 pread(promise->device.device, &value, 4, promise_at(0, 0)),
                 EIO, "pread of region 0 in D3hot") &&
             promise_expect_signal(base, false, SIGBUS, "a mapping in D3hot");
    /* Also if that failed: the other cases need the device. */
    return set_power(promise, 0) && passed &&
           promise_marked(promise, MARK + 4) &&
           promise_expect_signal(base, false, 0, "the mapping in D0") &&
           promise_read(promise, 0, 0, &value, sizeof(value));
}

static bool check_reset_wakes(struct promise *promise)
{
    uint32_t value;

    return promise_mark(promise, MARK + 5) && set_power(promise, 3) &&
           vfio_reset(&promise->device) && set_power(promise, 0) &&
           promise_read(promise, 0, 0, &value, sizeof(value)) &&
           promise_marked(promise, MARK + 5);
}

void add_enable_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_registers_off,
                "with memory off, region 0 is EIO");
    for (unsigned region = 0; region <= USEMEM_BAR; region += 2) {
        if (region == RESMEM_BAR && promise_part(promise, region)->bytes == 0) {
            continue;
        }
        promise_add_with(promise, WAY_GROUP, region, check_mappings_off,
                         "with memory off, mappings of region %u give SIGBUS",
                         region);
    }
    promise_add(promise, WAY_GROUP, check_map_while_off,
                "a mapping made with memory off works when it is on");
    promise_add(promise, WAY_GROUP, check_reads_off,
                "with memory off, pread and pwrite of the memory still work");
    promise_add(promise, WAY_GROUP, check_reset_while_off,
                "after a reset with memory off, the memory is EIO until it is "
                "on");
    promise_add(promise, WAY_GROUP, check_gap_after_reset,
                "then even reads past the real end are EIO, but writes pass");
    promise_add(promise, WAY_GROUP, check_asleep,
                "in D3hot set by the user, mappings give SIGBUS, region 0 EIO");
    promise_add(promise, WAY_GROUP, check_reset_wakes,
                "VFIO_DEVICE_RESET works in D3hot, and memory is kept");
}
