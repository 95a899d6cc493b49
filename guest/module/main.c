// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gives the memory of a GPU to the kernel, as memory of the GPU's own NUMA
 * node, the way NVIDIA's driver does in a virtual machine: BAR4 is the memory,
 * the first free node of the function's generic initiators is its node, and it
 * has to be movable, so that it can be taken back.
 *
 *   insmod grace_gpu_memory.ko function=0000:01:00.0 bytes=2147483648
 *   echo 0000:01:00.0 >/sys/module/grace_gpu_memory/parameters/remove
 *   rmmod grace_gpu_memory
 *
 * Several GPUs: function=A,B bytes=N,M. rmmod takes back what is still there;
 * unlike a write to `remove` it cannot fail, and leaves to the kernel for ever
 * what it could not take.
 */
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "initiator.h"

#define MAX_FUNCTIONS 8

/* Where the vm representation has the memory that is for programs. */
#define USEMEM_BAR 4

/*
 * NVIDIA's driver adds the memory in up to 128 pieces, and lets others run in
 * between: hundreds of GiB in one go would hold a CPU for seconds.
 */
#define MAX_PIECES 128

static char *function[MAX_FUNCTIONS];
static unsigned int function_count;
module_param_array(function, charp, &function_count, 0444);
MODULE_PARM_DESC(function, "PCI functions of the GPUs, such as 0000:01:00.0");

static unsigned long long bytes[MAX_FUNCTIONS];
static unsigned int bytes_count;
module_param_array(bytes, ullong, &bytes_count, 0444);
MODULE_PARM_DESC(bytes, "memory behind BAR4 of each; a part of a memory block "
                        "at the end is left out");

/*
 * Memory that the kernel has from us, in pieces, the last of which may be
 * smaller. The kernel takes away only what was added as one.
 */
struct given {
    struct pci_dev *function;
    const char *resource;
    u64 start, size, piece;
    int node;
};

static struct given given[MAX_FUNCTIONS];
static DEFINE_MUTEX(given_lock);

/* Refuses a zone that memory could not be taken back from. */
static int on_memory(struct notifier_block *block, unsigned long action,
                     void *argument)
{
    const struct memory_notify *notify = argument;
    u64 start = PFN_PHYS(notify->start_pfn);
    struct page *page = pfn_to_page(notify->start_pfn);

    if (action != MEM_GOING_ONLINE || page_zonenum(page) == ZONE_MOVABLE) {
        return NOTIFY_OK;
    }
    for (int i = 0; i < MAX_FUNCTIONS; i++) {
        if (!given[i].function || start < given[i].start ||
            start - given[i].start >=
                pci_resource_len(given[i].function, USEMEM_BAR)) {
            continue;
        }
        pci_err(given[i].function,
                "memory at 0x%llx is to be online as movable only; boot with "
                "memhp_default_state=online_movable\n",
                start);
        return NOTIFY_BAD;
    }
    return NOTIFY_OK;
}

static struct notifier_block memory_notifier = {
    .notifier_call = on_memory,
};

static struct pci_dev *find_function(const char *address)
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

/* From the end on; what was taken back before an error is gone. */
static int take_back(struct given *memory)
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

/* Leaves it to the kernel, with the name, which it goes on to show. */
static void abandon(struct given *memory)
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

static int give(struct given *memory, const char *address, u64 wanted)
{
    u64 size;
    int error;

    memory->function = find_function(address);
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
        if (take_back(memory)) {
            abandon(memory);
        }
        /* For the loader -EEXIST means that the module is loaded already. */
        return error == -EEXIST ? -EBUSY : error;
    }
    pci_info(memory->function, "%llu bytes at 0x%llx are memory of node %d\n",
             memory->size, memory->start, memory->node);
    return 0;
}

static int remove_by_name(const char *address, const struct kernel_param *param)
{
    char name[32];
    struct pci_dev *found;
    int error = -ENODEV;

    strscpy(name, address, sizeof(name));
    found = find_function(strim(name));
    mutex_lock(&given_lock);
    for (int i = 0; found && i < MAX_FUNCTIONS; i++) {
        if (given[i].function == found) {
            error = take_back(&given[i]);
        }
    }
    mutex_unlock(&given_lock);
    pci_dev_put(found);
    if (error == -ENODEV) {
        pr_err("grace_gpu_memory: there is no memory of %s\n", name);
    }
    return error;
}

static const struct kernel_param_ops remove_ops = {
    .set = remove_by_name,
};
module_param_cb(remove, &remove_ops, NULL, 0200);
MODULE_PARM_DESC(remove, "write a PCI function here to take its memory back");

static void take_all_back(void)
{
    mutex_lock(&given_lock);
    for (int i = 0; i < MAX_FUNCTIONS; i++) {
        if (given[i].function && take_back(&given[i])) {
            abandon(&given[i]);
        }
    }
    mutex_unlock(&given_lock);
    unregister_memory_notifier(&memory_notifier);
}

static int __init grace_gpu_memory_init(void)
{
    int error = 0;

    if (function_count == 0 || function_count != bytes_count) {
        pr_err("grace_gpu_memory: function= has %u values and bytes= %u; give "
               "one of each for every GPU\n",
               function_count, bytes_count);
        return -EINVAL;
    }
    error = register_memory_notifier(&memory_notifier);
    if (error) {
        return error;
    }
    mutex_lock(&given_lock);
    for (unsigned int i = 0; !error && i < function_count; i++) {
        error = give(&given[i], function[i], bytes[i]);
    }
    mutex_unlock(&given_lock);
    if (error) {
        take_all_back();
    }
    return error;
}

static void __exit grace_gpu_memory_exit(void)
{
    take_all_back();
}

module_init(grace_gpu_memory_init);
module_exit(grace_gpu_memory_exit);
MODULE_DESCRIPTION("Gives the memory of an emulated Grace GPU to a NUMA node");
MODULE_LICENSE("GPL");
