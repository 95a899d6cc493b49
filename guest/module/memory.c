// SPDX-License-Identifier: GPL-2.0-or-later
#include "memory.h"

#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "initiator.h"

/*
 * NVIDIA's driver adds the memory in up to 128 pieces, and lets others run in
 * between: hundreds of GiB in one go would hold a CPU for seconds.
 */
#define MAX_PIECES 128

struct pci_dev *memory_find_function(const char *address)
{
    unsigned int domain, bus, device, number;
    char rest;

    if (sscanf(address, "%x:%x:%x.%x%c", &domain, &bus, &device, &number,
               &rest) != 4 ||
        bus > 0xff || device > 0x1f || number > 7) {
        return NULL;
    }
    return pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(device, number));
}

/* Where the memory is, and how much of it makes whole memory blocks. */
static int find_memory(struct given *memory, u64 wanted, u64 *size)
{
    struct pci_dev *function = memory->function;
    u64 length = pci_resource_len(function, USEMEM_BAR);
    u64 block = memory_block_size_bytes();

    memory->start = pci_resource_start(function, USEMEM_BAR);
    if (!(pci_resource_flags(function, USEMEM_BAR) & IORESOURCE_MEM) ||
        !memory->start) {
        pci_err(function,
                "there is no BAR%d; in the bare-metal representation the "
                "memory is in none\n",
                USEMEM_BAR);
        return -ENODEV;
    }
    if (wanted > length) {
        pci_err(function, "bytes=%llu is more than the %llu of BAR%d\n", wanted,
                length, USEMEM_BAR);
        return -EINVAL;
    }
    *size = ALIGN_DOWN(wanted, block);
    if (!IS_ALIGNED(memory->start, block) || *size == 0) {
        pci_err(function,
                "%llu bytes at 0x%llx hold no memory block of %llu bytes from "
                "their start\n",
                wanted, memory->start, block);
        return -EINVAL;
    }
    memory->piece = ALIGN(DIV_ROUND_UP(*size, MAX_PIECES), block);
    return 0;
}

/*
 * The kernel describes each page in memory that it has already, and instead of
 * failing would end programs for it, in the end all.
 */
static int check_room(const struct given *memory, u64 size)
{
    u64 needed = PHYS_PFN(size) * sizeof(struct page);
    u64 available = PFN_PHYS(max(si_mem_available(), 0L));

    if (needed < available) {
        return 0;
    }
    pci_err(memory->function,
            "%llu bytes need %llu of the kernel's own memory, and %llu are "
            "free; give the guest more (-m)\n",
            size, needed, available);
    return -ENOMEM;
}

static int find_node(struct given *memory)
{
    nodemask_t nodes;
    int initiators = initiator_nodes(memory->function, &nodes);

    if (initiators < 0) {
        return initiators;
    }
    for_each_node_mask(memory->node, nodes)
    {
        if (!node_state(memory->node, N_MEMORY)) {
            return 0;
        }
    }
    pci_err(
        memory->function,
        "all %d nodes of its generic initiators (%*pbl) have memory already\n",
        nodes_weight(nodes), nodemask_pr_args(&nodes));
    return -EBUSY;
}

/* The node has nothing but this memory, all of it online and movable. */
static bool is_online(const struct given *memory)
{
    const struct zone *zone =
        &NODE_DATA(memory->node)->node_zones[ZONE_MOVABLE];

    return node_state(memory->node, N_MEMORY) &&
           zone->zone_start_pfn == PHYS_PFN(memory->start) &&
           zone->spanned_pages == PHYS_PFN(memory->size) &&
           zone->present_pages == PHYS_PFN(memory->size);
}

int memory_take_back(struct given *memory)
{
    while (memory->size > 0) {
        u64 rest = rounddown(memory->size - 1, memory->piece);
        int error = offline_and_remove_memory(memory->start + rest,
                                              memory->size - rest);

        if (error) {
            pci_err(memory->function,
                    "%llu bytes of node %d cannot be taken back (error %d); "
                    "somebody uses pages that cannot move\n",
                    memory->size, memory->node, error);
            return error;
        }
        memory->size = rest;
        cond_resched();
    }
    kfree(memory->resource);
    pci_dev_put(memory->function);
    memset(memory, 0, sizeof(*memory));
    return 0;
}

void memory_abandon(struct given *memory)
{
    pci_err(memory->function,
            "its memory stays with the kernel until the machine is off\n");
    pci_dev_put(memory->function);
    memset(memory, 0, sizeof(*memory));
}

static int add_pieces(struct given *memory, u64 all)
{
    while (memory->size < all) {
        u64 start = memory->start + memory->size;
        u64 size = min(memory->piece, all - memory->size);
        int error = add_memory_driver_managed(memory->node, start, size,
                                              memory->resource, MHP_NONE);

        if (error) {
            pci_err(
                memory->function,
                "%llu bytes at 0x%llx cannot be added to node %d (error %d)\n",
                size, start, memory->node, error);
            return error;
        }
        memory->size += size;
        cond_resched();
    }
    if (!is_online(memory)) {
        pci_err(memory->function,
                "node %d does not have exactly its memory, movable; boot with "
                "memhp_default_state=online_movable\n",
                memory->node);
        return -EIO;
    }
    return 0;
}

static int prepare(struct given *memory, u64 wanted, u64 *size)
{
    int error;

    /* Its driver has the memory, and may reset it. */
    if (memory->function->dev.driver) {
        pci_err(memory->function, "it is bound to %s; unbind it first\n",
                memory->function->dev.driver->name);
        return -EBUSY;
    }
    error = find_memory(memory, wanted, size);
    if (!error) {
        error = check_room(memory, *size);
    }
    if (!error) {
        error = find_node(memory);
    }
    if (!error) {
        error = pci_enable_device_mem(memory->function);
    }
    if (error) {
        return error;
    }
    memory->resource = kstrdup("System RAM (grace_gpu_memory)", GFP_KERNEL);
    return memory->resource ? 0 : -ENOMEM;
}

int memory_give(struct given *memory, const char *address, u64 wanted)
{
    u64 size;
    int error;

    memory->function = memory_find_function(address);
    if (!memory->function) {
        pr_err("grace_gpu_memory: there is no PCI function %s; give it as in "
               "/sys/bus/pci/devices\n",
               address);
        return -ENODEV;
    }
    error = prepare(memory, wanted, &size);
    if (!error) {
        error = add_pieces(memory, size);
    }
    if (error) {
        if (memory_take_back(memory)) {
            memory_abandon(memory);
        }
        /* For the loader -EEXIST means that the module is loaded already. */
        return error == -EEXIST ? -EBUSY : error;
    }
    pci_info(memory->function, "%llu bytes at 0x%llx are memory of node %d\n",
             memory->size, memory->start, memory->node);
    return 0;
}
