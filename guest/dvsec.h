/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Designated vendor-specific capabilities (DVSEC), found in the configuration
 * space that sysfs shows; it shows it beside any driver.
 */
#ifndef GRACE_DVSEC_H
#define GRACE_DVSEC_H

#include "options.h"
#include "pci.h"

/*
 * Whether NVIDIA's DVSEC says of the MIG bug what was configured; without it,
 * nvgrace-gpu takes the chip to have the bug. For use in a case.
 */
bool dvsec_check_mig_fix(const struct pci_function *function,
                         const struct options *options);

/*
 * Whether a CXL device DVSEC says that the memory is ready, or is not there
 * where the chip has none. For use in a case.
 */
bool dvsec_check_ready(const struct pci_function *function,
                       const struct chip *chip);

#endif
