// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of sysfs-check on the SRAT and on NUMA nodes. */
#include "sysfs-check.h"

#include <inttypes.h>

#include "ktap.h"
#include "nodes.h"

static uint64_t expected_domains(const struct system *system)
{
    return system->options->gpus * system->options->nodes;
}

static bool check_header(void *context)
{
    const struct system *system = context;
    char reason[160];

    if (!system->has_srat) {
        return expected_domains(system) == 0
                   ? ktap_skip("there are no nodes, and no SRAT")
                   : ktap_fail("firmware gave no SRAT; give the device "
                               "numa-nodes, or the machine -numa");
    }
    return acpi_header_is_right(&system->srat_table, "SRAT", reason,
                                sizeof(reason)) ||
           ktap_fail("%s", reason);
}

static bool check_walk(void *context)
{
    const struct system *system = context;

    return !system->srat_problem[0] || ktap_fail("%s", system->srat_problem);
}

static bool check_order(void *context)
{
    const struct srat *srat = &((const struct system *)context)->srat;

    for (size_t i = 1; i < srat->initiator_count; i++) {
        uint32_t before = srat->initiators[i - 1].domain;
        uint32_t domain = srat->initiators[i].domain;

        if (domain <= before) {
            return ktap_fail("domain %" PRIu32 " follows domain %" PRIu32,
                             domain, before);
        }
    }
    return true;
}

static bool check_flags(void *context)
{
    const struct srat *srat = &((const struct system *)context)->srat;
    const uint32_t expected = SRAT_ENABLED | SRAT_ARCHITECTURAL_TRANSACTIONS;

    for (size_t i = 0; i < srat->initiator_count; i++) {
        if (srat->initiators[i].flags != expected) {
            return ktap_fail("domain %" PRIu32 " has flags 0x%" PRIx32
                             ", not 0x%" PRIx32,
                             srat->initiators[i].domain,
                             srat->initiators[i].flags, expected);
        }
    }
    return true;
}

static bool check_total(void *context)
{
    const struct system *system = context;

    return system->srat.initiator_count == expected_domains(system) ||
           ktap_fail("there are %zu generic initiators, not %" PRIu64,
                     system->srat.initiator_count, expected_domains(system));
}

static bool check_memory_of(const struct srat *srat, uint32_t domain)
{
    size_t found = 0;

    for (size_t i = 0; i < srat->memory_count; i++) {
        const struct srat_memory *entry = &srat->memories[i];

        if (entry->domain != domain) {
            continue;
        }
        found++;
        if (entry->length != 0 ||
            entry->flags != (SRAT_ENABLED | SRAT_HOT_PLUGGABLE)) {
            return ktap_fail("the memory entry of domain %" PRIu32
                             " has length 0x%" PRIx64 " and flags 0x%" PRIx32
                             ", not 0 and 0x3",
                             domain, entry->length, entry->flags);
        }
    }
    return found == 1 || ktap_fail("domain %" PRIu32 " has %zu memory "
                                   "entries, not one",
                                   domain, found);
}

static bool check_memory(void *context)
{
    const struct srat *srat = &((const struct system *)context)->srat;

    for (size_t i = 0; i < srat->initiator_count; i++) {
        if (!check_memory_of(srat, srat->initiators[i].domain)) {
            return false;
        }
    }
    return true;
}

static bool check_node_count(void *context)
{
    const struct system *system = context;
    struct node_set initiators;

    if (!nodes_read("has_generic_initiator", &initiators)) {
        return ktap_fail("%s/has_generic_initiator cannot be read", NODES);
    }
    return nodes_count(&initiators) == expected_domains(system) ||
           ktap_fail("the kernel lists %zu nodes with generic initiators, not "
                     "%" PRIu64,
                     nodes_count(&initiators), expected_domains(system));
}

static bool check_nodes_possible(void *context)
{
    struct node_set initiators, possible;

    (void)context;
    if (!nodes_read("has_generic_initiator", &initiators) ||
        !nodes_read("possible", &possible)) {
        return ktap_fail("the node lists in %s cannot be read", NODES);
    }
    for (unsigned node = 0; node < MAX_NODES; node++) {
        if (initiators.has[node] && !possible.has[node]) {
            return ktap_fail("node %u has a generic initiator and is not "
                             "possible",
                             node);
        }
    }
    return true;
}

void add_numa_cases(struct system *system)
{
    ktap_add(check_header, system,
             "the SRAT has the right signature, length and checksum");
    ktap_add(check_walk, system,
             "each SRAT entry has a length and lies inside the table");
    ktap_add(check_total, system,
             "the SRAT has the generic initiators of the GPUs and no others");
    /* What firmware of a Grace machine does beyond what is needed. */
    if (!system->options->passed_through) {
        ktap_add(check_order, system,
                 "generic initiators ascend by proximity domain");
        ktap_add(check_flags, system,
                 "generic initiators are enabled and do architectural "
                 "transactions");
        ktap_add(check_memory, system,
                 "each initiator domain has one empty hot-pluggable memory "
                 "entry");
    }
    ktap_add(check_node_count, system,
             "the kernel has a generic-initiator node for each domain");
    ktap_add(check_nodes_possible, system,
             "each generic-initiator node is a possible node");
}
