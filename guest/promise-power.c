// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on runtime power management: an unused device
 * sleeps (vfio_pci_core_register_device()), and a VMM may send an open one to
 * sleep (vfio_pci_core_pm_entry(), ..._with_wakeup(), ..._exit()).
 */
#include <errno.h>
#include <linux/vfio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"
#include "promise-check.h"
#include "promise-uapi.h"
#include "window.h"

#define MARK 0x706f776572000000
#define SET  VFIO_DEVICE_FEATURE_SET

/* Whether an attribute gets that value; going to sleep takes a moment. */
static bool becomes(struct promise *promise, const char *name,
                    const char *expected)
{
    char found[32] = "nothing";

    for (int i = 0; i < 100; i++) {
        if (!read_line(pci_path(&promise->function, name), found,
                       sizeof(found))) {
            return ktap_fail("%s cannot be read; enable CONFIG_PM", name);
        }
        if (strcmp(found, expected) == 0) {
            return true;
        }
        usleep(20000);
    }
    return ktap_fail("%s is %s, not %s", name, found, expected);
}

static bool check_unused(struct promise *promise)
{
    return becomes(promise, "power/runtime_status", "suspended") &&
           becomes(promise, "power_state", "D3hot");
}

static bool check_open(struct promise *promise)
{
    return becomes(promise, "power/runtime_status", "active") &&
           becomes(promise, "power_state", "D0");
}

static bool check_closed_again(struct promise *promise)
{
    return promise_open(promise, WAY_CLOSED) && check_unused(promise);
}

static int enter(struct promise *promise)
{
    return promise_feature(promise, SET | FEATURE_LOW_POWER_ENTRY, NULL, 0);
}

static int leave(struct promise *promise)
{
    return promise_feature(promise, SET | FEATURE_LOW_POWER_EXIT, NULL, 0);
}

static bool check_entry(struct promise *promise)
{
    bool passed = promise_expect(enter(promise), 0, "entry") &&
                  becomes(promise, "power/runtime_status", "suspended") &&
                  becomes(promise, "power_state", "D3hot");

    return promise_expect(leave(promise), 0, "exit") && passed &&
           check_open(promise);
}

/* An access wakes the device for its time, and leaves the mode on. */
static bool check_access(struct promise *promise)
{
    bool passed;

    if (!promise_mark(promise, MARK + 1)) {
        return false;
    }
    passed = promise_expect(enter(promise), 0, "entry") &&
             becomes(promise, "power/runtime_status", "suspended") &&
             promise_marked(promise, MARK + 1) &&
             promise_mark(promise, MARK + 2) &&
             becomes(promise, "power/runtime_status", "suspended");
    return promise_expect(leave(promise), 0, "exit") && passed &&
           promise_marked(promise, MARK + 2);
}

static bool check_mappings(struct promise *promise)
{
    unsigned region = promise->argument;
    uint8_t *base = promise_map_shared(promise, region, 0, page_bytes());
    bool passed;

    if (!base || !promise_expect_signal(base, false, 0, "a read before")) {
        return false;
    }
    passed = promise_expect(enter(promise), 0, "entry") &&
             promise_expect_signal(base, false, SIGBUS, "a read in low power");
    return promise_expect(leave(promise), 0, "exit") && passed &&
           promise_expect_signal(base, false, 0, "a read after");
}

static bool check_twice(struct promise *promise)
{
    bool passed =
        promise_expect(enter(promise), 0, "entry") &&
        promise_expect_error(enter(promise), EINVAL, "a second entry");

    return promise_expect(leave(promise), 0, "exit") &&
           promise_expect(leave(promise), 0, "a second exit") && passed;
}

static bool is_signalled(int file, int timeout_ms)
{
    struct pollfd event = {.fd = file, .events = POLLIN};

    return poll(&event, 1, timeout_ms) == 1;
}

