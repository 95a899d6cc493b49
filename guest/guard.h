/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Survives faults of memory accesses: SIGBUS, SIGSEGV and SIGILL go to the
 * place that the running thread set, instead of ending the program. So does
 * the end of a time limit.
 */
#ifndef GRACE_GUARD_H
#define GRACE_GUARD_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

/* Installs the signal handler for the whole program. */
void guard_install(void);

/*
 * Sets where a fault of this thread continues; NULL gives it the default
 * effect. A fault clears the place before it continues there.
 */
void guard_set(sigjmp_buf *point);

/*
 * Runs `access`, and returns the signal of the fault that ended it, or 0. For a
 * fault that is expected: the place that was set before is set again.
 */
int guard_run(void (*access)(void *context), void *context);

/*
 * Treats it as a fault if the running case is not done in this many seconds; 0
 * takes the limit away. For a program with one thread.
 */
void guard_limit(unsigned seconds);

/* Signal, code (si_code) and address of the last fault of this thread. */
struct guard_fault {
    int signal, code;
    const void *address;
};
struct guard_fault guard_last(void);

/* The last fault of this thread as a sentence. */
const char *guard_describe(void);

/* Names a mapping, so that guard_describe() can say where a fault was. */
void guard_name(const void *base, size_t bytes, const char *name,
                unsigned long long offset);

#endif
