/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows onto device memory: mappings of a part of a file (a BAR in sysfs, a
 * region of a VFIO device). Only the pages of a case are mapped: the kernel
 * fills the page table of a whole sysfs mapping at once, which for 128 GiB
 * would take 256 MiB of memory.
 */
#ifndef GRACE_WINDOW_H
#define GRACE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window {
    volatile uint8_t *base;
    size_t bytes;
};

size_t page_bytes(void);

/*
 * Maps `bytes` at `offset` of the open file, readable and writable, plus
 * `extra_protection` (PROT_EXEC or 0). `name` and `named_offset` say in
 * messages what is mapped. False with errno set.
 *
 * A window stays mapped until window_unmap_all(): a case that a fault ended
 * could not have released it.
 */
bool window_map(struct window *window, int fd, uint64_t offset, size_t bytes,
                int extra_protection, const char *name, uint64_t named_offset);
void window_unmap_all(void);

/* One access of 1, 2, 4 or 8 bytes, in one instruction, little-endian. */
uint64_t window_read(const struct window *window, size_t offset, size_t width);
void window_write(const struct window *window, size_t offset, size_t width,
                  uint64_t value);

/* All ones in `width` bytes. */
uint64_t ones(size_t width);

#endif
