// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of engine-check on the GPU's own memory, over its inside and over
 * the bus, and on DMA into its own registers.
 */
#include <inttypes.h>
#include <linux/vfio.h>
#include <string.h>

#include "engine-check.h"
#include "kernel-faults.h"
#include "ktap.h"
#include "options.h"
#include "pattern.h"
#include "promise-check.h"

#define READ_WRITE (VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE)
/* Inside the memory, and for DMA to the GPU itself. */
#define SPOT 0x12345000
#define IOVA 0x40000000

/* A page of a region, through it written and then read by the engine. */
static bool move(struct engine *engine, unsigned region, uint64_t offset,
                 uint64_t address)
{
    struct transfer in = {.address = address, .size = MAX_SIZE, .own = true};
    struct transfer out = {.address = address + 2048,
                           .data = 512,
                           .size = 64,
                           .out = true,
                           .own = true};
    uint8_t *memory = engine_region(engine, region, offset, page_bytes());
    uint8_t expected[4096], data[DATA_BYTES];

    if (!memory) {
        return false;
    }
    pattern_fill(memory, sizeof(expected), 420 + region);
    pattern_fill(expected, sizeof(expected), 420 + region);
    engine_fill_data(engine, 430);
    if (!engine_transfer(engine, &in, RESULT_DONE) ||
        !engine_transfer(engine, &out, RESULT_DONE)) {
        return false;
    }
    engine_read_data(engine, data);
    if (!engine_same(data, expected, MAX_SIZE, "the data memory")) {
        return false;
    }
    memcpy(expected + 2048, data + 512, 64);
    return engine_same(memory, expected, sizeof(expected), "the region");
}

static bool check_own(struct engine *engine)
{
    const uint64_t last = engine->layout.usemem.bytes - page_bytes();

    return engine_enable(engine) && move(engine, USEMEM_BAR, 0, 0) &&
           move(engine, USEMEM_BAR, SPOT, SPOT) &&
           move(engine, USEMEM_BAR, last, last);
}

/* Where the driver divides the memory, region 2 is its end. */
static bool check_own_end(struct engine *engine)
{
    const struct memory_part *part = &engine->layout.resmem;
    const uint64_t last = part->bytes - page_bytes();

    if (part->bytes == 0) {
        return ktap_skip("the memory is not divided");
    }
    return engine_enable(engine) &&
           move(engine, RESMEM_BAR, 0, engine->memory - part->bytes) &&
           move(engine, RESMEM_BAR, last, engine->memory - page_bytes());
}

static bool check_past_end(struct engine *engine)
{
    struct transfer transfer = {
        .address = engine->memory, .size = MAX_SIZE, .own = true};

    if (!engine_prepare(engine) ||
        !engine_refused(engine, &transfer, RESULT_MEMORY)) {
        return false;
    }
    transfer.out = true;
    if (!engine_refused(engine, &transfer, RESULT_MEMORY)) {
        return false;
    }
    transfer.address = -(uint64_t)MAX_SIZE;
    return engine_refused(engine, &transfer, RESULT_MEMORY);
}

/* The engine needs the memory's training alone, the memory also the link. */
static bool check_not_ready(struct engine *engine)
{
    const struct transfer transfer = {
        .address = SPOT, .size = MAX_SIZE, .own = true};

    if (!engine_prepare(engine)) {
        return false;
    }
    if (engine_read(engine, LINK_READY) == IS_READY) {
        return ktap_skip("the link is up as early as the engine; see "
                         "c2c-ready-ms=");
    }
    return engine_refused(engine, &transfer, RESULT_MEMORY) &&
           engine_wait(engine, LINK_READY, IS_READY) &&
           engine_transfer(engine, &transfer, RESULT_DONE);
}

/* The physical address of a mapping of region 4: the log of its fault. */
static bool find_address(volatile uint8_t *memory, uint64_t *address)
{
    const struct window window = {memory, page_bytes()};
    struct kernel_faults faults;

    if (!kernel_faults_start(1)) {
        return false;
    }
    window_read(&window, 0, 4);
    /* The last is the one that was served. */
    if (!kernel_faults_stop(&faults) ||
        !promise_equal(faults.count > 0, true, "that the fault was logged")) {
        return false;
    }
    *address = faults.faults[faults.count - 1].frame * page_bytes();
    return true;
}

