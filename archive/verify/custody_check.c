/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * custody_check.c - what custody remarks on events, as checks under rules.
 *
 * Spec: docs/format/custody.md; docs/format/verification.md.
 */
#include "verify/verify_internal.h"

#include <stdio.h>

#include "base/macros.h"

static const struct {
	enum mun_rule rule;
	bool is_said; /* honest logs have it too: it holds, and is heard */
} heard[MUN_REMARKS] = {
	[MUN_REMARK_NOT_ENROLLED] = { MUN_RULE_EVENT_ACTOR, false },
	[MUN_REMARK_REVOKED] = { MUN_RULE_EVENT_REVOKED, false },
	[MUN_REMARK_ROLE] = { MUN_RULE_EVENT_ROLE, false },
	[MUN_REMARK_ENROLMENT] = { MUN_RULE_EVENT_ENROLMENT, false },
	[MUN_REMARK_SUBJECT] = { MUN_RULE_EVENT_SUBJECT, false },
	[MUN_REMARK_REFERENCE] = { MUN_RULE_EVENT_REFERENCE, false },
	[MUN_REMARK_UNKNOWN_TYPE] = { MUN_RULE_EVENT_UNKNOWN, false },
	[MUN_REMARK_NOT_HOLDER] = { MUN_RULE_CUSTODY_NOT_HOLDER, false },
	[MUN_REMARK_REPLACED] = { MUN_RULE_CUSTODY_REPLACED, true },
	[MUN_REMARK_ASSERTED] = { MUN_RULE_CUSTODY_ASSERTED, true },
	[MUN_REMARK_FIXITY_REPAIRED] = { MUN_RULE_FIXITY_REPAIRED, true },
	[MUN_REMARK_WITHDRAWN] = { MUN_RULE_CUSTODY_WITHDRAWN, true },
	[MUN_REMARK_CONTESTED] = { MUN_RULE_EVENT_CONTESTED, false },
	[MUN_REMARK_PENDING] = { MUN_RULE_CUSTODY_PENDING, true },
	[MUN_REMARK_FIXITY_FAILED] = { MUN_RULE_FIXITY_FAILED, false },
	[MUN_REMARK_FIXITY_SOMEWHERE] = { MUN_RULE_FIXITY_FAILED_SOMEWHERE,
	    false },
	[MUN_REMARK_FIXITY_SETTLED] = { MUN_RULE_FIXITY_SETTLED, true },
};

void
mun_custody_hear(void *ctx, const struct mun_remark *remark)
{
	const struct mun_custody_ear *ear = ctx;
	const char *archive = remark->archive;
	enum mun_rule rule;
	char detail[MUN_ERROR_TEXT_MAX];

	MUN_ASSERT((size_t)remark->kind < MUN_REMARKS);
	rule = heard[remark->kind].rule;
	(void)snprintf(detail, sizeof(detail), "entry %llu%s%s%s%s",
	    (unsigned long long)remark->seq, archive[0] == '\0' ? "" : ", ",
	    archive, remark->detail[0] == '\0' ? "" : ": ", remark->detail);
	if (heard[remark->kind].is_said)
		mun_say(ear->v, rule, ear->subject, "%s", detail);
	else
		mun_judge(ear->v, rule, false, ear->subject, "%s", detail);
}

void
mun_custody_summarise(
    struct mun_verification *v, size_t before, const char *subject)
{
	static const enum mun_rule summed[] = { MUN_RULE_EVENT_ACTOR,
		MUN_RULE_EVENT_REVOKED, MUN_RULE_EVENT_ROLE,
		MUN_RULE_EVENT_ENROLMENT, MUN_RULE_EVENT_SUBJECT,
		MUN_RULE_EVENT_REFERENCE, MUN_RULE_CUSTODY_NOT_HOLDER };

	mun_summarise(
	    v, before, summed, sizeof(summed) / sizeof(summed[0]), subject);
}
