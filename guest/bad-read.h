/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads of memory that may be bad, for the host to judge. */
#ifndef GRACE_BAD_READ_H
#define GRACE_BAD_READ_H

#include "window.h"

/*
 * Tells as a fact what a read of 8 bytes at the offset gives: a signal, its
 * code and whether it has the address, or what pattern_fill() wrote there,
 * to all of the window with this seed. `after` says what happened before.
 */
void bad_read(const struct window *window, size_t offset, uint64_t seed,
              const char *after);

#endif
