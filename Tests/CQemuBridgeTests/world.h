/*
 * The host that the tests are, and what they share
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef WORLD_H
#define WORLD_H

#include "grace-gpu-abi.h"

/* The functions that a device gets; they work without a context. */
GraceHost world_host(void);

/*
 * One life with everything in it that a host can ask for, wrong and right: 0,
 * or a line number at which something was not as it should be. `number` picks
 * profile and representation.
 */
int live_once(const GraceFunctions *functions, unsigned number);

/* What is asked in vain: of each kind that create refuses. */
int create_in_vain(const GraceFunctions *functions);

/* Bytes that libc's heap has given out. */
unsigned long heap_bytes(void);

/* Cases of their own; each notes what is wrong with expect. */
int test_lifetime(const GraceFunctions *functions);
int test_scarcity(const GraceFunctions *functions);
int test_absurdity(const GraceFunctions *functions);

#endif /* WORLD_H */
