// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on what VFIO says of regions:
 * vfio_get_region_info() and nvgrace_gpu_ioctl_get_region_info().
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/vfio.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

#include "ktap.h"
#include "promise-check.h"

/* A sparse capability with one area: header, count, area. */
#define SPARSE_BYTES (sizeof(struct vfio_region_info_cap_sparse_mmap) + 16)
#define FULL_BYTES   (sizeof(struct vfio_region_info) + SPARSE_BYTES)
#define GUARD_BYTE   0xa5

static union {
    struct vfio_region_info info;
    uint8_t bytes[256];
} answer;

/* Asks with that much room; what lies behind it must stay as it was. */
static int ask(struct promise *promise, unsigned index, size_t room)
{
    memset(&answer, GUARD_BYTE, sizeof(answer));
    answer.info.argsz = (uint32_t)room;
    answer.info.index = index;
    answer.info.flags = 0;
    answer.info.cap_offset = 0;
    return ioctl(promise->device.device, VFIO_DEVICE_GET_REGION_INFO,
                 &answer.info);
}

static bool check_untouched_from(size_t from)
{
    for (size_t i = from; i < sizeof(answer); i++) {
        if (answer.bytes[i] != GUARD_BYTE) {
            return ktap_fail("byte %zu of the answer was written", i);
        }
    }
    return true;
}

static bool check_offsets(struct promise *promise)
{
    for (unsigned i = 0; i <= VFIO_PCI_CONFIG_REGION_INDEX; i++) {
        if (!promise_expect(ask(promise, i, sizeof(answer)), 0, "region %u",
                            i) ||
            !promise_equal(answer.info.offset, (uint64_t)i << REGION_SHIFT,
                           "the offset of region %u", i)) {
            return false;
        }
    }
    return true;
}

static bool check_too_short(struct promise *promise)
{
    const size_t least = offsetof(struct vfio_region_info, offset) + 8;

    return promise_expect_error(ask(promise, USEMEM_BAR, least - 1), EINVAL,
                                "argsz %zu", least - 1) &&
           promise_expect_error(ask(promise, USEMEM_BAR, 0), EINVAL,
                                "argsz 0") &&
           promise_expect(ask(promise, USEMEM_BAR, least), 0, "argsz %zu",
                          least);
}

/* Asks for regions with a sparse capability, with too little room for it. */
static bool check_room(struct promise *promise, size_t room)
{
    for (unsigned i = RESMEM_BAR; i <= USEMEM_BAR; i += 2) {
        if (i == RESMEM_BAR && !promise->divided) {
            continue;
        }
        if (!promise_expect(ask(promise, i, room), 0, "region %u", i) ||
            !promise_equal(answer.info.argsz, FULL_BYTES, "argsz of region %u",
                           i) ||
            !promise_equal(answer.info.cap_offset, 0,
                           "the offset of the capability of region %u", i) ||
            !promise_equal(answer.info.flags & VFIO_REGION_INFO_FLAG_CAPS,
                           VFIO_REGION_INFO_FLAG_CAPS, "CAPS of region %u",
                           i) ||
            !check_untouched_from(sizeof(answer.info))) {
            return false;
        }
    }
    return true;
}

static bool check_no_room(struct promise *promise)
{
    return check_room(promise, sizeof(answer.info));
}

static bool check_one_byte_less(struct promise *promise)
{
    return check_room(promise, FULL_BYTES - 1);
}

static bool check_sparse(struct promise *promise, unsigned index, size_t room,
                         uint64_t bytes)
{
    struct vfio_region_info_cap_sparse_mmap sparse;
    struct vfio_region_sparse_mmap_area area;

    if (!promise_expect(ask(promise, index, room), 0, "region %u", index) ||
        !promise_equal(answer.info.cap_offset, sizeof(answer.info),
                       "the offset of the capability") ||
        !promise_equal(answer.info.argsz, room, "argsz")) {
        return false;
    }
    memcpy(&sparse, answer.bytes + sizeof(answer.info), sizeof(sparse));
    memcpy(&area, answer.bytes + sizeof(answer.info) + sizeof(sparse),
           sizeof(area));
    return promise_equal(sparse.header.id, VFIO_REGION_INFO_CAP_SPARSE_MMAP,
                         "the capability's id") &&
           promise_equal(sparse.header.version, 1, "its version") &&
           promise_equal(sparse.header.next, 0, "what follows it") &&
           promise_equal(sparse.nr_areas, 1, "its number of areas") &&
           promise_equal(area.offset, 0, "the area's offset") &&
           promise_equal(area.size, bytes, "the area's size") &&
           check_untouched_from(FULL_BYTES);
}

static bool check_exact_room(struct promise *promise)
{
    return check_sparse(promise, USEMEM_BAR, FULL_BYTES,
                        promise->usemem.bytes) &&
           (!promise->divided || check_sparse(promise, RESMEM_BAR, FULL_BYTES,
                                              promise->region2.bytes));
}

