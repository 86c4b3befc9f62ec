/* SPDX-License-Identifier: BSD-2-Clause */
/* test_append.c - one more event, and all that forbids one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/fixed_system.h"
#include "log_key.h"
#include "pki/pki.h"
#include "vault.h"

static struct mun_log_appended appended;
static struct mun_error err;

static void
expect_append(struct vault *vault, unsigned number)
{
	MUN_EXPECT_OK(vault_append(vault, number, NULL, &appended, &err), &err);
	assert_true(appended.committed);
	assert_false(appended.unfinished);
}

/* The append fails with that status and changes nothing. */
static void
expect_refusal(struct vault *vault, const struct mun_statement *statement,
    enum mun_status status, const char *words)
{
	char *before = vault_snapshot(vault), *after;

	MUN_EXPECT_STATUS(
	    vault_append(vault, 9, statement, &appended, &err), status, &err);
	MUN_EXPECT_TEXT(&err, words);
	assert_false(appended.committed);
	after = vault_snapshot(vault);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void
read_event(struct vault *vault, uint64_t seq, struct mun_entry *entry)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_log *log;

	*entry = (struct mun_entry)MUN_ENTRY_INIT;
	MUN_EXPECT_OK(mun_log_open(&log, vault->store, &err), &err);
	MUN_EXPECT_OK(mun_log_entry(log, seq, &der, &err), &err);
	MUN_EXPECT_OK(
	    mun_entry_unverified(entry, der.data, der.len, &err), &err);
	mun_log_close(log);
	mun_buffer_free(&der);
}

static void
a_new_log_holds_its_creation(void **state)
{
	struct vault vault;
	struct mun_vault_created created;
	struct mun_entry entry;

	vault_open(&vault, *state);
	vault_create(&vault);
	assert_int_equal(vault_judge(&vault), 1);
	read_event(&vault, 0, &entry);
	MUN_EXPECT_OK(
	    mun_event_vault_created(&created, &entry.event, &err), &err);
	assert_string_equal(created.prefix, "XPF");
	mun_vault_created_clear(&created);
	mun_entry_clear(&entry);
	vault_close(&vault);
}

static void
a_log_is_created_once_and_by_its_own_keys(void **state)
{
	struct mun_vault_created created = { .prefix = "XPF" };
	struct vault vault;
	char *before, *after;

	vault_open(&vault, *state);
	created.certificate = mun_pki_certificate("p384");
	test_log_key(created.log_key, 1);
	before = vault_snapshot(&vault);
	MUN_EXPECT_STATUS(mun_log_create(vault.store, vault.signer, vault.keys,
			      vault_origin, &created, &appended, &err),
	    MUN_ERR_USAGE, &err);
	mun_vault_created_clear(&created);
	created.certificate = mun_pki_certificate("p256");
	test_log_key(created.log_key, 2);
	MUN_EXPECT_STATUS(mun_log_create(vault.store, vault.signer, vault.keys,
			      vault_origin, &created, &appended, &err),
	    MUN_ERR_USAGE, &err);
	test_log_key(created.log_key, 1);
	MUN_EXPECT_STATUS(mun_log_create(vault.store, vault.signer, vault.keys,
			      "an origin", &created, &appended, &err),
	    MUN_ERR_USAGE, &err);
	after = vault_snapshot(&vault);
	assert_string_equal(before, after);
	free(before);
	free(after);
	vault_create(&vault);
	MUN_EXPECT_STATUS(mun_log_create(vault.store, vault.signer, vault.keys,
			      vault_origin, &created, &appended, &err),
	    MUN_ERR_EXISTS, &err);
	mun_vault_created_clear(&created);
	vault_close(&vault);
}

static void
each_append_is_the_next_entry(void **state)
{
	struct vault vault;
	struct mun_entry entry;

	vault_open(&vault, *state);
	vault_create(&vault);
	for (unsigned i = 1; i < 6; i++) {
		expect_append(&vault, i);
		assert_int_equal(appended.seq, i);
		assert_int_equal(appended.size, i + 1);
		assert_true(appended.head_kept);
		assert_false(appended.clock_behind);
		assert_int_equal(vault_judge(&vault), i + 1);
		read_event(&vault, i, &entry);
		assert_memory_equal(entry.sha256, appended.sha256, 32);
		mun_entry_clear(&entry);
	}
	vault_close(&vault);
}

