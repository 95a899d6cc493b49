// SPDX-License-Identifier: GPL-2.0-or-later
#include "bad-read.h"

#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "guard.h"
#include "pattern.h"

struct access {
    const struct window *window;
    size_t offset;
    uint64_t value;
};

static void read_one(void *context)
{
    struct access *access = context;

    access->value = window_read(access->window, access->offset, 8);
}

static uint64_t written(size_t bytes, size_t offset, uint64_t seed)
{
    uint8_t *all = malloc(bytes);
    uint64_t value = 0;

    if (all) {
        pattern_fill(all, bytes, seed);
        memcpy(&value, all + offset, sizeof(value));
    }
    free(all);
    return value;
}

void bad_read(const struct window *window, size_t offset, uint64_t seed,
              const char *after)
{
    struct access access = {window, offset, 0};
    int number = guard_run(read_one, &access);
    struct guard_fault fault = guard_last();

    fact_begin("bad-read");
    fact_string("after", after);
    fact_int("signal", number);
    fact_int("code", number ? fault.code : 0);
    fact_bool("has_address", number && fault.address == window->base + offset);
    fact_bool("is_whole", number == 0 && access.value == written(window->bytes,
                                                                 offset, seed));
    fact_end();
}
