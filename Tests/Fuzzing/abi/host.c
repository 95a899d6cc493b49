/*
 * What the device asks of its host, and when it may
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "machine.h"

/* FNV-1a, so that two devices that ask for the same have the same number. */
static void note(Machine *machine, const void *bytes, size_t count)
{
    const uint8_t *byte = bytes;

    for (size_t i = 0; i < count; i++) {
        machine->trace = (machine->trace ^ byte[i]) * 0x100000001b3u;
    }
}

static Machine *asked(void *context, char what, uint64_t number, uint64_t more)
{
    Machine *machine = context;

    rule(machine->permission == ASK_ALL,
         "a device calls its host only from where the header says so");
    note(machine, &what, sizeof(what));
    note(machine, &number, sizeof(number));
    note(machine, &more, sizeof(more));
    return machine;
}

static void host_log(void *context, GraceLogLevel level, const char *message)
{
    Machine *machine = asked(context, 'l', level, 0);

    rule(level <= GRACE_LOG_INFO, "a message has a level");
    rule(message[0] && !strchr(message, '\n'), "a message is one line");
    note(machine, message, strlen(message));
}

static uint64_t host_now(void *context)
{
    Machine *machine = context;

    rule(machine->permission != ASK_NOTHING,
         "a device asks for the time only where the header says so");
    return machine->world.now;
}

static void host_set_timer(void *context, uint64_t deadline)
{
    asked(context, 't', deadline, 0)->world.deadline = deadline;
}

static void host_set_region_mode(void *context, uint32_t index,
                                 GraceRegionMode mode)
{
    Machine *machine = asked(context, 'm', index, mode);

    rule(index < machine->about.region_count &&
             machine->regions[index].backed_size > 0,
         "only a region with memory has a mode");
    rule(mode <= GRACE_REGION_ONES, "a mode is one of two");
    machine->world.modes[index] = mode;
}

static void host_set_presence(void *context, uint32_t present)
{
    Machine *machine = asked(context, 'p', present, 0);

    rule(present <= 1, "presence is 0 or 1");
    machine->world.present = present;
}

/* Whether a range lies in so many bytes. */
static int lies_in(uint64_t offset, uint64_t size, uint64_t limit)
{
    return offset < limit && size <= limit - offset;
}

static void host_clear_memory(void *context, uint64_t offset, uint64_t size)
{
    Machine *machine = asked(context, 'c', offset, size);

    rule(lies_in(offset, size, machine->about.memory_size),
         "a device clears no memory but its own");
    for (uint64_t i = 0; i < KEPT_SIZE; i++) {
        if (i >= offset && i - offset < size) {
            machine->world.memory[i] = 0;
        }
    }
}

/* Takes the next decision; the input has made it. */
static int refuses(Machine *machine)
{
    uint32_t refusals = machine->world.refusals;

    machine->world.refusals = refusals >> 1 | refusals << 31;
    return refusals & 1;
}

static Machine *asked_transfer(void *context, char what, uint64_t address,
                               uint32_t size)
{
    rule(size >= 1 && size <= GRACE_DMA_SIZE, "a transfer has 1 to 256 bytes");
    return asked(context, what, address, size);
}

static uint32_t host_dma_read(void *context, uint64_t address, uint8_t *bytes,
                              uint32_t size)
{
    Machine *machine = asked_transfer(context, 'r', address, size);

    rule(machine->world.present, "a function that is gone has no bus");
    if (refuses(machine) || !lies_in(address, size, BUS_SIZE)) {
        /* "then bytes holds nothing of use" */
        memset(bytes, 0xa5, size);
        return 0;
    }
    memcpy(bytes, machine->world.bus + address, size);
    return 1;
}

static uint32_t host_dma_write(void *context, uint64_t address,
                               const uint8_t *bytes, uint32_t size)
{
    Machine *machine = asked_transfer(context, 'w', address, size);

    rule(machine->world.present, "a function that is gone has no bus");
    note(machine, bytes, size);
    if (refuses(machine) || !lies_in(address, size, BUS_SIZE)) {
        return 0;
    }
    memcpy(machine->world.bus + address, bytes, size);
    return 1;
}

