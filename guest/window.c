// SPDX-License-Identifier: GPL-2.0-or-later
#include "window.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guard.h"

/* More than the cases of one program map between two window_unmap_all(). */
#define MAX_WINDOWS 128

static struct window mapped[MAX_WINDOWS];
static size_t mapped_count;

size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

bool window_map(struct window *window, int fd, uint64_t offset, size_t bytes,
                int extra_protection, const char *name, uint64_t named_offset)
{
    void *base;

    window->base = NULL;
    window->bytes = 0;
    if (mapped_count == MAX_WINDOWS) {
        errno = EMFILE;
        return false;
    }
    base = mmap(NULL, bytes, PROT_READ | PROT_WRITE | extra_protection,
                MAP_SHARED, fd, (off_t)offset);
    if (base == MAP_FAILED) {
        return false;
    }
    guard_name(base, bytes, name, named_offset);
    window->base = base;
    window->bytes = bytes;
    mapped[mapped_count++] = *window;
    return true;
}

void window_unmap_all(void)
{
    while (mapped_count > 0) {
        const struct window *window = &mapped[--mapped_count];

        munmap((void *)window->base, window->bytes);
    }
}

/*
 * Inline assembly, because a compiler may split or widen an access to memory
 * that it takes for unaligned, and what is tested is the single access.
 */
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

uint64_t ones(size_t width)
{
    return width >= 8 ? UINT64_MAX : (1ULL << (8 * width)) - 1;
}
