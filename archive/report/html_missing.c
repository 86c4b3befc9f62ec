/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_missing.c - what is missing, withheld or not yet judged, gathered from
 * the checks; and what the depositors' programs noted when they packed.
 */
#include <string.h>

#include "report/html.h"

enum {
	/* Repetitions of a table above; more are only counted. */
	ITEMS_MAX = 100
};

static bool
is_missing(const struct mun_check *check)
{
	if (check->verdict == MUN_INDETERMINATE)
		return true;
	return check->kind == MUN_CHECK_COMPLETENESS &&
	    (check->verdict == MUN_FAILED || check->said);
}

static void
put_item(struct mun_html *html, const struct mun_check *check)
{
	mun_html_raw(html, "<li>");
	mun_html_text(html, check->means);
	mun_html_raw(html, " <span class=\"note\">(");
	mun_html_outside(html, check->subject, strlen(check->subject));
	if (check->detail[0] != '\0') {
		mun_html_raw(html, ": ");
		mun_html_outside(html, check->detail, strlen(check->detail));
	}
	mun_html_raw(html, "; <code>");
	mun_html_text(html, check->rule);
	mun_html_raw(html, "</code>)</span>");
	if (check->verdict == MUN_INDETERMINATE && check->next[0] != '\0') {
		mun_html_raw(html, " <em>What is needed:</em> ");
		mun_html_text(html, check->next);
	}
	mun_html_raw(html, "</li>\n");
}

static void
put_items(struct mun_html *html, const struct mun_verification *v)
{
	size_t count = 0;

	for (size_t i = 0; i < mun_verification_check_count(v); i++) {
		const struct mun_check *check = mun_verification_check(v, i);

		if (!is_missing(check) || ++count > ITEMS_MAX)
			continue;
		if (count == 1)
			mun_html_raw(html, "<ul>\n");
		put_item(html, check);
	}
	if (count == 0) {
		mun_html_raw(html,
		    "<p>As far as was examined, nothing: no part is missing, no"
		    " statement is withheld, and nothing is left "
		    "unjudged.</p>\n");
		return;
	}
	mun_html_raw(html, "</ul>\n");
	if (count > ITEMS_MAX) {
		mun_html_raw(html, "<p>And ");
		mun_html_number(html, count - ITEMS_MAX);
		mun_html_raw(html, " more, in the list of every check.</p>\n");
	}
}

enum mun_status
mun_html_missing(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 7);
	put_items(html, verification);
	if (report->finding_count > 0) {
		mun_html_raw(html,
		    "<h3>Noted when the documents were packed</h3>\n"
		    "<p>Recorded in the archives by the program that packed "
		    "them, and sealed with them.</p>\n<table class=\"fixed\">\n"
		    "<thead><tr><th scope=\"col\">Where</th>"
		    "<th scope=\"col\" class=\"w-rule\">Rule</th>"
		    "<th scope=\"col\">What</th></tr></thead>\n<tbody>\n");
		status = mun_html_append(html, &report->findings, err);
		mun_html_raw(html, "</tbody>\n</table>\n");
	}
	mun_html_raw(html, "</section>\n");
	return status;
}
