/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export.c - the flow of an export: scan, ask, copy, record, write, verify, publish.
 *
 * The long and failing part (archives of many gigabytes onto a strange disk)
 * comes before the copy events are signed, so that few are ever recorded of a
 * parcel that did not come to be.
 */
#include "export/export_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "manifest/manifest.h"
#include "record/record.h"

void
mun_export_result_clear(struct mun_export_result *result)
{
	free(result->archives);
	free(result->seqs);
	*result = (struct mun_export_result){ .archives = NULL };
}

/* ---- what is asked for ---- */

static enum mun_status
take_ids(struct mun_exporting *exporting, struct mun_error *err)
{
	const struct mun_export_options *options = exporting->options;

	exporting->archives =
	    calloc(options->archive_count + 1, sizeof(*exporting->archives));
	exporting->files =
	    calloc(options->archive_count + 4, sizeof(*exporting->files));
	if (exporting->archives == NULL || exporting->files == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a parcel");
	for (size_t i = 0; i < options->archive_count; i++) {
		const char *id = options->archives[i];
		struct mun_export_archive *archive =
		    &exporting->archives[exporting->archive_count];
		char prefix[MUN_PREFIX_MAX + 1];
		uint64_t number;

		if (!mun_archive_id_parse(id, strlen(id), prefix, &number))
			return mun_error_set(err, MUN_ERR_USAGE,
			    "'%s' is no archive; a parcel is made of whole "
			    "archives (XPF-0003)",
			    id);
		for (size_t k = 0; k < exporting->archive_count; k++)
			if (strcmp(exporting->archives[k].id, id) == 0)
				return mun_error_set(err, MUN_ERR_USAGE,
				    "'%s' is named twice", id);
		(void)snprintf(archive->id, sizeof(archive->id), "%s", id);
		exporting->archive_count++;
	}
	return MUN_OK;
}

static enum mun_status
judge_fate(const struct mun_exporting *exporting,
    const struct mun_export_archive *archive, struct mun_error *err)
{
	const struct mun_export_options *options = exporting->options;

	if (!archive->is_logged)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no archive '%s' in this vault", archive->id);
	if (archive->is_destroyed && !options->without_archives &&
	    !options->skip_withdrawn)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the bytes of '%s' were destroyed when it was withdrawn; "
		    "its record alone is exported with --without-archive",
		    archive->id);
	return MUN_OK;
}

/* Withdrawn ones are left out where a whole case was asked for; the log is
 * scanned again without them. */
static enum mun_status
leave_out(struct mun_exporting *exporting, struct mun_export_result *result,
    struct mun_error *err)
{
	size_t kept = 0;
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < exporting->archive_count; i++) {
		const struct mun_export_archive *at = &exporting->archives[i];
		struct mun_exported *out = &result->archives[i];

		(void)snprintf(out->id, sizeof(out->id), "%s", at->id);
		MUN_TRY(judge_fate(exporting, at, err));
		out->is_left_out =
		    at->is_withdrawn && exporting->options->skip_withdrawn;
		if (!out->is_left_out)
			exporting->archives[kept++] = exporting->archives[i];
	}
	result->archive_count = exporting->archive_count;
	if (kept == exporting->archive_count)
		goto out;
	exporting->archive_count = kept;
	mun_export_scan_clear(exporting);
	status = mun_export_scan(exporting, err);
out:
	return status;
}

static enum mun_status
judge_withheld(const struct mun_exporting *exporting, struct mun_error *err)
{
	const struct mun_export_options *options = exporting->options;

	for (size_t i = 0; i < options->withheld_count; i++) {
		bool found = false;

		for (size_t k = 0; k < exporting->entry_count && !found; k++)
			found = exporting->entries[k].has_statement &&
			    exporting->entries[k].seq == options->withheld[i];
		if (!found)
			return mun_error_set(err, MUN_ERR_USAGE,
			    "entry %llu has no statement to withhold in this "
			    "parcel",
			    (unsigned long long)options->withheld[i]);
	}
	return MUN_OK;
}

/* What the report at the end will need. */
static enum mun_status
check_time_options(
    const struct mun_export_options *options, struct mun_error *err)
{
	const struct mun_verify_options needed = { .time_roots =
						       options->time_roots,
		.time_root_count = options->time_root_count,
		.time_lists = options->time_lists,
		.time_list_count = options->time_list_count };

	return mun_verify_check_time_options(&needed, err);
}

static enum mun_status
prepare(struct mun_exporting *exporting, struct mun_export_result *result,
    struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(take_ids(exporting, err));
	result->archives =
	    calloc(exporting->archive_count + 1, sizeof(*result->archives));
	if (result->archives == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a parcel");
	MUN_TRY(mun_export_scan(exporting, err));
	MUN_TRY(leave_out(exporting, result, err));
	if (exporting->archive_count == 0) {
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is nothing to export: no archive was named, or all "
		    "were withdrawn");
		goto out;
	}
	MUN_TRY(judge_withheld(exporting, err));
	MUN_TRY(check_time_options(exporting->options, err));
	MUN_TRY(mun_export_agree(exporting, err));
	(void)snprintf(exporting->name, sizeof(exporting->name),
	    "%s.dossier.tar", exporting->archives[0].id);
	status = mun_export_parcel_open(exporting, err);
out:
	return status;
}

