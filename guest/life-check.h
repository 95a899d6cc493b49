/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of life-check share that both representations need. */
#ifndef GRACE_LIFE_CHECK_H
#define GRACE_LIFE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci.h"
#include "registers.h"
#include "sizes.h"
#include "window.h"

/*
 * Measured times may differ from computed ones by so much: the kernel's timers
 * have ticks of 4 ms, and a program takes time itself.
 */
#define SLACK_MS 500

/*
 * What a read gives that nobody answers. PCI says ones, and so does QEMU's virt
 * machine; its q35 gives zeros.
 */
#ifdef __aarch64__
#define NOBODY UINT64_MAX
#else
#define NOBODY UINT64_C(0)
#endif

/* When something happened: between these two, of CLOCK_MONOTONIC. */
struct moment {
    uint64_t after_ns, before_ns;
};

/* Prints how long something waited, as a fact `wait`. */
void life_print_wait(const char *what, uint64_t nanoseconds);

/* Cases on the timer registers, through either representation's access. */
void life_add_timer_cases(struct register_access *registers);

/* A GPU whose memory is in BARs, mapped through sysfs. */
struct life_bars {
    struct pci_function function;
    struct register_access registers;
    /* BAR0, then BAR2 and BAR4 as far as they exist. */
    size_t count;
    struct life_bar {
        int index;
        /* A page at the start of the BAR; of BAR0, all of it. */
        struct window window;
        /* What it shows is memory, which keeps a pattern with this seed. */
        bool is_memory;
        uint64_t seed;
    } bars[3];
    /* Offsets of capabilities, found once. */
    unsigned power_management, express;
};

/* Whether no BAR answers. Reasons go to ktap_fail(), as below. */
bool life_bars_are_away(struct life_bars *bars, const char *when);
/* Writes zeros to where every memory BAR keeps its pattern. */
void life_bars_write_zeros(struct life_bars *bars);
/* Writes the pattern, and compares it. */
void life_bars_fill(struct life_bars *bars);
bool life_bars_hold(struct life_bars *bars, const char *when);
/* Waits, at most so long as a reset may take, until the GPU is ready. */
bool life_bars_await(struct life_bars *bars);
/*
 * After a reset at that moment: checks that the memory stays ones, and drops
 * what is written, until both registers say ready, and when that is.
 */
bool life_bars_come_up(struct life_bars *bars, const struct moment *reset);

/* Software's own register of BAR0 is that. */
bool life_bars_scratch_is(struct life_bars *bars, uint64_t expected,
                          const char *when);

enum life_reset { LIFE_RESET_FUNCTION, LIFE_RESET_BUS };

/*
 * Resets the function by Device Control, or its bus by the bridge's control
 * register: behind the kernel's back, which would restore what it saved before.
 */
bool life_reset(struct life_bars *bars, enum life_reset kind,
                struct moment *moment);

/* Cases on memory decoding and power states. */
void life_add_bar_cases(struct life_bars *bars);
/* Cases on what each kind of reset does. */
void life_add_function_cases(struct life_bars *bars);
/* Which register of configuration space falls back at which reset. */
void life_add_fallback_cases(struct life_bars *bars);

/* Everything that goes through NVIDIA's driver; arm64 alone. */
void life_add_vfio_cases(const struct pci_function *function);

#endif
