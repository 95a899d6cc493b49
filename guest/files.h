/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small files, as sysfs and procfs have them. */
#ifndef GRACE_FILES_H
#define GRACE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATH_BYTES 512

/* Joins the pieces of a path printf-style; returns a static buffer. */
const char *path_of(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * Reads a whole file. Returns NULL with errno set if it cannot be read; the
 * caller frees the bytes. A zero byte follows them that `count` leaves out.
 */
uint8_t *read_bytes(const char *path, size_t *count);

/* Reads a line of text without its newline; false if there is none. */
bool read_line(const char *path, char *text, size_t bytes);

/* Reads a number in C notation (0x..., decimal); false if there is none. */
bool read_number(const char *path, uint64_t *value);

/* Writes text in one write, as sysfs wants it; false with errno set. */
bool write_text(const char *path, const char *text);

/* The last component of what a symbolic link points to; false if no link. */
bool link_name(const char *path, char *name, size_t bytes);

#endif
