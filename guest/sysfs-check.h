/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of sysfs-check share. */
#ifndef GRACE_SYSFS_CHECK_H
#define GRACE_SYSFS_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "acpi.h"
#include "aml.h"
#include "options.h"
#include "pci.h"
#include "srat.h"

#define MAX_GPUS  64
#define MAX_SSDTS 64

struct system {
    const struct options *options;
    struct pci_function gpus[MAX_GPUS];
    struct aml_properties properties[MAX_GPUS];
    size_t gpu_count;
    struct acpi_table srat_table;
    bool has_srat;
    struct srat srat;
    /* Why the walk of the SRAT ended early, or "". */
    char srat_problem[256];
    /* Distances and attributes, as sysfs shows them: for the host to read. */
    struct acpi_table slit_table;
    bool has_slit;
    struct acpi_table hmat_table;
    bool has_hmat;
    /* Where devices are declared: the DSDT and the SSDTs. */
    struct acpi_table declarations[1 + MAX_SSDTS];
    size_t declaration_count;
};

/* One GPU; the function is NULL if the guest has fewer than it should. */
struct gpu {
    struct system *system;
    const struct pci_function *function;
    const struct aml_properties *properties;
};

/* The cases on SRAT and NUMA nodes; `context` is the system. */
void add_numa_cases(struct system *system);

/* The cases on one GPU. */
void add_function_cases(struct gpu *gpu);
void add_property_cases(struct gpu *gpu);

#endif
