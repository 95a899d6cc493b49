/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loads of memory after STREAM (McCalpin), and others that programs have. Each
 * runs on a block that the caller gives, so that blocks can be compared.
 */
#ifndef GRACE_SPEED_STREAM_H
#define GRACE_SPEED_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Three arrays of numbers and one of pointers lie in a block. */
#define STREAM_BYTES (8 * 1024 * 1024)
#define BLOCK_BYTES  (4 * STREAM_BYTES)

struct stream_load {
    const char *name;
    const char *unit;
    bool (*work)(void *block);
    uint64_t count; /* bytes, or steps */
};

extern const struct stream_load stream_loads[];
extern const size_t stream_load_count;

/* Numbers, and the chain of pointers, which no load changes. */
void stream_fill(void *block);

#endif
