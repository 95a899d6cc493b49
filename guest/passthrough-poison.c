// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A page of the GPU's memory that goes bad under a guest of a hypervisor: what
 * a read of it gives, when the device says so, when the hypervisor's kernel has
 * been told, and when the device has been mended. Facts, for the host to judge.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "bar-map.h"
#include "facts.h"
#include "files.h"
#include "guard.h"
#include "host.h"
#include "ktap.h"
#include "passthrough-check.h"
#include "pattern.h"

#define PAGE_BYTES 4096
#define PAGES      4
#define BAD_PAGE   1
#define SEED       800

static struct window window;

static bool check_fill(void *context)
{
    struct passthrough *gpu = context;

    if (!write_text(pci_path(&gpu->function, "enable"), "1")) {
        return ktap_fail("it cannot be enabled: %s", strerror(errno));
    }
    if (!bar_map(&gpu->function, USEMEM_BAR, true, 0, PAGES * PAGE_BYTES,
                 &window)) {
        return false;
    }
    pattern_fill(window.base, PAGES * PAGE_BYTES, SEED);
    return pattern_check(window.base, PAGES * PAGE_BYTES, SEED, 0, "BAR4");
}

static uint64_t value;

static void read_bad(void *context)
{
    (void)context;
    value = window_read(&window, BAD_PAGE * PAGE_BYTES, 8);
}

/* The pages around it are whole, whatever happens to it. */
static bool look(const char *after)
{
    uint64_t expected[PAGES * PAGE_BYTES / sizeof(uint64_t)];
    size_t at = BAD_PAGE * PAGE_BYTES / sizeof(uint64_t);
    int number = guard_run(read_bad, NULL);

    pattern_fill((volatile uint8_t *)expected, sizeof(expected), SEED);
    fact_begin("bad-read");
    fact_string("after", after);
    fact_int("signal", number);
    fact_int("code", number ? guard_last().code : 0);
    fact_bool("is_whole", number == 0 && value == expected[at]);
    fact_end();
    for (size_t page = 0; page < PAGES; page++) {
        size_t i = page * PAGE_BYTES;

        if (page != BAD_PAGE &&
            window_read(&window, i, 8) != expected[i / sizeof(uint64_t)]) {
            return ktap_fail("page %zu is not as it was written", page);
        }
    }
    return true;
}

static bool check_bad(void *context)
{
    (void)context;
    return host_ask("poison 0x%x", BAD_PAGE * PAGE_BYTES) && look("poison");
}

static bool check_offline(void *context)
{
    (void)context;
    return host_ask("offline 0x%x", BAD_PAGE * PAGE_BYTES) && look("offline");
}

static bool check_mended(void *context)
{
    (void)context;
    return host_ask("poison none") && look("mend");
}

void add_poison_cases(struct passthrough *gpu)
{
    ktap_add(check_fill, gpu, "BAR4 holds what is written");
    ktap_add(check_bad, NULL, "a page goes bad, and no other");
    ktap_add(check_offline, NULL,
             "the hypervisor's kernel is told, and the guest goes on");
    ktap_add(check_mended, NULL, "the page is mended, and the guest goes on");
}
