// SPDX-License-Identifier: GPL-2.0-or-later
/* The instructions of memory-ops.c on arm64. */
#include <inttypes.h>
#include <sys/auxv.h>

#include "ktap.h"
#include "memory-ops-machine.h"
#include "memory-ops.h"
#include "pattern.h"

/* DCZID_EL0: DC ZVA is prohibited; log2 of the block's 4-byte words. */
#define DCZID_PROHIBITED (1u << 4)
#define DCZID_SIZE       0xfu

#ifndef HWCAP_ATOMICS
#define HWCAP_ATOMICS (1UL << 8)
#endif

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

bool memory_check_atomic_add(volatile uint8_t *address)
{
    if (!(getauxval(AT_HWCAP) & HWCAP_ATOMICS)) {
        return ktap_fail("the CPU has no LSE atomics; use -cpu max");
    }
    return memory_check_counting(address, add_one_atomic);
}

bool memory_check_exclusives(volatile uint8_t *address)
{
    return memory_check_counting(address, add_one_exclusive);
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

static uint64_t run(volatile uint8_t *address, uint32_t first, uint64_t a,
                    uint64_t b)
{
    volatile uint32_t *code = (volatile uint32_t *)address;
    uint64_t (*function)(uint64_t, uint64_t);

    code[0] = first;
    code[1] = 0xd65f03c0; /* ret */
    __builtin___clear_cache((char *)code, (char *)(code + 2));
    function = (uint64_t (*)(uint64_t, uint64_t))(uintptr_t)code;
    return function(a, b);
}

uint64_t memory_run_sum(volatile uint8_t *code, uint64_t a, uint64_t b)
{
    return run(code, 0x8b010000, a, b); /* add x0, x0, x1 */
}

uint64_t memory_run_product(volatile uint8_t *code, uint64_t a, uint64_t b)
{
    return run(code, 0x9b017c00, a, b); /* mul x0, x0, x1 */
}
