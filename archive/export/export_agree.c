/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_agree.c - what people typed leaves the house in a parcel, who a
 * document is from among it: it is told before anything is recorded or written,
 * and so is an archive that was withdrawn, and then somebody is asked.
 */
#include "export/export_internal.h"

#include "base/macros.h"

static bool
is_own(const struct mun_exporting *exporting, uint64_t seq)
{
	for (size_t i = 0; i < exporting->archive_count; i++)
		if (exporting->archives[i].is_recorded &&
		    exporting->archives[i].recorded == seq)
			return true;
	return false;
}

bool
mun_export_is_withheld(const struct mun_exporting *exporting, uint64_t seq)
{
	const struct mun_export_options *options = exporting->options;

	for (size_t i = 0; i < options->withheld_count; i++)
		if (options->withheld[i] == seq)
			return true;
	return exporting->told > 0 && seq >= exporting->told &&
	    !is_own(exporting, seq);
}

static void
tell_words(const struct mun_exporting *exporting,
    const struct mun_export_entry *entry, const struct mun_statement *statement)
{
	const struct mun_export_options *options = exporting->options;
	struct mun_export_word word = { .seq = entry->seq, .archive = "" };

	if (!entry->is_general)
		word.archive = exporting->archives[entry->archive].id;
	for (size_t i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		word.key = mun_statement_key((enum mun_statement_field)i);
		word.text = statement->text[i];
		if (word.text != NULL)
			options->tell_word(options->ctx, &word);
	}
}

/* One that was erased tells nothing. */
static enum mun_status
tell_statement(const struct mun_exporting *exporting, struct mun_log *log,
    const struct mun_export_entry *entry, struct mun_buffer *bytes,
    struct mun_error *err)
{
	struct mun_statement statement;
	enum mun_status status;

	status = mun_log_statement(log, entry->seq, bytes, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK;
	if (status == MUN_OK)
		status = mun_statement_parse(
		    &statement, bytes->data, bytes->len, err);
	if (status != MUN_OK) {
		mun_error_wrap(err, "what was typed about entry %llu",
		    (unsigned long long)entry->seq);
		return status;
	}
	tell_words(exporting, entry, &statement);
	mun_statement_clear(&statement);
	return MUN_OK;
}

static enum mun_status
tell_statements(struct mun_exporting *exporting, struct mun_error *err)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_STATEMENT_MAX);
	struct mun_log *log = NULL;
	enum mun_status status;

	MUN_TRY(mun_log_open(&log, mun_vault_store(exporting->vault), err));
	for (size_t i = 0; i < exporting->entry_count; i++) {
		const struct mun_export_entry *entry = &exporting->entries[i];

		if (entry->has_statement &&
		    !mun_export_is_withheld(exporting, entry->seq))
			MUN_TRY(
			    tell_statement(exporting, log, entry, &bytes, err));
	}
out:
	mun_log_close(log);
	mun_buffer_free(&bytes);
	return status;
}

enum mun_status
mun_export_agree(struct mun_exporting *exporting, struct mun_error *err)
{
	const struct mun_export_options *options = exporting->options;
	enum mun_status status = MUN_OK;

	if (options->tell_word != NULL) {
		MUN_TRY(tell_statements(exporting, err));
		exporting->told = exporting->size;
	}
	for (size_t i = 0; i < exporting->archive_count; i++)
		if (exporting->archives[i].is_withdrawn &&
		    options->tell_withdrawn != NULL)
			options->tell_withdrawn(
			    options->ctx, exporting->archives[i].id);
	if (options->agree != NULL && !options->agree(options->ctx))
		status = mun_error_set(
		    err, MUN_ERR_CANCELED, "nothing was handed out");
out:
	return status;
}
