// SPDX-License-Identifier: GPL-2.0-or-later
#include "aml.h"

#include <stdio.h>
#include <string.h>

#include "aml-cursor.h"

/* Second bytes of extended opcodes that declare things (20.2.5.2). */
#define EXTENDED_MUTEX        0x01
#define EXTENDED_EVENT        0x02
#define EXTENDED_REGION       0x80
#define EXTENDED_FIELD        0x81
#define EXTENDED_DEVICE       0x82
#define EXTENDED_PROCESSOR    0x83
#define EXTENDED_POWER        0x84
#define EXTENDED_THERMAL_ZONE 0x85
#define EXTENDED_INDEX_FIELD  0x86
#define EXTENDED_BANK_FIELD   0x87

/* Real tables nest a handful of scopes; the limit protects the stack. */
#define MAX_DEPTH 32

/* daffd814-6eba-4d8c-8a91-bc9bbf4aa301 as ToUUID() encodes it (19.6.143). */
static const uint8_t device_properties_uuid[16] = {
    0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d,
    0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01,
};

struct search {
    const char *path;
    struct aml_properties *result;
};

static bool take_opcode(struct aml_cursor *cursor, uint8_t expected)
{
    uint8_t opcode;

    return aml_take_byte(cursor, &opcode) && opcode == expected;
}

/* Takes a package's opcode, length and number of elements. */
static bool take_package(struct aml_cursor *cursor, struct aml_cursor *body,
                         uint8_t *elements)
{
    return take_opcode(cursor, AML_PACKAGE) && aml_take_body(cursor, body) &&
           aml_take_byte(body, elements);
}

static bool take_uuid(struct aml_cursor *cursor, bool *is_ours)
{
    struct aml_cursor body;
    uint64_t size;

    if (!take_opcode(cursor, AML_BUFFER) || !aml_take_body(cursor, &body) ||
        !aml_take_integer(&body, &size)) {
        return false;
    }
    *is_ours = size == sizeof(device_properties_uuid) &&
               (size_t)(body.end - body.next) == size &&
               memcmp(body.next, device_properties_uuid, size) == 0;
    return true;
}

/* One Package (2) {"name", value}. */
static bool take_property(struct aml_cursor *cursor,
                          struct aml_properties *result)
{
    struct aml_property property = {0};
    struct aml_cursor body, value;
    uint8_t elements;

    if (!take_package(cursor, &body, &elements) || elements != 2 ||
        !aml_take_string(&body, property.name, sizeof(property.name))) {
        return false;
    }
    value = body;
    property.is_text = aml_next_is(&value, AML_STRING);
    if (property.is_text) {
        if (!aml_take_string(&value, property.text, sizeof(property.text))) {
            return false;
        }
    } else if (!aml_take_integer(&value, &property.value)) {
        /* References and lists are legal, and of no use here. */
        return aml_skip_data(&body);
    }
    if (result->count == sizeof(result->list) / sizeof(result->list[0])) {
        return false;
    }
    result->list[result->count++] = property;
    return true;
}

static bool take_dsd(struct aml_cursor *cursor, struct aml_properties *result)
{
    struct aml_cursor outer;
    uint8_t elements;

    if (!take_package(cursor, &outer, &elements)) {
        return false;
    }
    for (; elements >= 2; elements = (uint8_t)(elements - 2)) {
        struct aml_cursor inner;
        uint8_t properties;
        bool is_ours;

        if (!take_uuid(&outer, &is_ours)) {
            return false;
        }
        if (!is_ours) {
            if (!aml_skip_data(&outer)) {
                return false;
            }
            continue;
        }
        if (!take_package(&outer, &inner, &properties)) {
            return false;
        }
        while (properties-- > 0) {
            if (!take_property(&inner, result)) {
                return false;
            }
        }
    }
    return elements == 0;
}

static bool walk_terms(struct search *search, struct aml_cursor cursor,
                       const char *scope, int depth);

/* The body of a scope or a device: a name, and terms. */
static bool walk_body(struct search *search, struct aml_cursor *cursor,
                      const char *scope, int depth, bool is_device)
{
    struct aml_cursor body;
    char name[AML_PATH_BYTES];

    if (!aml_take_body(cursor, &body) || !aml_take_name(&body, scope, name)) {
        return false;
    }
    if (is_device && strcmp(name, search->path) == 0) {
        search->result->device_found = true;
    }
    return walk_terms(search, body, name, depth + 1);
}

