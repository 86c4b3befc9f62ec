/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_parse.c - the only file that knows jansson.
 *
 * A struct mun_json_value is a json_t seen through another name.  Nesting is
 * counted before jansson sees the bytes: it parses by recursion.
 */
#include "json/json_parse.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/memory.h"
#include "base/time.h"
#include "muniment/json.h"

struct mun_json {
	json_t *root; /* owned */
};

void
mun_json_watch_memory(void)
{
	json_set_alloc_funcs(mun_memory_take, free);
}

static const json_t *
inside(const struct mun_json_value *value)
{
	return (const json_t *)value;
}

static const struct mun_json_value *
outside(const json_t *value)
{
	return (const struct mun_json_value *)value;
}

/* Nesting of brackets outside strings, whether or not they match. */
static bool
is_too_deep(const char *text, size_t len)
{
	size_t depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < len; i++) {
		if (in_string && text[i] == '\\')
			i++; /* whatever it escapes ends no string */
		else if (text[i] == '"')
			in_string = !in_string;
		else if (in_string)
			continue;
		else if (text[i] == '{' || text[i] == '[')
			depth++;
		else if ((text[i] == '}' || text[i] == ']') && depth > 0)
			depth--;
		if (depth > MUN_JSON_DEPTH_MAX)
			return true;
	}
	return false;
}

static enum mun_status
refusal(const json_error_t *cause, struct mun_error *err)
{
	if (json_error_code(cause) == json_error_out_of_memory)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for JSON");
	return mun_error_set(err, MUN_ERR_FORMAT, "not JSON: %s at byte %d",
	    cause->text, cause->position);
}

enum mun_status
mun_json_parse(
    struct mun_json **out, const void *bytes, size_t len, struct mun_error *err)
{
	json_error_t cause = { 0 };
	struct mun_json *json;

	*out = NULL;
	if (len == 0)
		return mun_error_set(err, MUN_ERR_FORMAT, "not JSON: empty");
	/* jansson takes a NUL for the end and leaves what follows unread. */
	if (memchr(bytes, '\0', len))
		return mun_error_set(
		    err, MUN_ERR_FORMAT, "not JSON: a NUL byte");
	if (is_too_deep(bytes, len))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "JSON nested deeper than %d", MUN_JSON_DEPTH_MAX);
	json = calloc(1, sizeof(*json));
	if (!json)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for JSON");
	json->root = json_loadb(
	    bytes, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &cause);
	if (!json->root) {
		free(json);
		return refusal(&cause, err);
	}
	*out = json;
	return MUN_OK;
}

void
mun_json_free(struct mun_json *json)
{
	if (!json)
		return;
	json_decref(json->root);
	free(json);
}

const struct mun_json_value *
mun_json_root(const struct mun_json *json)
{
	return outside(json->root);
}

const struct mun_json_value *
mun_json_member(const struct mun_json_value *object, const char *key)
{
	return outside(json_object_get(inside(object), key));
}

size_t
mun_json_count(const struct mun_json_value *array_or_object)
{
	const json_t *value = inside(array_or_object);

	return json_is_array(value) ? json_array_size(value)
				    : json_object_size(value);
}

const struct mun_json_value *
mun_json_item(const struct mun_json_value *array, size_t i)
{
	return outside(json_array_get(inside(array), i));
}

bool
mun_json_is_object(const struct mun_json_value *value)
{
	return json_is_object(inside(value));
}

bool
mun_json_is_array(const struct mun_json_value *value)
{
	return json_is_array(inside(value));
}

const char *
mun_json_string(const struct mun_json_value *value, size_t *len)
{
	const char *text = json_string_value(inside(value));

	if (len)
		*len = text ? json_string_length(inside(value)) : 0;
	return text;
}

const char *
mun_json_get_text(
    const struct mun_json_value *object, const char *key, size_t *len)
{
	return mun_json_string(mun_json_member(object, key), len);
}

bool
mun_json_integer(const struct mun_json_value *value, int64_t *out)
{
	if (!json_is_integer(inside(value)))
		return false;
	*out = json_integer_value(inside(value));
	return true;
}

bool
mun_json_get_unsigned(
    const struct mun_json_value *object, const char *key, uint64_t *out)
{
	int64_t number;

	if (!mun_json_integer(mun_json_member(object, key), &number) ||
	    number < 0)
		return false;
	*out = (uint64_t)number;
	return true;
}

