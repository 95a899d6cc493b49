// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of engine-check on what the engine itself refuses. */
#include "engine-check.h"
#include "ktap.h"
#include "promise-check.h"

static bool check_address(struct engine *engine)
{
    for (uint32_t size = 8; size <= MAX_SIZE; size *= 2) {
        const struct transfer in = {.address = engine->bus + size / 2,
                                    .size = size};
        const struct transfer out = {
            .address = engine->bus + 4, .size = size, .out = true};

        if (!engine_refused(engine, &in, RESULT_ALIGNMENT) ||
            !engine_refused(engine, &out, RESULT_ALIGNMENT)) {
            ktap_line("# in a transfer of %u bytes", size);
            return false;
        }
    }
    return true;
}

static bool check_misplaced(struct engine *engine)
{
    const struct transfer odd = {.address = engine->bus + 2, .size = 4};

    return engine_prepare(engine) &&
           engine_refused(engine, &odd, RESULT_ALIGNMENT) &&
           check_address(engine);
}

static bool check_data(struct engine *engine)
{
    const struct transfer misplaced = {
        .address = engine->bus, .data = 128, .size = MAX_SIZE};
    const struct transfer past = {
        .address = engine->bus, .data = DATA_BYTES, .size = 4, .out = true};
    const struct transfer last = {
        .address = engine->bus, .data = DATA_BYTES - 4, .size = 4};

    return engine_prepare(engine) &&
           engine_refused(engine, &misplaced, RESULT_ALIGNMENT) &&
           engine_refused(engine, &past, RESULT_ALIGNMENT) &&
           engine_transfer(engine, &last, RESULT_DONE);
}

/* 512 bytes; bits 2 to 4: code memory, a secure transfer, as headers have it */
static bool check_commands(struct engine *engine)
{
    const struct transfer transfer = {.address = engine->bus, .size = 4};
    const uint32_t commands[] = {0x700, 0x004, 0x008, 0x010};

    if (!engine_prepare(engine)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (!promise_equal(engine_start(engine, &transfer, commands[i]),
                           RESULT_COMMAND, "the result of command 0x%x",
                           commands[i])) {
            return false;
        }
    }
    return engine_transfer(engine, &transfer, RESULT_DONE);
}

/* Each of what nv_falcon sets up is needed. */
static bool check_context(struct engine *engine)
{
    static const struct {
        uint32_t offset, wrong, right;
    } rows[] = {{DMACTL, 1, 0}, {FBIF_CTL, 0x80, 0x90}, {FBIF_CTL, 0x10, 0x90}};
    const struct transfer transfer = {.address = engine->bus, .size = 64};

    if (!engine_prepare(engine)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        engine_write(engine, rows[i].offset, rows[i].wrong);
        if (!engine_refused(engine, &transfer, RESULT_CONTEXT)) {
            ktap_line("# with 0x%x in 0x%x", rows[i].wrong, rows[i].offset);
            return false;
        }
        engine_write(engine, rows[i].offset, rows[i].right);
        if (!engine_transfer(engine, &transfer, RESULT_DONE)) {
            return false;
        }
    }
    return true;
}

void add_refusal_cases(struct engine *engine)
{
    engine_add(engine, 0, check_misplaced,
               "an address that is no multiple of the size is refused");
    engine_add(engine, 0, check_data,
               "the data memory is addressed in multiples of the size, and "
               "ends");
    engine_add(engine, 0, check_commands,
               "commands of another size or kind are refused");
    engine_add(engine, 0, check_context,
               "without physical addresses, or with a context, DMA is refused");
}
