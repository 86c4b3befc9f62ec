/* SPDX-License-Identifier: BSD-2-Clause */
/* Rotation: the new key beside the old, the change, and every cut between. */
#include "keys_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trust/certificate.h"

struct fixture {
	const struct mun_scratch *scratch;
	char *folder, *pass;
	struct mun_passphrase passphrase;
};

static struct fixture
start(void **state)
{
	struct fixture fixture = { .scratch = *state };

	fixture.folder = keys_make(*state, true);
	fixture.pass = keys_path(*state, "pass");
	fixture.passphrase.file = fixture.pass;
	return fixture;
}

static void
end(struct fixture *fixture)
{
	free(fixture->folder);
	free(fixture->pass);
}

/* The certificate that a signer on the folder has; free() it. */
static char *
certificate_of(const struct fixture *fixture)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	char *pem;

	MUN_EXPECT_OK(keys_open(fixture->scratch, &signer, &err), &err);
	pem = strdup(mun_signer_certificate_pem(signer));
	mun_signer_close(signer);
	return pem;
}

static char *
prepare(const struct fixture *fixture)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(65536);
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_OK(mun_keys_prepare_actor(fixture->folder, MUN_KEYS_P384,
			  "Heron 2", &fixture->passphrase, &pem, &err),
	    &err);
	return (char *)pem.data;
}

static void
expect_files(const struct fixture *fixture, const char *names)
{
	assert_int_equal(
	    keys_shell("test \"$(ls -A '%s' | tr '\\n' ' ')\" = '%s'",
		fixture->folder, names),
	    0);
}

