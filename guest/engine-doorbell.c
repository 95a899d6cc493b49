// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of engine-check on the doorbell: messages that the GPU sends, as
 * eventfds of VFIO show them.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "engine-check.h"
#include "ktap.h"
#include "promise-check.h"

/* Vectors of the published capabilities (specification 2.4). */
#define MSIX_VECTORS 9
#define MSI_VECTORS  16
#define MAX_VECTORS  16

#define MSIX_ENTRY_BYTES 16
#define MSIX_CONTROL     12 /* of an entry; bit 0: masked */

#define WAIT_MS   2000
#define SETTLE_MS 20

static int files[MAX_VECTORS];
static unsigned file_count;

static bool request(struct engine *engine, unsigned index, unsigned count)
{
    union {
        struct vfio_irq_set set;
        uint8_t bytes[sizeof(struct vfio_irq_set) + sizeof(files)];
    } request = {.set = {
                     .argsz = (uint32_t)(sizeof(request.set) + 4 * count),
                     .flags = VFIO_IRQ_SET_ACTION_TRIGGER |
                              (count > 0 ? VFIO_IRQ_SET_DATA_EVENTFD
                                         : VFIO_IRQ_SET_DATA_NONE),
                     .index = index,
                     .count = count,
                 }};

    memcpy(request.bytes + sizeof(request.set), files, 4 * count);
    return promise_expect(
        ioctl(engine->device.device, VFIO_DEVICE_SET_IRQS, &request), 0,
        "VFIO_DEVICE_SET_IRQS of %u vectors", count);
}

/* Gives the first vectors an eventfd each; those of earlier cases go. */
static bool set_up(struct engine *engine, unsigned index, unsigned count)
{
    while (file_count > 0) {
        close(files[--file_count]);
    }
    while (file_count < count) {
        files[file_count++] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
    return request(engine, index, count);
}

static void ring(struct engine *engine, uint32_t number)
{
    engine_write(engine, DOORBELL, number);
}

/* How many messages came for each vector. */
static void collect(uint64_t *counts)
{
    for (unsigned i = 0; i < file_count; i++) {
        uint64_t count;

        counts[i] +=
            read(files[i], &count, sizeof(count)) == sizeof(count) ? count : 0;
    }
}

/*
 * Whether since the last time one message came for that vector, and none for
 * any other: also none that was sent before it.
 */
static bool came(unsigned vector)
{
    uint64_t end = clock_ns() + WAIT_MS * NS_PER_MS;
    uint64_t counts[MAX_VECTORS] = {0};

    collect(counts);
    while (counts[vector] == 0 && clock_ns() < end) {
        clock_sleep_ms(1);
        collect(counts);
    }
    clock_sleep_ms(SETTLE_MS);
    collect(counts);
    for (unsigned i = 0; i < file_count; i++) {
        if (!promise_equal(counts[i], i == vector,
                           "the number of messages of vector %u, when %u is "
                           "to have one,",
                           i, vector)) {
            return false;
        }
    }
    return true;
}

static bool rings(struct engine *engine, unsigned vector)
{
    ring(engine, vector);
    return came(vector);
}

static unsigned vectors_of(const struct engine *engine)
{
    return engine->argument == VFIO_PCI_MSIX_IRQ_INDEX ? MSIX_VECTORS
                                                       : MSI_VECTORS;
}

/* The published header of Blackwell has no MSI. */
static bool has_kind(const struct engine *engine)
{
    return engine->argument == VFIO_PCI_MSIX_IRQ_INDEX ||
           strcmp(engine->chip->name, "gh100") == 0;
}

/* Numbers that the doorbell takes and counts. */
static unsigned numbers(const struct engine *engine)
{
    return strcmp(engine->chip->name, "gh100") == 0 ? MSI_VECTORS
                                                    : MSIX_VECTORS;
}

static bool check_each(struct engine *engine)
{
    struct vfio_irq_info info = {.argsz = sizeof(info),
                                 .index = engine->argument};
    unsigned count = vectors_of(engine);

    if (!promise_expect(
            ioctl(engine->device.device, VFIO_DEVICE_GET_IRQ_INFO, &info), 0,
            "VFIO_DEVICE_GET_IRQ_INFO") ||
        !promise_equal(info.count, count, "the number of vectors") ||
        !set_up(engine, engine->argument, count)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!rings(engine, i)) {
            return false;
        }
    }
    return true;
}

/* Messages are sent in turn, so one that comes last tells of all before it. */
static bool check_no_such(struct engine *engine)
{
    const uint32_t others[] = {MAX_VECTORS, 255, 256, 0x10000, UINT32_MAX};
    unsigned count = vectors_of(engine);

    if (!set_up(engine, engine->argument, count)) {
        return false;
    }
    for (unsigned i = count; i < MAX_VECTORS; i++) {
        ring(engine, i);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        ring(engine, others[i]);
    }
    return rings(engine, 1);
}

static bool check_fewer(struct engine *engine)
{
    if (!set_up(engine, engine->argument, 4)) {
        return false;
    }
    for (unsigned i = 4; i < MAX_VECTORS; i++) {
        ring(engine, i);
    }
    return rings(engine, 3) && rings(engine, 0);
}