/* An access signals the eventfd, and ends the mode without an exit. */
static bool check_wakeup(struct promise *promise)
{
    struct low_power_wakeup wakeup = {.eventfd = eventfd(0, EFD_CLOEXEC)};
    uint8_t *base = promise_map_shared(promise, USEMEM_BAR, 0, page_bytes());
    uint32_t value;
    bool passed;

    if (!base) {
        return false;
    }
    passed =
        promise_expect(
            promise_feature(promise, SET | FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP,
                            &wakeup, sizeof(wakeup)),
            0, "entry") &&
        becomes(promise, "power/runtime_status", "suspended") &&
        promise_equal(is_signalled(wakeup.eventfd, 0), false,
                      "the signal before an access") &&
        promise_read(promise, 0, 0, &value, sizeof(value)) &&
        promise_equal(is_signalled(wakeup.eventfd, 2000), true,
                      "the signal after an access") &&
        promise_expect_signal(base, false, 0, "a mapping afterwards") &&
        check_open(promise);
    close(wakeup.eventfd);
    return promise_expect(leave(promise), 0, "exit") && passed;
}

static bool check_bad_wakeup(struct promise *promise)
{
    struct low_power_wakeup none = {.eventfd = -1};
    struct low_power_wakeup other = {.eventfd = STDOUT_FILENO};
    const uint32_t entry = SET | FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP;

    return promise_expect_error(
               promise_feature(promise, entry, &none, sizeof(none)), EINVAL,
               "no eventfd") &&
           promise_expect_error(
               promise_feature(promise, entry, &other, sizeof(other)), EINVAL,
               "a file that is no eventfd") &&
           promise_expect_error(promise_feature(promise, entry, &none, 4),
                                EINVAL, "half of the data") &&
           check_open(promise);
}

static bool check_close_asleep(struct promise *promise)
{
    return promise_mark(promise, MARK + 3) &&
           promise_expect(enter(promise), 0, "entry") &&
           becomes(promise, "power/runtime_status", "suspended") &&
           promise_open(promise, WAY_CLOSED) && check_unused(promise) &&
           promise_open(promise, WAY_GROUP) && check_open(promise) &&
           promise_marked(promise, MARK + 3);
}

static bool check_reset(struct promise *promise)
{
    uint8_t *base = promise_map_shared(promise, USEMEM_BAR, 0, page_bytes());
    bool passed;

    if (!base) {
        return false;
    }
    passed = promise_mark(promise, MARK + 4) &&
             promise_expect(enter(promise), 0, "entry") &&
             becomes(promise, "power/runtime_status", "suspended") &&
             vfio_reset(&promise->device) &&
             promise_expect_signal(base, false, SIGBUS, "a mapping still");
    return promise_expect(leave(promise), 0, "exit") && passed &&
           promise_marked(promise, MARK + 4) &&
           promise_expect_signal(base, false, 0, "the mapping after exit");
}

void add_power_promises(struct promise *promise)
{
    promise_add(promise, WAY_CLOSED, check_unused,
                "a device that nobody uses sleeps in D3hot");
    promise_add(promise, WAY_GROUP, check_open,
                "an open device is awake in D0");
    promise_add(promise, WAY_GROUP, check_closed_again,
                "a device that was closed sleeps again");
    promise_add(promise, WAY_GROUP, check_entry,
                "low power: the open device sleeps, and wakes on exit");
    promise_add(promise, WAY_GROUP, check_access,
                "low power: pread and pwrite wake the device for their time");
    for (unsigned region = 0; region <= USEMEM_BAR; region += 2) {
        if (region == RESMEM_BAR && promise_part(promise, region)->bytes == 0) {
            continue;
        }
        promise_add_with(promise, WAY_GROUP, region, check_mappings,
                         "low power: mappings of region %u give SIGBUS",
                         region);
    }
    promise_add(promise, WAY_GROUP, check_twice,
                "low power: a second entry is EINVAL, a second exit is not");
    promise_add(promise, WAY_GROUP, check_wakeup,
                "low power with wakeup: an access signals, and ends it");
    promise_add(promise, WAY_GROUP, check_bad_wakeup,
                "low power with wakeup: what is no eventfd is EINVAL");
    promise_add(promise, WAY_GROUP, check_reset,
                "low power: a reset does not end it");
    promise_add(promise, WAY_GROUP, check_close_asleep,
                "low power: closing ends it, and the memory is kept");
}
