/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json_write.c - canonical JSON, one way to write each value.
 *
 * The state is one byte per open container: what it is, whether it has items.
 * Whatever would not be JSON stops the buffer for good, so that no caller can
 * sign or store it.
 */
#include "muniment/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/macros.h"
#include "muniment/text.h"

enum {
	HAS_ITEMS = 1,
	IS_OBJECT = 2
};

static void
misuse(struct mun_json_writer *json)
{
	if (json->out->status == MUN_OK)
		json->out->status = MUN_ERR_INTERNAL;
}

/* The comma before an item, if one is due. */
static void
separate(struct mun_json_writer *json)
{
	uint8_t *state = &json->has_items[json->depth];

	if (*state & HAS_ITEMS)
		mun_buffer_append_byte(json->out, ',');
	*state |= HAS_ITEMS;
}

/* Whether a value may stand here; writes what has to be before it. */
static bool
begin_value(struct mun_json_writer *json)
{
	uint8_t state = json->has_items[json->depth];
	bool is_second_root = json->depth == 0 && (state & HAS_ITEMS);

	if (((state & IS_OBJECT) && !json->after_key) || is_second_root) {
		misuse(json);
		return false;
	}
	if (!json->after_key)
		separate(json);
	json->after_key = false;
	return json->out->status == MUN_OK;
}

static void
begin_container(struct mun_json_writer *json, uint8_t kind, uint8_t bracket)
{
	if (json->depth >= MUN_JSON_DEPTH_MAX) {
		misuse(json);
		return;
	}
	if (!begin_value(json))
		return;
	mun_buffer_append_byte(json->out, bracket);
	json->depth++;
	json->has_items[json->depth] = kind;
}

static void
end_container(struct mun_json_writer *json, uint8_t kind, uint8_t bracket)
{
	if (json->depth == 0 || json->after_key ||
	    (json->has_items[json->depth] & IS_OBJECT) != kind) {
		misuse(json);
		return;
	}
	json->depth--;
	mun_buffer_append_byte(json->out, bracket);
}

void
mun_json_begin_object(struct mun_json_writer *json)
{
	begin_container(json, IS_OBJECT, '{');
}

void
mun_json_end_object(struct mun_json_writer *json)
{
	end_container(json, IS_OBJECT, '}');
}

void
mun_json_begin_array(struct mun_json_writer *json)
{
	begin_container(json, 0, '[');
}

void
mun_json_end_array(struct mun_json_writer *json)
{
	end_container(json, 0, ']');
}

static void
write_escaped(struct mun_buffer *out, uint8_t byte)
{
	static const char short_forms[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (const char *form = short_forms; *form; form += 2) {
		if ((uint8_t)form[0] == byte) {
			mun_buffer_append_byte(out, '\\');
			mun_buffer_append_byte(out, (uint8_t)form[1]);
			return;
		}
	}
	mun_buffer_append_format(out, "\\u%04x", (unsigned)byte);
}

static bool
needs_escape(uint8_t byte)
{
	return byte < 0x20 || byte == '"' || byte == '\\';
}

static void
write_string(struct mun_json_writer *json, const char *text, size_t len)
{
	size_t start = 0;

	if (!mun_text_is_utf8(text, len)) {
		misuse(json);
		return;
	}
	mun_buffer_append_byte(json->out, '"');
	for (size_t i = 0; i < len; i++) {
		if (!needs_escape((uint8_t)text[i]))
			continue;
		mun_buffer_append(json->out, text + start, i - start);
		write_escaped(json->out, (uint8_t)text[i]);
		start = i + 1;
	}
	mun_buffer_append(json->out, text + start, len - start);
	mun_buffer_append_byte(json->out, '"');
}

void
mun_json_key(struct mun_json_writer *json, const char *key)
{
	if (!(json->has_items[json->depth] & IS_OBJECT) || json->after_key) {
		misuse(json);
		return;
	}
	separate(json);
	write_string(json, key, strlen(key));
	mun_buffer_append_byte(json->out, ':');
	json->after_key = true;
}

void
mun_json_text_len(struct mun_json_writer *json, const char *text, size_t len)
{
	if (begin_value(json))
		write_string(json, text ? text : "", len);
}

void
mun_json_text(struct mun_json_writer *json, const char *text)
{
	if (text)
		mun_json_text_len(json, text, strlen(text));
	else
		mun_json_null(json);
}

void
mun_json_hex(struct mun_json_writer *json, const void *bytes, size_t len)
{
	if (!begin_value(json))
		return;
	mun_buffer_append_byte(json->out, '"');
	mun_buffer_append_hex(json->out, bytes, len);
	mun_buffer_append_byte(json->out, '"');
}

void
mun_json_base64(struct mun_json_writer *json, const void *bytes, size_t len)
{
	if (!begin_value(json))
		return;
	mun_buffer_append_byte(json->out, '"');
	mun_buffer_append_base64(json->out, bytes, len);
	mun_buffer_append_byte(json->out, '"');
}

void
mun_json_unsigned(struct mun_json_writer *json, uint64_t number)
{
	if (begin_value(json))
		mun_buffer_append_format(json->out, "%" PRIu64, number);
}

void
mun_json_signed(struct mun_json_writer *json, int64_t number)
{
	if (begin_value(json))
		mun_buffer_append_format(json->out, "%" PRId64, number);
}

void
mun_json_boolean(struct mun_json_writer *json, bool truth)
{
	if (begin_value(json))
		mun_buffer_append_text(json->out, truth ? "true" : "false");
}

void
mun_json_null(struct mun_json_writer *json)
{
	if (begin_value(json))
		mun_buffer_append_text(json->out, "null");
}

void
mun_json_canonical(struct mun_json_writer *json, const char *value, size_t len)
{
	if (begin_value(json))
		mun_buffer_append(json->out, value, len);
}