static bool check_off(struct engine *engine)
{
    unsigned kind = engine->argument;

    if (!set_up(engine, kind, vectors_of(engine)) || !rings(engine, 2) ||
        !request(engine, kind, 0)) {
        return false;
    }
    ring(engine, 2);
    ring(engine, 3);
    return set_up(engine, kind, vectors_of(engine)) && rings(engine, 4);
}

static bool check_bus_master(struct engine *engine)
{
    if (!set_up(engine, engine->argument, vectors_of(engine)) ||
        !engine_set_bus_master(engine, false)) {
        return false;
    }
    ring(engine, 5);
    return engine_set_bus_master(engine, true) && rings(engine, 6);
}

static bool check_many(struct engine *engine)
{
    const unsigned times = 100;

    if (!set_up(engine, engine->argument, vectors_of(engine))) {
        return false;
    }
    for (unsigned i = 0; i < times; i++) {
        if (!rings(engine, i % vectors_of(engine))) {
            return false;
        }
    }
    return promise_equal(engine_read(engine, DOORBELL), times, "the count");
}

static uint32_t control_of(unsigned vector)
{
    return MSIX_TABLE + vector * MSIX_ENTRY_BYTES + MSIX_CONTROL;
}

/* VFIO masks no MSI-X vector by itself; its table can be mapped. */
static bool check_masked(struct engine *engine)
{
    if (!set_up(engine, VFIO_PCI_MSIX_IRQ_INDEX, MSIX_VECTORS)) {
        return false;
    }
    engine_write(engine, control_of(7), 1);
    ring(engine, 7);
    ring(engine, 7);
    if (!rings(engine, 8) || !promise_equal(engine_read(engine, MSIX_PENDING),
                                            1U << 7, "the pending bits")) {
        return false;
    }
    engine_write(engine, control_of(7), 0);
    return came(7) && promise_equal(engine_read(engine, MSIX_PENDING), 0,
                                    "the pending bits after that");
}

/* Linux sets up again what it had set up; the device has forgotten the rest. */
static bool check_reset(struct engine *engine)
{
    if (!set_up(engine, VFIO_PCI_MSIX_IRQ_INDEX, MSIX_VECTORS)) {
        return false;
    }
    engine_write(engine, control_of(7), 1);
    ring(engine, 7);
    return rings(engine, 1) &&
           promise_equal(engine_read(engine, DOORBELL), 2, "the count") &&
           vfio_reset(&engine->device) &&
           promise_equal(engine_read(engine, DOORBELL), 0,
                         "the count after a reset") &&
           promise_equal(engine_read(engine, MSIX_PENDING), 0,
                         "the pending bits after a reset") &&
           rings(engine, 3) && rings(engine, 7);
}

static bool check_count(struct engine *engine)
{
    unsigned count = numbers(engine);

    for (unsigned i = 0; i < 2 * MAX_VECTORS; i++) {
        ring(engine, i);
        if (!promise_equal(engine_read(engine, DOORBELL),
                           i < count ? i + 1 : count,
                           "the count after number %u", i)) {
            return false;
        }
    }
    return true;
}

static bool check_widths(struct engine *engine)
{
    if (!set_up(engine, VFIO_PCI_MSIX_IRQ_INDEX, MSIX_VECTORS)) {
        return false;
    }
    window_write(&engine->registers, DOORBELL, 1, 5);
    if (!came(5)) {
        return false;
    }
    window_write(&engine->registers, DOORBELL, 2, 6);
    if (!came(6)) {
        return false;
    }
    window_write(&engine->registers, DOORBELL, 2, 0x106);
    return rings(engine, 0) &&
           promise_equal(engine_read(engine, DOORBELL), 3, "the count");
}

static const struct {
    engine_check check;
    const char *what;
} cases[] = {
    {check_each, "each %s vector comes to its eventfd, and to no other"},
    {check_no_such, "the doorbell sends no %s message of a vector that there "
                    "is not"},
    {check_fewer, "with four %s vectors set up it sends no other"},
    {check_off, "with %s off it sends nothing, neither then nor later"},
    {check_bus_master, "with Bus Master off it sends no %s message"},
    {check_many, "100 %s messages come one by one"},
};

void add_doorbell_cases(struct engine *engine)
{
    const unsigned kinds[] = {VFIO_PCI_MSIX_IRQ_INDEX, VFIO_PCI_MSI_IRQ_INDEX};

    for (size_t i = 0; i < 2; i++) {
        engine->argument = kinds[i];
        for (size_t j = 0; j < sizeof(cases) / sizeof(cases[0]); j++) {
            if (has_kind(engine)) {
                engine_add(engine, kinds[i], cases[j].check, cases[j].what,
                           i == 0 ? "MSI-X" : "MSI");
            }
        }
    }
    engine_add(engine, 0, check_masked,
               "a masked MSI-X vector is pending, and comes when unmasked");
    engine_add(engine, 0, check_reset,
               "a reset forgets pending messages and the count");
    engine_add(engine, 0, check_count, "the doorbell counts what is in range");
    engine_add(engine, 0, check_widths,
               "the doorbell takes a number of one or two bytes");
}
