/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * time_lists.c - revocation lists of time-stamp authorities that whoever
 * verifies brings along, as their publishers give them: DER, or PEM with
 * anything around it.
 *
 * A stored list answers until its next update.  The newest token, which no
 * later one covers, is judged as of now and needs a list of now; what was
 * revoked since is in none that was stored.  They are trusted no more than the
 * stored ones: those that the issuer of a certificate signed count.
 */
#include "verify/verify_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/time.h"

static enum mun_status
take_file(struct mun_verification *v, const char *path, struct mun_error *err)
{
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_CRL_BUNDLE_MAX);
	size_t before = v->time_list_count;
	enum mun_status status;

	MUN_TRY(mun_file_read_whole(AT_FDCWD, path, &text, err));
	status = mun_crls_from_text(v->time_lists, MUN_TIME_LISTS_MAX,
	    &v->time_list_count, text.len == 0 ? (const void *)"" : text.data,
	    text.len, err);
	if (status == MUN_ERR_LIMIT && v->time_list_count == MUN_TIME_LISTS_MAX)
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "with '%s' there are more than %d revocation lists; give "
		    "those that are needed",
		    path, (int)MUN_TIME_LISTS_MAX);
	else if (mun_is_bad_data(status))
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is no certificate revocation list (DER or PEM, "
		    "complete, of an authority's issuer), or list %zu in it "
		    "cannot be used",
		    path, v->time_list_count - before + 1);
out:
	mun_buffer_free(&text);
	return status;
}

enum mun_status
mun_time_lists_load(struct mun_verification *v,
    const struct mun_verify_options *options, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	if (options->time_list_count == 0)
		return MUN_OK;
	v->time_lists = calloc(MUN_TIME_LISTS_MAX, sizeof(struct mun_crl *));
	v->time_list_counts = calloc(MUN_TIME_LISTS_MAX, sizeof(bool));
	if (v->time_lists == NULL || v->time_list_counts == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for revocation lists");
	for (size_t i = 0; i < options->time_list_count; i++)
		MUN_TRY(take_file(v, options->time_lists[i], err));
out:
	return status;
}

void
mun_time_lists_note(struct mun_verification *v, const struct mun_chain *path)
{
	for (size_t i = 0; i < v->time_list_count; i++)
		for (size_t k = 0; k + 1 < path->count; k++)
			if (mun_crl_is_about(v->time_lists[i], path->path[k]) &&
			    mun_crl_is_by(v->time_lists[i], path->path[k + 1]))
				v->time_list_counts[i] = true;
}

void
mun_time_lists_say(struct mun_verification *v, const char *subject)
{
	for (size_t i = 0; i < v->time_list_count; i++) {
		const struct mun_crl *list = v->time_lists[i];
		char hex[2 * MUN_SHA256_LEN + 1];
		char issued[MUN_TIME_TEXT_LEN + 1];

		mun_hex_encode(hex, mun_crl_sha256(list), MUN_SHA256_LEN);
		if (!mun_time_format(issued, mun_crl_this_update(list)))
			(void)snprintf(issued, sizeof(issued), "%s", "?");
		mun_say(v, MUN_RULE_TIME_LIST, subject,
		    "list of %s, SHA-256 %s: %s", issued, hex,
		    v->time_list_counts[i]
			? "by the issuer of an authority's certificate, and "
			  "counts"
			: "by no issuer of an authority here, and does not "
			  "count");
		v->time_list_counts[i] = false;
	}
}
