// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on regions that the driver leaves to vfio-pci:
 * vfio_pci_bar_rw(), vfio_pci_core_mmap().
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "promise-check.h"
#include "window.h"

#define MSIX_ENTRY_BYTES 16

/* BOOT_0 and what follows it are the same whenever they are read. */
static bool check_alignments(struct promise *promise)
{
    uint8_t single[16];

    for (size_t i = 0; i < sizeof(single); i++) {
        if (!promise_read(promise, 0, i, &single[i], 1)) {
            return false;
        }
    }
    for (size_t length = 1; length <= 8; length++) {
        for (size_t at = 0; at < 8; at++) {
            uint8_t found[8];

            if (!promise_read(promise, 0, at, found, length)) {
                return false;
            }
            if (memcmp(found, single + at, length) != 0) {
                return ktap_fail("%zu bytes at %zu are not its bytes", length,
                                 at);
            }
        }
    }
    return true;
}

static bool check_end(struct promise *promise)
{
    int device = promise->device.device;
    uint64_t end = REGISTER_BAR_BYTES;
    uint8_t bytes[16];

    for (long inside = 1; inside <= 8; inside++) {
        if (!promise_expect(pread(device, bytes, sizeof(bytes),
                                  promise_at(0, end - (uint64_t)inside)),
                            inside, "pread %ld before the end", inside)) {
            return false;
        }
    }
    return promise_expect_error(pread(device, bytes, 1, promise_at(0, end)),
                                EINVAL, "pread past the end") &&
           promise_expect_error(pwrite(device, bytes, 1, promise_at(0, end)),
                                EINVAL, "pwrite past the end");
}

static bool check_absent(struct promise *promise)
{
    /* BARs that are not there, no ROM, no VGA, and no region at all. */
    static const unsigned absent[] = {1,
                                      3,
                                      5,
                                      VFIO_PCI_ROM_REGION_INDEX,
                                      VFIO_PCI_VGA_REGION_INDEX,
                                      VFIO_PCI_NUM_REGIONS,
                                      100};
    int device = promise->device.device;
    uint8_t byte = 0;

    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        off_t at = promise_at(absent[i], 0);

        if (!promise_expect_error(pread(device, &byte, 1, at), EINVAL,
                                  "pread of region %u", absent[i]) ||
            !promise_expect_error(pwrite(device, &byte, 1, at), EINVAL,
                                  "pwrite of region %u", absent[i])) {
            return false;
        }
    }
    return true;
}

static bool check_absent_mappings(struct promise *promise)
{
    static const unsigned absent[] = {1,
                                      3,
                                      5,
                                      VFIO_PCI_ROM_REGION_INDEX,
                                      VFIO_PCI_CONFIG_REGION_INDEX,
                                      VFIO_PCI_VGA_REGION_INDEX,
                                      VFIO_PCI_NUM_REGIONS,
                                      100};

    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        void *base = mmap(NULL, page_bytes(), PROT_READ, MAP_SHARED,
                          promise->device.device, promise_at(absent[i], 0));

        if (!promise_expect_error(base == MAP_FAILED ? -1 : 0, EINVAL,
                                  "mmap of region %u", absent[i])) {
            return false;
        }
    }
    return true;
}

/* Offset of the table in BAR0; 0 after ktap_fail(). */
static uint64_t find_table(struct promise *promise)
{
    uint8_t at = promise_capability(promise, PCI_CAP_ID_MSIX);
    uint32_t table;

    if (at == 0 || !promise_read(promise, VFIO_PCI_CONFIG_REGION_INDEX,
                                 at + PCI_MSIX_TABLE, &table, sizeof(table))) {
        return 0;
    }
    if ((table & PCI_MSIX_TABLE_BIR) != 0) {
        ktap_fail("the MSI-X table lies in BAR%u", table & PCI_MSIX_TABLE_BIR);
        return 0;
    }
    return table & PCI_MSIX_TABLE_OFFSET;
}

