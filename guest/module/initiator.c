// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel keeps no list of which PCI function a generic initiator is for:
 * it takes the proximity domain of each entry and forgets the handle. Nor does
 * it offer modules a walk through the entries of a table, so this file has one.
 */
#include <linux/acpi.h>
#include <linux/unaligned.h>

#include "initiator.h"

/* Kind of handle, ACPI 6.5, table 5.65 (generic initiator affinity). */
#define HANDLE_PCI 1

/* The handle of a PCI function: segment, bus, device and function (5.66). */
static bool names(const struct acpi_srat_generic_affinity *entry,
                  struct pci_dev *function)
{
    const u8 *handle = entry->device_handle;

    return (entry->flags & ACPI_SRAT_GENERIC_AFFINITY_ENABLED) &&
           entry->device_handle_type == HANDLE_PCI &&
           get_unaligned_le16(handle) == pci_domain_nr(function->bus) &&
           handle[2] == function->bus->number && handle[3] == function->devfn;
}

/* A domain without a node: the kernel has left the SRAT unread. */
static int add_node(const struct acpi_srat_generic_affinity *entry,
                    struct pci_dev *function, nodemask_t *nodes)
{
    int node = pxm_to_node(entry->proximity_domain);

    if (node == NUMA_NO_NODE) {
        pci_err(function,
                "proximity domain %u has no node; does the kernel's log say "
                "why the SRAT was not used?\n",
                entry->proximity_domain);
        return -EINVAL;
    }
    node_set(node, *nodes);
    return 0;
}

static int walk(const struct acpi_table_header *table, struct pci_dev *function,
                nodemask_t *nodes)
{
    unsigned long at = sizeof(struct acpi_table_srat);
    int found = 0, initiators = 0;

    while (at < table->length) {
        const struct acpi_subtable_header *entry = (const void *)table + at;
        const struct acpi_srat_generic_affinity *initiator =
            (const void *)entry;
        unsigned long left = table->length - at;
        bool is_initiator;

        if (left < sizeof(*entry) || entry->length < sizeof(*entry) ||
            entry->length > left) {
            goto malformed;
        }
        is_initiator = entry->type == ACPI_SRAT_TYPE_GENERIC_AFFINITY;
        if (is_initiator && entry->length < sizeof(*initiator)) {
            goto malformed;
        }
        if (is_initiator && names(initiator, function)) {
            int error = add_node(initiator, function, nodes);

            if (error) {
                return error;
            }
            found++;
        }
        initiators += is_initiator;
        at += entry->length;
    }
    if (found > 0) {
        return found;
    }
    pci_err(function,
            "none of the SRAT's %d generic initiators names this function; a "
            "device in the vm representation has entries unless numa-nodes=0 "
            "or initiators=off was given\n",
            initiators);
    return -ENOENT;

malformed:
    pci_err(function, "the SRAT's entry at offset %lu is malformed\n", at);
    return -EINVAL;
}

int initiator_nodes(struct pci_dev *function, nodemask_t *nodes)
{
    struct acpi_table_header *table;
    int result;

    nodes_clear(*nodes);
    if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_SRAT, 1, &table))) {
        pci_err(function,
                "there is no SRAT; boot with UEFI, and without acpi=off\n");
        return -ENOENT;
    }
    result = walk(table, function, nodes);
    acpi_put_table(table);
    return result;
}
