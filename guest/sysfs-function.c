// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of sysfs-check on one PCI function. */
#include "sysfs-check.h"

#include <inttypes.h>
#include <string.h>

#include "dvsec.h"
#include "ktap.h"
#include "sizes.h"

#define NVIDIA_VENDOR_ID 0x10de
/* Display controller, 3D, programming interface 0 (specification 6.2). */
#define CLASS_CODE 0x030200

static bool missing(void)
{
    return ktap_fail("the guest does not have this GPU");
}

static bool check_ids(void *context)
{
    const struct gpu *gpu = context;
    const struct pci_function *function = gpu->function;
    const struct chip *chip = gpu->system->options->chip;
    uint64_t device = gpu->system->options->device;

    if (!function) {
        return missing();
    }
    if (device != 0 && function->device_id != device) {
        return ktap_fail("the device id is 0x%04" PRIx64 ", not 0x%04" PRIx64,
                         function->device_id, device);
    }
    if (device == 0 && !chip_has_id(chip, function->device_id)) {
        return ktap_fail("the device id 0x%04" PRIx64 " is no %s",
                         function->device_id, chip->product);
    }
    if (function->subsystem_vendor_id != NVIDIA_VENDOR_ID) {
        return ktap_fail("the subsystem vendor is 0x%04" PRIx64,
                         function->subsystem_vendor_id);
    }
    return function->class_code == CLASS_CODE ||
           ktap_fail("the class code is 0x%06" PRIx64 ", not 0x%06x",
                     function->class_code, CLASS_CODE);
}

static bool check_position(void *context)
{
    const struct pci_function *function = ((struct gpu *)context)->function;

    if (!function) {
        return missing();
    }
    /* NVIDIA's driver wants device 0 and misreads bus 0 (specification 6.1). */
    return (function->bus != 0 && function->device == 0 &&
            function->function == 0) ||
           ktap_fail("%s is not function 0 of device 0 behind a root port",
                     function->address);
}

static bool check_reset(void *context)
{
    const struct pci_function *function = ((struct gpu *)context)->function;

    if (!function) {
        return missing();
    }
    /* For Hopper's ids the kernel forbids a bus reset (quirks.c). */
    return strstr(function->reset_methods, "flr") ||
           ktap_fail("the kernel offers the reset methods \"%s\"",
                     function->reset_methods);
}

static bool check_bar(const struct pci_function *function, int index,
                      bool expected)
{
    const struct pci_bar *bar = &function->bars[index];

    if (!expected) {
        return bar->bytes == 0 ||
               ktap_fail("there is a BAR%d of 0x%" PRIx64 " bytes", index,
                         bar->bytes);
    }
    if (bar->bytes == 0 || bar->start == 0) {
        return ktap_fail("BAR%d has 0x%" PRIx64 " bytes at 0x%" PRIx64, index,
                         bar->bytes, bar->start);
    }
    if (bar->bytes & (bar->bytes - 1)) {
        return ktap_fail("BAR%d has 0x%" PRIx64 " bytes, no power of two",
                         index, bar->bytes);
    }
    return (bar->memory && bar->prefetchable && bar->wide) ||
           ktap_fail("BAR%d is %s, %s and %s", index,
                     bar->memory ? "memory" : "I/O",
                     bar->prefetchable ? "prefetchable" : "not prefetchable",
                     bar->wide ? "64-bit" : "32-bit");
}

static bool expects_bar(const struct options *options, int index)
{
    bool is_vm = options->representation == REPRESENTATION_VM;
    struct memory_layout layout;

    if (index == RESMEM_BAR) {
        memory_layout(options->memory, options->divided,
                      options->chip->has_aperture, &layout);
        return bar2_part(&layout, is_vm).bytes > 0;
    }
    return index == 0 || (is_vm && index == USEMEM_BAR);
}

static bool check_bars(void *context)
{
    const struct gpu *gpu = context;

    if (!gpu->function) {
        return missing();
    }
    for (int i = 0; i < PCI_BAR_COUNT; i++) {
        if (!check_bar(gpu->function, i,
                       expects_bar(gpu->system->options, i))) {
            return false;
        }
    }
    return true;
}

static bool check_register_bar(void *context)
{
    const struct pci_function *function = ((struct gpu *)context)->function;

    if (!function) {
        return missing();
    }
    return function->bars[0].bytes == REGISTER_BAR_BYTES ||
           ktap_fail("BAR0 has %" PRIu64 " bytes, not %llu",
                     function->bars[0].bytes, REGISTER_BAR_BYTES);
}

static bool check_mig_fix(void *context)
{
    const struct gpu *gpu = context;

    return gpu->function
               ? dvsec_check_mig_fix(gpu->function, gpu->system->options)
               : missing();
}

static bool check_config_readiness(void *context)
{
    const struct gpu *gpu = context;

    return gpu->function
               ? dvsec_check_ready(gpu->function, gpu->system->options->chip)
               : missing();
}

static bool check_companion(void *context)
{
    const struct gpu *gpu = context;

    if (!gpu->function) {
        return missing();
    }
    return gpu->function->companion[0] ||
           ktap_fail("there is no firmware_node/path in the sysfs folder");
}

static bool check_initiators(void *context)
{
    const struct gpu *gpu = context;
    const struct srat *srat = &gpu->system->srat;
    uint64_t found = 0;

    if (!gpu->function) {
        return missing();
    }
    for (size_t i = 0; i < srat->initiator_count; i++) {
        found += srat_initiator_names(&srat->initiators[i], gpu->function);
    }
    return found == gpu->system->options->nodes ||
           ktap_fail("%" PRIu64 " generic initiators have a handle with the "
                     "bytes of %s, not %" PRIu64,
                     found, gpu->function->address,
                     gpu->system->options->nodes);
}

void add_function_cases(struct gpu *gpu)
{
    const char *name = gpu->function ? gpu->function->address : "missing GPU";
    const struct options *options = gpu->system->options;
    bool has_2 = expects_bar(options, RESMEM_BAR);
    bool has_4 = expects_bar(options, USEMEM_BAR);

    ktap_add(check_ids, gpu, "%s: ids and class are those of a %s", name,
             options->chip->product);
    ktap_add(check_position, gpu, "%s: it is device 0 behind a root port",
             name);
    ktap_add(check_bars, gpu,
             "%s: it has the 64-bit prefetchable %s, and no other%s", name,
             has_2 && has_4 ? "BARs 0, 2 and 4"
             : has_2        ? "BARs 0 and 2"
             : has_4        ? "BARs 0 and 4"
                            : "BAR0",
             has_2 || has_4 ? "s" : "");
    ktap_add(check_register_bar, gpu, "%s: BAR0 has 16 MiB", name);
    ktap_add(check_reset, gpu, "%s: the function can be reset alone (FLR)",
             name);
    ktap_add(check_mig_fix, gpu, "%s: %s says that the MIG bug is fixed", name,
             options->divided ? "no DVSEC" : "NVIDIA's DVSEC");
    ktap_add(check_config_readiness, gpu, "%s: %s", name,
             options->chip->ready_in_config
                 ? "a CXL device DVSEC says that the memory is ready"
                 : "there is no CXL device DVSEC");
    if (!options->passed_through) {
        ktap_add(check_companion, gpu, "%s: it has an ACPI companion", name);
    }
    ktap_add(check_initiators, gpu,
             "%s: %" PRIu64 " generic initiators hold its segment, bus and "
             "devfn in this byte order",
             name, gpu->system->options->nodes);
}
