/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_json.c - vault.json, written; reading is writing again and comparing.
 */
#include "vault/vault.h"

#include <stdio.h>

#include "muniment/json.h"

void
mun_vault_json_write(struct mun_buffer *out, const char *origin,
    const char *prefix, const uint8_t fingerprint[MUN_SHA256_LEN],
    const uint8_t log_key[32])
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);
	struct mun_buffer vkey = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);

	mun_vkey_write(&vkey, origin, log_key);
	mun_json_begin_object(&json);
	mun_json_key(&json, "format");
	mun_json_text(&json, "muniment-vault/1");
	mun_json_key(&json, "origin");
	mun_json_text(&json, origin);
	mun_json_key(&json, "prefix");
	mun_json_text(&json, prefix);
	mun_json_key(&json, "vault");
	mun_json_hex(&json, fingerprint, MUN_SHA256_LEN);
	mun_json_key(&json, "log_key");
	mun_json_text(&json, mun_buffer_text(&vkey));
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
	if (vkey.status != MUN_OK)
		out->status = vkey.status;
	mun_buffer_free(&vkey);
}

void
mun_vault_archive_name(char out[MUN_ARCHIVE_NAME_MAX], const char *archive_id)
{
	(void)snprintf(out, MUN_ARCHIVE_NAME_MAX, "archives/%.*s.tar",
	    MUN_ARCHIVE_ID_MAX, archive_id);
}