static void
test_a_prepared_actor_key_changes_nothing_until_it_is_adopted(void **state)
{
	struct fixture fixture = start(state);
	struct mun_buffer read = MUN_BUFFER_INIT(65536);
	struct mun_error err = MUN_ERROR_INIT;
	char *before = certificate_of(&fixture), *next, *after;

	MUN_EXPECT_STATUS(mun_keys_read_next_actor(fixture.folder, &read, &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_STATUS(mun_keys_adopt_actor(fixture.folder, &err),
	    MUN_ERR_NOT_FOUND, &err);
	next = prepare(&fixture);
	MUN_EXPECT_OK(
	    mun_keys_read_next_actor(fixture.folder, &read, &err), &err);
	assert_string_equal(mun_buffer_text(&read), next);
	after = certificate_of(&fixture);
	assert_string_equal(before, after);
	free(after);
	/* The same passphrase; openssl opens it. */
	assert_int_equal(
	    keys_shell("openssl pkey -in '%s/actor.next.key' -noout "
		       "-passin file:'%s'",
		fixture.folder, fixture.pass),
	    0);
	MUN_EXPECT_STATUS(mun_keys_prepare_actor(fixture.folder, MUN_KEYS_P256,
			      "x", &fixture.passphrase, &read, &err),
	    MUN_ERR_EXISTS, &err);

	MUN_EXPECT_OK(mun_keys_adopt_actor(fixture.folder, &err), &err);
	after = certificate_of(&fixture);
	assert_string_equal(after, next);
	assert_string_not_equal(after, before);
	expect_files(&fixture, "actor.key actor.pem log.key ");
	free(after);
	free(next);
	free(before);
	mun_buffer_free(&read);
	end(&fixture);
}

/* Each state in which a crash can leave the folder, by hand. */
static void
test_an_adoption_that_was_cut_short_is_completed(void **state)
{
	struct fixture fixture = start(state);
	char *next = prepare(&fixture), *after;

	assert_int_equal(keys_shell("mv '%s/actor.next.key' '%s/actor.key'",
			     fixture.folder, fixture.folder),
	    0);
	after = certificate_of(&fixture);
	assert_string_equal(after, next);
	expect_files(&fixture, "actor.key actor.pem log.key ");
	free(after);
	free(next);
	end(&fixture);
}

static void
test_a_preparation_that_was_cut_short_means_nothing(void **state)
{
	struct fixture fixture = start(state);
	char *before = certificate_of(&fixture), *after, *next;
	struct mun_buffer read = MUN_BUFFER_INIT(65536);
	struct mun_error err = MUN_ERROR_INIT;

	free(prepare(&fixture));
	assert_int_equal(
	    keys_shell("rm '%s/actor.next.pem'", fixture.folder), 0);
	after = certificate_of(&fixture);
	assert_string_equal(after, before);
	free(after);
	MUN_EXPECT_STATUS(mun_keys_read_next_actor(fixture.folder, &read, &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_STATUS(mun_keys_adopt_actor(fixture.folder, &err),
	    MUN_ERR_NOT_FOUND, &err);
	next = prepare(&fixture);
	MUN_EXPECT_OK(mun_keys_adopt_actor(fixture.folder, &err), &err);
	after = certificate_of(&fixture);
	assert_string_equal(after, next);
	free(after);
	free(next);
	free(before);
	end(&fixture);
}

static void
test_what_is_prepared_can_be_discarded(void **state)
{
	struct fixture fixture = start(state);
	char *before = certificate_of(&fixture), *after;
	struct mun_error err = MUN_ERROR_INIT;
	uint8_t key[32];

	MUN_EXPECT_OK(mun_keys_discard_next(fixture.folder, false, &err), &err);
	MUN_EXPECT_OK(mun_keys_discard_next(fixture.folder, true, &err), &err);
	free(prepare(&fixture));
	MUN_EXPECT_OK(mun_keys_prepare_log(
			  fixture.folder, &fixture.passphrase, key, &err),
	    &err);
	MUN_EXPECT_OK(mun_keys_discard_next(fixture.folder, false, &err), &err);
	expect_files(&fixture, "actor.key actor.pem log.key log.next.key ");
	free(prepare(&fixture));
	MUN_EXPECT_OK(mun_keys_discard_next(fixture.folder, true, &err), &err);
	expect_files(&fixture,
	    "actor.key actor.next.key actor.next.pem actor.pem log.key ");
	MUN_EXPECT_OK(mun_keys_discard_next(fixture.folder, false, &err), &err);
	expect_files(&fixture, "actor.key actor.pem log.key ");
	after = certificate_of(&fixture);
	assert_string_equal(after, before);
	free(after);
	free(before);
	end(&fixture);
}

/* A signer with both signs one checkpoint with the old and the new key. */
static void
test_a_log_key_is_prepared_signs_and_is_adopted(void **state)
{
	struct fixture fixture = start(state);
	struct mun_signer_options open = { .folder = fixture.folder,
		.passphrase = fixture.passphrase,
		.with_next_log = true };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	uint8_t key[32], old[64], new[64];

	MUN_EXPECT_STATUS(
	    mun_keys_adopt_log(fixture.folder, &err), MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_OK(mun_signer_open_with(&signer, &open, &err), &err);
	assert_null(mun_signer_next_log_key(signer));
	mun_signer_close(signer);
	MUN_EXPECT_OK(mun_keys_prepare_log(
			  fixture.folder, &fixture.passphrase, key, &err),
	    &err);
	MUN_EXPECT_STATUS(mun_keys_prepare_log(
			      fixture.folder, &fixture.passphrase, key, &err),
	    MUN_ERR_EXISTS, &err);
	MUN_EXPECT_OK(mun_signer_open_with(&signer, &open, &err), &err);
	assert_memory_equal(mun_signer_next_log_key(signer), key, 32);
	assert_memory_not_equal(mun_signer_log_key(signer), key, 32);
	MUN_EXPECT_OK(mun_signer_sign_log(signer, "m", 1, old, &err), &err);
	MUN_EXPECT_OK(
	    mun_signer_sign_log_next(signer, "m", 1, new, &err), &err);
	assert_true(
	    mun_ed25519_verify(mun_signer_log_key(signer), "m", 1, old));
	assert_true(mun_ed25519_verify(key, "m", 1, new));
	assert_false(mun_ed25519_verify(key, "m", 1, old));
	mun_signer_close(signer);
	/* Who does not ask for it does not get it. */
	MUN_EXPECT_OK(keys_open(fixture.scratch, &signer, &err), &err);
	assert_null(mun_signer_next_log_key(signer));
	mun_signer_close(signer);
	MUN_EXPECT_OK(mun_keys_adopt_log(fixture.folder, &err), &err);
	MUN_EXPECT_OK(keys_open(fixture.scratch, &signer, &err), &err);
	assert_memory_equal(mun_signer_log_key(signer), key, 32);
	mun_signer_close(signer);
	expect_files(&fixture, "actor.key actor.pem log.key ");
	end(&fixture);
}

/* A typing mistake must not become the new key's passphrase. */
static void
test_the_passphrase_has_to_open_the_key_in_use(void **state)
{
	struct fixture fixture = start(state);
	struct mun_buffer pem = MUN_BUFFER_INIT(65536);
	struct mun_error err = MUN_ERROR_INIT;
	uint8_t key[32];

	mun_scratch_write(fixture.scratch, "pass", "wrong\n", 6);
	MUN_EXPECT_STATUS(mun_keys_prepare_actor(fixture.folder, MUN_KEYS_P256,
			      "Heron", &fixture.passphrase, &pem, &err),
	    MUN_ERR_CRYPTO, &err);
	MUN_EXPECT_TEXT(&err, "'actor.key': the passphrase does not open it");
	MUN_EXPECT_STATUS(mun_keys_prepare_log(
			      fixture.folder, &fixture.passphrase, key, &err),
	    MUN_ERR_CRYPTO, &err);
	expect_files(&fixture, "actor.key actor.pem log.key ");
	mun_scratch_write(fixture.scratch, "pass", KEYS_PASSPHRASE "\n",
	    strlen(KEYS_PASSPHRASE) + 1);
	MUN_EXPECT_STATUS(mun_keys_prepare_actor(fixture.folder, MUN_KEYS_P256,
			      "", &fixture.passphrase, &pem, &err),
	    MUN_ERR_USAGE, &err);
	assert_int_equal(keys_shell("mv '%s/actor.key' '%s/actor.pkcs11'",
			     fixture.folder, fixture.folder),
	    0);
	MUN_EXPECT_STATUS(mun_keys_prepare_actor(fixture.folder, MUN_KEYS_P256,
			      "Heron", &fixture.passphrase, &pem, &err),
	    MUN_ERR_UNSUPPORTED, &err);
	mun_buffer_free(&pem);
	end(&fixture);
}

static void
test_keys_without_a_passphrase_get_a_next_one_without(void **state)
{
	char *folder = keys_make(*state, false);
	const struct mun_passphrase none = { .none = true };
	struct mun_buffer pem = MUN_BUFFER_INIT(65536);
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_OK(mun_keys_prepare_actor(
			  folder, MUN_KEYS_P256, "Heron", &none, &pem, &err),
	    &err);
	MUN_EXPECT_OK(mun_keys_adopt_actor(folder, &err), &err);
	assert_int_equal(
	    keys_shell("openssl pkey -in '%s/actor.key' -noout", folder), 0);
	mun_buffer_free(&pem);
	free(folder);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(
		    test_a_prepared_actor_key_changes_nothing_until_it_is_adopted),
		WITH_SCRATCH(test_an_adoption_that_was_cut_short_is_completed),
		WITH_SCRATCH(
		    test_a_preparation_that_was_cut_short_means_nothing),
		WITH_SCRATCH(test_what_is_prepared_can_be_discarded),
		WITH_SCRATCH(test_a_log_key_is_prepared_signs_and_is_adopted),
		WITH_SCRATCH(test_the_passphrase_has_to_open_the_key_in_use),
		WITH_SCRATCH(
		    test_keys_without_a_passphrase_get_a_next_one_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
