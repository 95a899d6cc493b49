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
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/string.h>

#include "memory.h"

#define MAX_FUNCTIONS 8

static char *function[MAX_FUNCTIONS];
static unsigned int function_count;
module_param_array(function, charp, &function_count, 0444);
MODULE_PARM_DESC(function, "PCI functions of the GPUs, such as 0000:01:00.0");

static unsigned long long bytes[MAX_FUNCTIONS];
static unsigned int bytes_count;
module_param_array(bytes, ullong, &bytes_count, 0444);
MODULE_PARM_DESC(bytes, "memory behind BAR4 of each; a part of a memory block "
                        "at the end is left out");

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

static int remove_by_name(const char *address, const struct kernel_param *param)
{
    char name[32];
    struct pci_dev *found;
    int error = -ENODEV;

    strscpy(name, address, sizeof(name));
    found = memory_find_function(strim(name));
    mutex_lock(&given_lock);
    for (int i = 0; found && i < MAX_FUNCTIONS; i++) {
        if (given[i].function == found) {
            error = memory_take_back(&given[i]);
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
        if (given[i].function && memory_take_back(&given[i])) {
            memory_abandon(&given[i]);
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
        error = memory_give(&given[i], function[i], bytes[i]);
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
