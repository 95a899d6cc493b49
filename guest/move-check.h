/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of move-check share. */
#ifndef GRACE_MOVE_CHECK_H
#define GRACE_MOVE_CHECK_H

#include "engine-check.h"

#define CONFIG_BYTES 4096
/* Places of patterns in the memory: three for each region. */
#define MAX_PLACES  6
#define PLACE_BYTES (16 * KIB)
/* Registers whose values are to stay as they are. */
#define MAX_KEPT 128

/* All of it is what the GPU was given before the machine moved. */
struct move {
    struct engine engine;
    struct place {
        unsigned region;
        uint64_t offset;
        uint8_t *bytes;
    } places[MAX_PLACES];
    size_t place_count;
    /* A page of region 4 that goes bad. */
    uint8_t *bad;
    uint8_t config[CONFIG_BYTES];
    struct kept {
        uint32_t offset, value;
    } kept[MAX_KEPT];
    size_t kept_count;
    uint32_t bell_count;
    /* The guest's clock and the GPU's timer, read one after the other. */
    uint64_t clock, timer;
};

/* Gives registers, memories and configuration space something to keep. */
bool move_fill_memory(struct move *move);
bool move_fill_registers(struct move *move);
bool move_fill_engine(struct move *move);
bool move_fill_messages(struct move *move);
bool move_fill_config(struct move *move);

/* Whether all is as it was given. */
bool move_find_memory(struct move *move);
bool move_find_registers(struct move *move);
bool move_find_engine_memory(struct move *move);
bool move_find_answer(struct move *move);
bool move_find_messages(struct move *move);
bool move_find_config(struct move *move);

/* The GPU's timer in nanoseconds. */
uint64_t move_timer(const struct move *move);

/*
 * A thread that writes to the coherent memory, and has the engine move blocks
 * in it and to system memory, until it is stopped. It compares as it goes.
 */
bool traffic_start(struct move *move);
/* Whether nothing was wrong, and all that was written last is there. */
bool traffic_stop(void);

#endif
