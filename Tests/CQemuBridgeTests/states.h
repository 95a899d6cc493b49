/*
 * Saved state: of other plug-ins, and damaged
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STATES_H
#define STATES_H

#include "grace-gpu-abi.h"

/*
 * Loads each state of a folder (Tests/SavedStates/README.md): the device then
 * reads as the one that saved it, and saves the same. State of another version
 * is refused by its number, and changes nothing. Whether all are so, of which
 * there is at least one.
 */
int states_load(const GraceFunctions *functions, const char *folder);

/*
 * Damages each state of a folder: cut at every length, too long, and with each
 * bit flipped, of the first one, or the outer ones and some between. Whether
 * all is refused in a sentence, and changes nothing.
 */
int states_damage(const GraceFunctions *functions, const char *folder);

#endif /* STATES_H */
