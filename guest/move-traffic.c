// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that is written while the machine moves, by the CPU and by the GPU's
 * DMA engine: what is sent early has to be sent again.
 */
#include "move-check.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "ktap.h"
#include "pattern.h"

/* In region 4, away from the patterns: a word in each 4 KiB, then blocks. */
#define WORDS_AT   (64 * MIB)
#define WORDS      1024
#define WORD_STEP  4096
#define BLOCKS_AT  (96 * MIB)
#define BLOCKS     256
#define BLOCK_STEP 4096
#define TEMPLATE   (112 * MIB)

static struct {
    struct move *move;
    pthread_t thread;
    atomic_bool stop, ended;
    uint8_t *words, *blocks, *template;
    atomic_uint_fast64_t rounds;
    /* The first thing that was wrong, if any; valid once the thread ended. */
    const char *problem;
} traffic;

static bool block_is(const uint8_t *bytes, uint64_t seed)
{
    return pattern_compare(bytes, MAX_SIZE, seed) == MAX_SIZE;
}

/* From the GPU's memory through the data memory to the place. */
static bool copy(uint64_t to, bool own)
{
    struct engine *engine = &traffic.move->engine;
    const struct transfer in = {
        .address = TEMPLATE, .size = MAX_SIZE, .own = true};
    const struct transfer out = {
        .address = to, .size = MAX_SIZE, .out = true, .own = own};

    return engine_start(engine, &in, engine_command(&in)) == RESULT_DONE &&
           engine_start(engine, &out, engine_command(&out)) == RESULT_DONE;
}

/* What is overwritten is what was written there last. */
static const char *one_round(uint64_t round)
{
    const struct engine *engine = &traffic.move->engine;
    const uint64_t block = round % BLOCKS * BLOCK_STEP;
    const size_t piece = round % (BUFFER_BYTES / MAX_SIZE) * MAX_SIZE;
    uint8_t *word = traffic.words + round % WORDS * WORD_STEP;
    uint64_t before;

    memcpy(&before, word, sizeof(before));
    if (round >= WORDS && before != round - WORDS) {
        return "a word that the CPU wrote is lost";
    }
    if (round >= BLOCKS && !block_is(traffic.blocks + block, round - BLOCKS)) {
        return "a block that the engine wrote to the GPU's memory is lost";
    }
    memcpy(word, &round, sizeof(round));
    pattern_fill(traffic.template, MAX_SIZE, round);
    if (!copy(BLOCKS_AT + block, true) || !copy(engine->bus + piece, false)) {
        return "a transfer failed";
    }
    if (!block_is(traffic.blocks + block, round)) {
        return "the GPU's memory is not what the engine wrote";
    }
    return block_is(engine->buffer + piece, round)
               ? NULL
               : "system memory is not what the engine wrote";
}

static void *work(void *context)
{
    (void)context;
    const char *problem = NULL;

    while (!atomic_load(&traffic.stop) && !problem) {
        problem = one_round(traffic.rounds);
        traffic.rounds++;
        sched_yield();
    }
    traffic.problem = problem;
    atomic_store(&traffic.ended, true);
    return NULL;
}

bool traffic_start(struct move *move)
{
    struct engine *engine = &move->engine;

    traffic.move = move;
    traffic.words =
        engine_region(engine, USEMEM_BAR, WORDS_AT, WORDS * WORD_STEP);
    traffic.blocks =
        engine_region(engine, USEMEM_BAR, BLOCKS_AT, BLOCKS * BLOCK_STEP);
    traffic.template =
        engine_region(engine, USEMEM_BAR, TEMPLATE, page_bytes());
    if (!traffic.words || !traffic.blocks || !traffic.template) {
        return false;
    }
    return pthread_create(&traffic.thread, NULL, work, NULL) == 0 ||
           ktap_fail("a thread cannot be started");
}

/* The last round that wrote to the place, of so many places. */
static uint64_t last_round(uint64_t place, uint64_t places)
{
    const uint64_t last = traffic.rounds - 1;

    return last - (last + places - place) % places;
}

bool traffic_stop(void)
{
    uint64_t rounds = traffic.rounds;

    ktap_line("# %" PRIu64 " rounds until now", rounds);
    /* Each place has been written twice, before or after the move. */
    while (traffic.rounds < 2 * WORDS && !atomic_load(&traffic.ended)) {
        sched_yield();
    }
    atomic_store(&traffic.stop, true);
    pthread_join(traffic.thread, NULL);
    rounds = traffic.rounds;
    if (traffic.problem) {
        return ktap_fail("%s in round %" PRIu64, traffic.problem, rounds - 1);
    }
    for (uint64_t i = 0; i < WORDS; i++) {
        uint64_t found;

        memcpy(&found, traffic.words + i * WORD_STEP, sizeof(found));
        if (found != last_round(i, WORDS)) {
            return ktap_fail("word %" PRIu64 " is of round %" PRIu64
                             ", not %" PRIu64,
                             i, found, last_round(i, WORDS));
        }
    }
    for (uint64_t i = 0; i < BLOCKS; i++) {
        if (!block_is(traffic.blocks + i * BLOCK_STEP, last_round(i, BLOCKS))) {
            return ktap_fail("block %" PRIu64 " is not of round %" PRIu64, i,
                             last_round(i, BLOCKS));
        }
    }
    return true;
}
