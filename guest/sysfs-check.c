// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks what firmware and kernel say about the GPUs: PCI functions, NUMA
 * nodes and ACPI tables. The tables are read here by code that shares nothing
 * with the code that built them.
 */
#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "ktap.h"
#include "nodes.h"
#include "sysfs-check.h"

static struct system system_state;
static struct gpu gpus[MAX_GPUS];

static void load_tables(struct system *system)
{
    system->has_srat = acpi_load("SRAT", &system->srat_table, 1) == 1;
    if (system->has_srat) {
        srat_walk(&system->srat_table, &system->srat, system->srat_problem,
                  sizeof(system->srat_problem));
    }
    system->has_slit = acpi_load("SLIT", &system->slit_table, 1) == 1;
    system->has_hmat = acpi_load("HMAT", &system->hmat_table, 1) == 1;
    system->declaration_count = acpi_load("DSDT", system->declarations, 1);
    system->declaration_count += acpi_load(
        "SSDT", system->declarations + system->declaration_count, MAX_SSDTS);
}

static void load_properties(struct system *system)
{
    for (size_t i = 0; i < system->gpu_count; i++) {
        for (size_t j = 0; j < system->declaration_count; j++) {
            const struct acpi_table *table = &system->declarations[j];

            aml_find_properties(table->bytes + ACPI_HEADER_BYTES,
                                table->count - ACPI_HEADER_BYTES,
                                system->gpus[i].companion,
                                &system->properties[i]);
        }
    }
}

static void print_properties(const struct pci_function *function,
                             const struct aml_properties *properties)
{
    for (size_t i = 0; i < properties->count; i++) {
        const struct aml_property *property = &properties->list[i];

        fact_begin("property");
        fact_string("function", function->address);
        fact_string("name", property->name);
        if (property->is_text) {
            fact_string("value", property->text);
        } else {
            fact_uint("value", property->value);
        }
        fact_end();
    }
}

static void print_facts(const struct system *system)
{
    for (size_t i = 0; i < system->gpu_count; i++) {
        pci_print_facts(&system->gpus[i]);
        print_properties(&system->gpus[i], &system->properties[i]);
    }
    nodes_print_facts();
    if (system->has_srat) {
        srat_print_facts(&system->srat);
        acpi_print_fact(&system->srat_table);
    }
    if (system->has_slit) {
        acpi_print_fact(&system->slit_table);
    }
    if (system->has_hmat) {
        acpi_print_fact(&system->hmat_table);
    }
    for (size_t i = 0; i < system->declaration_count; i++) {
        if (strcmp(system->declarations[i].signature, "SSDT") == 0) {
            acpi_print_fact(&system->declarations[i]);
        }
    }
}

int main(void)
{
    struct system *system = &system_state;
    size_t shown;

    system->options = options_get();
    system->gpu_count = pci_find_gpus(system->gpus, MAX_GPUS);
    if (system->gpu_count > MAX_GPUS) {
        system->gpu_count = MAX_GPUS;
    }
    load_tables(system);
    load_properties(system);
    print_facts(system);

    add_numa_cases(system);
    /* A GPU that is expected and missing fails its cases too. */
    shown = system->gpu_count;
    if (system->options->gpus > shown && system->options->gpus <= MAX_GPUS) {
        shown = (size_t)system->options->gpus;
    }
    for (size_t i = 0; i < shown; i++) {
        gpus[i].system = system;
        gpus[i].function = i < system->gpu_count ? &system->gpus[i] : NULL;
        gpus[i].properties = &system->properties[i];
        add_function_cases(&gpus[i]);
        add_property_cases(&gpus[i]);
    }
    return ktap_run();
}
