// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of node-check on pages that move to the node and away. */
#include "node-check.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bound-memory.h"
#include "ktap.h"
#include "nodes.h"
#include "window.h"
#include "words.h"

#define MOVED_BYTES (64 * MIB)

/* Pages that a thread writes while they move, and how often they do. */
#define BUSY_PAGES  64
#define BUSY_ROUNDS 20

/* Moves there, where all pages are to lie in the range, with their bytes. */
static bool move_and_check(volatile uint8_t *base, const struct node_gpu *gpu,
                           uint64_t seed)
{
    return bound_memory_move(base, MOVED_BYTES, gpu->node) &&
           bound_memory_check_inside(base, MOVED_BYTES, gpu->start,
                                     gpu->added) &&
           words_check(base, MOVED_BYTES, seed);
}

static bool move_home(volatile uint8_t *base, uint64_t seed)
{
    return bound_memory_move(base, MOVED_BYTES, HOST_NODE) &&
           bound_memory_check_node(base, MOVED_BYTES, HOST_NODE) &&
           words_check(base, MOVED_BYTES, seed);
}

static bool check_move_pages(void *context)
{
    const struct node_gpu *gpu = context;
    volatile uint8_t *base;
    bool done;

    if (!node_is_there(gpu)) {
        return false;
    }
    base = bound_memory_map(HOST_NODE, MOVED_BYTES, 0);
    if (!base) {
        return false;
    }
    words_fill(base, MOVED_BYTES, 31);
    done = move_and_check(base, gpu, 31) && move_home(base, 31);
    bound_memory_unmap(base, MOVED_BYTES);
    return done;
}

/* Moves all pages of this program that can be moved. */
static bool migrate(unsigned from, unsigned to)
{
    const size_t bits = 8 * sizeof(unsigned long);
    unsigned long old[MAX_NODES / (8 * sizeof(unsigned long))] = {0};
    unsigned long new[MAX_NODES / (8 * sizeof(unsigned long))] = {0};

    old[from / bits] = 1UL << (from % bits);
    new[to / bits] = 1UL << (to % bits);
    return syscall(SYS_migrate_pages, 0, MAX_NODES, old, new) >= 0 ||
           ktap_fail("migrate_pages from node %u to %u: %s", from, to,
                     strerror(errno));
}

/* The program itself, its stack and its variables, move too. */
static bool check_migrate_pages(void *context)
{
    const struct node_gpu *gpu = context;
    volatile uint8_t *base;
    bool done;

    if (!node_is_there(gpu)) {
        return false;
    }
    base = bound_memory_map(HOST_NODE, MOVED_BYTES, 0);
    if (!base) {
        return false;
    }
    words_fill(base, MOVED_BYTES, 32);
    done =
        migrate(HOST_NODE, gpu->node) &&
        bound_memory_check_inside(base, MOVED_BYTES, gpu->start, gpu->added) &&
        words_check(base, MOVED_BYTES, 32) && migrate(gpu->node, HOST_NODE) &&
        bound_memory_check_node(base, MOVED_BYTES, HOST_NODE) &&
        words_check(base, MOVED_BYTES, 32);
    bound_memory_unmap(base, MOVED_BYTES);
    return done;
}

struct writer {
    volatile uint8_t *base;
    atomic_bool stop;
    _Atomic uint64_t rounds;
};

/* Adds one to a word of each page, as long as it may. */
static void *write_on(void *context)
{
    struct writer *writer = context;

    while (!atomic_load(&writer->stop)) {
        for (size_t i = 0; i < BUSY_PAGES; i++) {
            volatile uint64_t *word =
                (volatile uint64_t *)(writer->base + i * page_bytes());

            *word += 1;
        }
        atomic_fetch_add(&writer->rounds, 1);
    }
    return NULL;
}

/* Lets the writer, which may not have a CPU yet, write all pages again. */
static void await_round(const struct writer *writer)
{
    uint64_t before = atomic_load(&writer->rounds);

    while (atomic_load(&writer->rounds) < before + 2) {
        usleep(100);
    }
}

static bool check_counts(const struct writer *writer)
{
    uint64_t rounds = atomic_load(&writer->rounds);

    for (size_t i = 0; i < BUSY_PAGES; i++) {
        /* The first touch of each page wrote a 1. */
        uint64_t count =
            *(volatile uint64_t *)(writer->base + i * page_bytes()) - 1;

        if (count != rounds) {
            return ktap_fail("page %zu was counted up to %" PRIu64
                             ", and %" PRIu64 " were written",
                             i, count, rounds);
        }
    }
    return true;
}

static bool check_busy(void *context)
{
    const struct node_gpu *gpu = context;
    size_t bytes = BUSY_PAGES * page_bytes();
    struct writer writer = {0};
    bool done = true;
    pthread_t thread;

    if (!node_is_there(gpu)) {
        return false;
    }
    writer.base = bound_memory_map(HOST_NODE, bytes, 0);
    if (!writer.base || pthread_create(&thread, NULL, write_on, &writer) != 0) {
        return writer.base ? ktap_fail("no thread can be started") : false;
    }
    for (unsigned i = 0; done && i < BUSY_ROUNDS; i++) {
        await_round(&writer);
        done = bound_memory_move(writer.base, bytes, gpu->node);
        await_round(&writer);
        done = done && bound_memory_move(writer.base, bytes, HOST_NODE);
    }
    atomic_store(&writer.stop, true);
    pthread_join(thread, NULL);
    done = done && check_counts(&writer);
    bound_memory_unmap(writer.base, bytes);
    return done;
}

void add_move_cases(struct node_gpu *gpu)
{
    const char *address = gpu->function.address;

    ktap_add(check_move_pages, gpu,
             "%s: 64 MiB keep their bytes when move_pages moves them to the "
             "node and back",
             address);
    ktap_add(check_migrate_pages, gpu,
             "%s: a program and 64 MiB of it move to the node and back "
             "(migrate_pages)",
             address);
    ktap_add(check_busy, gpu,
             "%s: nothing is lost of what is written while pages move",
             address);
}

static bool check_pair(void *context)
{
    const struct node_gpu *gpus = context;
    volatile uint8_t *base;
    bool done;

    if (!node_is_there(&gpus[0]) || !node_is_there(&gpus[1])) {
        return false;
    }
    if (gpus[0].node == gpus[1].node) {
        return ktap_fail("both have node %u", gpus[0].node);
    }
    base = bound_memory_map(gpus[0].node, MOVED_BYTES, 0);
    if (!base) {
        return false;
    }
    words_fill(base, MOVED_BYTES, 33);
    done = move_and_check(base, &gpus[1], 33) &&
           move_and_check(base, &gpus[0], 33);
    bound_memory_unmap(base, MOVED_BYTES);
    return done;
}

void add_pair_case(struct node_gpu gpus[2])
{
    ktap_add(check_pair, gpus,
             "64 MiB keep their bytes when they move between the nodes of two "
             "GPUs");
}
