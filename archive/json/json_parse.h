/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_parse.h - reads one JSON document, hiding the library that does it.
 *
 * The strict formats do not rely on the parser's strictness: every reader
 * takes the values out, writes them again with the canonical writer
 * (muniment/json.h) and compares all bytes.  So order, white space, duplicate
 * and unknown keys, number forms and escapes need no rule of their own.
 */
#ifndef MUN_JSON_JSON_PARSE_H
#define MUN_JSON_JSON_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"

/* Have every allocation of jansson noted (base/memory.h), in the whole
 * process from here on; before anything is parsed. */
void mun_json_watch_memory(void);

struct mun_json; /* a parsed document; owns every value read from it */
struct mun_json_value; /* borrowed from its document */

/* Parse exactly len bytes holding one value (white space around it is the
 * comparison's business).  MUN_ERR_FORMAT: not JSON, duplicate key, NUL in a
 * string, depth above MUN_JSON_DEPTH_MAX, not UTF-8; MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_json_parse(struct mun_json **out,
    const void *bytes, size_t len, struct mun_error *err);
void mun_json_free(struct mun_json *json);
const struct mun_json_value *mun_json_root(const struct mun_json *json);

/* Look-ups never fail: a missing or wrong-typed value is NULL / false. */
const struct mun_json_value *mun_json_member(
    const struct mun_json_value *object, const char *key);
size_t mun_json_count(const struct mun_json_value *array_or_object);
const struct mun_json_value *mun_json_item(
    const struct mun_json_value *array, size_t i);
bool mun_json_is_object(const struct mun_json_value *value);
bool mun_json_is_array(const struct mun_json_value *value);
/* Borrowed text of a string member, with its length; NULL if absent. */
const char *mun_json_get_text(
    const struct mun_json_value *object, const char *key, size_t *len);
/* A non-negative integer member up to 2^63 - 1. */
bool mun_json_get_unsigned(
    const struct mun_json_value *object, const char *key, uint64_t *out);
bool mun_json_get_boolean(
    const struct mun_json_value *object, const char *key, bool *out);
/* A string member of exactly 2 * len lower-case hex digits. */
bool mun_json_get_hex(const struct mun_json_value *object, const char *key,
    void *out, size_t len);
/* A string member copied with its NUL into out[size]; false if it is absent
 * or does not fit. */
bool mun_json_copy_text(const struct mun_json_value *object, const char *key,
    char *out, size_t size);
/* A string member in the form of base/time.h. */
bool mun_json_get_time(
    const struct mun_json_value *object, const char *key, int64_t *utc_s);
/* The n-th key of an object in document order (for detail objects). */
const char *mun_json_key_at(const struct mun_json_value *object, size_t i);
const struct mun_json_value *mun_json_value_at(
    const struct mun_json_value *object, size_t i);
/* Kind of a value, for copying an unknown-but-canonical detail again. */
enum mun_json_kind {
	MUN_JSON_OBJECT,
	MUN_JSON_ARRAY,
	MUN_JSON_STRING,
	MUN_JSON_INTEGER,
	MUN_JSON_BOOLEAN,
	MUN_JSON_NULL,
	MUN_JSON_OTHER
};
enum mun_json_kind mun_json_kind_of(const struct mun_json_value *value);
const char *mun_json_string(const struct mun_json_value *value, size_t *len);
bool mun_json_integer(const struct mun_json_value *value, int64_t *out);

/* Write a parsed value again, canonically (keys in document order).  false on
 * a kind the formats do not know (a real number). */
struct mun_json_writer;
bool mun_json_rewrite(
    struct mun_json_writer *json, const struct mun_json_value *value);

#endif
