/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp_files.c - query, token, certificates and CRLs of every time-stamp
 * event, and the checkpoint that was stamped, are the bytes that it binds.
 *
 * What they prove is judged elsewhere; what lies beside them, in files_check.c.
 */
#include "verify/verify_internal.h"

#include <string.h>

#include "base/encoding.h"
#include "digest/digest.h"

static enum mun_status
judge_file(struct mun_verification *v, struct mun_store *store,
    const char *subject, const char *name, size_t max,
    const uint8_t sha256[MUN_SHA256_LEN], struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(max);
	uint8_t digest[MUN_SHA256_LEN];
	enum mun_status status = mun_store_read(store, name, &bytes, err);

	mun_sha256_of(
	    digest, bytes.len == 0 ? (const void *)"" : bytes.data, bytes.len);
	if (status == MUN_ERR_NOT_FOUND)
		mun_judge(v, MUN_RULE_TIME_STAMP_FILES, false, subject,
		    "%s is missing", name);
	else if (mun_is_bad_data(status))
		mun_judge(v, MUN_RULE_TIME_STAMP_FILES, false, subject,
		    "%s: %s", name, err == NULL ? "" : err->text);
	else if (status == MUN_OK &&
	    !mun_bytes_equal(digest, sha256, sizeof(digest)))
		mun_judge(v, MUN_RULE_TIME_STAMP_FILES, false, subject,
		    "%s differs", name);
	mun_buffer_free(&bytes);
	return mun_is_bad_data(status) ? MUN_OK : status;
}

static enum mun_status
judge_batch(struct mun_verification *v, const struct mun_stamped_fact *fact,
    struct mun_store *store, const char *subject, struct mun_error *err)
{
	char name[MUN_TILE_NAME_MAX];
	enum mun_status status;

	mun_stamp_name(name, fact->size, 0, MUN_STAMP_CHECKPOINT);
	status = judge_file(v, store, subject, name,
	    mun_stamp_file_max(MUN_STAMP_CHECKPOINT), fact->checkpoint_sha256,
	    err);
	for (unsigned i = 0; i < fact->stamp_count; i++)
		for (unsigned k = MUN_STAMP_QUERY;
		     k < MUN_STAMP_FILES && status == MUN_OK; k++) {
			enum mun_stamp_file which = (enum mun_stamp_file)k;

			mun_stamp_name(name, fact->size, i + 1, which);
			status = judge_file(v, store, subject, name,
			    mun_stamp_file_max(which),
			    mun_stamp_digest(&fact->stamps[i], which), err);
		}
	return status;
}

enum mun_status
mun_check_stamp_files(struct mun_verification *v,
    const struct mun_log_facts *facts, struct mun_store *store,
    const char *subject, struct mun_error *err)
{
	size_t before = v->check_count;
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < facts->stamped_count && status == MUN_OK; i++)
		status =
		    judge_batch(v, &facts->stamped[i], store, subject, err);
	if (status == MUN_OK && facts->stamped_count > 0)
		mun_summarise(v, before,
		    (const enum mun_rule[]){ MUN_RULE_TIME_STAMP_FILES }, 1,
		    subject);
	return status;
}
