/*
 * The Test Anything Protocol, as little of it as the tests need
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TAP_H
#define TAP_H

#include <stdio.h>

extern int tap_count;
extern int tap_failures;
extern int tap_broken;

/* Notes what is wrong; the case that is under way will not be ok. */
#define expect(condition)                                                      \
    do {                                                                       \
        if (!(condition)) {                                                    \
            printf("# %s:%d: expected %s\n", __FILE__, __LINE__, #condition);  \
            tap_broken = 1;                                                    \
        }                                                                      \
    } while (0)

/* Runs one case; its name is the rule that it checks. */
#define run(name, function)                                                    \
    do {                                                                       \
        tap_broken = 0;                                                        \
        function();                                                            \
        tap_failures += tap_broken;                                            \
        printf("%s %d - %s\n", tap_broken ? "not ok" : "ok", ++tap_count,      \
               name);                                                          \
    } while (0)

/* Prints the plan, and gives the exit status. */
int tap_end(void);

#endif /* TAP_H */
