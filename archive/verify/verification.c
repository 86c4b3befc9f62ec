/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verification.c - the record of what was found, and the only place where a
 * verdict is made.
 *
 * Checks come in from every part of the verifier; the overall verdict is the
 * worst of them.  Running out of memory sticks and makes the run a failure, so
 * that a check can never be lost quietly.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "verify/verify_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

struct rule {
	const char *id;
	enum mun_check_kind kind;
	enum mun_question_kind question;
	enum mun_verdict otherwise;
	const char *means;
	const char *means_not;
	const char *next;
};

static const struct rule rules[MUN_RULES] = {
#define RULE(symbol, id, kind, question, otherwise, means, means_not, next)    \
	[MUN_RULE_##symbol] = { id, MUN_CHECK_##kind, MUN_QUESTION_##question, \
		MUN_##otherwise, means, means_not, next },
#include "verify/rules.def"
#undef RULE
};

/* What a verdict is made of: the rule's word if it does not hold.  PASSED is
 * assigned here and nowhere else. */
static enum mun_verdict
verdict_of(const struct rule *rule, bool holds)
{
	enum mun_verdict verdict = MUN_INDETERMINATE;

	if (holds)
		verdict = MUN_PASSED;
	else if (rule->otherwise == MUN_FAILED)
		verdict = MUN_FAILED;
	return verdict;
}

static bool
make_room(struct mun_verification *v)
{
	size_t capacity = v->check_capacity == 0 ? 64 : v->check_capacity * 2;
	struct mun_check *checks;
	enum mun_question_kind *questions_of;

	if (v->check_count < v->check_capacity)
		return true;
	checks = reallocarray(v->checks, capacity, sizeof(*checks));
	if (checks != NULL)
		v->checks = checks;
	questions_of =
	    reallocarray(v->questions_of, capacity, sizeof(*questions_of));
	if (questions_of != NULL)
		v->questions_of = questions_of;
	if (checks == NULL || questions_of == NULL) {
		v->status = MUN_ERR_NOMEM;
		return false;
	}
	v->check_capacity = capacity;
	return true;
}

static void
record(struct mun_verification *v, enum mun_rule which, bool holds, bool said,
    const char *subject, const char *detail)
{
	const struct rule *rule = &rules[which];
	struct mun_check *check;
	char *subject_copy, *detail_copy;

	if (v->status != MUN_OK || !make_room(v))
		return;
	subject_copy = strdup(subject);
	detail_copy = strdup(detail);
	if (subject_copy == NULL || detail_copy == NULL) {
		free(subject_copy);
		free(detail_copy);
		v->status = MUN_ERR_NOMEM;
		return;
	}
	check = &v->checks[v->check_count];
	v->questions_of[v->check_count] = rule->question;
	check->kind = rule->kind;
	check->verdict = verdict_of(rule, holds);
	check->rule = rule->id;
	check->subject = subject_copy;
	check->detail = detail_copy;
	check->means = holds ? rule->means : rule->means_not;
	check->next = holds ? "" : rule->next;
	check->said = said;
	v->check_count++;
	if (!holds)
		v->problem_count++;
}

/* Problems are bounded; what no longer fits is itself a failure, once.  What
 * holds is not: a vault of many archives is not a vault of many problems. */
static bool
is_full(struct mun_verification *v)
{
	if (v->problem_count < MUN_PROBLEMS_MAX)
		return false;
	if (v->problem_count == MUN_PROBLEMS_MAX)
		record(v, MUN_RULE_TOO_MANY, false, false, "verification",
		    "only the first problems are listed");
	return true;
}

MUN_PRINTF(6, 0)
static void
record_formatted(struct mun_verification *v, enum mun_rule rule, bool holds,
    bool said, const char *subject, const char *format, va_list arguments)
{
	char detail[MUN_ERROR_TEXT_MAX];

	if (!holds && is_full(v))
		return;
	if (vsnprintf(detail, sizeof(detail), format, arguments) < 0)
		detail[0] = '\0';
	record(v, rule, holds, said, subject, detail);
}

void
mun_judge(struct mun_verification *v, enum mun_rule rule, bool holds,
    const char *subject, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record_formatted(v, rule, holds, false, subject, format, arguments);
	va_end(arguments);
}

void
mun_say(struct mun_verification *v, enum mun_rule rule, const char *subject,
    const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	record_formatted(v, rule, true, true, subject, format, arguments);
	va_end(arguments);
}

void
mun_retell(struct mun_verification *v, size_t i, const char *format, ...)
{
	char detail[MUN_ERROR_TEXT_MAX];
	va_list arguments;
	char *copy;

	va_start(arguments, format);
	if (vsnprintf(detail, sizeof(detail), format, arguments) < 0)
		detail[0] = '\0';
	va_end(arguments);
	copy = strdup(detail);
	if (copy == NULL) {
		v->status = MUN_ERR_NOMEM;
		return;
	}
	free((char *)(uintptr_t)v->checks[i].detail);
	v->checks[i].detail = copy;
}

static void
free_check(struct mun_check *check)
{
	/* subject and detail are ours; the header shows them as const */
	free((char *)(uintptr_t)check->subject);
	free((char *)(uintptr_t)check->detail);
}

void
mun_forget(struct mun_verification *v, size_t count)
{
	while (v->check_count > count) {
		struct mun_check *check = &v->checks[--v->check_count];

		if (check->verdict != MUN_PASSED)
			v->problem_count--;
		free_check(check);
	}
	if (v->telling > count)
		v->telling = 0;
}

bool
mun_failed_since(const struct mun_verification *v, size_t count)
{
	for (size_t i = count; i < v->check_count; i++)
		if (v->checks[i].verdict == MUN_FAILED)
			return true;
	return false;
}

void
mun_judge_as(struct mun_verification *v, enum mun_rule rule, const char *name,
    const char *subject, const char *format, ...)
{
	size_t before = v->check_count;
	va_list arguments;

	va_start(arguments, format);
	record_formatted(v, rule, false, false, subject, format, arguments);
	va_end(arguments);
	if (v->check_count == before + 1 &&
	    v->checks[before].rule == rules[rule].id)
		v->checks[before].rule = name;
}

void
mun_judge_index(struct mun_verification *v, const char *rule,
    const char *subject, const char *detail)
{
	mun_judge_as(v, MUN_RULE_INDEX_AGREES, rule, subject, "%s", detail);
}

void
mun_summarise(struct mun_verification *v, size_t before,
    const enum mun_rule *which, size_t count, const char *subject)
{
	for (size_t r = 0; r < count; r++) {
		bool broken = false;

		for (size_t i = before; i < v->check_count && !broken; i++)
			broken = v->checks[i].rule == rules[which[r]].id;
		if (!broken)
			mun_judge(v, which[r], true, subject, "%s", "");
	}
}

/* The worst of the checks that bear on a question (all of them for
 * MUN_QUESTIONS).  Nothing checked is nothing known. */
enum mun_verdict
mun_worst(const struct mun_verification *v, enum mun_question_kind question,
    const struct mun_check **which)
{
	const struct mun_check *worst = NULL, *telling = NULL;

	for (size_t i = 0; i < v->check_count; i++) {
		const struct mun_check *check = &v->checks[i];

		if (question != MUN_QUESTIONS && v->questions_of[i] != question)
			continue;
		if (worst == NULL ||
		    (worst->verdict == MUN_PASSED &&
			check->verdict != MUN_PASSED) ||
		    (worst->verdict != MUN_FAILED &&
			check->verdict == MUN_FAILED))
			worst = check;
		if (i + 1 == v->telling)
			telling = check;
	}
	if (telling != NULL && telling->verdict == worst->verdict)
		worst = telling;
	if (which != NULL)
		*which = worst;
	return worst == NULL ? MUN_INDETERMINATE : worst->verdict;
}

enum mun_verdict
mun_verification_verdict(const struct mun_verification *v)
{
	return mun_worst(v, MUN_QUESTIONS, NULL);
}

const struct mun_check *
mun_verification_worst(const struct mun_verification *v)
{
	const struct mun_check *worst;

	(void)mun_worst(v, MUN_QUESTIONS, &worst);
	return worst;
}

void
mun_verification_free(struct mun_verification *v)
{
	if (v == NULL)
		return;
	mun_forget(v, 0);
	free(v->checks);
	free(v->questions_of);
	for (size_t i = 0; i < MUN_QUESTIONS; i++)
		free((char *)(uintptr_t)v->questions[i].because);
	for (size_t i = 0; i < v->input_count; i++)
		free((char *)(uintptr_t)v->inputs[i].path);
	free(v->inputs);
	for (size_t i = 0; i < v->anchor_count; i++)
		mun_anchor_clear(&v->anchors[i]);
	free(v->anchors);
	free(v->anchor_texts);
	for (size_t i = 0; i < v->time_root_count; i++)
		mun_certificate_free(v->time_roots[i]);
	free(v->time_roots);
	free(v->time_root_texts);
	for (size_t i = 0; i < v->time_list_count; i++)
		mun_crl_free(v->time_lists[i]);
	free(v->time_lists);
	free(v->time_list_counts);
	free(v->custodies);
	mun_policy_free(v->policy);
	free(v);
}

size_t
mun_verification_check_count(const struct mun_verification *v)
{
	return v->check_count;
}

const struct mun_check *
mun_verification_check(const struct mun_verification *v, size_t i)
{
	return i < v->check_count ? &v->checks[i] : NULL;
}

const struct mun_question *
mun_verification_question(
    const struct mun_verification *v, enum mun_question_kind kind)
{
	return &v->questions[kind];
}

size_t
mun_verification_input_count(const struct mun_verification *v)
{
	return v->input_count;
}

const struct mun_verify_input *
mun_verification_input(const struct mun_verification *v, size_t i)
{
	return i < v->input_count ? &v->inputs[i] : NULL;
}

size_t
mun_verification_anchor_count(const struct mun_verification *v)
{
	return v->anchor_count + v->time_root_count;
}

const char *
mun_verification_anchor(const struct mun_verification *v, size_t i)
{
	if (i < v->anchor_count)
		return v->anchor_texts[i];
	i -= v->anchor_count;
	return i < v->time_root_count ? v->time_root_texts[i] : NULL;
}

bool
mun_verification_claimed_vault(
    const struct mun_verification *v, uint8_t fingerprint[32])
{
	if (v->has_claimed_vault)
		memcpy(fingerprint, v->claimed_vault, MUN_SHA256_LEN);
	return v->has_claimed_vault;
}

int64_t
mun_verification_time_utc_s(const struct mun_verification *v)
{
	return v->time_utc_s;
}

const char *
mun_verdict_text(enum mun_verdict verdict)
{
	switch (verdict) {
	case MUN_PASSED:
		return "PASSED";
	case MUN_FAILED:
		return "FAILED";
	case MUN_INDETERMINATE:
		break;
	}
	return "INDETERMINATE";
}

const char *
mun_check_kind_text(enum mun_check_kind kind)
{
	static const char *const texts[] = { "FIXITY", "COMPLETENESS",
		"STRUCTURE", "SIGNATURE", "CERTIFICATE", "REVOCATION", "TIME",
		"INCLUSION", "CONSISTENCY", "INDEX" };

	MUN_ASSERT((size_t)kind < sizeof(texts) / sizeof(texts[0]));
	return texts[kind];
}

const char *
mun_question_text(enum mun_question_kind kind)
{
	static const char *const texts[MUN_QUESTIONS] = { "intact", "sealed-by",
		"existed-by", "held-by", "history-complete" };

	MUN_ASSERT((size_t)kind < MUN_QUESTIONS);
	return texts[kind];
}
