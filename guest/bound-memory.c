// SPDX-License-Identifier: GPL-2.0-or-later
#include "bound-memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/mempolicy.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"
#include "nodes.h"
#include "window.h"

/* One entry of /proc/self/pagemap: present, and the page's number. */
#define PAGEMAP_PRESENT (1ULL << 63)
#define PAGEMAP_NUMBER  ((1ULL << 55) - 1)

/* The kernel gives a page up that somebody uses at that moment (EBUSY). */
#define MOVE_TRIES 5

/* Pages that are asked about at once. */
#define BATCH 512

static bool bind_to(volatile uint8_t *base, size_t bytes, unsigned node)
{
    unsigned long mask[MAX_NODES / (8 * sizeof(unsigned long))] = {0};
    const size_t bits = 8 * sizeof(mask[0]);

    mask[node / bits] = 1UL << (node % bits);
    return syscall(SYS_mbind, base, bytes, MPOL_BIND, mask, MAX_NODES, 0) ==
               0 ||
           ktap_fail("memory cannot be bound to node %u: %s", node,
                     strerror(errno));
}

static volatile uint8_t *map_anonymous(size_t bytes, int protection)
{
    void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE | protection,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (base == MAP_FAILED) {
        ktap_fail("%zu bytes cannot be mapped: %s", bytes, strerror(errno));
        return NULL;
    }
    return base;
}

static void touch(volatile uint8_t *base, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += page_bytes()) {
        base[i] = 1;
    }
}

volatile uint8_t *bound_memory_map(unsigned node, size_t bytes, int protection)
{
    volatile uint8_t *base = map_anonymous(bytes, protection);

    if (base && !bind_to(base, bytes, node)) {
        bound_memory_unmap(base, bytes);
        return NULL;
    }
    if (base) {
        touch(base, bytes);
    }
    return base;
}

size_t bound_memory_huge_bytes(void)
{
    uint64_t bytes = 0;

    if (!read_number("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size",
                     &bytes)) {
        ktap_fail("the kernel has no huge pages; enable "
                  "CONFIG_TRANSPARENT_HUGEPAGE");
    }
    return (size_t)bytes;
}

volatile uint8_t *bound_memory_map_huge(unsigned node, size_t bytes)
{
    size_t huge = bound_memory_huge_bytes();
    volatile uint8_t *base = huge ? map_anonymous(bytes + huge, 0) : NULL;
    size_t before;

    if (!base) {
        return NULL;
    }
    before = (huge - (uintptr_t)base % huge) % huge;
    bound_memory_unmap(base, before);
    base += before;
    bound_memory_unmap(base + bytes, huge - before);
    if (madvise((void *)base, bytes, MADV_HUGEPAGE) != 0) {
        ktap_fail("madvise(MADV_HUGEPAGE): %s", strerror(errno));
    } else if (bind_to(base, bytes, node)) {
        touch(base, bytes);
        return base;
    }
    bound_memory_unmap(base, bytes);
    return NULL;
}

void bound_memory_unmap(volatile uint8_t *base, size_t bytes)
{
    if (bytes > 0) {
        munmap((void *)base, bytes);
    }
}

static bool read_pagemap(volatile uint8_t *address, uint64_t *entries,
                         size_t count)
{
    size_t bytes = count * sizeof(entries[0]);
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    off_t offset = (off_t)((uintptr_t)address / page_bytes() * 8);
    bool done = fd >= 0 && pread(fd, entries, bytes, offset) == (ssize_t)bytes;

    if (fd >= 0) {
        close(fd);
    }
    for (size_t i = 0; done && i < count; i++) {
        done = entries[i] & PAGEMAP_PRESENT;
    }
    return done || ktap_fail("/proc/self/pagemap does not show the page; "
                             "enable CONFIG_PROC_PAGE_MONITOR");
}

bool bound_memory_physical(volatile uint8_t *address, uint64_t *physical)
{
    uint64_t entry;

    if (!read_pagemap(address, &entry, 1)) {
        return false;
    }
    *physical = (entry & PAGEMAP_NUMBER) * page_bytes();
    return true;
}

bool bound_memory_check_inside(volatile uint8_t *base, size_t bytes,
                               uint64_t start, uint64_t length)
{
    size_t pages = bytes / page_bytes();
    uint64_t entries[BATCH];

    for (size_t first = 0; first < pages; first += BATCH) {
        size_t count = pages - first < BATCH ? pages - first : BATCH;

        if (!read_pagemap(base + first * page_bytes(), entries, count)) {
            return false;
        }
        for (size_t i = 0; i < count; i++) {
            uint64_t physical = (entries[i] & PAGEMAP_NUMBER) * page_bytes();

            if (physical - start >= length) {
                return ktap_fail("page %zu of %zu is at 0x%" PRIx64
                                 ", not in 0x%" PRIx64 "-0x%" PRIx64,
                                 first + i, pages, physical, start,
                                 start + length - 1);
            }
        }
    }
    return true;
}

/* Asks for the pages' nodes, or moves them, in batches. */
static bool pages_are_on(volatile uint8_t *base, size_t bytes, unsigned node,
                         bool move)
{
    size_t pages = bytes / page_bytes();
    void *addresses[BATCH];
    int nodes[BATCH], status[BATCH];

    for (size_t first = 0; first < pages; first += BATCH) {
        size_t count = pages - first < BATCH ? pages - first : BATCH;

        for (size_t i = 0; i < count; i++) {
            addresses[i] = (void *)(base + (first + i) * page_bytes());
            nodes[i] = (int)node;
            status[i] = -1;
        }
        if (syscall(SYS_move_pages, 0, count, addresses, move ? nodes : NULL,
                    status, MPOL_MF_MOVE) < 0) {
            return ktap_fail("move_pages: %s", strerror(errno));
        }
        for (size_t i = 0; i < count; i++) {
            if (status[i] != (int)node) {
                return ktap_fail("page %zu of %zu is on node %d, not on %u",
                                 first + i, pages, status[i], node);
            }
        }
    }
    return true;
}

bool bound_memory_check_node(volatile uint8_t *base, size_t bytes,
                             unsigned node)
{
    return pages_are_on(base, bytes, node, false);
}

bool bound_memory_move(volatile uint8_t *base, size_t bytes, unsigned node)
{
    for (int i = 1; i < MOVE_TRIES; i++) {
        if (pages_are_on(base, bytes, node, true)) {
            return true;
        }
    }
    return pages_are_on(base, bytes, node, true);
}
