/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How fast a node's memory is, as the kernel took it from the HMAT
 * (Documentation/admin-guide/mm/numaperf.rst), whether there is memory yet or
 * not.
 */
#ifndef GRACE_NODE_ACCESS_H
#define GRACE_NODE_ACCESS_H

/*
 * Prints a fact `access` for each class of a node: 0 is from the best
 * initiator of any kind, 1 from the best CPUs.
 */
void node_access_print_facts(unsigned node);

#endif
