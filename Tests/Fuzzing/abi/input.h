/*
 * A stream of bytes as the numbers that steps are made of
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef INPUT_H
#define INPUT_H

#include <stddef.h>
#include <stdint.h>

typedef struct Input {
    const uint8_t *bytes;
    size_t count;
} Input;

/* The next byte; 0 past the end. */
static inline uint8_t take8(Input *input)
{
    if (!input->count) {
        return 0;
    }
    input->count--;
    return *input->bytes++;
}

/* The next `size` bytes (at most 8), the lowest first. */
static inline uint64_t take(Input *input, unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)take8(input) << 8 * i;
    }
    return value;
}

#endif /* INPUT_H */
