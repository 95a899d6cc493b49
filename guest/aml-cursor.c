// SPDX-License-Identifier: GPL-2.0-or-later
#include "aml-cursor.h"

#include <stdio.h>
#include <string.h>

/* Constants that are a single opcode (20.2.3). */
#define ZERO_OPCODE 0x00
#define ONE_OPCODE  0x01
#define ONES_OPCODE 0xff

/* Prefixes of a NameString (20.2.2). */
#define DUAL_NAME  0x2e
#define MULTI_NAME 0x2f

#define SEGMENT_BYTES 4

static size_t bytes_left(const struct aml_cursor *cursor)
{
    return (size_t)(cursor->end - cursor->next);
}

bool aml_take_byte(struct aml_cursor *cursor, uint8_t *byte)
{
    if (bytes_left(cursor) == 0) {
        return false;
    }
    *byte = *cursor->next++;
    return true;
}

bool aml_next_is(const struct aml_cursor *cursor, uint8_t byte)
{
    return bytes_left(cursor) > 0 && *cursor->next == byte;
}

bool aml_take_body(struct aml_cursor *cursor, struct aml_cursor *body)
{
    const uint8_t *start = cursor->next;
    size_t available = bytes_left(cursor);
    size_t length, following;
    uint8_t lead;

    if (!aml_take_byte(cursor, &lead)) {
        return false;
    }
    following = lead >> 6;
    length = following == 0 ? lead & 0x3f : lead & 0x0f;
    for (size_t i = 0; i < following; i++) {
        uint8_t byte;

        if (!aml_take_byte(cursor, &byte)) {
            return false;
        }
        length |= (size_t)byte << (4 + 8 * i);
    }
    /* The length counts its own bytes, so it cannot be less. */
    if (length < 1 + following || length > available) {
        return false;
    }
    body->next = cursor->next;
    body->end = start + length;
    cursor->next = body->end;
    return true;
}

static bool append_segment(struct aml_cursor *cursor,
                           char absolute[AML_PATH_BYTES])
{
    size_t used = strlen(absolute);

    if (bytes_left(cursor) < SEGMENT_BYTES ||
        used + 1 + SEGMENT_BYTES >= AML_PATH_BYTES) {
        return false;
    }
    if (used > 1) {
        absolute[used++] = '.';
    }
    for (size_t i = 0; i < SEGMENT_BYTES; i++) {
        uint8_t letter = *cursor->next++;
        bool is_letter = (letter >= 'A' && letter <= 'Z') || letter == '_';
        bool is_digit = letter >= '0' && letter <= '9';

        if (!is_letter && (i == 0 || !is_digit)) {
            return false;
        }
        absolute[used++] = (char)letter;
    }
    absolute[used] = '\0';
    return true;
}

static void drop_segment(char *absolute)
{
    char *dot = strrchr(absolute, '.');

    if (dot) {
        *dot = '\0';
    } else {
        absolute[1] = '\0';
    }
}

bool aml_take_name(struct aml_cursor *cursor, const char *scope,
                   char absolute[AML_PATH_BYTES])
{
    uint8_t segments = 1;
    uint8_t prefix;

    snprintf(absolute, AML_PATH_BYTES, "%s", scope);
    if (aml_next_is(cursor, '\\')) {
        cursor->next++;
        snprintf(absolute, AML_PATH_BYTES, "\\");
    }
    while (aml_next_is(cursor, '^')) {
        cursor->next++;
        drop_segment(absolute);
    }
    if (aml_next_is(cursor, DUAL_NAME)) {
        cursor->next++;
        segments = 2;
    } else if (aml_next_is(cursor, MULTI_NAME)) {
        cursor->next++;
        if (!aml_take_byte(cursor, &segments)) {
            return false;
        }
    } else if (aml_next_is(cursor, 0)) {
        return aml_take_byte(cursor, &prefix);
    }
    for (uint8_t i = 0; i < segments; i++) {
        if (!append_segment(cursor, absolute)) {
            return false;
        }
    }
    return true;
}

static bool take_little_endian(struct aml_cursor *cursor, size_t bytes,
                               uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < bytes; i++) {
        uint8_t byte;

        if (!aml_take_byte(cursor, &byte)) {
            return false;
        }
        *value |= (uint64_t)byte << (8 * i);
    }
    return true;
}

bool aml_take_integer(struct aml_cursor *cursor, uint64_t *value)
{
    uint8_t opcode;

    if (!aml_take_byte(cursor, &opcode)) {
        return false;
    }
    switch (opcode) {
    case ZERO_OPCODE:
    case ONE_OPCODE:
        *value = opcode;
        return true;
    case ONES_OPCODE:
        *value = UINT64_MAX;
        return true;
    case AML_BYTE:
        return take_little_endian(cursor, 1, value);
    case AML_WORD:
        return take_little_endian(cursor, 2, value);
    case AML_DWORD:
        return take_little_endian(cursor, 4, value);
    case AML_QWORD:
        return take_little_endian(cursor, 8, value);
    default:
        return false;
    }
}

bool aml_take_string(struct aml_cursor *cursor, char *text, size_t bytes)
{
    const uint8_t *terminator;
    uint8_t opcode;

    if (!aml_take_byte(cursor, &opcode) || opcode != AML_STRING ||
        bytes_left(cursor) == 0) {
        return false;
    }
    terminator = memchr(cursor->next, 0, bytes_left(cursor));
    if (!terminator) {
        return false;
    }
    snprintf(text, bytes, "%s", (const char *)cursor->next);
    cursor->next = terminator + 1;
    return true;
}

bool aml_skip_data(struct aml_cursor *cursor)
{
    struct aml_cursor attempt = *cursor;
    char name[AML_PATH_BYTES];
    char text[1];
    uint64_t value;

    if (aml_take_integer(&attempt, &value)) {
        *cursor = attempt;
        return true;
    }
    if (aml_next_is(cursor, AML_STRING)) {
        return aml_take_string(cursor, text, sizeof(text));
    }
    if (aml_next_is(cursor, AML_BUFFER) || aml_next_is(cursor, AML_PACKAGE) ||
        aml_next_is(cursor, AML_VAR_PACKAGE)) {
        cursor->next++;
        return aml_take_body(cursor, &attempt);
    }
    return aml_take_name(cursor, "\\", name);
}
