// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of node-check before and at the loading of the module. */
#include "node-check.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Loads the module, which must refuse with an error and a sentence. */
static bool check_refused(const char *parameters, int expected,
                          const char *words)
{
    int error = gpu_module_load(parameters);
    const char *sentence = gpu_module_sentence();

    if (error == 0) {
        gpu_module_unload();
        return ktap_fail("the module takes \"%s\"", parameters);
    }
    if (error != expected || !strstr(sentence, words)) {
        return ktap_fail("\"%s\" gives %s, not %s, and the sentence \"%s\"",
                         parameters, strerror(error), strerror(expected),
                         sentence);
    }
    return node_resource_bytes(0, UINT64_MAX) == 0 ||
           ktap_fail("after \"%s\" memory of a GPU is with the kernel",
                     parameters);
}

static bool check_no_function(void *context)
{
    (void)context;
    return check_refused("function=ffff:77:00.0 bytes=4294967296", ENODEV,
                         "there is no PCI function ffff:77:00.0");
}

static bool check_no_bytes(void *context)
{
    const struct node_test *test = context;
    char text[64];

    snprintf(text, sizeof(text), "function=%s", test->gpus[0].function.address);
    return check_refused(text, EINVAL, "give one of each");
}

static bool check_too_much(void *context)
{
    const struct node_test *test = context;
    char text[96];

    snprintf(text, sizeof(text), "function=%s bytes=%" PRIu64,
             test->gpus[0].function.address,
             test->gpus[0].function.bars[USEMEM_BAR].bytes + 1);
    return check_refused(text, EINVAL, "is more than");
}

static bool check_too_little(void *context)
{
    const struct node_test *test = context;
    char text[96];

    snprintf(text, sizeof(text), "function=%s bytes=%" PRIu64,
             test->gpus[0].function.address, test->block_bytes - 1);
    return check_refused(text, EINVAL, "hold no memory block");
}

/* The first is given, and has to be taken back. */
static bool check_twice(void *context)
{
    const struct node_test *test = context;
    const char *address = test->gpus[0].function.address;
    char text[128];

    snprintf(text, sizeof(text), "function=%s,%s bytes=%" PRIu64 ",%" PRIu64,
             address, address, test->block_bytes, test->block_bytes);
    return check_refused(text, EBUSY, "cannot be added");
}

/* The port above a GPU has a driver. */
static bool check_bound(void *context)
{
    const struct node_test *test = context;
    const char *path = pci_path(&test->gpus[0].function, "..");
    char resolved[PATH_MAX], text[96];

    if (!realpath(path, resolved)) {
        return ktap_fail("%s cannot be resolved: %s", path, strerror(errno));
    }
    snprintf(text, sizeof(text), "function=%.32s bytes=%" PRIu64,
             strrchr(resolved, '/') + 1, test->block_bytes);
    return check_refused(text, EBUSY, "unbind it first");
}

void add_refusal_cases(struct node_test *test)
{
    ktap_add(check_no_function, test,
             "the module refuses a function that is not there");
    ktap_add(check_no_bytes, test, "the module refuses to guess a size");
    ktap_add(check_too_much, test,
             "the module refuses more bytes than the BAR has");
    ktap_add(check_too_little, test,
             "the module refuses less than a memory block");
    ktap_add(check_bound, test,
             "the module refuses a function that has a driver");
    ktap_add(check_twice, test,
             "the module refuses the same memory twice, and takes it back");
}
