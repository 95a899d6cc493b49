// SPDX-License-Identifier: GPL-2.0-or-later
/* What move-check gives a GPU to keep, and how it finds it again. */
#include "move-check.h"

#include <fcntl.h>
#include <linux/pci_regs.h>
#include <string.h>
#include <unistd.h>

#include "config-space.h"
#include "ktap.h"
#include "pattern.h"
#include "promise-check.h"

/* docs/device.md: registers that software can use as it likes. */
#define SCRATCH_COUNT 64
#define LINK_SCRATCH  38 /* this one is the link's */
#define TIMER_LOW     0x009400
#define TIMER_HIGH    0x009410

/* The second port of the data memory, and the last of the messages'. */
#define PORT_BYTES    8
#define DMEMC1        (DMEMC + PORT_BYTES)
#define DMEMD1        (DMEMD + PORT_BYTES)
#define EMEMC7        0x8f2af8
#define EMEMD7        0x8f2afc
#define CHANNEL7      (7 * 1024)
#define CHANNEL_BYTES 1024

/* Traffic uses the beginning of the data memory. */
#define DATA_KEPT 1024

#define SEED 700
/* Of NVDM, which the processor does not know. */
#define UNKNOWN_TYPE 0x77

static uint32_t scratch_value(unsigned index)
{
    return 0x5c000000 + index * 0x010203;
}

bool move_fill_memory(struct move *move)
{
    const struct memory_part *parts[] = {&move->engine.layout.usemem,
                                         &move->engine.layout.resmem};
    const unsigned regions[] = {USEMEM_BAR, RESMEM_BAR};

    for (size_t i = 0; i < 2; i++) {
        const uint64_t end = parts[i]->bytes;
        const uint64_t offsets[] = {0, end / 2, end - PLACE_BYTES};

        for (size_t j = 0; end > 0 && j < 3; j++) {
            struct place *place = &move->places[move->place_count];

            place->region = regions[i];
            place->offset = offsets[j];
            place->bytes = engine_region(&move->engine, place->region,
                                         place->offset, PLACE_BYTES);
            if (!place->bytes) {
                return false;
            }
            pattern_fill(place->bytes, PLACE_BYTES, SEED + move->place_count);
            move->place_count++;
        }
    }
    return true;
}

bool move_find_memory(struct move *move)
{
    for (size_t i = 0; i < move->place_count; i++) {
        const struct place *place = &move->places[i];

        if (!pattern_check(place->bytes, PLACE_BYTES, SEED + i, place->offset,
                           place->region == USEMEM_BAR ? "region 4"
                                                       : "region 2")) {
            return false;
        }
    }
    return true;
}

static bool keep(struct move *move, uint32_t offset)
{
    if (move->kept_count == MAX_KEPT) {
        return ktap_fail("there are more than %d registers", MAX_KEPT);
    }
    move->kept[move->kept_count++] =
        (struct kept){offset, engine_read(&move->engine, offset)};
    return true;
}

bool move_fill_registers(struct move *move)
{
    /* Those that stay as they are while the engine works. */
    const uint32_t others[] = {0,      LINK_READY, BOOT_READY, DMACTL,
                               ENGINE, FBIF_CTL,   FBIF_CTL2,  DMA_RESULT};

    for (unsigned i = 0; i < SCRATCH_COUNT; i++) {
        const uint32_t offset = SCRATCH + 4 * i;

        if (i == LINK_SCRATCH) {
            continue;
        }
        engine_write(&move->engine, offset, scratch_value(i));
        if (!promise_equal(engine_read(&move->engine, offset), scratch_value(i),
                           "the register 0x%x", offset) ||
            !keep(move, offset)) {
            return false;
        }
    }
    for (unsigned i = 1; i < 8; i++) {
        engine_write(&move->engine, TRANSCFG + 4 * i, i);
        if (!keep(move, TRANSCFG + 4 * i)) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (!keep(move, others[i])) {
            return false;
        }
    }
    return true;
}

bool move_find_registers(struct move *move)
{
    for (size_t i = 0; i < move->kept_count; i++) {
        if (!promise_equal(engine_read(&move->engine, move->kept[i].offset),
                           move->kept[i].value, "the register 0x%x",
                           move->kept[i].offset)) {
            return false;
        }
    }
    return promise_equal(engine_read(&move->engine, DOORBELL), move->bell_count,
                         "the count of the doorbell");
}

static void data_pattern(uint8_t bytes[DATA_BYTES])
{
    pattern_fill(bytes, DATA_BYTES, SEED + 10);
}

/* The next word of a port that advances with each read. */
static bool next_word(struct move *move, uint32_t port, const uint8_t *expected)
{
    uint32_t word;

    memcpy(&word, expected, sizeof(word));
    return promise_equal(engine_read(&move->engine, port), word,
                         "the next word at port 0x%x", port);
}

