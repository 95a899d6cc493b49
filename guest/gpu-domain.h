/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The proximity domains of a GPU, and the kernel's nodes for them. */
#ifndef GRACE_GPU_DOMAIN_H
#define GRACE_GPU_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci.h"

/*
 * The first domain that the SRAT gives to the function, and the place of its
 * entry among all generic initiators. False if there is none.
 */
bool gpu_domain_find(const struct pci_function *function, uint32_t *domain,
                     size_t *place);

/* Whether a node is that of the generic initiator at this place; for cases. */
bool gpu_domain_check_node(unsigned node, size_t place);

#endif
