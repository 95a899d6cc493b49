// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of sysfs-check on one PCI function. */
#include "sysfs-check.h"

#include <inttypes.h>
#include <string.h>

#include "ktap.h"
#include "sizes.h"

#define NVIDIA_VENDOR_ID 0x10de
/* Display controller, 3D, programming interface 0 (specification 6.2). */
#define CLASS_CODE 0x030200

/* GH200: the Hopper ids that nvgrace-gpu's table has. */
static const uint64_t device_ids[] = {0x2342, 0x2345, 0x2348};

static bool missing(void)
{
    return ktap_fail("the guest does not have this GPU");
}

static bool check_ids(void *context)
{
    const struct pci_function *function = ((struct gpu *)context)->function;
    bool known = false;

    if (!function) {
        return missing();
    }
    for (size_t i = 0; i < sizeof(device_ids) / sizeof(device_ids[0]); i++) {
        known |= function->device_id == device_ids[i];
    }
    if (!known) {
        return ktap_fail("the device id 0x%04" PRIx64 " is no GH200",
                         function->device_id);
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
    /* The kernel forbids a bus reset for these ids (quirks.c). */
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

static bool check_bars(void *context)
{
    const struct gpu *gpu = context;
    bool is_vm = gpu->system->options->representation == REPRESENTATION_VM;

    if (!gpu->function) {
        return missing();
    }
    for (int i = 0; i < PCI_BAR_COUNT; i++) {
        bool expected =
            i == 0 || (is_vm && (i == RESMEM_BAR || i == USEMEM_BAR));

        if (!check_bar(gpu->function, i, expected)) {
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
    bool is_vm = gpu->system->options->representation == REPRESENTATION_VM;

    ktap_add(check_ids, gpu, "%s: ids and class are those of a GH200", name);
    ktap_add(check_position, gpu, "%s: it is device 0 behind a root port",
             name);
    ktap_add(check_bars, gpu, "%s: it has %s", name,
             is_vm ? "the 64-bit prefetchable BARs 0, 2 and 4, and no others"
                   : "the 64-bit prefetchable BAR0, and no other");
    ktap_add(check_register_bar, gpu, "%s: BAR0 has 16 MiB", name);
    ktap_add(check_reset, gpu, "%s: the function can be reset alone (FLR)",
             name);
    ktap_add(check_companion, gpu, "%s: it has an ACPI companion", name);
    ktap_add(check_initiators, gpu,
             "%s: %" PRIu64 " generic initiators hold its segment, bus and "
             "devfn in this byte order",
             name, gpu->system->options->nodes);
}
