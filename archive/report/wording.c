/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wording.c - the words of a verdict, for every report alike; see wording.h.
 *
 * Here and in verify/rules.def is all that is said of evidence: nothing here
 * claims more than what was checked.
 */
#include "report/wording.h"

#include "base/macros.h"

const char *
mun_wording_question(enum mun_question_kind kind)
{
	static const char *const headings[MUN_QUESTIONS] = { "Is it intact?",
		"Who sealed it?", "Since when does it exist?",
		"Who has held it?", "Is the history complete?" };

	MUN_ASSERT((size_t)kind < MUN_QUESTIONS);
	return headings[kind];
}

const char *
mun_wording_proves(enum mun_question_kind kind)
{
	static const char *const texts[MUN_QUESTIONS] = {
		[MUN_QUESTION_INTACT] =
		    "that the bytes examined are, bit for bit, those that "
		    "were sealed, with nothing missing and nothing added.",
		[MUN_QUESTION_SEALED_BY] =
		    "that the seal was made with the private key of the "
		    "certificate that the anchor vouches for.",
		[MUN_QUESTION_EXISTED_BY] =
		    "that it existed no later than the time stated by others "
		    "than those who kept it.",
		[MUN_QUESTION_HELD_BY] =
		    "who recorded, under signature and in which order, having "
		    "received, handed over, examined or copied it.",
		[MUN_QUESTION_HISTORY_COMPLETE] =
		    "that no entry of the log was removed, inserted, "
		    "reordered or changed since its signed head.",
	};

	MUN_ASSERT((size_t)kind < MUN_QUESTIONS);
	return texts[kind];
}

const char *
mun_wording_proves_not(enum mun_question_kind kind)
{
	static const char *const texts[MUN_QUESTIONS] = {
		[MUN_QUESTION_INTACT] =
		    "that what a document says is true, who wrote it, or that "
		    "it was unaltered before it was deposited.",
		[MUN_QUESTION_SEALED_BY] =
		    "which person used that key, or that a name in a "
		    "certificate is the name of that person.",
		[MUN_QUESTION_EXISTED_BY] =
		    "when it was made. The signer's own clock proves nothing "
		    "to somebody who does not trust the signer.",
		[MUN_QUESTION_HELD_BY] =
		    "what was never recorded: access by others, or acts of "
		    "these persons outside the record.",
		[MUN_QUESTION_HISTORY_COMPLETE] =
		    "that everything that happened was entered; nor that no "
		    "second log was shown to others, unless an earlier head "
		    "was kept and compared.",
	};

	MUN_ASSERT((size_t)kind < MUN_QUESTIONS);
	return texts[kind];
}

const char *
mun_wording_missing(const struct mun_question *question)
{
	return question->claimed && question->verdict == MUN_FAILED
	    ? "what to do"
	    : "what would answer it";
}

const char *
mun_wording_outcome(enum mun_verdict verdict)
{
	switch (verdict) {
	case MUN_PASSED:
		return "Passed";
	case MUN_FAILED:
		return "Failed";
	case MUN_INDETERMINATE:
		break;
	}
	return "Not yet judged";
}

void
mun_wording_sentence(
    struct mun_buffer *out, const struct mun_verification *verification)
{
	enum mun_verdict verdict = mun_verification_verdict(verification);
	const struct mun_check *check = mun_verification_worst(verification);

	if (check == NULL)
		mun_buffer_append_text(out, "Nothing could be judged.");
	else if (verdict == MUN_FAILED)
		mun_buffer_append_format(out,
		    "Something is wrong: %s Everything that was found is "
		    "listed.",
		    check->means);
	else if (verdict == MUN_INDETERMINATE)
		mun_buffer_append_format(out,
		    "Nothing wrong was found, but not everything could be "
		    "judged: %s %s",
		    check->means, check->next);
	else
		mun_buffer_append_text(out,
		    "Nothing wrong was found, and everything that is claimed "
		    "was judged.");
}
