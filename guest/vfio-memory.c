// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of vfio-check on memory in regions 2 and 4 that exists. */
#include "vfio-check.h"

#include <inttypes.h>

#include "ktap.h"
#include "memory-ops.h"
#include "pattern.h"

#define PLACES      3
#define CHUNK_BYTES 4096

static bool check_info(void *context)
{
    const struct memory_region *region = context;
    struct vfio_region info;

    if (!memory_region_get(region, &info)) {
        return false;
    }
    return (info.bytes == region->expected.bar_bytes && info.readable &&
            info.writable && info.mappable) ||
           ktap_fail("region %u has %" PRIu64 " bytes, not %" PRIu64
                     ", and is readable %d, writable %d, mappable %d",
                     region->index, info.bytes, region->expected.bar_bytes,
                     info.readable, info.writable, info.mappable);
}

static bool check_area(void *context)
{
    const struct memory_region *region = context;
    struct vfio_region info;

    if (!memory_region_get(region, &info)) {
        return false;
    }
    if (!region->is_emulated) {
        /* vfio-pci lists parts only if it keeps some back. */
        return info.area_count == 0 ||
               ktap_fail("region %u has %zu areas", region->index,
                         info.area_count);
    }
    return (info.area_count == 1 && info.areas[0].offset == 0 &&
            info.areas[0].bytes == region->expected.bytes) ||
           ktap_fail("region %u has %zu areas, the first with %" PRIu64
                     " bytes, not one with %" PRIu64,
                     region->index, info.area_count, info.areas[0].bytes,
                     region->expected.bytes);
}

static void places(const struct memory_region *region, uint64_t offsets[PLACES])
{
    uint64_t bytes = region->expected.bytes;

    offsets[0] = 0;
    offsets[1] = bytes / 2 / page_bytes() * page_bytes();
    offsets[2] = bytes - page_bytes();
}

/* Writes through mappings to all places, then reads all with pread. */
static bool check_mapped_write(void *context)
{
    struct memory_region *region = context;
    struct vfio_region info;
    uint64_t offsets[PLACES];
    uint8_t chunk[CHUNK_BYTES];
    struct window window;

    if (!memory_region_get(region, &info)) {
        return false;
    }
    places(region, offsets);
    for (int i = 0; i < PLACES; i++) {
        if (!test_map(region->test, region->index, offsets[i], page_bytes(), 0,
                      &window)) {
            return false;
        }
        pattern_fill(window.base, CHUNK_BYTES, offsets[i] + 10);
    }
    for (int i = 0; i < PLACES; i++) {
        if (!vfio_read(&region->test->device, &info, offsets[i], chunk,
                       CHUNK_BYTES) ||
            !pattern_check(chunk, CHUNK_BYTES, offsets[i] + 10, offsets[i],
                           "pread")) {
            return false;
        }
    }
    return true;
}

static bool check_pwrite(void *context)
{
    struct memory_region *region = context;
    struct vfio_region info;
    uint64_t offsets[PLACES];
    uint8_t chunk[CHUNK_BYTES];
    struct window window;

    if (!memory_region_get(region, &info)) {
        return false;
    }
    places(region, offsets);
    for (int i = 0; i < PLACES; i++) {
        pattern_fill(chunk, CHUNK_BYTES, offsets[i] + 20);
        if (!vfio_write(&region->test->device, &info, offsets[i], chunk,
                        CHUNK_BYTES)) {
            return false;
        }
    }
    for (int i = 0; i < PLACES; i++) {
        if (!test_map(region->test, region->index, offsets[i], page_bytes(), 0,
                      &window) ||
            !pattern_check(window.base, CHUNK_BYTES, offsets[i] + 20,
                           offsets[i], "a mapping")) {
            return false;
        }
    }
    return true;
}

