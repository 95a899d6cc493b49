/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings of a function's BARs through sysfs. */
#ifndef GRACE_BAR_MAP_H
#define GRACE_BAR_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci.h"
#include "window.h"

/*
 * Maps a part of a BAR: `write_combining` takes resourceN_wc, which is normal
 * uncached memory, where unaligned accesses and atomics are allowed; plain
 * resourceN is Device memory. Gives ktap_fail() the reason if it fails.
 */
bool bar_map(const struct pci_function *function, int index,
             bool write_combining, uint64_t offset, size_t bytes,
             struct window *window);

#endif
