/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of each kind, with and without a log key, from each kind of source. */
#include "keys_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
make(const struct mun_scratch *scratch, const char *name,
    struct mun_keys_options *options)
{
	char *folder = keys_path(scratch, name);
	struct mun_error err = MUN_ERROR_INIT;

	options->folder = folder;
	options->pseudonym = "Heron";
	options->allow_volatile = true;
	MUN_EXPECT_OK(mun_keys_create(options, &err), &err);
	free(folder);
}

static void
test_each_kind_signs_with_its_digest(void **state)
{
	static const char *const says[MUN_KEYS_KINDS] = { "ecdsa-with-SHA256",
		"ecdsa-with-SHA384", "sha256WithRSAEncryption" };
	const struct mun_scratch *scratch = *state;

	for (int kind = 0; kind < MUN_KEYS_KINDS; kind++) {
		struct mun_keys_options options = {
			.kind = (enum mun_keys_kind)kind,
			.passphrase = { .none = true }
		};
		struct mun_buffer value = MUN_BUFFER_INIT(8192);
		struct mun_error err = MUN_ERROR_INIT;
		enum mun_keys_kind again;
		struct mun_signer *signer;

		make(scratch, "keys", &options);
		mun_scratch_write(scratch, "pass", "x\n", 2);
		MUN_EXPECT_OK(keys_open(scratch, &signer, &err), &err);
		for (int i = 0; i < 8; i++)
			MUN_EXPECT_OK(
			    mun_signer_sign_actor(signer, "m", 1, &value, &err),
			    &err);
		mun_signer_close(signer);
		mun_buffer_free(&value);
		assert_int_equal(
		    keys_shell("cd '%s/keys' && openssl x509 -in actor.pem "
			       "-noout -text | grep -q 'Signature Algorithm: "
			       "%s' && openssl verify -CAfile actor.pem "
			       "actor.pem >/dev/null",
			scratch->path, says[kind]),
		    0);
		MUN_EXPECT_OK(
		    mun_keys_kind_from_text(&again,
			mun_keys_kind_text((enum mun_keys_kind)kind), &err),
		    &err);
		assert_int_equal(again, kind);
		assert_int_equal(
		    keys_shell("rm -r '%s/keys'", scratch->path), 0);
	}
}

static void
test_an_unknown_kind_is_refused(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_keys_kind kind;

	(void)state;
	MUN_EXPECT_STATUS(mun_keys_kind_from_text(&kind, "rsa2048", &err),
	    MUN_ERR_USAGE, &err);
	MUN_EXPECT_TEXT(&err, "rsa3072");
	assert_string_equal(mun_keys_kind_text(MUN_KEYS_KINDS), "unknown");
}

