// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of node-check on what the kernel knows of the memory's speed. */
#include "node-check.h"

#include <stdio.h>
#include <unistd.h>

#include "acpi.h"
#include "files.h"
#include "ktap.h"
#include "nodes.h"

#define TIERING "../../virtual/memory_tiering"

/* Numbers of tiers are as far apart as latencies (memory-tiers.c). */
#define MAX_TIERS 4096

static bool check_class(unsigned node, unsigned class)
{
    static const char *const names[] = {"read_latency", "write_latency",
                                        "read_bandwidth", "write_bandwidth"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        uint64_t value = 0;

        read_number(path_of(NODES "/node%u/access%u/initiators/%s", node, class,
                            names[i]),
                    &value);
        if (value == 0) {
            return ktap_fail("access%u of node %u has no %s", class, node,
                             names[i]);
        }
    }
    return true;
}

static bool check_access(void *context)
{
    const struct node_gpu *gpu = context;
    struct acpi_table table;

    if (!node_is_there(gpu)) {
        return false;
    }
    if (acpi_load("HMAT", &table, 1) == 0) {
        return ktap_skip("firmware gave no HMAT");
    }
    /*
     * Linux 7.3 registers a target of the HMAT once (hmat_hotplug_target()),
     * and forgets the attributes when the node's last memory goes away
     * (unregister_node()), so that they are missing from then on.
     */
    if (gpu->rounds > 1 &&
        access(path_of(NODES "/node%u/access0", gpu->node), F_OK) != 0) {
        return ktap_skip("Linux forgets the attributes of a node whose memory "
                         "was removed");
    }
    return check_class(gpu->node, 0) && check_class(gpu->node, 1);
}

static bool check_tier(void *context)
{
    const struct node_gpu *gpu = context;
    unsigned tiers = 0;

    if (!node_is_there(gpu)) {
        return false;
    }
    for (unsigned tier = 0; tier < MAX_TIERS; tier++) {
        struct node_set nodes;
        char file[64];

        /* Relative to the folder of the nodes. */
        snprintf(file, sizeof(file), TIERING "/memory_tier%u/nodelist", tier);
        if (nodes_read(file, &nodes)) {
            tiers += nodes.has[gpu->node];
        }
    }
    return tiers == 1 ||
           ktap_fail("node %u is in %u memory tiers", gpu->node, tiers);
}

void add_speed_cases(struct node_gpu *gpu, const char *label)
{
    ktap_add(check_access, gpu, "%s: the kernel knows how fast the memory is",
             label);
    ktap_add(check_tier, gpu, "%s: the node is in one memory tier", label);
}
