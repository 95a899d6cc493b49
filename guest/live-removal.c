// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A function that goes away while it is in use, because a reset of it hangs or
 * because it is removed, and comes back.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "files.h"
#include "ktap.h"
#include "live-check.h"

#define SEED_HANG    300
#define SEED_REMOVAL 400

#define LINK_STATUS 0x1498

/* How long the driver waits after a reset (its POLL_TIMEOUT_MS). */
#define DRIVER_LIMIT_MS 30000
/* How long the kernel waits for a function after a function level reset
 * (PCIE_RESET_READY_POLL_MS in drivers/pci/pci.h). */
#define KERNEL_LIMIT_MS 60000

static bool check_open(void *context)
{
    return live_open(context);
}

static bool check_close(void *context)
{
    return live_close(context);
}

/* Whether configuration space and registers read as ones. */
static bool is_absent(struct live *live)
{
    uint32_t id, link;

    if (!live_config(live, PCI_VENDOR_ID, &id, false) ||
        !live_register(live, LINK_STATUS, &link)) {
        return false;
    }
    return (id == UINT32_MAX && link == UINT32_MAX) ||
           ktap_fail("the ids read 0x%08" PRIx32
                     ", the link's register 0x%08" PRIx32,
                     id, link);
}

/* Whether the driver waits in vain, in all ways to reach the memory. */
static bool is_waited_for(struct live *live)
{
    uint64_t start = now_ms();
    int error = live_read(live);
    uint64_t ms = now_ms() - start;

    if (error != ETIME || ms < DRIVER_LIMIT_MS || ms > DRIVER_LIMIT_MS + 3000) {
        return ktap_fail("pread gave %s after %" PRIu64 " ms",
                         error ? strerror(error) : "bytes", ms);
    }
    error = live_write(live);
    if (error != ETIME) {
        return ktap_fail("pwrite gave %s", error ? strerror(error) : "bytes");
    }
    return !live_touch(live) || ktap_fail("a mapping can be read");
}

static bool check_no_hang_yet(void *context)
{
    struct live *live = context;

    return live_fill(live, SEED_HANG) && host_ask("fault flr-hangs") &&
           live_find(live, SEED_HANG);
}

static bool check_hang(void *context)
{
    struct live *live = context;
    uint64_t start = now_ms();

    if (!vfio_reset(&live->device)) {
        return false;
    }
    if (now_ms() - start > 5000) {
        return ktap_fail("it took %" PRIu64 " ms", now_ms() - start);
    }
    return is_absent(live) && is_waited_for(live);
}

static bool check_hang_gone(void *context)
{
    struct live *live = context;

    return host_ask("fault none") && live_reset(live) &&
           live_find(live, SEED_HANG);
}

/* The kernel takes the methods of this list in order. */
static bool check_function_reset(void *context)
{
    struct live *live = context;
    uint64_t start, ms;
    int error;

    if (!write_text(pci_path(&live->function, "reset_method"), "flr")) {
        return ktap_fail("reset_method cannot be written: %s", strerror(errno));
    }
    if (!host_ask("fault flr-hangs")) {
        return false;
    }
    start = now_ms();
    error = ioctl(live->device.device, VFIO_DEVICE_RESET) == 0 ? 0 : errno;
    ms = now_ms() - start;
    if (error != ENOTTY || ms < KERNEL_LIMIT_MS || ms > 2 * KERNEL_LIMIT_MS) {
        return ktap_fail("it gave %s after %" PRIu64 " ms",
                         error ? strerror(error) : "no error", ms);
    }
    return is_absent(live);
}

static bool check_removed(void *context)
{
    struct live *live = context;

    return live_fill(live, SEED_REMOVAL) && host_ask("fault removed") &&
           is_absent(live) && live_shows_ones(live);
}

static bool check_removed_reset(void *context)
{
    struct live *live = context;

    return vfio_reset(&live->device) && is_waited_for(live);
}

static bool check_absent_to_rescan(void *context)
{
    struct live *live = context;
    struct pci_function found;

    if (!write_text(pci_path(&live->function, "remove"), "1") ||
        !write_text("/sys/bus/pci/rescan", "1")) {
        return ktap_fail("remove and rescan: %s", strerror(errno));
    }
    return pci_find_gpus(&found, 1) == 0 ||
           ktap_fail("a rescan finds a function that is removed");
}

static bool rescan(struct live *live)
{
    if (!write_text("/sys/bus/pci/rescan", "1")) {
        return ktap_fail("the bus cannot be rescanned: %s", strerror(errno));
    }
    return pci_find_gpus(&live->function, 1) == 1 ||
           ktap_fail("a rescan does not find the function");
}

static bool check_return(void *context)
{
    struct live *live = context;

    return host_ask("fault none") && rescan(live) && live_open(live) &&
           live_find(live, SEED_REMOVAL);
}

static bool check_return_to_user(void *context)
{
    struct live *live = context;

    if (!live_fill(live, SEED_REMOVAL + 10) || !host_ask("fault removed") ||
        !host_ask("fault none")) {
        return false;
    }
    return live_reset(live) && live_find(live, SEED_REMOVAL + 10);
}

static bool check_return_unnoticed(void *context)
{
    struct live *live = context;

    if (!live_fill(live, SEED_REMOVAL + 20) || !host_ask("fault removed") ||
        !live_close(live) || !host_ask("fault none")) {
        return false;
    }
    if (!write_text(pci_path(&live->function, "remove"), "1")) {
        return ktap_fail("it cannot be removed: %s", strerror(errno));
    }
    return rescan(live) && live_open(live) &&
           live_find(live, SEED_REMOVAL + 20);
}

void live_add_hangs(struct live *live)
{
    ktap_add(check_open, live, "the driver binds and the device opens");
    ktap_add(check_no_hang_yet, live,
             "flr-hangs changes nothing before a reset");
    ktap_add(check_hang, live,
             "a reset by _RST that hangs is taken for a success; then the "
             "function is absent and the driver waits in vain");
    ktap_add(check_hang_gone, live,
             "flr-hangs gone: another reset brings function and memory back");
    ktap_add(check_function_reset, live,
             "a function level reset that hangs is waited for, and fails with "
             "ENOTTY");
    ktap_add(check_hang_gone, live,
             "flr-hangs gone: the next function level reset brings all back");
    ktap_add(check_close, live, "the device can be closed");
}

void live_add_removal(struct live *live)
{
    ktap_add(check_open, live, "the driver binds and the device opens");
    ktap_add(check_removed, live,
             "removed in use: function and memory read as ones, without an "
             "error");
    ktap_add(check_removed_reset, live,
             "removed: a reset is taken for a success, and the driver waits "
             "in vain");
    ktap_add(check_close, live, "removed: the device can be closed");
    ktap_add(check_absent_to_rescan, live,
             "removed: a rescan of the bus does not find it");
    ktap_add(check_return, live,
             "returned: a rescan finds it, the driver binds, the memory has "
             "its contents");
    ktap_add(check_return_to_user, live,
             "removed and returned while it is open: a reset brings it back");
    ktap_add(check_return_unnoticed, live,
             "removed while it is open, closed and returned: removal by sysfs "
             "and a rescan bring it back");
    ktap_add(check_close, live, "the device can be closed");
}
