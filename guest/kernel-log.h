/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's messages. */
#ifndef GRACE_KERNEL_LOG_H
#define GRACE_KERNEL_LOG_H

/*
 * Keeps all messages but emergencies off the console, where they could land
 * in the middle of a line of the report.
 */
void kernel_log_silence_console(void);

/* Prints a fact `kernel-log` for each message of level warning or worse. */
void kernel_log_print_facts(void);

#endif
