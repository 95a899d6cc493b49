// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of node-check on how the kernel shows the memory. */
#include "node-check.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "gpu-domain.h"
#include "gpu-module.h"
#include "ktap.h"
#include "nodes.h"
#include "window.h"

#define MEMORY "/sys/devices/system/memory"

static uint64_t block_bytes(void)
{
    char text[32];

    return read_line(MEMORY "/block_size_bytes", text, sizeof(text))
               ? strtoull(text, NULL, 16)
               : 1;
}

static bool is_of_node(uint64_t block, unsigned node)
{
    return access(path_of(MEMORY "/memory%" PRIu64 "/node%u", block, node),
                  F_OK) == 0;
}

static bool check_node(void *context)
{
    struct node_gpu *gpu = context;
    uint64_t block = gpu->start / block_bytes();
    uint32_t domain;
    size_t place;

    if (!node_is_there(gpu)) {
        return false;
    }
    for (gpu->node = 0; gpu->node < MAX_NODES; gpu->node++) {
        if (is_of_node(block, gpu->node)) {
            break;
        }
    }
    if (gpu->node == MAX_NODES) {
        gpu->is_there = false;
        return ktap_fail("the memory block at 0x%" PRIx64 " has no node",
                         gpu->start);
    }
    /* The second time it may be less. */
    if (gpu->rounds == 1) {
        nodes_print_fact(gpu->node);
    }
    if (!gpu_domain_find(&gpu->function, &domain, &place)) {
        return ktap_fail("no generic initiator names the function, and the "
                         "memory is on node %u",
                         gpu->node);
    }
    return gpu_domain_check_node(gpu->node, place);
}

static bool check_size(void *context)
{
    const struct node_gpu *gpu = context;
    uint64_t listed;

    if (!node_is_there(gpu)) {
        return false;
    }
    listed = node_block_bytes(gpu->node);
    return (node_memory(gpu->node) == gpu->added && listed == gpu->added) ||
           ktap_fail("node %u has %" PRIu64 " bytes, %" PRIu64
                     " of them in memory blocks, and not %" PRIu64,
                     gpu->node, node_memory(gpu->node), listed, gpu->added);
}

static bool check_blocks(void *context)
{
    const struct node_gpu *gpu = context;
    uint64_t bytes = block_bytes();

    if (!node_is_there(gpu)) {
        return false;
    }
    for (uint64_t at = 0; at < gpu->added; at += bytes) {
        uint64_t block = (gpu->start + at) / bytes;
        char state[32], zones[64];

        read_line(path_of(MEMORY "/memory%" PRIu64 "/state", block), state,
                  sizeof(state));
        read_line(path_of(MEMORY "/memory%" PRIu64 "/valid_zones", block),
                  zones, sizeof(zones));
        if (strcmp(state, "online") != 0 || strcmp(zones, "Movable") != 0 ||
            !is_of_node(block, gpu->node)) {
            return ktap_fail("memory block %" PRIu64
                             " is \"%s\" in zone \"%s\"",
                             block, state, zones);
        }
    }
    return true;
}

/* What /proc/zoneinfo says of a zone. */
struct zone {
    uint64_t spanned, present, start;
};

/* One line of the part on a zone. */
static void take_line(const char *line, struct zone *zone)
{
    sscanf(line, " spanned %" SCNu64, &zone->spanned);
    sscanf(line, " present %" SCNu64, &zone->present);
    sscanf(line, " start_pfn: %" SCNu64, &zone->start);
}

/* The movable zone of the node, and the pages of its other zones. */
static bool read_zones(unsigned node, struct zone *movable, uint64_t *others)
{
    size_t count;
    char *text = (char *)read_bytes("/proc/zoneinfo", &count);
    char *rest = text;
    struct zone ignored, other;
    struct zone *current = &ignored;
    char *line;

    *others = 0;
    memset(movable, 0, sizeof(*movable));
    while (text && (line = strsep(&rest, "\n")) != NULL) {
        unsigned of;
        char name[16];

        if (sscanf(line, "Node %u, zone %15s", &of, name) != 2) {
            take_line(line, current);
            if (current == &other && strstr(line, " present ")) {
                *others += other.present;
            }
        } else if (of != node) {
            current = &ignored;
        } else {
            current = strcmp(name, "Movable") == 0 ? movable : &other;
        }
    }
    free(text);
    return text != NULL || ktap_fail("/proc/zoneinfo cannot be read");
}

