// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Single accesses on arm64. Inline assembly, because a compiler may split or
 * widen an access to memory that it takes for unaligned, and what is tested is
 * the single access.
 */
#include "window.h"

uint64_t window_read(const struct window *window, size_t offset, size_t width)
{
    const volatile uint8_t *address = window->base + offset;
    uint64_t value;

    switch (width) {
    case 1:
        __asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address));
        break;
    case 2:
        __asm__ volatile("ldrh %w0, [%1]" : "=r"(value) : "r"(address));
        break;
    case 4:
        __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address));
        break;
    default:
        __asm__ volatile("ldr %x0, [%1]" : "=r"(value) : "r"(address));
        break;
    }
    __asm__ volatile("dsb sy" ::: "memory");
    return value;
}

void window_write(const struct window *window, size_t offset, size_t width,
                  uint64_t value)
{
    volatile uint8_t *address = window->base + offset;

    switch (width) {
    case 1:
        __asm__ volatile("strb %w0, [%1]" ::"r"(value), "r"(address));
        break;
    case 2:
        __asm__ volatile("strh %w0, [%1]" ::"r"(value), "r"(address));
        break;
    case 4:
        __asm__ volatile("str %w0, [%1]" ::"r"(value), "r"(address));
        break;
    default:
        __asm__ volatile("str %x0, [%1]" ::"r"(value), "r"(address));
        break;
    }
    __asm__ volatile("dsb sy" ::: "memory");
}
