/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_declaration.c - two forms to be filled in and signed by whoever ran the
 * program, and the schedule that both refer to.
 *
 * They state what was done and what came out, never a conclusion: US Federal
 * Rules of Evidence 902(13) and (14) with 902(11) ask for the process, a
 * qualified person, and the comparison of digests; 28 U.S.C. 1746 for the last
 * sentence.  Nobody is told what to believe.
 */
#include <string.h>

#include "report/html.h"
#include "report/wording.h"

#define BLANK "<span class=\"blank\"></span>"
#define SHORT_BLANK "<span class=\"blank blank-short\"></span>"

/* What the program said, one sentence a question. */
static void
put_answers(struct mun_html *html, const struct mun_verification *v)
{
	mun_html_raw(html, "<ul>\n");
	for (unsigned i = 0; i < MUN_QUESTIONS; i++) {
		const struct mun_question *question =
		    mun_verification_question(v, (enum mun_question_kind)i);

		mun_html_raw(html, "<li>");
		mun_html_text(html, mun_wording_question(question->kind));
		mun_html_raw(html, " ");
		mun_html_text(html,
		    question->claimed ? mun_verdict_text(question->verdict)
				      : "Nothing claimed");
		mun_html_raw(html, ": ");
		mun_html_because(html, question);
		mun_html_raw(html, "</li>\n");
	}
	mun_html_raw(html, "</ul>\n");
}

static void
put_run(struct mun_html *html, const struct mun_verification *v)
{
	mun_html_raw(
	    html, "the program muniment-verify, version " MUN_VERSION ", at ");
	mun_html_time(html, mun_verification_time_utc_s(v));
	mun_html_raw(html,
	    " (UTC, by the clock of the computer, which I compared with " BLANK
	    "), on a computer of this kind: " BLANK);
}

static void
put_anchor(struct mun_html *html, const struct mun_verification *v)
{
	size_t count = mun_verification_anchor_count(v);

	if (count == 0) {
		mun_html_raw(
		    html, "I gave the program nothing to compare with. ");
		return;
	}
	mun_html_raw(html, "I gave the program, to compare with: ");
	for (size_t i = 0; i < count; i++) {
		mun_html_raw(html, "<br><code class=\"digest\">");
		mun_html_text(html, mun_verification_anchor(v, i));
		mun_html_raw(html, "</code>");
	}
	mun_html_raw(html,
	    "<br>which I had from " BLANK " on " SHORT_BLANK
	    ", by this means: " BLANK ". ");
}

static void
put_signature(struct mun_html *html)
{
	mun_html_raw(html,
	    "<div class=\"sign\"><div>Date and place</div>"
	    "<div>Signature</div><div>Name in full</div>"
	    "<div>Position and address</div></div>\n");
}

static const char rules_head[] =
    "<section class=\"form\">\n"
    "<h3>Form A: certification under US Federal Rules of Evidence 902(13) and "
    "902(14)</h3>\n<ol>\n"
    "<li>I, " BLANK ", declare as follows. My position is " BLANK " with " BLANK
    ". What qualifies me to examine digital files: " BLANK " " BLANK ".</li>\n"
    "<li>I state what follows from my own knowledge. On " SHORT_BLANK
    " I received the files of the schedule from " BLANK
    " on this medium or by this means: " BLANK ".</li>\n"
    "<li><em>The process (Rule 902(13)).</em> I ran ";

static const char rules_process[] =
    ". The program reads the files and changes none. It computes anew the "
    "SHA-256 of each archive file, and the SHA-256 and SHA-512 of each document"
    " in it, and compares them with the digests recorded when the documents "
    "were deposited; it checks each signature with the certificate that made "
    "it, and each entry of the log against the one before it and against the "
    "signed head. For the same files the process gives the same result each "
    "time. That it does so accurately I confirmed by: " BLANK
    " (for instance, the commands under \"How to repeat this\" gave the same "
    "digests).</li>\n<li>";

static const char rules_digests[] =
    "</li>\n<li><em>Identification by digest (Rule 902(14)).</em> A digest "
    "such as SHA-256 is a number computed from all bytes of a file; no two "
    "different files with the same SHA-256 are known. For each archive the "
    "schedule states the digest that the program computed from the file I "
    "received, the digest recorded in the log, and whether they are equal.</li>"
    "\n<li>The report to which this is attached was written by the program in "
    "that run. It gave this answer to the whole: ";

static const char rules_foot[] =
    "</li>\n<li>The log and the archives were, as far as I know from " BLANK
    ", made at or near the times they state by persons with knowledge, kept in "
    "the course of a regularly conducted activity, and making them was a "
    "regular practice of it (Rule 902(11), with Rule 803(6)(A) to (C)). <em>"
    "Strike out what the declarant cannot state.</em></li>\n"
    "<li>I do not state here that the content of any document is true, who "
    "wrote it, or when it was written.</li>\n</ol>\n"
    "<p>I declare under penalty of perjury under the laws of the United States "
    "of America that the foregoing is true and correct (28 U.S.C. &sect; "
    "1746).</p>\n";

