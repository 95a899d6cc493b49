// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How fast programs use the GPU's memory, against the machine's own in the same
 * boot: in bare-metal mapped from NVIDIA's driver, cacheable; in vm as the
 * memory of the GPU's NUMA node.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "bound-memory.h"
#include "files.h"
#include "gpu-module.h"
#include "ktap.h"
#include "nodes.h"
#include "options.h"
#include "sizes.h"
#include "speed.h"
#include "speed-stream.h"
#include "vfio.h"
#include "window.h"

/* Of the GPU's memory, what the kernel gets as a node's. */
#define NODE_BYTES (2 * GIB)
/* The machine's own memory. */
#define OWN_NODE 0
/* Memory whose pages are touched one after the other for the first time. */
#define FAULT_BYTES (8 * MIB)

static struct vfio_device device = {NULL, -1, -1, -1, -1};
static struct vfio_region region;
static void *own_block, *gpu_block;
static unsigned gpu_node;

static bool measure(void *context)
{
    return speed_measure(context);
}

static void add_case(const char *place, const char *name, const char *unit,
                     struct speed_side measured, struct speed_side baseline)
{
    struct speed_case *this = calloc(1, sizeof(*this));
    char *text = NULL;

    if (!this || asprintf(&text, "%s: %s", place, name) < 0) {
        ktap_line("# out of memory; give the guest more with -m");
        exit(2);
    }
    baseline.name = "RAM";
    *this = (struct speed_case){text, unit, measured, baseline, 0};
    ktap_add(measure, this, "%s", text);
}

static void add_loads(const char *place)
{
    for (size_t i = 0; i < stream_load_count; i++) {
        const struct stream_load *load = &stream_loads[i];

        add_case(place, load->name, load->unit,
                 (struct speed_side){NULL, load->work, gpu_block, load->count},
                 (struct speed_side){NULL, load->work, own_block, load->count});
    }
}

/* Maps pages of a node, touches each, and gives them back. */
static bool touch_node(void *context)
{
    unsigned node = *(const unsigned *)context;
    volatile uint8_t *base = bound_memory_map(node, FAULT_BYTES, 0);

    if (base) {
        bound_memory_unmap(base, FAULT_BYTES);
    }
    return base != NULL;
}

static bool touch_mapping(void *context)
{
    volatile uint8_t *base =
        mmap(NULL, FAULT_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
             device.device, (off_t)region.offset);

    (void)context;
    if (base == MAP_FAILED) {
        return ktap_fail("region %u cannot be mapped: %s", region.index,
                         strerror(errno));
    }
    for (size_t i = 0; i < FAULT_BYTES; i += page_bytes()) {
        base[i] = 1;
    }
    munmap((void *)base, FAULT_BYTES);
    return true;
}

static void add_faults(const char *place, speed_work work)
{
    static unsigned own_node = OWN_NODE;
    uint64_t pages = FAULT_BYTES / page_bytes();

    add_case(place, "first touch of a page", "ns",
             (struct speed_side){NULL, work, &gpu_node, pages},
             (struct speed_side){NULL, touch_node, &own_node, pages});
}

/* The node that has memory beside the machine's own. */
static bool find_node(void)
{
    char nodes[128];

    return (read_line(NODES "/has_memory", nodes, sizeof(nodes)) &&
            sscanf(nodes, "0%*[-,]%u", &gpu_node) == 1) ||
           ktap_fail("the GPU's memory is in no node");
}

static bool use_node(const struct pci_function *gpu)
{
    char parameters[128];

    snprintf(parameters, sizeof(parameters), "function=%s bytes=%" PRIu64,
             gpu->address, (uint64_t)NODE_BYTES);
    if (gpu_module_load(parameters)) {
        return ktap_fail("%s: %s", GPU_MODULE_FILE, gpu_module_sentence());
    }
    if (!find_node()) {
        return false;
    }
    gpu_block = (void *)bound_memory_map(gpu_node, BLOCK_BYTES, 0);
    return gpu_block != NULL;
}

static bool use_mapping(struct pci_function *gpu)
{
    char reason[256];
    struct window window;

    if (!pci_bind_nvgrace(gpu, reason, sizeof(reason))) {
        return ktap_fail("%s", reason);
    }
    device.function = gpu;
    if (!vfio_open_group(&device) ||
        !vfio_region_get(&device, USEMEM_BAR, &region) ||
        !window_map(&window, device.device, region.offset, BLOCK_BYTES, 0,
                    "region 4", 0)) {
        return false;
    }
    gpu_block = (void *)window.base;
    return true;
}

int main(void)
{
    static struct pci_function gpu;
    bool in_vm;

    if (!speed_options() || !speed_find_gpu(&gpu)) {
        return speed_give_up();
    }
    in_vm = options_get()->representation == REPRESENTATION_VM;
    own_block = (void *)bound_memory_map(OWN_NODE, BLOCK_BYTES, 0);
    if (!own_block || !(in_vm ? use_node(&gpu) : use_mapping(&gpu))) {
        return speed_give_up();
    }
    stream_fill(own_block);
    stream_fill(gpu_block);
    add_loads(in_vm ? "NUMA node" : "mapped from the driver");
    add_faults(in_vm ? "NUMA node" : "mapped from the driver",
               in_vm ? touch_node : touch_mapping);
    return ktap_run();
}