static bool check_table(struct promise *promise)
{
    const uint64_t zero = 0;
    uint64_t table = find_table(promise);
    uint64_t found;
    uint8_t *base;

    if (table == 0 || !promise_read(promise, 0, table, &found, 8) ||
        !promise_equal(found, UINT64_MAX, "the table through pread") ||
        !promise_write(promise, 0, table + 8, &zero, 8)) {
        return false;
    }
    base = promise_map_shared(promise, 0, table & ~(page_bytes() - 1),
                              page_bytes());
    if (!base) {
        return false;
    }
    /* Entries are masked after a reset; the write above had no effect. */
    for (unsigned i = 0; i < 2; i++) {
        struct window window = {base + table % page_bytes(), page_bytes()};

        if (!promise_equal(window_read(&window, i * MSIX_ENTRY_BYTES + 12, 4),
                           PCI_MSIX_ENTRY_CTRL_MASKBIT,
                           "vector control %u in a mapping", i)) {
            return false;
        }
    }
    return true;
}

static bool check_mapping(struct promise *promise)
{
    struct window window = {
        promise_map_shared(promise, 0, 0, REGISTER_BAR_BYTES),
        REGISTER_BAR_BYTES};
    uint32_t found;

    return window.base && promise_read(promise, 0, 0, &found, sizeof(found)) &&
           promise_equal(window_read(&window, 0, 4), found,
                         "BOOT_0 in a mapping");
}

static bool check_private(struct promise *promise)
{
    void *base =
        promise_map(promise, 0, 0, page_bytes(), PROT_READ, MAP_PRIVATE, NULL);

    return promise_expect_error(base == MAP_FAILED ? -1 : 0, EINVAL,
                                "a private mapping");
}

static bool check_ioeventfd(struct promise *promise)
{
    struct vfio_device_ioeventfd request = {
        .argsz = sizeof(request),
        .flags = VFIO_DEVICE_IOEVENTFD_32,
        .offset = (uint64_t)promise_at(0, 0),
        .fd = eventfd(0, EFD_CLOEXEC),
    };
    int result = ioctl(promise->device.device, VFIO_DEVICE_IOEVENTFD, &request);
    bool passed = promise_expect_error(result, ENOTTY, "a good one");

    close(request.fd);
    request.argsz = 0;
    result = ioctl(promise->device.device, VFIO_DEVICE_IOEVENTFD, &request);
    return passed && promise_expect_error(result, ENOTTY, "a bad one");
}

static bool check_unknown_ioctl(struct promise *promise)
{
    return promise_expect_error(
        ioctl(promise->device.device, _IO(VFIO_TYPE, VFIO_BASE + 99)), ENOTTY,
        "an unknown request");
}

static bool check_seek(struct promise *promise)
{
    return promise_expect_error(lseek(promise->device.device, 4, SEEK_SET),
                                ESPIPE, "lseek");
}

void add_register_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_alignments,
                "region 0 gives 1 to 8 bytes at every alignment");
    promise_add(promise, WAY_GROUP, check_end,
                "region 0 cuts short at its end, and is EINVAL past it");
    promise_add(promise, WAY_GROUP, check_table,
                "pread hides the MSI-X table, a mapping shows it");
    promise_add(promise, WAY_GROUP, check_mapping,
                "region 0 can be mapped as a whole");
    promise_add(promise, WAY_GROUP, check_private,
                "region 0 refuses a private mapping with EINVAL");
    promise_add(promise, WAY_GROUP, check_absent,
                "pread and pwrite of regions that are absent are EINVAL");
    promise_add(promise, WAY_GROUP, check_absent_mappings,
                "mappings of what is no BAR are refused with EINVAL");
    promise_add(promise, WAY_GROUP, check_ioeventfd,
                "ioeventfds are refused with ENOTTY, good ones too");
    promise_add(promise, WAY_GROUP, check_unknown_ioctl,
                "an unknown request is ENOTTY");
    promise_add(promise, WAY_GROUP, check_seek,
                "the device's file has no position: lseek is ESPIPE");
}
