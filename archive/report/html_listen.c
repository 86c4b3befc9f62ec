/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_listen.c - hears what is judged and keeps of it what the report needs:
 * rows go to files at once, and only what is compared later stays in memory.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "report/html.h"

enum {
	/* Rows of certificates; the scan for doubles stays cheap. */
	CERTIFICATES_MAX = 4096,
	FINDINGS_MAX = 2000 /* rows; a deposit can have millions */
};

static enum mun_status
no_memory(struct mun_error *err)
{
	return mun_error_set(err, MUN_ERR_NOMEM, "out of memory for a report");
}

/* The array, perhaps moved, with room for one more if *ok. */
static void *
room(void *items, size_t count, size_t *capacity, size_t size, bool *ok)
{
	size_t wanted = *capacity == 0 ? 16 : *capacity * 2;
	void *grown;

	*ok = true;
	if (count < *capacity)
		return items;
	grown = reallocarray(items, wanted, size);
	*ok = grown != NULL;
	if (grown == NULL)
		return items;
	*capacity = wanted;
	return grown;
}

/* ---- logs ---- */

static void
forget_logs(struct mun_report_html *report, size_t count)
{
	while (report->log_count > count)
		free(report->logs[--report->log_count].input);
}

static enum mun_status
rewind_to_mark(struct mun_report_html *report, struct mun_error *err)
{
	const struct mun_html_mark *mark = &report->mark;
	enum mun_status status;

	MUN_TRY(mun_html_rewind(&report->events, mark->events, err));
	MUN_TRY(
	    mun_html_rewind(&report->certificates, mark->certificates, err));
	report->deposit_count = mark->deposits;
	report->certificate_count = mark->certificate_count;
	report->event_count = mark->event_count;
	report->withheld = mark->withheld;
	forget_logs(report, mark->logs);
	mun_timeline_rewind(report->timeline, mark->timeline);
out:
	return status;
}

static enum mun_status
set_mark(
    struct mun_report_html *report, const char *input, struct mun_error *err)
{
	enum mun_status status;

	free(report->mark.input);
	report->mark.input = strdup(input);
	if (report->mark.input == NULL)
		return no_memory(err);
	MUN_TRY(mun_html_flush(&report->events, true, err));
	MUN_TRY(mun_html_flush(&report->certificates, true, err));
	report->mark.events = report->events.len;
	report->mark.certificates = report->certificates.len;
	report->mark.deposits = report->deposit_count;
	report->mark.logs = report->log_count;
	report->mark.certificate_count = report->certificate_count;
	report->mark.event_count = report->event_count;
	report->mark.withheld = report->withheld;
	report->mark.timeline = mun_timeline_count(report->timeline);
out:
	return status;
}

static enum mun_status
log_begins(void *ctx, const char *input, struct mun_error *err)
{
	struct mun_report_html *report = ctx;

	if (report->mark.input != NULL &&
	    strcmp(report->mark.input, input) == 0)
		return rewind_to_mark(report, err);
	return set_mark(report, input, err);
}

static enum mun_status
log_ends(void *ctx, const struct mun_judged_log *log, struct mun_error *err)
{
	struct mun_report_html *report = ctx;
	struct mun_html_log *kept;
	bool ok;

	/* of a log judged again, the last word counts */
	forget_logs(report, report->mark.logs);
	report->logs = room(report->logs, report->log_count,
	    &report->log_capacity, sizeof(*report->logs), &ok);
	if (!ok)
		return no_memory(err);
	kept = &report->logs[report->log_count];
	*kept = (struct mun_html_log){ .input = strdup(log->input),
		.is_usable = log->is_usable,
		.size = log->size };
	if (kept->input == NULL)
		return no_memory(err);
	(void)snprintf(kept->origin, sizeof(kept->origin), "%s", log->origin);
	memcpy(kept->vault, log->vault, MUN_SHA256_LEN);
	memcpy(kept->root, log->root, MUN_SHA256_LEN);
	memcpy(kept->log_key, log->log_key, sizeof(kept->log_key));
	report->log_count++;
	return MUN_OK;
}

/* ---- events ---- */

static enum mun_status
keep_deposit(struct mun_report_html *report,
    const struct mun_judged_event *event, struct mun_error *err)
{
	struct mun_html_deposit *kept;
	bool ok;

	if (!event->has_archive_sha256)
		return MUN_OK;
	report->deposits = room(report->deposits, report->deposit_count,
	    &report->deposit_capacity, sizeof(*report->deposits), &ok);
	if (!ok)
		return no_memory(err);
	kept = &report->deposits[report->deposit_count++];
	*kept = (struct mun_html_deposit){ .seq = event->seq,
		.time_utc_s = event->time_utc_s };
	memcpy(kept->vault, event->vault, MUN_SHA256_LEN);
	memcpy(kept->sha256, event->archive_sha256, MUN_SHA256_LEN);
	(void)snprintf(
	    kept->archive, sizeof(kept->archive), "%s", event->archive);
	return MUN_OK;
}

