/* SPDX-License-Identifier: BSD-2-Clause */
/* test_keys.c - the log under real keys: signed, remembered, and refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "harness/harness.h"
#include "log/log.h"
#include "muniment/keys.h"

struct fixture {
	struct mun_store *store;
	struct mun_signer *signer;
	char keys[4096];
	char vault[4096];
};

static struct mun_error err;

static void
set_up(struct fixture *fixture, const struct mun_scratch *scratch)
{
	struct mun_keys_options options = { .folder = fixture->keys,
		.pseudonym = "somebody",
		.passphrase.none = true,
		.allow_volatile = true };

	snprintf(fixture->keys, sizeof(fixture->keys), "%s/k", scratch->path);
	snprintf(fixture->vault, sizeof(fixture->vault), "%s/v", scratch->path);
	assert_int_equal(mkdir(fixture->vault, 0755), 0);
	MUN_EXPECT_OK(mun_keys_create(&options, &err), &err);
	MUN_EXPECT_OK(mun_signer_open(&fixture->signer, fixture->keys,
			  &options.passphrase, &err),
	    &err);
	MUN_EXPECT_OK(
	    mun_store_open(&fixture->store, fixture->vault, &err), &err);
}

static void
create(struct fixture *fixture)
{
	struct mun_vault_created created = { .prefix = "XPF" };
	const char *pem = mun_signer_certificate_pem(fixture->signer);
	struct mun_log_appended appended;

	MUN_EXPECT_OK(mun_certificate_from_pem(
			  &created.certificate, pem, strlen(pem), true, &err),
	    &err);
	memcpy(created.log_key, mun_signer_log_key(fixture->signer), 32);
	MUN_EXPECT_OK(
	    mun_log_create(fixture->store, fixture->signer, fixture->keys,
		"example.org/real", &created, &appended, &err),
	    &err);
	assert_true(appended.head_kept);
	mun_vault_created_clear(&created);
}

static enum mun_status
append(struct fixture *fixture)
{
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_EVENT_MAX);
	struct mun_deposit_subject subject = { .archive = "XPF-0001" };
	struct mun_log_draft draft = { .type = "deposit", .subject = &text };
	struct mun_log_appended appended;
	enum mun_status status;

	mun_deposit_subject_write(&subject, &text);
	status = mun_log_recover(fixture->store, &err);
	if (status == MUN_OK)
		status = mun_log_append(fixture->store, fixture->signer,
		    fixture->keys, &draft, &appended, &err);
	mun_buffer_free(&text);
	return status;
}

static void
copy(struct fixture *fixture, const char *from, const char *to)
{
	char command[16384];

	snprintf(command, sizeof(command),
	    "rm -rf '%s/%s' && cp -a '%s/%s' '%s/%s'", fixture->vault, to,
	    fixture->vault, from, fixture->vault, to);
	assert_int_equal(system(command), 0);
}

static void
a_signer_remembers_the_head_it_signed(void **state)
{
	struct fixture fixture;
	struct mun_log *log;

	set_up(&fixture, *state);
	create(&fixture);
	MUN_EXPECT_OK(append(&fixture), &err);
	copy(&fixture, "log", "older");
	MUN_EXPECT_OK(append(&fixture), &err);
	copy(&fixture, "log", "newer");
	copy(&fixture, "older", "log");
	MUN_EXPECT_STATUS(append(&fixture), MUN_ERR_FORMAT, &err);
	assert_int_equal(strncmp(err.text, "log.stale: ", 11), 0);
	copy(&fixture, "newer", "log");
	MUN_EXPECT_OK(append(&fixture), &err);
	MUN_EXPECT_OK(mun_log_open(&log, fixture.store, &err), &err);
	assert_int_equal(mun_log_checkpoint(log)->size, 4);
	mun_log_close(log);
	mun_signer_close(fixture.signer);
	mun_store_close(fixture.store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_signer_remembers_the_head_it_signed, mun_scratch_setup,
		    mun_scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
