// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of life-check, for a GPU whose memory is in BARs, on memory
 * decoding (PCI 3.0, 6.2.2) and on power states (PCI Express 6.0, 5.3.1 and
 * 7.5.2): in D3hot a function answers configuration requests alone.
 */
#include "life-check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/pci_regs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "config-space.h"
#include "files.h"
#include "ktap.h"
#include "options.h"
#include "pattern.h"

/* Where software may keep what it likes (NV_PBUS_SW_SCRATCH(3)). */
#define SCRATCH       0x00140c
#define SCRATCH_VALUE 0x5ca7c4edULL
/* What says that the GPU is ready, and how (nvgrace-gpu/main.c). */
#define C2C_STATUS    0x001498
#define BOOT_COMPLETE 0x0200bc
#define READY         0xff

/* From D3hot to D0 (PCI Express 6.0, 5.9.1). */
#define POWER_DELAY_MS 10
#define POLL_MS        50

static bool read_mapped(void *context, uint64_t offset, size_t width,
                        uint64_t *value)
{
    struct life_bars *bars = context;

    if (!bars->bars[0].window.base) {
        return ktap_fail("BAR0 is not mapped");
    }
    *value = window_read(&bars->bars[0].window, (size_t)offset, width);
    return true;
}

static bool write_mapped(void *context, uint64_t offset, size_t width,
                         uint64_t value)
{
    struct life_bars *bars = context;

    if (!bars->bars[0].window.base) {
        return ktap_fail("BAR0 is not mapped");
    }
    window_write(&bars->bars[0].window, (size_t)offset, width, value);
    return true;
}

bool life_bars_are_away(struct life_bars *bars, const char *when)
{
    for (size_t i = 0; i < bars->count; i++) {
        const struct life_bar *bar = &bars->bars[i];
        uint64_t value = window_read(&bar->window, 0, 8);

        if (value != NOBODY) {
            return ktap_fail("%s BAR%d reads 0x%016" PRIx64, when, bar->index,
                             value);
        }
    }
    return true;
}

void life_bars_write_zeros(struct life_bars *bars)
{
    for (size_t i = 0; i < bars->count; i++) {
        const struct life_bar *bar = &bars->bars[i];

        if (bar->is_memory) {
            window_write(&bar->window, 0, 8, 0);
            window_write(&bar->window, page_bytes() - 8, 8, 0);
        } else {
            window_write(&bar->window, SCRATCH, 4, 0);
        }
    }
}

void life_bars_fill(struct life_bars *bars)
{
    for (size_t i = 0; i < bars->count; i++) {
        struct life_bar *bar = &bars->bars[i];

        if (bar->is_memory) {
            bar->seed += 100;
            pattern_fill(bar->window.base, page_bytes(), bar->seed);
        } else {
            window_write(&bar->window, SCRATCH, 4, SCRATCH_VALUE);
        }
    }
}

static bool holds(const struct life_bar *bar)
{
    return pattern_compare(bar->window.base, page_bytes(), bar->seed) ==
           page_bytes();
}

bool life_bars_hold(struct life_bars *bars, const char *when)
{
    for (size_t i = 0; i < bars->count; i++) {
        const struct life_bar *bar = &bars->bars[i];

        if (bar->is_memory && !holds(bar)) {
            return ktap_fail("%s BAR%d does not hold what was written", when,
                             bar->index);
        }
    }
    return true;
}

bool life_bars_scratch_is(struct life_bars *bars, uint64_t expected,
                          const char *when)
{
    uint64_t value = window_read(&bars->bars[0].window, SCRATCH, 4);

    return value == expected ||
           ktap_fail("%s a scratch register of BAR0 is 0x%08" PRIx64
                     ", not 0x%08" PRIx64,
                     when, value, expected);
}

static bool is_ready(struct life_bars *bars)
{
    return window_read(&bars->bars[0].window, C2C_STATUS, 4) == READY &&
           window_read(&bars->bars[0].window, BOOT_COMPLETE, 4) == READY;
}

/* Whether a BAR shows what was written; not ones, and nothing between. */
static bool shows_memory(const struct life_bar *bar, bool *shows)
{
    *shows = holds(bar);
    for (size_t i = 0; !*shows && i < page_bytes(); i += 8) {
        uint64_t value = window_read(&bar->window, i, 8);

        if (value == ones(8)) {
            continue;
        }
        /* The memory may have come back since the first look. */
        *shows = holds(bar);
        if (!*shows) {
            return ktap_fail("after the reset BAR%d reads neither ones nor "
                             "what was written, but 0x%016" PRIx64,
                             bar->index, value);
        }
    }
    return true;
}

