/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the host says about the configuration, on the kernel's command line
 * (grace.*). Expectations come from here, never from the device.
 */
#ifndef GRACE_OPTIONS_H
#define GRACE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chip.h"

#define MAX_TESTS 16

enum representation { REPRESENTATION_VM, REPRESENTATION_BARE_METAL };

struct options {
    enum representation representation; /* grace.representation */
    const struct chip *chip;            /* grace.chip, gh100 if absent */
    uint64_t memory; /* grace.memory: coherent bytes of each GPU */
    uint64_t gpus;   /* grace.gpus, 1 if absent */
    uint64_t nodes;  /* grace.nodes: NUMA nodes of each GPU, 8 if absent */
    uint64_t device; /* grace.device: PCI device id, 0 for the chip's */
    /* grace.ready-ms: from a reset until the memory is ready; 0: unknown */
    uint64_t ready_ms;
    /* grace.samples: how often speed-* programs measure, 31 if absent */
    uint64_t samples;
    /* grace.patience-ms: how long the driver waits for that, 30 s if absent */
    uint64_t patience_ms;
    /* grace.divided: whether the driver divides the memory, as the chip's. */
    bool divided;
    /* grace.smmu-bits: of the SMMU's output addresses, 44 if absent */
    uint64_t smmu_bits;
    /*
     * grace.passthrough=1: the GPU is from a hypervisor, whose VMM made the
     * tables and takes part in accesses.
     */
    bool passed_through;
    bool shell;       /* grace.shell=1 */
    const char *live; /* grace.live: a scenario of live-check, or NULL */
    /* grace.tests: names of programs, or "all" */
    const char *tests[MAX_TESTS];
    size_t test_count;
    const char *driver; /* grace.driver: what vfio-selftests binds, or NULL */
    /* grace.selftests: those of the kernel's that run; all if there is none */
    const char *selftests[MAX_TESTS];
    size_t selftest_count;
    char problem[256]; /* a sentence if the command line is wrong, or "" */
};

/* Reads /proc/cmdline. Always fills in everything; see `problem`. */
const struct options *options_get(void);

/* Whether grace.tests has this name. */
bool options_name(const char *program);

/* Whether grace.tests has this name or "all". */
bool options_want(const char *program);

const char *representation_name(enum representation representation);

#endif
