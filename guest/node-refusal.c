// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of node-check on what the module must refuse, and how. */
#include "node-check.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "gpu-module.h"
#include "ktap.h"

#define POLICY "/sys/devices/system/memory/auto_online_blocks"

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

/* A policy under which the kernel puts new memory where it cannot leave. */
static bool check_policy(const struct node_test *test, const char *policy,
                         const char *words)
{
    char text[96], before[32];
    bool done;

    if (!read_line(POLICY, before, sizeof(before)) ||
        !write_text(POLICY, policy)) {
        return ktap_fail("%s cannot be set: %s", POLICY, strerror(errno));
    }
    snprintf(text, sizeof(text), "function=%s bytes=%" PRIu64,
             test->gpus[0].function.address, test->block_bytes);
    done = check_refused(text, EIO, words);
    return (write_text(POLICY, before) ||
            ktap_fail("%s cannot be reset: %s", POLICY, strerror(errno))) &&
           done;
}

static bool check_kernel_policy(void *context)
{
    return check_policy(context, "online_kernel", "is to be online as movable");
}

static bool check_offline_policy(void *context)
{
    return check_policy(context, "offline", "memhp_default_state=");
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
    ktap_add(check_kernel_policy, test,
             "the module refuses memory that would be the kernel's own");
    ktap_add(check_offline_policy, test,
             "the module refuses memory that would stay offline");
}
