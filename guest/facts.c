// SPDX-License-Identifier: GPL-2.0-or-later
#include "facts.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ktap.h"

static char *line;
static size_t line_bytes;
static FILE *stream;
/* Whether the next member needs no comma before it. */
static bool first;

static void key_and_colon(const char *key)
{
    if (!first) {
        fputc(',', stream);
    }
    first = false;
    if (key) {
        fprintf(stream, "\"%s\":", key);
    }
}

static void quoted(const char *text)
{
    fputc('"', stream);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\') {
            fprintf(stream, "\\%c", *p);
        } else if (*p < 0x20 || *p >= 0x7f) {
            /* Bytes of unknown encoding: as Latin-1, so it stays JSON. */
            fprintf(stream, "\\u%04x", *p);
        } else {
            fputc(*p, stream);
        }
    }
    fputc('"', stream);
}

void fact_begin(const char *kind)
{
    stream = open_memstream(&line, &line_bytes);
    if (!stream) {
        ktap_line("# out of memory; give the guest more with -m");
        exit(2);
    }
    fputc('{', stream);
    first = true;
    fact_string("fact", kind);
}

void fact_end(void)
{
    fputc('}', stream);
    fclose(stream);
    ktap_line("# grace %s", line);
    free(line);
    line = NULL;
}

void fact_uint(const char *key, uint64_t value)
{
    key_and_colon(key);
    fprintf(stream, "%" PRIu64, value);
}

void fact_int(const char *key, int64_t value)
{
    key_and_colon(key);
    fprintf(stream, "%" PRId64, value);
}

void fact_bool(const char *key, bool value)
{
    key_and_colon(key);
    fputs(value ? "true" : "false", stream);
}

void fact_string(const char *key, const char *value)
{
    key_and_colon(key);
    if (value) {
        quoted(value);
    } else {
        fputs("null", stream);
    }
}

void fact_hex(const char *key, const uint8_t *bytes, size_t count)
{
    key_and_colon(key);
    fputc('"', stream);
    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "%02x", bytes[i]);
    }
    fputc('"', stream);
}

void fact_array_begin(const char *key)
{
    key_and_colon(key);
    fputc('[', stream);
    first = true;
}

void fact_array_end(void)
{
    fputc(']', stream);
    first = false;
}

void fact_object_begin(const char *key)
{
    key_and_colon(key);
    fputc('{', stream);
    first = true;
}

void fact_object_end(void)
{
    fputc('}', stream);
    first = false;
}