static void
put_rules_form(struct mun_html *html, const struct mun_verification *v)
{
	mun_html_raw(html, rules_head);
	put_run(html, v);
	mun_html_raw(html, rules_process);
	put_anchor(html, v);
	mun_html_raw(html, rules_digests);
	mun_html_text(html, mun_verdict_text(mun_verification_verdict(v)));
	mun_html_raw(html, "; and to its five questions:");
	put_answers(html, v);
	mun_html_raw(html, rules_foot);
	put_signature(html);
	mun_html_raw(html, "</section>\n");
}

static void
put_neutral_form(struct mun_html *html, const struct mun_verification *v)
{
	mun_html_raw(html,
	    "<section class=\"form\">\n<h3>Form B: statement of an "
	    "examination</h3>\n<ol>\n"
	    "<li>I, " BLANK ", of " BLANK
	    ", examined the files of the schedule, which I received from " BLANK
	    " on " SHORT_BLANK ".</li>\n<li>I used ");
	put_run(html, v);
	mun_html_raw(html, ". ");
	put_anchor(html, v);
	mun_html_raw(html,
	    "</li>\n<li>The digests of the files that I examined are those of "
	    "the schedule. The program gave this answer to the whole: ");
	mun_html_text(html, mun_verdict_text(mun_verification_verdict(v)));
	mun_html_raw(html, "; and to its five questions:");
	put_answers(html, v);
	mun_html_raw(html,
	    "</li>\n<li>I do not state that the content of any document is "
	    "true, who wrote it, or when it was written.</li>\n"
	    "<li>What I state here is true to the best of my knowledge. I know "
	    "that a false statement may be punished under the law of " BLANK
	    ".</li>\n</ol>\n");
	put_signature(html);
	mun_html_raw(html, "</section>\n");
}

/* ---- the schedule ---- */

static void
put_comparison(struct mun_html *html, const struct mun_html_archive *archive,
    const struct mun_html_deposit *deposit)
{
	if (deposit == NULL) {
		mun_html_raw(html,
		    "not compared: no log was given that has "
		    "this archive");
		return;
	}
	mun_html_digest(html, deposit->sha256, sizeof(deposit->sha256));
	mun_html_raw(html, "<br>in the log, entry ");
	mun_html_number(html, deposit->seq);
	mun_html_raw(html, ", ");
	mun_html_time(html, deposit->time_utc_s);
	mun_html_raw(html,
	    memcmp(deposit->sha256, archive->sha256, MUN_SHA256_LEN) == 0
		? ": <strong>equal</strong>"
		: ": <strong>NOT equal</strong>");
}

static enum mun_status
put_schedule(struct mun_html *html, const struct mun_report_html *report,
    const struct mun_verification *v, struct mun_error *err)
{
	uint8_t fingerprint[MUN_SHA256_LEN];
	enum mun_status status = MUN_OK;

	mun_html_raw(html,
	    "<section class=\"form\">\n<h3>Schedule to forms A and B</h3>\n"
	    "<dl><dt>Vault fingerprint</dt><dd>");
	if (mun_verification_claimed_vault(v, fingerprint))
		mun_html_digest(html, fingerprint, sizeof(fingerprint));
	else
		mun_html_raw(html, "none was found");
	mun_html_raw(html,
	    "</dd></dl>\n<table class=\"fixed\">\n<caption>Digest of each "
	    "archive file as examined, and as recorded in the log"
	    "</caption>\n<thead><tr><th scope=\"col\" class=\"w-type\">Archive"
	    "</th><th scope=\"col\">SHA-256 of the file examined, then as "
	    "recorded</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < report->archive_count && status == MUN_OK; i++) {
		const struct mun_html_archive *archive = &report->archives[i];

		mun_html_raw(html, "<tr><th scope=\"row\">");
		if (archive->id[0] != '\0')
			mun_html_text(html, archive->id);
		else
			mun_html_outside(
			    html, archive->input, strlen(archive->input));
		mun_html_raw(html, "</th><td>");
		mun_html_digest(html, archive->sha256, sizeof(archive->sha256));
		mun_html_raw(html, "<br>");
		put_comparison(
		    html, archive, mun_html_deposit_of(report, archive));
		mun_html_raw(html, "</td></tr>\n");
		status = mun_html_flush(html, false, err);
	}
	if (report->archive_count == 0)
		mun_html_raw(
		    html, "<tr><td colspan=\"2\">There was none.</td></tr>\n");
	mun_html_raw(html, "</tbody>\n</table>\n</section>\n");
	return status;
}

enum mun_status
mun_html_declaration(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 9);
	mun_html_raw(html,
	    "<p>For whoever ran the program and can state what the form says. "
	    "They are proposals, not advice: whether a court takes them is for "
	    "counsel to judge. Nothing is filled in that the program cannot "
	    "know. Rules of other places ask for other words; form B has none "
	    "of any one place.</p>\n");
	put_rules_form(html, verification);
	put_neutral_form(html, verification);
	mun_html_raw(html, "</section>\n");
	return put_schedule(html, report, verification, err);
}
