/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of GPUs that the kernel has from us. */
#ifndef GRACE_MEMORY_H
#define GRACE_MEMORY_H

#include <linux/pci.h>

/* Where the vm representation has the memory that is for programs. */
#define USEMEM_BAR 4

/*
 * Memory of one GPU, in pieces, the last of which may be smaller: the kernel
 * takes away only what was added as one. All zero if there is none.
 */
struct given {
    struct pci_dev *function;
    const char *resource;
    u64 start, size, piece;
    int node;
};

/* A function by its address as in sysfs, or NULL; to be put. */
struct pci_dev *memory_find_function(const char *address);

/*
 * Gives the first `wanted` bytes behind BAR4 to the kernel, rounded down to
 * memory blocks. 0, or a negative error, which is logged; then there is none.
 */
int memory_give(struct given *memory, const char *address, u64 wanted);

/*
 * From the end on. After an error, which is logged, the kernel still has the
 * first `size` bytes.
 */
int memory_take_back(struct given *memory);

/* Leaves it to the kernel, with the name, which it goes on to show. */
void memory_abandon(struct given *memory);

#endif
