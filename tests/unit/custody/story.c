/* SPDX-License-Identifier: BSD-2-Clause */
/* story.c - see story.h. */
#include "story.h"

#include <stdio.h>
#include <string.h>

#include "digest/digest.h"
#include "harness/harness.h"
#include "pki/pki.h"

static void
hear(void *ctx, const struct mun_remark *remark)
{
	struct story *story = ctx;

	assert_true(story->heard_count < STORY_HEARD_MAX);
	story->heard[story->heard_count].kind = remark->kind;
	story->heard[story->heard_count].seq = remark->seq;
	(void)snprintf(story->heard[story->heard_count].archive,
	    sizeof(story->heard[0].archive), "%s", remark->archive);
	story->heard_count++;
}

struct mun_certificate *
story_certificate(struct story *story, const char *name)
{
	for (size_t i = 0; i < story->known_count; i++)
		if (strcmp(story->known[i].name, name) == 0)
			return story->known[i].certificate;
	assert_true(story->known_count < STORY_NAMES_MAX);
	story->known[story->known_count].name = name;
	story->known[story->known_count].certificate =
	    mun_pki_certificate(name);
	return story->known[story->known_count++].certificate;
}

const uint8_t *
story_sha256(struct story *story, const char *name)
{
	return mun_certificate_sha256(story_certificate(story, name));
}

void
story_begin(struct story *story, const char *founder, const char *recovery)
{
	struct mun_vault_created created = { .prefix = "XPF",
		.log_key = { 1 } };

	memset(story, 0, sizeof(*story));
	created.certificate = story_certificate(story, founder);
	if (recovery != NULL)
		created.recovery = story_certificate(story, recovery);
	MUN_EXPECT_OK(
	    mun_custody_new(&story->custody, hear, story, NULL), NULL);
	MUN_EXPECT_OK(mun_custody_found(story->custody, &created, NULL), NULL);
	story->seq = 1;
}

void
story_end(struct story *story)
{
	story_quiet(story);
	mun_custody_free(story->custody);
	for (size_t i = 0; i < story->known_count; i++)
		mun_certificate_free(story->known[i].certificate);
}

void
story_entry(uint8_t entry[MUN_SHA256_LEN], uint64_t seq)
{
	mun_sha256_of(entry, &seq, sizeof(seq));
}

uint64_t
story_event(struct story *story, const char *who, struct mun_detail *detail,
    const char *archive, uint64_t document)
{
	struct mun_event event = MUN_EVENT_INIT;
	uint8_t entry[MUN_SHA256_LEN];

	event.seq = story->seq++;
	event.time_utc_s = STORY_TIME + (int64_t)event.seq;
	(void)snprintf(event.type, sizeof(event.type), "%s",
	    mun_event_type_name(detail->type));
	memcpy(event.actor, story_sha256(story, who), MUN_SHA256_LEN);
	(void)snprintf(detail->subject.archive, sizeof(detail->subject.archive),
	    "%s", archive);
	detail->subject.document = document;
	story_entry(entry, event.seq);
	MUN_EXPECT_OK(
	    mun_custody_apply(story->custody, &event, entry, detail, NULL),
	    NULL);
	mun_event_clear(&event);
	return event.seq;
}

uint64_t
story_plain(struct story *story, const char *who, enum mun_event_type type,
    const char *archive)
{
	struct mun_detail detail = { .type = type };

	return story_event(story, who, &detail, archive, 0);
}

uint64_t
story_deposit(struct story *story, const char *who, const char *archive)
{
	struct mun_detail detail = { .type = MUN_EVENT_DEPOSIT };

	(void)snprintf(detail.deposit.archive, sizeof(detail.deposit.archive),
	    "%s", archive);
	return story_event(story, who, &detail, archive, 0);
}

uint64_t
story_enrol(
    struct story *story, const char *who, const char *whom, enum mun_role role)
{
	struct mun_detail detail = { .type = MUN_EVENT_ACTOR_ENROLLED,
		.role = role,
		.certificate = story_certificate(story, whom) };

