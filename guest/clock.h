/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's own clock, for programs that measure how long something took. */
#ifndef GRACE_CLOCK_H
#define GRACE_CLOCK_H

#include <stdint.h>

#define NS_PER_MS UINT64_C(1000000)

/* CLOCK_MONOTONIC in nanoseconds. */
uint64_t clock_ns(void);

void clock_sleep_ms(uint64_t milliseconds);

#endif
