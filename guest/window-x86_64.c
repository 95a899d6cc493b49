// SPDX-License-Identifier: GPL-2.0-or-later
/* Single accesses on x86_64; see window-arm64.c. */
#include "window.h"

uint64_t window_read(const struct window *window, size_t offset, size_t width)
{
    const volatile uint8_t *address = window->base + offset;
    uint64_t value;

    switch (width) {
    case 1:
        __asm__ volatile("movzbl (%1), %k0" : "=r"(value) : "r"(address));
        break;
    case 2:
        __asm__ volatile("movzwl (%1), %k0" : "=r"(value) : "r"(address));
        break;
    case 4:
        __asm__ volatile("movl (%1), %k0" : "=r"(value) : "r"(address));
        break;
    default:
        __asm__ volatile("movq (%1), %0" : "=r"(value) : "r"(address));
        break;
    }
    __asm__ volatile("mfence" ::: "memory");
    return value;
}

void window_write(const struct window *window, size_t offset, size_t width,
                  uint64_t value)
{
    volatile uint8_t *address = window->base + offset;

    switch (width) {
    case 1:
        __asm__ volatile("movb %b0, (%1)" ::"r"(value), "r"(address));
        break;
    case 2:
        __asm__ volatile("movw %w0, (%1)" ::"r"(value), "r"(address));
        break;
    case 4:
        __asm__ volatile("movl %k0, (%1)" ::"r"(value), "r"(address));
        break;
    default:
        __asm__ volatile("movq %0, (%1)" ::"r"(value), "r"(address));
        break;
    }
    __asm__ volatile("mfence" ::: "memory");
}
