/*
 * A host for benchmarks: it does nothing, and counts what it is told of memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BENCH_HOST_H
#define BENCH_HOST_H

#include "grace-gpu-abi.h"

/* How often devices said what a region is. */
unsigned long bench_region_modes(void);

/*
 * A device with configuration space, of these options; ends the program with
 * the device's sentence if there is none.
 */
GraceDevice *bench_device(const GraceFunctions *functions,
                          const GraceOption *options, uint32_t count);

#endif /* BENCH_HOST_H */
