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

/* Which of these calls, by their number, get no memory; none if last is 0. */
extern unsigned long refused_first;
extern unsigned long refused_last;

#endif /* COUNTERS_H */
