// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of bar-check on what only plain memory can do. */
#include "bar-check.h"

#include <inttypes.h>

#include "ktap.h"
#include "memory-ops.h"
#include "pattern.h"

static bool check_straddling_access(void *context)
{
    const uint64_t value = 0x1122334455667788;
    size_t page = page_bytes();
    struct window window;

    if (!memory_bar_map(context, 0, 2 * page, &window)) {
        return false;
    }
    for (size_t low = 1; low < 8; low++) {
        size_t at = page - low;

        window_write(&window, page - 8, 8, 0);
        window_write(&window, page, 8, 0);
        window_write(&window, at, 8, value);
        if (window_read(&window, at, 8) != value ||
            window_read(&window, page - 1, 1) !=
                (value >> (8 * (low - 1)) & 0xff) ||
            window_read(&window, page, 1) != (value >> (8 * low) & 0xff)) {
            return ktap_fail("8 bytes at 0x%zx read back 0x%016" PRIx64, at,
                             window_read(&window, at, 8));
        }
    }
    return true;
}

static bool check_run_over_border(void *context)
{
    size_t page = page_bytes();
    /* From an odd place in the first page to one in the third. */
    size_t at = page - 1021;
    size_t bytes = page + 2043;
    size_t end = at + bytes;
    struct window window;

    if (!memory_bar_map(context, 0, 3 * page, &window)) {
        return false;
    }
    pattern_fill(window.base, window.bytes, 1);
    pattern_fill(window.base + at, bytes, 2);
    return pattern_check(window.base + at, bytes, 2, at, "a mapping") &&
           pattern_check(window.base, at, 1, 0, "a mapping") &&
           pattern_check(window.base + end, window.bytes - end, 1 + end, end,
                         "a mapping");
}

static bool check_second_mapping(void *context)
{
    const struct memory_bar *bar = context;
    size_t page = page_bytes();
    uint64_t offset = bar->expected.bytes - page;
    struct window first, second, plain;

    if (!memory_bar_map(bar, offset, page, &first) ||
        !memory_bar_map(bar, offset, page, &second) ||
        !bar_map(bar->function, bar->index, false, offset, page, &plain)) {
        return false;
    }
    pattern_fill(first.base, page, 3);
    if (!pattern_check(second.base, page, 3, offset, "a second mapping")) {
        return false;
    }
    /* Device memory: byte accesses only, as pattern_compare() makes them. */
    return pattern_check(plain.base, page, 3, offset, "a Device mapping");
}

static bool map_one(void *context, struct window *window)
{
    /* Not the start: an offset of zero hides mistakes in adding it. */
    return memory_bar_map(context, 2 * page_bytes(), page_bytes(), window);
}

static bool check_atomic_add(void *context)
{
    struct window window;

    return map_one(context, &window) && memory_check_atomic_add(window.base);
}

static bool check_exclusives(void *context)
{
    struct window window;

    return map_one(context, &window) && memory_check_exclusives(window.base);
}

static bool check_zero_block(void *context)
{
    struct window window;

    return map_one(context, &window) && memory_check_zero_block(window.base);
}

void add_plain_memory_cases(struct memory_bar *bar)
{
    int index = bar->index;

    ktap_add(check_straddling_access, bar,
             "BAR%d takes an access of 8 bytes over two pages", index);
    ktap_add(check_run_over_border, bar,
             "BAR%d holds a run of bytes over two page borders", index);
    ktap_add(check_second_mapping, bar,
             "BAR%d shows in one mapping what another one wrote", index);
    ktap_add(check_atomic_add, bar, "BAR%d does atomic adds (" ATOMIC_ADD ")",
             index);
    ktap_add(check_exclusives, bar, "BAR%d does " EXCLUSIVES, index);
    ktap_add(check_zero_block, bar, "BAR%d zeroes a block (" ZERO_BLOCK ")",
             index);
}