bool
mun_json_get_boolean(
    const struct mun_json_value *object, const char *key, bool *out)
{
	const json_t *value = inside(mun_json_member(object, key));

	if (!json_is_boolean(value))
		return false;
	*out = json_is_true(value);
	return true;
}

bool
mun_json_get_hex(
    const struct mun_json_value *object, const char *key, void *out, size_t len)
{
	size_t digits;
	const char *text = mun_json_get_text(object, key, &digits);

	return text && mun_hex_decode(out, len, text, digits);
}

bool
mun_json_copy_text(const struct mun_json_value *object, const char *key,
    char *out, size_t size)
{
	size_t len;
	const char *text = mun_json_get_text(object, key, &len);

	if (!text || len >= size)
		return false;
	memcpy(out, text, len + 1);
	return true;
}

bool
mun_json_get_time(
    const struct mun_json_value *object, const char *key, int64_t *utc_s)
{
	size_t len;
	const char *text = mun_json_get_text(object, key, &len);

	return text && mun_time_parse(utc_s, text, len);
}

/* The i-th member in document order, which is how jansson iterates.  The
 * iterator functions want it writable, though they write nothing. */
static void *
member_at(const struct mun_json_value *object, size_t i)
{
	json_t *value = (json_t *)(uintptr_t)object;
	void *at = json_object_iter(value);

	while (at && i-- > 0)
		at = json_object_iter_next(value, at);
	return at;
}

const char *
mun_json_key_at(const struct mun_json_value *object, size_t i)
{
	void *at = member_at(object, i);

	return at ? json_object_iter_key(at) : NULL;
}

const struct mun_json_value *
mun_json_value_at(const struct mun_json_value *object, size_t i)
{
	void *at = member_at(object, i);

	return at ? outside(json_object_iter_value(at)) : NULL;
}

enum mun_json_kind
mun_json_kind_of(const struct mun_json_value *value)
{
	if (!value)
		return MUN_JSON_OTHER;
	switch (json_typeof(inside(value))) {
	case JSON_OBJECT:
		return MUN_JSON_OBJECT;
	case JSON_ARRAY:
		return MUN_JSON_ARRAY;
	case JSON_STRING:
		return MUN_JSON_STRING;
	case JSON_INTEGER:
		return MUN_JSON_INTEGER;
	case JSON_TRUE:
	case JSON_FALSE:
		return MUN_JSON_BOOLEAN;
	case JSON_NULL:
		return MUN_JSON_NULL;
	case JSON_REAL:
	default:
		return MUN_JSON_OTHER;
	}
}

static bool
rewrite_object(struct mun_json_writer *json, const struct mun_json_value *value)
{
	json_t *object = (json_t *)(uintptr_t)value;
	void *at = json_object_iter(object);

	mun_json_begin_object(json);
	for (; at; at = json_object_iter_next(object, at)) {
		mun_json_key(json, json_object_iter_key(at));
		if (!mun_json_rewrite(
			json, outside(json_object_iter_value(at))))
			return false;
	}
	mun_json_end_object(json);
	return true;
}

static bool
rewrite_array(struct mun_json_writer *json, const struct mun_json_value *value)
{
	mun_json_begin_array(json);
	for (size_t i = 0; i < mun_json_count(value); i++) {
		if (!mun_json_rewrite(json, mun_json_item(value, i)))
			return false;
	}
	mun_json_end_array(json);
	return true;
}

bool
mun_json_rewrite(
    struct mun_json_writer *json, const struct mun_json_value *value)
{
	switch (mun_json_kind_of(value)) {
	case MUN_JSON_OBJECT:
		return rewrite_object(json, value);
	case MUN_JSON_ARRAY:
		return rewrite_array(json, value);
	case MUN_JSON_STRING:
		mun_json_text_len(json, json_string_value(inside(value)),
		    json_string_length(inside(value)));
		return true;
	case MUN_JSON_INTEGER:
		mun_json_signed(json, json_integer_value(inside(value)));
		return true;
	case MUN_JSON_BOOLEAN:
		mun_json_boolean(json, json_is_true(inside(value)));
		return true;
	case MUN_JSON_NULL:
		mun_json_null(json);
		return true;
	case MUN_JSON_OTHER:
	default:
		return false;
	}
}
