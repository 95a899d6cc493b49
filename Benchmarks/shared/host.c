/*
 * A host for benchmarks: it does nothing, and counts what it is told of memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../Tests/SavedStates/quiet-host.h"
#include "host.h"

static QuietHost told;

/* Not 0, so that what is made of it differs from what is not there. */
static uint64_t host_now(void *context)
{
    (void)context;
    return 0x123456789abcdef0;
}

unsigned long bench_region_modes(void)
{
    return told.modes;
}

GraceDevice *bench_device(const GraceFunctions *functions,
                          const GraceOption *options, uint32_t count)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = quiet_host();
    uint8_t *space = calloc(4, 4096); /* the device's until the end */
    GraceConfig config = {sizeof(config), 4096,         space,
                          space + 4096,   space + 8192, space + 12288};
    GraceDevice *device;

    host.now = host_now;
    device = functions->create(&host, &told, options, count, &error);
    if (!space || !device || functions->config_attach(device, &config)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return device;
}