static bool walk_name(struct search *search, struct aml_cursor *cursor,
                      const char *scope)
{
    char name[AML_PATH_BYTES];
    const char *last;

    if (!aml_take_name(cursor, scope, name)) {
        return false;
    }
    last = strrchr(name, '.');
    if (strcmp(scope, search->path) == 0 && last &&
        strcmp(last, "._DSD") == 0) {
        search->result->dsd_found = true;
        return take_dsd(cursor, search->result);
    }
    return aml_skip_data(cursor);
}

static bool walk_extended(struct search *search, struct aml_cursor *cursor,
                          const char *scope, int depth)
{
    struct aml_cursor body;
    char name[AML_PATH_BYTES];
    uint8_t opcode, byte;

    if (!aml_take_byte(cursor, &opcode)) {
        return false;
    }
    switch (opcode) {
    case EXTENDED_DEVICE:
        return walk_body(search, cursor, scope, depth, true);
    case EXTENDED_FIELD:
    case EXTENDED_PROCESSOR:
    case EXTENDED_POWER:
    case EXTENDED_THERMAL_ZONE:
    case EXTENDED_INDEX_FIELD:
    case EXTENDED_BANK_FIELD:
        return aml_take_body(cursor, &body);
    case EXTENDED_MUTEX:
        return aml_take_name(cursor, scope, name) &&
               aml_take_byte(cursor, &byte);
    case EXTENDED_EVENT:
        return aml_take_name(cursor, scope, name);
    case EXTENDED_REGION:
        return aml_take_name(cursor, scope, name) &&
               aml_take_byte(cursor, &byte) && aml_skip_data(cursor) &&
               aml_skip_data(cursor);
    default:
        return false;
    }
}

static bool walk_term(struct search *search, struct aml_cursor *cursor,
                      const char *scope, int depth)
{
    struct aml_cursor body;
    char name[AML_PATH_BYTES];
    uint8_t opcode, type, arguments;

    if (!aml_take_byte(cursor, &opcode)) {
        return false;
    }
    switch (opcode) {
    case AML_SCOPE:
        return walk_body(search, cursor, scope, depth, false);
    case AML_NAME:
        return walk_name(search, cursor, scope);
    case AML_EXTENDED:
        return walk_extended(search, cursor, scope, depth);
    case AML_METHOD:
    case AML_IF:
    case AML_ELSE:
    case AML_WHILE:
        return aml_take_body(cursor, &body);
    case AML_ALIAS:
        return aml_take_name(cursor, scope, name) &&
               aml_take_name(cursor, scope, name);
    case AML_EXTERNAL:
        return aml_take_name(cursor, scope, name) &&
               aml_take_byte(cursor, &type) &&
               aml_take_byte(cursor, &arguments);
    default:
        return false;
    }
}

static bool walk_terms(struct search *search, struct aml_cursor cursor,
                       const char *scope, int depth)
{
    if (depth > MAX_DEPTH) {
        return false;
    }
    while (cursor.next < cursor.end) {
        const uint8_t *term = cursor.next;

        if (!walk_term(search, &cursor, scope, depth)) {
            if (!search->result->problem[0]) {
                snprintf(search->result->problem,
                         sizeof(search->result->problem),
                         "the term with opcode 0x%02x in %s is cut short or "
                         "unknown to the test's reader",
                         *term, scope);
            }
            return false;
        }
    }
    return true;
}

void aml_find_properties(const uint8_t *terms, size_t count, const char *path,
                         struct aml_properties *properties)
{
    struct search search = {.path = path, .result = properties};
    struct aml_cursor cursor = {.next = terms, .end = terms + count};

    walk_terms(&search, cursor, "\\", 0);
}

const struct aml_property *aml_property(const struct aml_properties *properties,
                                        const char *name)
{
    for (size_t i = 0; i < properties->count; i++) {
        if (strcmp(properties->list[i].name, name) == 0) {
            return &properties->list[i];
        }
    }
    return NULL;
}
