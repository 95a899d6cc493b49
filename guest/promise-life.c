// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of promise-check on the life of a mapping of region 4: moved, cut,
 * inherited, and kept when the file is closed.
 */
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"
#include "window.h"

#include <fcntl.h>

#define PAGES 4

static size_t bytes_of(size_t pages)
{
    return pages * page_bytes();
}

/* Four pages with a pattern, before the spot of the other cases. */
static uint8_t *map_pages(struct promise *promise, uint64_t seed)
{
    uint64_t spot = promise_spot(promise, USEMEM_BAR) - 64 * KIB;
    uint8_t *base = promise_map_shared(promise, USEMEM_BAR,
                                       spot & ~(64 * KIB - 1), bytes_of(PAGES));

    if (base) {
        pattern_fill(base, bytes_of(PAGES), seed);
    }
    return base;
}

static bool check_grow(struct promise *promise)
{
    uint8_t *base = map_pages(promise, 1);
    void *grown;

    if (!base) {
        return false;
    }
    grown = mremap(base, bytes_of(PAGES), bytes_of(PAGES + 1), MREMAP_MAYMOVE);
    return promise_expect_error(grown == MAP_FAILED ? -1 : 0, EFAULT,
                                "mremap to more pages") &&
           pattern_check(base, bytes_of(PAGES), 1, 0, "the mapping");
}

static bool check_shrink(struct promise *promise)
{
    uint8_t *base = map_pages(promise, 2);

    return base &&
           promise_expect(mremap(base, bytes_of(PAGES), bytes_of(1), 0) == base,
                          1, "mremap to fewer pages at the same place") &&
           pattern_check(base, bytes_of(1), 2, 0, "the mapping") &&
           promise_expect_signal(base + bytes_of(1), false, SIGSEGV,
                                 "a page that was cut off");
}

static bool check_move(struct promise *promise)
{
    uint8_t *base = map_pages(promise, 3);
    uint8_t *room = mmap(NULL, bytes_of(PAGES), PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint8_t *moved;
    bool passed;

    if (!base || room == MAP_FAILED) {
        return false;
    }
    moved = mremap(base, bytes_of(PAGES), bytes_of(PAGES),
                   MREMAP_MAYMOVE | MREMAP_FIXED, room);
    passed = promise_expect(moved == room, 1, "mremap to a chosen place") &&
             pattern_check(moved, bytes_of(PAGES), 3, 0, "the moved mapping") &&
             promise_expect_signal(base, false, SIGSEGV, "the old place");
    munmap(room, bytes_of(PAGES));
    return passed;
}

static bool check_copy(struct promise *promise)
{
    uint8_t *base = map_pages(promise, 4);
    void *copy;

    if (!base) {
        return false;
    }
    copy = mremap(base, bytes_of(PAGES), bytes_of(PAGES),
                  MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
    return promise_expect_error(copy == MAP_FAILED ? -1 : 0, EINVAL,
                                "mremap that leaves the old mapping");
}

static bool check_hole(struct promise *promise)
{
    uint8_t *base = map_pages(promise, 5);
    const size_t rest = bytes_of(2);

    return base &&
           promise_expect(munmap(base + bytes_of(1), bytes_of(1)), 0,
                          "munmap of the second page") &&
           pattern_check(base, bytes_of(1), 5, 0, "the first page") &&
           pattern_check(base + rest, bytes_of(2), 5 + rest, rest,
                         "the rest") &&
           promise_expect_signal(base + bytes_of(1), false, SIGSEGV,
                                 "the second page");
}

static bool run_child(uint8_t *base)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        bool same =
            pattern_compare(base, bytes_of(PAGES), 6) == bytes_of(PAGES);

        pattern_fill(base, bytes_of(PAGES), 7);
        _exit(same ? 0 : 1);
    }
    return waitpid(child, &status, 0) == child && WIFEXITED(status) &&
           promise_equal((uint64_t)WEXITSTATUS(status), 0,
                         "the child's status");
}

static bool check_fork(struct promise *promise)
{
    uint8_t *base = map_pages(promise, 6);

    return base && run_child(base) &&
           pattern_check(base, bytes_of(PAGES), 7, 0, "the parent's mapping");
}

/* A child that first touches what the parent never did. */
static bool check_fork_untouched(struct promise *promise)
{
    uint8_t *base = map_pages(promise, 6);
    uint8_t *other;

    if (!base) {
        return false;
    }
    other = promise_map_shared(promise, USEMEM_BAR,
                               (promise_spot(promise, USEMEM_BAR) - 64 * KIB) &
                                   ~(64 * KIB - 1),
                               bytes_of(PAGES));
    return other && run_child(other) &&
           pattern_check(base, bytes_of(PAGES), 7, 0, "the parent's mapping");
}

/* A group is free again when the last mapping of its device is gone. */
static bool check_file_closed(struct promise *promise)
{
    uint8_t *base = map_pages(promise, 8);
    char number[32];
    int group;

    if (!base || !link_name(pci_path(&promise->function, "iommu_group"), number,
                            sizeof(number))) {
        return false;
    }
    vfio_close(&promise->device);
    promise->way = WAY_CLOSED;
    if (!pattern_check(base, bytes_of(PAGES), 8, 0,
                       "a mapping of a closed file")) {
        return false;
    }
    group = open(path_of("/dev/vfio/%s", number), O_RDWR | O_CLOEXEC);
    if (!promise_expect_error(group >= 0 ? 0 : -1, EBUSY,
                              "opening the group")) {
        close(group);
        return false;
    }
    return promise_expect(munmap(base, bytes_of(PAGES)), 0, "munmap") &&
           promise_open(promise, WAY_GROUP);
}

void add_mapping_life_promises(struct promise *promise)
{
    promise_add(promise, WAY_GROUP, check_grow,
                "a mapping cannot grow: mremap gives EFAULT");
    promise_add(promise, WAY_GROUP, check_shrink, "a mapping can be cut short");
    promise_add(promise, WAY_GROUP, check_move,
                "a mapping can be moved, and shows the same there");
    promise_add(promise, WAY_GROUP, check_copy,
                "a mapping cannot be moved and left: EINVAL");
    promise_add(promise, WAY_GROUP, check_hole,
                "the middle of a mapping can be unmapped");
    promise_add(promise, WAY_GROUP, check_fork,
                "a child inherits a mapping, and shares the memory");
    promise_add(promise, WAY_GROUP, check_fork_untouched,
                "a child faults in what its parent never touched");
    promise_add(promise, WAY_GROUP, check_file_closed,
                "a mapping outlives the file, and keeps the group busy");
}
