// SPDX-License-Identifier: GPL-2.0-or-later
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The largest file read here: an ACPI table; more means a wrong path. */
#define MAX_FILE_BYTES (16 * 1024 * 1024)

const char *path_of(const char *format, ...)
{
    static char buffer[PATH_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(buffer, sizeof(buffer), format, arguments);
    va_end(arguments);
    return buffer;
}

uint8_t *read_bytes(const char *path, size_t *count)
{
    size_t capacity = 4096;
    size_t used = 0;
    uint8_t *bytes = malloc(capacity + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    while (fd >= 0 && bytes) {
        ssize_t got = read(fd, bytes + used, capacity - used);
        if (got < 0) {
            break;
        }
        if (got == 0) {
            close(fd);
            bytes[used] = 0;
            *count = used;
            return bytes;
        }
        used += (size_t)got;
        if (used == capacity) {
            uint8_t *grown = realloc(bytes, capacity * 2 + 1);
            if (!grown || capacity >= MAX_FILE_BYTES) {
                errno = EFBIG;
                bytes = grown ? grown : bytes;
                break;
            }
            bytes = grown;
            capacity *= 2;
        }
    }
    if (fd >= 0) {
        int reason = errno;
        close(fd);
        errno = reason;
    }
    free(bytes);
    return NULL;
}

bool read_line(const char *path, char *text, size_t bytes)
{
    size_t count;
    char *whole = (char *)read_bytes(path, &count);

    if (!whole) {
        text[0] = '\0';
        return false;
    }
    whole[strcspn(whole, "\n")] = '\0';
    snprintf(text, bytes, "%s", whole);
    free(whole);
    return true;
}

bool read_number(const char *path, uint64_t *value)
{
    char text[64];
    char *end;

    if (!read_line(path, text, sizeof(text))) {
        return false;
    }
    errno = 0;
    *value = strtoull(text, &end, 0);
    return errno == 0 && end != text && *end == '\0';
}

bool write_text(const char *path, const char *text)
{
    size_t length = strlen(text);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t written;
    int reason;

    if (fd < 0) {
        return false;
    }
    written = write(fd, text, length);
    reason = errno;
    close(fd);
    errno = reason;
    return written == (ssize_t)length;
}

bool link_name(const char *path, char *name, size_t bytes)
{
    char target[PATH_BYTES];
    ssize_t length = readlink(path, target, sizeof(target) - 1);
    const char *slash;

    if (length < 0) {
        name[0] = '\0';
        return false;
    }
    target[length] = '\0';
    slash = strrchr(target, '/');
    snprintf(name, bytes, "%s", slash ? slash + 1 : target);
    return true;
}
