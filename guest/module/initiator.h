/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The NUMA nodes that the SRAT gives to a PCI function. */
#ifndef GRACE_INITIATOR_H
#define GRACE_INITIATOR_H

#include <linux/nodemask.h>
#include <linux/pci.h>

/*
 * Collects the nodes of the function's generic initiators. Returns how many
 * entries name it, or a negative error: -ENOENT if there is no SRAT or no entry
 * for the function, -EINVAL if an entry is malformed. Errors are logged.
 */
int initiator_nodes(struct pci_dev *function, nodemask_t *nodes);

#endif
