/*
 * The host that the tests are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "world.h"

World world;

static void host_log(void *context, GraceLogLevel level, const char *message)
{
    (void)context;
    (void)level;
    expect(message[0] != '\0');
}

static uint64_t host_now(void *context)
{
    (void)context;
    return world.now;
}

static void host_set_timer(void *context, uint64_t deadline)
{
    (void)context;
    world.deadline = deadline;
}

static void host_set_presence(void *context, uint32_t present)
{
    (void)context;
    world.present = present;
}

static void host_clear_memory(void *context, uint64_t offset, uint64_t size)
{
    (void)context;
    world.cleared = size - offset;
}

/* Whether size bytes at offset lie inside one of the two memories. */
static int lies_in(uint64_t offset, uint32_t size)
{
    expect(size >= 1 && size <= GRACE_DMA_SIZE);
    return offset < sizeof(world.bus) && size <= sizeof(world.bus) - offset;
}

/* The two are of one size. */
static uint32_t take(const uint8_t *memory, uint64_t offset, uint8_t *bytes,
                     uint32_t size)
{
    if (!lies_in(offset, size)) {
        return 0;
    }
    for (uint32_t i = 0; i < size; i++) {
        bytes[i] = memory[offset + i];
    }
    return 1;
}

static uint32_t give(uint8_t *memory, uint64_t offset, const uint8_t *bytes,
                     uint32_t size)
{
    if (!lies_in(offset, size)) {
        return 0;
    }
    for (uint32_t i = 0; i < size; i++) {
        memory[offset + i] = bytes[i];
    }
    return 1;
}

static uint32_t host_dma_read(void *context, uint64_t address, uint8_t *bytes,
                              uint32_t size)
{
    (void)context;
    return take(world.bus, address, bytes, size);
}

static uint32_t host_dma_write(void *context, uint64_t address,
                               const uint8_t *bytes, uint32_t size)
{
    (void)context;
    return give(world.bus, address, bytes, size);
}

static uint32_t host_memory_read(void *context, uint64_t offset, uint8_t *bytes,
                                 uint32_t size)
{
    (void)context;
    return take(world.memory, offset, bytes, size);
}

static uint32_t host_memory_write(void *context, uint64_t offset,
                                  const uint8_t *bytes, uint32_t size)
{
    (void)context;
    return give(world.memory, offset, bytes, size);
}

static void host_interrupt(void *context, uint32_t vector)
{
    (void)context;
    world.interrupts |= 1u << (vector & 31);
}

static void host_set_poison(void *context, uint64_t offset, uint32_t is_bad)
{
    (void)context;
    expect(offset % GRACE_PAGE_SIZE == 0);
    world.bad_pages += is_bad ? 1 : -1u;
}

static void host_set_region_mode(void *context, uint32_t index,
                                 GraceRegionMode mode)
{
    (void)context;
    expect(index < 8);
    if (index < 8) {
        world.modes[index] = mode;
    }
}

GraceHost world_host(void)
{
    GraceHost host = {sizeof(host),
                      host_log,
                      host_now,
                      host_set_timer,
                      host_set_region_mode,
                      host_set_presence,
                      host_clear_memory,
                      host_dma_read,
                      host_dma_write,
                      host_memory_read,
                      host_memory_write,
                      host_interrupt,
                      host_set_poison};

    return host;
}

GraceDevice *world_device(const GraceFunctions *functions, const char *name,
                          const char *value)
{
    GraceError error = {.struct_size = sizeof(error)};
    GraceOption option = {name, value};
    GraceHost table = world_host();
    GraceDevice *device;

    memset(&world, 0, sizeof(world));
    device = functions->create(&table, NULL, &option, 1, &error);
    expect(device != NULL);
    if (!device) {
        printf("# %s\n", error.message);
        exit(1);
    }
    return device;
}
