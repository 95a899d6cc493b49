// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of life-check on the timer registers: nanoseconds of the guest's
 * time in two halves, of which the lower has no bits 4:0 (open-gpu-kernel-
 * modules, NV_PTIMER_TIME_0 and NV_PTIMER_TIME_1).
 */
#include "life-check.h"

#include <inttypes.h>

#include "clock.h"
#include "ktap.h"

/* The timer itself, and how a driver without the whole of BAR0 sees it. */
static const struct timer {
    const char *name;
    uint64_t low, high;
} timers[] = {
    {"PTIMER", 0x009400, 0x009410},
    {"VIRTUAL_FUNCTION_TIME", 0x030080, 0x030084},
};

#define TIMER_COUNT (sizeof(timers) / sizeof(timers[0]))

/* A timer, and how its registers are reached. */
struct clock_case {
    const struct timer *timer;
    struct register_access *registers;
};

/* What the lower half cannot show. */
#define RESOLUTION_NS 32

#define READS       2000
#define INTERVAL_MS 5000
/*
 * The kernel turns its counter's ticks into nanoseconds by multiplication, so
 * the clocks may drift apart by parts in a million.
 */
#define DRIFT_PER_MILLION 50

/* Both halves as software reads them: high, low, and high again. */
static bool read_time(const struct clock_case *test, uint64_t *time)
{
    struct register_access *registers = test->registers;
    uint64_t high, low, again;

    if (!registers->read(registers->context, test->timer->high, 4, &again)) {
        return false;
    }
    do {
        high = again;
        if (!registers->read(registers->context, test->timer->low, 4, &low) ||
            !registers->read(registers->context, test->timer->high, 4,
                             &again)) {
            return false;
        }
    } while (again != high);
    *time = high << 32 | low;
    return true;
}

/* The time, and between which two readings of the clock it was read. */
static bool take_time(const struct clock_case *test, uint64_t *time,
                      struct moment *moment)
{
    moment->after_ns = clock_ns();
    if (!read_time(test, time)) {
        return false;
    }
    moment->before_ns = clock_ns();
    return true;
}

static bool check_rate(void *context)
{
    struct moment first, second;
    uint64_t from, to, least, most, slack, passed;

    if (!take_time(context, &from, &first)) {
        return false;
    }
    clock_sleep_ms(INTERVAL_MS);
    if (!take_time(context, &to, &second)) {
        return false;
    }
    passed = to - from;
    least = second.after_ns - first.before_ns;
    most = second.before_ns - first.after_ns;
    slack = most / 1000000 * DRIFT_PER_MILLION + RESOLUTION_NS;
    return (passed + slack >= least && passed <= most + slack) ||
           ktap_fail("the timer counted %" PRIu64 " ns while %" PRIu64
                     " to %" PRIu64 " ns passed",
                     passed, least, most);
}

static bool check_order(void *context)
{
    uint64_t last = 0;

    for (int i = 0; i < READS; i++) {
        uint64_t time;

        if (!read_time(context, &time)) {
            return false;
        }
        if (time < last) {
            return ktap_fail("the timer went from %" PRIu64 " back to %" PRIu64,
                             last, time);
        }
        last = time;
    }
    return last > 0 || ktap_fail("the timer stands at 0");
}

static bool check_low_bits(void *context)
{
    const struct clock_case *test = context;
    struct register_access *registers = test->registers;
    uint64_t seen = 0;

    for (int i = 0; i < READS; i++) {
        uint64_t low;

        if (!registers->read(registers->context, test->timer->low, 4, &low)) {
            return false;
        }
        seen |= low;
    }
    return seen % RESOLUTION_NS == 0 ||
           ktap_fail("bits 0x%" PRIx64 " of the timer were set",
                     seen % RESOLUTION_NS);
}

/* Both are the same time: neither runs ahead of the other. */
static bool check_same(void *context)
{
    const struct clock_case *tests = context;
    uint64_t first, between, last;

    if (!read_time(&tests[0], &first) || !read_time(&tests[1], &between) ||
        !read_time(&tests[0], &last)) {
        return false;
    }
    return (first <= between && between <= last) ||
           ktap_fail("%s is %" PRIu64 ", not between %" PRIu64 " and %" PRIu64,
                     tests[1].timer->name, between, first, last);
}

void life_add_timer_cases(struct register_access *registers)
{
    static struct clock_case tests[TIMER_COUNT];

    for (size_t i = 0; i < TIMER_COUNT; i++) {
        const char *name = timers[i].name;

        tests[i] = (struct clock_case){&timers[i], registers};
        ktap_add(check_rate, &tests[i],
                 "%s counts the nanoseconds of the guest's clock", name);
        ktap_add(check_order, &tests[i],
                 "%s never runs backwards, read in two halves", name);
        ktap_add(check_low_bits, &tests[i],
                 "bits 4:0 of the lower half of %s are zero", name);
    }
    ktap_add(check_same, tests, "%s and %s are the same time", timers[0].name,
             timers[1].name);
}
