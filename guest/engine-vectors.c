// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages of the GPU as the eventfds of VFIO show them. */
#include <linux/vfio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "clock.h"
#include "engine-check.h"
#include "ktap.h"
#include "promise-check.h"

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

bool vectors_off(struct engine *engine, unsigned index)
{
    return request(engine, index, 0);
}

bool vectors_set_up(struct engine *engine, unsigned index, unsigned count)
{
    while (file_count > 0) {
        close(files[--file_count]);
    }
    while (file_count < count) {
        files[file_count++] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
    return request(engine, index, count);
}

void doorbell_ring(struct engine *engine, uint32_t number)
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

bool vector_came(unsigned vector)
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

bool vector_rings(struct engine *engine, unsigned vector)
{
    doorbell_ring(engine, vector);
    return vector_came(vector);
}
