/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_documents.c - the documents by number, name, size and digests; folded
 * in groups where an archive has many.
 *
 * Rows are written while archives are judged, and wait in a file.
 */
#include <inttypes.h>
#include <string.h>

#include "report/html.h"

enum {
	FOLD_FROM = 400, /* documents of an archive */
	LONG_FROM = 200, /* bytes of a path: its row may go over two sheets */
	GROUP = 250, /* documents of a fold: some ten sheets */
	/* Listed in one report.  Each takes a kilobyte of page; a browser still
	 * opens and prints twenty megabytes.  The rest is said, and where it is
	 * to be found. */
	LISTED_MAX = 20000
};

static void
put_reference(
    struct mun_html *html, const char *archive, unsigned width, uint64_t number)
{
	mun_html_text(html, archive);
	mun_html_format(html, "-<wbr>%0*" PRIu64, (int)width, number);
}

static void
open_table(struct mun_report_html *report)
{
	mun_html_raw(&report->documents,
	    "<table class=\"fixed\">\n<thead><tr>"
	    "<th scope=\"col\" class=\"w-type\">Number</th>"
	    "<th scope=\"col\">Original path and name</th>"
	    "<th scope=\"col\" class=\"number w-size\">Bytes</th>"
	    "<th scope=\"col\" class=\"w-digest\">SHA-256, SHA-512</th></tr>"
	    "</thead>\n<tbody>\n");
	report->is_table_open = true;
}

static void
close_table(struct mun_report_html *report)
{
	if (report->is_table_open)
		mun_html_raw(&report->documents, "</tbody>\n</table>\n");
	if (report->is_group_open)
		mun_html_raw(&report->documents, "</details>\n");
	report->is_table_open = false;
	report->is_group_open = false;
}

static void
open_group(struct mun_report_html *report,
    const struct mun_html_archive *archive, unsigned width)
{
	struct mun_html *html = &report->documents;
	uint64_t first = archive->told + 1, last = archive->told + GROUP;

	if (last > archive->documents)
		last = archive->documents;
	mun_html_raw(html, "<details><summary>");
	put_reference(html, archive->id, width, first);
	mun_html_raw(html, " to ");
	put_reference(html, archive->id, width, last);
	mun_html_raw(html,
	    " (open this to read it, and before printing to have it on "
	    "paper)</summary>\n");
	report->is_group_open = true;
}

static void
put_sealed(struct mun_html *html, const struct mun_html_archive *archive)
{
	mun_html_raw(html, "<p>");
	if (!archive->is_whole)
		mun_html_raw(
		    html, "<strong>It was not read to its end.</strong> ");
	if (!archive->is_sealed) {
		mun_html_raw(html, "Its seal could not be read.</p>\n");
		return;
	}
	mun_html_raw(html, "Sealed at ");
	mun_html_time(html, archive->sealed_at_utc_s);
	mun_html_raw(html,
	    archive->is_complete
		? ", nothing left out, as the seal says."
		: ". <strong>Something was left out knowingly</strong>, as the "
		  "seal says.");
	mun_html_raw(html, " ");
	mun_html_number(html, archive->documents);
	mun_html_raw(
	    html, archive->documents == 1 ? " document, " : " documents, ");
	mun_html_number(html, archive->bytes);
	mun_html_raw(html, " bytes; ");
	mun_html_number(html, archive->members);
	mun_html_raw(html, " members inside them; ");
	mun_html_number(html, archive->findings);
	mun_html_raw(html,
	    archive->findings == 1 ? " finding.</p>\n" : " findings.</p>\n");
}

void
mun_html_documents_begin(
    struct mun_report_html *report, const struct mun_html_archive *archive)
{
	struct mun_html *html = &report->documents;

	mun_html_raw(html, "<h3>Archive ");
	if (archive->id[0] != '\0')
		mun_html_text(html, archive->id);
	else
		mun_html_outside(html, archive->input, strlen(archive->input));
	mun_html_raw(html, "</h3>\n");
	put_sealed(html, archive);
}

