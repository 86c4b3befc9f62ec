/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dossier_head.c - dossier.json: what is in here, in one line.  It follows from
 * the entries; the verifier writes it again and compares.
 *
 * Spec: docs/format/dossier.md, dossier.json.
 */
#include "base/time.h"
#include "dossier/dossier.h"
#include "muniment/json.h"

static void
write_archive(struct mun_json_writer *json,
    const struct mun_dossier_archive *archive, bool recorded)
{
	mun_json_begin_object(json);
	mun_json_key(json, "archive");
	mun_json_text(json, archive->id);
	mun_json_key(json, "sha256");
	mun_json_hex(json, archive->sha256, sizeof(archive->sha256));
	mun_json_key(json, "deposit");
	mun_json_unsigned(json, archive->deposit);
	if (recorded) {
		mun_json_key(json, "hand_out");
		mun_json_unsigned(json, archive->hand_out);
	}
	mun_json_end_object(json);
}

void
mun_dossier_head_write(
    const struct mun_dossier_head *head, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);
	char time[MUN_TIME_TEXT_LEN + 1] = "";

	/* A time that no event can have leaves the text empty. */
	(void)mun_time_format(time, head->as_of_utc_s);
	mun_json_begin_object(&json);
	mun_json_key(&json, "format");
	mun_json_text(&json, "muniment-dossier/1");
	mun_json_key(&json, "origin");
	mun_json_text(&json, head->origin);
	mun_json_key(&json, "vault");
	mun_json_hex(&json, head->vault, sizeof(head->vault));
	mun_json_key(&json, "size");
	mun_json_unsigned(&json, head->size);
	mun_json_key(&json, "recorded");
	mun_json_boolean(&json, head->recorded);
	mun_json_key(&json, "as_of_entry");
	mun_json_unsigned(&json, head->as_of_entry);
	mun_json_key(&json, "as_of");
	mun_json_text(&json, time);
	mun_json_key(&json, "archives");
	mun_json_begin_array(&json);
	for (size_t i = 0; i < head->archive_count; i++)
		write_archive(&json, &head->archives[i], head->recorded);
	mun_json_end_array(&json);
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}
