// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on interrupts: vfio_pci_ioctl_get_irq_info() and
 * vfio_pci_set_irqs_ioctl(). They arrive by loopback: VFIO signals the eventfd
 * of a vector when it is asked to.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"
#include "promise-check.h"

/* Vectors of the published MSI-X capability (specification 2.4). */
#define MSIX_VECTORS 9
#define MAX_VECTORS  16

#define BY_EVENTFD (VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)
#define BY_NOTHING (VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_TRIGGER)
#define BY_BOOL    (VFIO_IRQ_SET_DATA_BOOL | VFIO_IRQ_SET_ACTION_TRIGGER)

static int files[MAX_VECTORS];

static void open_files(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        files[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
}

static void close_files(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        close(files[i]);
    }
}

static int set(struct promise *promise, unsigned index, uint32_t flags,
               unsigned start, unsigned count, const void *data, size_t bytes)
{
    union {
        struct vfio_irq_set set;
        uint8_t bytes[sizeof(struct vfio_irq_set) + 4 * MAX_VECTORS];
    } request;

    request.set = (struct vfio_irq_set){
        .argsz = (uint32_t)(sizeof(request.set) + bytes),
        .flags = flags,
        .index = index,
        .start = start,
        .count = count,
    };
    if (bytes > 0) {
        memcpy(request.bytes + sizeof(request.set), data, bytes);
    }
    return ioctl(promise->device.device, VFIO_DEVICE_SET_IRQS, &request);
}

static int count_of(struct promise *promise, unsigned index, uint32_t *flags)
{
    struct vfio_irq_info info = {.argsz = sizeof(info), .index = index};

    *flags = 0;
    if (ioctl(promise->device.device, VFIO_DEVICE_GET_IRQ_INFO, &info) != 0) {
        return -1;
    }
    *flags = info.flags;
    return (int)info.count;
}

/* Vectors of the MSI capability; 0 without it. */
static unsigned msi_vectors(struct promise *promise)
{
    uint8_t at = promise_capability(promise, PCI_CAP_ID_MSI);
    uint16_t flags = 0;

    if (at == 0 || !promise_read(promise, VFIO_PCI_CONFIG_REGION_INDEX,
                                 at + PCI_MSI_FLAGS, &flags, sizeof(flags))) {
        return 0;
    }
    return 1U << ((flags & PCI_MSI_FLAGS_QMASK) >> 1);
}

static bool check_info(struct promise *promise)
{
    const int counts[] = {[VFIO_PCI_MSI_IRQ_INDEX] = (int)msi_vectors(promise),
                          [VFIO_PCI_MSIX_IRQ_INDEX] = MSIX_VECTORS,
                          [VFIO_PCI_ERR_IRQ_INDEX] = 1,
                          [VFIO_PCI_REQ_IRQ_INDEX] = 1};
    struct vfio_irq_info info = {.argsz = sizeof(info) - 1, .index = 0};
    uint32_t flags;

    for (unsigned i = VFIO_PCI_MSI_IRQ_INDEX; i < VFIO_PCI_NUM_IRQS; i++) {
        if (!promise_expect(count_of(promise, i, &flags), counts[i],
                            "the count of interrupt %u", i) ||
            !promise_equal(flags & VFIO_IRQ_INFO_EVENTFD, VFIO_IRQ_INFO_EVENTFD,
                           "EVENTFD of interrupt %u", i)) {
            return false;
        }
    }
    return promise_expect_error(count_of(promise, VFIO_PCI_NUM_IRQS, &flags),
                                EINVAL, "the interrupt past the last") &&
           promise_expect_error(
               ioctl(promise->device.device, VFIO_DEVICE_GET_IRQ_INFO, &info),
               EINVAL, "argsz too small");
}

/* Which of the eventfds were signalled, as a mask; takes the signals. */
static uint32_t signalled(unsigned count)
{
    uint32_t mask = 0;

    for (unsigned i = 0; i < count; i++) {
        uint64_t value;

        mask |= read(files[i], &value, sizeof(value)) == sizeof(value) ? 1U << i
                                                                       : 0;
    }
    return mask;
}

/* Each vector for itself, then some by a list of truth values. */
static bool trigger_each(struct promise *promise, unsigned index,
                         unsigned count)
{
    uint8_t chosen[MAX_VECTORS] = {0};
    uint32_t mask = 0;

    for (unsigned i = 0; i < count; i++) {
        if (!promise_expect(set(promise, index, BY_NOTHING, i, 1, NULL, 0), 0,
                            "a trigger of vector %u", i) ||
            !promise_equal(signalled(count), 1U << i,
                           "what vector %u signalled", i)) {
            return false;
        }
    }
    for (unsigned i = 0; i < count; i += 3) {
        chosen[i] = 1;
        mask |= 1U << i;
    }
    return promise_expect(set(promise, index, BY_BOOL, 0, count, chosen, count),
                          0, "a trigger of every third") &&
           promise_equal(signalled(count), mask, "what was signalled");
}

static bool check_vectors(struct promise *promise)
{
    unsigned index = promise->argument;
    unsigned count =
        index == VFIO_PCI_MSIX_IRQ_INDEX ? MSIX_VECTORS : msi_vectors(promise);
    bool passed;

    if (count == 0) {
        return ktap_skip("the function has no MSI capability");
    }
    count = count > MAX_VECTORS ? MAX_VECTORS : count;
    open_files(count);
    passed = promise_expect(
                 set(promise, index, BY_EVENTFD, 0, count, files, 4 * count), 0,
                 "setting %u eventfds", count) &&
             trigger_each(promise, index, count);
    passed =
        promise_expect(set(promise, index, BY_NOTHING, 0, 0, NULL, 0), 0,
                       "turning off") &&
        passed &&
        promise_expect_error(set(promise, index, BY_NOTHING, 0, 1, NULL, 0),
                             EINVAL, "a trigger when off");
    close_files(count);
    return passed;
}

