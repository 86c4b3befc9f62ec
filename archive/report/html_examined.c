/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_examined.c - what was examined: the inputs, the logs, the archives,
 * each by its digest.
 */
#include <string.h>

#include "report/html.h"

static const struct mun_html_archive *
archive_at(const struct mun_report_html *report, const char *path)
{
	for (size_t i = 0; i < report->archive_count; i++)
		if (strcmp(report->archives[i].input, path) == 0)
			return &report->archives[i];
	return NULL;
}

static void
put_input(struct mun_html *html, const struct mun_report_html *report,
    const struct mun_verify_input *input)
{
	const struct mun_html_archive *archive =
	    archive_at(report, input->path);

	mun_html_raw(html, "<tr><th scope=\"row\">");
	mun_html_outside(html, input->path, strlen(input->path));
	mun_html_raw(html, "</th><td>");
	mun_html_raw(html, input->is_vault ? "folder of a vault" : "file");
	if (archive != NULL && archive->id[0] != '\0') {
		mun_html_raw(html, ", archive ");
		mun_html_text(html, archive->id);
	}
	mun_html_raw(html, "</td><td>");
	if (input->has_sha256)
		mun_html_digest(html, input->sha256, sizeof(input->sha256));
	else
		mun_html_raw(
		    html, "a folder has no digest; its files are below");
	mun_html_raw(html, "</td></tr>\n");
}

static void
put_inputs(struct mun_html *html, const struct mun_report_html *report,
    const struct mun_verification *v)
{
	mun_html_raw(html,
	    "<table class=\"fixed\">\n<caption>Inputs, by the name under which "
	    "they were given to the program</caption>\n<thead><tr>"
	    "<th scope=\"col\">Name</th><th scope=\"col\">What it is</th>"
	    "<th scope=\"col\" class=\"w-digest\">SHA-256</th></tr></thead>\n"
	    "<tbody>\n");
	for (size_t i = 0; i < mun_verification_input_count(v); i++)
		put_input(html, report, mun_verification_input(v, i));
	mun_html_raw(html, "</tbody>\n</table>\n");
}

static void
put_term_digest(struct mun_html *html, const char *term, const uint8_t *digest)
{
	mun_html_format(html, "<dt>%s</dt><dd>", term);
	mun_html_digest(html, digest, MUN_SHA256_LEN);
	mun_html_raw(html, "</dd>\n");
}

static void
put_log(struct mun_html *html, const struct mun_html_log *log)
{
	mun_html_raw(html, "<h3>Log in ");
	mun_html_outside(html, log->input, strlen(log->input));
	mun_html_raw(html, "</h3>\n");
	if (!log->is_usable) {
		mun_html_raw(html,
		    "<p>It could not be read: it has no proper first "
		    "entry.</p>\n");
		return;
	}
	mun_html_raw(html, "<dl>\n");
	put_term_digest(html, "Vault fingerprint", log->vault);
	mun_html_raw(html, "<dt>Label (origin)</dt><dd>");
	mun_html_text(html, log->origin);
	mun_html_raw(html, "</dd>\n<dt>Entries</dt><dd>");
	mun_html_number(html, log->size);
	mun_html_raw(html, ", as its signed head counts them</dd>\n");
	put_term_digest(html, "Root of the head", log->root);
	put_term_digest(html, "Key of the head", log->log_key);
	mun_html_raw(html, "</dl>\n");
}

static void
put_logged(struct mun_html *html, const struct mun_report_html *report,
    const struct mun_html_archive *archive)
{
	const struct mun_html_deposit *deposit =
	    mun_html_deposit_of(report, archive);

	if (deposit == NULL) {
		mun_html_raw(html, "in no log that was given");
		return;
	}
	mun_html_raw(html, "entry ");
	mun_html_number(html, deposit->seq);
	mun_html_raw(html,
	    memcmp(deposit->sha256, archive->sha256, MUN_SHA256_LEN) == 0
		? ", the same digest"
		: ", <strong>another digest</strong>");
}

static void
put_archive(struct mun_html *html, const struct mun_report_html *report,
    const struct mun_html_archive *archive)
{
	mun_html_raw(html, "<tr><th scope=\"row\">");
	if (archive->id[0] != '\0')
		mun_html_text(html, archive->id);
	else
		mun_html_outside(html, archive->input, strlen(archive->input));
	mun_html_raw(html, "</th><td class=\"number\">");
	mun_html_number(html, archive->documents);
	mun_html_raw(html, "</td><td class=\"number\">");
	mun_html_number(html, archive->bytes);
	mun_html_raw(html, "</td><td>");
	put_logged(html, report, archive);
	mun_html_raw(html, "</td><td>");
	mun_html_digest(html, archive->sha256, sizeof(archive->sha256));
	mun_html_raw(html, "</td></tr>\n");
}

enum mun_status
mun_html_examined(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 1);
	put_inputs(html, report, verification);
	for (size_t i = 0; i < report->log_count; i++)
		put_log(html, &report->logs[i]);
	mun_html_raw(html,
	    "<h3>Archives</h3>\n"
	    "<p>An archive is one file that holds documents and is sealed by a "
	    "signature. Its digest was computed anew from its bytes.</p>\n"
	    "<table class=\"fixed\">\n<caption class=\"hidden\">Archives "
	    "examined</caption>\n<thead><tr><th scope=\"col\" class=\"w-size\">"
	    "Archive</th><th scope=\"col\" class=\"number\">Documents</th>"
	    "<th scope=\"col\" class=\"number\">Bytes</th>"
	    "<th scope=\"col\">In the log</th>"
	    "<th scope=\"col\" class=\"w-digest\">SHA-256 of the file</th></tr>"
	    "</thead>\n<tbody>\n");
	for (size_t i = 0; i < report->archive_count && status == MUN_OK; i++) {
		put_archive(html, report, &report->archives[i]);
		status = mun_html_flush(html, false, err);
	}
	if (report->archive_count == 0)
		mun_html_raw(
		    html, "<tr><td colspan=\"5\">There was none.</td></tr>\n");
	mun_html_raw(html, "</tbody>\n</table>\n</section>\n");
	return status;
}
