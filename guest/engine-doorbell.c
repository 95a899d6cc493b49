// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of engine-check on the doorbell: messages that the GPU sends, as
 * eventfds of VFIO show them.
 */
#include <linux/vfio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "engine-check.h"
#include "ktap.h"
#include "promise-check.h"

/* Vectors of the published capabilities (specification 2.4). */
#define MSIX_VECTORS 9
#define MSI_VECTORS  16

#define MSIX_ENTRY_BYTES 16
#define MSIX_CONTROL     12 /* of an entry; bit 0: masked */

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
        !vectors_set_up(engine, engine->argument, count)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!vector_rings(engine, i)) {
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

    if (!vectors_set_up(engine, engine->argument, count)) {
        return false;
    }
    for (unsigned i = count; i < MAX_VECTORS; i++) {
        doorbell_ring(engine, i);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        doorbell_ring(engine, others[i]);
    }
    return vector_rings(engine, 1);
}

static bool check_fewer(struct engine *engine)
{
    if (!vectors_set_up(engine, engine->argument, 4)) {
        return false;
    }
    for (unsigned i = 4; i < MAX_VECTORS; i++) {
        doorbell_ring(engine, i);
    }
    return vector_rings(engine, 3) && vector_rings(engine, 0);
}

static bool check_off(struct engine *engine)
{
    unsigned kind = engine->argument;

    if (!vectors_set_up(engine, kind, vectors_of(engine)) ||
        !vector_rings(engine, 2) || !vectors_off(engine, kind)) {
        return false;
    }
    doorbell_ring(engine, 2);
    doorbell_ring(engine, 3);
    return vectors_set_up(engine, kind, vectors_of(engine)) &&
           vector_rings(engine, 4);
}

static bool check_bus_master(struct engine *engine)
{
    if (!vectors_set_up(engine, engine->argument, vectors_of(engine)) ||
        !engine_set_bus_master(engine, false)) {
        return false;
    }
    doorbell_ring(engine, 5);
    return engine_set_bus_master(engine, true) && vector_rings(engine, 6);
}

static bool check_many(struct engine *engine)
{
    const unsigned times = 100;

    if (!vectors_set_up(engine, engine->argument, vectors_of(engine))) {
        return false;
    }
    for (unsigned i = 0; i < times; i++) {
        if (!vector_rings(engine, i % vectors_of(engine))) {
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
    if (!vectors_set_up(engine, VFIO_PCI_MSIX_IRQ_INDEX, MSIX_VECTORS)) {
        return false;
    }
    engine_write(engine, control_of(7), 1);
    doorbell_ring(engine, 7);
    doorbell_ring(engine, 7);
    if (!vector_rings(engine, 8) ||
        !promise_equal(engine_read(engine, MSIX_PENDING), 1U << 7,
                       "the pending bits")) {
        return false;
    }
    engine_write(engine, control_of(7), 0);
    return vector_came(7) && promise_equal(engine_read(engine, MSIX_PENDING), 0,
                                           "the pending bits after that");
}

/* Linux sets up again what it had set up; the device has forgotten the rest. */
static bool check_reset(struct engine *engine)
{
    if (!vectors_set_up(engine, VFIO_PCI_MSIX_IRQ_INDEX, MSIX_VECTORS)) {
        return false;
    }
    engine_write(engine, control_of(7), 1);
    doorbell_ring(engine, 7);
    return vector_rings(engine, 1) &&
           promise_equal(engine_read(engine, DOORBELL), 2, "the count") &&
           vfio_reset(&engine->device) &&
           promise_equal(engine_read(engine, DOORBELL), 0,
                         "the count after a reset") &&
           promise_equal(engine_read(engine, MSIX_PENDING), 0,
                         "the pending bits after a reset") &&
           vector_rings(engine, 3) && vector_rings(engine, 7);
}

static bool check_count(struct engine *engine)
{
    unsigned count = numbers(engine);

    for (unsigned i = 0; i < 2 * MAX_VECTORS; i++) {
        doorbell_ring(engine, i);
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
    if (!vectors_set_up(engine, VFIO_PCI_MSIX_IRQ_INDEX, MSIX_VECTORS)) {
        return false;
    }
    window_write(&engine->registers, DOORBELL, 1, 5);
    if (!vector_came(5)) {
        return false;
    }
    window_write(&engine->registers, DOORBELL, 2, 6);
    if (!vector_came(6)) {
        return false;
    }
    window_write(&engine->registers, DOORBELL, 2, 0x106);
    return vector_rings(engine, 0) &&
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
