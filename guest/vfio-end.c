// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of vfio-check on where the memory in regions 2 and 4 ends. */
#include "vfio-check.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "facts.h"
#include "ktap.h"
#include "pattern.h"

#define CHUNK_BYTES 4096

static bool has_no_gap(const struct memory_region *region)
{
    return region->expected.bytes == region->expected.bar_bytes &&
           ktap_skip("the memory fills the region");
}

static void print_usable(const struct memory_region *region)
{
    fact_begin("usable");
    fact_string("function", region->test->function.address);
    fact_uint("bar", region->index);
    fact_uint("bytes", region->expected.bytes);
    fact_end();
}

/* Ones at an offset in 1, 2, 4 and 8 bytes, also after a write of zeros. */
static bool check_nothing_at(const struct memory_region *region,
                             const struct vfio_region *info, uint64_t offset)
{
    for (size_t width = 1; width <= 8; width *= 2) {
        uint64_t before = 0, after = 0;
        const uint64_t zero = 0;

        if (!vfio_read(&region->test->device, info, offset, &before, width) ||
            !vfio_write(&region->test->device, info, offset, &zero, width) ||
            !vfio_read(&region->test->device, info, offset, &after, width)) {
            return false;
        }
        if (before != ones(width) || after != ones(width)) {
            return ktap_fail("%zu bytes at 0x%" PRIx64 " read 0x%" PRIx64
                             ", and 0x%" PRIx64 " after a write of 0",
                             width, offset, before, after);
        }
    }
    return true;
}

static bool check_past_end(void *context)
{
    const struct memory_region *region = context;
    uint64_t end = region->expected.bytes;
    struct vfio_region info;
    uint8_t chunk[CHUNK_BYTES];

    if (!memory_region_get(region, &info)) {
        return false;
    }
    pattern_fill(chunk, CHUNK_BYTES, 30);
    if (!vfio_write(&region->test->device, &info, end - CHUNK_BYTES, chunk,
                    CHUNK_BYTES)) {
        return false;
    }
    if (!has_no_gap(region) &&
        (!check_nothing_at(region, &info, end) ||
         !check_nothing_at(region, &info, region->expected.bar_bytes - 8))) {
        return false;
    }
    if (!vfio_read(&region->test->device, &info, end - CHUNK_BYTES, chunk,
                   CHUNK_BYTES) ||
        !pattern_check(chunk, CHUNK_BYTES, 30, end - CHUNK_BYTES, "pread")) {
        return false;
    }
    print_usable(region);
    return true;
}

static bool check_straddling_end(void *context)
{
    const struct memory_region *region = context;
    int file = region->test->device.device;
    uint64_t words[2] = {0, 0};
    struct vfio_region info;
    off_t offset;
    ssize_t put, got;

    if (!memory_region_get(region, &info)) {
        return false;
    }
    if (has_no_gap(region)) {
        return true;
    }
    offset = (off_t)(info.offset + region->expected.bytes - 8);
    put = pwrite(file, words, sizeof(words), offset);
    words[0] = 1;
    got = pread(file, words, sizeof(words), offset);
    /*
     * For region 2, nvgrace_gpu_map_and_read() hands on the count of
     * vfio_pci_core_do_io_rw(), and its caller takes that for an error code:
     * so the access ends where the memory does.
     */
    if (region->is_emulated && region->index == RESMEM_BAR && put == 8 &&
        got == 8) {
        words[1] = UINT64_MAX;
        put = got = sizeof(words);
    }
    return (put == sizeof(words) && got == sizeof(words) && words[0] == 0 &&
            words[1] == UINT64_MAX) ||
           ktap_fail("16 bytes over the end: pwrite of 0 gave %zd, pread %zd, "
                     "with 0x%016" PRIx64 " and 0x%016" PRIx64,
                     put, got, words[0], words[1]);
}

/* nvgrace_gpu_read_mem(): -EINVAL past the BAR, cut short at its end. */
static bool check_past_region(void *context)
{
    const struct memory_region *region = context;
    uint64_t bytes = region->expected.bar_bytes;
    int file = region->test->device.device;
    struct vfio_region info;
    uint64_t words[2] = {0, 0};
    ssize_t got;

    if (!memory_region_get(region, &info)) {
        return false;
    }
    errno = 0;
    got = pread(file, words, 8, (off_t)(info.offset + bytes));
    if (got != -1 || errno != EINVAL) {
        return ktap_fail("pread past region %u gave %zd (%s), not EINVAL",
                         region->index, got, strerror(errno));
    }
    got = pwrite(file, words, 8, (off_t)(info.offset + bytes));
    if (got != -1 || errno != EINVAL) {
        return ktap_fail("pwrite past region %u gave %zd (%s), not EINVAL",
                         region->index, got, strerror(errno));
    }
    got = pread(file, words, 16, (off_t)(info.offset + bytes - 8));
    return got == 8 || ktap_fail("pread of 16 bytes, 8 before the end of "
                                 "region %u, gave %zd",
                                 region->index, got);
}

static bool is_refused(const struct memory_region *region,
                       const struct vfio_region *info, uint64_t offset,
                       size_t bytes)
{
    void *base =
        mmap(NULL, bytes, PROT_READ, MAP_SHARED, region->test->device.device,
             (off_t)(info->offset + offset));

    if (base == MAP_FAILED && errno == EINVAL) {
        return true;
    }
    ktap_fail("mmap of %zu bytes at 0x%" PRIx64 " gave %s, not EINVAL", bytes,
              offset, base == MAP_FAILED ? strerror(errno) : "a mapping");
    if (base != MAP_FAILED) {
        munmap(base, bytes);
    }
    return false;
}

static bool check_mapping_past_end(void *context)
{
    const struct memory_region *region = context;
    uint64_t end = region->expected.bytes;
    size_t page = page_bytes();
    struct vfio_region info;

    return memory_region_get(region, &info) &&
           is_refused(region, &info, end, page) &&
           is_refused(region, &info, end - page, 2 * page);
}

/* vfio-pci refuses what lies past the BAR; before that, the device answers. */
static bool check_mapping_of_gap(void *context)
{
    const struct memory_region *region = context;
    uint64_t bytes = region->expected.bar_bytes;
    size_t page = page_bytes();
    struct vfio_region info;
    struct window window;

    if (!memory_region_get(region, &info) ||
        !is_refused(region, &info, bytes, page) ||
        !is_refused(region, &info, bytes - page, 2 * page)) {
        return false;
    }
    if (region->expected.bytes == bytes) {
        return true;
    }
    if (!test_map(region->test, region->index, region->expected.bytes, page, 0,
                  &window)) {
        return false;
    }
    window_write(&window, 0, 8, 0);
    return window_read(&window, 0, 8) == ones(8) ||
           ktap_fail("8 bytes past the end of the memory read 0x%016" PRIx64,
                     window_read(&window, 0, 8));
}

void add_end_cases(struct memory_region *region)
{
    unsigned index = region->index;

    ktap_add(check_past_end, region,
             "region %u past its real end reads ones and drops writes", index);
    ktap_add(check_straddling_end, region,
             "region %u takes accesses over its real end", index);
    ktap_add(check_past_region, region,
             "region %u refuses accesses past its size with EINVAL", index);
    if (!region->is_emulated) {
        ktap_add(check_mapping_of_gap, region,
                 "region %u refuses a mapping past its size with EINVAL",
                 index);
        return;
    }
    ktap_add(check_mapping_past_end, region,
             "region %u refuses a mapping past its real end with EINVAL",
             index);
}
