/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The GPU's registers in BAR0 (specification 3.1): facts and cases, for both
 * representations. How a register is reached is the caller's affair: a mapping
 * of BAR0, or VFIO's region 0.
 */
#ifndef GRACE_REGISTERS_H
#define GRACE_REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "chip.h"
#include "pci.h"

struct register_access {
    const struct pci_function *function;
    /* Chip and coherent memory as configured. */
    const struct chip *chip;
    uint64_t memory;
    void *context;
    /*
     * One aligned access of 1, 2, 4 or 8 bytes. False if it failed, with the
     * reason given to ktap_fail().
     */
    bool (*read)(void *context, uint64_t offset, size_t width, uint64_t *value);
    bool (*write)(void *context, uint64_t offset, size_t width, uint64_t value);
};

/* Adds the cases; they print the facts `register` too. */
void registers_add_cases(struct register_access *access);

/* Whether both readiness registers say ready; for use in a case. */
bool registers_check_ready(struct register_access *access);

#endif
