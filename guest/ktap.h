/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test reports in the Kernel Test Anything Protocol, version 1
 * (Documentation/dev-tools/ktap.rst of the kernel tree).
 *
 * A program adds its cases, each a function, and then runs them: so the plan
 * is known before the first case starts. A case that is ended by a fault
 * (guard.h) has failed; the next one runs.
 */
#ifndef GRACE_KTAP_H
#define GRACE_KTAP_H

#include <stdbool.h>
#include <stddef.h>

/* The environment variable that holds the indentation of a nested report. */
#define KTAP_INDENT "KTAP_INDENT"

typedef bool (*ktap_check)(void *context);

/*
 * Adds a case. `name` is copied; it may hold no '#', which would start a
 * directive.
 */
void ktap_add(ktap_check check, void *context, const char *name, ...)
    __attribute__((format(printf, 3, 4)));

/* Runs all cases; returns the exit status of the program: 0 if all passed. */
int ktap_run(void);

/* Says why the running case has failed. Returns false. */
bool ktap_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What ktap_fail() was told last; empty if nothing. */
const char *ktap_failure(void);

/* Says why the running case does not apply. Returns true. */
bool ktap_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints one line at the indentation of the report, in a single write. */
void ktap_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Prints the two lines that start a report with `count` results. */
void ktap_plan(size_t count);

#endif