static bool check_refused(struct promise *promise)
{
    const unsigned msix = VFIO_PCI_MSIX_IRQ_INDEX;
    const uint32_t mask = VFIO_IRQ_SET_DATA_NONE | VFIO_IRQ_SET_ACTION_MASK;
    int no_file = 1000, other_file = STDOUT_FILENO;
    bool passed;

    open_files(MAX_VECTORS);
    passed =
        promise_expect_error(set(promise, msix, BY_EVENTFD, 0, MSIX_VECTORS + 1,
                                 files, 4 * (MSIX_VECTORS + 1)),
                             EINVAL, "a vector too many") &&
        promise_expect_error(
            set(promise, msix, BY_EVENTFD, MSIX_VECTORS, 1, files, 4), EINVAL,
            "a vector past the last") &&
        promise_expect_error(set(promise, msix, BY_EVENTFD, 0, 2, files, 4),
                             EINVAL, "two vectors and one eventfd") &&
        promise_expect_error(set(promise, msix, BY_EVENTFD, 0, 1, &no_file, 4),
                             EBADF, "no file") &&
        promise_expect_error(
            set(promise, msix, BY_EVENTFD, 0, 1, &other_file, 4), EINVAL,
            "a file that is no eventfd") &&
        promise_expect_error(set(promise, msix, mask, 0, 1, NULL, 0), ENOTTY,
                             "masking") &&
        promise_expect_error(
            set(promise, VFIO_PCI_NUM_IRQS, BY_NOTHING, 0, 1, NULL, 0), EINVAL,
            "an unknown interrupt");
    close_files(MAX_VECTORS);
    return passed;
}

/* MSI and MSI-X exclude each other. */
static bool check_exclusive(struct promise *promise)
{
    bool passed;

    if (msi_vectors(promise) == 0) {
        return ktap_skip("the function has no MSI capability");
    }
    open_files(1);
    passed = promise_expect(set(promise, VFIO_PCI_MSIX_IRQ_INDEX, BY_EVENTFD, 0,
                                1, files, 4),
                            0, "MSI-X") &&
             promise_expect_error(set(promise, VFIO_PCI_MSI_IRQ_INDEX,
                                      BY_EVENTFD, 0, 1, files, 4),
                                  EINVAL, "MSI meanwhile");
    set(promise, VFIO_PCI_MSIX_IRQ_INDEX, BY_NOTHING, 0, 0, NULL, 0);
    close_files(1);
    return passed;
}

static bool check_single(struct promise *promise)
{
    unsigned index = promise->argument;
    int none = -1;
    bool passed;

    open_files(1);
    passed =
        promise_expect_error(set(promise, index, BY_NOTHING, 0, 1, NULL, 0),
                             EINVAL, "a trigger without an eventfd") &&
        promise_expect(set(promise, index, BY_EVENTFD, 0, 1, files, 4), 0,
                       "setting the eventfd") &&
        promise_expect(set(promise, index, BY_NOTHING, 0, 1, NULL, 0), 0,
                       "a trigger") &&
        promise_equal(signalled(1), 1, "what was signalled") &&
        promise_expect(set(promise, index, BY_EVENTFD, 0, 1, &none, 4), 0,
                       "taking the eventfd away") &&
        promise_expect_error(set(promise, index, BY_NOTHING, 0, 1, NULL, 0),
                             EINVAL, "a trigger after that");
    close_files(1);
    return passed;
}

/* Closing frees the vectors, which Linux names after the function. */
static bool check_freed(struct promise *promise)
{
    char name[64];
    bool there;

    snprintf(name, sizeof(name), "vfio-msix[0](%s)", promise->function.address);
    open_files(1);
    there = promise_expect(set(promise, VFIO_PCI_MSIX_IRQ_INDEX, BY_EVENTFD, 0,
                               1, files, 4),
                           0, "MSI-X") &&
            promise_equal(promise_has_line("/proc/interrupts", name), true,
                          "%s", name);
    close_files(1);
    return promise_open(promise, WAY_CLOSED) && there &&
           promise_equal(promise_has_line("/proc/interrupts", name), false,
                         "%s after closing", name);
}

void add_interrupt_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_info,
                "interrupts: MSI as the capability says, 9 MSI-X, 1 error, "
                "1 request");
    promise_add_with(promise, WAY_GROUP, VFIO_PCI_MSIX_IRQ_INDEX, check_vectors,
                     "each MSI-X vector signals its eventfd, and no other");
    promise_add_with(promise, WAY_GROUP, VFIO_PCI_MSI_IRQ_INDEX, check_vectors,
                     "each MSI vector signals its eventfd, and no other");
    promise_add(promise, WAY_GROUP, check_refused,
                "interrupts out of range or without eventfd are refused");
    promise_add(promise, WAY_GROUP, check_exclusive,
                "MSI is refused while MSI-X is on");
    promise_add_with(promise, WAY_GROUP, VFIO_PCI_ERR_IRQ_INDEX, check_single,
                     "the error interrupt signals its eventfd");
    promise_add_with(promise, WAY_GROUP, VFIO_PCI_REQ_IRQ_INDEX, check_single,
                     "the request interrupt signals its eventfd");
    promise_add(promise, WAY_GROUP, check_freed,
                "closing the device frees its vectors");
}
