/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of passthrough-check share. */
#ifndef GRACE_PASSTHROUGH_CHECK_H
#define GRACE_PASSTHROUGH_CHECK_H

#include "pci.h"
#include "sizes.h"

struct passthrough {
    struct pci_function function;
    struct memory_layout layout;
};

/* The scenarios of grace.live= beside that of the attributes. */
void add_poison_cases(struct passthrough *gpu);
void add_same_read_cases(struct passthrough *gpu);
void add_node_cases(struct passthrough *gpu);
void add_reboot_cases(struct passthrough *gpu);
void add_unplug_cases(struct passthrough *gpu);

#endif