/* The device reaches its own memory only where and when a guest would. */
static void check_memory(const Machine *machine, uint64_t offset, uint32_t size)
{
    rule(lies_in(offset, size, machine->about.memory_size),
         "a device asks for no memory but its own");
    for (uint32_t i = 0; i < machine->about.region_count; i++) {
        const GraceRegion *region = &machine->regions[i];

        if (region->backed_size && offset >= region->memory_offset &&
            offset - region->memory_offset < region->backed_size) {
            rule(machine->world.modes[i] == GRACE_REGION_MEMORY,
                 "memory that is not ready is not used");
        }
    }
}

static int is_bad(const Machine *machine, uint64_t offset)
{
    for (uint32_t i = 0; i < GRACE_MAX_BAD; i++) {
        if (machine->world.bad[i] ==
            offset / GRACE_PAGE_SIZE * GRACE_PAGE_SIZE) {
            return 1;
        }
    }
    return 0;
}

static uint32_t host_memory_read(void *context, uint64_t offset, uint8_t *bytes,
                                 uint32_t size)
{
    Machine *machine = asked_transfer(context, 'R', offset, size);

    check_memory(machine, offset, size);
    memset(bytes, 0x5a, size);
    if (refuses(machine) || is_bad(machine, offset) ||
        is_bad(machine, offset + size - 1)) {
        return 0;
    }
    if (lies_in(offset, size, KEPT_SIZE)) {
        memcpy(bytes, machine->world.memory + offset, size);
    }
    return 1;
}

static uint32_t host_memory_write(void *context, uint64_t offset,
                                  const uint8_t *bytes, uint32_t size)
{
    Machine *machine = asked_transfer(context, 'W', offset, size);

    check_memory(machine, offset, size);
    note(machine, bytes, size);
    if (refuses(machine)) {
        return 0;
    }
    if (lies_in(offset, size, KEPT_SIZE)) {
        memcpy(machine->world.memory + offset, bytes, size);
    }
    return 1;
}

static void host_interrupt(void *context, uint32_t vector)
{
    Machine *machine = asked(context, 'i', vector, 0);

    rule(vector < machine->about.msix_vector_count ||
             vector < machine->about.msi_vector_count,
         "a message is of a vector that the device has");
}

/* Keeps the list in order, so that it can be compared. */
static void host_set_poison(void *context, uint64_t offset, uint32_t is_now_bad)
{
    Machine *machine = asked(context, 'b', offset, is_now_bad);
    uint64_t *bad = machine->world.bad;
    uint32_t i = 0;

    rule(offset % GRACE_PAGE_SIZE == 0 && offset < machine->about.memory_size,
         "a bad page is a page of the device's memory");
    rule(is_now_bad <= 1 && is_now_bad != (uint32_t)is_bad(machine, offset),
         "a page that is bad becomes whole, one that is whole becomes bad");
    while (i < GRACE_MAX_BAD && bad[i] < offset) {
        i++;
    }
    if (!is_now_bad) {
        memmove(bad + i, bad + i + 1, (GRACE_MAX_BAD - 1 - i) * sizeof(*bad));
        bad[GRACE_MAX_BAD - 1] = UINT64_MAX;
        return;
    }
    rule(bad[GRACE_MAX_BAD - 1] == UINT64_MAX, "at most 32 pages are bad");
    memmove(bad + i + 1, bad + i, (GRACE_MAX_BAD - 1 - i) * sizeof(*bad));
    bad[i] = offset;
}

const GraceHost machine_host = {
    sizeof(machine_host), host_log,          host_now,          host_set_timer,
    host_set_region_mode, host_set_presence, host_clear_memory, host_dma_read,
    host_dma_write,       host_memory_read,  host_memory_write, host_interrupt,
    host_set_poison};
