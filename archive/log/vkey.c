/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vkey.c - the log's public key as text, and the short id in signature lines.
 *
 * Spec: C2SP signed-note, Verifier keys.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "log/log_internal.h"
#include "manifest/manifest.h"

/* C2SP signed-note: 0x01 is Ed25519 over the note's text. */
enum {
	TYPE_ED25519 = 0x01,
	TYPED_KEY_LEN = 33
};

static void
type_key(uint8_t out[TYPED_KEY_LEN], const uint8_t log_key[32])
{
	out[0] = TYPE_ED25519;
	mun_log_copy32(out + 1, log_key);
}

void
mun_log_key_id(uint8_t key_id[4], const char *origin, const uint8_t log_key[32])
{
	uint8_t preimage[MUN_ORIGIN_MAX + 1 + TYPED_KEY_LEN];
	uint8_t digest[MUN_SHA256_LEN];
	size_t len = strlen(origin);

	MUN_ASSERT(len <= MUN_ORIGIN_MAX);
	for (size_t i = 0; i < len; i++)
		preimage[i] = (uint8_t)origin[i];
	preimage[len] = '\n';
	type_key(preimage + len + 1, log_key);
	mun_sha256_of(digest, preimage, len + 1 + TYPED_KEY_LEN);
	for (int i = 0; i < 4; i++)
		key_id[i] = digest[i];
}

void
mun_vkey_write(
    struct mun_buffer *out, const char *origin, const uint8_t log_key[32])
{
	uint8_t typed[TYPED_KEY_LEN];
	uint8_t key_id[4];

	mun_log_key_id(key_id, origin, log_key);
	type_key(typed, log_key);
	mun_buffer_append_text(out, origin);
	mun_buffer_append_byte(out, '+');
	mun_buffer_append_hex(out, key_id, sizeof(key_id));
	mun_buffer_append_byte(out, '+');
	mun_buffer_append_base64(out, typed, sizeof(typed));
}

bool
mun_log_take_origin(
    char origin[MUN_ORIGIN_MAX + 1], const char *text, size_t len)
{
	if (len > MUN_ORIGIN_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
		origin[i] = text[i];
	origin[len] = '\0';
	/* A NUL within would end it early. */
	return strlen(origin) == len && mun_origin_is_valid(origin);
}

static enum mun_status
malformed(struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_FORMAT,
	    "log key: not of the form 'origin+hex+base64' of an Ed25519 key");
}

enum mun_status
mun_vkey_parse(char origin[MUN_ORIGIN_MAX + 1], uint8_t log_key[32],
    const char *text, size_t len, struct mun_error *err)
{
	struct mun_buffer typed = MUN_BUFFER_INIT(TYPED_KEY_LEN);
	struct mun_buffer again =
	    MUN_BUFFER_INIT(MUN_ORIGIN_MAX + 1 + 8 + 1 + 44);
	enum mun_status status = MUN_OK;
	const char *plus;
	size_t name_len;

	plus = memchr(text, '+', len);
	name_len = plus != NULL ? (size_t)(plus - text) : 0;
	/* A plus, 8 digits and a plus stand between name and key. */
	if (plus == NULL || !mun_log_take_origin(origin, text, name_len) ||
	    len - name_len <= 10)
		return malformed(err);
	if (!mun_base64_decode(&typed, plus + 10, len - name_len - 10) ||
	    typed.len != TYPED_KEY_LEN) {
		status = typed.status == MUN_ERR_NOMEM
		    ? mun_buffer_status(&typed, "log key", err)
		    : malformed(err);
		goto out;
	}
	mun_log_copy32(log_key, typed.data + 1);
	mun_vkey_write(&again, origin, log_key);
	MUN_TRY(mun_log_same_bytes(&again, text, len, "log key", err));
out:
	mun_buffer_free(&typed);
	mun_buffer_free(&again);
	return status;
}
