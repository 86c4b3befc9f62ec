/* SPDX-License-Identifier: BSD-2-Clause */
#include "story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../log/log_key.h"
#include "pki/pki.h"
#include "vault/vault.h"

enum {
	LOG_KEY = 1
};

static enum mun_status
let_all(void *ctx, const struct mun_entry *entry, struct mun_error *err)
{
	(void)ctx;
	(void)entry;
	(void)err;
	return MUN_OK;
}

static void
write_vault_json(struct story *story)
{
	struct mun_buffer json = MUN_BUFFER_INIT(65536);
	uint8_t fingerprint[32], key[32];
	char path[8192];
	FILE *file;

	story_entry(story, 0, fingerprint);
	test_log_key(key, LOG_KEY);
	mun_vault_json_write(&json, vault_origin, "XPF", fingerprint, key);
	assert_int_equal(json.status, MUN_OK);
	(void)snprintf(path, sizeof(path), "%s/vault.json", story->base.path);
	file = fopen(path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(json.data, 1, json.len, file), json.len);
	fclose(file);
	mun_buffer_free(&json);
}

void
story_begin(struct story *story, struct mun_scratch *scratch)
{
	*story = (struct story){ .vault = NULL };
	vault_open(&story->base, scratch);
	vault_create(&story->base);
	write_vault_json(story);
	story_open(story);
}

static void
close_all(struct story *story)
{
	mun_index_close(story->index);
	mun_vault_close(story->vault);
	story->index = NULL;
	story->vault = NULL;
}

void
story_end(struct story *story)
{
	close_all(story);
	vault_close(&story->base);
}

void
story_open(struct story *story)
{
	struct mun_error err = MUN_ERROR_INIT;

	close_all(story);
	MUN_EXPECT_OK(
	    mun_vault_open(&story->vault, story->base.path, &err), &err);
	MUN_EXPECT_OK(mun_index_catch_up(story->vault, &err), &err);
	MUN_EXPECT_OK(mun_index_open(&story->index, story->vault, &err), &err);
}

void
story_entry(struct story *story, uint64_t seq, uint8_t sha256[32])
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_entry entry = MUN_ENTRY_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_log *log = NULL;

	MUN_EXPECT_OK(mun_log_open(&log, story->base.store, &err), &err);
	MUN_EXPECT_OK(mun_log_entry(log, seq, &der, &err), &err);
	MUN_EXPECT_OK(
	    mun_entry_unverified(&entry, der.data, der.len, &err), &err);
	memcpy(sha256, entry.sha256, 32);
	mun_entry_clear(&entry);
	mun_log_close(log);
	mun_buffer_free(&der);
}

void
story_actor(uint8_t sha256[32], const char *name)
{
	struct mun_certificate *certificate = mun_pki_certificate(name);

	memcpy(sha256, mun_certificate_sha256(certificate), 32);
	mun_certificate_free(certificate);
}

uint64_t
story_add(struct story *story, const char *signer_name,
    struct mun_detail *detail, const struct mun_statement *statement)
{
	struct mun_signer *signer = test_signer_new(signer_name, LOG_KEY);
	struct mun_buffer subject = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_buffer fields = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_log_appended appended = { .seq = 0 };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_log_draft draft = {
		.type = mun_event_type_name(detail->type),
		.detail = &fields,
		.statement = statement,
		.judge = let_all,
	};

	mun_detail_write_subject(detail, &subject);
	mun_detail_write(detail, &fields);
	if (subject.len > 0)
		draft.subject = &subject;
	MUN_EXPECT_OK(mun_log_recover(story->base.store, &err), &err);
	MUN_EXPECT_OK(mun_log_append(story->base.store, signer,
			  story->base.keys, &draft, &appended, &err),
	    &err);
	mun_detail_clear(detail);
	mun_buffer_free(&subject);
	mun_buffer_free(&fields);
	test_signer_free(signer);
	return appended.seq;
}

struct mun_detail
story_about(enum mun_event_type type, const char *archive, uint64_t document)
{
	struct mun_detail detail = { .type = type };

	if (archive == NULL)
		return detail;
	(void)snprintf(detail.subject.archive, sizeof(detail.subject.archive),
	    "%s", archive);
	detail.subject.document = document;
	if (document != 0)
		memset(detail.subject.leaf, 0x5a, sizeof(detail.subject.leaf));
	return detail;
}

