// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on what can be mapped of the driver's regions, and
 * with what protection: nvgrace_gpu_mmap().
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"
#include "window.h"

#define CHUNK_BYTES 4096

/* A part in the middle, and the last page, show what pwrite put there. */
static bool check_parts(struct promise *promise)
{
    uint64_t bytes = promise_part(promise, promise->argument)->bytes;
    const uint64_t places[] = {page_bytes(), bytes / 2 + 3 * page_bytes(),
                               bytes - page_bytes()};

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        uint8_t chunk[CHUNK_BYTES];
        uint8_t *base;

        pattern_fill(chunk, CHUNK_BYTES, 300 + i);
        if (!promise_write(promise, promise->argument, places[i], chunk,
                           CHUNK_BYTES)) {
            return false;
        }
        base = promise_map_shared(promise, promise->argument, places[i],
                                  page_bytes());
        if (!base ||
            !pattern_check(base, CHUNK_BYTES, 300 + i, places[i], "mmap")) {
            return false;
        }
    }
    return true;
}

static bool refuse(struct promise *promise, uint64_t offset, size_t bytes)
{
    void *base = promise_map(promise, promise->argument, offset, bytes,
                             PROT_READ, MAP_SHARED | MAP_NORESERVE, NULL);

    return promise_expect_error(base == MAP_FAILED ? -1 : 0, EINVAL,
                                "mmap of 0x%zx bytes at 0x%" PRIx64, bytes,
                                offset);
}

static bool check_too_long(struct promise *promise)
{
    const struct memory_part *part = promise_part(promise, promise->argument);
    size_t page = page_bytes();

    return refuse(promise, 0, part->bytes + page) &&
           refuse(promise, page, part->bytes) &&
           refuse(promise, part->bytes / 2 / page * page,
                  part->bytes / 2 + 2 * page) &&
           refuse(promise, part->bar_bytes, page) &&
           refuse(promise, (1ULL << REGION_SHIFT) - page, 2 * page) &&
           (part->bytes == part->bar_bytes ||
            refuse(promise, 0, part->bar_bytes));
}

/*
 * vfio-pci refuses these. Nobody may touch it: vmf_insert_pfn() has a BUG_ON()
 * for mappings that would have to be copied.
 */
static bool check_private(struct promise *promise)
{
    void *base = promise_map(promise, promise->argument, 0, page_bytes(),
                             PROT_READ | PROT_WRITE, MAP_PRIVATE, NULL);

    return promise_expect(base == MAP_FAILED ? -1 : 0, 0, "a private mapping");
}

static bool check_read_only(struct promise *promise)
{
    uint64_t spot = promise_spot(promise, promise->argument);
    uint8_t chunk[CHUNK_BYTES];
    uint8_t *base;

    pattern_fill(chunk, CHUNK_BYTES, 310);
    if (!promise_write(promise, promise->argument, spot, chunk, CHUNK_BYTES)) {
        return false;
    }
    base = promise_map(promise, promise->argument, spot, CHUNK_BYTES, PROT_READ,
                       MAP_SHARED, NULL);
    return promise_expect(base == MAP_FAILED ? -1 : 0, 0, "mmap") &&
           pattern_check(base, CHUNK_BYTES, 310, spot, "mmap") &&
           promise_expect_signal(base, true, SIGSEGV, "a write") &&
           promise_expect(mprotect(base, CHUNK_BYTES, PROT_READ | PROT_WRITE),
                          0, "mprotect to writable") &&
           promise_expect_signal(base, true, 0, "a write after mprotect") &&
           promise_expect(mprotect(base, CHUNK_BYTES, PROT_NONE), 0,
                          "mprotect to nothing") &&
           promise_expect_signal(base, false, SIGSEGV, "a read");
}

static bool check_alias(struct promise *promise)
{
    uint64_t spot = promise_spot(promise, promise->argument);
    uint8_t *one =
        promise_map_shared(promise, promise->argument, spot, CHUNK_BYTES);
    uint8_t *other =
        promise_map_shared(promise, promise->argument, spot, CHUNK_BYTES);

    if (!one || !other) {
        return false;
    }
    pattern_fill(one, CHUNK_BYTES, 320);
    return pattern_check(other, CHUNK_BYTES, 320, spot, "another mapping");
}