static bool check_whole_mapping(void *context)
{
    struct memory_region *region = context;
    size_t bytes = (size_t)region->expected.bytes;
    /* Only the driver's own regions end where the memory does. */
    size_t mapped =
        region->is_emulated ? bytes : (size_t)region->expected.bar_bytes;
    struct window window;

    if (!test_map(region->test, region->index, 0, mapped, 0, &window)) {
        return false;
    }
    window_write(&window, 0, 8, 0x1111222233334444);
    window_write(&window, bytes - 8, 8, 0x5555666677778888);
    return (window_read(&window, 0, 8) == 0x1111222233334444 &&
            window_read(&window, bytes - 8, 8) == 0x5555666677778888) ||
           ktap_fail("the ends read back 0x%" PRIx64 " and 0x%" PRIx64,
                     window_read(&window, 0, 8),
                     window_read(&window, bytes - 8, 8));
}

void add_region_cases(struct memory_region *region)
{
    unsigned index = region->index;

    ktap_add(check_info, region,
             "region %u has the size that the memory's split gives", index);
    ktap_add(check_area, region,
             region->is_emulated
                 ? "region %u can be mapped up to its real end, as one area"
                 : "region %u can be mapped as a whole, and has no areas",
             index);
    ktap_add(check_mapped_write, region,
             "region %u gives to pread what a mapping wrote", index);
    ktap_add(check_pwrite, region,
             "region %u shows in a mapping what pwrite wrote", index);
    ktap_add(check_whole_mapping, region,
             "region %u can be mapped and used as a whole", index);
}

static bool map_one(void *context, struct window *window)
{
    struct memory_region *region = context;

    return test_map(region->test, region->index, 2 * page_bytes(), page_bytes(),
                    0, window);
}

static bool check_atomic_add(void *context)
{
    struct window window;

    return map_one(context, &window) && memory_check_atomic_add(window.base);
}

static bool check_exclusives(void *context)
{
    struct window window;

    return map_one(context, &window) && memory_check_exclusives(window.base);
}

static bool check_zero_block(void *context)
{
    struct window window;

    return map_one(context, &window) && memory_check_zero_block(window.base);
}

void add_plain_region_cases(struct memory_region *region)
{
    unsigned index = region->index;

    ktap_add(check_atomic_add, region,
             "region %u does atomic adds (" ATOMIC_ADD ")", index);
    ktap_add(check_exclusives, region, "region %u does " EXCLUSIVES, index);
    ktap_add(check_zero_block, region,
             "region %u zeroes a block (" ZERO_BLOCK ")", index);
}

static bool check_same_memory(void *context)
{
    struct memory_region *regions = context;
    struct vfio_test *test = regions[0].test;
    const uint64_t offsets[] = {0, regions[0].expected.bytes - page_bytes()};

    for (uint64_t i = 0; i < 4; i++) {
        const struct memory_region *writer = &regions[i % 2];
        const struct memory_region *reader = &regions[1 - i % 2];
        uint64_t offset = offsets[i / 2];
        uint8_t chunk[CHUNK_BYTES];
        struct window written, seen;
        struct vfio_region info;

        if (!memory_region_get(reader, &info) ||
            !test_map(test, writer->index, offset, page_bytes(), 0, &written) ||
            !test_map(test, reader->index, offset, page_bytes(), 0, &seen)) {
            return false;
        }
        pattern_fill(written.base, CHUNK_BYTES, 60 + i);
        if (!vfio_read(&test->device, &info, offset, chunk, CHUNK_BYTES)) {
            return false;
        }
        if (pattern_compare(seen.base, CHUNK_BYTES, 60 + i) != CHUNK_BYTES ||
            pattern_compare(chunk, CHUNK_BYTES, 60 + i) != CHUNK_BYTES) {
            return ktap_fail("region %u does not show at 0x%" PRIx64
                             " what was written through region %u",
                             reader->index, offset, writer->index);
        }
    }
    return true;
}

void add_same_memory_case(struct memory_region regions[2])
{
    ktap_add(check_same_memory, regions,
             "region %u and region %u show the same memory", regions[1].index,
             regions[0].index);
}
