/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * manifest_internal.h - what the strict line parsers share: parse, take values
 * out, write them again, compare.
 */
#ifndef MUN_MANIFEST_MANIFEST_INTERNAL_H
#define MUN_MANIFEST_MANIFEST_INTERNAL_H

#include "json/json_parse.h"
#include "manifest/manifest.h"
#include "muniment/json.h"

/* A line being parsed. */
struct mun_line {
	const char *what; /* "record", for messages */
	const char *bytes; /* borrowed, without LF */
	size_t len;
	struct mun_json *json; /* owned */
	const struct mun_json_value *root; /* an object */
};

/* Parse bytes as one JSON object.  mun_line_close(line) also on failure. */
MUN_MUST_USE enum mun_status mun_line_open(struct mun_line *line,
    const char *what, const char *bytes, size_t len, struct mun_error *err);
/* The same for a file that is one line: its last byte must be the only LF. */
MUN_MUST_USE enum mun_status mun_line_open_file(struct mun_line *line,
    const char *what, const char *bytes, size_t len, size_t max,
    struct mun_error *err);
/* MUN_OK when written, which ends with a LF, is the line: nothing in it was
 * unknown, doubled, out of order or in another form. */
MUN_MUST_USE enum mun_status mun_line_compare(const struct mun_line *line,
    const struct mun_buffer *written, struct mun_error *err);
/* "the record has no acceptable 'size'" */
enum mun_status mun_line_refuse(
    const struct mun_line *line, const char *key, struct mun_error *err);
void mun_line_close(struct mun_line *line);

/*
 * Append what the base64 member `key` stands for, and a NUL, to scratch; its
 * place is given by offset, as scratch may still move.
 */
MUN_MUST_USE enum mun_status mun_line_take_bytes(const struct mun_line *line,
    struct mun_buffer *scratch, const char *key, size_t *offset, size_t *len,
    struct mun_error *err);
/* Write "<b64_key>" and, when the bytes are UTF-8, "<text_key>". */
void mun_line_put_bytes(struct mun_json_writer *json, const char *b64_key,
    const char *text_key, const uint8_t *bytes, size_t len);

/* Whether a path is 1 to MUN_PATH_MAX bytes without NUL. */
bool mun_path_bytes_fit(const uint8_t *path, size_t len);
/* And has no empty, "." or ".." component. */
bool mun_path_is_below(const uint8_t *path, size_t len);

#endif
