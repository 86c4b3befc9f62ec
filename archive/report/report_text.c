/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_text.c - a verification for people: what was looked at, the five
 * questions, what did not pass and what to do about it, one plain sentence,
 * the verdict.
 */
#include "muniment/report.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/time.h"
#include "report/wording.h"

struct page {
	struct mun_buffer *out;
	const struct mun_verification *v;
	enum mun_text_mode mode;
};

enum {
	WIDTH = 78
};

/* One word-wrapped paragraph; from the second line on indented as well. */
static void
paragraph(struct page *page, unsigned indent, const char *text)
{
	struct mun_buffer escaped = MUN_BUFFER_INIT(1 << 20);
	const char *word;
	size_t column = 0;

	mun_text_escape_prose(&escaped, text, strlen(text), page->mode);
	if (escaped.status == MUN_ERR_NOMEM)
		page->out->status = escaped.status;
	word = mun_buffer_text(&escaped);
	while (*word != '\0') {
		size_t len = strcspn(word, " ");

		if (column != 0 && column + 1 + len > WIDTH) {
			mun_buffer_append_byte(page->out, '\n');
			column = 0;
		}
		if (column == 0) {
			mun_buffer_append_format(
			    page->out, "%*s", (int)indent, "");
			column = indent;
		} else {
			mun_buffer_append_byte(page->out, ' ');
			column++;
		}
		mun_buffer_append(page->out, word, len);
		column += len;
		word += len + (word[len] == ' ');
	}
	mun_buffer_append_byte(page->out, '\n');
	mun_buffer_free(&escaped);
}

static void
labelled(
    struct page *page, unsigned indent, const char *label, const char *text)
{
	char joined[MUN_ERROR_TEXT_MAX * 2];

	if (text[0] == '\0')
		return;
	snprintf(joined, sizeof(joined), "%s%s%s", label,
	    label[0] == '\0' ? "" : ": ", text);
	paragraph(page, indent, joined);
}

static void
put_inputs(struct page *page)
{
	char line[MUN_ERROR_TEXT_MAX];

	mun_buffer_append_text(page->out, "What was verified\n");
	for (size_t i = 0; i < mun_verification_input_count(page->v); i++) {
		const struct mun_verify_input *input =
		    mun_verification_input(page->v, i);

		snprintf(line, sizeof(line), "%s %s",
		    input->is_vault         ? "vault  "
			: input->is_dossier ? "dossier"
					    : "archive",
		    input->path);
		paragraph(page, 2, line);
		if (input->has_sha256) {
			mun_buffer_append_text(page->out, "          SHA-256 ");
			mun_buffer_append_hex(
			    page->out, input->sha256, sizeof(input->sha256));
			mun_buffer_append_byte(page->out, '\n');
		}
	}
	mun_buffer_append_text(page->out, "Compared with\n");
	for (size_t i = 0; i < mun_verification_anchor_count(page->v); i++)
		paragraph(page, 2, mun_verification_anchor(page->v, i));
	if (mun_verification_anchor_count(page->v) == 0)
		paragraph(page, 2, "nothing: no anchor was given");
	mun_buffer_append_byte(page->out, '\n');
}

static void
put_questions(struct page *page)
{
	for (unsigned i = 0; i < MUN_QUESTIONS; i++) {
		const struct mun_question *question = mun_verification_question(
		    page->v, (enum mun_question_kind)i);

		mun_buffer_append_format(page->out, "%u. %-26s %s\n", i + 1,
		    mun_wording_question(question->kind),
		    question->claimed ? mun_verdict_text(question->verdict)
				      : "nothing claimed");
		paragraph(page, 3, question->because);
		labelled(
		    page, 3, mun_wording_missing(question), question->missing);
	}
	mun_buffer_append_byte(page->out, '\n');
}

static void
put_check(struct page *page, const struct mun_check *check)
{
	char head[MUN_ERROR_TEXT_MAX * 2];

	snprintf(head, sizeof(head), "%-13s %s [%s] %s%s%s",
	    mun_verdict_text(check->verdict), mun_check_kind_text(check->kind),
	    check->rule, check->subject, check->detail[0] == '\0' ? "" : ": ",
	    check->detail);
	paragraph(page, 2, head);
	labelled(page, 6, "", check->means);
	labelled(page, 6, "What to do", check->next);
}

static void
put_checks(struct page *page, bool full)
{
	bool any = false;

	for (size_t i = 0; i < mun_verification_check_count(page->v); i++) {
		const struct mun_check *check =
		    mun_verification_check(page->v, i);

		if (!full && check->verdict == MUN_PASSED && !check->said)
			continue;
		if (!any)
			mun_buffer_append_text(page->out,
			    full ? "Every check\n" : "What to know\n");
		any = true;
		put_check(page, check);
	}
	if (any)
		mun_buffer_append_byte(page->out, '\n');
}

static void
put_fingerprint(struct page *page)
{
	uint8_t fingerprint[MUN_SHA256_LEN];

	if (!mun_verification_claimed_vault(page->v, fingerprint))
		return;
	mun_buffer_append_text(page->out,
	    "The vault fingerprint that is claimed, to be compared by another "
	    "channel:\n  vault:");
	mun_buffer_append_hex(page->out, fingerprint, sizeof(fingerprint));
	mun_buffer_append_text(page->out, "\n\n");
}

static void
put_sentence(struct page *page)
{
	struct mun_buffer text = MUN_BUFFER_INIT(1 << 16);

	mun_wording_sentence(&text, page->v);
	if (text.status == MUN_ERR_NOMEM)
		page->out->status = text.status;
	paragraph(page, 0, mun_buffer_text(&text));
	mun_buffer_free(&text);
}

void
mun_report_text(struct mun_buffer *out, const struct mun_verification *v,
    enum mun_text_mode mode, bool full)
{
	struct page page = { .out = out, .v = v, .mode = mode };
	enum mun_verdict verdict = mun_verification_verdict(v);
	char time[MUN_TIME_TEXT_LEN + 1] = "";

	(void)mun_time_format(time, mun_verification_time_utc_s(v));
	mun_buffer_append_format(
	    out, "Verified by muniment-verify " MUN_VERSION " at %s\n\n", time);
	put_inputs(&page);
	put_questions(&page);
	put_checks(&page, full);
	if (mun_verification_anchor_count(v) == 0)
		put_fingerprint(&page);
	put_sentence(&page);
	mun_buffer_append_format(
	    out, "verdict: %s\n", mun_verdict_text(verdict));
}