/* ---- the parts ---- */

static enum mun_status
copy_archives(struct mun_exporting *exporting, struct mun_error *err)
{
	struct mun_store *store = mun_vault_store(exporting->vault);
	char stored[MUN_ARCHIVE_NAME_MAX];
	enum mun_status status = MUN_OK;

	if (exporting->options->without_archives)
		goto out;
	for (size_t i = 0; i < exporting->archive_count; i++) {
		uint64_t size;
		int fd = -1;

		mun_vault_archive_name(stored, exporting->archives[i].id);
		status = mun_store_open_file(store, stored, &fd, &size, err);
		mun_file_close(&fd);
		if (status == MUN_ERR_NOT_FOUND)
			status = mun_record_tell_absence(
			    exporting->vault, exporting->archives[i].id, err);
		MUN_TRY(status);
		exporting->all_bytes += size;
	}
	for (size_t i = 0; i < exporting->archive_count; i++)
		MUN_TRY(mun_export_parcel_copy(
		    exporting, &exporting->archives[i], err));
out:
	return status;
}

static enum mun_status
write_dossier(struct mun_exporting *exporting, struct mun_error *err)
{
	enum mun_status status;
	int fd = -1;

	MUN_TRY(mun_export_parcel_file(exporting, exporting->name, &fd, err));
	MUN_TRY(mun_export_dossier(exporting, fd, err));
	status = mun_export_parcel_end(&fd, exporting->name, err);
out:
	mun_file_close(&fd);
	return status;
}

static enum mun_status
write_text(struct mun_exporting *exporting, struct mun_error *err)
{
	static const char name[] = "1-READ-FIRST.txt";
	struct mun_buffer text = MUN_BUFFER_INIT(1 << 20);
	enum mun_status status;
	int fd = -1;

	mun_export_read_first(exporting, &text);
	MUN_TRY(mun_buffer_status(&text, name, err));
	MUN_TRY(mun_export_parcel_file(exporting, name, &fd, err));
	MUN_TRY(mun_file_write_all(fd, text.data, text.len, err));
	status = mun_export_parcel_end(&fd, name, err);
out:
	mun_file_close(&fd);
	mun_buffer_free(&text);
	return status;
}

/* ---- the end ---- */

static enum mun_status
fill_result(const struct mun_exporting *exporting,
    struct mun_export_result *result, struct mun_error *err)
{
	size_t kept = 0;

	result->seqs =
	    calloc(exporting->entry_count + 1, sizeof(*result->seqs));
	if (result->seqs == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a parcel");
	for (size_t i = 0; i < exporting->entry_count; i++)
		result->seqs[i] = exporting->entries[i].seq;
	result->seq_count = exporting->entry_count;
	result->log_size = exporting->size;
	result->recorded = exporting->recorded;
	(void)snprintf(
	    result->name, sizeof(result->name), "%s", exporting->name);
	for (size_t i = 0; i < result->archive_count; i++) {
		const struct mun_export_archive *at;

		if (result->archives[i].is_left_out)
			continue;
		at = &exporting->archives[kept++];
		result->archives[i].is_recorded = at->is_recorded;
		result->archives[i].seq = at->recorded;
	}
	return MUN_OK;
}

/* An event that is signed stays: whoever reads the log has to know. */
static void
tell_recorded(const struct mun_exporting *exporting, struct mun_error *err)
{
	for (size_t i = 0; i < exporting->archive_count; i++)
		if (exporting->archives[i].is_recorded) {
			mun_error_wrap(err,
			    "the copy is recorded (entry %llu and after), but "
			    "no parcel was made",
			    (unsigned long long)exporting->archives[i]
				.recorded);
			return;
		}
}

enum mun_status
mun_export(struct mun_vault *vault, const struct mun_export_options *options,
    struct mun_export_result *result, struct mun_error *err)
{
	struct mun_exporting exporting = { .vault = vault,
		.options = options,
		.parent_fd = -1,
		.fd = -1,
		.path = MUN_BUFFER_INIT(MUN_PATH_MAX) };
	enum mun_status status;

	*result = (struct mun_export_result){ .verdict = MUN_INDETERMINATE };
	MUN_TRY(prepare(&exporting, result, err));
	MUN_TRY(copy_archives(&exporting, err));
	if (options->record != NULL)
		MUN_TRY(mun_export_record(&exporting, err));
	MUN_TRY(write_dossier(&exporting, err));
	MUN_TRY(mun_export_verify(&exporting, result, err));
	MUN_TRY(write_text(&exporting, err));
	MUN_TRY(fill_result(&exporting, result, err));
	status = mun_export_parcel_publish(&exporting, err);
out:
	if (status != MUN_OK)
		tell_recorded(&exporting, err);
	mun_export_parcel_close(&exporting);
	mun_export_scan_clear(&exporting);
	free(exporting.archives);
	return status;
}
