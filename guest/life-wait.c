// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of life-check on what the first access after a reset does: it waits
 * until the GPU is ready, or gives up when the driver's patience ends.
 */
#include "life-vfio.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>

#include "ktap.h"
#include "options.h"

/* Far less than the driver's step of a second. */
#define AT_ONCE_NS (POLL_MS / 2 * NS_PER_MS)

/* One case: an access to a region, in a page of its own. */
struct first_access {
    struct life *life;
    const struct memory_region *region;
    enum access access;
};

static bool changes(enum access access)
{
    return access == ACCESS_WRITE || access == ACCESS_STORE;
}

/* Whether something that ended now waited until the GPU was ready. */
static bool waited(const struct life *life, const struct moment *reset)
{
    uint64_t now = clock_ns();
    uint64_t earliest = reset->after_ns + life->ready_ns;
    uint64_t latest =
        reset->before_ns + life->ready_ns + (POLL_MS + SLACK_MS) * NS_PER_MS;

    /* The clocks of device and program may differ by a tick. */
    return (now + NS_PER_MS >= earliest && now <= latest) ||
           ktap_fail("it was done %" PRIu64 " ms after the reset, not "
                     "%" PRIu64 " ms and at most a step of the driver's more",
                     (now - reset->after_ns) / NS_PER_MS,
                     life->ready_ns / NS_PER_MS);
}

static bool check_wait(void *context)
{
    const struct first_access *first = context;
    unsigned page = (unsigned)first->access + 1;
    struct place place;
    struct moment reset;
    struct outcome outcome;
    uint64_t start;

    if (!life_prepare(first->life, first->region, page, &place) ||
        !life_reset_device(first->life, &reset)) {
        return false;
    }
    outcome = life_access(&place, first->access);
    if (outcome.error || outcome.signal) {
        return ktap_fail("it gave %s", life_describe(outcome));
    }
    start = clock_ns();
    life_print_wait(access_name(first->access), start - reset.after_ns);
    if (!waited(first->life, &reset) ||
        !life_check_page(&place, changes(first->access))) {
        return false;
    }
    return clock_ns() - start < AT_ONCE_NS ||
           ktap_fail("further accesses took %" PRIu64 " ms",
                     (clock_ns() - start) / NS_PER_MS);
}

/*
 * Region 2 is the function's own BAR: vfio-pci passes it on, and nobody waits.
 */
static bool check_no_wait(void *context)
{
    struct life *life = context;
    const struct memory_region *region = &life->regions[1];
    struct vfio_region info;
    struct moment reset;
    struct place place;
    uint64_t value, mapped;
    bool quick;

    if (!life_prepare(life, region, ACCESS_COUNT + 1, &place) ||
        !test_region(&life->test, region->index, &info) ||
        !life_reset_device(life, &reset) ||
        !vfio_read(&life->test.device, &info, place.offset, &value,
                   sizeof(value))) {
        return false;
    }
    mapped = window_read(&place.window, 0, 8);
    quick = clock_ns() - reset.before_ns < AT_ONCE_NS;
    if (!quick || value != ones(8) || mapped != ones(8)) {
        return ktap_fail("it gave 0x%016" PRIx64 " and, mapped, 0x%016" PRIx64
                         ", %" PRIu64 " ms after the reset",
                         value, mapped,
                         (clock_ns() - reset.before_ns) / NS_PER_MS);
    }
    return life_settle(life) && life_check_page(&place, false);
}

static bool check_patience(void *context)
{
    const struct first_access *first = context;
    struct life *life = first->life;
    bool is_mapped =
        first->access == ACCESS_LOAD || first->access == ACCESS_STORE;
    unsigned page = (unsigned)first->access + 1;
    uint64_t most = life->patience_ns + (POLL_MS + SLACK_MS) * NS_PER_MS;
    unsigned attempts = 0;
    struct moment reset;
    struct place place;

    if (!life_prepare(life, first->region, page, &place) ||
        !life_reset_device(life, &reset)) {
        return false;
    }
    for (;;) {
        uint64_t start = clock_ns();
        struct outcome outcome = life_access(&place, first->access);
        uint64_t passed = clock_ns() - start;

        if (!outcome.error && !outcome.signal) {
            break;
        }
        attempts++;
        if (outcome.error != (is_mapped ? 0 : ETIME) ||
            outcome.signal != (is_mapped ? SIGBUS : 0)) {
            return ktap_fail("attempt %u gave %s", attempts,
                             life_describe(outcome));
        }
        if (passed + SLACK_MS * NS_PER_MS < life->patience_ns ||
            passed > most) {
            return ktap_fail("attempt %u took %" PRIu64 " ms", attempts,
                             passed / NS_PER_MS);
        }
        life_print_wait("given up", passed);
        if (clock_ns() > reset.before_ns + life->ready_ns + most) {
            return ktap_fail("attempt %u gave up although the GPU was ready",
                             attempts);
        }
    }
    return (attempts > 0 || ktap_fail("the first attempt was no failure")) &&
           waited(life, &reset) &&
           life_check_page(&place, changes(first->access));
}

static void add_for_each_access(struct life *life, ktap_check check,
                                const char *name)
{
    static struct first_access accesses[2 * ACCESS_COUNT];
    size_t used = 0;

    for (int i = 0; i < 2; i++) {
        const struct memory_region *region = &life->regions[i];

        if (!memory_region_exists(region) || !region->is_emulated) {
            continue;
        }
        for (int j = 0; j < ACCESS_COUNT; j++) {
            accesses[used] =
                (struct first_access){life, region, (enum access)j};
            ktap_add(check, &accesses[used++], "region %u: the first %s %s",
                     region->index, access_name((enum access)j), name);
        }
    }
}

void life_add_wait_cases(struct life *life)
{
    const struct memory_region *region = &life->regions[1];

    add_for_each_access(life, check_wait,
                        "after a reset waits until the GPU is ready, and finds "
                        "the memory as it was");
    if (memory_region_exists(region) && !region->is_emulated) {
        ktap_add(check_no_wait, life,
                 "region 2: nobody waits for the function's own BAR, which "
                 "reads ones until the GPU is ready");
    }
}

void life_add_late_cases(struct life *life)
{
    add_for_each_access(life, check_patience,
                        "after a reset fails when the driver's patience ends, "
                        "and a later one finds the memory as it was");
}
