// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on pread() and pwrite() where the memory ends, and
 * where the region does. For the driver's region 2 Linux 7.3 hands on the count
 * of vfio_pci_core_do_io_rw(), so that accesses over its real end are cut
 * short; those of region 4 are filled with ones.
 */
#include <inttypes.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"

static bool has_no_gap(const struct promise *promise)
{
    const struct memory_part *part = promise_part(promise, promise->argument);

    return part->bytes == part->bar_bytes &&
           ktap_skip("the memory fills region %u", promise->argument);
}

/* How many of 8 bytes count, of which `inside` lie before the real end. */
static long counted(const struct promise *promise, long inside)
{
    bool is_cut = promise->argument == RESMEM_BAR && promise->divided;

    return is_cut ? inside : 8;
}

static bool check_read_over_end(struct promise *promise)
{
    const struct memory_part *part = promise_part(promise, promise->argument);
    uint8_t before[8], found[8];

    if (has_no_gap(promise)) {
        return true;
    }
    pattern_fill(before, 8, 7);
    if (!promise_write(promise, promise->argument, part->bytes - 8, before,
                       8)) {
        return false;
    }
    for (long inside = 1; inside <= 8; inside++) {
        long count = counted(promise, inside);
        ssize_t got;

        memset(found, 0, sizeof(found));
        got = pread(
            promise->device.device, found, 8,
            promise_at(promise->argument, part->bytes - (uint64_t)inside));
        if (!promise_expect(got, count, "pread with %ld bytes inside",
                            inside) ||
            memcmp(found, before + 8 - inside, (size_t)inside) != 0) {
            return got == count
                       ? ktap_fail("%ld bytes before the end differ", inside)
                       : false;
        }
        for (long i = inside; i < count; i++) {
            if (!promise_equal(found[i], 0xff, "byte %ld past the end",
                               i - inside)) {
                return false;
            }
        }
    }
    return true;
}

static bool check_write_over_end(struct promise *promise)
{
    const struct memory_part *part = promise_part(promise, promise->argument);
    unsigned region = promise->argument;

    if (has_no_gap(promise)) {
        return true;
    }
    for (long inside = 1; inside <= 7; inside++) {
        uint8_t bytes[8], found[8];
        uint64_t at = part->bytes - (uint64_t)inside;
        ssize_t put;

        pattern_fill(bytes, 8, 70 + (uint64_t)inside);
        put = pwrite(promise->device.device, bytes, 8, promise_at(region, at));
        if (!promise_expect(put, counted(promise, inside),
                            "pwrite with %ld bytes inside", inside) ||
            !promise_read(promise, region, at, found, (size_t)inside) ||
            !promise_read(promise, region, part->bytes, found + inside,
                          (size_t)(8 - inside))) {
            return false;
        }
        for (long i = 0; i < 8; i++) {
            if (!promise_equal(found[i], i < inside ? bytes[i] : 0xff,
                               "byte %ld of a write with %ld inside", i,
                               inside)) {
                return false;
            }
        }
    }
    return true;
}

static bool check_gap(struct promise *promise)
{
    const struct memory_part *part = promise_part(promise, promise->argument);
    uint64_t places[] = {part->bytes, part->bytes / 2 + part->bar_bytes / 2 - 3,
                         part->bar_bytes - 21};

    if (has_no_gap(promise)) {
        return true;
    }
    for (int i = 0; i < 3; i++) {
        uint8_t bytes[21] = {0};

        if (!promise_write(promise, promise->argument, places[i], bytes,
                           sizeof(bytes)) ||
            !promise_read(promise, promise->argument, places[i], bytes,
                          sizeof(bytes))) {
            return false;
        }
        for (size_t j = 0; j < sizeof(bytes); j++) {
            if (!promise_equal(bytes[j], 0xff, "byte %zu at 0x%" PRIx64, j,
                               places[i])) {
                return false;
            }
        }
    }
    return true;
}

static bool check_cut_at_bar(struct promise *promise)
{
    const struct memory_part *part = promise_part(promise, promise->argument);
    int device = promise->device.device;

    for (long inside = 1; inside <= 8; inside++) {
        off_t at =
            promise_at(promise->argument, part->bar_bytes - (uint64_t)inside);
        uint8_t bytes[16];
        ssize_t got = pread(device, bytes, sizeof(bytes), at);

        if (!promise_expect(got, inside, "pread %ld before the end", inside) ||
            !promise_expect(pwrite(device, bytes, sizeof(bytes), at), inside,
                            "pwrite %ld before the end", inside)) {
            return false;
        }
    }
    return true;
}

static bool check_past_bar(struct promise *promise)
{
    const struct memory_part *part = promise_part(promise, promise->argument);
    const uint64_t places[] = {part->bar_bytes + 1, part->bar_bytes * 2,
                               (1ULL << REGION_SHIFT) - 1};
    int device = promise->device.device;
    uint8_t byte = 0;

    for (int i = 0; i < 3; i++) {
        off_t at = promise_at(promise->argument, places[i]);

        if (!promise_expect_error(pread(device, &byte, 1, at), EINVAL,
                                  "pread at 0x%" PRIx64, places[i]) ||
            !promise_expect_error(pwrite(device, &byte, 1, at), EINVAL,
                                  "pwrite at 0x%" PRIx64, places[i])) {
            return false;
        }
    }
    return true;
}

static const struct {
    promise_check check;
    const char *what;
} cases[] = {
    {check_read_over_end, "reads 1 to 8 bytes over its real end"},
    {check_write_over_end, "keeps what a write over its real end has inside"},
    {check_gap, "is ones from its real end to its size, and drops writes"},
    {check_cut_at_bar, "cuts accesses short where its size ends"},
    {check_past_bar, "refuses accesses far past its size with EINVAL"},
};

void add_end_promises(struct promise *promise)
{
    for (unsigned region = RESMEM_BAR; region <= USEMEM_BAR; region += 2) {
        bool is_cut = region == RESMEM_BAR && promise->divided;

        if (promise_part(promise, region)->bytes == 0) {
            continue;
        }
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            promise_add_with(promise, WAY_GROUP, region, cases[i].check,
                             "region %u %s%s", region, cases[i].what,
                             is_cut && i < 2 ? ", cut short (Linux 7.3)" : "");
        }
    }
}