uint64_t
story_deposit(struct story *story, const char *signer, const char *archive,
    const char *case_name)
{
	struct mun_detail detail = story_about(MUN_EVENT_DEPOSIT, archive, 0);
	struct mun_statement statement = { .salt = { 0 } };
	char text[64];

	memcpy(detail.deposit.archive, detail.subject.archive,
	    sizeof(detail.deposit.archive));
	memset(detail.deposit.sha256, 1, 32);
	if (case_name == NULL)
		return story_add(story, signer, &detail, NULL);
	(void)snprintf(text, sizeof(text), "%s", case_name);
	statement.text[MUN_STATEMENT_CASE] = text;
	return story_add(story, signer, &detail, &statement);
}

uint64_t
story_enrol(struct story *story, const char *signer, const char *name,
    enum mun_role role)
{
	struct mun_detail detail = { .type = MUN_EVENT_ACTOR_ENROLLED,
		.role = role,
		.certificate = mun_pki_certificate(name) };

	mun_detail_give(&detail, MUN_DETAIL_ROLE);
	mun_detail_give(&detail, MUN_DETAIL_CERTIFICATE);
	return story_add(story, signer, &detail, NULL);
}

uint64_t
story_revoke(struct story *story, const char *signer, const char *name,
    enum mun_revocation reason, int64_t since_utc_s)
{
	struct mun_detail detail = { .type = MUN_EVENT_ACTOR_REVOKED,
		.reason = reason,
		.since_utc_s = since_utc_s };

	story_actor(detail.actor, name);
	mun_detail_give(&detail, MUN_DETAIL_ACTOR);
	mun_detail_give(&detail, MUN_DETAIL_REASON);
	if (since_utc_s != 0)
		mun_detail_give(&detail, MUN_DETAIL_SINCE);
	return story_add(story, signer, &detail, NULL);
}

uint64_t
story_hand_over(struct story *story, const char *signer, const char *archive,
    const char *from, const char *to, enum mun_transfer_form form)
{
	struct mun_detail detail = story_about(MUN_EVENT_TRANSFER, archive, 0);

	detail.step = MUN_TRANSFER_HANDED_OVER;
	mun_detail_give(&detail, MUN_DETAIL_STEP);
	detail.form = form;
	mun_detail_give(&detail, MUN_DETAIL_FORM);
	if (from != NULL) {
		story_actor(detail.from, from);
		mun_detail_give(&detail, MUN_DETAIL_FROM);
	}
	if (to != NULL) {
		story_actor(detail.to, to);
		mun_detail_give(&detail, MUN_DETAIL_TO);
	}
	if (form == MUN_TRANSFER_RECEIPTED) {
		(void)snprintf(detail.receipt.archive,
		    sizeof(detail.receipt.archive), "XPF-0002");
		detail.receipt.document = 7;
		memset(detail.receipt.leaf, 0x77, 32);
		mun_detail_give(&detail, MUN_DETAIL_RECEIPT);
	}
	return story_add(story, signer, &detail, NULL);
}

uint64_t
story_accept(
    struct story *story, const char *signer, const char *archive, uint64_t seq)
{
	struct mun_detail detail = story_about(MUN_EVENT_TRANSFER, archive, 0);

	detail.step = MUN_TRANSFER_ACCEPTED;
	mun_detail_give(&detail, MUN_DETAIL_STEP);
	story_entry(story, seq, detail.entry);
	mun_detail_give(&detail, MUN_DETAIL_ENTRY);
	return story_add(story, signer, &detail, NULL);
}

uint64_t
story_check(struct story *story, const char *signer, const char *archive,
    enum mun_outcome result)
{
	struct mun_detail detail =
	    story_about(MUN_EVENT_FIXITY_CHECK, archive, 0);

	detail.result = result;
	mun_detail_give(&detail, MUN_DETAIL_RESULT);
	if (archive == NULL) {
		memset(detail.results, 0x33, 32);
		mun_detail_give(&detail, MUN_DETAIL_RESULTS);
	}
	return story_add(story, signer, &detail, NULL);
}

uint64_t
story_annotate(struct story *story, const char *signer, const char *archive,
    uint64_t document, enum mun_statement_field key, const char *value)
{
	struct mun_detail detail =
	    story_about(MUN_EVENT_ANNOTATION, archive, document);
	struct mun_statement statement = { .salt = { 0 } };
	char text[256];

	(void)snprintf(text, sizeof(text), "%s", value);
	statement.text[key] = text;
	detail.keys = 1u << key;
	mun_detail_give(&detail, MUN_DETAIL_KEYS);
	return story_add(story, signer, &detail, &statement);
}