static bool check_more_room(struct promise *promise)
{
    return check_sparse(promise, USEMEM_BAR, sizeof(answer),
                        promise->usemem.bytes) &&
           (!promise->divided ||
            check_sparse(promise, RESMEM_BAR, sizeof(answer),
                         promise->region2.bytes));
}

/* The MSI-X table lies in BAR0 and may be mapped with it. */
static bool check_register_capability(struct promise *promise)
{
    struct vfio_info_cap_header header;

    if (!promise_expect(ask(promise, 0, sizeof(answer)), 0, "region 0")) {
        return false;
    }
    memcpy(&header, answer.bytes + answer.info.cap_offset % 128,
           sizeof(header));
    return promise_equal(answer.info.cap_offset, sizeof(answer.info),
                         "the offset of the capability") &&
           promise_equal(header.id, VFIO_REGION_INFO_CAP_MSIX_MAPPABLE,
                         "its id") &&
           promise_equal(header.next, 0, "what follows it");
}

static bool check_empty_bars(struct promise *promise)
{
    static const unsigned empty[] = {1, 3, 5, VFIO_PCI_ROM_REGION_INDEX};

    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++) {
        if (!promise_expect(ask(promise, empty[i], sizeof(answer)), 0,
                            "region %u", empty[i]) ||
            !promise_equal(answer.info.size, 0, "the size of region %u",
                           empty[i]) ||
            !promise_equal(answer.info.flags, 0, "the flags of region %u",
                           empty[i])) {
            return false;
        }
    }
    return true;
}

static bool check_config_region(struct promise *promise)
{
    return promise_expect(
               ask(promise, VFIO_PCI_CONFIG_REGION_INDEX, sizeof(answer)), 0,
               "region %d", VFIO_PCI_CONFIG_REGION_INDEX) &&
           promise_equal(answer.info.size, CONFIG_BYTES, "its size") &&
           promise_equal(answer.info.flags,
                         VFIO_REGION_INFO_FLAG_READ |
                             VFIO_REGION_INFO_FLAG_WRITE,
                         "its flags");
}

static bool check_no_region(struct promise *promise)
{
    static const unsigned none[] = {VFIO_PCI_VGA_REGION_INDEX,
                                    VFIO_PCI_NUM_REGIONS,
                                    VFIO_PCI_NUM_REGIONS + 1, UINT32_MAX};

    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        if (!promise_expect_error(ask(promise, none[i], sizeof(answer)), EINVAL,
                                  "region %u", none[i])) {
            return false;
        }
    }
    return true;
}

static bool check_device_info(struct promise *promise)
{
    struct vfio_device_info info = {.argsz = sizeof(info)};
    const size_t least = offsetof(struct vfio_device_info, num_irqs) + 4;
    int device = promise->device.device;

    if (!promise_expect(ioctl(device, VFIO_DEVICE_GET_INFO, &info), 0,
                        "VFIO_DEVICE_GET_INFO") ||
        !promise_equal(info.num_regions, VFIO_PCI_NUM_REGIONS,
                       "the number of regions") ||
        !promise_equal(info.num_irqs, VFIO_PCI_NUM_IRQS,
                       "the number of interrupts")) {
        return false;
    }
    info.argsz = (uint32_t)least - 1;
    return promise_expect_error(ioctl(device, VFIO_DEVICE_GET_INFO, &info),
                                EINVAL, "argsz %zu", least - 1);
}

void add_region_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_device_info,
                "the device has 9 regions and 5 interrupts, and argsz counts");
    promise_add(promise, WAY_GROUP, check_offsets,
                "region n lies at n times 2^40 in the device's file");
    promise_add(promise, WAY_GROUP, check_too_short,
                "region information without room for the offset is EINVAL");
    promise_add(
        promise, WAY_GROUP, check_no_room,
        "without room for the capability, argsz says how much it needs");
    promise_add(promise, WAY_GROUP, check_one_byte_less,
                "with a byte too little the capability is left out whole");
    promise_add(promise, WAY_GROUP, check_exact_room,
                "with exact room one sparse area ends where the memory does");
    promise_add(promise, WAY_GROUP, check_more_room,
                "more room than the capability needs is left as it was");
    promise_add(promise, WAY_GROUP, check_register_capability,
                "region 0 says that its MSI-X table may be mapped");
    promise_add(promise, WAY_GROUP, check_empty_bars,
                "regions 1, 3, 5 and the ROM are empty, without flags");
    promise_add(promise, WAY_GROUP, check_config_region,
                "configuration space has 4096 bytes that cannot be mapped");
    promise_add(promise, WAY_GROUP, check_no_region,
                "the VGA region and every index past the last are EINVAL");
}