static void
appends_cross_the_edges_of_tiles(void **state)
{
	static const uint64_t sizes[] = { 254, 511, 767 };
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		vault_grow(&vault, sizes[i], true);
		for (unsigned j = 0; j < 4; j++) {
			expect_append(&vault, (unsigned)sizes[i] + j);
			assert_int_equal(vault_judge(&vault), sizes[i] + j + 1);
		}
	}
	vault_close(&vault);
}

static void
a_third_level_of_tiles_grows(void **state)
{
	struct vault vault;
	struct mun_merkle_source source;
	struct mun_hash root;
	struct mun_log *log;

	vault_open(&vault, *state);
	vault_create(&vault);
	vault_grow(&vault, 65535, false);
	for (unsigned i = 0; i < 3; i++) {
		expect_append(&vault, i + 1);
		MUN_EXPECT_OK(mun_log_open(&log, vault.store, &err), &err);
		source = mun_log_source(log);
		MUN_EXPECT_OK(
		    mun_merkle_root_of(&source, &root, 65536 + i, &err), &err);
		assert_memory_equal(&root, &mun_log_checkpoint(log)->root, 32);
		mun_log_close(log);
	}
	vault_close(&vault);
}

static void
a_receipt_proves_its_entry(void **state)
{
	struct mun_receipt receipt = MUN_RECEIPT_INIT;
	struct mun_receipt read = MUN_RECEIPT_INIT;
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_RECEIPT_MAX);
	struct mun_checkpoint head;
	struct mun_log *log;
	struct vault vault;
	uint8_t key[32];

	vault_open(&vault, *state);
	vault_create(&vault);
	expect_append(&vault, 1);
	expect_append(&vault, 2);
	MUN_EXPECT_OK(mun_log_open(&log, vault.store, &err), &err);
	MUN_EXPECT_OK(mun_log_receipt(log, 1, &receipt, &err), &err);
	mun_receipt_write(&receipt, &text);
	MUN_EXPECT_OK(
	    mun_receipt_parse(&read, text.data, text.len, &err), &err);
	assert_string_equal(read.archive, "XPF-0001");
	test_log_key(key, 1);
	MUN_EXPECT_OK(mun_checkpoint_parse_kept(&head, read.checkpoint.data,
			  read.checkpoint.len, key, &err),
	    &err);
	assert_true(mun_checkpoint_verify(&head, read.checkpoint.data, key));
	assert_int_equal(head.size, 3);
	assert_int_equal(read.proof_count, 2);
	/* What is no deposit has no receipt. */
	MUN_EXPECT_STATUS(
	    mun_log_receipt(log, 0, &receipt, &err), MUN_ERR_FORMAT, &err);
	mun_log_close(log);
	mun_receipt_clear(&receipt);
	mun_receipt_clear(&read);
	mun_buffer_free(&text);
	vault_close(&vault);
}

static void
a_clock_that_is_behind_is_written_down(void **state)
{
	struct mun_deposit_subject subject;
	struct mun_entry first, second;
	struct vault vault;
	int64_t clock_utc_s;

	vault_open(&vault, *state);
	vault_create(&vault);
	mun_fixed_set_clock(MUN_FIXED_CLOCK_UTC_S - 100);
	expect_append(&vault, 1);
	assert_true(appended.clock_behind);
	read_event(&vault, 0, &first);
	read_event(&vault, 1, &second);
	assert_int_equal(second.event.time_utc_s, first.event.time_utc_s);
	assert_true(mun_event_clock(&second.event, &clock_utc_s));
	assert_int_equal(clock_utc_s, MUN_FIXED_CLOCK_UTC_S - 100);
	MUN_EXPECT_OK(mun_event_deposit(&subject, &second.event, &err), &err);
	mun_entry_clear(&first);
	mun_entry_clear(&second);
	mun_fixed_set_clock(MUN_FIXED_CLOCK_UTC_S + 100);
	expect_append(&vault, 2);
	assert_false(appended.clock_behind);
	assert_int_equal(vault_judge(&vault), 3);
	mun_fixed_set_clock(MUN_CLOCK_EPOCH_UTC_S - 1);
	expect_refusal(&vault, NULL, MUN_ERR_SYSTEM, "clock");
	mun_fixed_set_clock(MUN_FIXED_CLOCK_UTC_S);
	vault_close(&vault);
}

