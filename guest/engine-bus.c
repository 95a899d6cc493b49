// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of engine-check on what the bus and the SMMU refuse. */
#include <linux/vfio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "bound-memory.h"
#include "engine-check.h"
#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"

/* Nothing is ever mapped there. */
#define NOWHERE 0x7654321000

static const struct transfer in = {.address = BUFFER_IOVA, .size = MAX_SIZE};
static const struct transfer out = {
    .address = BUFFER_IOVA + 4096, .size = MAX_SIZE, .out = true};

static bool check_bus_master(struct engine *engine)
{
    const struct transfer from = {.address = engine->bus, .size = MAX_SIZE};
    const struct transfer to = {
        .address = engine->bus + 2048, .size = MAX_SIZE, .out = true};

    return engine_prepare(engine) && engine_events_begin(0) &&
           engine_set_bus_master(engine, false) &&
           engine_refused(engine, &from, RESULT_BUS) &&
           engine_refused(engine, &to, RESULT_BUS) &&
           engine_set_bus_master(engine, true) &&
           engine_transfer(engine, &from, RESULT_DONE) &&
           engine_transfer(engine, &to, RESULT_DONE) &&
           engine_events_are(engine, NULL, 0);
}

/* Nor is there memory at that physical address. */
static bool check_nowhere(struct engine *engine)
{
    const struct transfer from = {.address = NOWHERE, .size = MAX_SIZE};
    const struct transfer to = {.address = NOWHERE, .size = 4, .out = true};

    return engine_prepare(engine) &&
           engine_refused(engine, &from, RESULT_BUS) &&
           engine_refused(engine, &to, RESULT_BUS);
}

static bool check_unmapped(struct engine *engine)
{
    const struct transfer from = {.address = NOWHERE + 768, .size = MAX_SIZE};
    const struct transfer to = {
        .address = NOWHERE + 4096 + 12, .size = 4, .out = true};
    const struct smmu_event events[] = {
        {FAULT_TRANSLATION, NOWHERE + 768, false},
        {FAULT_TRANSLATION, NOWHERE + 4096 + 12, true},
    };

    return engine_prepare(engine) && engine_events_begin(2) &&
           engine_refused(engine, &from, RESULT_BUS) &&
           engine_refused(engine, &to, RESULT_BUS) &&
           engine_events_are(engine, events, 2) &&
           engine_transfer(engine, &in, RESULT_DONE);
}

static bool check_end(struct engine *engine)
{
    const uint64_t end = BUFFER_IOVA + BUFFER_BYTES;
    const struct transfer last = {.address = end - MAX_SIZE, .size = MAX_SIZE};
    const struct transfer past = {
        .address = end, .size = MAX_SIZE, .out = true};
    const struct smmu_event event = {FAULT_TRANSLATION, end, true};

    return engine_prepare(engine) && engine_events_begin(1) &&
           engine_transfer(engine, &last, RESULT_DONE) &&
           engine_refused(engine, &past, RESULT_BUS) &&
           engine_events_are(engine, &event, 1);
}

static bool check_read_only(struct engine *engine)
{
    const struct smmu_event event = {FAULT_PERMISSION, BUFFER_IOVA + 4096,
                                     true};

    pattern_fill(engine->buffer, BUFFER_BYTES, 410);
    return engine_map(engine, engine->buffer, BUFFER_BYTES, BUFFER_IOVA,
                      VFIO_DMA_MAP_FLAG_READ) &&
           engine_enable(engine) && engine_events_begin(1) &&
           engine_refused(engine, &out, RESULT_BUS) &&
           engine_events_are(engine, &event, 1) &&
           engine_transfer(engine, &in, RESULT_DONE);
}

