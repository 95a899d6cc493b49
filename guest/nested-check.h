/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of nested-check share: guests of this guest. */
#ifndef GRACE_NESTED_CHECK_H
#define GRACE_NESTED_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* NESTED_FOLDER/N.arguments has an argument of guest N's QEMU on each line. */
#define NESTED_FOLDER     "/nested"
#define NESTED_MAX_GUESTS 4
#define NESTED_ARGUMENTS  256

/* A stream of lines, of which the last may not be whole yet. */
struct nested_stream {
    int fd; /* -1: closed */
    char mark;
    char *line;
    size_t count, capacity;
};

/* From the guest: its console, QEMU's messages, QEMU's monitor. */
enum { NESTED_CONSOLE, NESTED_MESSAGES, NESTED_MONITOR, NESTED_STREAMS };

struct nested_guest {
    unsigned number;
    char *arguments[NESTED_ARGUMENTS];
    pid_t pid;
    bool running;
    struct nested_stream streams[NESTED_STREAMS];
    int console_input, monitor_input; /* -1: closed */
    char problem[256]; /* a sentence if it did not end well, or "" */
};

/* Reads how the guest is started; false if nobody says it. */
bool nested_read(struct nested_guest *guest, unsigned number);

/*
 * Runs all guests to their ends. Each of their lines goes out as
 *
 *     guest0| a line of the guest's console
 *     guest0! a message of its QEMU
 *     guest0< a line of its QEMU's monitor (QMP)
 *
 * and a line with | or < that comes in goes to the console or the monitor.
 */
void nested_run(struct nested_guest *guests, size_t count);

#endif
