// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Faults that take the memory away while the device is in use, and come to an
 * end: what the driver of Linux 7.3 gives its user meanwhile.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include "ktap.h"
#include "live-check.h"
#include "options.h"

/* What the driver polls on chips without a CXL DVSEC (its main.c). */
#define LINK_STATUS 0x1498
#define BOOT_STATUS 0x200bc

#define READY 0xff

struct fault {
    struct live *live;
    const char *name;
    /* What the first access after a reset ends with, and after how long. */
    int error;
    uint64_t wait_ms;
    /* The registers while it lasts. */
    uint32_t link, boot;
};

/* POLL_TIMEOUT_MS of the driver is 30 s. */
static struct fault faults[] = {
    {NULL, "link-down", ETIME, 30000, 0, READY},
    {NULL, "training-stuck", ETIME, 30000, READY, 0},
    {NULL, "training-partial", ETIME, 30000, READY, 0x0f},
};

/*
 * Memory_Info_Valid has to come within a second, Memory_Active within the time
 * of the DVSEC: here 4 s, as the host gives it the encoding 1.
 */
static struct fault cxl_faults[] = {
    {NULL, "cxl-info-missing", ETIME, 1000, READY, READY},
    {NULL, "cxl-active-missing", ETIME, 4000, READY, READY},
    {NULL, "cxl-ones", ENODEV, 0, READY, READY},
};

#define FAULT_COUNT (sizeof(faults) / sizeof(faults[0]))
#define CXL_COUNT   (sizeof(cxl_faults) / sizeof(cxl_faults[0]))

static uint64_t seed_of(const struct fault *fault)
{
    return 100 + (uint64_t)fault->name[0] + strlen(fault->name);
}

static bool check_open(void *context)
{
    return live_open(context);
}

static bool check_taken_away(void *context)
{
    struct fault *fault = context;
    uint32_t link, boot;

    if (!live_fill(fault->live, seed_of(fault)) ||
        !host_ask("fault %s", fault->name) || !live_shows_ones(fault->live)) {
        return false;
    }
    window_write(&fault->live->kept, 0, 8, 0);
    if (live_write(fault->live) != 0) {
        return ktap_fail("pwrite failed: %s", strerror(errno));
    }
    if (!live_register(fault->live, LINK_STATUS, &link) ||
        !live_register(fault->live, BOOT_STATUS, &boot)) {
        return false;
    }
    return (link == fault->link && boot == fault->boot) ||
           ktap_fail("the link's register reads 0x%" PRIx32
                     ", that of boot 0x%" PRIx32,
                     link, boot);
}

static bool check_back_without_reset(void *context)
{
    struct fault *fault = context;

    return host_ask("fault none") && live_find(fault->live, seed_of(fault));
}

/* Whether an access ended as it must, and about as late. */
static bool ended_in_time(const struct fault *fault, const char *what,
                          int error, uint64_t ms)
{
    if (error != fault->error) {
        return ktap_fail("%s gave %s", what, error ? strerror(error) : "bytes");
    }
    return (ms >= fault->wait_ms && ms < fault->wait_ms + 3000) ||
           ktap_fail("%s gave up after %" PRIu64 " ms", what, ms);
}

static bool check_after_reset(void *context)
{
    struct fault *fault = context;
    uint64_t start;
    int error;

    if (!host_ask("fault %s", fault->name) || !live_reset(fault->live)) {
        return false;
    }
    start = now_ms();
    error = live_read(fault->live);
    if (!ended_in_time(fault, "pread", error, now_ms() - start)) {
        return false;
    }
    start = now_ms();
    error = live_write(fault->live);
    if (!ended_in_time(fault, "pwrite", error, now_ms() - start)) {
        return false;
    }
    start = now_ms();
    if (live_touch(fault->live)) {
        return ktap_fail("a mapping can be read");
    }
    return ended_in_time(fault, "a mapping", fault->error, now_ms() - start);
}

static bool check_mended(void *context)
{
    struct fault *fault = context;
    uint64_t start;

    if (!host_ask("fault none")) {
        return false;
    }
    start = now_ms();
    return live_find(fault->live, seed_of(fault)) &&
           (now_ms() - start < 2000 ||
            ktap_fail("it took %" PRIu64 " ms", now_ms() - start));
}

struct waiting_read {
    struct live *live;
    int error;
    uint64_t ms;
};

static void *read_and_wait(void *context)
{
    struct waiting_read *waiting = context;
    uint64_t start = now_ms();

    waiting->error = live_read(waiting->live);
    waiting->ms = now_ms() - start;
    return NULL;
}

/* The driver looks once a second, so it sees a change a second late. */
static bool check_mended_while_waiting(void *context)
{
    struct fault *fault = context;
    struct waiting_read waiting = {.live = fault->live};
    pthread_t thread;
    bool asked;

    if (!live_fill(fault->live, 7) || !host_ask("fault %s", fault->name) ||
        !live_reset(fault->live)) {
        return false;
    }
    if (pthread_create(&thread, NULL, read_and_wait, &waiting) != 0) {
        return ktap_fail("a thread cannot be started");
    }
    sleep_ms(2500);
    asked = host_ask("fault none");
    pthread_join(thread, NULL);
    if (!asked) {
        return false;
    }
    if (waiting.error) {
        return ktap_fail("pread gave %s", strerror(waiting.error));
    }
    if (waiting.ms < 2500 || waiting.ms > 4500) {
        return ktap_fail("pread took %" PRIu64 " ms", waiting.ms);
    }
    return live_find(fault->live, 7);
}

static bool check_close(void *context)
{
    return live_close(context);
}

void live_add_faults(struct live *live)
{
    bool has_cxl = options_get()->chip->ready_in_config;
    struct fault *rows = has_cxl ? cxl_faults : faults;
    size_t count = has_cxl ? CXL_COUNT : FAULT_COUNT;

    ktap_add(check_open, live, "the driver binds and the device opens");
    for (size_t i = 0; i < count; i++) {
        rows[i].live = live;
        ktap_add(check_taken_away, &rows[i],
                 "%s in use: the memory reads as ones and drops writes, "
                 "without an error",
                 rows[i].name);
        ktap_add(check_back_without_reset, &rows[i],
                 "%s gone again: the memory is back with its contents",
                 rows[i].name);
        ktap_add(check_after_reset, &rows[i],
                 "%s after a reset: reads, writes and mappings end with %s "
                 "after %" PRIu64 " s",
                 rows[i].name, strerrorname_np(rows[i].error),
                 rows[i].wait_ms / 1000);
        ktap_add(check_mended, &rows[i],
                 "%s gone after a reset: the memory is back at once, with its "
                 "contents",
                 rows[i].name);
    }
    ktap_add(check_mended_while_waiting, &rows[has_cxl ? 1 : 0],
             "%s gone while the driver waits: the access goes on",
             rows[has_cxl ? 1 : 0].name);
    ktap_add(check_close, live, "the device can be closed");
}
