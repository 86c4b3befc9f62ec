/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys that others made: what is taken, and one clear sentence where not. */
#include "keys_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trust/certificate.h"

struct import {
	const char *what;
	const char *make; /* shell, in the scratch folder; $pki is there */
	const char *key, *certificate;
	enum mun_status status;
	const char *words; /* of the error */
};

#define P12(name, more)                                                  \
	"openssl pkcs12 -export -in $pki/" name ".pem -inkey $pki/" name \
	".key -passout file:other -out x.p12 " more

static const struct import imports[] = {
	{ "one PEM file", "cat $pki/p256.key $pki/p256.pem > x", "x", NULL,
	    MUN_OK, "" },
	{ "the certificate first", "cat $pki/p384.pem $pki/p384.key > x", "x",
	    NULL, MUN_OK, "" },
	{ "two files", "cp $pki/rsa3072.key x; cp $pki/rsa3072.pem y", "x", "y",
	    MUN_OK, "" },
	{ "text and CRLF around",
	    "(echo hello; cat $pki/p256.key; echo world; cat $pki/p256.pem) | "
	    "sed 's/$/\\r/' > x",
	    "x", NULL, MUN_OK, "" },
	{ "its own among others",
	    "cat $pki/stranger.pem $pki/p256.pem $pki/p256.key "
	    "$pki/p384.pem > x",
	    "x", NULL, MUN_OK, "" },
	{ "PKCS#8 behind another passphrase",
	    "openssl pkcs8 -topk8 -in $pki/p256.key -passout file:other "
	    "-out x; cat $pki/p256.pem >> x",
	    "x", NULL, MUN_OK, "" },
	{ "SEC 1 behind a passphrase",
	    "openssl ec -aes256 -in $pki/p256.key -passout file:other -out x; "
	    "cat $pki/p256.pem >> x",
	    "x", NULL, MUN_OK, "" },
	{ "SEC 1 with its parameters first",
	    "openssl ecparam -name prime256v1 > x; "
	    "openssl ec -in $pki/p256.key >> x; cat $pki/p256.pem >> x",
	    "x", NULL, MUN_OK, "" },
	{ "PKCS#1", "openssl rsa -traditional -in $pki/rsa3072.key -out x", "x",
	    "rsa.pem", MUN_OK, "" },
	{ "PKCS#12", P12("p256", ""), "x.p12", NULL, MUN_OK, "" },
	{ "PKCS#12 with its issuers",
	    P12("leaf", "-certfile $pki/authority.pem"), "x.p12", NULL, MUN_OK,
	    "" },

	{ "no such file", ":", "x", NULL, MUN_ERR_NOT_FOUND, "'x'" },
	{ "a wrong passphrase", P12("p256", "") "; echo wrong > other", "x.p12",
	    NULL, MUN_ERR_CRYPTO, "passphrase does not open it" },
	{ "a wrong passphrase of PEM",
	    "openssl pkcs8 -topk8 -in $pki/p256.key -passout file:other "
	    "-out x; cat $pki/p256.pem >> x; echo wrong > other",
	    "x", NULL, MUN_ERR_CRYPTO, "passphrase does not open it" },
	{ "a truncated key", "head -c 120 $pki/p256.key > x", "x", "p256.pem",
	    MUN_ERR_FORMAT, "no whole private key" },
	{ "a truncated PKCS#12 file", P12("p256", "") "; head -c 500 x.p12 > y",
	    "y", NULL, MUN_ERR_FORMAT, "not a whole PKCS#12 file" },
	{ "no key", "cp $pki/p256.pem x", "x", NULL, MUN_ERR_FORMAT,
	    "no whole private key" },
	{ "an empty file", ": > x", "x", NULL, MUN_ERR_FORMAT,
	    "no whole private key" },
	{ "no certificate", "cp $pki/p256.key x", "x", NULL, MUN_ERR_FORMAT,
	    "no whole certificate" },
	{ "another's certificate", "cp $pki/p256.key x; cp $pki/stranger.pem y",
	    "x", "y", MUN_ERR_CRYPTO, "no certificate in it is of this key" },
	{ "an authority", "cat $pki/is-ca.pem $pki/p256.key > x", "x", NULL,
	    MUN_ERR_CRYPTO, "certificate.is-ca" },
	{ "a weak key",
	    "openssl req -x509 -newkey rsa:2048 -nodes -keyout x "
	    "-out y -subj /CN=weak 2>/dev/null",
	    "x", "y", MUN_ERR_CRYPTO, "certificate.key-weak" },
	{ "a key that is no signing key of ours",
	    "openssl req -x509 -newkey ed25519 -nodes -keyout x -out y "
	    "-subj /CN=ed 2>/dev/null",
	    "x", "y", MUN_ERR_CRYPTO, "certificate.key-weak" },
};

