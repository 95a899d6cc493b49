// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Gives the memory of all GPUs to the kernel, as NVIDIA's driver does in a
 * virtual machine, uses it as programs use the memory of a NUMA node, and takes
 * it back; twice. Our module guest/module does the part of the driver.
 */
#include "node-check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "files.h"
#include "ktap.h"
#include "nodes.h"
#include "options.h"

/* What the second round is about shows in a part of a large memory. */
#define SECOND_BYTES (2 * GIB)

static struct node_test test;

static bool find_gpus(void)
{
    const struct options *options = options_get();
    struct pci_function functions[NODE_MAX_GPUS];
    size_t found = pci_find_gpus(functions, NODE_MAX_GPUS);
    struct memory_layout layout;

    memory_layout(options->memory, options->divided,
                  options->chip->has_aperture, &layout);
    if (found != options->gpus || found > NODE_MAX_GPUS || found == 0) {
        ktap_line("# there are %zu GPUs, and grace.gpus says %" PRIu64
                  "; the module takes up to %d",
                  found, options->gpus, NODE_MAX_GPUS);
        return false;
    }
    test.count = found;
    for (size_t i = 0; i < found; i++) {
        test.gpus[i] = (struct node_gpu){
            .function = functions[i],
            .usemem = layout.usemem,
            .start = functions[i].bars[USEMEM_BAR].start,
            .node = MAX_NODES,
        };
    }
    return true;
}

static bool find_block(void)
{
    const char *path = "/sys/devices/system/memory/block_size_bytes";
    char text[32];

    if (!read_line(path, text, sizeof(text))) {
        ktap_line("# %s cannot be read; enable CONFIG_MEMORY_HOTPLUG", path);
        return false;
    }
    test.block_bytes = strtoull(text, NULL, 16);
    return true;
}

static bool check_load(void *context)
{
    (void)context;
    return node_load(&test, UINT64_MAX);
}

static bool check_second_load(void *context)
{
    (void)context;
    return node_load(&test, SECOND_BYTES);
}

static void add_first_round(struct node_gpu *gpu)
{
    add_appearance_cases(gpu, gpu->function.address);
    add_use_cases(gpu, gpu->function.address);
    add_move_cases(gpu);
}

static void add_second_round(struct node_gpu *gpu)
{
    char label[64];

    snprintf(label, sizeof(label), "%s, again", gpu->function.address);
    add_appearance_cases(gpu, label);
    add_use_cases(gpu, label);
    add_busy_removal_cases(gpu, label);
}

static void add_cases(void)
{
    for (size_t i = 0; i < test.count; i++) {
        add_end_cases(&test.gpus[i]);
    }
    ktap_add(check_load, NULL, "the module gives the memory to the kernel");
    for (size_t i = 0; i < test.count; i++) {
        add_first_round(&test.gpus[i]);
    }
    if (test.count > 1) {
        add_pair_case(test.gpus);
    }
    add_unload_case(&test, "rmmod takes all memory back");
    ktap_add(check_second_load, NULL,
             "the module gives the memory to the kernel a second time");
    for (size_t i = 0; i < test.count; i++) {
        add_second_round(&test.gpus[i]);
    }
    add_unload_case(&test, "rmmod works when all memory was removed");
    /* Last: some give memory for a moment, and see check_access(). */
    add_refusal_cases(&test);
}

int main(void)
{
    if (options_get()->problem[0]) {
        ktap_line("# %s", options_get()->problem);
        return 2;
    }
    if (!find_gpus() || !find_block()) {
        return 2;
    }
    add_cases();
    return ktap_run();
}
