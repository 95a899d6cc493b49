// SPDX-License-Identifier: GPL-2.0-or-later
#include "memory-ops.h"

#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include <sys/auxv.h>

#include "guard.h"
#include "ktap.h"
#include "pattern.h"
#include "window.h"

#define THREADS 2
#define ROUNDS  100000

/* A few instructions: any time is enough. */
#define CODE_LIMIT_SECONDS 5

/* DCZID_EL0: DC ZVA is prohibited; log2 of the block's 4-byte words. */
#define DCZID_PROHIBITED (1u << 4)
#define DCZID_SIZE       0xfu

#ifndef HWCAP_ATOMICS
#define HWCAP_ATOMICS (1UL << 8)
#endif

struct counting {
    volatile uint64_t *counter;
    void (*add_one)(volatile uint64_t *counter);
    const char *fault;
};

__attribute__((target("arch=armv8.1-a"))) static void
add_one_atomic(volatile uint64_t *counter)
{
    __atomic_fetch_add(counter, 1, __ATOMIC_SEQ_CST);
}

static void add_one_exclusive(volatile uint64_t *counter)
{
    uint64_t value;
    uint32_t failed;

    __asm__ volatile("1: ldxr %0, [%2]\n"
                     "   add %0, %0, #1\n"
                     "   stxr %w1, %0, [%2]\n"
                     "   cbnz %w1, 1b\n"
                     : "=&r"(value), "=&r"(failed)
                     : "r"(counter)
                     : "memory");
}

static void *count_up(void *argument)
{
    struct counting *counting = argument;
    sigjmp_buf point;

    if (sigsetjmp(point, 1) != 0) {
        /* The text belongs to this thread, which is about to end. */
        counting->fault = strdup(guard_describe());
        return NULL;
    }
    guard_set(&point);
    for (int i = 0; i < ROUNDS; i++) {
        counting->add_one(counting->counter);
    }
    guard_set(NULL);
    return NULL;
}

static bool check_counting(volatile uint8_t *address,
                           void (*add_one)(volatile uint64_t *))
{
    volatile uint64_t *counter = (volatile uint64_t *)address;
    struct counting counting[THREADS];
    pthread_t threads[THREADS];
    int started = 0;

    *counter = 0;
    while (started < THREADS) {
        int error;

        counting[started] = (struct counting){counter, add_one, NULL};
        error = pthread_create(&threads[started], NULL, count_up,
                               &counting[started]);
        if (error) {
            ktap_fail("a thread cannot be started: %s", strerror(error));
            break;
        }
        started++;
    }
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
    }
    for (int i = 0; i < started; i++) {
        if (counting[i].fault) {
            return ktap_fail("%s", counting[i].fault);
        }
    }
    if (started < THREADS) {
        return false;
    }
    return *counter == (uint64_t)THREADS * ROUNDS ||
           ktap_fail("%d threads counted to %" PRIu64 ", not to %d", THREADS,
                     *counter, THREADS * ROUNDS);
}

bool memory_check_atomic_add(volatile uint8_t *address)
{
    if (!(getauxval(AT_HWCAP) & HWCAP_ATOMICS)) {
        return ktap_fail("the CPU has no LSE atomics; use -cpu max");
    }
    return check_counting(address, add_one_atomic);
}

bool memory_check_exclusives(volatile uint8_t *address)
{
    return check_counting(address, add_one_exclusive);
}

bool memory_check_zero_block(volatile uint8_t *address)
{
    uint64_t id;
    size_t block;

    __asm__ volatile("mrs %0, dczid_el0" : "=r"(id));
    if (id & DCZID_PROHIBITED) {
        return ktap_fail(
            "the kernel prohibits DC ZVA (DCZID_EL0 0x%" PRIx64 ")", id);
    }
    block = 4u << (id & DCZID_SIZE);
    pattern_fill(address, 3 * block, block);
    __asm__ volatile("dc zva, %0" ::"r"(address + block) : "memory");
    for (size_t i = 0; i < block; i++) {
        if (address[block + i] != 0) {
            return ktap_fail("byte %zu of the block is 0x%02x", i,
                             address[block + i]);
        }
    }
    /* The neighbours: the pattern of the first block, then of the third. */
    if (pattern_compare(address, block, block) != block ||
        pattern_compare(address + 2 * block, block, 3 * block) != block) {
        return ktap_fail("a neighbour of the block was changed");
    }
    return true;
}

static uint64_t run(volatile uint32_t *code, uint32_t first, uint64_t a,
                    uint64_t b)
{
    uint64_t (*function)(uint64_t, uint64_t);

    code[0] = first;
    code[1] = 0xd65f03c0; /* ret */
    __builtin___clear_cache((char *)code, (char *)(code + 2));
    function = (uint64_t (*)(uint64_t, uint64_t))(uintptr_t)code;
    return function(a, b);
}

bool memory_check_code(volatile uint8_t *address)
{
    const uint32_t add = 0x8b010000;      /* add x0, x0, x1 */
    const uint32_t multiply = 0x9b017c00; /* mul x0, x0, x1 */
    volatile uint32_t *border =
        (volatile uint32_t *)(address + page_bytes() - 4);
    uint64_t sum, product;

    /*
     * Where a driver allows PROT_EXEC and maps pages that are not executable,
     * as vfio-pci does on arm64, the kernel takes the same fault for ever.
     */
    guard_limit(CODE_LIMIT_SECONDS);
    sum = run(border, add, 1200, 34);
    product = run(border, multiply, 1200, 34);
    guard_limit(0);
    return (sum == 1234 && product == 40800) ||
           ktap_fail("1200 + 34 gave %" PRIu64 " and 1200 * 34 gave %" PRIu64,
                     sum, product);
}
