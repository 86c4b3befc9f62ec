/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_custody.c - who held what, and when: the drawing, then every event as a
 * row of a table, which says all that the drawing does.
 */
#include <string.h>

#include "report/html.h"
#include "report/wording.h"

static void
put_facts(
    struct mun_html *html, const struct mun_judged_fact *facts, size_t count)
{
	if (count == 0)
		return;
	mun_html_raw(html, "<dl>");
	for (size_t i = 0; i < count; i++) {
		mun_html_raw(html, "<dt>");
		mun_html_text(html, facts[i].label);
		mun_html_raw(html, "</dt><dd>");
		mun_html_outside(html, facts[i].text, strlen(facts[i].text));
		mun_html_raw(html, "</dd>");
	}
	mun_html_raw(html, "</dl>");
}

static void
put_statement(struct mun_html *html, const struct mun_judged_event *event)
{
	switch (event->statement) {
	case MUN_JUDGED_NO_STATEMENT:
		break;
	case MUN_JUDGED_STATEMENT:
		mun_html_raw(html, "<p><em>Stated by the signer:</em></p>");
		put_facts(html, event->typed, event->typed_count);
		break;
	case MUN_JUDGED_STATEMENT_WITHHELD:
		mun_html_raw(html,
		    "<p><em>A statement was made; it is withheld or was erased."
		    " The proof stays whole.</em></p>");
		break;
	case MUN_JUDGED_STATEMENT_DIFFERS:
		mun_html_raw(html,
		    "<p><strong>The statement that is here is not the one that "
		    "was signed; it is not shown.</strong></p>");
		break;
	}
}

static void
put_checks(struct mun_html *html, const struct mun_judged_event *event)
{
	for (size_t i = 0; i < event->check_count; i++) {
		const struct mun_check *check = &event->checks[i];

		if (strcmp(check->rule, "statement.withheld") == 0)
			continue;
		mun_html_raw(html, "<p>");
		if (check->verdict != MUN_PASSED)
			mun_html_outcome(html, check->verdict);
		else
			mun_html_raw(html, "<em>To know:</em>");
		mun_html_raw(html, " ");
		mun_html_text(html, check->means);
		mun_html_raw(html, "</p>");
	}
}

static void
put_subject(struct mun_html *html, const struct mun_judged_event *event)
{
	if (event->archive[0] == '\0') {
		mun_html_raw(html, "the vault");
		return;
	}
	mun_html_outside(html, event->archive, strlen(event->archive));
	if (event->document != 0) {
		mun_html_raw(html, ", document ");
		mun_html_number(html, event->document);
	}
}

static void
put_time(struct mun_html *html, const struct mun_judged_event *event)
{
	mun_html_time(html, event->time_utc_s);
	if (event->clock_behind) {
		mun_html_raw(html, "<br>(the clock showed ");
		mun_html_time(html, event->clock_utc_s);
		mun_html_raw(html, ")");
	}
}

void
mun_html_event_row(struct mun_html *html, const struct mun_judged_event *event)
{
	mun_html_raw(html, "<tr><th scope=\"row\" class=\"number\">");
	mun_html_number(html, event->seq);
	mun_html_raw(html, "</th><td>");
	put_time(html, event);
	mun_html_raw(html, "</td><td>");
	put_subject(html, event);
	mun_html_raw(html, "</td><td>");
	mun_html_outside(html, event->actor_name, strlen(event->actor_name));
	mun_html_raw(html, ", ");
	mun_html_text(html,
	    event->actor_role[0] == '\0' ? "no actor" : event->actor_role);
	mun_html_raw(html, "</td><td><p><strong>");
	mun_html_text(html, event->type);
	mun_html_raw(html, ".</strong> ");
	mun_html_text(html, event->words);
	mun_html_raw(html, "</p>");
	put_facts(html, event->facts, event->fact_count);
	put_statement(html, event);
	put_checks(html, event);
	mun_html_raw(html, "</td></tr>\n");
}

enum mun_status
mun_html_custody(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	enum mun_status status;

	(void)verification;
	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 2);
	if (report->event_count == 0) {
		mun_html_raw(html,
		    "<p>No log was given, so nothing is known here of who held "
		    "it.</p>\n</section>\n");
		return MUN_OK;
	}
	mun_html_raw(html,
	    "<p>What the log records, in its order. Each entry is signed by the"
	    " person named; its time is that person's clock. A drawing first, "
	    "then the same as a table.</p>\n");
	mun_timeline_draw(report->timeline, html);
	mun_html_raw(html,
	    "<table class=\"fixed custody\">\n<caption>Every entry of the log "
	    "that was "
	    "examined</caption>\n<thead><tr>"
	    "<th scope=\"col\" class=\"number w-no\">Entry</th>"
	    "<th scope=\"col\" class=\"w-time\">Time (UTC)</th>"
	    "<th scope=\"col\" class=\"w-type\">About</th>"
	    "<th scope=\"col\" class=\"w-ref\">Signed by</th>"
	    "<th scope=\"col\">What it says</th></tr></thead>\n<tbody>\n");
	status = mun_html_append(html, &report->events, err);
	mun_html_raw(html, "</tbody>\n</table>\n</section>\n");
	return status;
}
