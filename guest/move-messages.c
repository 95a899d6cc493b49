// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Messages to the security processor that the machine moves in the middle of:
 * one of which the first of two packets was sent, one that lies there whole
 * with its tail, but without its head, which would send it.
 */
#include "ktap.h"
#include "move-check.h"
#include "promise-check.h"

/* docs/device.md: registers and memory of each channel. */
#define PORT(channel)        (0x8f2ac0 + 8 * (channel))
#define QUEUE_HEAD(channel)  (0x8f2c00 + 8 * (channel))
#define QUEUE_TAIL(channel)  (QUEUE_HEAD(channel) + 4)
#define ANSWER_HEAD(channel) (0x8f2c80 + 8 * (channel))
#define ANSWER_TAIL(channel) (ANSWER_HEAD(channel) + 4)
#define START(channel)       (1024 * (channel))

/* The other channels have other things to keep: see move-state.c. */
#define IN_PACKETS 3
#define UNSENT     4

/* MCTP (DMTF DSP0236, 8.1): the first of two packets, and the second. */
#define FIRST  0x80000000
#define SECOND 0x50000000
/* Types of NVDM that are unknown. */
#define TYPE_PACKETS   0x71
#define TYPE_UNSENT    0x72
#define WORDS_ANSWERED 5

static void put(struct move *move, unsigned channel, uint32_t first,
                uint32_t second)
{
    struct engine *engine = &move->engine;

    engine_write(engine, PORT(channel), START(channel) | ADVANCE);
    engine_write(engine, PORT(channel) + 4, first);
    engine_write(engine, PORT(channel) + 4, second);
    engine_write(engine, QUEUE_TAIL(channel), START(channel) + 4);
}

static void send(struct move *move, unsigned channel)
{
    engine_write(&move->engine, QUEUE_HEAD(channel), START(channel));
}

/* Nothing has come, and of what was sent nothing waits. */
static bool is_silent(struct move *move, unsigned channel)
{
    struct engine *engine = &move->engine;

    return promise_equal(engine_read(engine, ANSWER_HEAD(channel)),
                         engine_read(engine, ANSWER_TAIL(channel)),
                         "the head of the answers of channel %u, against "
                         "their tail,",
                         channel);
}

/* The processor understood of which type the message was. */
static bool is_answered(struct move *move, unsigned channel, uint32_t type)
{
    const uint32_t expected[WORDS_ANSWERED] = {
        MCTP_SINGLE, NVDM_ANSWER << 24 | NVDM_VENDOR, 0, type, NOT_SUPPORTED};
    struct engine *engine = &move->engine;

    if (!promise_equal(engine_read(engine, ANSWER_TAIL(channel)),
                       START(channel) + 4 * (WORDS_ANSWERED - 1),
                       "the tail of the answers of channel %u", channel)) {
        return false;
    }
    engine_write(engine, PORT(channel), START(channel) | ADVANCE);
    for (size_t i = 0; i < WORDS_ANSWERED; i++) {
        if (!promise_equal(engine_read(engine, PORT(channel) + 4), expected[i],
                           "word %zu of the answer of channel %u", i,
                           channel)) {
            return false;
        }
    }
    engine_write(engine, ANSWER_TAIL(channel), START(channel));
    return true;
}

bool move_fill_messages(struct move *move)
{
    put(move, IN_PACKETS, FIRST, TYPE_PACKETS << 24 | NVDM_VENDOR);
    send(move, IN_PACKETS);
    put(move, UNSENT, MCTP_SINGLE, TYPE_UNSENT << 24 | NVDM_VENDOR);
    return is_silent(move, IN_PACKETS) && is_silent(move, UNSENT);
}

bool move_find_messages(struct move *move)
{
    if (!is_silent(move, IN_PACKETS) || !is_silent(move, UNSENT)) {
        return false;
    }
    put(move, IN_PACKETS, SECOND, 0);
    send(move, IN_PACKETS);
    send(move, UNSENT);
    return is_answered(move, IN_PACKETS, TYPE_PACKETS) &&
           is_answered(move, UNSENT, TYPE_UNSENT);
}
