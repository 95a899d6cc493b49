// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on taking the driver away while the device is in
 * use: vfio_unregister_group_dev() asks the user through the request interrupt,
 * and waits until all files and mappings are gone.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"
#include "window.h"

#define MARK      0x756e62696e640000
#define CHILD_OK  0
#define CHILD_BAD 1

static pid_t start_unbinding(const struct promise *promise)
{
    pid_t child = fork();

    if (child == 0) {
        /* It must not hold files and mappings that it waits for. */
        execl("/bin/promise-check", "promise-check", "unbind",
              promise->function.address, NULL);
        _exit(CHILD_BAD);
    }
    return child;
}

/* What that child does. */
int promise_unbind(const char *address)
{
    struct pci_function function;

    return pci_read(address, &function) &&
                   write_text(pci_path(&function, "driver/unbind"), address)
               ? CHILD_OK
               : CHILD_BAD;
}

static bool has_ended(pid_t child, int *status)
{
    return waitpid(child, status, WNOHANG) == child;
}

static bool ends_within(pid_t child, int ms)
{
    int status = -1;

    for (; ms > 0; ms -= 20) {
        if (has_ended(child, &status)) {
            return promise_expect(status, 0, "the status of unbinding");
        }
        usleep(20000);
    }
    return ktap_fail("unbinding does not end");
}

static bool set_request(struct promise *promise, int file)
{
    union {
        struct vfio_irq_set set;
        uint8_t bytes[sizeof(struct vfio_irq_set) + 4];
    } request;

    request.set = (struct vfio_irq_set){
        .argsz = sizeof(request),
        .flags = VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER,
        .index = VFIO_PCI_REQ_IRQ_INDEX,
        .count = 1,
    };
    memcpy(request.bytes + sizeof(request.set), &file, sizeof(file));
    return promise_expect(
        ioctl(promise->device.device, VFIO_DEVICE_SET_IRQS, &request), 0,
        "setting the request interrupt");
}

static bool rebind(struct promise *promise)
{
    char reason[256];

    return pci_bind_nvgrace(&promise->function, reason, sizeof(reason)) ||
           ktap_fail("%s", reason);
}

/*
 * While the other process waits, files and mappings work on. Only a reset does
 * not: it needs the lock of the device, which the other process holds.
 */
static bool works_on(struct promise *promise, uint8_t *base)
{
    return promise_marked(promise, MARK) &&
           pattern_check(base, page_bytes(), 1, 0, "the mapping") &&
           promise_expect_error(
               ioctl(promise->device.device, VFIO_DEVICE_RESET), EAGAIN,
               "VFIO_DEVICE_RESET meanwhile");
}

static bool check_request(struct promise *promise)
{
    uint8_t *base = promise_map_shared(promise, USEMEM_BAR, 0, page_bytes());
    struct pollfd asked = {.fd = eventfd(0, EFD_CLOEXEC), .events = POLLIN};
    int status;
    pid_t child;
    bool passed;

    if (!base || !promise_mark(promise, MARK) ||
        !set_request(promise, asked.fd)) {
        return false;
    }
    pattern_fill(base, page_bytes(), 1);
    child = start_unbinding(promise);
    passed =
        promise_expect(poll(&asked, 1, 5000), 1, "waiting for a request") &&
        promise_expect(has_ended(child, &status), 0, "whether it ended") &&
        works_on(promise, base);
    promise_open(promise, WAY_CLOSED);
    close(asked.fd);
    return ends_within(child, 10000) && rebind(promise) && passed;
}

/* A mapping alone, whose file is closed, holds the driver as well. */
static bool check_mapping_holds(struct promise *promise)
{
    uint8_t *base = promise_map_shared(promise, USEMEM_BAR, 0, page_bytes());
    int status;
    pid_t child;
    bool passed;

    if (!base) {
        return false;
    }
    pattern_fill(base, page_bytes(), 2);
    vfio_close(&promise->device);
    promise->way = WAY_CLOSED;
    child = start_unbinding(promise);
    usleep(500000);
    passed = promise_expect(has_ended(child, &status), 0, "whether it ended") &&
             pattern_check(base, page_bytes(), 2, 0, "the mapping");
    munmap(base, page_bytes());
    return ends_within(child, 15000) && rebind(promise) && passed;
}

/* After all that, another driver, and back: the memory is what it was. */
static bool check_rebind(struct promise *promise)
{
    uint64_t value;

    return promise_mark(promise, MARK + 2) &&
           promise_open(promise, WAY_CLOSED) &&
           promise_equal((uint64_t)promise_unbind(promise->function.address),
                         CHILD_OK, "unbinding") &&
           rebind(promise) && promise_open(promise, WAY_GROUP) &&
           promise_marked(promise, MARK + 2) &&
           promise_read(promise, VFIO_PCI_CONFIG_REGION_INDEX, 0x20, &value,
                        8) &&
           promise_equal(value, 0xc, "BAR4 after a new open");
}

void add_unbind_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_request,
                "unbinding asks the user, and waits; but resets are EAGAIN");
    promise_add(promise, WAY_GROUP, check_mapping_holds,
                "unbinding waits for a mapping whose file is closed");
    promise_add(promise, WAY_GROUP, check_rebind,
                "the memory outlives the driver, emulated BARs do not");
}
