/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs test programs as cases of the outer report. */
#ifndef GRACE_RUNNER_H
#define GRACE_RUNNER_H

#include <stdbool.h>

/*
 * Runs /bin/NAME, with one argument if `argument` is not NULL, and waits for it
 * at most `limit_seconds`. Prints the fact `program`, and result `number` of
 * the outer report. Returns whether the program succeeded.
 */
bool run_program(unsigned number, const char *name, const char *argument,
                 int limit_seconds);

#endif
