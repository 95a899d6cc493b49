/*
 * The steps that an input is made of
 *
 * Each takes what it needs from the input, and does it to both twins.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STEPS_H
#define STEPS_H

#include "input.h"
#include "machine.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Two devices with the same options. */
extern Machine twins[2];

/* How often this input has had state saved. */
extern uint32_t savings;

/* Both, one after the other. */
#define for_both(machine)                                                      \
    for (Machine *machine = twins; machine < twins + 2; machine++)

void step_register_write(Input *input);
void step_register_read(Input *input);
void step_any_access(Input *input);
void step_port(Input *input);
void step_config_write(Input *input);
void step_config_read(Input *input);
void step_message(Input *input);
void step_transfer(Input *input);
void step_reset(Input *input);
void step_advance(Input *input);
void step_early_clock(Input *input);
void step_refusals(Input *input);
void step_fault(Input *input);
void step_poison(Input *input);
void step_migrate(Input *input);
void step_bad_state(Input *input);

void step_firmware(Input *input);
void step_any_options(Input *input);
void step_wrong_call(Input *input);

/* The same setting for both. */
void set_both(const char *name, const char *value);

/* A table of a machine with this device alone. */
void check_table_of(const GraceDevice *device, uint8_t form);

/* Reads each register: what saving forgot shows here alone. */
void read_everywhere(void);

#endif /* STEPS_H */