bool move_fill_engine(struct move *move)
{
    struct engine *engine = &move->engine;
    uint8_t data[DATA_BYTES], messages[CHANNEL_BYTES];

    if (!engine_enable(engine)) {
        return false;
    }
    engine_fill_data(engine, SEED + 10);
    data_pattern(data);
    pattern_fill(messages, sizeof(messages), SEED + 11);
    engine_write(engine, EMEMC7, CHANNEL7 | ADVANCE);
    for (size_t i = 0; i < sizeof(messages); i += 4) {
        uint32_t word;

        memcpy(&word, messages + i, sizeof(word));
        engine_write(engine, EMEMD7, word);
    }
    /* A message whose answer nobody takes yet: an unknown type. */
    engine_write(engine, EMEMC2, 0x800 | ADVANCE);
    engine_write(engine, EMEMD2, MCTP_SINGLE);
    engine_write(engine, EMEMD2, UNKNOWN_TYPE << 24 | NVDM_VENDOR);
    engine_write(engine, QUEUE_TAIL2, 0x804);
    engine_write(engine, QUEUE_HEAD2, 0x800);
    /* And both ports inside a row of reads. */
    engine_write(engine, EMEMC7, CHANNEL7 | ADVANCE);
    engine_write(engine, DMEMC1, DATA_KEPT | ADVANCE);
    return next_word(move, EMEMD7, messages) &&
           next_word(move, DMEMD1, data + DATA_KEPT);
}

bool move_find_engine_memory(struct move *move)
{
    uint8_t data[DATA_BYTES], messages[CHANNEL_BYTES];

    data_pattern(data);
    pattern_fill(messages, sizeof(messages), SEED + 11);
    for (size_t i = DATA_KEPT + 4; i < sizeof(data); i += 4) {
        if (!next_word(move, DMEMD1, data + i)) {
            return false;
        }
    }
    for (size_t i = 4; i < sizeof(messages); i += 4) {
        if (!next_word(move, EMEMD7, messages + i)) {
            return false;
        }
    }
    return true;
}

/* docs/device.md, "Enabling it": five words, the last 0xa0, not supported. */
bool move_find_answer(struct move *move)
{
    const uint32_t expected[] = {MCTP_SINGLE, NVDM_ANSWER << 24 | NVDM_VENDOR,
                                 0, UNKNOWN_TYPE, NOT_SUPPORTED};
    struct engine *engine = &move->engine;

    if (!promise_equal(engine_read(engine, ANSWER_HEAD2), 0x800,
                       "the head of the answers") ||
        !promise_equal(engine_read(engine, ANSWER_TAIL2), 0x810,
                       "the tail of the answers")) {
        return false;
    }
    engine_write(engine, EMEMC2, 0x800 | ADVANCE);
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        if (!promise_equal(engine_read(engine, EMEMD2), expected[i],
                           "word %zu of the answer", i)) {
            return false;
        }
    }
    engine_write(engine, ANSWER_TAIL2, 0x800);
    return true;
}

static bool read_config(const struct move *move, uint8_t bytes[CONFIG_BYTES])
{
    int file =
        open(pci_path(&move->engine.function, "config"), O_RDONLY | O_CLOEXEC);
    ssize_t count = file < 0 ? -1 : pread(file, bytes, CONFIG_BYTES, 0);

    if (file >= 0) {
        close(file);
    }
    return promise_expect(count, CONFIG_BYTES,
                          "reading all of configuration space");
}

bool move_fill_config(struct move *move)
{
    const char *address = move->engine.function.address;
    unsigned errors;
    uint32_t severities;

    if (!config_find_extended(address, PCI_EXT_CAP_ID_ERR, &errors) ||
        !config_write(address, PCI_CACHE_LINE_SIZE, 1, 0x5a) ||
        !config_write(address, PCI_INTERRUPT_LINE, 1, 0xa5) ||
        !config_read(address, errors + PCI_ERR_UNCOR_SEVER, 4, &severities) ||
        !config_write(address, errors + PCI_ERR_UNCOR_SEVER, 4,
                      severities ^ PCI_ERR_UNC_COMP_TIME)) {
        return false;
    }
    return read_config(move, move->config) &&
           promise_equal(move->config[PCI_CACHE_LINE_SIZE], 0x5a,
                         "the cache line size") &&
           promise_equal(move->config[PCI_INTERRUPT_LINE], 0xa5,
                         "the interrupt line");
}

bool move_find_config(struct move *move)
{
    uint8_t found[CONFIG_BYTES];

    return read_config(move, found) &&
           engine_same(found, move->config, sizeof(found),
                       "configuration space");
}

uint64_t move_timer(const struct move *move)
{
    uint32_t high, low;

    do {
        high = engine_read(&move->engine, TIMER_HIGH);
        low = engine_read(&move->engine, TIMER_LOW);
    } while (engine_read(&move->engine, TIMER_HIGH) != high);
    return (uint64_t)high << 32 | low;
}
