// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on pread() and pwrite() of the memory:
 * nvgrace_gpu_read_mem() and nvgrace_gpu_write_mem(). Where the memory ends,
 * see promise-end.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"

#define AREA_BYTES  32
#define LARGE_BYTES (256 * KIB)

/* Around a page's border: every length at every alignment. */
static bool check_alignments(struct promise *promise)
{
    uint64_t spot = promise_spot(promise, promise->argument);
    unsigned region = promise->argument;

    for (size_t length = 1; length <= 8; length++) {
        for (size_t at = 4; at < 4 + 2 * 8; at++) {
            uint8_t area[AREA_BYTES], expected[AREA_BYTES], piece[8];

            pattern_fill(expected, AREA_BYTES, length * 100 + at);
            pattern_fill(piece, sizeof(piece), length * 200 + at);
            if (!promise_write(promise, region, spot - 12, expected,
                               AREA_BYTES) ||
                !promise_write(promise, region, spot - 12 + at, piece,
                               length)) {
                return false;
            }
            memcpy(expected + at, piece, length);
            memset(piece, 0, sizeof(piece));
            if (!promise_read(promise, region, spot - 12, area, AREA_BYTES) ||
                !promise_read(promise, region, spot - 12 + at, piece, length)) {
                return false;
            }
            if (memcmp(area, expected, AREA_BYTES) != 0 ||
                memcmp(piece, expected + at, length) != 0) {
                return ktap_fail("%zu bytes at alignment %zu differ", length,
                                 (at + 4) % 8);
            }
        }
    }
    return true;
}

static bool check_large(struct promise *promise)
{
    uint8_t *bytes = malloc(LARGE_BYTES);
    unsigned region = promise->argument;
    uint64_t at = 3 * MIB + 3;
    bool passed = false;

    if (bytes) {
        pattern_fill(bytes, LARGE_BYTES, region);
        passed = promise_write(promise, region, at, bytes, LARGE_BYTES);
        memset(bytes, 0, LARGE_BYTES);
        passed = passed &&
                 promise_read(promise, region, at, bytes, LARGE_BYTES) &&
                 pattern_check(bytes, LARGE_BYTES, region, at, "pread");
    }
    free(bytes);
    return passed;
}

static bool check_nothing_read(struct promise *promise)
{
    unsigned region = promise->argument;
    uint64_t past = promise_part(promise, region)->bar_bytes;
    int device = promise->device.device;
    ssize_t got;

    if (!promise_expect(pread(device, NULL, 0, promise_at(region, 8)), 0,
                        "pread of nothing")) {
        return false;
    }
    got = pread(device, NULL, 0, promise_at(region, past));
    return promise_is_drivers(promise, region)
               ? promise_expect_error(got, EINVAL, "pread of nothing past")
               : promise_expect(got, 0, "pread of nothing past");
}

static bool check_bad_pointer(struct promise *promise)
{
    off_t at =
        promise_at(promise->argument, promise_spot(promise, promise->argument));
    int device = promise->device.device;
    void *nowhere = promise_nowhere();

    return promise_expect_error(pread(device, nowhere, 8, at), EFAULT,
                                "pread to nowhere") &&
           promise_expect_error(pwrite(device, nowhere, 8, at), EFAULT,
                                "pwrite from nowhere");
}

static bool check_neighbours(struct promise *promise)
{
    const uint64_t last = promise->usemem.bytes - 8;
    const uint64_t values[2] = {0x4444444444444444, 0x2222222222222222};
    uint64_t found[2];

    if (!promise->divided) {
        return ktap_skip("region 2 shows all of the memory");
    }
    return promise_write(promise, USEMEM_BAR, last, &values[0], 8) &&
           promise_write(promise, RESMEM_BAR, 0, &values[1], 8) &&
           promise_read(promise, USEMEM_BAR, last, &found[0], 8) &&
           promise_read(promise, RESMEM_BAR, 0, &found[1], 8) &&
           promise_equal(found[0], values[0], "the end of region 4") &&
           promise_equal(found[1], values[1], "the start of region 2");
}

static const struct {
    promise_check check;
    const char *what;
} cases[] = {
    {check_alignments, "takes 1 to 8 bytes at every alignment, over a page"},
    {check_large, "takes 256 KiB at an odd offset at once"},
    {check_nothing_read, "takes nothing where it has bytes, and as the driver "
                         "says past them"},
    {check_bad_pointer, "answers bad user memory with EFAULT"},
};

void add_access_promises(struct promise *promise)
{
    for (unsigned region = RESMEM_BAR; region <= USEMEM_BAR; region += 2) {
        if (promise_part(promise, region)->bytes == 0) {
            continue;
        }
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            promise_add_with(promise, WAY_GROUP, region, cases[i].check,
                             "region %u %s", region, cases[i].what);
        }
    }
    promise_add(promise, WAY_GROUP, check_neighbours,
                "the end of region 4 and the start of region 2 are apart");
}
