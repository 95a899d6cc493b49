/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of node-check share. */
#ifndef GRACE_NODE_CHECK_H
#define GRACE_NODE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pci.h"
#include "sizes.h"

/* More than that the module does not take. */
#define NODE_MAX_GPUS 8

/* A node that is the kernel's own, with the CPUs. */
#define HOST_NODE 0

struct node_gpu {
    struct pci_function function;
    struct memory_part usemem; /* as the options say */
    uint64_t start;            /* physical address of BAR4 */
    uint64_t added;            /* bytes that the kernel gets of it */
    unsigned node;             /* where they are; MAX_NODES if not found */
    bool is_there;             /* whether they are with the kernel */
    unsigned rounds;           /* how often they were given */
};

struct node_test {
    struct node_gpu gpus[NODE_MAX_GPUS];
    size_t count;
    uint64_t block_bytes; /* of one memory block */
};

/* Cases. Labels say which GPU is meant, and in which round. */
void add_end_cases(struct node_gpu *gpu);
void add_refusal_cases(struct node_test *test);
void add_appearance_cases(struct node_gpu *gpu, const char *label);
void add_speed_cases(struct node_gpu *gpu, const char *label);
void add_use_cases(struct node_gpu *gpu, const char *label);
void add_move_cases(struct node_gpu *gpu);
void add_pair_case(struct node_gpu gpus[2]);
void add_busy_removal_cases(struct node_gpu *gpu, const char *label);
void add_unload_case(struct node_test *test, const char *name);

/*
 * Loads the module for all GPUs, of each the first `limit` bytes at most.
 * False with the reason given to ktap_fail().
 */
bool node_load(struct node_test *test, uint64_t limit);

/* Whether the memory is with the kernel; for the start of a case. */
bool node_is_there(const struct node_gpu *gpu);

/* Whether the kernel has nothing of the memory any more; for cases. */
bool node_check_gone(struct node_gpu *gpu);

/* Bytes in memory blocks of a node, as sysfs lists them. */
uint64_t node_block_bytes(unsigned node);

/* Bytes that /proc/iomem shows as given by the module, in a range. */
uint64_t node_resource_bytes(uint64_t start, uint64_t length);

#endif