static void
a_statement_lies_beside_the_log(void **state)
{
	char from[] = "somebody", not_utf8[] = "\xff";
	struct mun_statement statement = { .text = { NULL } };
	struct mun_buffer first = MUN_BUFFER_INIT(MUN_STATEMENT_MAX);
	struct mun_buffer second = MUN_BUFFER_INIT(MUN_STATEMENT_MAX);
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	statement.text[MUN_STATEMENT_RECEIVED_FROM] = from;
	for (unsigned i = 1; i < 3; i++)
		MUN_EXPECT_OK(
		    vault_append(&vault, i, &statement, &appended, &err), &err);
	assert_int_equal(vault_judge(&vault), 3);
	MUN_EXPECT_OK(mun_store_read(vault.store, "log/statements/000001.json",
			  &first, &err),
	    &err);
	MUN_EXPECT_OK(mun_store_read(vault.store, "log/statements/000002.json",
			  &second, &err),
	    &err);
	assert_non_null(strstr(mun_buffer_text(&first), "somebody"));
	/* The same words, another salt. */
	assert_string_not_equal(
	    mun_buffer_text(&first), mun_buffer_text(&second));
	statement.text[MUN_STATEMENT_NOTE] = not_utf8;
	expect_refusal(
	    &vault, &statement, MUN_ERR_USAGE, "'note' is not UTF-8");
	mun_buffer_free(&first);
	mun_buffer_free(&second);
	vault_close(&vault);
}

static void
an_older_copy_is_not_signed(void **state)
{
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	expect_append(&vault, 1);
	vault_save(&vault, "older");
	expect_append(&vault, 2);
	vault_restore(&vault, "older");
	expect_refusal(&vault, NULL, MUN_ERR_FORMAT, "log.stale: ");
	assert_int_equal(strncmp(err.text, "log.stale: ", 11), 0);
	MUN_EXPECT_TEXT(&err, "older copy");
	vault_close(&vault);
}

static void
a_fork_is_not_signed(void **state)
{
	struct vault vault;
	char head[8192];

	vault_open(&vault, *state);
	vault_create(&vault);
	expect_append(&vault, 1);
	vault_save(&vault, "trunk");
	expect_append(&vault, 2);
	vault_save(&vault, "branch");
	/* Another history on the same trunk, by someone who lost the head. */
	vault_restore(&vault, "trunk");
	snprintf(head, sizeof(head), "%s/head", vault.keys);
	assert_int_equal(remove(head), 0);
	mun_fixed_set_seed(99);
	expect_append(&vault, 3);
	vault_restore(&vault, "branch");
	expect_refusal(&vault, NULL, MUN_ERR_FORMAT, "log.stale: ");
	MUN_EXPECT_TEXT(&err, "forked");
	/* Longer does not help. */
	assert_int_equal(remove(head), 0);
	expect_append(&vault, 4);
	vault_save(&vault, "longer");
	vault_restore(&vault, "trunk");
	assert_int_equal(remove(head), 0);
	expect_append(&vault, 5);
	vault_restore(&vault, "longer");
	expect_refusal(&vault, NULL, MUN_ERR_FORMAT, "log.stale: ");
	vault_close(&vault);
}

static void
a_damaged_copy_of_the_head_stops_signing(void **state)
{
	struct vault vault;
	char from[8192];

	vault_open(&vault, *state);
	vault_create(&vault);
	snprintf(from, sizeof(from), "keys/head");
	mun_scratch_write(vault.scratch, from, "nothing\n", 8);
	expect_refusal(&vault, NULL, MUN_ERR_FORMAT, "log.stale: ");
	mun_scratch_write(vault.scratch, from, "", 0);
	expect_refusal(&vault, NULL, MUN_ERR_FORMAT, "log.stale: ");
	vault_close(&vault);
}

