/*
 * The DMA engine of GH100, as a driver uses it
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "grace-gpu-abi.h"

/* Registers in BAR0. */
#define ENGINE_PORT    0x8441c0u /* control; data is 4 further */
#define ENGINE_COMMAND 0x844118u
#define ENGINE_DONE    2u
#define ENGINE_LOCK    0x8443c0u
#define ENGINE_RESULT  0xfff004u /* grace-gpu's own */
#define DOORBELL       0xfff000u /* grace-gpu's own */

#define TARGET_MEMORY 4u /* the GPU's own */
#define TARGET_SYSTEM 5u

/*
 * Sends a command of one dword to the security processor, takes the answer,
 * and gives the status in it; all ones if there is no answer.
 */
uint32_t engine_command(const GraceFunctions *functions, GraceDevice *device,
                        uint32_t type, uint32_t word);

/* Enables the engine, and aims its first aperture. */
void engine_open(const GraceFunctions *functions, GraceDevice *device,
                 uint32_t target);

/*
 * Moves size bytes, a power of two of 4 to 256, between the beginning of the
 * data memory and an address: to it if is_write. 1 if the engine says done.
 */
int engine_move(const GraceFunctions *functions, GraceDevice *device,
                uint64_t address, uint32_t size, int is_write);

#endif /* ENGINE_H */
