// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of sysfs-check on the device properties (_DSD) of one GPU. */
#include "sysfs-check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "ktap.h"
#include "sizes.h"

/* Names that firmware and drivers agreed on (specification 1.1). */
#define MEMORY_BASE "nvidia,gpu-mem-base-pa"
#define MEMORY_SIZE "nvidia,gpu-mem-size"
#define PXM_START   "nvidia,gpu-mem-pxm-start"
#define PXM_COUNT   "nvidia,gpu-mem-pxm-count"
/* Extended memory, which firmware keeps from the kernel (specification 1.1). */
#define EXTENDED_BASE "nvidia,egm-base-pa"
#define EXTENDED_SIZE "nvidia,egm-size"

static bool find_number(const struct gpu *gpu, const char *name,
                        uint64_t *value)
{
    const struct aml_property *property;

    if (!gpu->function) {
        return ktap_fail("the guest does not have this GPU");
    }
    property = aml_property(gpu->properties, name);
    if (!property && gpu->properties->problem[0]) {
        return ktap_fail("%s was not found: %s", name,
                         gpu->properties->problem);
    }
    if (!property) {
        return ktap_fail("%s has no %s: %s", gpu->function->companion, name,
                         gpu->properties->dsd_found      ? "the _DSD lacks it"
                         : gpu->properties->device_found ? "it has no _DSD"
                                                         : "no table has it");
    }
    if (property->is_text) {
        return ktap_fail("%s is a string, \"%s\"", name, property->text);
    }
    *value = property->value;
    return true;
}

static bool check_no_dsd(void *context)
{
    const struct gpu *gpu = context;

    if (!gpu->function) {
        return ktap_fail("the guest does not have this GPU");
    }
    if (!gpu->properties->device_found) {
        return ktap_fail("the companion was not found in the tables%s%s",
                         gpu->properties->problem[0] ? ": " : "",
                         gpu->properties->problem);
    }
    /* NVIDIA's driver would prefer a _DSD to BARs (specification 6.7). */
    return !gpu->properties->dsd_found ||
           ktap_fail("%s has a _DSD", gpu->function->companion);
}

static bool check_size(void *context)
{
    const struct gpu *gpu = context;
    uint64_t size;

    if (!find_number(gpu, MEMORY_SIZE, &size)) {
        return false;
    }
    return size == gpu->system->options->memory ||
           ktap_fail("%s is %" PRIu64 ", not %" PRIu64, MEMORY_SIZE, size,
                     gpu->system->options->memory);
}

static bool overlap(uint64_t a_first, uint64_t a_last, uint64_t b_first,
                    uint64_t b_last)
{
    return a_first <= b_last && b_first <= a_last;
}

/* Looks for a range of /proc/iomem that the memory shares bytes with. */
static bool is_free_in_iomem(uint64_t base, uint64_t last)
{
    size_t count;
    char *text = (char *)read_bytes("/proc/iomem", &count);
    char *rest = text;
    char *row;
    bool is_free = true;

    if (!text) {
        return ktap_fail("/proc/iomem cannot be read");
    }
    while (is_free && (row = strsep(&rest, "\n")) != NULL) {
        uint64_t row_first, row_last;

        if (sscanf(row, " %" SCNx64 "-%" SCNx64, &row_first, &row_last) == 2 &&
            overlap(base, last, row_first, row_last)) {
            is_free =
                ktap_fail("the memory at 0x%" PRIx64 " overlaps \"%s\" of "
                          "/proc/iomem",
                          base, row + strspn(row, " "));
        }
    }
    free(text);
    return is_free;
}

