/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel messages that come while a program watches. */
#ifndef GRACE_KERNEL_WATCH_H
#define GRACE_KERNEL_WATCH_H

#include <stdbool.h>

/* Forgets all messages so far. */
void kernel_watch_begin(void);

/*
 * Whether a message with the text has come since, or comes within the time.
 * It stays to be found again.
 */
bool kernel_watch_find(const char *text, unsigned limit_ms);

/* Prints what has come, for people who look for a reason. */
void kernel_watch_print(void);

#endif
