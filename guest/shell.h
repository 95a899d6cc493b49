/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interactive guest (grace.shell=1). */
#ifndef GRACE_SHELL_H
#define GRACE_SHELL_H

/* Binds the driver in bare-metal, and runs a shell until it ends. */
void shell_run(void);

#endif