static enum mun_status
hear_event(
    void *ctx, const struct mun_judged_event *event, struct mun_error *err)
{
	struct mun_report_html *report = ctx;
	enum mun_status status;

	MUN_TRY(keep_deposit(report, event, err));
	MUN_TRY(mun_timeline_add(report->timeline, event, err));
	mun_html_event_row(&report->events, event);
	report->event_count++;
	report->withheld += event->statement == MUN_JUDGED_STATEMENT_WITHHELD;
	status = mun_html_flush(&report->events, false, err);
out:
	return status;
}

const struct mun_html_deposit *
mun_html_deposit_of(const struct mun_report_html *report,
    const struct mun_html_archive *archive)
{
	if (archive->id[0] == '\0' || !archive->is_sealed)
		return NULL;
	for (size_t i = 0; i < report->deposit_count; i++) {
		const struct mun_html_deposit *deposit = &report->deposits[i];

		if (strcmp(deposit->archive, archive->id) == 0 &&
		    mun_bytes_equal(
			deposit->vault, archive->vault, MUN_SHA256_LEN))
			return deposit;
	}
	return NULL;
}

/* ---- certificates ---- */

static bool
is_known(const struct mun_report_html *report, const uint8_t *sha256)
{
	for (size_t i = 0; i < report->certificate_count; i++)
		if (memcmp(report->certificates_seen[i], sha256,
			MUN_SHA256_LEN) == 0)
			return true;
	return false;
}

static enum mun_status
hear_certificate(void *ctx, const struct mun_judged_certificate *certificate,
    struct mun_error *err)
{
	struct mun_report_html *report = ctx;
	bool ok;

	if (is_known(report, certificate->sha256))
		return MUN_OK;
	if (report->certificate_count == CERTIFICATES_MAX) {
		report->certificates_left++;
		return MUN_OK;
	}
	report->certificates_seen = room(report->certificates_seen,
	    report->certificate_count, &report->certificate_capacity,
	    sizeof(*report->certificates_seen), &ok);
	if (!ok)
		return no_memory(err);
	memcpy(report->certificates_seen[report->certificate_count++],
	    certificate->sha256, MUN_SHA256_LEN);
	mun_html_certificate_row(&report->certificates, certificate);
	return mun_html_flush(&report->certificates, false, err);
}

/* ---- archives ---- */

static void
fill_archive(
    struct mun_html_archive *kept, const struct mun_judged_archive *archive)
{
	(void)snprintf(kept->id, sizeof(kept->id), "%s", archive->id);
	memcpy(kept->sha256, archive->sha256, MUN_SHA256_LEN);
	memcpy(kept->vault, archive->vault, MUN_SHA256_LEN);
	memcpy(kept->signer, archive->signer, MUN_SHA256_LEN);
	memcpy(
	    kept->inventory_sha256, archive->inventory_sha256, MUN_SHA256_LEN);
}

static enum mun_status
hear_archive(
    void *ctx, const struct mun_judged_archive *archive, struct mun_error *err)
{
	struct mun_report_html *report = ctx;
	struct mun_html_archive *kept;
	bool ok;

	mun_html_documents_end(report);
	report->archives = room(report->archives, report->archive_count,
	    &report->archive_capacity, sizeof(*report->archives), &ok);
	if (!ok)
		return no_memory(err);
	kept = &report->archives[report->archive_count];
	*kept = (struct mun_html_archive){ .input = strdup(archive->input),
		.is_whole = archive->is_whole,
		.is_sealed = archive->is_sealed,
		.is_complete = archive->is_complete,
		.sealed_at_utc_s = archive->sealed_at_utc_s,
		.documents = archive->documents,
		.bytes = archive->bytes,
		.members = archive->members,
		.findings = archive->findings };
	if (kept->input == NULL)
		return no_memory(err);
	fill_archive(kept, archive);
	report->archive_count++;
	report->document_count += archive->documents;
	mun_html_documents_begin(report, kept);
	return mun_html_flush(&report->documents, false, err);
}

static enum mun_status
hear_document(void *ctx, const struct mun_judged_document *document,
    struct mun_error *err)
{
	struct mun_report_html *report = ctx;

	mun_html_document_row(report, document);
	return mun_html_flush(&report->documents, false, err);
}

static enum mun_status
hear_finding(
    void *ctx, const struct mun_judged_finding *finding, struct mun_error *err)
{
	struct mun_report_html *report = ctx;

	if (report->finding_count++ < FINDINGS_MAX)
		mun_html_finding_row(&report->findings, finding);
	else if (report->finding_count == FINDINGS_MAX + 1)
		mun_html_raw(&report->findings,
		    "<tr><td colspan=\"3\">More are not listed here; they are "
		    "in metadata/findings.jsonl of each archive.</td></tr>\n");
	return mun_html_flush(&report->findings, false, err);
}

void
mun_html_listen(struct mun_report_html *report)
{
	report->listener = (struct mun_verify_listener){ .ctx = report,
		.log_begins = log_begins,
		.event = hear_event,
		.log_ends = log_ends,
		.archive = hear_archive,
		.certificate = hear_certificate,
		.document = hear_document,
		.finding = hear_finding };
}