	mun_detail_give(&detail, MUN_DETAIL_ROLE);
	mun_detail_give(&detail, MUN_DETAIL_CERTIFICATE);
	return story_event(story, who, &detail, "", 0);
}

uint64_t
story_revoke(struct story *story, const char *who, const char *whom,
    enum mun_revocation reason, int64_t since_utc_s)
{
	struct mun_detail detail = { .type = MUN_EVENT_ACTOR_REVOKED,
		.reason = reason,
		.since_utc_s = since_utc_s };

	memcpy(detail.actor, story_sha256(story, whom), MUN_SHA256_LEN);
	mun_detail_give(&detail, MUN_DETAIL_ACTOR);
	mun_detail_give(&detail, MUN_DETAIL_REASON);
	return story_event(story, who, &detail, "", 0);
}

uint64_t
story_replace(
    struct story *story, const char *who, const char *old, const char *new)
{
	struct mun_detail detail = { .type = MUN_EVENT_KEY_ROTATED,
		.certificate = story_certificate(story, new) };

	memcpy(detail.actor, story_sha256(story, old), MUN_SHA256_LEN);
	mun_detail_give(&detail, MUN_DETAIL_ACTOR);
	mun_detail_give(&detail, MUN_DETAIL_CERTIFICATE);
	return story_event(story, who, &detail, "", 0);
}

uint64_t
story_log_key(struct story *story, const char *who, uint8_t byte)
{
	struct mun_detail detail = { .type = MUN_EVENT_KEY_ROTATED,
		.log_key = { byte } };

	mun_detail_give(&detail, MUN_DETAIL_LOG_KEY);
	return story_event(story, who, &detail, "", 0);
}

uint64_t
story_hand(struct story *story, const char *who, const char *from,
    const char *to, enum mun_transfer_form form, const char *archive,
    uint64_t document)
{
	struct mun_detail detail = { .type = MUN_EVENT_TRANSFER,
		.step = MUN_TRANSFER_HANDED_OVER,
		.form = form };

	mun_detail_give(&detail, MUN_DETAIL_STEP);
	mun_detail_give(&detail, MUN_DETAIL_FORM);
	if (from != NULL) {
		memcpy(detail.from, story_sha256(story, from), MUN_SHA256_LEN);
		mun_detail_give(&detail, MUN_DETAIL_FROM);
	}
	if (to != NULL) {
		memcpy(detail.to, story_sha256(story, to), MUN_SHA256_LEN);
		mun_detail_give(&detail, MUN_DETAIL_TO);
	}
	return story_event(story, who, &detail, archive, document);
}

uint64_t
story_accept(struct story *story, const char *who, uint64_t seq,
    const char *archive, uint64_t document)
{
	struct mun_detail detail = { .type = MUN_EVENT_TRANSFER,
		.step = MUN_TRANSFER_ACCEPTED };

	story_entry(detail.entry, seq);
	mun_detail_give(&detail, MUN_DETAIL_STEP);
	mun_detail_give(&detail, MUN_DETAIL_ENTRY);
	return story_event(story, who, &detail, archive, document);
}

uint64_t
story_check(struct story *story, const char *who, enum mun_outcome result,
    const char *archive)
{
	struct mun_detail detail = { .type = MUN_EVENT_FIXITY_CHECK,
		.result = result };

	mun_detail_give(&detail, MUN_DETAIL_RESULT);
	return story_event(story, who, &detail, archive, 0);
}

void
story_quiet(struct story *story)
{
	if (story->heard_count != 0)
		fail_msg("remark %d about entry %llu",
		    (int)story->heard[0].kind,
		    (unsigned long long)story->heard[0].seq);
}

void
story_heard(struct story *story, enum mun_remark_kind kind, uint64_t seq)
{
	assert_int_equal(story->heard_count, 1);
	assert_int_equal(story->heard[0].kind, kind);
	assert_int_equal(story->heard[0].seq, seq);
	story->heard_count = 0;
}

void
story_finish(struct story *story)
{
	mun_custody_finish(story->custody, NULL, NULL);
}
