/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pieces of AML's grammar (ACPI 6.5, 20.2). Each function takes one piece
 * from the front of the cursor, and returns false, with the cursor anywhere,
 * if the piece is not there or is cut short.
 */
#ifndef GRACE_AML_CURSOR_H
#define GRACE_AML_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AML_PATH_BYTES 256

enum aml_opcode {
    AML_ALIAS = 0x06,
    AML_NAME = 0x08,
    AML_BYTE = 0x0a,
    AML_WORD = 0x0b,
    AML_DWORD = 0x0c,
    AML_STRING = 0x0d,
    AML_QWORD = 0x0e,
    AML_SCOPE = 0x10,
    AML_BUFFER = 0x11,
    AML_PACKAGE = 0x12,
    AML_VAR_PACKAGE = 0x13,
    AML_METHOD = 0x14,
    AML_EXTERNAL = 0x15,
    AML_EXTENDED = 0x5b,
    AML_IF = 0xa0,
    AML_ELSE = 0xa1,
    AML_WHILE = 0xa2,
};

struct aml_cursor {
    const uint8_t *next;
    const uint8_t *end;
};

bool aml_take_byte(struct aml_cursor *cursor, uint8_t *byte);

/* Looks at the next byte without taking it. */
bool aml_next_is(const struct aml_cursor *cursor, uint8_t byte);

/*
 * Takes a PkgLength and everything it covers; `body` gets what follows the
 * length (20.2.4).
 */
bool aml_take_body(struct aml_cursor *cursor, struct aml_cursor *body);

/*
 * Takes a NameString (20.2.2), and makes it absolute in `scope`. Both are
 * paths with a leading backslash and dots.
 */
bool aml_take_name(struct aml_cursor *cursor, const char *scope,
                   char absolute[AML_PATH_BYTES]);

/* Takes an integer constant with its opcode, in any encoding (20.2.3). */
bool aml_take_integer(struct aml_cursor *cursor, uint64_t *value);

/* Takes a string constant with its opcode. */
bool aml_take_string(struct aml_cursor *cursor, char *text, size_t bytes);

/* Takes any constant, buffer, package or name, and drops it. */
bool aml_skip_data(struct aml_cursor *cursor);

#endif
