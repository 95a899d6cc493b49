// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How engine-check enables the DMA engine and has it move bytes: the sequences
 * of nv_falcon (fsp_rpc_send_cmd(), nv_falcon_dma_init(), nv_falcon_dma()).
 */
#include <linux/vfio.h>
#include <string.h>
#include <strings.h>

#include "engine-check.h"
#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"

/* Channel 2 of the security processor: its KiB of the memory of messages. */
#define CHANNEL      0x800
#define WORDS_SENT   3
#define WORDS_ANSWER 5

/* docs/device.md: the message that lets the engine move bytes. */
#define NVDM_TRANSFER 0x22
#define ENABLE        1

bool engine_message(struct engine *engine, uint32_t type, uint32_t dword,
                    uint32_t *status)
{
    const uint32_t sent[WORDS_SENT] = {MCTP_SINGLE, type << 24 | NVDM_VENDOR,
                                       dword};
    uint32_t answer[WORDS_ANSWER];

    if (!engine_wait(engine, BOOT_READY, IS_READY) ||
        !promise_equal(engine_read(engine, QUEUE_HEAD2),
                       engine_read(engine, QUEUE_TAIL2),
                       "the head of the command queue, against its tail,")) {
        return false;
    }
    engine_write(engine, EMEMC2, CHANNEL | ADVANCE);
    for (size_t i = 0; i < WORDS_SENT; i++) {
        engine_write(engine, EMEMD2, sent[i]);
    }
    engine_write(engine, QUEUE_TAIL2, CHANNEL + 4 * (WORDS_SENT - 1));
    engine_write(engine, QUEUE_HEAD2, CHANNEL);
    if (!engine_wait(engine, ANSWER_TAIL2, CHANNEL + 4 * (WORDS_ANSWER - 1)) ||
        !promise_equal(engine_read(engine, ANSWER_HEAD2), CHANNEL,
                       "the head of the answers")) {
        return false;
    }
    engine_write(engine, EMEMC2, CHANNEL | ADVANCE);
    for (size_t i = 0; i < WORDS_ANSWER; i++) {
        answer[i] = engine_read(engine, EMEMD2);
    }
    engine_write(engine, ANSWER_TAIL2, CHANNEL);
    *status = answer[4];
    return promise_equal(answer[0], MCTP_SINGLE, "the answer's MCTP header") &&
           promise_equal(answer[1], NVDM_ANSWER << 24 | NVDM_VENDOR,
                         "its NVDM header") &&
           promise_equal(answer[3], type, "the type that it answers");
}

bool engine_enable(struct engine *engine)
{
    uint32_t status;

    if (!engine_message(engine, NVDM_TRANSFER, ENABLE, &status) ||
        !promise_equal(status, 0, "the status of the enabling message")) {
        return false;
    }
    engine_write(engine, FBIF_CTL2, 1);
    engine_write(engine, FBIF_CTL, 0x90);
    engine_write(engine, DMACTL, 0);
    return true;
}

bool engine_show_buffer(struct engine *engine)
{
    return engine->physical ||
           engine_map(engine, engine->buffer, BUFFER_BYTES, BUFFER_IOVA,
                      VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE);
}

bool engine_prepare(struct engine *engine)
{
    pattern_fill(engine->buffer, BUFFER_BYTES, 400);
    return engine_show_buffer(engine) && engine_enable(engine);
}

uint32_t engine_command(const struct transfer *transfer)
{
    return (uint32_t)(ffs((int)transfer->size) - 3) << 8 |
           (transfer->out ? COMMAND_OUT : 0);
}

uint32_t engine_start(struct engine *engine, const struct transfer *transfer,
                      uint32_t command)
{
    engine_write(engine, TRANSCFG,
                 transfer->own ? TARGET_DEVICE : TARGET_SYSTEM);
    engine_write(engine, ADDRESS_TOP, (uint32_t)(transfer->address >> 47));
    engine_write(engine, DMA_BASE1, transfer->address >> 40 & 0x7f);
    engine_write(engine, DMA_BASE, (uint32_t)(transfer->address >> 8));
    engine_write(engine, DMA_OFFSET, transfer->address & 0xff);
    engine_write(engine, DMA_DATA, transfer->data);
    engine_write(engine, DMA_COMMAND, command);
    return engine_read(engine, DMA_RESULT);
}

static bool expect_result(struct engine *engine, uint32_t found,
                          enum engine_result expected)
{
    bool done = engine_read(engine, DMA_COMMAND) & COMMAND_DONE;

    return promise_equal(found, expected, "the transfer's result") &&
           promise_equal(done, expected == RESULT_DONE, "its done bit");
}

bool engine_transfer(struct engine *engine, const struct transfer *transfer,
                     enum engine_result expected)
{
    uint32_t found = engine_start(engine, transfer, engine_command(transfer));

    return expect_result(engine, found, expected);
}

void engine_fill_data(struct engine *engine, uint64_t seed)
{
    uint8_t bytes[DATA_BYTES];

    pattern_fill(bytes, sizeof(bytes), seed);
    engine_write(engine, DMEMC, ADVANCE);
    for (size_t i = 0; i < sizeof(bytes); i += 4) {
        uint32_t word;

        memcpy(&word, bytes + i, sizeof(word));
        engine_write(engine, DMEMD, word);
    }
}

void engine_read_data(struct engine *engine, uint8_t *bytes)
{
    engine_write(engine, DMEMC, ADVANCE);
    for (size_t i = 0; i < DATA_BYTES; i += 4) {
        uint32_t word = engine_read(engine, DMEMD);

        memcpy(bytes + i, &word, sizeof(word));
    }
}

bool engine_same(const uint8_t *found, const uint8_t *expected, size_t count,
                 const char *what)
{
    for (size_t i = 0; i < count; i++) {
        if (found[i] != expected[i]) {
            return ktap_fail("byte 0x%zx of %s is 0x%02x, not 0x%02x", i, what,
                             found[i], expected[i]);
        }
    }
    return true;
}

bool engine_refused(struct engine *engine, const struct transfer *transfer,
                    enum engine_result expected)
{
    static uint8_t buffer[BUFFER_BYTES];
    uint8_t before[DATA_BYTES], after[DATA_BYTES];

    memcpy(buffer, engine->buffer, sizeof(buffer));
    engine_fill_data(engine, 401);
    engine_read_data(engine, before);
    if (!engine_transfer(engine, transfer, expected)) {
        return false;
    }
    engine_read_data(engine, after);
    return engine_same(after, before, sizeof(after), "the data memory") &&
           engine_same(engine->buffer, buffer, sizeof(buffer), "the buffer");
}