static bool check_zone(void *context)
{
    const struct node_gpu *gpu = context;
    uint64_t page = page_bytes();
    struct zone zone;
    uint64_t others;

    if (!node_is_there(gpu) || !read_zones(gpu->node, &zone, &others)) {
        return false;
    }
    return (zone.start * page == gpu->start &&
            zone.spanned * page == gpu->added &&
            zone.present * page == gpu->added && others == 0) ||
           ktap_fail("the movable zone of node %u starts at 0x%" PRIx64
                     " and has %" PRIu64 " of %" PRIu64
                     " bytes, and other zones %" PRIu64,
                     gpu->node, zone.start * page, zone.present * page,
                     zone.spanned * page, others * page);
}

uint64_t node_resource_bytes(uint64_t start, uint64_t length)
{
    size_t count;
    char *text = (char *)read_bytes("/proc/iomem", &count);
    char *rest = text;
    uint64_t bytes = 0;
    char *line;

    while (text && (line = strsep(&rest, "\n")) != NULL) {
        const char *name = strstr(line, " : ");
        uint64_t first, last;

        if (name && strcmp(name + 3, GPU_MODULE_RESOURCE) == 0 &&
            sscanf(line, " %" SCNx64 "-%" SCNx64, &first, &last) == 2 &&
            first - start < length && last - start < length) {
            bytes += last - first + 1;
        }
    }
    free(text);
    return bytes;
}

static bool check_resource(void *context)
{
    const struct node_gpu *gpu = context;
    uint64_t bytes = node_resource_bytes(gpu->start, gpu->added);

    return node_is_there(gpu) &&
           (bytes == gpu->added ||
            ktap_fail("/proc/iomem shows %" PRIu64 " bytes of BAR%d as "
                      "\"" GPU_MODULE_RESOURCE "\", not %" PRIu64,
                      bytes, USEMEM_BAR, gpu->added));
}

uint64_t node_block_bytes(unsigned node)
{
    struct dirent **entries;
    int count = scandir(path_of(NODES "/node%u", node), &entries, NULL, NULL);
    uint64_t blocks = 0;

    for (int i = 0; i < count; i++) {
        unsigned block;

        blocks += sscanf(entries[i]->d_name, "memory%u", &block) == 1;
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
    return blocks * block_bytes();
}

bool node_check_gone(struct node_gpu *gpu)
{
    uint64_t bytes = block_bytes();
    struct node_set memory;

    gpu->is_there = false;
    for (uint64_t at = 0; at < gpu->added; at += bytes) {
        uint64_t block = (gpu->start + at) / bytes;

        if (access(path_of(MEMORY "/memory%" PRIu64, block), F_OK) == 0) {
            return ktap_fail("memory block %" PRIu64 " is still there", block);
        }
    }
    if (node_resource_bytes(gpu->start, gpu->usemem.bar_bytes) > 0) {
        return ktap_fail("/proc/iomem still shows \"" GPU_MODULE_RESOURCE
                         "\" in BAR%d",
                         USEMEM_BAR);
    }
    if (gpu->node == MAX_NODES) {
        return ktap_fail("the memory's node was not found");
    }
    nodes_read("has_memory", &memory);
    return (!memory.has[gpu->node] && node_memory(gpu->node) == 0) ||
           ktap_fail("node %u still has %" PRIu64 " bytes of memory", gpu->node,
                     node_memory(gpu->node));
}

void add_appearance_cases(struct node_gpu *gpu, const char *label)
{
    ktap_add(check_node, gpu,
             "%s: the memory is in the first node of its initiators", label);
    ktap_add(check_size, gpu,
             "%s: the node has all whole memory blocks behind BAR%d", label,
             USEMEM_BAR);
    ktap_add(check_blocks, gpu, "%s: each memory block is online and movable",
             label);
    ktap_add(check_zone, gpu,
             "%s: the node's movable zone is this memory, and it has no other",
             label);
    ktap_add(check_resource, gpu,
             "%s: /proc/iomem shows the memory as RAM of a driver", label);
    add_speed_cases(gpu, label);
}
