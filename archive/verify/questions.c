/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * questions.c - the five questions a court asks, answered from the checks.
 */
#include "verify/verify_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"

/* What to say when everything that bears on a question holds. */
static const char *const when_held[MUN_QUESTIONS] = {
	[MUN_QUESTION_INTACT] =
	    "every stored byte is what was sealed, and nothing is missing or "
	    "added",
	[MUN_QUESTION_SEALED_BY] =
	    "the seals are by the key that the given anchor vouches for",
	[MUN_QUESTION_EXISTED_BY] = "",
	[MUN_QUESTION_HELD_BY] =
	    "each deposit and hand-over in the log is signed by an actor who "
	    "may sign it, and none contradicts another",
	[MUN_QUESTION_HISTORY_COMPLETE] =
	    "the log is whole, in order and signed; nothing in it was removed "
	    "or changed",
};

/* Of a dossier. */
static const char part_is_whole[] =
    "all that the log has about these archives is here, in order and signed, "
    "up to the entry that the dossier names; that none is missing is the word "
    "of whoever signed its list, and the vault can show it; what came later is "
    "not here";

static const char *const when_unclaimed[MUN_QUESTIONS] = {
	[MUN_QUESTION_INTACT] = "nothing was given to judge",
	[MUN_QUESTION_SEALED_BY] = "no seal was found to judge",
	[MUN_QUESTION_EXISTED_BY] =
	    "no time-stamp covers what was judged; only the signer's own clock "
	    "says when",
	[MUN_QUESTION_HELD_BY] = "no record of custody was given",
	[MUN_QUESTION_HISTORY_COMPLETE] = "no log was given",
};

static const char *const what_is_missing[MUN_QUESTIONS] = {
	[MUN_QUESTION_INTACT] = "",
	[MUN_QUESTION_SEALED_BY] = "an anchor: the vault fingerprint from "
				   "paper or another channel",
	[MUN_QUESTION_EXISTED_BY] =
	    "time-stamps of authorities that do not know each other",
	[MUN_QUESTION_HELD_BY] = "the vault, or the archive's dossier",
	[MUN_QUESTION_HISTORY_COMPLETE] = "the vault, or the archive's dossier",
};

static const char restore_log[] =
    "the log, restored from a copy: question 5 says what is wrong with it";

/* Of a vault that has archives and seals, and no log to judge them by. */
static bool
is_lost(const struct mun_verification *v, enum mun_question_kind kind)
{
	return v->lost != NULL && kind != MUN_QUESTION_HISTORY_COMPLETE;
}

static char *
reason_of(const struct mun_check *check)
{
	char text[MUN_ERROR_TEXT_MAX];

	snprintf(text, sizeof(text), "%s: %s%s%s%s", check->subject,
	    check->means, check->detail[0] == '\0' ? "" : " (", check->detail,
	    check->detail[0] == '\0' ? "" : ")");
	return strdup(text);
}

/* Time is claimed of archives that time-stamps cover. */
static bool
is_claimed(const struct mun_verification *v, enum mun_question_kind kind)
{
	const struct mun_check *worst;

	if (mun_worst(v, kind, &worst) == MUN_PASSED &&
	    kind == MUN_QUESTION_EXISTED_BY && v->time_archives > 0 &&
	    v->time_archives_proven == 0)
		return false; /* what is proven is of other entries */
	return worst != NULL;
}

/* By when, as far as it is proven of every archive that was judged. */
static char *
existed_by(const struct mun_verification *v)
{
	size_t unproven = v->time_archives - v->time_archives_proven;
	char time[MUN_TIME_TEXT_LEN + 1] = "?", text[512];

	if (v->time_archives_proven == 0)
		return strdup("what time-stamps cover existed by the times "
			      "that they state; no archive was judged");
	(void)mun_time_format(time, v->time_archives_by_utc_s);
	if (unproven == 0)
		snprintf(text, sizeof(text),
		    "every archive judged existed no later than %s; "
		    "authorities that agree, none sharing a key: %zu",
		    time, v->time_authorities);
	else
		snprintf(text, sizeof(text),
		    "of the archives judged, %zu existed no later than %s "
		    "(authorities that agree: %zu); of %zu nothing is proven",
		    v->time_archives_proven, time, v->time_authorities,
		    unproven);
	return strdup(text);
}

static char *
why_it_holds(const struct mun_verification *v, enum mun_question_kind kind)
{
	if (kind == MUN_QUESTION_EXISTED_BY)
		return existed_by(v);
	if (kind == MUN_QUESTION_HISTORY_COMPLETE && v->has_part)
		return strdup(part_is_whole);
	return strdup(when_held[kind]);
}

static void
answer(struct mun_verification *v, enum mun_question_kind kind)
{
	struct mun_question *question = &v->questions[kind];
	const struct mun_check *worst;
	char *because;

	question->kind = kind;
	question->claimed = is_claimed(v, kind);
	question->verdict = mun_worst(v, kind, &worst);
	question->missing = what_is_missing[kind];
	if (!question->claimed) {
		question->verdict = MUN_INDETERMINATE;
		because =
		    strdup(is_lost(v, kind) ? v->lost : when_unclaimed[kind]);
		if (is_lost(v, kind))
			question->missing = restore_log;
	} else if (question->verdict == MUN_PASSED) {
		question->missing = "";
		because = why_it_holds(v, kind);
	} else {
		question->missing = worst->next;
		because = reason_of(worst);
	}
	if (because == NULL)
		v->status = MUN_ERR_NOMEM;
	question->because = because;
}

void
mun_answer_questions(struct mun_verification *v)
{
	for (unsigned kind = 0; kind < MUN_QUESTIONS; kind++)
		answer(v, (enum mun_question_kind)kind);
}
