// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The case of life-check in which a program goes on using the memory while the
 * device is reset again and again: some resets meet it at work, some while it
 * waits for the GPU to be ready.
 */
#include "life-vfio.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "facts.h"
#include "guard.h"
#include "ktap.h"
#include "pattern.h"

#define RESETS 10
#define PAGE   12
#define WORDS  (CHUNK_BYTES / 8)

/* What the program does in one round, all of it with the bytes that are there.
 */
struct user {
    const struct place *place;
    uint64_t expected[WORDS];
    off_t offset;
    /* A reset between two looks of the CXL path shows (see below). */
    bool may_be_told_to_retry;
    atomic_bool stop;
    atomic_uint rounds;
    /* How often the memory was away. */
    unsigned ones, retries;
    /* What went wrong, or "". */
    char problem[128];
};

static bool accept(struct user *user, size_t word, uint64_t value,
                   const char *how)
{
    if (value == UINT64_MAX) {
        user->ones++;
    } else if (value != user->expected[word]) {
        snprintf(user->problem, sizeof(user->problem),
                 "word %zu is 0x%016" PRIx64 " through a %s, not 0x%016" PRIx64,
                 word, value, how, user->expected[word]);
        return false;
    }
    return true;
}

/*
 * EAGAIN: nvgrace_gpu_read_mem() waits for CXL's bits without the lock, looks
 * once more with it, and hands out what that gives if a reset came in between.
 */
static bool accept_count(struct user *user, ssize_t count, const char *how)
{
    if (count == 8) {
        return true;
    }
    if (count < 0 && errno == EAGAIN && user->may_be_told_to_retry) {
        user->retries++;
        return true;
    }
    snprintf(user->problem, sizeof(user->problem), "a %s gave %zd: %s", how,
             count, strerror(errno));
    return false;
}

static void use(void *context)
{
    struct user *user = context;
    const struct place *place = user->place;
    int file = place->life->test.device.device;
    size_t word = user->rounds % WORDS;
    uint64_t value = user->expected[word];
    ssize_t count;

    window_write(&place->window, 8 * word, 8, value);
    if (!accept(user, word, window_read(&place->window, 8 * word, 8), "load") ||
        !accept_count(user,
                      pwrite(file, &value, 8, user->offset + 8 * (off_t)word),
                      "write")) {
        return;
    }
    count = pread(file, &value, 8, user->offset + 8 * (off_t)word);
    if (accept_count(user, count, "read") && count == 8) {
        accept(user, word, value, "read");
    }
}

static void *go_on(void *context)
{
    struct user *user = context;

    while (!user->stop && !user->problem[0]) {
        int signal = guard_run(use, user);

        if (signal) {
            snprintf(user->problem, sizeof(user->problem), "SIG%s",
                     sigabbrev_np(signal));
        }
        user->rounds++;
    }
    return NULL;
}

/* Waits until the program has used the memory since then. */
static void let_work(struct user *user, uint64_t limit_ns)
{
    unsigned before = user->rounds;
    uint64_t deadline = clock_ns() + limit_ns;

    while (user->rounds < before + 2 && !user->problem[0] &&
           clock_ns() < deadline) {
        clock_sleep_ms(10);
    }
}

static bool reset_often(struct life *life, struct user *user)
{
    struct moment reset;

    for (int i = 0; i < RESETS; i++) {
        if (i % 3 == 2) {
            /* The program waits for the reset before. */
            clock_sleep_ms(300);
        } else {
            let_work(user, life->ready_ns + 2 * POLL_MS * NS_PER_MS);
        }
        if (!life_reset_device(life, &reset)) {
            return false;
        }
    }
    let_work(user, life->ready_ns + 2 * POLL_MS * NS_PER_MS);
    return true;
}

static bool check_race(void *context)
{
    struct life *life = context;
    static struct user user;
    struct vfio_region info;
    struct place place;
    pthread_t thread;
    bool passed;
    int error;

    if (!life_prepare(life, &life->regions[0], PAGE, &place) ||
        !test_region(&life->test, USEMEM_BAR, &info)) {
        return false;
    }
    user.place = &place;
    user.offset = (off_t)(info.offset + place.offset);
    user.may_be_told_to_retry = life->test.registers.chip->ready_in_config;
    pattern_fill((volatile uint8_t *)user.expected, CHUNK_BYTES, place.seed);
    error = pthread_create(&thread, NULL, go_on, &user);
    if (error) {
        return ktap_fail("a thread cannot be started: %s", strerror(error));
    }
    passed = reset_often(life, &user);
    user.stop = true;
    pthread_join(thread, NULL);
    fact_begin("race");
    fact_uint("rounds", user.rounds);
    fact_uint("ones", user.ones);
    fact_uint("retries", user.retries);
    fact_end();
    if (!passed) {
        return false;
    }
    if (user.problem[0]) {
        return ktap_fail("after %u rounds %s", user.rounds, user.problem);
    }
    if (user.rounds < RESETS) {
        return ktap_fail("%d resets left time for %u rounds", RESETS,
                         user.rounds);
    }
    return life_settle(life) && life_check_page(&place, false);
}

void life_add_race_cases(struct life *life)
{
    ktap_add(check_race, life,
             "a program that uses region 4 during %d resets reads what was "
             "written or ones, and loses nothing",
             RESETS);
}
