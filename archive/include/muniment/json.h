/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json.h - writes canonical JSON, byte for byte the same everywhere.
 *
 * Compact (no white space), keys in the order written, integers only.  In
 * strings: \" \\ \b \f \n \r \t, other bytes below 0x20 as \u00xx in
 * lower-case hex; everything else is raw UTF-8.  docs/format/json.md.
 *
 * The writer is a state machine over a buffer: a call in the wrong place
 * (a value where a key is due, a second value at the top: one writer writes
 * one value) and text that is not UTF-8 or holds a NUL are MUN_ERR_INTERNAL
 * on the buffer, sticky.  Ending the containers is the caller's business.
 */
#ifndef MUNIMENT_JSON_H
#define MUNIMENT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"

enum {
	MUN_JSON_DEPTH_MAX = 16
};

struct mun_json_writer {
	struct mun_buffer *out; /* borrowed */
	unsigned depth;
	uint8_t has_items[MUN_JSON_DEPTH_MAX + 1]; /* bits of json_write.c */
	bool after_key;
};

#define MUN_JSON_WRITER_INIT(buffer) \
	{                            \
		.out = (buffer)      \
	}

MUN_API void mun_json_begin_object(struct mun_json_writer *json);
MUN_API void mun_json_end_object(struct mun_json_writer *json);
MUN_API void mun_json_begin_array(struct mun_json_writer *json);
MUN_API void mun_json_end_array(struct mun_json_writer *json);
/* Keys are ASCII literals of ours, or a parsed document's own. */
MUN_API void mun_json_key(struct mun_json_writer *json, const char *key);
/* text must be UTF-8; NULL writes null. */
MUN_API void mun_json_text(struct mun_json_writer *json, const char *text);
MUN_API void mun_json_text_len(
    struct mun_json_writer *json, const char *text, size_t len);
MUN_API void mun_json_hex(
    struct mun_json_writer *json, const void *bytes, size_t len);
MUN_API void mun_json_base64(
    struct mun_json_writer *json, const void *bytes, size_t len);
MUN_API void mun_json_unsigned(struct mun_json_writer *json, uint64_t number);
MUN_API void mun_json_signed(struct mun_json_writer *json, int64_t number);
MUN_API void mun_json_boolean(struct mun_json_writer *json, bool truth);
MUN_API void mun_json_null(struct mun_json_writer *json);
/* A value that is canonical JSON already: a stored line without its LF. */
MUN_API void mun_json_canonical(
    struct mun_json_writer *json, const char *value, size_t len);

#endif
