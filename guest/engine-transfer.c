// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of engine-check on enabling the engine, and on what it moves. */
#include <linux/vfio.h>
#include <string.h>

#include "engine-check.h"
#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"

/* kern_fsp_retval.h of open-gpu-kernel-modules: not supported. */
#define STATUS_UNKNOWN 0xa0
#define NVDM_TRANSFER  0x22

static struct transfer first_block(const struct engine *engine)
{
    return (struct transfer){.address = engine->bus, .size = MAX_SIZE};
}

static bool check_locked(struct engine *engine)
{
    const struct transfer block = first_block(engine);

    return promise_equal(engine_read(engine, ENGINE) >> 16, ENGINE_LOCKED,
                         "the upper half of 0x%x", ENGINE) &&
           engine_show_buffer(engine) &&
           engine_refused(engine, &block, RESULT_LOCKED);
}

static bool check_enabled(struct engine *engine)
{
    const struct transfer block = first_block(engine);

    return engine_prepare(engine) &&
           promise_equal(engine_read(engine, ENGINE) >> 16 != ENGINE_LOCKED,
                         true, "that 0x%x is free", ENGINE) &&
           engine_transfer(engine, &block, RESULT_DONE);
}

/* Neither another type nor another command of this type enables anything. */
static bool check_other_messages(struct engine *engine)
{
    uint32_t status;

    return engine_message(engine, NVDM_TRANSFER + 1, 1, &status) &&
           promise_equal(status, STATUS_UNKNOWN, "the status") &&
           engine_message(engine, NVDM_TRANSFER, 2, &status) &&
           promise_equal(status, STATUS_UNKNOWN, "the status") &&
           promise_equal(engine_read(engine, ENGINE) >> 16, ENGINE_LOCKED,
                         "the upper half of 0x%x", ENGINE) &&
           engine_enable(engine);
}

static bool check_reset(struct engine *engine)
{
    const struct transfer block = first_block(engine);
    struct transfer misplaced = block;

    misplaced.address += 4;
    return engine_prepare(engine) &&
           engine_transfer(engine, &misplaced, RESULT_ALIGNMENT) &&
           vfio_reset(&engine->device) &&
           promise_equal(engine_read(engine, DMA_RESULT), 0, "the result") &&
           promise_equal(engine_read(engine, ENGINE) >> 16, ENGINE_LOCKED,
                         "the upper half of 0x%x", ENGINE) &&
           engine_refused(engine, &block, RESULT_LOCKED);
}

/* docs/device.md: the doorbell alone sends messages. */
static bool check_silent(struct engine *engine)
{
    const struct transfer block = first_block(engine);
    struct transfer misplaced = block;

    misplaced.address += 4;
    return vectors_set_up(engine, VFIO_PCI_MSIX_IRQ_INDEX, 9) &&
           engine_prepare(engine) &&
           engine_transfer(engine, &block, RESULT_DONE) &&
           engine_transfer(engine, &misplaced, RESULT_ALIGNMENT) &&
           vector_rings(engine, 4) &&
           promise_equal(engine_read(engine, DOORBELL), 1, "the count");
}

/* Three places for the size in each memory, the last at the end. */
static void place(const struct engine *engine, struct transfer *transfer,
                  unsigned number)
{
    const uint32_t size = transfer->size;
    const uint64_t addresses[] = {0, engine->extent / 2 + 3 * size,
                                  engine->extent - size};
    const uint32_t data[] = {5 * size, DATA_BYTES - size, 0};

    transfer->address = engine->bus + addresses[number];
    transfer->data = data[number];
}

#define PLACES 3

static bool check_in(struct engine *engine)
{
    struct transfer transfer = {.size = engine->argument};
    uint8_t expected[DATA_BYTES], found[DATA_BYTES];

    if (!engine_prepare(engine)) {
        return false;
    }
    engine_fill_data(engine, 402);
    pattern_fill(expected, sizeof(expected), 402);
    for (unsigned i = 0; i < PLACES; i++) {
        place(engine, &transfer, i);
        memcpy(expected + transfer.data,
               engine->buffer + (transfer.address - engine->bus),
               transfer.size);
        if (!engine_transfer(engine, &transfer, RESULT_DONE)) {
            return false;
        }
    }
    engine_read_data(engine, found);
    return engine_same(found, expected, sizeof(found), "the data memory") &&
           pattern_check(engine->buffer, BUFFER_BYTES, 400, 0,
                         "the memory that was only read");
}

static bool check_out(struct engine *engine)
{
    struct transfer transfer = {.size = engine->argument, .out = true};
    static uint8_t expected[BUFFER_BYTES];
    uint8_t data[DATA_BYTES], found[DATA_BYTES];

    if (!engine_prepare(engine)) {
        return false;
    }
    engine_fill_data(engine, 403);
    pattern_fill(data, sizeof(data), 403);
    pattern_fill(expected, sizeof(expected), 400);
    for (unsigned i = 0; i < PLACES; i++) {
        place(engine, &transfer, i);
        memcpy(expected + (transfer.address - engine->bus),
               data + transfer.data, transfer.size);
        if (!engine_transfer(engine, &transfer, RESULT_DONE)) {
            return false;
        }
    }
    engine_read_data(engine, found);
    return engine_same(engine->buffer, expected, BUFFER_BYTES, "the memory") &&
           engine_same(found, data, sizeof(found), "the data memory");
}

/* Bits 47 and 46 go to a register each, apart from the lower ones. */
static bool check_high_address(struct engine *engine)
{
    struct transfer transfer = {.address = 0xc56789abc000 + 2 * MAX_SIZE,
                                .size = MAX_SIZE,
                                .out = true};

    return engine_prepare(engine) &&
           engine_map(engine, engine->buffer, BUFFER_BYTES, 0xc56789ab0000,
                      VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE) &&
           (engine_fill_data(engine, 404),
            engine_transfer(engine, &transfer, RESULT_DONE)) &&
           pattern_check(engine->buffer + 0xc000 + 2 * MAX_SIZE, MAX_SIZE, 404,
                         0, "DMA");
}

void add_transfer_cases(struct engine *engine)
{
    engine_add(engine, 0, check_locked,
               "before it is enabled the engine is locked and moves nothing");
    engine_add(engine, 0, check_enabled,
               "the security processor enables the engine");
    engine_add(engine, 0, check_other_messages,
               "the security processor refuses other messages, and goes on");
    engine_add(engine, 0, check_reset,
               "a reset locks the engine, and forgets the result");
    engine_add(engine, 0, check_silent, "a transfer sends no message");
    for (unsigned size = 4; size <= MAX_SIZE; size *= 2) {
        engine_add(engine, size, check_in,
                   "DMA of %u bytes from system memory, and no byte beside",
                   size);
        engine_add(engine, size, check_out,
                   "DMA of %u bytes to system memory, and no byte beside",
                   size);
    }
    if (!engine->physical) {
        engine_add(engine, 0, check_high_address,
                   "DMA to an address of 48 bits");
    }
}