bool life_bars_await(struct life_bars *bars)
{
    uint64_t deadline =
        clock_ns() + (options_get()->ready_ms + SLACK_MS) * NS_PER_MS;

    while (!is_ready(bars)) {
        if (clock_ns() > deadline) {
            return ktap_fail("the GPU is not ready after %" PRIu64 " ms",
                             options_get()->ready_ms);
        }
        clock_sleep_ms(POLL_MS);
    }
    return true;
}

bool life_bars_come_up(struct life_bars *bars, const struct moment *reset)
{
    uint64_t ready_ns = options_get()->ready_ms * NS_PER_MS;
    uint64_t limit =
        reset->before_ns + ready_ns + (POLL_MS + SLACK_MS) * NS_PER_MS;
    uint64_t was_absent = 0;

    for (;;) {
        bool said_ready = is_ready(bars);
        bool all = true;

        for (size_t i = 0; i < bars->count; i++) {
            bool shows = false;

            if (!bars->bars[i].is_memory) {
                continue;
            }
            if (!shows_memory(&bars->bars[i], &shows)) {
                return false;
            }
            if (said_ready && !shows) {
                return ktap_fail("the registers say ready, and BAR%d reads "
                                 "ones",
                                 bars->bars[i].index);
            }
            all = all && shows;
        }
        if (all) {
            break;
        }
        was_absent = clock_ns();
        if (was_absent > limit) {
            return ktap_fail("the memory is away %" PRIu64 " ms after the "
                             "reset",
                             (was_absent - reset->before_ns) / NS_PER_MS);
        }
        /*
         * Dropped: the pattern is compared when the memory is back. Not at the
         * end, when it may come back between the look and the write.
         */
        if (was_absent + SLACK_MS * NS_PER_MS < reset->after_ns + ready_ns) {
            life_bars_write_zeros(bars);
        }
        clock_sleep_ms(POLL_MS);
    }
    life_print_wait("memory", clock_ns() - reset->after_ns);
    if (!is_ready(bars)) {
        return ktap_fail("the memory is back before the registers say ready");
    }
    /* One poll before it was still away: so it is back when it should be. */
    return was_absent + (POLL_MS + SLACK_MS) * NS_PER_MS >=
               reset->after_ns + ready_ns ||
           ktap_fail("the memory was back %" PRIu64 " ms after the reset, not "
                     "%" PRIu64,
                     (was_absent - reset->after_ns) / NS_PER_MS,
                     options_get()->ready_ms);
}

/* Maps the start of a BAR; the mapping stays for all cases. */
static bool map_bar(struct life_bars *bars, int index)
{
    struct life_bar *bar = &bars->bars[bars->count];
    char name[] = "BAR0";
    bool mapped;
    int fd;

    name[3] = (char)('0' + index);
    *bar = (struct life_bar){.index = index,
                             .is_memory = index != 0,
                             .seed = 1000 * (uint64_t)index};
    fd = open(pci_path(&bars->function, index == 0   ? "resource0"
                                        : index == 2 ? "resource2_wc"
                                                     : "resource4_wc"),
              O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return ktap_fail("%s cannot be opened: %s", name, strerror(errno));
    }
    /* BAR2 may show the same memory as BAR4: it gets a page of its own. */
    mapped = window_map(&bar->window, fd, index == 2 ? page_bytes() : 0,
                        index == 0 ? (size_t)REGISTER_BAR_BYTES : page_bytes(),
                        0, name, 0);
    close(fd);
    if (!mapped) {
        return ktap_fail("%s cannot be mapped: %s", name, strerror(errno));
    }
    bars->count++;
    return true;
}

static bool check_map(void *context)
{
    struct life_bars *bars = context;
    const char *address = bars->function.address;
    uint32_t command;

    if (!write_text(pci_path(&bars->function, "enable"), "1")) {
        return ktap_fail("\"enable\" of %s cannot be written: %s", address,
                         strerror(errno));
    }
    if (!config_read(address, PCI_COMMAND, 2, &command) ||
        !config_write(address, PCI_COMMAND, 2, command | PCI_COMMAND_MEMORY) ||
        !config_find(address, PCI_CAP_ID_PM, &bars->power_management) ||
        !config_find(address, PCI_CAP_ID_EXP, &bars->express)) {
        return false;
    }
    for (int i = 0; i < PCI_BAR_COUNT; i++) {
        if (bars->function.bars[i].bytes > 0 && !map_bar(bars, i)) {
            return false;
        }
    }
    return (bars->count > 1 && bars->bars[0].index == 0) ||
           ktap_fail("there are %zu BARs", bars->count);
}

static bool check_ready_at_start(void *context)
{
    return life_bars_await(context);
}

static bool set_decoding(struct life_bars *bars, bool on)
{
    uint32_t command;

    return config_read(bars->function.address, PCI_COMMAND, 2, &command) &&
           config_write(bars->function.address, PCI_COMMAND, 2,
                        on ? command | PCI_COMMAND_MEMORY
                           : command & ~(uint32_t)PCI_COMMAND_MEMORY);
}

