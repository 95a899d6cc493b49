// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A page of BAR4 that goes bad while it is ordinary memory of a program of the
 * guest: our module has given the memory to the kernel as a node's.
 */
#include <inttypes.h>
#include <stdio.h>

#include "bad-read.h"
#include "bound-memory.h"
#include "gpu-module.h"
#include "host.h"
#include "ktap.h"
#include "nodes.h"
#include "passthrough-check.h"
#include "pattern.h"

/* Some memory blocks, whatever their size is. */
#define NODE_BYTES (512ULL << 20)
#define PAGES      4
#define PAGE_BYTES 4096
#define BAD_PAGE   1
#define SEED       850

static struct window window;
static unsigned node;
static uint64_t bad_address;

static bool check_load(void *context)
{
    struct passthrough *gpu = context;
    char parameters[128];
    struct node_set memory;

    snprintf(parameters, sizeof(parameters), "function=%s bytes=%llu",
             gpu->function.address, NODE_BYTES);
    if (gpu_module_load(parameters)) {
        return ktap_fail("%s: %s", GPU_MODULE_FILE, gpu_module_sentence());
    }
    /* The machine's own memory is node 0's. */
    nodes_read("has_memory", &memory);
    for (node = 1; node < MAX_NODES; node++) {
        if (memory.has[node]) {
            return true;
        }
    }
    return ktap_fail("the GPU's memory is in no node");
}

static bool map_pages(void)
{
    window.base = bound_memory_map(node, PAGES * PAGE_BYTES, 0);
    window.bytes = PAGES * PAGE_BYTES;
    if (!window.base) {
        return false;
    }
    pattern_fill(window.base, window.bytes, SEED);
    return true;
}

static bool check_bad(void *context)
{
    struct passthrough *gpu = context;
    uint64_t start = gpu->function.bars[USEMEM_BAR].start;

    if (!map_pages() ||
        !bound_memory_physical(window.base + BAD_PAGE * PAGE_BYTES,
                               &bad_address) ||
        !host_ask("poison 0x%" PRIx64, bad_address - start)) {
        return false;
    }
    bad_read(&window, BAD_PAGE * PAGE_BYTES, SEED, "node");
    /* The kernel has taken the page away by now: no device is asked. */
    bad_read(&window, BAD_PAGE * PAGE_BYTES, SEED, "taken away");
    bad_read(&window, (BAD_PAGE + 1) * PAGE_BYTES, SEED, "next page");
    return true;
}

/* With the page's own place bad, memory of the node is whole. */
static bool check_others(void *context)
{
    (void)context;
    bound_memory_unmap(window.base, window.bytes);
    if (!map_pages()) {
        return false;
    }
    for (size_t page = 0; page < PAGES; page++) {
        uint64_t address;

        if (!bound_memory_physical(window.base + page * PAGE_BYTES, &address)) {
            return false;
        }
        if (address == bad_address) {
            return ktap_fail("page %zu is the bad one", page);
        }
    }
    return pattern_check(window.base, window.bytes, SEED, 0, "the node");
}

void add_node_cases(struct passthrough *gpu)
{
    ktap_add(check_load, gpu, "the memory is a node's");
    ktap_add(check_bad, gpu, "a page of a program goes bad, and no other");
    ktap_add(check_others, NULL, "the kernel gives that page to nobody");
}
