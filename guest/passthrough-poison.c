// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pages of the GPU's memory that go bad under a guest of a hypervisor: what a
 * read gives of one of which the hypervisor's kernel has only been told, of one
 * that is an error to read, and of that when the device has been mended. Facts,
 * for the host to judge.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "bad-read.h"
#include "bar-map.h"
#include "files.h"
#include "host.h"
#include "ktap.h"
#include "passthrough-check.h"
#include "pattern.h"

#define PAGE_BYTES 4096
#define PAGES      4
#define BAD_PAGE   1
#define TOLD_PAGE  2
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

/* The pages around it are whole, whatever happens to it. */
static bool look_around(void)
{
    uint64_t expected[PAGES * PAGE_BYTES / sizeof(uint64_t)];

    pattern_fill((volatile uint8_t *)expected, sizeof(expected), SEED);
    for (size_t page = 0; page < PAGES; page++) {
        size_t i = page * PAGE_BYTES;

        if (page != BAD_PAGE &&
            window_read(&window, i, 8) != expected[i / sizeof(uint64_t)]) {
            return ktap_fail("page %zu is not as it was written", page);
        }
    }
    return true;
}

static bool check_offline(void *context)
{
    (void)context;
    if (!host_ask("offline 0x%x", TOLD_PAGE * PAGE_BYTES)) {
        return false;
    }
    bad_read(&window, TOLD_PAGE * PAGE_BYTES, SEED, "offline");
    return look_around();
}

static bool check_bad(void *context)
{
    (void)context;
    if (!host_ask("poison 0x%x", BAD_PAGE * PAGE_BYTES)) {
        return false;
    }
    bad_read(&window, BAD_PAGE * PAGE_BYTES, SEED, "poison");
    return look_around();
}

/*
 * At another place of the page: for ten seconds the hypervisor's kernel does
 * not take a record that it has had (GHES_ESTATUS_IN_CACHE_MAX_NSEC in
 * drivers/acpi/apei/ghes.c), and then has nothing better than an SError, which
 * ends this guest.
 */
static bool check_again(void *context)
{
    (void)context;
    bad_read(&window, BAD_PAGE * PAGE_BYTES + 64, SEED, "again");
    return look_around();
}

static bool check_same(void *context)
{
    (void)context;
    bad_read(&window, BAD_PAGE * PAGE_BYTES, SEED, "same");
    return look_around();
}

static bool check_mended(void *context)
{
    (void)context;
    if (!host_ask("poison none")) {
        return false;
    }
    bad_read(&window, BAD_PAGE * PAGE_BYTES, SEED, "mend");
    return look_around();
}

void add_same_read_cases(struct passthrough *gpu)
{
    ktap_add(check_fill, gpu, "BAR4 holds what is written");
    ktap_add(check_bad, NULL, "a page goes bad, and no other");
    ktap_add(check_same, NULL, "the same is read again at once");
}

void add_poison_cases(struct passthrough *gpu)
{
    ktap_add(check_fill, gpu, "BAR4 holds what is written");
    ktap_add(check_offline, NULL,
             "the hypervisor's kernel is told of a page that nobody has read, "
             "and the guest goes on");
    ktap_add(check_bad, NULL, "a page goes bad, and no other");
    ktap_add(check_again, NULL, "the page is read again");
    ktap_add(check_mended, NULL, "the page is mended, and the guest goes on");
}
