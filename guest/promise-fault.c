// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on page faults: nvgrace_gpu_vfio_pci_huge_fault()
 * and vfio_pci_mmap_huge_fault() serve blocks of 2 MiB (order 9 of 4 KiB
 * pages) where mapping and memory are aligned alike. arm64 has no
 * ARCH_SUPPORTS_PUD_PFNMAP in Linux 7.3, so there is nothing larger.
 */
#include <errno.h>
#include <inttypes.h>
#include <sys/mman.h>

#include "kernel-faults.h"
#include "ktap.h"
#include "promise-check.h"
#include "window.h"

/* What a block of the page table's second level holds. */
#define BLOCK_BYTES (512 * page_bytes())
#define BLOCK_ORDER 9

/*
 * An address with room for more than 1 GiB, aligned to that, plus `beyond`. The
 * room is new each time: what is mapped over it and unmapped leaves a hole.
 */
static uint8_t *place(size_t beyond)
{
    uint8_t *base = mmap(NULL, 3 * GIB, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (base == MAP_FAILED) {
        ktap_fail("3 GiB of addresses cannot be reserved");
        return NULL;
    }
    return (uint8_t *)(((uintptr_t)base + GIB - 1) & ~(GIB - 1)) + beyond;
}

/* Where the last mapping was put. */
static uint8_t *placed;

/*
 * Maps there, touches the bytes at some offsets, and tells of the faults, which
 * print at most so many messages.
 */
static bool touch(struct promise *promise, unsigned region, uint64_t offset,
                  size_t bytes, size_t beyond, const size_t *touched,
                  size_t count, size_t messages, struct kernel_faults *faults)
{
    uint8_t *address = place(beyond);
    uint8_t *base;

    if (!address) {
        return false;
    }
    placed = address;
    base = promise_map(promise, region, offset, bytes, PROT_READ | PROT_WRITE,
                       MAP_SHARED, address);
    if (base == MAP_FAILED) {
        return promise_expect(-1, 0, "mmap at 0x%" PRIx64, offset);
    }
    if (!kernel_faults_start(messages)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct window window = {base, bytes};

        window_read(&window, touched[i], 4);
    }
    return kernel_faults_stop(faults);
}

/* Whether fault `i` was of that order, and served. */
static bool check_served(const struct kernel_faults *faults, size_t i,
                         int order)
{
    if (i >= faults->count) {
        return ktap_fail("fault %zu is not in the kernel's log", i + 1);
    }
    return promise_equal((uint64_t)faults->faults[i].order, (uint64_t)order,
                         "the order of fault %zu", i + 1) &&
           promise_equal(faults->faults[i].result, FAULT_SERVED,
                         "the result of fault %zu", i + 1);
}

static bool check_block(struct promise *promise)
{
    const size_t touched[] = {3 * page_bytes() + 8, 0, BLOCK_BYTES - 8};
    struct kernel_faults faults;

    return touch(promise, promise->argument, 0, BLOCK_BYTES, 0, touched, 3, 1,
                 &faults) &&
           promise_equal(faults.count, 1, "the number of faults") &&
           check_served(&faults, 0, BLOCK_ORDER);
}

/* The whole GiB is mapped at a GiB's border, and still served by blocks. */
static bool check_gib(struct promise *promise)
{
    const size_t touched[] = {0, GIB - 8};
    uint64_t bytes = promise_part(promise, promise->argument)->bytes;
    struct kernel_faults faults;

    if (bytes < GIB) {
        return ktap_skip("region %u has less than 1 GiB", promise->argument);
    }
    return touch(promise, promise->argument, 0, GIB, 0, touched, 2, 2,
                 &faults) &&
           promise_equal(faults.count, 2, "the number of faults") &&
           check_served(&faults, 0, BLOCK_ORDER) &&
           check_served(&faults, 1, BLOCK_ORDER);
}

/*
 * A page off: a block does not fit, and the driver falls back to single pages.
 * Linux may ask for the block twice, with one lock and then with another.
 */
static bool check_shifted(struct promise *promise)
{
    const size_t touched[] = {BLOCK_BYTES};
    struct kernel_faults faults;

    if (!touch(promise, promise->argument, 0, 2 * BLOCK_BYTES, page_bytes(),
               touched, 1, 4, &faults) ||
        !check_served(&faults, faults.count == 0 ? 0 : faults.count - 1, 0)) {
        return false;
    }
    for (size_t i = 0; i + 1 < faults.count; i++) {
        if (!promise_equal((uint64_t)faults.faults[i].order, BLOCK_ORDER,
                           "the order of fault %zu", i + 1) ||
            !promise_equal(faults.faults[i].result, FAULT_FALLBACK,
                           "the result of fault %zu", i + 1)) {
            return false;
        }
    }
    return true;
}

/* The mapping ends inside a block. */
static bool check_short(struct promise *promise)
{
    const size_t touched[] = {0, page_bytes()};
    struct kernel_faults faults;

    return touch(promise, promise->argument, 0, BLOCK_BYTES - page_bytes(), 0,
                 touched, 2, 2, &faults) &&
           check_served(&faults, faults.count - 1, 0) &&
           promise_equal(faults.faults[faults.count - 1].frame -
                             faults.faults[0].frame,
                         1, "the distance of the page frames");
}

static bool check_registers(struct promise *promise)
{
    const size_t touched[] = {0, BLOCK_BYTES - 8};
    struct kernel_faults faults;

    return touch(promise, 0, 0, BLOCK_BYTES, 0, touched, 2, 2, &faults) &&
           promise_equal(faults.count, 1, "the number of faults") &&
           check_served(&faults, 0, BLOCK_ORDER);
}

/* An offset in the region is the same distance in physical memory. */
static bool check_frames(struct promise *promise)
{
    uint64_t last = promise->usemem.bytes - BLOCK_BYTES;
    const size_t touched[] = {0};
    struct kernel_faults first, second;

    return touch(promise, USEMEM_BAR, 0, BLOCK_BYTES, 0, touched, 1, 1,
                 &first) &&
           check_served(&first, 0, BLOCK_ORDER) &&
           touch(promise, USEMEM_BAR, last, BLOCK_BYTES, 0, touched, 1, 1,
                 &second) &&
           check_served(&second, 0, BLOCK_ORDER) &&
           promise_equal(second.faults[0].frame - first.faults[0].frame,
                         last / page_bytes(), "the distance of the frames");
}

static bool check_carve_out(struct promise *promise)
{
    const size_t touched[] = {0};
    struct kernel_faults usemem, resmem;

    if (!promise->divided) {
        return ktap_skip("the memory is not divided");
    }
    return touch(promise, USEMEM_BAR, 0, BLOCK_BYTES, 0, touched, 1, 1,
                 &usemem) &&
           check_served(&usemem, 0, BLOCK_ORDER) &&
           touch(promise, RESMEM_BAR, 0, BLOCK_BYTES, 0, touched, 1, 1,
                 &resmem) &&
           check_served(&resmem, 0, BLOCK_ORDER) &&
           promise_equal(resmem.faults[0].frame - usemem.faults[0].frame,
                         promise->usemem.bytes / page_bytes(),
                         "the distance of the frames");
}

/* A reset takes all mappings away; the next touch faults again. */
static bool check_again(struct promise *promise)
{
    const size_t touched[] = {0};
    struct kernel_faults before, after;
    struct window window;

    if (!touch(promise, USEMEM_BAR, 0, BLOCK_BYTES, 0, touched, 1, 1,
               &before) ||
        !vfio_reset(&promise->device) || !kernel_faults_start(1)) {
        return false;
    }
    window = (struct window){placed, BLOCK_BYTES};
    window_read(&window, 0, 4);
    return kernel_faults_stop(&after) &&
           promise_equal(before.count, 1, "the number of faults before") &&
           promise_equal(after.count, 1, "the number of faults after") &&
           check_served(&after, 0, BLOCK_ORDER);
}

void add_fault_promises(struct promise *promise)
{
    for (unsigned region = RESMEM_BAR; region <= USEMEM_BAR; region += 2) {
        if (!promise_is_drivers(promise, region)) {
            continue;
        }
        promise_add_with(promise, WAY_GROUP, region, check_block,
                         "region %u: one fault serves an aligned 2 MiB",
                         region);
        promise_add_with(promise, WAY_GROUP, region, check_shifted,
                         "region %u: a mapping off by a page is served by "
                         "pages",
                         region);
    }
    promise_add_with(promise, WAY_GROUP, USEMEM_BAR, check_gib,
                     "region 4: an aligned 1 GiB is served by 2 MiB each");
    promise_add_with(promise, WAY_GROUP, USEMEM_BAR, check_short,
                     "region 4: less than 2 MiB is served by pages");
    promise_add(promise, WAY_GROUP, check_registers,
                "region 0: one fault serves an aligned 2 MiB");
    promise_add(promise, WAY_GROUP, check_frames,
                "region 4 is one piece of physical memory");
    promise_add(promise, WAY_GROUP, check_carve_out,
                "region 2 follows region 4 in physical memory");
    promise_add(promise, WAY_GROUP, check_again,
                "a reset takes mappings away, and they fault in again");
}