static enum mun_status
run(const struct mun_scratch *scratch, const struct import *import,
    struct mun_error *err)
{
	char *folder = keys_path(scratch, "keys");
	char *file = keys_path(scratch, "pass");
	char *other = keys_path(scratch, "other");
	char before[4096];
	struct mun_keys_options options = {
		.folder = folder,
		.passphrase = { .file = file },
		.allow_volatile = true,
		.import_key = import->key,
		.import_certificate = import->certificate,
		.import_passphrase = { .file = other },
	};
	enum mun_status status;

	/* Its names are relative, as typed. */
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(scratch->path), 0);
	status = mun_keys_create(&options, err);
	assert_int_equal(chdir(before), 0);
	free(other);
	free(file);
	free(folder);
	return status;
}

static void
expect_usable(const struct mun_scratch *scratch)
{
	struct mun_buffer value = MUN_BUFFER_INIT(8192);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;

	MUN_EXPECT_OK(keys_open(scratch, &signer, &err), &err);
	MUN_EXPECT_OK(
	    mun_signer_sign_actor(signer, "m", 1, &value, &err), &err);
	mun_signer_close(signer);
	mun_buffer_free(&value);
	/* Ours now: scrypt, our passphrase, canonical. */
	assert_int_equal(
	    keys_shell("cd '%s' && openssl pkey -in keys/actor.key -noout "
		       "-passin file:pass && openssl asn1parse -in "
		       "keys/actor.key | grep -q scrypt && "
		       "openssl x509 -in keys/actor.pem | cmp - keys/actor.pem",
		scratch->path),
	    0);
}

static void
test_each_import_is_taken_or_refused_in_a_sentence(void **state)
{
	const struct mun_scratch *scratch = *state;

	for (size_t i = 0; i < sizeof(imports) / sizeof(imports[0]); i++) {
		struct mun_error err = MUN_ERROR_INIT;

		print_message("%s\n", imports[i].what);
		assert_int_equal(
		    keys_shell("pki=" MUN_PKI_DIR "; cd '%s' && "
			       "printf '" KEYS_PASSPHRASE "\\n' > pass && "
			       "printf 'other one\\n' > other && "
			       "cp $pki/p256.pem p256.pem && "
			       "cp $pki/rsa3072.pem rsa.pem && { %s; } 2>log",
			scratch->path, imports[i].make),
		    0);
		if (imports[i].status == MUN_OK) {
			MUN_EXPECT_OK(run(scratch, &imports[i], &err), &err);
			expect_usable(scratch);
		} else {
			MUN_EXPECT_STATUS(run(scratch, &imports[i], &err),
			    imports[i].status, &err);
			print_message("  %s\n", err.text);
			MUN_EXPECT_TEXT(&err, imports[i].words);
			assert_int_equal(
			    keys_shell("test ! -e '%s/keys'", scratch->path),
			    0);
		}
		assert_int_equal(keys_shell("cd '%s' && rm -rf keys x y x.p12",
				     scratch->path),
		    0);
	}
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(
		    test_each_import_is_taken_or_refused_in_a_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
