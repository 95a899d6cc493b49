/*
 * A host for benchmarks: it does nothing, and counts what it is told of memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include "host.h"

unsigned long bench_region_modes;

static void host_log(void *context, GraceLogLevel level, const char *message)
{
    (void)context;
    (void)level;
    (void)message;
}

static uint64_t host_now(void *context)
{
    (void)context;
    return 0x123456789abcdef0;
}

static void host_set_timer(void *context, uint64_t deadline)
{
    (void)context;
    (void)deadline;
}

static void host_mode(void *context, uint32_t index, GraceRegionMode mode)
{
    (void)context;
    (void)index;
    (void)mode;
    bench_region_modes++;
}

static void host_number(void *context, uint32_t number)
{
    (void)context;
    (void)number;
}

static void host_clear(void *context, uint64_t offset, uint64_t size)
{
    (void)context;
    (void)offset;
    (void)size;
}

static uint32_t host_bytes_in(void *context, uint64_t address, uint8_t *bytes,
                              uint32_t size)
{
    (void)context;
    (void)address;
    (void)bytes;
    (void)size;
    return 0;
}

static uint32_t host_bytes_out(void *context, uint64_t address,
                               const uint8_t *bytes, uint32_t size)
{
    (void)context;
    (void)address;
    (void)bytes;
    (void)size;
    return 0;
}

static void host_poison(void *context, uint64_t offset, uint32_t is_bad)
{
    (void)context;
    (void)offset;
    (void)is_bad;
}

GraceDevice *bench_device(const GraceFunctions *functions,
                          const GraceOption *options, uint32_t count)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceHost host = {sizeof(host),   host_log,       host_now,
                      host_set_timer, host_mode,      host_number,
                      host_clear,     host_bytes_in,  host_bytes_out,
                      host_bytes_in,  host_bytes_out, host_number,
                      host_poison};
    uint8_t *space = calloc(4, 4096); /* the device's until the end */
    GraceConfig config = {sizeof(config), 4096,         space,
                          space + 4096,   space + 8192, space + 12288};
    GraceDevice *device =
        functions->create(&host, NULL, options, count, &error);

    if (!space || !device || functions->config_attach(device, &config)) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    return device;
}
