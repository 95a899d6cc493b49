/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef GRACE_NESTED_START_H
#define GRACE_NESTED_START_H

#include <stdbool.h>

#include "nested-check.h"

/* Starts a guest's QEMU; false with its `problem` set. */
bool nested_start(struct nested_guest *guest);

#endif
