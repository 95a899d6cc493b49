/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of life-check share that use the GPU through NVIDIA's driver.
 * The driver asks whether the GPU is ready at the first access after a reset,
 * once a second (nvgrace-gpu/main.c in Linux 7.3: POLL_QUANTUM_MS).
 */
#ifndef GRACE_LIFE_VFIO_H
#define GRACE_LIFE_VFIO_H

#include "clock.h"
#include "life-check.h"
#include "vfio-check.h"

#define POLL_MS     1000
#define CHUNK_BYTES 4096

struct life {
    struct vfio_test test;
    struct memory_region regions[2];
    /* From a reset until the GPU is ready, and how long the driver waits. */
    uint64_t ready_ns, patience_ns;
};

/* The four ways to reach the memory of a region. */
enum access { ACCESS_READ, ACCESS_WRITE, ACCESS_LOAD, ACCESS_STORE };

#define ACCESS_COUNT 4

const char *access_name(enum access access);

/* A page of a region: what it holds, and a mapping of it. */
struct place {
    struct life *life;
    const struct memory_region *region;
    uint64_t offset;
    uint64_t seed;
    struct window window;
};

/* How an access ended: both 0 if it was done. */
struct outcome {
    int error;  /* of a read or write */
    int signal; /* of a load or store */
};

/*
 * Waits, with the driver if need be, until the GPU is ready. False, with the
 * reason given to ktap_fail(), if it is not when it should be.
 */
bool life_settle(struct life *life);

/* Settles, fills a page with a pattern of its own, and maps and touches it. */
bool life_prepare(struct life *life, const struct memory_region *region,
                  unsigned page, struct place *place);

/* Resets the device through VFIO. */
bool life_reset_device(struct life *life, struct moment *moment);

/*
 * One access to the first 8 bytes of the place: a write or store changes them
 * to what a pattern with another seed begins with, if it is done.
 */
struct outcome life_access(const struct place *place, enum access access);

/* Reads the page: the pattern, of which 8 bytes may have been written. */
bool life_check_page(const struct place *place, bool was_written);

/* PCI_COMMAND_MEMORY as VFIO shows it. */
bool life_set_decoding(struct life *life, bool on);

/* An outcome in words, in a static buffer. */
const char *life_describe(struct outcome outcome);

void life_add_wait_cases(struct life *life);
void life_add_late_cases(struct life *life);
void life_add_decoding_cases(struct life *life);
void life_add_race_cases(struct life *life);
void life_add_power_cases(struct life *life);

#endif
