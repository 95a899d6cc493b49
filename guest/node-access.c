// SPDX-License-Identifier: GPL-2.0-or-later
#include "node-access.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "facts.h"
#include "files.h"
#include "nodes.h"

#define CLASSES 2

static const char *const attributes[] = {
    "read_latency",
    "write_latency",
    "read_bandwidth",
    "write_bandwidth",
};

/* The folder has a link for each initiator, between the attributes. */
static void print_initiators(unsigned node, unsigned class)
{
    struct dirent **entries;
    int count =
        scandir(path_of(NODES "/node%u/access%u/initiators", node, class),
                &entries, NULL, versionsort);

    fact_array_begin("initiators");
    for (int i = 0; i < count; i++) {
        unsigned other;

        if (sscanf(entries[i]->d_name, "node%u", &other) == 1) {
            fact_uint(NULL, other);
        }
        free(entries[i]);
    }
    fact_array_end();
    if (count >= 0) {
        free(entries);
    }
}

/* Nanoseconds and MB/s; an attribute that the kernel does not know is 0. */
static void print_attribute(unsigned node, unsigned class, const char *name)
{
    char text[32];
    bool known = read_line(
        path_of(NODES "/node%u/access%u/initiators/%s", node, class, name),
        text, sizeof(text));

    fact_uint(name, known ? strtoull(text, NULL, 10) : 0);
}

void node_access_print_facts(unsigned node)
{
    for (unsigned class = 0; class < CLASSES; class ++) {
        if (access(path_of(NODES "/node%u/access%u", node, class), F_OK) != 0) {
            continue;
        }
        fact_begin("access");
        fact_uint("node", node);
        fact_uint("class", class);
        print_initiators(node, class);
        for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]);
             i++) {
            print_attribute(node, class, attributes[i]);
        }
        fact_end();
    }
}
