/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of live-check share. */
#ifndef GRACE_LIVE_CHECK_H
#define GRACE_LIVE_CHECK_H

#include "host.h"
#include "sizes.h"
#include "vfio.h"
#include "window.h"

/* The device under test. Cases run in order, and share the open device. */
struct live {
    struct pci_function function;
    struct vfio_device device;
    struct memory_layout layout;
    /* The first page of region 4, mapped all the time. */
    struct window kept;
};

/* Binds the driver, opens the device, and maps `kept`. */
bool live_open(struct live *live);
bool live_close(struct live *live);

/*
 * Maps the beginning of the BAR or, in bare-metal, of the driver's region. The
 * reason goes to ktap_fail() if that fails.
 */
bool live_map(struct live *live, unsigned index, size_t bytes,
              struct window *window);

/*
 * Writes to the memory in all ways: through `kept`, and with pwrite() to
 * regions 4 and 2.
 */
bool live_fill(struct live *live, uint64_t seed);
/* Whether all of that is still there. */
bool live_find(struct live *live, uint64_t seed);

/* Whether the memory reads as ones in all these ways, without an error. */
bool live_shows_ones(struct live *live);

/* One access to the memory: 0, or the error's number. */
int live_read(struct live *live);
int live_write(struct live *live);
/* One access through `kept`; false if it ended with a signal. */
bool live_touch(struct live *live);

/* Reads a register of BAR0 through VFIO. */
bool live_register(struct live *live, uint64_t offset, uint32_t *value);

/* Reads or writes configuration space as the kernel lets root do it. */
bool live_config(const struct live *live, size_t offset, uint32_t *value,
                 bool is_write);

/* A reset through VFIO, after which memory decoding is on again. */
bool live_reset(struct live *live);

/* The scenarios of grace.live=; each adds its cases. */
void live_add_faults(struct live *live);
void live_add_hangs(struct live *live);
void live_add_removal(struct live *live);
void live_add_errors(struct live *live);
void live_add_poison(struct live *live);
void live_add_records(struct live *live);
void live_add_bad_read(struct live *live);
void live_add_hotplug(struct live *live);
void live_add_core_hotplug(struct live *live);

#endif
