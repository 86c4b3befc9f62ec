/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_since.c - since when it exists, step by step: the stamped checkpoints,
 * each token from the newest back to the oldest, what follows for archives.
 *
 * Every step is a check; the reasoning that ties them is the verifier's
 * (docs/format/time-stamp.md, Proven times), and is told here in words.
 */
#include <string.h>

#include "report/html.h"

/* A token was judged under its own rule, or holds. */
static bool
is_token(const struct mun_check *check)
{
	return strncmp(check->rule, "ts.", 3) == 0 ||
	    strcmp(check->rule, "time.token") == 0 ||
	    strcmp(check->rule, "time.other") == 0;
}

static bool
is_premise(const struct mun_check *check)
{
	return strcmp(check->rule, "time.checkpoint") == 0 ||
	    strcmp(check->rule, "time-stamp.files") == 0 ||
	    strcmp(check->rule, "time.trust") == 0 ||
	    strcmp(check->rule, "time.list") == 0;
}

static bool
is_conclusion(const struct mun_check *check)
{
	return (strncmp(check->rule, "time.", 5) == 0 && !is_token(check) &&
		   !is_premise(check)) ||
	    strcmp(check->rule, "certificate.valid-proven") == 0 ||
	    strcmp(check->rule, "seal.revoked") == 0 ||
	    strcmp(check->rule, "event.contested") == 0;
}

static const struct step {
	bool (*holds)(const struct mun_check *check);
	bool backwards; /* the newest first */
	const char *title, *words;
} steps[] = {
	{ is_premise, false, "What was stamped, and whom to believe",
	    "A time-stamp says that its authority saw a digest at a time. It "
	    "bears on the log if what was stamped is the log's own signed "
	    "head, as it was at that size, and if whoever verifies believes "
	    "the authority's root certificate." },
	{ is_token, true, "Each time-stamp, from the newest back to the oldest",
	    "The newest is judged as of now. An older one is judged as of the "
	    "earliest time by which a newer one shows that it existed: what "
	    "became of its authority after that, an expiry or a revocation, "
	    "does not matter. One that nothing newer covers in time cannot be "
	    "judged once its authority's certificate has expired." },
	{ is_conclusion, false, "What follows",
	    "What a time-stamp covers existed no later than the time that it "
	    "states; the earliest such time counts. What was logged after a "
	    "time-stamp was made after the time that it states. How many "
	    "authorities agree "
	    "is the smallest number along the renewals that are needed. None "
	    "of it outlives the digest: should SHA-256 be broken, no renewal "
	    "helps." },
};

static void
put_check(struct mun_html *html, const struct mun_check *check)
{
	mun_html_raw(html, "<li>");
	mun_html_outcome(html, check->verdict);
	mun_html_raw(html, " ");
	mun_html_text(html, check->means);
	mun_html_raw(html, " <span class=\"note\">(");
	mun_html_outside(html, check->subject, strlen(check->subject));
	mun_html_raw(html, ": ");
	if (check->detail[0] != '\0') {
		mun_html_outside(html, check->detail, strlen(check->detail));
		mun_html_raw(html, "; ");
	}
	mun_html_raw(html, "<code>");
	mun_html_text(html, check->rule);
	mun_html_raw(html, "</code>)</span>");
	if (check->next[0] != '\0') {
		mun_html_raw(html, " <em>What is needed:</em> ");
		mun_html_text(html, check->next);
	}
	mun_html_raw(html, "</li>\n");
}

static enum mun_status
put_step(struct mun_html *html, const struct mun_verification *v,
    const struct step *step, struct mun_error *err)
{
	size_t count = mun_verification_check_count(v), put = 0;
	enum mun_status status = MUN_OK;

	mun_html_raw(html, "<h3>");
	mun_html_text(html, step->title);
	mun_html_raw(html, "</h3>\n<p>");
	mun_html_text(html, step->words);
	mun_html_raw(html, "</p>\n<ul>\n");
	for (size_t i = 0; i < count && status == MUN_OK; i++) {
		const struct mun_check *check = mun_verification_check(
		    v, step->backwards ? count - 1 - i : i);

		if (!step->holds(check))
			continue;
		put_check(html, check);
		put++;
		status = mun_html_flush(html, false, err);
	}
	if (put == 0)
		mun_html_raw(html, "<li>There is none.</li>\n");
	mun_html_raw(html, "</ul>\n");
	return status;
}

bool
mun_html_has_stamps(const struct mun_verification *verification)
{
	for (size_t i = 0; i < mun_verification_check_count(verification); i++)
		if (is_premise(mun_verification_check(verification, i)))
			return true;
	return false;
}

enum mun_status
mun_html_since(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	bool has_stamps = mun_html_has_stamps(verification);
	enum mun_status status = MUN_OK;

	(void)report;
	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 3);
	if (!has_stamps)
		mun_html_raw(html,
		    "<p>No time-stamp is logged. Every time in this report is "
		    "what a signer's own clock said, or the clock of whoever "
		    "verified.</p>\n");
	for (size_t i = 0; has_stamps && status == MUN_OK &&
	     i < sizeof(steps) / sizeof(steps[0]);
	     i++)
		status = put_step(html, verification, &steps[i], err);
	mun_html_raw(html, "</section>\n");
	return status;
}
