/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs one of the kernel's selftests, and nests its report. They print TAP
 * version 13 (tools/testing/selftests/kselftest.h of the kernel tree).
 */
#ifndef GRACE_SELFTEST_H
#define GRACE_SELFTEST_H

#include <stdbool.h>

/* Where the initramfs has them. */
#define SELFTEST_FOLDER "/bin/selftests"

#define SELFTEST_LINE_BYTES 1024

struct selftest_end {
    bool started;
    bool in_time;
    bool reported; /* it printed the first line of a report */
    int status;    /* as waitpid() gives it, if it was in time */
    /* The last line with text, without what TAP puts before it. */
    char said[SELFTEST_LINE_BYTES];
};

/*
 * Runs SELFTEST_FOLDER/NAME with these addresses of PCI functions, NULL after
 * the last, for `seconds` at most. Prints its lines, indented by two spaces
 * more than the caller's. What it says before its report is diagnostics.
 */
void selftest_run(const char *name, const char *const *functions,
                  unsigned seconds, struct selftest_end *end);

#endif
