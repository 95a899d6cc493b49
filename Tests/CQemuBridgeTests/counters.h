/*
 * How often the plug-in asked libc for memory, or for a copy
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef COUNTERS_H
#define COUNTERS_H

/* Calls of posix_memalign (what Embedded Swift allocates with) and malloc. */
extern unsigned long counted_allocations;

/* Calls of memcpy and memmove. */
extern unsigned long counted_copies;

#endif /* COUNTERS_H */