static bool check_over_bus(struct engine *engine)
{
    struct transfer in = {.size = MAX_SIZE};
    struct transfer out = {.size = MAX_SIZE, .out = true};
    uint8_t *memory = engine_region(engine, USEMEM_BAR, SPOT, page_bytes());
    uint8_t expected[4096];
    uint64_t address;

    if (!memory) {
        return false;
    }
    /* Where it is in a BAR the kernel says it, and no log of a fault does. */
    if (engine->function.bars[USEMEM_BAR].bytes > 0) {
        address = engine->function.bars[USEMEM_BAR].start + SPOT;
    } else if (!find_address(memory, &address)) {
        return false;
    }
    if (!engine->physical && address >> options_get()->smmu_bits != 0) {
        return ktap_skip("the memory lies above 2^%" PRIu64 ", where the SMMU "
                         "does not reach; see arm-smmuv3.oas",
                         options_get()->smmu_bits);
    }
    pattern_fill(memory, sizeof(expected), 440);
    pattern_fill(expected, sizeof(expected), 440);
    memcpy(expected + 1024, expected + 512, MAX_SIZE);
    in.address = (engine->physical ? address : IOVA) + 512;
    out.address = in.address + 512;
    return (engine->physical ||
            engine_map(engine, memory, page_bytes(), IOVA, READ_WRITE)) &&
           engine_enable(engine) && engine_transfer(engine, &in, RESULT_DONE) &&
           engine_transfer(engine, &out, RESULT_DONE) &&
           engine_same(memory, expected, sizeof(expected), "region 4");
}

/* SCRATCH, which anyone can write, and the doorbell, which counts. */
static bool check_own_registers(struct engine *engine)
{
    const uint64_t bell = DOORBELL & ~(page_bytes() - 1);
    const uint64_t bar = engine->function.bars[0].start;
    const uint64_t to_scratch =
        engine->physical ? bar + SCRATCH : IOVA + SCRATCH % page_bytes();
    const uint64_t to_bell = engine->physical
                                 ? bar + DOORBELL
                                 : IOVA + page_bytes() + (DOORBELL - bell);
    const struct transfer transfers[] = {
        {.address = to_scratch, .size = 4},
        {.address = to_scratch, .size = 4, .out = true},
        {.address = to_bell, .size = 4, .out = true},
    };
    uint8_t *scratch =
        engine_region(engine, 0, SCRATCH & ~(page_bytes() - 1), page_bytes());
    uint8_t *doorbell = engine_region(engine, 0, bell, page_bytes());

    if (!scratch || !doorbell || !engine_prepare(engine) ||
        (!engine->physical &&
         (!engine_map(engine, scratch, page_bytes(), IOVA, READ_WRITE) ||
          !engine_map(engine, doorbell, page_bytes(), IOVA + page_bytes(),
                      READ_WRITE))) ||
        !engine_events_begin(0)) {
        return false;
    }
    engine_write(engine, SCRATCH, 0x600df00d);
    for (size_t i = 0; i < sizeof(transfers) / sizeof(transfers[0]); i++) {
        if (!engine_refused(engine, &transfers[i], RESULT_BUS)) {
            ktap_line("# in transfer %zu", i);
            return false;
        }
    }
    return promise_equal(engine_read(engine, SCRATCH), 0x600df00d,
                         "the scratch register") &&
           promise_equal(engine_read(engine, DOORBELL), 0,
                         "the count of the doorbell") &&
           engine_events_are(engine, NULL, 0);
}

void add_memory_cases(struct engine *engine)
{
    engine_add(engine, 0, check_own,
               "the GPU's own memory is what region 4 shows, at its offsets");
    engine_add(engine, 0, check_own_end,
               "the end of the GPU's own memory is what region 2 shows");
    engine_add(engine, 0, check_past_end,
               "the GPU's own memory ends, and refuses what is past it");
    engine_add(engine, 0, check_not_ready,
               "the GPU's own memory refuses DMA until it is ready");
    /* iommufd maps no memory of a device. */
    if (engine->is_virtual) {
        return;
    }
    engine_add(engine, 0, check_over_bus,
               "DMA to the GPU's own memory by its bus address arrives");
    engine_add(
        engine, 0, check_own_registers,
        "DMA to the GPU's own registers is refused, and changes nothing");
}
