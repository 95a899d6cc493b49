/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Page faults of VFIO mappings as the drivers log them with dynamic debug
 * (Documentation/admin-guide/dynamic-debug-howto.rst): how large each was.
 */
#ifndef GRACE_KERNEL_FAULTS_H
#define GRACE_KERNEL_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_FAULTS 10

struct kernel_fault {
    int order;
    uint64_t frame; /* page frame; of the driver's own regions alone */
    unsigned result;
};

struct kernel_faults {
    size_t count;
    struct kernel_fault faults[MAX_FAULTS];
};

/* Results of a fault (include/linux/mm_types.h): served, smaller pages wanted.
 */
#define FAULT_SERVED   0x100
#define FAULT_FALLBACK 0x800

/*
 * Turns the messages on. They are limited to 10 in 5 seconds: waits until
 * `expected` more fit. False after ktap_fail().
 */
bool kernel_faults_start(size_t expected);

/* Turns them off, and collects those since the start. */
bool kernel_faults_stop(struct kernel_faults *faults);

#endif
