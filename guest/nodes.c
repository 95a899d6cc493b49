// SPDX-License-Identifier: GPL-2.0-or-later
#include "nodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "files.h"
#include "node-access.h"
#include "sizes.h"

bool nodes_read(const char *file, struct node_set *set)
{
    char text[4096];
    char *rest = text;
    char *word;

    memset(set, 0, sizeof(*set));
    if (!read_line(path_of("%s/%s", NODES, file), text, sizeof(text))) {
        return false;
    }
    while ((word = strsep(&rest, ",")) != NULL) {
        unsigned first, last;
        int fields = sscanf(word, "%u-%u", &first, &last);

        if (word[0] == '\0') {
            continue;
        }
        if (fields == 1) {
            last = first;
        }
        if (fields < 1 || last < first || last >= MAX_NODES) {
            return false;
        }
        for (unsigned node = first; node <= last; node++) {
            set->has[node] = true;
        }
    }
    return true;
}

size_t nodes_count(const struct node_set *set)
{
    size_t count = 0;

    for (unsigned node = 0; node < MAX_NODES; node++) {
        count += set->has[node];
    }
    return count;
}

uint64_t node_memory(unsigned node)
{
    uint64_t kibibytes = 0;
    size_t count;
    char *text =
        (char *)read_bytes(path_of("%s/node%u/meminfo", NODES, node), &count);
    const char *total = text ? strstr(text, "MemTotal:") : NULL;

    if (total) {
        sscanf(total, "MemTotal: %" SCNu64, &kibibytes);
    }
    free(text);
    return kibibytes * KIB;
}

static void print_distances(unsigned node)
{
    char text[4096];
    char *rest = text;
    char *word;

    fact_array_begin("distances");
    if (read_line(path_of("%s/node%u/distance", NODES, node), text,
                  sizeof(text))) {
        while ((word = strsep(&rest, " ")) != NULL) {
            fact_uint(NULL, strtoull(word, NULL, 10));
        }
    }
    fact_array_end();
}

static bool in_list(const char *file, unsigned node)
{
    struct node_set set;

    nodes_read(file, &set);
    return set.has[node];
}

void nodes_print_fact(unsigned node)
{
    fact_begin("node");
    fact_uint("id", node);
    fact_bool("online", in_list("online", node));
    fact_bool("possible", in_list("possible", node));
    fact_bool("has_cpu", in_list("has_cpu", node));
    fact_bool("has_memory", in_list("has_memory", node));
    fact_bool("has_generic_initiator", in_list("has_generic_initiator", node));
    fact_uint("memory_bytes", node_memory(node));
    print_distances(node);
    fact_end();
    node_access_print_facts(node);
}

void nodes_print_facts(void)
{
    struct node_set possible;

    nodes_read("possible", &possible);
    for (unsigned node = 0; node < MAX_NODES; node++) {
        if (possible.has[node]) {
            nodes_print_fact(node);
        }
    }
}
