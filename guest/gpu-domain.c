// SPDX-License-Identifier: GPL-2.0-or-later
#include "gpu-domain.h"

#include "acpi.h"
#include "ktap.h"
#include "nodes.h"
#include "srat.h"

bool gpu_domain_find(const struct pci_function *function, uint32_t *domain,
                     size_t *place)
{
    static struct srat srat;
    struct acpi_table table;
    char reason[256];

    if (acpi_load("SRAT", &table, 1) != 1) {
        return false;
    }
    srat_walk(&table, &srat, reason, sizeof(reason));
    for (size_t i = 0; i < srat.initiator_count; i++) {
        if (srat_initiator_names(&srat.initiators[i], function)) {
            *domain = srat.initiators[i].domain;
            *place = i;
            return true;
        }
    }
    return false;
}

/*
 * The kernel numbers nodes in the order in which the SRAT names their domains
 * (specification 4.3): initiators and their nodes come in the same order.
 */
bool gpu_domain_check_node(unsigned node, size_t place)
{
    struct node_set initiators;
    size_t before = 0;

    if (!nodes_read("has_generic_initiator", &initiators)) {
        return ktap_fail("%s/has_generic_initiator cannot be read", NODES);
    }
    for (unsigned i = 0; i < node; i++) {
        before += initiators.has[i];
    }
    return (initiators.has[node] && before == place) ||
           ktap_fail("the memory went to node %u, which is not the node of "
                     "generic initiator %zu",
                     node, place);
}
