/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measures two things in turns, so that what slows the machine down for a while
 * slows both, and prints the times as a fact. Nothing is judged here.
 */
#ifndef GRACE_SPEED_H
#define GRACE_SPEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci.h"

/* Does the work once. False if it failed, with the reason to ktap_fail(). */
typedef bool (*speed_work)(void *context);

struct speed_side {
    const char *name; /* NULL: there is nothing to compare with */
    speed_work work;
    void *context;
    uint64_t count; /* what the work does of it: bytes, accesses, ... */
};

struct speed_case {
    const char *name;
    /*
     * "ns" for the time of one, "MB/s" if bytes are counted, or "x/s" for
     * anything else in a second.
     */
    const char *unit;
    struct speed_side measured, baseline;
    /* Samples, if grace.samples is more: for what takes long. 0: no limit. */
    uint64_t limit;
};

/*
 * Both once without taking the time, then grace.samples times each. Prints the
 * fact `speed`. For a case of a report.
 */
bool speed_measure(const struct speed_case *measurement);

/*
 * What there has to be before the first case: options that make sense, a
 * function with these ids, which is turned on, and one GPU. False with the
 * reason to ktap_fail().
 */
bool speed_options(void);
bool speed_find(uint64_t vendor, uint64_t device, struct pci_function *found);
bool speed_find_gpu(struct pci_function *found);

/* Prints that reason. Returns the exit status of a program without a report. */
int speed_give_up(void);

#endif
