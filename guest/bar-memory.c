// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of bar-check on the memory behind BAR2 and BAR4. */
#include "bar-check.h"

#include <inttypes.h>

#include "facts.h"
#include "ktap.h"
#include "options.h"
#include "pattern.h"

#define PLACES 3

static void print_usable(const struct memory_bar *bar)
{
    fact_begin("usable");
    fact_string("function", bar->function->address);
    fact_uint("bar", (uint64_t)bar->index);
    fact_uint("bytes", bar->expected.bytes);
    fact_end();
}

/* All places are written before the first is read, so that aliases show. */
static bool check_places(void *context)
{
    struct memory_bar *bar = context;
    size_t page = page_bytes();
    const uint64_t offsets[PLACES] = {
        0,
        bar->expected.bytes / 2 / page * page,
        bar->expected.bytes - page,
    };
    struct window windows[PLACES];

    for (int i = 0; i < PLACES; i++) {
        if (!memory_bar_map(bar, offsets[i], page, &windows[i])) {
            return false;
        }
        pattern_fill(windows[i].base, page, offsets[i]);
    }
    for (int i = 0; i < PLACES; i++) {
        if (!pattern_check(windows[i].base, page, offsets[i], offsets[i],
                           "a mapping")) {
            return false;
        }
    }
    bar->ends_confirmed = true;
    return true;
}

/* Reads are ones and writes are dropped, in each width. */
static bool check_nothing_at(const struct memory_bar *bar, uint64_t offset)
{
    size_t page = page_bytes();
    const size_t places[] = {0, page / 2, page - 8};
    struct window window;

    if (!memory_bar_map(bar, offset, page, &window)) {
        return false;
    }
    for (size_t width = 1; width <= 8; width *= 2) {
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
            uint64_t before = window_read(&window, places[i], width);
            uint64_t after;

            window_write(&window, places[i], width, 0);
            after = window_read(&window, places[i], width);
            if (before != ones(width) || after != ones(width)) {
                return ktap_fail("%zu bytes at 0x%" PRIx64 " read 0x%" PRIx64
                                 ", and 0x%" PRIx64 " after a write of 0",
                                 width, offset + places[i], before, after);
            }
        }
    }
    return true;
}

static bool no_gap(struct memory_bar *bar)
{
    return bar->expected.bytes == bar->expected.bar_bytes &&
           ktap_skip("the memory fills the BAR");
}

static bool check_past_end(void *context)
{
    struct memory_bar *bar = context;
    size_t page = page_bytes();
    uint64_t end = bar->expected.bytes;
    struct window last;

    if (no_gap(bar)) {
        if (bar->ends_confirmed) {
            print_usable(bar);
        }
        return true;
    }
    if (!memory_bar_map(bar, end - page, page, &last)) {
        return false;
    }
    pattern_fill(last.base, page, 4);
    if (!check_nothing_at(bar, end) ||
        !check_nothing_at(bar, bar->expected.bar_bytes - page) ||
        !pattern_check(last.base, page, 4, end - page, "a mapping")) {
        return false;
    }
    if (bar->ends_confirmed) {
        print_usable(bar);
    }
    return true;
}

static bool check_straddling_end(void *context)
{
    struct memory_bar *bar = context;
    size_t page = page_bytes();
    uint64_t end = bar->expected.bytes;
    struct window window;
    uint64_t value;

    if (no_gap(bar)) {
        return true;
    }
    if (!memory_bar_map(bar, end - page, 2 * page, &window)) {
        return false;
    }
    window_write(&window, page - 8, 8, 0);
    window_write(&window, page - 4, 8, 0x1122334455667788);
    value = window_read(&window, page - 4, 8);
    return value == 0xffffffff55667788 ||
           ktap_fail("8 bytes over the end of the memory read 0x%016" PRIx64
                     " after a write of 0x1122334455667788: not the 4 bytes "
                     "that exist, and ones",
                     value);
}

static bool check_alias(void *context)
{
    const struct memory_bar *bars = context;
    size_t page = page_bytes();
    struct window windows[4];
    int i;

    for (i = 0; i < 4; i++) {
        const struct memory_bar *bar = &bars[i / 2];
        uint64_t offset = i % 2 ? bar->expected.bytes - page : 0;

        if (!memory_bar_map(bar, offset, page, &windows[i])) {
            return false;
        }
        pattern_fill(windows[i].base, page, 100 + (uint64_t)i);
    }
    for (i = 0; i < 4; i++) {
        if (pattern_compare(windows[i].base, page, 100 + (uint64_t)i) != page) {
            return ktap_fail("the %s of BAR%d was changed by writes elsewhere",
                             i % 2 ? "end" : "start", bars[i / 2].index);
        }
    }
    return true;
}

/* Both start with the memory, and the first ends before the second or with it.
 */
static bool check_same_memory(void *context)
{
    const struct memory_bar *bars = context;
    size_t page = page_bytes();
    const uint64_t offsets[] = {0, bars[0].expected.bytes - page};

    for (uint64_t i = 0; i < 4; i++) {
        const struct memory_bar *writer = &bars[i % 2];
        const struct memory_bar *reader = &bars[1 - i % 2];
        uint64_t offset = offsets[i / 2];
        struct window written, seen;

        if (!memory_bar_map(writer, offset, page, &written) ||
            !memory_bar_map(reader, offset, page, &seen)) {
            return false;
        }
        pattern_fill(written.base, page, 200 + i);
        if (pattern_compare(seen.base, page, 200 + i) != page) {
            return ktap_fail("BAR%d does not show at 0x%" PRIx64
                             " what was written through BAR%d",
                             reader->index, offset, writer->index);
        }
    }
    return true;
}

void add_memory_cases(struct memory_bar *bar)
{
    int index = bar->index;

    ktap_add(check_places, bar,
             "BAR%d holds what is written at its start, middle and real end",
             index);
    ktap_add(check_past_end, bar,
             "BAR%d past its real end reads ones and drops writes", index);
    /* KVM has a hypervisor's VMM emulate the whole access, as if behind it. */
    if (!options_get()->passed_through) {
        ktap_add(check_straddling_end, bar,
                 "BAR%d takes an access over its real end", index);
    }
}

void add_same_memory_case(struct memory_bar bars[2])
{
    ktap_add(check_same_memory, bars, "BAR%d and BAR%d show the same memory",
             bars[1].index, bars[0].index);
}

void add_alias_case(struct memory_bar bars[2])
{
    ktap_add(check_alias, bars, "BAR%d and BAR%d share no memory",
             bars[0].index, bars[1].index);
}
