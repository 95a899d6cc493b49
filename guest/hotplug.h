/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Gives the last memory block behind BAR4 to the kernel as ordinary RAM, and
 * uses it as a program does.
 *
 * This is the one way to map a BAR cached and executable with an unmodified
 * kernel: sysfs and VFIO map BARs uncached, and arm64 makes all such mappings
 * non-executable (pgprot_writecombine() and others set UXN). NVIDIA's driver
 * adds the memory with add_memory_driver_managed(); here, an ACPI memory
 * device (PNP0C80) in a table that is loaded through configfs has the same
 * effect.
 */
#ifndef GRACE_HOTPLUG_H
#define GRACE_HOTPLUG_H

#include <stdint.h>

#include "pci.h"

/*
 * Adds the cases. `usable_bytes` is the real length of the memory behind
 * BAR4. The block stays with the kernel until the machine is off.
 */
void hotplug_add_cases(const struct pci_function *function,
                       uint64_t usable_bytes);

#endif
