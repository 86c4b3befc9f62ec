/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_questions.c - the first page: the answer, what it was compared with,
 * the five questions.  It has to fit one sheet.
 */
#include <string.h>

#include "report/html.h"
#include "report/wording.h"

static const char *
source_of_anchors(const struct mun_report_html *report, size_t count)
{
	if (count == 0)
		return "nothing: no anchor was given";
	if (report->is_keepers)
		return "as the keeper who made these files read it from the "
		       "vault itself, not from outside: compare it with the "
		       "fingerprint that you got another way, and run the "
		       "program yourself";
	return "as given by whoever ran the program, from outside what was "
	       "examined (the anchor)";
}

static void
put_anchors(struct mun_html *html, const struct mun_report_html *report,
    const struct mun_verification *v)
{
	size_t count = mun_verification_anchor_count(v);

	mun_html_raw(html, "<dt>Compared with</dt><dd>");
	for (size_t i = 0; i < count; i++) {
		mun_html_raw(html, "<code class=\"digest\">");
		mun_html_text(html, mun_verification_anchor(v, i));
		mun_html_raw(html, "</code><br>");
	}
	mun_html_raw(html, source_of_anchors(report, count));
	mun_html_raw(html, "</dd>\n");
}

/* What the input says of itself, for comparing by another channel. */
static void
put_claimed(struct mun_html *html, const struct mun_verification *v)
{
	uint8_t fingerprint[MUN_SHA256_LEN];

	if (!mun_verification_claimed_vault(v, fingerprint))
		return;
	mun_html_raw(html, "<dt>Vault fingerprint found</dt><dd>");
	mun_html_digest(html, fingerprint, sizeof(fingerprint));
	if (mun_verification_anchor_count(v) == 0)
		mun_html_raw(
		    html, "<br>to be compared with paper or another channel");
	mun_html_raw(html, "</dd>\n");
}

static void
put_examined(struct mun_html *html, const struct mun_report_html *report)
{
	mun_html_raw(html, "<dt>Examined</dt><dd>");
	mun_html_number(html, report->archive_count);
	mun_html_raw(html,
	    report->archive_count == 1 ? " archive with " : " archives with ");
	mun_html_number(html, report->document_count);
	mun_html_raw(
	    html, report->document_count == 1 ? " document" : " documents");
	for (size_t i = 0; i < report->log_count; i++) {
		if (!report->logs[i].is_usable)
			continue;
		mun_html_raw(html, i == 0 ? "; log of " : ", and of ");
		mun_html_number(html, report->logs[i].size);
		mun_html_raw(
		    html, report->logs[i].size == 1 ? " entry" : " entries");
	}
	if (report->log_count == 0)
		mun_html_raw(html, "; no log");
	mun_html_raw(html, "</dd>\n");
}

static void
put_verdict(struct mun_html *html, const struct mun_verification *v)
{
	static const char *const classes[] = {
		[MUN_INDETERMINATE] = "verdict verdict-open",
		[MUN_PASSED] = "verdict",
		[MUN_FAILED] = "verdict verdict-failed",
	};
	enum mun_verdict verdict = mun_verification_verdict(v);
	struct mun_buffer sentence = MUN_BUFFER_INIT(1 << 16);

	mun_wording_sentence(&sentence, v);
	mun_html_format(html, "<div class=\"%s\">\n<p class=\"word\">%s",
	    classes[verdict], mun_wording_outcome(verdict));
	mun_html_format(html, " <span class=\"machine\">[%s]</span></p>\n<p>",
	    mun_verdict_text(verdict));
	mun_html_prose(html, mun_buffer_text(&sentence));
	mun_html_raw(html, "</p>\n</div>\n");
	if (sentence.status != MUN_OK)
		html->text.status = sentence.status;
	mun_buffer_free(&sentence);
}

static void
put_worth(struct mun_html *html, const struct mun_question *question)
{
	bool passed = question->claimed && question->verdict == MUN_PASSED;

	mun_html_raw(html, "<p class=\"worth\">");
	mun_html_raw(html, passed ? "This proves " : "A pass would prove ");
	mun_html_text(html, mun_wording_proves(question->kind));
	mun_html_raw(
	    html, passed ? " It does not prove " : " It would not prove ");
	mun_html_text(html, mun_wording_proves_not(question->kind));
	mun_html_raw(html, "</p>");
}

/* A sentence of ours; where it begins with the name of something, that is left
 * as it is. */
void
mun_html_because(struct mun_html *html, const struct mun_question *question)
{
	bool ours = !question->claimed || question->verdict == MUN_PASSED;
	const char *text = question->because;
	size_t len = strlen(text);
	char first[2] = { text[0], '\0' };

	if (ours && text[0] >= 'a' && text[0] <= 'z') {
		first[0] = (char)(text[0] - 'a' + 'A');
		mun_html_text(html, first);
		text++;
	}
	mun_html_prose(html, text);
	if (len > 0 && question->because[len - 1] != '.')
		mun_html_raw(html, ".");
}

static void
put_question(struct mun_html *html, const struct mun_question *question)
{
	mun_html_format(html, "<tr><th scope=\"row\">%u. %s</th>\n<td>",
	    (unsigned)question->kind + 1, mun_wording_question(question->kind));
	if (question->claimed)
		mun_html_outcome(html, question->verdict);
	else
		mun_html_raw(html,
		    "<span class=\"mark mark-none\">Nothing claimed</span>");
	mun_html_raw(html, "</td>\n<td><p class=\"answer\">");
	mun_html_because(html, question);
	if (question->missing[0] != '\0') {
		const char *label = mun_wording_missing(question);

		mun_html_format(html, "<br><em>%c%s:</em> ",
		    label[0] - 'a' + 'A', label + 1);
		mun_html_prose(html, question->missing);
	}
	mun_html_raw(html, "</p>");
	put_worth(html, question);
	mun_html_raw(html, "</td></tr>\n");
}

enum mun_status
mun_html_first_page(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	mun_html_raw(html,
	    "<main>\n<section class=\"first\">\n<h1>Verification report</h1>\n"
	    "<p class=\"lead\">What a computer found by examining the files "
	    "named below. All times are UTC.</p>\n");
	put_verdict(html, verification);
	mun_html_raw(html, "<dl>\n<dt>Made</dt><dd>");
	mun_html_time(html, mun_verification_time_utc_s(verification));
	mun_html_raw(html,
	    " by muniment-verify " MUN_VERSION
	    ", by the clock of the computer it ran on</dd>\n");
	put_examined(html, report);
	put_anchors(html, report, verification);
	put_claimed(html, verification);
	mun_html_raw(html,
	    "</dl>\n<table>\n<caption class=\"hidden\">The five questions and "
	    "their answers</caption>\n<thead><tr>"
	    "<th scope=\"col\" class=\"w-rule\">Question</th>"
	    "<th scope=\"col\" class=\"w-mark\">Answer</th>"
	    "<th scope=\"col\">Why, and what it is worth</th></tr></thead>\n"
	    "<tbody>\n");
	for (unsigned kind = 0; kind < MUN_QUESTIONS; kind++)
		put_question(html,
		    mun_verification_question(
			verification, (enum mun_question_kind)kind));
	mun_html_raw(html, "</tbody>\n</table>\n");
	mun_html_contents(html);
	mun_html_raw(html, "</section>\n");
	return mun_html_flush(html, false, err);
}