static void
a_log_by_the_same_key_is_not_begun_twice(void **state)
{
	struct mun_vault_created created = { .prefix = "XPF" };
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	expect_append(&vault, 1);
	mun_store_close(vault.store);
	/* The empty folder beside it: heads lie in the keys folder. */
	snprintf(
	    vault.path, sizeof(vault.path), "%s/empty", vault.scratch->path);
	assert_int_equal(mkdir(vault.path, 0755), 0);
	MUN_EXPECT_OK(mun_store_open(&vault.store, vault.path, &err), &err);
	created.certificate = mun_pki_certificate("p256");
	test_log_key(created.log_key, 1);
	MUN_EXPECT_STATUS(mun_log_create(vault.store, vault.signer, vault.keys,
			      vault_origin, &created, &appended, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "log.stale: ");
	mun_vault_created_clear(&created);
	vault_close(&vault);
}

static void
keys_of_another_vault_sign_nothing(void **state)
{
	struct mun_signer *own;
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	own = vault.signer;
	vault.signer = test_signer_new("p256", 2);
	expect_refusal(&vault, NULL, MUN_ERR_CRYPTO, "another vault");
	test_signer_free(vault.signer);
	vault.signer = test_signer_new("p384", 1);
	expect_refusal(&vault, NULL, MUN_ERR_CRYPTO, "not enrolled");
	test_signer_free(vault.signer);
	vault.signer = own;
	expect_append(&vault, 1);
	vault_close(&vault);
}

static enum mun_status
append_draft(struct vault *vault, const char *type, const char *subject,
    const char *detail)
{
	struct mun_buffer subject_text = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_buffer detail_text = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_log_draft draft = { .type = type,
		.subject = subject != NULL ? &subject_text : NULL,
		.detail = detail != NULL ? &detail_text : NULL };
	char *before = vault_snapshot(vault), *after;
	enum mun_status status;

	if (subject != NULL)
		mun_buffer_append_text(&subject_text, subject);
	if (detail != NULL)
		mun_buffer_append_text(&detail_text, detail);
	status = mun_log_append(
	    vault->store, vault->signer, vault->keys, &draft, &appended, &err);
	after = vault_snapshot(vault);
	if (status != MUN_OK)
		assert_string_equal(before, after);
	free(before);
	free(after);
	mun_buffer_free(&subject_text);
	mun_buffer_free(&detail_text);
	return status;
}

static void
an_event_that_a_verifier_would_not_accept_is_not_signed(void **state)
{
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	assert_int_equal(
	    append_draft(&vault, "never-heard", NULL, NULL), MUN_ERR_USAGE);
	assert_int_equal(
	    append_draft(&vault, "vault-created", NULL, NULL), MUN_ERR_FORMAT);
	assert_int_equal(
	    append_draft(&vault, "deposit", NULL, NULL), MUN_ERR_FORMAT);
	assert_int_equal(
	    append_draft(&vault, "deposit", "{\"archive\":\"XPF-0001\"}", NULL),
	    MUN_ERR_FORMAT);
	assert_int_not_equal(
	    append_draft(&vault, "deposit", "not json", NULL), MUN_OK);
	assert_int_not_equal(
	    append_draft(&vault, "deposit", NULL, "not json"), MUN_OK);
	assert_int_equal(vault_judge(&vault), 1);
	vault_close(&vault);
}

static void
a_head_that_cannot_be_copied_is_told(void **state)
{
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	test_signer_refuse_heads(true);
	expect_append(&vault, 1);
	assert_false(appended.head_kept);
	test_signer_refuse_heads(false);
	/* The older copy is extended by the log: not stale. */
	expect_append(&vault, 2);
	assert_true(appended.head_kept);
	assert_int_equal(vault_judge(&vault), 3);
	vault_close(&vault);
}

static void
a_damaged_log_is_not_signed(void **state)
{
	static const struct {
		const char *name;
		enum mun_status status;
	} files[] = {
		{ "log/tile/entries/000.p/3", MUN_ERR_FORMAT },
		{ "log/tile/0/000.p/3", MUN_ERR_FORMAT },
		/* The middle is in the key id. */
		{ "log/checkpoint", MUN_ERR_CRYPTO },
	};
	struct vault vault;

	vault_open(&vault, *state);
	vault_create(&vault);
	expect_append(&vault, 1);
	expect_append(&vault, 2);
	vault_save(&vault, "whole");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		vault_flip(&vault, files[i].name);
		expect_refusal(&vault, NULL, files[i].status, "");
		vault_restore(&vault, "whole");
	}
	expect_append(&vault, 3);
	vault_close(&vault);
}

#define SCRATCH(test)                    \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH(a_new_log_holds_its_creation),
		SCRATCH(a_log_is_created_once_and_by_its_own_keys),
		SCRATCH(each_append_is_the_next_entry),
		SCRATCH(appends_cross_the_edges_of_tiles),
		SCRATCH(a_third_level_of_tiles_grows),
		SCRATCH(a_receipt_proves_its_entry),
		SCRATCH(a_clock_that_is_behind_is_written_down),
		SCRATCH(a_statement_lies_beside_the_log),
		SCRATCH(an_older_copy_is_not_signed),
		SCRATCH(a_fork_is_not_signed),
		SCRATCH(a_damaged_copy_of_the_head_stops_signing),
		SCRATCH(a_log_by_the_same_key_is_not_begun_twice),
		SCRATCH(keys_of_another_vault_sign_nothing),
		SCRATCH(
		    an_event_that_a_verifier_would_not_accept_is_not_signed),
		SCRATCH(a_head_that_cannot_be_copied_is_told),
		SCRATCH(a_damaged_log_is_not_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
