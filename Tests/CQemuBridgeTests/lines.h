/*
 * Functions that end at the first thing that is wrong, and give its line
 *
 * For what is done a thousand times, where a case that goes on would complain
 * of one thing as often.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LINES_H
#define LINES_H

#include "tap.h"

/* Gives the line at which something is not as it should be. */
#define must(condition)                                                        \
    do {                                                                       \
        if (!(condition)) {                                                    \
            return __LINE__;                                                   \
        }                                                                      \
    } while (0)

/* Goes on if another function found nothing. */
#define pass(line)                                                             \
    do {                                                                       \
        if (line) {                                                            \
            return line;                                                       \
        }                                                                      \
    } while (0)

/* A case that is one of these functions. */
#define expect_none(line)                                                      \
    do {                                                                       \
        int found = (line);                                                    \
                                                                               \
        if (found) {                                                           \
            printf("# %s:%d: not as it should be\n", __FILE__, found);         \
            tap_broken = 1;                                                    \
        }                                                                      \
    } while (0)

/* Bytes that libc's heap has given out. */
unsigned long heap_bytes(void);

#endif /* LINES_H */
