/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NUMA nodes as the kernel shows them in /sys/devices/system/node. */
#ifndef GRACE_NODES_H
#define GRACE_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODES "/sys/devices/system/node"

/* More than CONFIG_NODES_SHIFT=10, the largest that arm64 offers. */
#define MAX_NODES 1024

struct node_set {
    bool has[MAX_NODES];
};

/*
 * Reads a list like "0,2-9" of NODES, by the name of its file: possible,
 * online, has_cpu, has_memory, has_generic_initiator. False if the file is
 * missing or is no such list.
 */
bool nodes_read(const char *file, struct node_set *set);

size_t nodes_count(const struct node_set *set);

/* MemTotal of a node in bytes; 0 if it is offline. */
uint64_t node_memory(unsigned node);

/* Prints the facts `node` and `access` of a node, or of each possible one. */
void nodes_print_fact(unsigned node);
void nodes_print_facts(void);

#endif
