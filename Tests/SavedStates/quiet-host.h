/*
 * A host that does nothing, and counts what it is asked to change
 *
 * For programs that need no more. It compiles with the header of any version
 * of the ABI, as save-state.c has to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef QUIET_HOST_H
#define QUIET_HOST_H

#include "grace-gpu-abi.h"

/* The context of a device; or NULL, if nobody wants to know. */
typedef struct QuietHost {
    unsigned long modes;   /* calls of set_region_mode */
    unsigned long changes; /* these, and all others that change something */
} QuietHost;

static inline void quiet_note(void *context)
{
    QuietHost *host = context;

    if (host) {
        host->changes++;
    }
}

static void quiet_log(void *context, GraceLogLevel level, const char *message)
{
    (void)context;
    (void)level;
    (void)message;
}

static uint64_t quiet_now(void *context)
{
    (void)context;
    return 0;
}

static void quiet_set_timer(void *context, uint64_t deadline)
{
    (void)deadline;
    quiet_note(context);
}

static void quiet_set_mode(void *context, uint32_t index, GraceRegionMode mode)
{
    QuietHost *host = context;

    (void)index;
    (void)mode;
    quiet_note(context);
    if (host) {
        host->modes++;
    }
}

#if GRACE_ABI_VERSION >= 2
static void quiet_set_presence(void *context, uint32_t present)
{
    (void)present;
    quiet_note(context);
}

static void quiet_clear_memory(void *context, uint64_t offset, uint64_t size)
{
    (void)offset;
    (void)size;
    quiet_note(context);
}
#endif

#if GRACE_ABI_VERSION >= 3
static uint32_t quiet_read(void *context, uint64_t address, uint8_t *bytes,
                           uint32_t size)
{
    (void)context;
    (void)address;
    (void)bytes;
    (void)size;
    return 0;
}

static uint32_t quiet_write(void *context, uint64_t address,
                            const uint8_t *bytes, uint32_t size)
{
    (void)context;
    (void)address;
    (void)bytes;
    (void)size;
    return 0;
}

static void quiet_interrupt(void *context, uint32_t vector)
{
    (void)vector;
    quiet_note(context);
}

static void quiet_set_poison(void *context, uint64_t offset, uint32_t is_bad)
{
    (void)offset;
    (void)is_bad;
    quiet_note(context);
}
#endif

static inline GraceHost quiet_host(void)
{
    return (GraceHost){
        .struct_size = sizeof(GraceHost),
        .log = quiet_log,
        .now = quiet_now,
        .set_timer = quiet_set_timer,
        .set_region_mode = quiet_set_mode,
#if GRACE_ABI_VERSION >= 2
        .set_presence = quiet_set_presence,
        .clear_memory = quiet_clear_memory,
#endif
#if GRACE_ABI_VERSION >= 3
        .dma_read = quiet_read,
        .dma_write = quiet_write,
        .memory_read = quiet_read,
        .memory_write = quiet_write,
        .interrupt = quiet_interrupt,
        .set_poison = quiet_set_poison,
#endif
    };
}

#endif /* QUIET_HOST_H */
