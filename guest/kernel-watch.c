// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host.h"
#include "ktap.h"

/* The longest record that the kernel hands out (PRINTKRB_RECORD_MAX), twice. */
#define RECORD_BYTES 4096
/* More than an error's messages need; what does not fit is lost. */
#define SEEN_BYTES 65536

static int messages = -1;
static char seen[SEEN_BYTES];
static size_t seen_bytes;

void kernel_watch_begin(void)
{
    if (messages < 0) {
        messages = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    }
    lseek(messages, 0, SEEK_END);
    seen_bytes = 0;
    seen[0] = '\0';
}

/* Appends the texts of new records, each with a newline. */
static void take_new(void)
{
    char record[RECORD_BYTES];

    for (;;) {
        ssize_t count = read(messages, record, sizeof(record) - 1);
        const char *text;
        size_t length;

        if (count < 0 && (errno == EPIPE || errno == EINTR)) {
            continue;
        }
        if (count <= 0) {
            return;
        }
        record[count] = '\0';
        /* "priority,sequence,time,flags,...;text\n KEY=value\n" */
        text = strchr(record, ';');
        text = text ? text + 1 : record;
        length = strcspn(text, "\n");
        if (seen_bytes + length + 2 > sizeof(seen)) {
            continue;
        }
        memcpy(seen + seen_bytes, text, length);
        seen_bytes += length;
        seen[seen_bytes++] = '\n';
        seen[seen_bytes] = '\0';
    }
}

bool kernel_watch_find(const char *text, unsigned limit_ms)
{
    uint64_t deadline = now_ms() + limit_ms;

    for (;;) {
        take_new();
        if (strstr(seen, text)) {
            return true;
        }
        if (now_ms() >= deadline) {
            return false;
        }
        sleep_ms(5);
    }
}

void kernel_watch_print(void)
{
    take_new();
    for (char *line = seen; *line;) {
        size_t length = strcspn(line, "\n");

        ktap_line("# kernel: %.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
}
