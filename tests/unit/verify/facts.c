/* SPDX-License-Identifier: BSD-2-Clause */
/* facts.c - see facts.h. */
#include "facts.h"

#include <stdlib.h>
#include <string.h>

#include "harness/harness.h"
#include "pki/pki.h"

/* Some digest, another for each place. */
static void
fill(uint8_t sha256[MUN_SHA256_LEN], uint8_t with)
{
	memset(sha256, with, MUN_SHA256_LEN);
}

static void
make_log(struct facts *facts, const char *signer)
{
	struct mun_log_facts *log = &facts->log;

	log->usable = true;
	log->entries = facts->entries;
	log->entry_count = ENTRIES;
	log->deposits = facts->deposits;
	log->deposit_count = 2;
	log->created.certificate = mun_pki_certificate(signer);
	fill(log->created.log_key, 0x33);
	assert_int_equal(
	    mun_custody_new(&log->custody, NULL, NULL, NULL), MUN_OK);
	assert_int_equal(
	    mun_custody_found(log->custody, &log->created, NULL), MUN_OK);
	fill(log->fingerprint, 0x10);
	strcpy(log->origin, "example.org/log");
	for (uint8_t i = 0; i < ENTRIES; i++) {
		fill(facts->entries[i].sha256, (uint8_t)(0x10 + i));
		facts->entries[i].time_utc_s = 1800000000 + 100 * i;
		facts->entries[i].known = true;
	}
}

static void
make_deposit(struct facts *facts, size_t at, const char *id)
{
	struct mun_deposit_fact *deposit = &facts->deposits[at];

	deposit->seq = DEPOSIT_SEQ + at;
	deposit->time_utc_s = facts->entries[deposit->seq].time_utc_s;
	memcpy(deposit->actor,
	    mun_certificate_sha256(facts->log.created.certificate),
	    MUN_SHA256_LEN);
	strcpy(deposit->subject.archive, id);
	fill(deposit->subject.sha256, (uint8_t)(0x50 + at));
	fill(deposit->subject.seal, (uint8_t)(0x60 + at));
	fill(deposit->subject.seal_signature, (uint8_t)(0x70 + at));
}

static void
make_archive(struct facts *facts, const char *signer)
{
	struct mun_archive_facts *archive = &facts->archive;
	const struct mun_deposit_fact *deposit = &facts->deposits[0];

	archive->whole = archive->sealed = archive->has_sha256 = true;
	strcpy(archive->id, deposit->subject.archive);
	memcpy(archive->sha256, deposit->subject.sha256, MUN_SHA256_LEN);
	memcpy(archive->seal_sha256, deposit->subject.seal, MUN_SHA256_LEN);
	memcpy(archive->seal_signature_sha256, deposit->subject.seal_signature,
	    MUN_SHA256_LEN);
	archive->chain[0] = mun_pki_certificate(signer);
	archive->chain_count = 1;
	strcpy(archive->seal.archive, archive->id);
	strcpy(archive->seal.origin, facts->log.origin);
	memcpy(archive->seal.vault, facts->log.fingerprint, MUN_SHA256_LEN);
	memcpy(archive->seal.after, facts->entries[DEPOSIT_SEQ - 1].sha256,
	    MUN_SHA256_LEN);
	archive->seal.sealed_at_utc_s = deposit->time_utc_s - 50;
}

void
facts_make(struct facts *facts, const char *signer)
{
	memset(facts, 0, sizeof(*facts));
	facts->v = calloc(1, sizeof(*facts->v));
	assert_non_null(facts->v);
	make_log(facts, signer);
	make_deposit(facts, 0, "FCT-0001");
	make_deposit(facts, 1, "FCT-0002");
	MUN_EXPECT_OK(mun_log_facts_sort_deposits(&facts->log, NULL), NULL);
	make_archive(facts, signer);
}

void
facts_free(struct facts *facts)
{
	/* The log's lists are ours. */
	facts->log.entries = NULL;
	facts->log.deposits = NULL;
	mun_log_facts_clear(&facts->log);
	mun_archive_facts_clear(&facts->archive);
	mun_verification_free(facts->v);
}

static struct mun_anchor *
new_anchor(struct facts *facts, enum mun_anchor_kind kind)
{
	struct mun_verification *v = facts->v;
	struct mun_anchor *grown =
	    realloc(v->anchors, (v->anchor_count + 1) * sizeof(*v->anchors));

	assert_non_null(grown);
	v->anchors = grown;
	v->has_anchor = true;
	memset(&grown[v->anchor_count], 0, sizeof(*grown));
	grown[v->anchor_count].kind = kind;
	return &grown[v->anchor_count++];
}

void
facts_anchor(struct facts *facts, const char *name, bool bare)
{
	struct mun_anchor *anchor = new_anchor(facts, MUN_ANCHOR_CERTIFICATE);

	anchor->certificate = mun_pki_certificate(name);
	memcpy(anchor->sha256, mun_certificate_sha256(anchor->certificate),
	    MUN_SHA256_LEN);
	if (!bare)
		return;
	mun_certificate_free(anchor->certificate);
	anchor->certificate = NULL;
}

void
facts_anchor_vault(struct facts *facts, const uint8_t sha256[MUN_SHA256_LEN])
{
	memcpy(new_anchor(facts, MUN_ANCHOR_VAULT)->sha256, sha256,
	    MUN_SHA256_LEN);
}

void
facts_anchor_either(struct facts *facts, const uint8_t sha256[MUN_SHA256_LEN])
{
	memcpy(new_anchor(facts, MUN_ANCHOR_EITHER)->sha256, sha256,
	    MUN_SHA256_LEN);
}

void
facts_expect(struct facts *facts, const char *rule, enum mun_verdict verdict)
{
	facts->last = NULL;
	for (size_t i = 0; i < facts->v->check_count; i++) {
		if (strcmp(facts->v->checks[i].rule, rule) != 0)
			continue;
		if (facts->last != NULL)
			fail_msg("%s was judged twice", rule);
		facts->last = &facts->v->checks[i];
	}
	if (facts->last == NULL)
		fail_msg("%s was not judged", rule);
	else if (facts->last->verdict != verdict)
		fail_msg("%s is %s: %s", rule,
		    mun_verdict_text(facts->last->verdict),
		    facts->last->detail);
}

void
facts_expect_none(const struct facts *facts, const char *rule)
{
	for (size_t i = 0; i < facts->v->check_count; i++)
		if (strcmp(facts->v->checks[i].rule, rule) == 0)
			fail_msg("%s was judged", rule);
}
