/*
 * The host that the tests are
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef WORLD_H
#define WORLD_H

#include "grace-gpu-abi.h"

/* What devices asked for and were given, of all that work with world_host(). */
typedef struct World {
    uint64_t now;
    uint64_t deadline;
    uint32_t modes[8];
    uint32_t present;
    uint64_t cleared;
    /* A bus with one block of memory at 0, and the device's own memory. */
    uint8_t bus[1024];
    uint8_t memory[1024];
    uint32_t interrupts;
    uint32_t bad_pages;
} World;

extern World world;

/* The functions that a device gets; they work without a context. */
GraceHost world_host(void);

/* A device of this option in a new world; without one the program ends. */
GraceDevice *world_device(const GraceFunctions *functions, const char *name,
                          const char *value);

#endif /* WORLD_H */