static void
test_without_a_log_key_only_the_actor_signs(void **state)
{
	const struct mun_scratch *scratch = *state;
	char *folder = keys_path(scratch, "keys");
	struct mun_keys_options options = { .log = MUN_KEYS_LOG_NONE,
		.passphrase = { .none = true } };
	struct mun_signer_options open = { .folder = folder,
		.passphrase = { .none = true },
		.log_is_optional = true };
	struct mun_buffer value = MUN_BUFFER_INIT(8192);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	uint8_t signature[64];

	make(scratch, "keys", &options);
	MUN_EXPECT_STATUS(
	    mun_signer_open(&signer, folder, &open.passphrase, &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_OK(mun_signer_open_with(&signer, &open, &err), &err);
	assert_null(mun_signer_log_key(signer));
	assert_null(mun_signer_next_log_key(signer));
	MUN_EXPECT_OK(
	    mun_signer_sign_actor(signer, "m", 1, &value, &err), &err);
	MUN_EXPECT_STATUS(mun_signer_sign_log(signer, "m", 1, signature, &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_STATUS(
	    mun_signer_sign_log_next(signer, "m", 1, signature, &err),
	    MUN_ERR_NOT_FOUND, &err);
	mun_signer_close(signer);
	mun_buffer_free(&value);
	free(folder);
}

/* The same log key under another passphrase; the first folder as it was. */
static void
test_a_log_key_is_copied_and_encrypted_anew(void **state)
{
	const struct mun_scratch *scratch = *state;
	char *first = keys_make(scratch, true);
	char *file = keys_path(scratch, "pass");
	char *other = keys_path(scratch, "other");
	char *second = keys_path(scratch, "second");
	struct mun_keys_options options = { .log = MUN_KEYS_LOG_COPY,
		.log_from = first,
		.passphrase = { .file = other },
		.log_from_passphrase = { .file = file } };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *one, *two;

	mun_scratch_write(scratch, "other", "another\n", 8);
	make(scratch, "second", &options);
	MUN_EXPECT_OK(keys_open(scratch, &one, &err), &err);
	MUN_EXPECT_OK(
	    mun_signer_open(&two, second, &options.passphrase, &err), &err);
	assert_memory_equal(
	    mun_signer_log_key(one), mun_signer_log_key(two), 32);
	assert_string_not_equal(
	    mun_signer_certificate_pem(one), mun_signer_certificate_pem(two));
	mun_signer_close(one);
	mun_signer_close(two);

	/* What does not open is not copied, and nothing is left. */
	options.folder = "third";
	options.log_from_passphrase.file = other;
	MUN_EXPECT_STATUS(
	    mun_keys_create(&options, &err), MUN_ERR_CRYPTO, &err);
	MUN_EXPECT_TEXT(&err, "'log.key': the passphrase does not open it");
	MUN_EXPECT_TEXT(&err, first);
	assert_int_not_equal(access("third", F_OK), 0);
	options.log_from = "nowhere";
	MUN_EXPECT_STATUS(
	    mun_keys_create(&options, &err), MUN_ERR_NOT_FOUND, &err);
	free(second);
	free(other);
	free(file);
	free(first);
}

/* A pipe whose writer stays: read to the end of a line and no further. */
static void
test_a_passphrase_comes_from_a_descriptor(void **state)
{
	static const char lines[] = "one line\nanother\n";
	const struct mun_scratch *scratch = *state;
	struct mun_keys_options options = { .passphrase = { .has_fd = true } };
	struct mun_signer_options open = { .passphrase = { .has_fd = true } };
	char *folder = keys_path(scratch, "keys");
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	char rest[16];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(
	    write(ends[1], lines, sizeof(lines) - 1), sizeof(lines) - 1);
	options.passphrase.fd = ends[0];
	make(scratch, "keys", &options);
	assert_int_equal(read(ends[0], rest, sizeof(rest)), 8);
	assert_memory_equal(rest, "another\n", 8);
	assert_int_equal(write(ends[1], "one line\n", 9), 9);
	open.folder = folder;
	open.passphrase.fd = ends[0];
	MUN_EXPECT_OK(mun_signer_open_with(&signer, &open, &err), &err);
	mun_signer_close(signer);
	close(ends[1]);
	MUN_EXPECT_STATUS(
	    mun_signer_open_with(&signer, &open, &err), MUN_ERR_USAGE, &err);
	MUN_EXPECT_TEXT(&err, "the first line is empty");
	close(ends[0]);
	MUN_EXPECT_STATUS(
	    mun_signer_open_with(&signer, &open, &err), MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(&err, "passphrase descriptor");
	free(folder);
}

static void
test_a_line_longer_than_a_passphrase_is_refused(void **state)
{
	const struct mun_scratch *scratch = *state;
	char *folder = keys_make(scratch, true);
	char line[1025];
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;

	memset(line, 'x', sizeof(line));
	mun_scratch_write(scratch, "pass", line, sizeof(line));
	MUN_EXPECT_STATUS(
	    keys_open(scratch, &signer, &err), MUN_ERR_LIMIT, &err);
	free(folder);
}

/* Made and signing at once: no passphrase is asked for a second time. */
static void
test_made_keys_sign_without_being_opened_again(void **state)
{
	const struct mun_scratch *scratch = *state;
	char *folder = keys_path(scratch, "keys");
	char *file = keys_path(scratch, "pass");
	char *recovery = keys_path(scratch, "recovery.key");
	struct mun_keys_options options = { .folder = folder,
		.pseudonym = "Heron",
		.passphrase = { .file = file },
		.allow_volatile = true,
		.recovery_path = recovery };
	struct mun_buffer pem = MUN_BUFFER_INIT(65536);
	struct mun_buffer value = MUN_BUFFER_INIT(8192);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	uint8_t signature[64];

	mun_scratch_write(
	    scratch, "pass", KEYS_PASSPHRASE "\n", strlen(KEYS_PASSPHRASE) + 1);
	MUN_EXPECT_OK(mun_signer_create(&signer, &options, &pem, &err), &err);
	MUN_EXPECT_OK(
	    mun_signer_sign_actor(signer, "m", 1, &value, &err), &err);
	MUN_EXPECT_OK(
	    mun_signer_sign_log(signer, "m", 1, signature, &err), &err);
	mun_signer_close(signer);
	assert_non_null(
	    strstr(mun_buffer_text(&pem), "-----BEGIN CERTIFICATE-----"));
	assert_int_equal(
	    keys_shell("openssl pkey -in '%s' -noout -passin file:'%s'",
		recovery, file),
	    0);
	/* A second one finds the first, and its recovery key is not touched. */
	MUN_EXPECT_STATUS(mun_signer_create(&signer, &options, &pem, &err),
	    MUN_ERR_EXISTS, &err);
	assert_null(signer);
	MUN_EXPECT_OK(keys_open(scratch, &signer, &err), &err);
	mun_signer_close(signer);
	mun_buffer_free(&value);
	mun_buffer_free(&pem);
	free(recovery);
	free(file);
	free(folder);
}

static void
test_a_folder_is_described_without_a_passphrase(void **state)
{
	const struct mun_scratch *scratch = *state;
	char *folder = keys_make(scratch, true);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_keys_info info;

	MUN_EXPECT_OK(mun_keys_describe(folder, &info, &err), &err);
	assert_string_equal(mun_buffer_text(&info.name), "custodian");
	assert_int_equal(info.kind, MUN_KEYS_P256);
	assert_true(info.actor_is_encrypted && info.log_is_encrypted);
	assert_true(info.has_log_key && !info.is_on_token);
	assert_false(info.has_next_actor || info.has_next_log);
	assert_int_equal(info.heads, 0);
	assert_int_equal(info.not_after_utc_s - info.not_before_utc_s,
	    INT64_C(3652) * 86400);
	mun_keys_info_free(&info);
	MUN_EXPECT_OK(mun_keys_write_head(folder, "a+1+x", "h", 1, &err), &err);
	assert_int_equal(keys_shell("rm '%s/log.key'", folder), 0);
	MUN_EXPECT_OK(mun_keys_describe(folder, &info, &err), &err);
	assert_int_equal(info.heads, 1);
	assert_false(info.has_log_key);
	mun_keys_info_free(&info);
	assert_int_equal(keys_shell("rm '%s/actor.key'", folder), 0);
	MUN_EXPECT_STATUS(
	    mun_keys_describe(folder, &info, &err), MUN_ERR_NOT_FOUND, &err);
	mun_keys_info_free(&info);
	MUN_EXPECT_STATUS(
	    mun_keys_describe("nowhere", &info, &err), MUN_ERR_NOT_FOUND, &err);
	mun_keys_info_free(&info);
	free(folder);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(test_each_kind_signs_with_its_digest),
		WITH_SCRATCH(test_an_unknown_kind_is_refused),
		WITH_SCRATCH(test_without_a_log_key_only_the_actor_signs),
		WITH_SCRATCH(test_a_log_key_is_copied_and_encrypted_anew),
		WITH_SCRATCH(test_a_passphrase_comes_from_a_descriptor),
		WITH_SCRATCH(test_a_line_longer_than_a_passphrase_is_refused),
		WITH_SCRATCH(test_made_keys_sign_without_being_opened_again),
		WITH_SCRATCH(test_a_folder_is_described_without_a_passphrase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
