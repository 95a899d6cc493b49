// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The cases of life-check, for a GPU whose memory is in BARs, on what a reset
 * does to registers and memory: one that the kernel makes, and two that the
 * program makes in configuration space (PCI Express 6.0, 6.6.2 and 7.5.1.3.13).
 */
#include "life-check.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "config-space.h"
#include "files.h"
#include "ktap.h"

/* What software waits after a reset (PCI Express 6.0, 6.6.1 and 6.6.2). */
#define RESET_DELAY_MS 100
/* How long a bridge holds its bus in reset (PCI 3.0, 4.3.2: Trst, 1 ms). */
#define RESET_HOLD_MS 2

#define HEADER_DWORDS (PCI_STD_HEADER_SIZEOF / 4)

/* The kernel's address of the bridge above the function. */
static bool find_bridge(const struct pci_function *function, char *bridge,
                        size_t bytes)
{
    char path[PATH_MAX];
    const char *parent;
    char *end;

    if (!realpath(pci_path(function, "."), path)) {
        return ktap_fail("the folder of %s cannot be found: %s",
                         function->address, strerror(errno));
    }
    end = strrchr(path, '/');
    *end = '\0';
    parent = strrchr(path, '/') + 1;
    snprintf(bridge, bytes, "%s", parent);
    return strncmp(bridge, "pci", 3) != 0 ||
           ktap_fail("%s is on a root bus", function->address);
}

static bool reset_function(struct life_bars *bars)
{
    const char *address = bars->function.address;
    unsigned offset = bars->express + PCI_EXP_DEVCTL;
    uint32_t control;

    return config_read(address, offset, 2, &control) &&
           config_write(address, offset, 2, control | PCI_EXP_DEVCTL_BCR_FLR);
}

static bool reset_bus(struct life_bars *bars)
{
    char bridge[24];
    uint32_t control;

    if (!find_bridge(&bars->function, bridge, sizeof(bridge)) ||
        !config_read(bridge, PCI_BRIDGE_CONTROL, 2, &control) ||
        !config_write(bridge, PCI_BRIDGE_CONTROL, 2,
                      control | PCI_BRIDGE_CTL_BUS_RESET)) {
        return false;
    }
    clock_sleep_ms(RESET_HOLD_MS);
    return config_write(bridge, PCI_BRIDGE_CONTROL, 2, control);
}

bool life_reset(struct life_bars *bars, enum life_reset kind,
                struct moment *moment)
{
    bool done;

    moment->after_ns = clock_ns();
    done = kind == LIFE_RESET_FUNCTION ? reset_function(bars) : reset_bus(bars);
    moment->before_ns = clock_ns();
    clock_sleep_ms(RESET_DELAY_MS);
    return done;
}

static bool read_header(struct life_bars *bars, uint32_t header[HEADER_DWORDS])
{
    for (unsigned i = 0; i < HEADER_DWORDS; i++) {
        if (!config_read(bars->function.address, 4 * i, 4, &header[i])) {
            return false;
        }
    }
    return true;
}

/* Puts back the BARs, and then the command register, as a driver does. */
static bool restore_header(struct life_bars *bars,
                           const uint32_t header[HEADER_DWORDS])
{
    for (unsigned i = PCI_BASE_ADDRESS_0; i <= PCI_BASE_ADDRESS_5; i += 4) {
        if (!config_write(bars->function.address, i, 4, header[i / 4])) {
            return false;
        }
    }
    return config_write(bars->function.address, PCI_COMMAND, 2,
                        header[PCI_COMMAND / 4] & 0xffff);
}

static bool check_kernel_reset(void *context)
{
    struct life_bars *bars = context;
    uint32_t before[HEADER_DWORDS], after[HEADER_DWORDS];
    struct moment reset;

    if (!life_bars_await(bars)) {
        return false;
    }
    life_bars_fill(bars);
    if (!read_header(bars, before)) {
        return false;
    }
    if (!write_text(pci_path(&bars->function, "reset_method"), "flr")) {
        return ktap_fail("reset_method does not take flr: %s", strerror(errno));
    }
    reset.after_ns = clock_ns();
    if (!write_text(pci_path(&bars->function, "reset"), "1")) {
        return ktap_fail("the kernel cannot reset it: %s", strerror(errno));
    }
    reset.before_ns = clock_ns();
    if (!read_header(bars, after)) {
        return false;
    }
    if (memcmp(before, after, sizeof(before)) != 0) {
        return ktap_fail("the kernel did not get the header back");
    }
    return life_bars_scratch_is(bars, 0, "after the reset") &&
           life_bars_come_up(bars, &reset);
}

/* The same behind the kernel's back: then the BARs themselves are gone. */
static bool check_reset(struct life_bars *bars, enum life_reset kind)
{
    uint32_t header[HEADER_DWORDS];
    struct moment reset;
    bool away;

    if (!life_bars_await(bars)) {
        return false;
    }
    life_bars_fill(bars);
    if (!read_header(bars, header) || !life_reset(bars, kind, &reset)) {
        return false;
    }
    away = life_bars_are_away(bars, "after the reset, without an address,");
    life_bars_write_zeros(bars);
    return restore_header(bars, header) && away &&
           life_bars_scratch_is(bars, 0, "after the reset") &&
           life_bars_come_up(bars, &reset);
}

static bool check_function_reset(void *context)
{
    return check_reset(context, LIFE_RESET_FUNCTION);
}

static bool check_bus_reset(void *context)
{
    return check_reset(context, LIFE_RESET_BUS);
}

void life_add_function_cases(struct life_bars *bars)
{
    ktap_add(check_kernel_reset, bars,
             "after the kernel's function level reset registers are as at "
             "start, and the memory is away until it is ready");
    ktap_add(check_function_reset, bars,
             "after one by Device Control the BARs have no address, and the "
             "memory is away until it is ready");
    ktap_add(check_bus_reset, bars,
             "after one of the bridge's bus it is the same");
}
