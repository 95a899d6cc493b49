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

uint64_t ones(size_t width)
{
    return width >= 8 ? UINT64_MAX : (1ULL << (8 * width)) - 1;
}
