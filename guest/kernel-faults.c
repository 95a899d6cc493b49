// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel-faults.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"

#define CONTROL      "/sys/kernel/debug/dynamic_debug/control"
#define DRIVERS      "func nvgrace_gpu_vfio_pci_huge_fault"
#define CORE         "func vfio_pci_mmap_huge_fault"
#define RECORD_BYTES 4096
/* DEFAULT_RATELIMIT_BURST and _INTERVAL (include/linux/ratelimit_types.h). */
#define LIMIT_COUNT 10
#define LIMIT_MS    5100 /* and some */

static int log_file = -1;
static size_t window_count;
/* When the limit's time had begun at the latest; 0: not yet. */
static uint64_t window_start_ms;

/* "...: NAME order = 9 pfn 0x40000000: 0x100", or "NAME(,order = 9) BAR ...".
 */
static void take(const char *record, struct kernel_faults *faults)
{
    const char *order = strstr(record, "order = ");
    const char *frame = strstr(record, " pfn 0x");
    const char *end = strchr(record, '\n');
    struct kernel_fault *fault = &faults->faults[faults->count];

    if (!order || !end || faults->count == MAX_FAULTS ||
        !strstr(record, "huge_fault")) {
        return;
    }
    *fault = (struct kernel_fault){.order = -1};
    sscanf(order, "order = %d", &fault->order);
    if (frame) {
        sscanf(frame, " pfn 0x%" SCNx64, &fault->frame);
    }
    /* The result is the last number of the line. */
    while (end > order && *end != ' ') {
        end--;
    }
    sscanf(end, " 0x%x", &fault->result);
    faults->count++;
}

/* Reads the log to its end. */
static void collect(struct kernel_faults *faults)
{
    char record[RECORD_BYTES];

    memset(faults, 0, sizeof(*faults));
    for (;;) {
        ssize_t count = read(log_file, record, sizeof(record) - 1);

        /* EPIPE: messages were overwritten; the next read goes on. */
        if (count <= 0 && errno != EPIPE && errno != EINTR) {
            break;
        }
        if (count > 0) {
            record[count] = '\0';
            take(record, faults);
        }
    }
}

static bool set_messages(const char *how)
{
    char text[128];

    snprintf(text, sizeof(text), DRIVERS " %sp", how);
    if (!write_text(CONTROL, text)) {
        return ktap_fail(CONTROL " cannot be written: %s; enable "
                                 "CONFIG_DYNAMIC_DEBUG",
                         strerror(errno));
    }
    snprintf(text, sizeof(text), CORE " %sp", how);
    return write_text(CONTROL, text) ||
           ktap_fail(CONTROL " does not take the messages of vfio_pci_core");
}

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void wait_for_room(size_t expected)
{
    if (window_start_ms != 0 && window_count + expected > LIMIT_COUNT) {
        while (now_ms() < window_start_ms + LIMIT_MS) {
            usleep(20000);
        }
        window_start_ms = 0;
        window_count = 0;
    }
}

/* Messages of a program that ran before this one may still count. */
static void wait_for_earlier(void)
{
    struct kernel_faults earlier;

    lseek(log_file, 0, SEEK_SET);
    collect(&earlier);
    if (earlier.count > 0) {
        usleep(LIMIT_MS * 1000);
    }
}

bool kernel_faults_start(size_t expected)
{
    static bool started;

    if (log_file >= 0) {
        close(log_file);
    }
    log_file = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (log_file < 0) {
        return ktap_fail("/dev/kmsg cannot be read: %s", strerror(errno));
    }
    if (!started) {
        started = true;
        wait_for_earlier();
    }
    wait_for_room(expected);
    lseek(log_file, 0, SEEK_END);
    return set_messages("+");
}

bool kernel_faults_stop(struct kernel_faults *faults)
{
    bool passed = set_messages("-");

    if (window_start_ms == 0) {
        window_start_ms = now_ms();
    }
    collect(faults);
    window_count += faults->count;
    close(log_file);
    log_file = -1;
    return passed;
}
