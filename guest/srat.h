/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The System Resource Affinity Table (ACPI 6.5, 5.2.16), walked by the length
 * of its entries.
 */
#ifndef GRACE_SRAT_H
#define GRACE_SRAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "acpi.h"
#include "pci.h"

#define SRAT_MAX_ENTRIES 512
/* Flags of an entry; the rest is reserved (5.2.16.2, 5.2.16.6). */
#define SRAT_ENABLED                    (1u << 0)
#define SRAT_HOT_PLUGGABLE              (1u << 1)
#define SRAT_ARCHITECTURAL_TRANSACTIONS (1u << 1)
#define SRAT_HANDLE_PCI                 1

/* Generic Initiator Affinity Structure, 5.2.16.6. */
struct srat_initiator {
    const uint8_t *bytes; /* the entry, 32 bytes */
    uint8_t handle_type;
    uint32_t domain;
    const uint8_t *handle; /* 16 bytes */
    uint32_t flags;
};

/* Memory Affinity Structure, 5.2.16.2. */
struct srat_memory {
    uint32_t domain;
    uint64_t base, length;
    uint32_t flags;
};

struct srat {
    struct srat_initiator initiators[SRAT_MAX_ENTRIES];
    size_t initiator_count;
    struct srat_memory memories[SRAT_MAX_ENTRIES];
    size_t memory_count;
};

/*
 * Walks the table into entries in table order. Stops at the first entry which
 * is malformed: then returns false with a sentence in `reason`, and what came
 * before it is kept.
 */
bool srat_walk(const struct acpi_table *table, struct srat *srat, char *reason,
               size_t bytes);

/* Whether an entry's handle has exactly the bytes of this PCI function. */
bool srat_initiator_names(const struct srat_initiator *entry,
                          const struct pci_function *function);

/* Prints the facts `initiator` and `memory-affinity`. */
void srat_print_facts(const struct srat *srat);

#endif