static bool check_base(void *context)
{
    const struct gpu *gpu = context;
    const struct system *system = gpu->system;
    uint64_t bytes = system->options->memory;
    uint64_t base;

    if (!find_number(gpu, MEMORY_BASE, &base)) {
        return false;
    }
    /* A memory block of a kernel with 64 KiB pages (specification 6.13). */
    if (base == 0 || base % (512 * MIB) != 0 || base + bytes < base) {
        return ktap_fail("0x%" PRIx64 " is no multiple of 512 MiB, or zero",
                         base);
    }
    for (size_t i = 0; i < system->gpu_count; i++) {
        const struct aml_property *other =
            aml_property(&system->properties[i], MEMORY_BASE);

        if (&system->properties[i] != gpu->properties && other &&
            overlap(base, base + bytes - 1, other->value,
                    other->value + bytes - 1)) {
            return ktap_fail("the memory at 0x%" PRIx64 " overlaps that of %s",
                             base, system->gpus[i].address);
        }
    }
    return is_free_in_iomem(base, base + bytes - 1);
}

/* Blocks of memory that the kernel uses; a block has one folder. */
static bool is_no_ram(uint64_t base, uint64_t bytes)
{
    char text[32];
    uint64_t block;

    if (!read_line("/sys/devices/system/memory/block_size_bytes", text,
                   sizeof(text))) {
        return ktap_fail("the size of a memory block cannot be read; enable "
                         "CONFIG_MEMORY_HOTPLUG");
    }
    block = strtoull(text, NULL, 16);
    for (uint64_t at = base - base % block; at < base + bytes; at += block) {
        if (access(path_of("/sys/devices/system/memory/memory%" PRIu64,
                           at / block),
                   F_OK) == 0) {
            return ktap_fail("the kernel has RAM at 0x%" PRIx64, at);
        }
    }
    return true;
}

static bool check_extended_memory(void *context)
{
    const struct gpu *gpu = context;
    uint64_t base, bytes;

    if (!find_number(gpu, EXTENDED_BASE, &base) ||
        !find_number(gpu, EXTENDED_SIZE, &bytes)) {
        return false;
    }
    if (base % (512 * MIB) != 0 || bytes == 0 || bytes % (512 * MIB) != 0) {
        return ktap_fail("0x%" PRIx64 " bytes at 0x%" PRIx64
                         " are no whole blocks of 512 MiB",
                         bytes, base);
    }
    return is_no_ram(base, bytes) && is_free_in_iomem(base, base + bytes - 1);
}

static bool check_domains(void *context)
{
    const struct gpu *gpu = context;
    const struct srat *srat = &gpu->system->srat;
    uint64_t start, count;

    if (gpu->function && !aml_property(gpu->properties, PXM_START) &&
        !aml_property(gpu->properties, PXM_COUNT)) {
        return ktap_skip("the _DSD leaves the domains to the SRAT, as "
                         "firmware may");
    }
    if (!find_number(gpu, PXM_START, &start) ||
        !find_number(gpu, PXM_COUNT, &count)) {
        return false;
    }
    if (count != gpu->system->options->nodes) {
        return ktap_fail("%s is %" PRIu64 ", not %" PRIu64, PXM_COUNT, count,
                         gpu->system->options->nodes);
    }
    for (size_t i = 0; i < srat->initiator_count; i++) {
        uint32_t domain = srat->initiators[i].domain;

        if (srat_initiator_names(&srat->initiators[i], gpu->function) &&
            (domain < start || domain - start >= count)) {
            return ktap_fail("domain %" PRIu32 " of the SRAT is not among "
                             "those of %s",
                             domain, PXM_START);
        }
    }
    return true;
}

void add_property_cases(struct gpu *gpu)
{
    const char *name = gpu->function ? gpu->function->address : "missing GPU";

    if (gpu->system->options->representation == REPRESENTATION_VM) {
        /* Where another VMM made the tables, the function need not be there. */
        if (!gpu->system->options->passed_through) {
            ktap_add(check_no_dsd, gpu, "%s: it has no _DSD", name);
        }
        return;
    }
    ktap_add(check_size, gpu, "%s: the _DSD gives the size of the memory",
             name);
    ktap_add(check_base, gpu,
             "%s: the _DSD's memory is aligned and overlaps nothing", name);
    if (aml_property(gpu->properties, EXTENDED_BASE)) {
        ktap_add(check_extended_memory, gpu,
                 "%s: the _DSD's extended memory is no RAM of the kernel",
                 name);
    }
    ktap_add(check_domains, gpu,
             "%s: proximity domains in the _DSD are those of the SRAT", name);
}
