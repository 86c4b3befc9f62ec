/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that are not opened: one clear sentence each. */
#include "keys_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct refusal {
	const char *what;
	const char *change; /* shell, in the scratch folder; $pki is there */
	enum mun_status status;
	const char *words;
};

static const struct refusal refusals[] = {
	{ "no folder", "rm -r keys", MUN_ERR_NOT_FOUND,
	    "there is no such folder" },
	{ "no actor key", "rm keys/actor.key", MUN_ERR_NOT_FOUND,
	    "there is no 'actor.key'" },
	{ "no certificate", "rm keys/actor.pem", MUN_ERR_NOT_FOUND,
	    "there is no 'actor.pem'" },
	{ "no log key", "rm keys/log.key", MUN_ERR_NOT_FOUND,
	    "there is no 'log.key'" },
	{ "wrong passphrase", "echo wrong > pass", MUN_ERR_CRYPTO,
	    "'actor.key': the passphrase does not open it" },
	{ "empty passphrase file", ": > pass", MUN_ERR_USAGE,
	    "the first line is empty" },
	{ "no passphrase file", "rm pass", MUN_ERR_NOT_FOUND,
	    "passphrase file" },
	{ "truncated key",
	    "head -c 200 keys/actor.key > x; mv x keys/actor.key",
	    MUN_ERR_CRYPTO, "'actor.key': it is damaged" },
	{ "truncated base64", "sed -i 3d keys/actor.key", MUN_ERR_CRYPTO,
	    "'actor.key': it is damaged" },
	{ "empty key", ": > keys/log.key", MUN_ERR_CRYPTO,
	    "'log.key': it is damaged" },
	{ "no key at all", "echo hello > keys/actor.key", MUN_ERR_CRYPTO,
	    "'actor.key': it is damaged" },
	{ "weak scrypt",
	    "openssl pkcs8 -topk8 -scrypt -scrypt_N 1024 -scrypt_r 8 "
	    "-scrypt_p 64 -in $pki/p256.key -passout file:pass "
	    "-out keys/actor.key",
	    MUN_ERR_CRYPTO,
	    "'actor.key': it is encrypted too weakly (scrypt N=1024 r=8 "
	    "p=64)" },
	{ "scrypt of half the work",
	    "openssl pkcs8 -topk8 -scrypt -scrypt_N 16384 -scrypt_r 8 "
	    "-scrypt_p 1 -in $pki/p256.key -passout file:pass "
	    "-out keys/actor.key",
	    MUN_ERR_CRYPTO, "'actor.key': it is encrypted too weakly" },
	{ "PBKDF2",
	    "openssl pkcs8 -topk8 -in $pki/p256.key -passout file:pass "
	    "-out keys/actor.key",
	    MUN_ERR_CRYPTO, "'actor.key': it is not encrypted with scrypt" },
	{ "another cipher",
	    "openssl pkcs8 -topk8 -scrypt -v2 des3 -scrypt_N 16384 -scrypt_r 8 "
	    "-scrypt_p 5 -in $pki/p256.key -passout file:pass "
	    "-out keys/actor.key",
	    MUN_ERR_CRYPTO, "'actor.key': it is not encrypted with scrypt" },
	{ "certificate of another key", "cp $pki/stranger.pem keys/actor.pem",
	    MUN_ERR_CRYPTO, "certificate of another key" },
	{ "damaged certificate", "sed -i 2d keys/actor.pem", MUN_ERR_CRYPTO,
	    "'actor.pem'" },
	{ "a certificate that may not sign",
	    "cp $pki/is-ca.pem keys/actor.pem; cp $pki/p256.key keys/actor.key",
	    MUN_ERR_CRYPTO, "may not sign: certificate.is-ca" },
	{ "a log key of another kind", "cp $pki/p256.key keys/log.key",
	    MUN_ERR_CRYPTO, "'log.key' is not an Ed25519 key" },
	{ "a link for a key", "mv keys/actor.key k; ln -s ../k keys/actor.key",
	    MUN_ERR_FORMAT, "actor.key" },
};

static void
test_each_damage_gets_one_clear_sentence(void **state)
{
	const struct mun_scratch *scratch = *state;

	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		char *folder = keys_make(scratch, true);
		struct mun_error err = MUN_ERROR_INIT;
		struct mun_signer *signer;

		print_message("%s\n", refusals[i].what);
		assert_int_equal(
		    keys_shell("pki=" MUN_PKI_DIR "; cd '%s' && { %s; }",
			scratch->path, refusals[i].change),
		    0);
		MUN_EXPECT_STATUS(keys_open(scratch, &signer, &err),
		    refusals[i].status, &err);
		assert_null(signer);
		MUN_EXPECT_TEXT(&err, refusals[i].words);
		MUN_EXPECT_TEXT(&err, "keys folder '");
		print_message("  %s\n", err.text);
		assert_int_equal(
		    keys_shell("cd '%s' && rm -rf keys pass k", scratch->path),
		    0);
		free(folder);
	}
}

static void
test_an_encrypted_key_needs_a_passphrase(void **state)
{
	char *folder = keys_make(*state, true);
	struct mun_passphrase passphrase = { .none = true };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;

	MUN_EXPECT_STATUS(mun_signer_open(&signer, folder, &passphrase, &err),
	    MUN_ERR_CRYPTO, &err);
	MUN_EXPECT_TEXT(&err, "no passphrase was given");
	free(folder);
}

static void
test_keys_that_are_not_encrypted_are_opened_without_asking(void **state)
{
	char *folder = keys_make(*state, false);
	struct mun_passphrase passphrase = { .file = NULL };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;

	MUN_EXPECT_OK(
	    mun_signer_open(&signer, folder, &passphrase, &err), &err);
	mun_signer_close(signer);
	free(folder);
}

/* A flipped bit here and there in a key file: refused or harmless, never a crash. */
static void
test_no_flipped_bit_is_used_unnoticed(void **state)
{
	char *folder = keys_make(*state, false);
	char *path = keys_path(*state, "keys/actor.key");
	size_t len;
	char *pem = mun_harness_read(path, &len);

	for (size_t at = 0; at < len; at += 17) {
		struct mun_buffer value = MUN_BUFFER_INIT(1024);
		struct mun_signer *signer;

		pem[at] ^= 1;
		mun_scratch_write(*state, "keys/actor.key", pem, len);
		pem[at] ^= 1;
		if (keys_open(*state, &signer, NULL) == MUN_OK)
			MUN_EXPECT_OK(
			    mun_signer_sign_actor(signer, "m", 1, &value, NULL),
			    NULL);
		mun_signer_close(signer);
		mun_buffer_free(&value);
	}
	free(pem);
	free(path);
	free(folder);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(test_each_damage_gets_one_clear_sentence),
		WITH_SCRATCH(test_an_encrypted_key_needs_a_passphrase),
		WITH_SCRATCH(
		    test_keys_that_are_not_encrypted_are_opened_without_asking),
		WITH_SCRATCH(test_no_flipped_bit_is_used_unnoticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
