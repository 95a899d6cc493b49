// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of node-check on programs that use the node's memory. */
#include "node-check.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bar-map.h"
#include "bound-memory.h"
#include "files.h"
#include "ktap.h"
#include "memory-ops.h"
#include "nodes.h"
#include "pattern.h"
#include "words.h"

#define FEW_PAGES  16
#define HUGE_PAGES 4

/* Enough that a node of the wrong size, or an alias in it, shows. */
#define FILL_BYTES (256 * MIB)

/* One entry of /proc/kpageflags: part of a transparent huge page. */
#define KPF_THP (1ULL << 22)

static bool check_bound(void *context)
{
    const struct node_gpu *gpu = context;
    size_t bytes = FEW_PAGES * page_bytes();
    volatile uint8_t *base;
    bool done;

    if (!node_is_there(gpu)) {
        return false;
    }
    base = bound_memory_map(gpu->node, bytes, 0);
    if (!base) {
        return false;
    }
    done = bound_memory_check_inside(base, bytes, gpu->start, gpu->added) &&
           bound_memory_check_node(base, bytes, gpu->node);
    bound_memory_unmap(base, bytes);
    return done;
}

/* One page of the node and the window of BAR4 that shows it. */
static bool map_both(const struct node_gpu *gpu, volatile uint8_t **page,
                     struct window *window)
{
    uint64_t physical;

    if (!node_is_there(gpu)) {
        return false;
    }
    *page = bound_memory_map(gpu->node, page_bytes(), 0);
    return *page && bound_memory_physical(*page, &physical) &&
           (physical - gpu->start < gpu->added ||
            ktap_fail("the page is at 0x%" PRIx64 ", not in BAR%d", physical,
                      USEMEM_BAR)) &&
           bar_map(&gpu->function, USEMEM_BAR, true, physical - gpu->start,
                   page_bytes(), window);
}

static bool check_shown(void *context)
{
    volatile uint8_t *page;
    struct window window;

    if (!map_both(context, &page, &window)) {
        return false;
    }
    pattern_fill(page, page_bytes(), 21);
    return pattern_check(window.base, page_bytes(), 21, 0, "BAR4");
}

static bool check_seen(void *context)
{
    volatile uint8_t *page;
    struct window window;

    if (!map_both(context, &page, &window)) {
        return false;
    }
    pattern_fill(window.base, page_bytes(), 22);
    return pattern_check(page, page_bytes(), 22, 0, "the program's page");
}

static bool is_huge(uint64_t physical)
{
    uint64_t flags = 0;
    int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
    off_t offset = (off_t)(physical / page_bytes() * sizeof(flags));
    bool done =
        fd >= 0 && pread(fd, &flags, sizeof(flags), offset) == sizeof(flags);

    if (fd >= 0) {
        close(fd);
    }
    return done && flags & KPF_THP;
}

static bool check_huge_page(const struct node_gpu *gpu, volatile uint8_t *base,
                            size_t bytes)
{
    uint64_t physical;

    if (!bound_memory_physical(base, &physical)) {
        return false;
    }
    if (physical % bytes != 0 || !is_huge(physical)) {
        return ktap_fail("the page at 0x%" PRIx64 " is no huge page of %zu "
                         "bytes",
                         physical, bytes);
    }
    return bound_memory_check_inside(base, bytes, physical, bytes) &&
           bound_memory_check_inside(base, bytes, gpu->start, gpu->added);
}

static bool check_huge(void *context)
{
    const struct node_gpu *gpu = context;
    size_t huge = bound_memory_huge_bytes();
    size_t bytes = HUGE_PAGES * huge;
    volatile uint8_t *base;
    bool done;

    if (huge == 0 || !node_is_there(gpu)) {
        return false;
    }
    base = bound_memory_map_huge(gpu->node, bytes);
    if (!base) {
        return false;
    }
    words_fill(base, bytes, 23);
    done = words_check(base, bytes, 23);
    for (size_t i = 0; done && i < HUGE_PAGES; i++) {
        done = check_huge_page(gpu, base + i * huge, huge);
    }
    bound_memory_unmap(base, bytes);
    return done;
}

static bool check_code(void *context)
{
    const struct node_gpu *gpu = context;
    volatile uint8_t *pages;

    if (!node_is_there(gpu)) {
        return false;
    }
    pages = bound_memory_map(gpu->node, 2 * page_bytes(), PROT_EXEC);
    return pages && memory_check_code(pages);
}

static bool check_atomic_add(void *context)
{
    const struct node_gpu *gpu = context;
    volatile uint8_t *page;

    if (!node_is_there(gpu)) {
        return false;
    }
    page = bound_memory_map(gpu->node, page_bytes(), 0);
    return page && memory_check_atomic_add(page);
}

/* MemFree of a node in bytes. */
static uint64_t free_bytes(unsigned node)
{
    char text[512];
    uint64_t kibibytes = 0;
    int fd = open(path_of(NODES "/node%u/meminfo", node), O_RDONLY | O_CLOEXEC);
    ssize_t count = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

    if (fd >= 0) {
        close(fd);
    }
    text[count < 0 ? 0 : count] = '\0';
    sscanf(text, "Node %*u MemTotal: %*u kB Node %*u MemFree: %" SCNu64,
           &kibibytes);
    return kibibytes * KIB;
}

static bool check_filled(const struct node_gpu *gpu, volatile uint8_t *base,
                         size_t bytes, uint64_t free_before)
{
    uint64_t free_after = free_bytes(gpu->node);

    words_fill(base, bytes, 24);
    if (free_after + bytes > free_before) {
        return ktap_fail("node %u has %" PRIu64 " bytes free, and had %" PRIu64
                         " before %zu were used",
                         gpu->node, free_after, free_before, bytes);
    }
    return bound_memory_check_inside(base, bytes, gpu->start, gpu->added) &&
           words_check(base, bytes, 24);
}

static bool check_fill(void *context)
{
    const struct node_gpu *gpu = context;
    size_t bytes = gpu->added / 2 < FILL_BYTES ? gpu->added / 2 : FILL_BYTES;
    volatile uint8_t *base;
    uint64_t free_before;
    bool done;

    if (!node_is_there(gpu)) {
        return false;
    }
    free_before = free_bytes(gpu->node);
    base = bound_memory_map(gpu->node, bytes, 0);
    if (!base) {
        return false;
    }
    done = check_filled(gpu, base, bytes, free_before);
    bound_memory_unmap(base, bytes);
    return done;
}

void add_use_cases(struct node_gpu *gpu, const char *label)
{
    ktap_add(check_bound, gpu, "%s: pages bound to the node lie in BAR%d",
             label, USEMEM_BAR);
    ktap_add(check_shown, gpu, "%s: BAR%d shows what a program wrote", label,
             USEMEM_BAR);
    ktap_add(check_seen, gpu, "%s: a program sees what was written to BAR%d",
             label, USEMEM_BAR);
    ktap_add(check_huge, gpu, "%s: huge pages of the node lie in BAR%d", label,
             USEMEM_BAR);
    ktap_add(check_code, gpu, "%s: code in pages of the node runs", label);
    ktap_add(check_atomic_add, gpu,
             "%s: atomic adds (" ATOMIC_ADD ") work in pages of the node",
             label);
    ktap_add(check_fill, gpu, "%s: 256 MiB of the node hold what was written",
             label);
}