void
mun_html_documents_end(struct mun_report_html *report)
{
	const struct mun_html_archive *archive;

	if (report->archive_count == 0)
		return;
	archive = &report->archives[report->archive_count - 1];
	close_table(report);
	if (archive->told >= archive->documents)
		return;
	mun_html_raw(&report->documents, "<p>");
	mun_html_number(&report->documents, archive->documents - archive->told);
	mun_html_raw(&report->documents,
	    report->document_count >= LISTED_MAX
		? " more documents are not listed here, to keep this page "
		  "readable. They are in the archive's own list, "
		  "metadata/inventory.csv, which was compared with the sealed "
		  "records; its SHA-256 is "
		: " documents cannot be listed: the archive's records could "
		  "not be read. The SHA-256 of its own list, "
		  "metadata/inventory.csv (zeros: not reached), is ");
	mun_html_digest(&report->documents, archive->inventory_sha256,
	    sizeof(archive->inventory_sha256));
	mun_html_raw(&report->documents, ".</p>\n");
}

static void
put_row(struct mun_html *html, const struct mun_judged_document *document)
{
	mun_html_raw(html,
	    document->path_len < LONG_FROM ? "<tr>" : "<tr class=\"long\">");
	mun_html_raw(html, "<th scope=\"row\">");
	put_reference(
	    html, document->archive, document->width, document->number);
	mun_html_raw(html, "</th><td>");
	mun_html_outside(html, document->path, document->path_len);
	mun_html_raw(html, "<br><span class=\"note\">");
	mun_html_outside(
	    html, document->media_type, strlen(document->media_type));
	mun_html_raw(html, "</span>");
	if (document->differs)
		mun_html_raw(html,
		    "<br><span class=\"mark mark-failed\">Failed</span> the "
		    "stored bytes have another SHA-256");
	mun_html_raw(html, "</td><td class=\"number\">");
	mun_html_number(html, document->size);
	mun_html_raw(html, "</td><td>");
	mun_html_raw(html, "<strong>");
	mun_html_digest(html, document->sha256, sizeof(document->sha256));
	mun_html_raw(html, "</strong><br>");
	mun_html_digest(html, document->sha512, sizeof(document->sha512));
	mun_html_raw(html, "</td></tr>\n");
}

void
mun_html_document_row(
    struct mun_report_html *report, const struct mun_judged_document *document)
{
	struct mun_html_archive *archive =
	    &report->archives[report->archive_count - 1];

	if (report->documents_listed == LISTED_MAX)
		return;
	if (archive->documents >= FOLD_FROM && archive->told % GROUP == 0) {
		close_table(report);
		open_group(report, archive, document->width);
	}
	if (!report->is_table_open)
		open_table(report);
	put_row(&report->documents, document);
	archive->told++;
	report->documents_listed++;
}

void
mun_html_finding_row(
    struct mun_html *html, const struct mun_judged_finding *finding)
{
	mun_html_raw(html, "<tr><th scope=\"row\">");
	mun_html_text(html, finding->archive);
	if (finding->document != 0) {
		mun_html_raw(html, ", document ");
		mun_html_number(html, finding->document);
	}
	if (finding->member != 0) {
		mun_html_raw(html, ", member ");
		mun_html_number(html, finding->member);
	}
	mun_html_raw(html, "</th><td><code>");
	mun_html_text(html, finding->rule);
	mun_html_raw(html, "</code></td><td>");
	if (finding->path != NULL)
		mun_html_outside(html, finding->path, finding->path_len);
	if (finding->path != NULL && finding->detail[0] != '\0')
		mun_html_raw(html, ": ");
	mun_html_outside(html, finding->detail, strlen(finding->detail));
	mun_html_raw(html, "</td></tr>\n");
}

enum mun_status
mun_html_documents(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	enum mun_status status;

	(void)verification;
	mun_html_documents_end(report);
	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 4);
	mun_html_raw(html,
	    "<p>By number, as they are cited. Paths are those under which they "
	    "were deposited; what is invisible or could deceive the eye is "
	    "shown as an escape (<code>\\u{202e}</code> and the like). The "
	    "first digest of each, in bold, is its SHA-256; the second, over "
	    "two"
	    " lines, its SHA-512. Both are as sealed; the stored bytes were "
	    "compared with them.</p>\n");
	if (report->archive_count == 0)
		mun_html_raw(html, "<p>There was no archive.</p>\n");
	status = mun_html_append(html, &report->documents, err);
	mun_html_raw(html, "</section>\n");
	return status;
}
