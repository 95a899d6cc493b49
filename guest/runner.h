/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs test programs as cases of the outer report. */
#ifndef GRACE_RUNNER_H
#define GRACE_RUNNER_H

#include <stdbool.h>

/* A test that takes longer hangs: most take a few seconds. */
#define TIME_LIMIT_SECONDS 60

/*
 * Runs /bin/NAME, with one argument if `argument` is not NULL, and waits for it
 * at most `seconds`. Prints the fact `program`, and result `number` of
 * the outer report. Returns whether the program succeeded.
 */
bool run_program(unsigned number, const char *name, const char *argument,
                 unsigned seconds);

#endif
