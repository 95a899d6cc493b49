// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SMMU's events as arm_smmu_dump_event() of Linux 7.3 logs them:
 *
 *   ... event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova:
 * ...
 *   ... unpriv data read s1 "Input address caused fault" stag: 0x0
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "engine-check.h"
#include "ktap.h"
#include "promise-check.h"

#define RECORD_BYTES 4096
#define MAX_EVENTS   16
/* For an event to be logged, and for one too many to show itself. */
#define WAIT_MS   2000
#define SETTLE_MS 50
/* DEFAULT_RATELIMIT_BURST and _INTERVAL (include/linux/ratelimit_types.h). */
#define LIMIT_COUNT 10
#define LIMIT_MS    5100 /* and some */

struct logged_event {
    char name[32], client[32];
    uint64_t iova;
    bool write;
};

static const char *const names[] = {
    [FAULT_TRANSLATION] = "F_TRANSLATION", [FAULT_PERMISSION] = "F_PERMISSION"};

static int log_file = -1;
static struct logged_event logged[MAX_EVENTS];
static size_t logged_count;

static void take(const char *record)
{
    const char *event = strstr(record, " event: ");
    struct logged_event *last = &logged[logged_count];

    if (!event) {
        /* The second line of the event before. */
        if (logged_count > 0 && strstr(record, " data write ")) {
            logged[logged_count - 1].write = true;
        }
        return;
    }
    if (logged_count == MAX_EVENTS) {
        return;
    }
    memset(last, 0, sizeof(*last));
    sscanf(event, " event: %31s client: %31s", last->name, last->client);
    event = strstr(event, " iova: ");
    if (event) {
        sscanf(event, " iova: 0x%" SCNx64, &last->iova);
    }
    logged_count++;
}

static void collect(void)
{
    char record[RECORD_BYTES];

    for (;;) {
        ssize_t count = read(log_file, record, sizeof(record) - 1);

        /* EPIPE: messages were overwritten; the next read goes on. */
        if (count <= 0 && errno != EPIPE && errno != EINTR) {
            return;
        }
        if (count > 0) {
            record[count] = '\0';
            take(record);
        }
    }
}

bool engine_events_begin(size_t expected)
{
    static uint64_t limit_start;
    static size_t limit_count;

    if (limit_start == 0 || limit_count + expected > LIMIT_COUNT) {
        while (limit_start != 0 &&
               clock_ns() < limit_start + LIMIT_MS * NS_PER_MS) {
            clock_sleep_ms(20);
        }
        limit_start = clock_ns();
        limit_count = 0;
    }
    limit_count += expected;
    if (log_file < 0) {
        log_file = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    }
    if (log_file < 0) {
        return ktap_fail("/dev/kmsg cannot be read: %s", strerror(errno));
    }
    lseek(log_file, 0, SEEK_END);
    logged_count = 0;
    return true;
}

static bool same(const struct engine *engine, const struct logged_event *found,
                 const struct smmu_event *expected)
{
    return (strcmp(found->name, names[expected->fault]) == 0 &&
            strcmp(found->client, engine->function.address) == 0 &&
            found->iova == expected->iova && found->write == expected->write) ||
           ktap_fail("the SMMU reports %s of %s, a %s at 0x%" PRIx64
                     ", not %s, a %s at 0x%" PRIx64,
                     found->name, found->client,
                     found->write ? "write" : "read", found->iova,
                     names[expected->fault], expected->write ? "write" : "read",
                     expected->iova);
}

bool engine_events_are(struct engine *engine, const struct smmu_event *events,
                       size_t count)
{
    uint64_t end = clock_ns() + WAIT_MS * NS_PER_MS;

    if (engine->is_virtual) {
        count = 0;
    }
    collect();
    while (logged_count < count && clock_ns() < end) {
        clock_sleep_ms(1);
        collect();
    }
    clock_sleep_ms(SETTLE_MS);
    collect();
    if (!promise_equal(logged_count, count,
                       "the number of the SMMU's events")) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!same(engine, &logged[i], &events[i])) {
            return false;
        }
    }
    return true;
}
