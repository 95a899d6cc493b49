// SPDX-License-Identifier: GPL-2.0-or-later
#include "speed.h"

#include <inttypes.h>
#include <stdlib.h>

#include "clock.h"
#include "facts.h"
#include "files.h"
#include "ktap.h"
#include "options.h"

struct side_times {
    const struct speed_side *side;
    uint64_t *ns;
};

static bool take(struct side_times *times, size_t index)
{
    uint64_t start = clock_ns();
    bool done = times->side->work(times->side->context);

    times->ns[index] = clock_ns() - start;
    return done;
}

/* In the order A B, B A, A B, so that neither always comes first. */
static bool take_pair(struct side_times *first, struct side_times *second,
                      size_t index)
{
    if (index % 2 == 1) {
        struct side_times *other = first;

        first = second;
        second = other;
    }
    return (!first->side->work || take(first, index)) &&
           (!second->side->work || take(second, index));
}

static void print_times(const char *key, const uint64_t *ns, size_t count)
{
    fact_array_begin(key);
    for (size_t i = 0; i < count; i++) {
        fact_uint(NULL, ns[i]);
    }
    fact_array_end();
}

bool speed_measure(const struct speed_case *measurement)
{
    const struct speed_side *baseline = &measurement->baseline;
    uint64_t limit = measurement->limit;
    size_t count = options_get()->samples;
    struct side_times sides[2];
    bool done;

    if (limit > 0 && count > limit) {
        count = limit;
    }
    for (int i = 0; i < 2; i++) {
        sides[i].side = i == 0 ? &measurement->measured : baseline;
        /* One more, for the first round, which finds everything cold. */
        sides[i].ns = calloc(count + 1, sizeof(uint64_t));
        if (!sides[i].ns) {
            return ktap_fail("out of memory; give the guest more with -m");
        }
    }
    done = take_pair(&sides[0], &sides[1], 0);
    for (size_t i = 0; done && i < count; i++) {
        done = take_pair(&sides[0], &sides[1], i);
    }
    if (done) {
        fact_begin("speed");
        fact_string("case", measurement->name);
        fact_string("unit", measurement->unit);
        fact_uint("count", measurement->measured.count);
        print_times("ns", sides[0].ns, count);
        if (baseline->work) {
            fact_string("baseline", baseline->name);
            fact_uint("baseline_count", baseline->count);
            print_times("baseline_ns", sides[1].ns, count);
        }
        fact_end();
    }
    free(sides[0].ns);
    free(sides[1].ns);
    return done;
}

bool speed_options(void)
{
    return !options_get()->problem[0] ||
           ktap_fail("%s", options_get()->problem);
}

bool speed_find(uint64_t vendor, uint64_t device, struct pci_function *found)
{
    if (!pci_find(vendor, device, found)) {
        return ktap_fail("there is no PCI function %04" PRIx64 ":%04" PRIx64
                         "; scripts/bench starts QEMU with it",
                         vendor, device);
    }
    return write_text(pci_path(found, "enable"), "1") ||
           ktap_fail("\"enable\" of %s cannot be written", found->address);
}

bool speed_find_gpu(struct pci_function *found)
{
    return pci_find_gpus(found, 1) == 1 ||
           ktap_fail("there is not exactly one GPU");
}

int speed_give_up(void)
{
    ktap_line("# %s", ktap_failure());
    return 2;
}
