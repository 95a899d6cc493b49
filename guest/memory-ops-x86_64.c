// SPDX-License-Identifier: GPL-2.0-or-later
/* The instructions of memory-ops.c on x86_64. */
#include <stddef.h>

#include "ktap.h"
#include "memory-ops-machine.h"
#include "memory-ops.h"

static void add_one_atomic(volatile uint64_t *counter)
{
    uint64_t one = 1;

    __asm__ volatile("lock xaddq %0, %1"
                     : "+r"(one), "+m"(*counter)
                     :
                     : "memory");
}

static void add_one_exchange(volatile uint64_t *counter)
{
    uint64_t value = *counter;

    __asm__ volatile("1: leaq 1(%0), %%rcx\n"
                     "   lock cmpxchgq %%rcx, %1\n"
                     "   jne 1b\n"
                     : "+a"(value), "+m"(*counter)
                     :
                     : "rcx", "cc", "memory");
}

bool memory_check_atomic_add(volatile uint8_t *address)
{
    return memory_check_counting(address, add_one_atomic);
}

bool memory_check_exclusives(volatile uint8_t *address)
{
    return memory_check_counting(address, add_one_exchange);
}

bool memory_check_zero_block(volatile uint8_t *address)
{
    (void)address;
    return ktap_skip("x86_64 has no such instruction that all CPUs share");
}

static uint64_t run(volatile uint8_t *code, const uint8_t *bytes, size_t count,
                    uint64_t a, uint64_t b)
{
    uint64_t (*function)(uint64_t, uint64_t);

    for (size_t i = 0; i < count; i++) {
        code[i] = bytes[i];
    }
    function = (uint64_t (*)(uint64_t, uint64_t))(uintptr_t)code;
    return function(a, b);
}

uint64_t memory_run_sum(volatile uint8_t *code, uint64_t a, uint64_t b)
{
    /* lea rax, [rdi + rsi]; four bytes of nop; ret */
    static const uint8_t bytes[] = {0x48, 0x8d, 0x04, 0x37, 0x0f,
                                    0x1f, 0x40, 0x00, 0xc3};

    return run(code, bytes, sizeof(bytes), a, b);
}

uint64_t memory_run_product(volatile uint8_t *code, uint64_t a, uint64_t b)
{
    /* mov rax, rdi; imul rax, rsi; ret: one instruction lies over the border */
    static const uint8_t bytes[] = {0x48, 0x89, 0xf8, 0x48,
                                    0x0f, 0xaf, 0xc6, 0xc3};

    return run(code, bytes, sizeof(bytes), a, b);
}
