// SPDX-License-Identifier: GPL-2.0-or-later
#include "speed-stream.h"

#include <string.h>

#define DOUBLES (STREAM_BYTES / sizeof(double))

/* One pointer in each line of a cache, all in one cycle. */
#define LINE_WORDS (64 / sizeof(uint64_t))
#define LINES      (STREAM_BYTES / 64)
#define STEPS      (256 * 1024)

/* Of what is over soon: what comes first finds less of it in caches. */
#define ROUNDS    8
#define SET_BYTES (ROUNDS * STREAM_BYTES)

struct arrays {
    double *a, *b, *c;
    uint64_t *chain;
};

static struct arrays arrays_of(void *block)
{
    double *first = block;

    return (struct arrays){first, first + DOUBLES, first + 2 * DOUBLES,
                           (uint64_t *)(first + 3 * DOUBLES)};
}

/* A loop of doubles, and not a call of memcpy(), which is another load. */
__attribute__((optimize("no-tree-loop-distribute-patterns"))) static bool
copy(void *block)
{
    struct arrays x = arrays_of(block);

    for (size_t i = 0; i < DOUBLES; i++) {
        x.a[i] = x.b[i];
    }
    return true;
}

static bool scale(void *block)
{
    struct arrays x = arrays_of(block);

    for (size_t i = 0; i < DOUBLES; i++) {
        x.b[i] = 3.0 * x.a[i];
    }
    return true;
}

static bool add(void *block)
{
    struct arrays x = arrays_of(block);

    for (size_t i = 0; i < DOUBLES; i++) {
        x.a[i] = x.b[i] + x.c[i];
    }
    return true;
}

static bool triad(void *block)
{
    struct arrays x = arrays_of(block);

    for (size_t i = 0; i < DOUBLES; i++) {
        x.a[i] = x.b[i] + 3.0 * x.c[i];
    }
    return true;
}

static bool chase(void *block)
{
    const volatile uint64_t *chain = arrays_of(block).chain;
    uint64_t at = 0;

    for (size_t i = 0; i < STEPS; i++) {
        at = chain[at * LINE_WORDS];
    }
    /* Depends on the last load, so that none can be left out. */
    return at < LINES;
}

static bool copy_bytes(void *block)
{
    struct arrays x = arrays_of(block);

    memcpy(x.a, x.b, STREAM_BYTES);
    return true;
}

static bool set_bytes(void *block)
{
    for (int i = 0; i < ROUNDS; i++) {
        memset(arrays_of(block).a, 1, STREAM_BYTES);
        /* The compiler must not take one for the other. */
        __asm__ volatile("" ::: "memory");
    }
    return true;
}

static bool set_zero(void *block)
{
    for (int i = 0; i < ROUNDS; i++) {
        memset(arrays_of(block).a, 0, STREAM_BYTES);
        /* The compiler must not take one for the other. */
        __asm__ volatile("" ::: "memory");
    }
    return true;
}

const struct stream_load stream_loads[] = {
    {"copy", "MB/s", copy, 2 * STREAM_BYTES},
    {"scale", "MB/s", scale, 2 * STREAM_BYTES},
    {"add", "MB/s", add, 3 * STREAM_BYTES},
    {"triad", "MB/s", triad, 3 * STREAM_BYTES},
    {"pointer chase", "ns", chase, STEPS},
    {"memcpy", "MB/s", copy_bytes, 2 * STREAM_BYTES},
    {"memset", "MB/s", set_bytes, SET_BYTES},
    {"memset to zero", "MB/s", set_zero, SET_BYTES},
};

const size_t stream_load_count = sizeof(stream_loads) / sizeof(stream_loads[0]);

/* Sattolo's shuffle, which gives one cycle; the numbers are Knuth's MMIX's. */
void stream_fill(void *block)
{
    struct arrays x = arrays_of(block);
    uint64_t *chain = x.chain;
    uint64_t random = 1;

    memset(block, 0, BLOCK_BYTES);
    for (size_t i = 0; i < DOUBLES; i++) {
        x.a[i] = 1.0;
        x.b[i] = 2.0;
        x.c[i] = 0.5;
    }
    for (size_t i = 0; i < LINES; i++) {
        chain[i * LINE_WORDS] = i;
    }
    for (size_t i = LINES - 1; i > 0; i--) {
        uint64_t *one = &chain[i * LINE_WORDS];
        uint64_t *other, held;

        random = random * 6364136223846793005 + 1442695040888963407;
        other = &chain[(random >> 33) % i * LINE_WORDS];
        held = *one;
        *one = *other;
        *other = held;
    }
}
