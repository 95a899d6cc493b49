// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of node-check before the memory is given, and its giving. */
#include "node-check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bar-map.h"
#include "files.h"
#include "gpu-module.h"
#include "ktap.h"
#include "pattern.h"

#define PARAMETER_BYTES 1024

/* function=A,B bytes=N,M for the first `count` GPUs. */
static void write_parameters(const struct node_test *test, size_t count,
                             char text[PARAMETER_BYTES])
{
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        used += (size_t)snprintf(text + used, PARAMETER_BYTES - used, "%s%s",
                                 i == 0 ? "function=" : ",",
                                 test->gpus[i].function.address);
    }
    for (size_t i = 0; i < count; i++) {
        used +=
            (size_t)snprintf(text + used, PARAMETER_BYTES - used, "%s%" PRIu64,
                             i == 0 ? " bytes=" : ",", test->gpus[i].added);
    }
}

bool node_load(struct node_test *test, uint64_t limit)
{
    char parameters[PARAMETER_BYTES];
    int error;

    for (size_t i = 0; i < test->count; i++) {
        struct node_gpu *gpu = &test->gpus[i];

        gpu->added = gpu->usemem.bytes < limit ? gpu->usemem.bytes : limit;
        gpu->is_there = false;
    }
    write_parameters(test, test->count, parameters);
    error = gpu_module_load(parameters);
    if (error) {
        return ktap_fail("%s with %s: %s: %s", GPU_MODULE_FILE, parameters,
                         strerror(error), gpu_module_sentence());
    }
    for (size_t i = 0; i < test->count; i++) {
        struct node_gpu *gpu = &test->gpus[i];

        /* A part of a block at the end is left out. */
        gpu->added = gpu->added / test->block_bytes * test->block_bytes;
        gpu->is_there = true;
        gpu->rounds++;
    }
    return true;
}

bool node_is_there(const struct node_gpu *gpu)
{
    return gpu->is_there || ktap_fail("the memory of %s is not with the kernel",
                                      gpu->function.address);
}

static bool check_end(void *context)
{
    const struct node_gpu *gpu = context;
    const struct pci_function *function = &gpu->function;
    uint64_t end = gpu->usemem.bytes;
    size_t page = page_bytes();
    struct window last, behind;

    /* Nobody else has turned the function's memory on. */
    if (!write_text(pci_path(function, "enable"), "1")) {
        return ktap_fail("\"enable\" of %s cannot be written: %s",
                         function->address, strerror(errno));
    }
    if (function->bars[USEMEM_BAR].bytes < end) {
        return ktap_fail("BAR%d has %" PRIu64 " bytes, and its memory %" PRIu64,
                         USEMEM_BAR, function->bars[USEMEM_BAR].bytes, end);
    }
    if (!bar_map(function, USEMEM_BAR, true, end - page, page, &last)) {
        return false;
    }
    pattern_fill(last.base, page, 11);
    if (!pattern_check(last.base, page, 11, end - page, "a mapping")) {
        return false;
    }
    if (function->bars[USEMEM_BAR].bytes == end) {
        return true;
    }
    if (!bar_map(function, USEMEM_BAR, true, end, page, &behind)) {
        return false;
    }
    window_write(&behind, 0, 8, 0x1122334455667788);
    return window_read(&behind, 0, 8) == ones(8) ||
           ktap_fail("BAR%d has memory behind 0x%" PRIx64 " too", USEMEM_BAR,
                     end);
}

void add_end_cases(struct node_gpu *gpu)
{
    ktap_add(check_end, gpu, "%s: BAR%d has memory up to its real length",
             gpu->function.address, USEMEM_BAR);
}
