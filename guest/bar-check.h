/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of bar-check share. */
#ifndef GRACE_BAR_CHECK_H
#define GRACE_BAR_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bar-map.h"
#include "pci.h"
#include "sizes.h"
#include "window.h"

/* A BAR with memory behind it. */
struct memory_bar {
    const struct pci_function *function;
    int index;
    struct memory_part expected;
    /* The case on the start and the end of the memory has passed. */
    bool ends_confirmed;
};

/* Maps a part of a memory BAR as bar_map() does, write-combining. */
bool memory_bar_map(const struct memory_bar *bar, uint64_t offset, size_t bytes,
                    struct window *window);

/* Cases on a memory BAR, and on how two lie together: apart, or in one. */
void add_memory_cases(struct memory_bar *bar);
void add_same_memory_case(struct memory_bar bars[2]);
void add_alias_case(struct memory_bar bars[2]);

/* Cases that hold for the cached memory alone. */
void add_plain_memory_cases(struct memory_bar *bar);

#endif
