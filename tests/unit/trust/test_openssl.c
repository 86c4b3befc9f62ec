/* SPDX-License-Identifier: BSD-2-Clause */
/* OPENSSL_CONF and openssl.cnf have no say in a judgement. */
#define _DEFAULT_SOURCE /* setenv(3) */
#include "harness/harness.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "digest/digest.h"
#include "pki/pki.h"

/* Asks for properties that no algorithm here has: once it is read, nothing can
 * be fetched any more. */
static const char harmful[] = "openssl_conf = all\n"
			      "[all]\n"
			      "alg_section = algorithms\n"
			      "[algorithms]\n"
			      "default_properties = nobody=has-this\n";

/* Exit status of body in a process that has not used libcrypto yet. */
static int
in_fresh_process(const struct mun_scratch *scratch, void (*body)(void))
{
	char path[4096];
	int status;
	pid_t pid;

	mun_scratch_write(scratch, "conf", harmful, strlen(harmful));
	snprintf(path, sizeof(path), "%s/conf", scratch->path);
	pid = fork();
	if (pid == 0) {
		(void)setenv("OPENSSL_CONF", path, 1);
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
fetch(void)
{
	EVP_MD *md = EVP_MD_fetch(NULL, "SHA2-256", NULL);

	if (md == NULL)
		_exit(1);
	EVP_MD_free(md);
}

static void
digest(void)
{
	uint8_t sha256[MUN_SHA256_LEN];

	mun_sha256_of(sha256, "abc", 3);
	if (sha256[0] != 0xba)
		_exit(1);
}

static void
judge(void)
{
	struct mun_certificate *certificate = mun_pki_certificate("p256");

	if (!mun_certificate_is_self_signed(certificate))
		_exit(1);
	mun_certificate_free(certificate);
}

static void
verify_checkpoint(void)
{
	uint8_t zero[64] = { 0 };

	(void)mun_ed25519_verify(zero, "", 0, zero);
	fetch();
}

static void
test_the_configuration_would_do_harm(void **state)
{
	assert_int_not_equal(in_fresh_process(*state, fetch), 0);
}

static void
test_the_configuration_is_not_read(void **state)
{
	assert_int_equal(in_fresh_process(*state, digest), 0);
	assert_int_equal(in_fresh_process(*state, judge), 0);
	assert_int_equal(in_fresh_process(*state, verify_checkpoint), 0);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(test_the_configuration_would_do_harm),
		WITH_SCRATCH(test_the_configuration_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
