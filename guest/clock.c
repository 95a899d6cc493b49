// SPDX-License-Identifier: GPL-2.0-or-later
#include "clock.h"

#include <errno.h>
#include <time.h>

uint64_t clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 * NS_PER_MS + (uint64_t)now.tv_nsec;
}

void clock_sleep_ms(uint64_t milliseconds)
{
    struct timespec rest = {(time_t)(milliseconds / 1000),
                            (long)(milliseconds % 1000 * NS_PER_MS)};

    while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {
    }
}
