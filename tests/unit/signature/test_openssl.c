/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command that is printed everywhere, run on what we write: it accepts it
 * with the pinned certificate and with nothing else.
 */
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "pki/pki.h"
#include "signed.h"

#define VERIFY                                                        \
	"openssl cms -verify -cades -binary -purpose any -no-CApath " \
	"-no-CAstore -partial_chain -inform DER -in object "
#define QUIET " >said 2>&1"

static const char *const signers[] = { "p256", "p384", "rsa3072", "leaf" };

/* Exit status of a shell command run in the scratch folder. */
static int
run(const struct mun_scratch *scratch, const char *command)
{
	char line[8192];
	int status;

	assert_true(
	    snprintf(line, sizeof(line), "cd '%s' && pki='%s' && %s",
		scratch->path, MUN_PKI_DIR, command) < (int)sizeof(line));
	status = system(line);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
put_object(const struct mun_scratch *scratch, enum mun_signature_form form,
    const char *name)
{
	struct mun_buffer object = signed_object(form, name, name, SIGNED_AT);

	mun_scratch_write(scratch, "object", object.data, object.len);
	mun_scratch_write(
	    scratch, "content", signed_content, signed_content_len);
	mun_buffer_free(&object);
}

static void
expect_content_out(const struct mun_scratch *scratch)
{
	assert_int_equal(run(scratch, "cmp content out"), 0);
}

static void
test_openssl_accepts_a_seal_with_the_pinned_certificate(void **state)
{
	for (size_t i = 0; i < 4; i++) {
		char command[512];

		put_object(*state, MUN_SIGNATURE_DETACHED, signers[i]);
		snprintf(command, sizeof(command),
		    VERIFY
		    "-content content -CAfile \"$pki/%s.pem\" -out out" QUIET,
		    signers[i]);
		assert_int_equal(run(*state, command), 0);
		expect_content_out(*state);
	}
}

static void
test_openssl_prints_an_entry_with_the_pinned_certificate(void **state)
{
	for (size_t i = 0; i < 4; i++) {
		char command[512];

		put_object(*state, MUN_SIGNATURE_ENCLOSING, signers[i]);
		snprintf(command, sizeof(command),
		    VERIFY "-CAfile \"$pki/%s.pem\" -out out" QUIET,
		    signers[i]);
		assert_int_equal(run(*state, command), 0);
		expect_content_out(*state);
	}
}

static void
test_openssl_refuses_it_with_any_other_certificate(void **state)
{
	put_object(*state, MUN_SIGNATURE_DETACHED, "leaf");
	assert_int_equal(
	    run(*state,
		VERIFY "-content content -CAfile $pki/leaf.pem -out out" QUIET),
	    0);
	assert_int_not_equal(
	    run(*state,
		VERIFY
		"-content content -CAfile $pki/sibling.pem -out out" QUIET),
	    0);
	assert_int_not_equal(
	    run(*state,
		VERIFY "-content content -CAfile $pki/p256.pem -out out" QUIET),
	    0);
}

/* The system's roots do not count: a certificate whose issuer is among them is
 * refused, which without the two -no- options it would not be. */
static void
test_openssl_refuses_a_root_of_the_system(void **state)
{
	put_object(*state, MUN_SIGNATURE_DETACHED, "leaf");
	assert_int_equal(run(*state,
			     "mkdir roots && cp $pki/authority.pem "
			     "roots/ && openssl rehash roots"),
	    0);
	assert_int_not_equal(
	    run(*state,
		"SSL_CERT_DIR=$PWD/roots "
		"SSL_CERT_FILE=$pki/authority.pem " VERIFY
		"-content content -CAfile $pki/p256.pem -out out" QUIET),
	    0);
	assert_int_equal(run(*state,
			     "SSL_CERT_DIR=$PWD/roots openssl cms "
			     "-verify -cades -binary -purpose any "
			     "-partial_chain -inform DER "
			     "-in object -content content -CAfile "
			     "$pki/p256.pem -out out" QUIET),
	    0);
}

static void
test_openssl_refuses_another_content(void **state)
{
	put_object(*state, MUN_SIGNATURE_DETACHED, "p256");
	mun_scratch_write(*state, "content", "{}\n", 3);
	assert_int_not_equal(
	    run(*state,
		VERIFY "-content content -CAfile $pki/p256.pem -out out" QUIET),
	    0);
}

/* GeneralizedTime, which a command line of today does not write. */
static void
test_openssl_accepts_a_seal_of_2050(void **state)
{
	struct mun_buffer object = signed_object(
	    MUN_SIGNATURE_DETACHED, "p256", "p256", INT64_C(2524608000));

	mun_scratch_write(*state, "object", object.data, object.len);
	mun_scratch_write(
	    *state, "content", signed_content, signed_content_len);
	assert_int_equal(
	    run(*state,
		VERIFY "-content content -CAfile $pki/p256.pem -out out" QUIET),
	    0);
	mun_buffer_free(&object);
}

/* The other way round: what it writes is what we would write. */
static void
test_openssl_writes_the_same_encoding(void **state)
{
	static const char *const digests[] = { "sha256", "sha384", "sha256",
		"sha256" };

	mun_scratch_write(
	    *state, "content", signed_content, signed_content_len);
	for (size_t i = 0; i < 8; i++) {
		enum mun_signature_form form = i % 2 == 0
		    ? MUN_SIGNATURE_DETACHED
		    : MUN_SIGNATURE_ENCLOSING;
		const char *name = signers[i / 2];
		struct mun_certificate *signer = mun_pki_certificate(name);
		struct mun_buffer built = MUN_BUFFER_INIT(MUN_CMS_MAX);
		struct mun_signature_claim claim;
		char command[1024], path[4096];
		int64_t before, after;
		size_t len;
		void *der;
		bool is_same = false;

		snprintf(command, sizeof(command),
		    "openssl cms -sign -cades -binary -nosmimecap %s "
		    "-in content -signer $pki/%s.pem -inkey $pki/%s.key "
		    "-md %s -outform DER -out object" QUIET,
		    form == MUN_SIGNATURE_ENCLOSING ? "-nodetach" : "", name,
		    name, digests[i / 2]);
		before = (int64_t)time(NULL);
		assert_int_equal(run(*state, command), 0);
		after = (int64_t)time(NULL);
		snprintf(path, sizeof(path), "%s/object",
		    ((struct mun_scratch *)*state)->path);
		der = mun_harness_read(path, &len);
		MUN_EXPECT_OK(mun_signature_unverified_claim(
				  &claim, form, der, len, NULL),
		    NULL);
		for (int64_t at = before; at <= after && !is_same; at++) {
			mun_buffer_reset(&built);
			mun_signature_build(&built, form, signer,
			    signed_content, signed_content_len, at, claim.value,
			    claim.value_len);
			is_same = built.len == len &&
			    memcmp(built.data, der, len) == 0;
		}
		assert_true(is_same);
		free(der);
		mun_buffer_free(&built);
		mun_certificate_free(signer);
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
		    test_openssl_accepts_a_seal_with_the_pinned_certificate),
		WITH_SCRATCH(
		    test_openssl_prints_an_entry_with_the_pinned_certificate),
		WITH_SCRATCH(
		    test_openssl_refuses_it_with_any_other_certificate),
		WITH_SCRATCH(test_openssl_refuses_a_root_of_the_system),
		WITH_SCRATCH(test_openssl_refuses_another_content),
		WITH_SCRATCH(test_openssl_accepts_a_seal_of_2050),
		WITH_SCRATCH(test_openssl_writes_the_same_encoding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