static bool check_decoding(void *context)
{
    struct life_bars *bars = context;
    bool away;

    if (!life_bars_await(bars)) {
        return false;
    }
    life_bars_fill(bars);
    if (!set_decoding(bars, false)) {
        return false;
    }
    away = life_bars_are_away(bars, "with memory decoding off");
    life_bars_write_zeros(bars);
    return set_decoding(bars, true) && away &&
           life_bars_hold(bars, "with memory decoding on again") &&
           life_bars_scratch_is(bars, SCRATCH_VALUE,
                                "with memory decoding on again") &&
           (is_ready(bars) || ktap_fail("the GPU is not ready"));
}

/* Asks for a power state, and says which one the function is in then. */
static bool set_power(struct life_bars *bars, uint32_t state, uint32_t *reached)
{
    const char *address = bars->function.address;
    unsigned offset = bars->power_management + PCI_PM_CTRL;
    uint32_t control;

    if (!config_read(address, offset, 2, &control) ||
        !config_write(address, offset, 2,
                      (control & ~(uint32_t)PCI_PM_CTRL_STATE_MASK) | state)) {
        return false;
    }
    clock_sleep_ms(POWER_DELAY_MS);
    if (!config_read(address, offset, 2, reached)) {
        return false;
    }
    *reached &= PCI_PM_CTRL_STATE_MASK;
    return true;
}

/* Identity and BARs, which D3hot leaves as they are. */
static bool answers_config(struct life_bars *bars)
{
    const char *address = bars->function.address;
    uint32_t id, low, high;
    uint64_t start;

    if (!config_read(address, PCI_VENDOR_ID, 4, &id) ||
        !config_read(address, PCI_BASE_ADDRESS_4, 4, &low) ||
        !config_read(address, PCI_BASE_ADDRESS_5, 4, &high)) {
        return false;
    }
    start = (uint64_t)high << 32 | (low & ~15u);
    return (id == (bars->function.device_id << 16 | bars->function.vendor_id) &&
            start == bars->function.bars[4].start) ||
           ktap_fail("in D3hot the ids are 0x%08" PRIx32 " and BAR4 is at "
                     "0x%" PRIx64,
                     id, start);
}

static bool check_d3hot(void *context)
{
    struct life_bars *bars = context;
    const char *address = bars->function.address;
    uint32_t control, state;
    bool asleep;

    if (!life_bars_await(bars) ||
        !config_read(address, bars->power_management + PCI_PM_CTRL, 2,
                     &control)) {
        return false;
    }
    if (!(control & PCI_PM_CTRL_NO_SOFT_RESET)) {
        return ktap_fail("No_Soft_Reset is clear");
    }
    life_bars_fill(bars);
    if (!set_power(bars, 3, &state)) {
        return false;
    }
    asleep = (state == 3 || ktap_fail("the function is in D%" PRIu32, state)) &&
             answers_config(bars) && life_bars_are_away(bars, "in D3hot");
    life_bars_write_zeros(bars);
    if (!set_power(bars, 0, &state) || !asleep) {
        return false;
    }
    /* No_Soft_Reset: nothing was reset, so nothing has to come up again. */
    return (state == 0 ||
            ktap_fail("back from D3hot it is in D%" PRIu32, state)) &&
           (is_ready(bars) || ktap_fail("back in D0 the GPU is not ready")) &&
           life_bars_hold(bars, "back in D0") &&
           life_bars_scratch_is(bars, SCRATCH_VALUE, "back in D0");
}

static bool check_other_states(void *context)
{
    struct life_bars *bars = context;

    for (uint32_t wanted = 1; wanted <= 2; wanted++) {
        uint32_t state;

        if (!set_power(bars, wanted, &state)) {
            return false;
        }
        if (state != 0) {
            return ktap_fail("the function went to D%" PRIu32 ", which it "
                             "does not have",
                             state);
        }
    }
    return is_ready(bars) || ktap_fail("the GPU is not ready");
}

void life_add_bar_cases(struct life_bars *bars)
{
    bars->registers = (struct register_access){
        .function = &bars->function,
        .chip = options_get()->chip,
        .memory = options_get()->memory,
        .context = bars,
        .read = read_mapped,
        .write = write_mapped,
    };
    ktap_add(check_map, bars, "the function's BARs can be mapped");
    ktap_add(check_ready_at_start, bars,
             "the GPU is ready in time after the machine's start");
    ktap_add(check_decoding, bars,
             "with memory decoding off no BAR answers; on again all is as "
             "before");
    ktap_add(check_d3hot, bars,
             "in D3hot only configuration space answers; back in D0 nothing "
             "was reset");
    ktap_add(check_other_states, bars, "D1 and D2 do not exist");
}
