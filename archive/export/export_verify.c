/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_verify.c - what was written is judged as a stranger will judge it,
 * and the report of that goes with it.
 */
#include "export/export_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "muniment/report.h"
#include "muniment/verify.h"

static enum mun_status
refuse(const struct mun_verification *verification, struct mun_error *err)
{
	for (size_t i = 0; i < mun_verification_check_count(verification);
	     i++) {
		const struct mun_check *check =
		    mun_verification_check(verification, i);

		if (check->verdict == MUN_FAILED)
			return mun_error_set(err, MUN_ERR_FORMAT,
			    "the parcel does not verify, so it was not "
			    "handed out: %s (%s); run 'muniment verify'",
			    check->rule, check->detail);
	}
	return mun_error_set(
	    err, MUN_ERR_INTERNAL, "the parcel failed without a reason");
}

/* What the first that is open lacks: so that the keeper hears it, too. */
static void
tell_missing(const struct mun_verification *verification,
    struct mun_export_result *result)
{
	for (size_t i = 0; i < mun_verification_check_count(verification);
	     i++) {
		const struct mun_check *check =
		    mun_verification_check(verification, i);

		if (check->verdict != MUN_INDETERMINATE)
			continue;
		(void)snprintf(result->missing, sizeof(result->missing), "%s",
		    check->next);
		return;
	}
}

/* The .tar files, archives, then the dossier: where they are, and what they are
 * called; this folder's path is nobody's business. */
static enum mun_status
make_inputs(const struct mun_exporting *exporting, char **paths,
    const char **names, size_t *count, struct mun_error *err)
{
	const char *folder = mun_buffer_text(&exporting->path);

	*count = 0;
	for (size_t i = 0; i < exporting->file_count; i++) {
		const char *name = exporting->files[i];
		size_t len = strlen(name);
		size_t room = strlen(folder) + len + 2;

		if (len < 4 || strcmp(name + len - 4, ".tar") != 0)
			continue;
		paths[*count] = malloc(room);
		if (paths[*count] == NULL)
			return mun_error_set(
			    err, MUN_ERR_NOMEM, "out of memory for a parcel");
		(void)snprintf(paths[*count], room, "%s/%s", folder, name);
		names[*count] = name;
		++*count;
	}
	return MUN_OK;
}

/* One run, heard by the report that goes with the parcel. */
static enum mun_status
run(struct mun_exporting *exporting, struct mun_verify_options *options,
    struct mun_export_result *result, struct mun_error *err)
{
	static const char name[] = "2-report.html";
	struct mun_verification *verification = NULL;
	struct mun_report_html *report = NULL;
	enum mun_status status;

	MUN_TRY(mun_report_html_new(
	    &report, mun_buffer_text(&exporting->path), err));
	mun_report_html_is_keepers(report);
	options->listener = mun_report_html_listener(report);
	MUN_TRY(mun_verify_run(&verification, options, err));
	result->verdict = mun_verification_verdict(verification);
	tell_missing(verification, result);
	if (result->verdict == MUN_FAILED) {
		status = refuse(verification, err);
		goto out;
	}
	MUN_TRY(mun_report_html_save(report, verification, name, err));
	status = mun_export_parcel_adopt(exporting, name, err);
out:
	mun_report_html_free(report);
	mun_verification_free(verification);
	return status;
}

enum mun_status
mun_export_verify(struct mun_exporting *exporting,
    struct mun_export_result *result, struct mun_error *err)
{
	char **paths = calloc(exporting->file_count + 1, sizeof(*paths));
	const char **names = calloc(exporting->file_count + 1, sizeof(*names));
	char anchor[2 * MUN_SHA256_LEN + sizeof("vault:")] = "vault:";
	const char *anchors[] = { anchor };
	struct mun_verify_options options = { .anchors = anchors,
		.anchor_count = 1,
		.time_roots = exporting->options->time_roots,
		.time_root_count = exporting->options->time_root_count,
		.time_lists = exporting->options->time_lists,
		.time_list_count = exporting->options->time_list_count };
	struct mun_vault_info info;
	enum mun_status status;

	if (paths == NULL || names == NULL) {
		status = mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a parcel");
		goto out;
	}
	mun_vault_get_info(exporting->vault, &info);
	mun_hex_encode(
	    anchor + strlen(anchor), info.fingerprint, MUN_SHA256_LEN);
	MUN_TRY(
	    make_inputs(exporting, paths, names, &options.input_count, err));
	options.inputs = (const char *const *)paths;
	options.input_names = names;
	status = run(exporting, &options, result, err);
out:
	for (size_t i = 0; paths != NULL && paths[i] != NULL; i++)
		free(paths[i]);
	free(paths);
	free(names);
	return status;
}
