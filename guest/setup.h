/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the first program of a system has to do. */
#ifndef GRACE_SETUP_H
#define GRACE_SETUP_H

/* Mounts the kernel's file systems; a failure is a diagnostic line. */
void setup_mounts(void);

/* Makes /dev/console standard input, output and error. */
void setup_console(void);

/* Ends the machine. Does not return. */
void power_off(void) __attribute__((noreturn));

#endif