static bool check_after_unmapping(struct engine *engine)
{
    const struct smmu_event event = {FAULT_TRANSLATION, BUFFER_IOVA, false};

    return engine_prepare(engine) && engine_events_begin(1) &&
           engine_transfer(engine, &in, RESULT_DONE) &&
           engine_unmap(engine, BUFFER_BYTES, BUFFER_IOVA) &&
           engine_refused(engine, &in, RESULT_BUS) &&
           engine_events_are(engine, &event, 1);
}

/* The same address, and other memory: no old translation may be left. */
static bool check_remapped(struct engine *engine)
{
    const uint32_t flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE;
    uint8_t data[DATA_BYTES];

    if (!engine_prepare(engine) || !engine_transfer(engine, &in, RESULT_DONE) ||
        !engine_unmap(engine, BUFFER_BYTES, BUFFER_IOVA) ||
        !engine_map(engine, engine->buffer + BUFFER_BYTES / 2, 4096,
                    BUFFER_IOVA, flags) ||
        !engine_transfer(engine, &in, RESULT_DONE)) {
        return false;
    }
    engine_read_data(engine, data);
    return engine_same(data, engine->buffer + BUFFER_BYTES / 2, MAX_SIZE,
                       "the data memory");
}

/*
 * An address that is physical memory of something else is the mapping's alone:
 * what does not translate it would write into the other memory.
 */
static bool check_own_addresses(struct engine *engine)
{
    uint8_t *other = aligned_alloc(page_bytes(), page_bytes());
    struct transfer transfer = {.size = MAX_SIZE, .out = true};
    bool passed;

    if (!other || mlock(other, page_bytes()) != 0) {
        free(other);
        return ktap_fail("there is no memory to use");
    }
    pattern_fill(other, page_bytes(), 411);
    pattern_fill(engine->buffer, BUFFER_BYTES, 412);
    passed = bound_memory_physical(other, &transfer.address) &&
             engine_map(engine, engine->buffer, page_bytes(), transfer.address,
                        VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE) &&
             engine_enable(engine);
    if (passed) {
        engine_fill_data(engine, 413);
        passed = engine_transfer(engine, &transfer, RESULT_DONE) &&
                 pattern_check(engine->buffer, MAX_SIZE, 413, 0,
                               "the memory that is mapped") &&
                 pattern_check(other, page_bytes(), 411, 0,
                               "the memory that has that physical address");
    }
    free(other);
    return passed;
}

/*
 * A device opened by itself has an SMMU entry that lets nothing through, and
 * reports nothing (arm_smmu_make_abort_ste()).
 */
static bool check_detached(struct engine *engine)
{
    bool passed;

    vfio_close(&engine->device);
    passed = vfio_open_cdev(&engine->device) &&
             engine_set_bus_master(engine, true) &&
             engine_map_registers(engine) && engine_enable(engine) &&
             engine_events_begin(0) &&
             engine_refused(engine, &in, RESULT_BUS) &&
             engine_events_are(engine, NULL, 0);
    vfio_close(&engine->device);
    return passed;
}

void add_bus_cases(struct engine *engine)
{
    engine_add(engine, 0, check_bus_master,
               "with Bus Master off no DMA gets to the bus, nor to the SMMU");
    if (engine->physical) {
        engine_add(engine, 0, check_nowhere,
                   "DMA to a physical address of nothing is refused");
    }
}

void add_mapping_cases(struct engine *engine)
{
    engine_add(engine, 0, check_unmapped,
               "DMA to an address that is not mapped is one event of the SMMU");
    engine_add(engine, 0, check_end,
               "DMA past the end of a mapping is refused");
    engine_add(engine, 0, check_read_only,
               "a mapping for reading refuses writes: F_PERMISSION");
    engine_add(engine, 0, check_after_unmapping,
               "after unmapping the same DMA is refused");
    engine_add(engine, 0, check_remapped,
               "an address that is mapped anew leads to the new memory");
    engine_add(engine, 0, check_own_addresses,
               "an address is the mapping's, whatever memory lies there");
    engine_add(engine, 0, check_detached,
               "a device without an address space moves nothing, silently");
}
