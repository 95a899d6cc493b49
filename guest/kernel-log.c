// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

#include "facts.h"
#include "ktap.h"

/* SYSLOG_ACTION_CONSOLE_LEVEL of syslog(2), which no header exports. */
#define CONSOLE_LEVEL 8

#define LEVEL_MASK    7
#define LEVEL_WARNING 4

/* The longest record that the kernel hands out (PRINTKRB_RECORD_MAX), twice. */
#define RECORD_BYTES 4096

void kernel_log_silence_console(void)
{
    klogctl(CONSOLE_LEVEL, NULL, 1);
}

/* "priority,sequence,time,flags,...;text\n KEY=value\n", see dev-kmsg. */
static void print_record(char *record)
{
    char *text = strchr(record, ';');
    int priority = atoi(record);

    /* Above the level stands the facility; 0 is the kernel itself. */
    if (!text || priority < 0 || priority > LEVEL_WARNING) {
        return;
    }
    text++;
    text[strcspn(text, "\n")] = '\0';
    fact_begin("kernel-log");
    fact_uint("level", (uint64_t)(priority & LEVEL_MASK));
    fact_string("text", text);
    fact_end();
}

void kernel_log_print_facts(void)
{
    int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    char record[RECORD_BYTES];

    if (fd < 0) {
        ktap_line("# /dev/kmsg cannot be read: %s", strerror(errno));
        return;
    }
    for (;;) {
        ssize_t count = read(fd, record, sizeof(record) - 1);

        /* EPIPE: messages were overwritten; the next read goes on. */
        if (count < 0 && errno != EPIPE && errno != EINTR) {
            break;
        }
        if (count > 0) {
            record[count] = '\0';
            print_record(record);
        } else if (count == 0) {
            break;
        }
    }
    close(fd);
}
