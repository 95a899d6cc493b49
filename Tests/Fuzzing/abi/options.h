/*
 * What a user chooses of a device: lists that an input picks from
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "grace-gpu-abi.h"
#include "input.h"

#define MAX_OPTIONS 16u
#define MAX_TEXT    128u

/* Options that a device is made with. */
typedef struct Setup {
    uint32_t count;
    GraceOption options[MAX_OPTIONS];
} Setup;

/* Those of the devices that are driven. */
extern const Setup setups[];
extern const uint32_t setup_count;

/* Any options, right or wrong: a Setup with room for texts of its own. */
typedef struct AnyOptions {
    Setup setup;
    char texts[MAX_OPTIONS][MAX_TEXT];
} AnyOptions;

void take_options(Input *input, AnyOptions *any);

/* A name and a value; text has room for the value if it is in no list. */
GraceOption take_option(Input *input, char text[MAX_TEXT]);

#endif /* OPTIONS_H */
