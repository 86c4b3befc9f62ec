/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_checks.c - every check with its rule, outcome, meaning and next step:
 * first what did not pass, then what should be known, then the rest.
 */
#include <string.h>

#include "report/html.h"

enum {
	/* Passed checks of one table before it is folded: a vault of many
	 * archives has some twenty of each. */
	FOLD_FROM = 120
};

static void
put_check(struct mun_html *html, const struct mun_check *check)
{
	mun_html_raw(html, "<tr><td>");
	mun_html_outcome(html, check->verdict);
	mun_html_raw(html, "</td><th scope=\"row\"><code>");
	mun_html_text(html, check->rule);
	mun_html_raw(html, "</code><br><span class=\"note\">");
	mun_html_text(html, mun_check_kind_text(check->kind));
	mun_html_raw(html, "</span></th><td>");
	mun_html_outside(html, check->subject, strlen(check->subject));
	if (check->detail[0] != '\0') {
		mun_html_raw(html, ": ");
		mun_html_outside(html, check->detail, strlen(check->detail));
	}
	mun_html_raw(html, "</td><td>");
	mun_html_text(html, check->means);
	if (check->next[0] != '\0') {
		mun_html_raw(html, "<br><em>What to do:</em> ");
		mun_html_text(html, check->next);
	}
	mun_html_raw(html, "</td></tr>\n");
}

enum group {
	GROUP_FAILED,
	GROUP_OPEN,
	GROUP_SAID,
	GROUP_PASSED,
	GROUPS
};

static enum group
group_of(const struct mun_check *check)
{
	switch (check->verdict) {
	case MUN_FAILED:
		return GROUP_FAILED;
	case MUN_INDETERMINATE:
		return GROUP_OPEN;
	case MUN_PASSED:
		break;
	}
	return check->said ? GROUP_SAID : GROUP_PASSED;
}

static const char *const titles[GROUPS] = {
	[GROUP_FAILED] = "What failed",
	[GROUP_OPEN] = "What is not yet judged",
	[GROUP_SAID] = "What holds and should be known",
	[GROUP_PASSED] = "What passed",
};

static enum mun_status
put_group(struct mun_html *html, const struct mun_verification *v,
    enum group group, size_t count, struct mun_error *err)
{
	bool folded = group == GROUP_PASSED && count >= FOLD_FROM;
	enum mun_status status = MUN_OK;

	mun_html_format(html, "<h3>%s: %zu</h3>\n", titles[group], count);
	if (folded)
		mun_html_raw(html,
		    "<details><summary>The list (open this to read it, and "
		    "before printing to have it on paper)</summary>\n");
	mun_html_raw(html,
	    "<table class=\"fixed\">\n<thead><tr>"
	    "<th scope=\"col\" class=\"w-mark\">Outcome</th>"
	    "<th scope=\"col\" class=\"w-rule\">Rule</th>"
	    "<th scope=\"col\">Of what, and what was found</th>"
	    "<th scope=\"col\">What it means</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0;
	     i < mun_verification_check_count(v) && status == MUN_OK; i++) {
		const struct mun_check *check = mun_verification_check(v, i);

		if (group_of(check) != group)
			continue;
		put_check(html, check);
		status = mun_html_flush(html, false, err);
	}
	mun_html_raw(html, "</tbody>\n</table>\n");
	if (folded)
		mun_html_raw(html, "</details>\n");
	return status;
}

enum mun_status
mun_html_checks(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	size_t counts[GROUPS] = { 0 };
	enum mun_status status = MUN_OK;

	(void)report;
	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 5);
	mun_html_raw(html,
	    "<p>A rule is named by an identifier that does not change between "
	    "versions. The answer of the whole is that of the worst "
	    "check.</p>\n");
	for (size_t i = 0; i < mun_verification_check_count(verification); i++)
		counts[group_of(mun_verification_check(verification, i))]++;
	for (unsigned group = 0; group < GROUPS && status == MUN_OK; group++)
		if (counts[group] > 0)
			status = put_group(html, verification,
			    (enum group)group, counts[group], err);
	mun_html_raw(html, "</section>\n");
	return status;
}
