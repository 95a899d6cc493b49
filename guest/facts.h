/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts: one JSON object on one line, as a diagnostic line of the report
 * (`# grace {...}`). Between fact_begin() and fact_end() a program adds the
 * members; fact_end() prints the line in a single write.
 */
#ifndef GRACE_FACTS_H
#define GRACE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void fact_begin(const char *kind);
void fact_end(void);

void fact_uint(const char *key, uint64_t value);
void fact_int(const char *key, int64_t value);
void fact_bool(const char *key, bool value);

/* A NULL value is written as null. */
void fact_string(const char *key, const char *value);
void fact_hex(const char *key, const uint8_t *bytes, size_t count);

/* Members of an array are written with a NULL key. */
void fact_array_begin(const char *key);
void fact_array_end(void);
void fact_object_begin(const char *key);
void fact_object_end(void);

#endif
