// SPDX-License-Identifier: GPL-2.0-or-later
#include "life-vfio.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guard.h"
#include "ktap.h"
#include "options.h"
#include "pattern.h"

/* A write changes the page's first bytes to those of this pattern. */
#define WRITTEN_SEED 7777
#define WRITTEN      8

const char *access_name(enum access access)
{
    static const char *const names[ACCESS_COUNT] = {"read", "write", "load",
                                                    "store"};

    return names[access];
}

const char *life_describe(struct outcome outcome)
{
    static char text[64];

    if (outcome.signal) {
        snprintf(text, sizeof(text), "SIG%s", sigabbrev_np(outcome.signal));
    } else if (outcome.error) {
        snprintf(text, sizeof(text), "%s", strerrorname_np(outcome.error));
    } else {
        snprintf(text, sizeof(text), "success");
    }
    return text;
}

static bool read_once(struct life *life, int *error)
{
    struct vfio_region region;
    uint64_t value;

    *error = 0;
    if (!test_region(&life->test, USEMEM_BAR, &region)) {
        return false;
    }
    if (pread(life->test.device.device, &value, sizeof(value),
              (off_t)region.offset) != sizeof(value)) {
        *error = errno;
    }
    return true;
}

bool life_settle(struct life *life)
{
    uint64_t deadline =
        clock_ns() + life->ready_ns + (POLL_MS + SLACK_MS) * NS_PER_MS;
    int error;

    do {
        if (!read_once(life, &error)) {
            return false;
        }
        if (error == 0) {
            return true;
        }
    } while ((error == ETIME || error == EAGAIN) && clock_ns() < deadline);
    return ktap_fail("region %d cannot be read although the GPU should be "
                     "ready: %s",
                     USEMEM_BAR, strerror(error));
}

bool life_prepare(struct life *life, const struct memory_region *region,
                  unsigned page, struct place *place)
{
    static uint64_t last_seed;
    uint8_t chunk[CHUNK_BYTES];
    struct vfio_region info;

    place->life = life;
    place->region = region;
    place->offset = page * CHUNK_BYTES;
    place->seed = last_seed += 100;
    if (!life_settle(life) || !test_region(&life->test, region->index, &info) ||
        !test_map(&life->test, region->index, place->offset, CHUNK_BYTES, 0,
                  &place->window)) {
        return false;
    }
    pattern_fill(chunk, CHUNK_BYTES, place->seed);
    return vfio_write(&life->test.device, &info, place->offset, chunk,
                      CHUNK_BYTES) &&
           pattern_check(place->window.base, CHUNK_BYTES, place->seed,
                         place->offset, "a mapping");
}

bool life_reset_device(struct life *life, struct moment *moment)
{
    bool done;

    moment->after_ns = clock_ns();
    done = vfio_reset(&life->test.device);
    moment->before_ns = clock_ns();
    return done;
}

static void load(void *context)
{
    const struct place *place = context;

    window_read(&place->window, 0, 8);
}

static void store(void *context)
{
    const struct place *place = context;
    uint64_t written;

    pattern_fill((volatile uint8_t *)&written, WRITTEN, WRITTEN_SEED);
    window_write(&place->window, 0, 8, written);
}

struct outcome life_access(const struct place *place, enum access access)
{
    const struct vfio_device *device = &place->life->test.device;
    struct outcome outcome = {0, 0};
    struct vfio_region info;
    uint64_t value;
    ssize_t count;
    off_t offset;

    if (access == ACCESS_LOAD || access == ACCESS_STORE) {
        outcome.signal =
            guard_run(access == ACCESS_LOAD ? load : store, (void *)place);
        return outcome;
    }
    if (!vfio_region_get(device, place->region->index, &info)) {
        outcome.error = ENODEV;
        return outcome;
    }
    offset = (off_t)(info.offset + place->offset);
    pattern_fill((volatile uint8_t *)&value, WRITTEN, WRITTEN_SEED);
    errno = 0;
    count = access == ACCESS_READ
                ? pread(device->device, &value, WRITTEN, offset)
                : pwrite(device->device, &value, WRITTEN, offset);
    if (count != WRITTEN) {
        outcome.error = count < 0 ? errno : EIO;
    }
    return outcome;
}

bool life_check_page(const struct place *place, bool was_written)
{
    const struct vfio_device *device = &place->life->test.device;
    uint8_t chunk[CHUNK_BYTES], expected[CHUNK_BYTES];
    struct vfio_region info;

    pattern_fill(expected, CHUNK_BYTES, place->seed);
    if (was_written) {
        pattern_fill(expected, WRITTEN, WRITTEN_SEED);
    }
    if (!vfio_region_get(device, place->region->index, &info) ||
        !vfio_read(device, &info, place->offset, chunk, CHUNK_BYTES)) {
        return false;
    }
    if (memcmp(chunk, expected, CHUNK_BYTES) != 0) {
        return ktap_fail("a page of region %u does not hold what was written",
                         place->region->index);
    }
    for (size_t i = 0; i < CHUNK_BYTES; i++) {
        if (place->window.base[i] != expected[i]) {
            return ktap_fail("a mapping of region %u does not show what was "
                             "written",
                             place->region->index);
        }
    }
    return true;
}

bool life_set_decoding(struct life *life, bool on)
{
    struct vfio_region config;
    uint16_t command;

    if (!test_region(&life->test, VFIO_PCI_CONFIG_REGION_INDEX, &config) ||
        !vfio_read(&life->test.device, &config, PCI_COMMAND, &command,
                   sizeof(command))) {
        return false;
    }
    command = on ? command | PCI_COMMAND_MEMORY
                 : command & (uint16_t)~PCI_COMMAND_MEMORY;
    return vfio_write(&life->test.device, &config, PCI_COMMAND, &command,
                      sizeof(command));
}

/* A GPU that is late at the machine's start is bound when it is ready. */
static bool check_bind(void *context)
{
    struct life *life = context;
    char reason[256];
    uint64_t now = clock_ns();

    if (life->ready_ns > life->patience_ns && now < life->ready_ns) {
        clock_sleep_ms((life->ready_ns - now) / NS_PER_MS + SLACK_MS);
    }
    return pci_bind_nvgrace(&life->test.function, reason, sizeof(reason)) ||
           ktap_fail("%s", reason);
}

static bool check_open(void *context)
{
    struct life *life = context;

    return vfio_open_group(&life->test.device);
}

void life_add_vfio_cases(const struct pci_function *function)
{
    static struct life life;
    const struct options *options = options_get();

    life.test.function = *function;
    test_init(&life.test, life.regions);
    life.ready_ns = options->ready_ms * NS_PER_MS;
    life.patience_ns = options->patience_ms * NS_PER_MS;
    ktap_add(check_bind, &life, NVGRACE_DRIVER " binds the function");
    ktap_add(check_open, &life, "the device opens");
    if (life.ready_ns > life.patience_ns) {
        life_add_late_cases(&life);
        return;
    }
    life_add_wait_cases(&life);
    life_add_decoding_cases(&life);
    life_add_race_cases(&life);
    life_add_timer_cases(&life.test.registers);
    life_add_power_cases(&life);
}
