// SPDX-License-Identifier: GPL-2.0-or-later
/* What the cases of promise-check are made of. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "ktap.h"
#include "promise-check.h"
#include "window.h"

/* More than one case maps. */
#define MAX_MAPPINGS 32
/* A case that takes longer has found a driver that waits. */
#define CASE_SECONDS 20

struct prepared_case {
    struct promise *promise;
    enum promise_way way;
    unsigned argument;
    promise_check check;
};

static struct {
    void *base;
    size_t bytes;
} mappings[MAX_MAPPINGS];
static size_t mapping_count;

static void unmap_all(void)
{
    while (mapping_count > 0) {
        mapping_count--;
        munmap(mappings[mapping_count].base, mappings[mapping_count].bytes);
    }
}

bool promise_open(struct promise *promise, enum promise_way way)
{
    unmap_all();
    if (promise->way != way || promise->device.device < 0) {
        vfio_close(&promise->device);
        promise->way = WAY_CLOSED;
        if (way == WAY_CLOSED) {
            return true;
        }
        if (way == WAY_GROUP ? !vfio_open_group(&promise->device)
                             : !vfio_open_cdev(&promise->device)) {
            return false;
        }
        promise->way = way;
    }
    return way == WAY_CLOSED || vfio_enable_memory(&promise->device);
}

static bool run_prepared(void *context)
{
    const struct prepared_case *prepared = context;
    bool passed;

    prepared->promise->argument = prepared->argument;
    guard_limit(CASE_SECONDS);
    passed = promise_open(prepared->promise, prepared->way) &&
             prepared->check(prepared->promise);
    guard_limit(0);
    return passed;
}

static void add(struct promise *promise, enum promise_way way,
                unsigned argument, promise_check check, const char *name,
                va_list arguments)
{
    struct prepared_case *prepared = malloc(sizeof(*prepared));
    char text[256];

    if (!prepared) {
        ktap_line("# out of memory; give the guest more with -m");
        exit(2);
    }
    *prepared = (struct prepared_case){promise, way, argument, check};
    vsnprintf(text, sizeof(text), name, arguments);
    ktap_add(run_prepared, prepared, "%s", text);
}

void promise_add(struct promise *promise, enum promise_way way,
                 promise_check check, const char *name, ...)
{
    va_list arguments;

    va_start(arguments, name);
    add(promise, way, 0, check, name, arguments);
    va_end(arguments);
}

void promise_add_with(struct promise *promise, enum promise_way way,
                      unsigned argument, promise_check check, const char *name,
                      ...)
{
    va_list arguments;

    va_start(arguments, name);
    add(promise, way, argument, check, name, arguments);
    va_end(arguments);
}

const struct memory_part *promise_part(const struct promise *promise,
                                       unsigned region)
{
    return region == USEMEM_BAR ? &promise->usemem : &promise->region2;
}

bool promise_is_drivers(const struct promise *promise, unsigned region)
{
    return region == USEMEM_BAR || (region == RESMEM_BAR && promise->divided);
}

bool promise_is_functions(const struct promise *promise, unsigned region)
{
    return region == 0 || (region == RESMEM_BAR && !promise->divided &&
                           promise->region2.bytes > 0);
}

off_t promise_at(unsigned region, uint64_t offset)
{
    return (off_t)(((uint64_t)region << REGION_SHIFT) + offset);
}

void *promise_map(struct promise *promise, unsigned region, uint64_t offset,
                  size_t bytes, int protection, int flags, void *address)
{
    void *base =
        mmap(address, bytes, protection, flags | (address ? MAP_FIXED : 0),
             promise->device.device, promise_at(region, offset));
    char name[] = "region 0";

    if (base == MAP_FAILED) {
        return base;
    }
    name[sizeof(name) - 2] = (char)('0' + region);
    guard_name(base, bytes, name, offset);
    if (mapping_count < MAX_MAPPINGS) {
        mappings[mapping_count].base = base;
        mappings[mapping_count++].bytes = bytes;
    }
    return base;
}

uint8_t *promise_map_shared(struct promise *promise, unsigned region,
                            uint64_t offset, size_t bytes)
{
    void *base = promise_map(promise, region, offset, bytes,
                             PROT_READ | PROT_WRITE, MAP_SHARED, NULL);

    if (base == MAP_FAILED) {
        ktap_fail("region %u cannot be mapped at 0x%" PRIx64 ": %s", region,
                  offset, strerror(errno));
        return NULL;
    }
    return base;
}

void *promise_nowhere(void)
{
    return (void *)16;
}

int promise_touch(volatile uint8_t *address, bool writes)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        struct window window = {address, 1};

        guard_set(NULL);
        signal(SIGBUS, SIG_DFL);
        signal(SIGSEGV, SIG_DFL);
        if (writes) {
            window_write(&window, 0, 1, 0x5a);
        } else {
            window_read(&window, 0, 1);
        }
        _exit(0);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

bool promise_expect_signal(volatile uint8_t *address, bool writes, int expected,
                           const char *what)
{
    int number = promise_touch(address, writes);
    const char *found = number ? sigabbrev_np(number) : "no signal";

    return number == expected ||
           ktap_fail("%s gave %s, not %s", what, found,
                     expected ? sigabbrev_np(expected) : "no signal");
}

bool promise_read(struct promise *promise, unsigned region, uint64_t offset,
                  void *bytes, size_t count)
{
    ssize_t got =
        pread(promise->device.device, bytes, count, promise_at(region, offset));

    return promise_expect(got, (long)count,
                          "pread at 0x%" PRIx64 " of region %u", offset,
                          region);
}

bool promise_write(struct promise *promise, unsigned region, uint64_t offset,
                   const void *bytes, size_t count)
{
    ssize_t put = pwrite(promise->device.device, bytes, count,
                         promise_at(region, offset));

    return promise_expect(put, (long)count,
                          "pwrite at 0x%" PRIx64 " of region %u", offset,
                          region);
}
