/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * note.c - signature lines of C2SP signed notes, and the keys they are by.
 *
 * Key names come from outside: they are compared, and shown escaped.
 *
 * Spec: C2SP signed-note, Format, Verifier keys.
 */
#include "log/note.h"

#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "log/log_internal.h"
#include "muniment/text.h"

enum {
	ED25519_LEN = 32,
	ML_DSA_44_LEN = 1312,
	HEX_ID_LEN = 8
};

/* The spaces of Unicode beyond ASCII, in UTF-8. */
static const char *const spaces[] = { "\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80",
	"\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83",
	"\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87",
	"\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
	"\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80" };

/* C2SP signed-note: key names are not empty and hold no Unicode space, no plus
 * and no control character. */
static bool
name_is_valid(const char *name, size_t len)
{
	if (len == 0 || !mun_text_is_utf8(name, len))
		return false;
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)name[i] <= ' ' || name[i] == '+' ||
		    name[i] == 0x7f)
			return false;
		for (size_t k = 0; k < sizeof(spaces) / sizeof(spaces[0]);
		     k++) {
			size_t space_len = strlen(spaces[k]);

			if (space_len <= len - i &&
			    memcmp(name + i, spaces[k], space_len) == 0)
				return false;
		}
	}
	return true;
}

static enum mun_status
malformed_line(struct mun_error *err, const char *what)
{
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "checkpoint: %s is missing or malformed", what);
}

enum mun_status
mun_note_line(struct mun_reader *reader, const char **name, size_t *name_len,
    struct mun_buffer *blob, struct mun_error *err)
{
	const char *line, *space;
	size_t len;

	if (!mun_reader_literal(reader, MUN_NOTE_MARK) ||
	    !mun_reader_line(reader, &line, &len))
		return malformed_line(err, "a signature line");
	space = memchr(line, ' ', len);
	if (space == NULL || !name_is_valid(line, (size_t)(space - line)))
		return malformed_line(err, "a signature line's key name");
	*name = line;
	*name_len = (size_t)(space - line);
	mun_buffer_reset(blob);
	if (mun_base64_decode(blob, space + 1, len - *name_len - 1))
		return MUN_OK;
	if (blob->status == MUN_ERR_NOMEM)
		return mun_buffer_status(blob, "checkpoint", err);
	return malformed_line(err, "a signature");
}

/* ---- keys ---- */

static enum mun_status
malformed_key(struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "not a key of the form 'name+hex+base64' (C2SP signed-note)");
}

/* C2SP signed-note: SHA-256(name || 0x0A || type || key), first 4 bytes. */
static enum mun_status
key_id(uint8_t id[4], const char *name, const struct mun_buffer *typed,
    struct mun_error *err)
{
	struct mun_buffer preimage = MUN_BUFFER_INIT(MUN_VKEY_MAX);
	uint8_t digest[MUN_SHA256_LEN];
	enum mun_status status;

	mun_buffer_append_text(&preimage, name);
	mun_buffer_append_byte(&preimage, '\n');
	mun_buffer_append(&preimage, typed->data, typed->len);
	MUN_TRY(mun_buffer_status(&preimage, "a key", err));
	mun_sha256_of(digest, preimage.data, preimage.len);
	for (int i = 0; i < 4; i++)
		id[i] = digest[i];
out:
	mun_buffer_free(&preimage);
	return status;
}

/* typed: the type's byte and the public key. */
static enum mun_status
take_typed(struct mun_note_key *out, const struct mun_buffer *typed,
    struct mun_error *err)
{
	size_t len = typed->len > 0 ? typed->len - 1 : 0;

	if (len == ED25519_LEN && typed->data[0] == MUN_NOTE_ED25519) {
		out->type = MUN_NOTE_ED25519;
		mun_log_copy32(out->key, typed->data + 1);
	} else if (len == ED25519_LEN &&
	    typed->data[0] == MUN_NOTE_COSIGNATURE) {
		out->type = MUN_NOTE_COSIGNATURE;
		mun_log_copy32(out->key, typed->data + 1);
	} else if (len == ML_DSA_44_LEN &&
	    typed->data[0] == MUN_NOTE_ML_DSA_44) {
		out->type = MUN_NOTE_ML_DSA_44;
	} else {
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "a key of a type that is not known here, or of a wrong "
		    "length");
	}
	mun_sha256_of(out->sha256, typed->data + 1, len);
	return MUN_OK;
}

/* name+hex+base64, apart. */
static bool
split(struct mun_note_key *out, struct mun_buffer *typed,
    uint8_t said[MUN_KEY_ID_LEN], const char *text, size_t len)
{
	const char *plus = memchr(text, '+', len);
	size_t name_len = plus != NULL ? (size_t)(plus - text) : 0;
	size_t before = name_len + 1 + HEX_ID_LEN + 1;

	if (plus == NULL || len <= before || name_len > MUN_KEY_NAME_MAX ||
	    !name_is_valid(text, name_len) || text[before - 1] != '+' ||
	    !mun_hex_decode(said, MUN_KEY_ID_LEN, plus + 1, HEX_ID_LEN))
		return false;
	for (size_t i = 0; i < name_len; i++)
		out->name[i] = text[i];
	out->name[name_len] = '\0';
	return mun_base64_decode(typed, text + before, len - before);
}

enum mun_status
mun_note_key_parse(struct mun_note_key *out, const char *text, size_t len,
    struct mun_error *err)
{
	struct mun_buffer typed = MUN_BUFFER_INIT(MUN_VKEY_MAX);
	uint8_t said[MUN_KEY_ID_LEN];
	enum mun_status status;

	*out = (struct mun_note_key){ .type = MUN_NOTE_ED25519 };
	if (len > MUN_VKEY_MAX)
		return malformed_key(err);
	if (!split(out, &typed, said, text, len)) {
		status = typed.status == MUN_ERR_NOMEM
		    ? mun_buffer_status(&typed, "a key", err)
		    : malformed_key(err);
		goto out;
	}
	MUN_TRY(take_typed(out, &typed, err));
	MUN_TRY(key_id(out->id, out->name, &typed, err));
	if (!mun_bytes_equal(out->id, said, sizeof(said)))
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "a key whose id does not fit its name and bytes: there is "
		    "a slip in it");
out:
	mun_buffer_free(&typed);
	return status;
}

void
mun_note_key_write(struct mun_buffer *out, const struct mun_note_key *key)
{
	uint8_t typed[1 + ED25519_LEN];

	MUN_ASSERT(key->type != MUN_NOTE_ML_DSA_44);
	typed[0] = (uint8_t)key->type;
	mun_log_copy32(typed + 1, key->key);
	mun_buffer_append_text(out, key->name);
	mun_buffer_append_byte(out, '+');
	mun_buffer_append_hex(out, key->id, sizeof(key->id));
	mun_buffer_append_byte(out, '+');
	mun_buffer_append_base64(out, typed, sizeof(typed));
}

bool
mun_note_key_same(const struct mun_note_key *a, const struct mun_note_key *b)
{
	return strcmp(a->name, b->name) == 0 &&
	    mun_bytes_equal(a->id, b->id, sizeof(a->id));
}
