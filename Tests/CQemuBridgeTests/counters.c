/*
 * How often the plug-in asked libc for memory, or for a copy; and no memory
 * for it, if a test says so
 *
 * The program's own definitions come before libc's when the plug-in is
 * loaded, as long as they are in its table of symbols (-rdynamic).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdlib.h>

#include "counters.h"

unsigned long counted_allocations;
unsigned long counted_copies;
unsigned long refused_first;
unsigned long refused_last;

int posix_memalign(void **result, size_t alignment, size_t size)
{
    counted_allocations++;
    if (counted_allocations >= refused_first &&
        counted_allocations <= refused_last) {
        *result = NULL;
        return ENOMEM;
    }
    *result = aligned_alloc(alignment,
                            (size + alignment - 1) / alignment * alignment);
    return *result ? 0 : ENOMEM;
}

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    counted_copies++;
    for (size_t i = 0; i < count; i++) {
        ((volatile char *)to)[i] = ((const char *)from)[i];
    }
    return to;
}

void *memmove(void *to, const void *from, size_t count)
{
    volatile char *target = to;
    const char *source = from;

    counted_copies++;
    if (target < source) {
        for (size_t i = 0; i < count; i++) {
            target[i] = source[i];
        }
    } else {
        for (size_t i = count; i-- > 0;) {
            target[i] = source[i];
        }
    }
    return to;
}
