// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that goes bad under a program: a read of it is a synchronous external
 * abort, of which arm64 Linux makes SIGBUS (BUS_OBJERR) with the address
 * (do_sea() in arch/arm64/mm/fault.c).
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "guard.h"
#include "kernel-watch.h"
#include "ktap.h"
#include "live-check.h"
#include "options.h"
#include "pattern.h"

#define PAGES      8
#define PAGE_BYTES 4096
#define SEED       600
/* The pages that go bad; the second one only in the first list. */
#define BAD_PAGE   3
#define OTHER_PAGE 5

/* The beginning of a BAR or region, and where its memory is in the GPU's. */
struct place {
    struct live *live;
    unsigned index;
    uint64_t offset;
    struct window window;
};

static bool check_map(void *context)
{
    struct place *place = context;

    if (!live_map(place->live, place->index, PAGES * PAGE_BYTES,
                  &place->window)) {
        return false;
    }
    pattern_fill(place->window.base, PAGES * PAGE_BYTES, SEED);
    return pattern_check(place->window.base, PAGES * PAGE_BYTES, SEED, 0,
                         "a mapping");
}

struct access {
    const struct window *window;
    size_t offset, width;
    uint64_t value;
};

static void read_one(void *context)
{
    struct access *access = context;

    access->value = window_read(access->window, access->offset, access->width);
}

/* Whether reads of all widths at an offset give SIGBUS with their address. */
static bool is_bad(const struct place *place, size_t offset)
{
    for (size_t width = 1; width <= 8; width *= 2) {
        struct access access = {&place->window, offset, width, 0};
        struct guard_fault fault;

        if (guard_run(read_one, &access) == 0) {
            return ktap_fail("%zu bytes at 0x%zx can be read: 0x%llx", width,
                             offset, (unsigned long long)access.value);
        }
        fault = guard_last();
        if (fault.signal != SIGBUS || fault.code != BUS_OBJERR ||
            fault.address != place->window.base + offset) {
            return ktap_fail("the read at 0x%zx gave signal %d with code %d "
                             "and address %p, not %p",
                             offset, fault.signal, fault.code, fault.address,
                             (const void *)(place->window.base + offset));
        }
    }
    return true;
}

/* Whether a page is whole, and is as it was written at first. */
static bool is_whole(const struct place *place, size_t page)
{
    const volatile uint8_t *bytes = place->window.base + page * PAGE_BYTES;
    uint8_t all[PAGES * PAGE_BYTES];

    pattern_fill(all, sizeof(all), SEED);
    for (size_t i = 0; i < PAGE_BYTES; i++) {
        if (bytes[i] != all[page * PAGE_BYTES + i]) {
            return ktap_fail("page %zu is not as it was written at 0x%zx", page,
                             i);
        }
    }
    return true;
}

static bool check_bad(void *context)
{
    struct place *place = context;

    if (!host_ask("poison 0x%llx+0x%llx",
                  (unsigned long long)place->offset + BAD_PAGE * PAGE_BYTES,
                  (unsigned long long)place->offset + OTHER_PAGE * PAGE_BYTES +
                      7)) {
        return false;
    }
    for (size_t page = 0; page < PAGES; page++) {
        bool bad = page == BAD_PAGE || page == OTHER_PAGE;

        if (bad ? !is_bad(place, page * PAGE_BYTES) ||
                      !is_bad(place, (page + 1) * PAGE_BYTES - 8)
                : !is_whole(place, page)) {
            return false;
        }
    }
    return true;
}

static bool check_list_replaced(void *context)
{
    struct place *place = context;

    return host_ask("poison 0x%llx", (unsigned long long)place->offset +
                                         BAD_PAGE * PAGE_BYTES) &&
           is_bad(place, BAD_PAGE * PAGE_BYTES) && is_whole(place, OTHER_PAGE);
}

static bool check_write(void *context)
{
    struct place *place = context;

    window_write(&place->window, BAD_PAGE * PAGE_BYTES + 64, 8,
                 0x0123456789abcdef);
    return is_bad(place, BAD_PAGE * PAGE_BYTES + 64);
}

static bool check_whole_again(void *context)
{
    struct place *place = context;
    uint64_t value;

    if (!host_ask("poison none")) {
        return false;
    }
    value = window_read(&place->window, BAD_PAGE * PAGE_BYTES + 64, 8);
    if (value != 0x0123456789abcdef) {
        return ktap_fail("what was written meanwhile reads 0x%llx",
                         (unsigned long long)value);
    }
    pattern_fill(place->window.base, PAGES * PAGE_BYTES, SEED);
    return is_whole(place, BAD_PAGE);
}

/*
 * The driver copies from its own mapping of the memory, and nothing in the
 * kernel is prepared for an error there: it ends the program with an oops, and
 * leaves a lock taken for which whoever closes the device waits for ever.
 */
static bool check_pread(void *context)
{
    struct live *live = context;
    int status;
    pid_t pid;

    if (!host_ask("poison 0x0")) {
        return false;
    }
    kernel_watch_begin();
    pid = fork();
    if (pid == 0) {
        _exit(live_read(live));
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        return ktap_fail("fork: %s", strerror(errno));
    }
    if (!WIFSIGNALED(status)) {
        return ktap_fail("it ended with %s", strerror(WEXITSTATUS(status)));
    }
    return kernel_watch_find("Internal error: synchronous external abort",
                             5000) ||
           ktap_fail("signal %d ended it, and the kernel says nothing",
                     WTERMSIG(status));
}

void live_add_poison(struct live *live)
{
    static struct place places[2];
    bool is_bare_metal =
        options_get()->representation == REPRESENTATION_BARE_METAL;
    const char *kind = is_bare_metal ? "region " : "BAR";

    places[0] = (struct place){live, USEMEM_BAR, 0, {NULL, 0}};
    places[1] =
        (struct place){live, RESMEM_BAR, live->layout.usemem.bytes, {NULL, 0}};
    for (size_t i = 0; i < 2; i++) {
        unsigned index = places[i].index;

        if (i > 0 && live->layout.resmem.bytes == 0) {
            break;
        }
        ktap_add(check_map, &places[i], "%s%u can be mapped and written", kind,
                 index);
        ktap_add(check_bad, &places[i],
                 "%s%u: reads of bad pages give SIGBUS, other pages are whole",
                 kind, index);
        ktap_add(check_list_replaced, &places[i],
                 "%s%u: a new list of bad pages replaces the old one", kind,
                 index);
        ktap_add(check_write, &places[i],
                 "%s%u: a bad page takes writes, and stays bad", kind, index);
        ktap_add(check_whole_again, &places[i],
                 "%s%u: an empty list makes all pages whole, with what was "
                 "written",
                 kind, index);
    }
}

static bool check_open(void *context)
{
    return live_open(context);
}

void live_add_bad_read(struct live *live)
{
    ktap_add(check_open, live, "the driver binds and the device opens");
    ktap_add(check_pread, live,
             "pread of a bad page is an oops in the driver, which ends the "
             "program");
}