/* VmFlags of the mapping at that address, from smaps. */
static bool find_flags(const void *base, char *flags, size_t bytes)
{
    FILE *file = fopen("/proc/self/smaps", "re");
    bool inside = false, found = false;
    char line[256];

    while (file && !found && fgets(line, sizeof(line), file)) {
        unsigned long start, end;

        if (sscanf(line, "%lx-%lx ", &start, &end) == 2) {
            inside = (uintptr_t)base >= start && (uintptr_t)base < end;
        }
        found = inside && strncmp(line, "VmFlags:", 8) == 0;
    }
    if (file) {
        fclose(file);
    }
    snprintf(flags, bytes, "%s", found ? line : "");
    return found || ktap_fail("smaps has no flags of the mapping; enable "
                              "CONFIG_PROC_PAGE_MONITOR");
}

/* Shared, I/O, page frames without struct page, neither grown nor dumped. */
static bool check_flags(struct promise *promise)
{
    static const char *const wanted[] = {" sh", " io", " pf", " de", " dd"};
    uint8_t *base =
        promise_map_shared(promise, promise->argument, 0, page_bytes());
    char flags[256];

    if (!base || !find_flags(base, flags, sizeof(flags))) {
        return false;
    }
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (!strstr(flags, wanted[i])) {
            return ktap_fail("%.*s lacks \"%s\"", (int)strcspn(flags, "\n"),
                             flags, wanted[i] + 1);
        }
    }
    return true;
}

/* The kernel copies from a mapping, as write() and send() do ... */
static bool check_copy(struct promise *promise)
{
    uint8_t *base = promise_map_shared(promise, promise->argument,
                                       promise_spot(promise, promise->argument),
                                       CHUNK_BYTES);
    uint8_t chunk[256];
    int ends[2];
    bool passed;

    if (!base || pipe(ends) != 0) {
        return false;
    }
    pattern_fill(base, sizeof(chunk), 330);
    passed = promise_expect(write(ends[1], base, sizeof(chunk)), sizeof(chunk),
                            "write of the mapping") &&
             promise_expect(read(ends[0], chunk, sizeof(chunk)), sizeof(chunk),
                            "read of the pipe") &&
             pattern_check(chunk, sizeof(chunk), 330, 0, "a pipe");
    close(ends[0]);
    close(ends[1]);
    return passed;
}

/* ... but nobody gets pages of it, for it has none. */
static bool check_no_pages(struct promise *promise)
{
    uint8_t *base =
        promise_map_shared(promise, promise->argument, 0, page_bytes());
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    uint8_t bytes[8];
    bool passed;

    passed = base && promise_expect(memory >= 0, 1, "opening /proc/self/mem") &&
             promise_expect_error(
                 pread(memory, bytes, sizeof(bytes), (off_t)(uintptr_t)base),
                 EIO, "reading as a debugger does") &&
             promise_expect_error(madvise(base, page_bytes(), MADV_DONTNEED),
                                  EINVAL, "madvise(MADV_DONTNEED)");
    close(memory);
    return passed;
}

static bool check_unaligned(struct promise *promise)
{
    return refuse(promise, 512, page_bytes());
}

static const struct {
    promise_check check;
    const char *what;
} cases[] = {
    {check_parts, "can be mapped in parts, at their offsets"},
    {check_too_long, "refuses mappings that begin or end past its memory"},
    {check_unaligned, "refuses a mapping at an offset inside a page"},
    {check_private, "takes a private mapping, unlike vfio-pci (Linux 7.3)"},
    {check_read_only, "can be mapped for reading alone, and mprotect changes "
                      "that"},
    {check_alias, "shows the same in two mappings"},
    {check_flags, "is mapped as I/O without pages, not grown and not dumped"},
    {check_copy, "can be copied from by the kernel through a mapping"},
    {check_no_pages, "has no pages for a debugger to read, or to drop"},
};

void add_mapping_promises(struct promise *promise)
{
    for (unsigned region = RESMEM_BAR; region <= USEMEM_BAR; region += 2) {
        if (!promise_is_drivers(promise, region)) {
            continue;
        }
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            promise_add_with(promise, WAY_GROUP, region, cases[i].check,
                             "region %u %s", region, cases[i].what);
        }
    }
}
