/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_page.c - the frame of the report: its head with a policy that forbids
 * everything but its own style sheet, headings, contents, marks.
 */
#include <stdio.h>

#include "base/macros.h"
#include "base/time.h"
#include "digest/digest.h"
#include "report/html.h"
#include "report/wording.h"

static const struct {
	const char *id, *title;
} parts[] = {
	{ "examined", "What was examined" },
	{ "custody", "Custody" },
	{ "time", "Time" },
	{ "documents", "Documents" },
	{ "checks", "Every check" },
	{ "certificates", "Certificates" },
	{ "missing", "What is missing, withheld or not yet judged" },
	{ "repeat", "How to repeat this without this program" },
	{ "declaration", "Declarations to sign" },
};
enum {
	PARTS = sizeof(parts) / sizeof(parts[0])
};

void
mun_html_heading(struct mun_html *html, unsigned number)
{
	MUN_ASSERT(number >= 1 && number <= PARTS);
	mun_html_format(html, "<h2 id=\"%s\">%u. %s</h2>\n",
	    parts[number - 1].id, number, parts[number - 1].title);
}

void
mun_html_contents(struct mun_html *html)
{
	mun_html_raw(html,
	    "<nav aria-labelledby=\"contents\">\n"
	    "<h3 id=\"contents\">What follows</h3>\n<ol>\n");
	for (unsigned i = 0; i < PARTS; i++)
		mun_html_format(html, "<li><a href=\"#%s\">%s</a></li>\n",
		    parts[i].id, parts[i].title);
	mun_html_raw(html, "</ol>\n</nav>\n");
}

void
mun_html_outcome(struct mun_html *html, enum mun_verdict verdict)
{
	static const char *const classes[] = {
		[MUN_INDETERMINATE] = "open",
		[MUN_PASSED] = "passed",
		[MUN_FAILED] = "failed",
	};

	mun_html_format(html, "<span class=\"mark mark-%s\">%s</span>",
	    classes[verdict], mun_wording_outcome(verdict));
	if (verdict == MUN_INDETERMINATE)
		mun_html_format(html, " <span class=\"machine\">[%s]</span>",
		    mun_verdict_text(verdict));
}

/* The policy names the one style sheet by its digest: nothing that breaks out
 * of the text could run, load, send or even restyle. */
static void
put_policy(struct mun_html *html, const struct mun_buffer *style)
{
	uint8_t digest[MUN_SHA256_LEN];

	mun_sha256_of(digest, style->data, style->len);
	mun_html_raw(html,
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'sha256-");
	mun_buffer_append_base64(&html->text, digest, sizeof(digest));
	mun_html_raw(html, "'; base-uri 'none'; form-action 'none'\">\n");
}

enum mun_status
mun_html_head(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	struct mun_buffer style = MUN_BUFFER_INIT(65536);
	char time[MUN_TIME_TEXT_LEN + 1] = "", foot[128] = "";
	enum mun_verdict verdict = mun_verification_verdict(verification);
	enum mun_status status;

	(void)report;
	(void)mun_time_format(time, mun_verification_time_utc_s(verification));
	(void)snprintf(foot, sizeof(foot),
	    "Verification report, muniment-verify " MUN_VERSION ", %s", time);
	mun_html_style(&style, foot);
	MUN_TRY(mun_buffer_status(&style, "a style sheet", err));
	mun_html_raw(html,
	    "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n");
	put_policy(html, &style);
	mun_html_raw(html,
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<meta name=\"color-scheme\" content=\"light\">\n");
	mun_html_format(html,
	    "<title>Verification report of %s: %s</title>\n<style>", time,
	    mun_wording_outcome(verdict));
	mun_buffer_append(&html->text, style.data, style.len);
	mun_html_raw(html, "</style>\n</head>\n<body>\n");
out:
	mun_buffer_free(&style);
	return status;
}
