/* SPDX-License-Identifier: BSD-2-Clause */
/* What a keys folder holds, and what is left when making it fails. */
#include "keys_test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system.h"
#include "trust/certificate.h"

static void
expect_mode(const char *folder, const char *name, mode_t mode)
{
	char path[4096];
	struct stat found;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode & 07777, mode);
}

static void
test_a_keys_folder_is_for_its_owner_only(void **state)
{
	mode_t before = umask(0);
	char *folder = keys_make(*state, true);

	umask(before);
	expect_mode(folder, "", 0700);
	expect_mode(folder, "actor.key", 0600);
	expect_mode(folder, "actor.pem", 0600);
	expect_mode(folder, "log.key", 0600);
	assert_int_equal(keys_shell("test \"$(ls -A '%s' | tr '\\n' ' ')\" = "
				    "'actor.key actor.pem log.key '",
			     folder),
	    0);
	free(folder);
}

static void
test_openssl_opens_the_keys_with_the_passphrase(void **state)
{
	char *folder = keys_make(*state, true);

	assert_int_equal(keys_shell("openssl pkey -in '%s/actor.key' -noout "
				    "-passin 'pass:" KEYS_PASSPHRASE "'",
			     folder),
	    0);
	assert_int_equal(keys_shell("openssl pkey -in '%s/log.key' -noout "
				    "-passin 'pass:" KEYS_PASSPHRASE "'",
			     folder),
	    0);
	assert_int_not_equal(keys_shell("openssl pkey -in '%s/log.key' -noout "
					"-passin pass:wrong 2>/dev/null",
				 folder),
	    0);
	assert_int_equal(
	    keys_shell(
		"grep -q 'BEGIN ENCRYPTED PRIVATE KEY' '%s/actor.key'", folder),
	    0);
	free(folder);
}

static void
test_the_certificate_says_a_pseudonym_and_nothing_else(void **state)
{
	char *folder = keys_make(*state, false);
	char *path = malloc(strlen(folder) + 16);
	struct mun_certificate *certificate;
	struct mun_error err = MUN_ERROR_INIT;
	int64_t now, from, to;
	size_t len;
	void *pem;
	const uint8_t *serial;

	assert_non_null(path);
	sprintf(path, "%s/actor.pem", folder);
	pem = mun_harness_read(path, &len);
	MUN_EXPECT_OK(
	    mun_certificate_from_pem(&certificate, pem, len, true, &err), &err);
	MUN_EXPECT_OK(mun_system_clock(&now, &err), &err);
	assert_string_equal(mun_certificate_name(certificate), "custodian");
	assert_null(mun_certificate_unfit(certificate));
	assert_int_equal(mun_certificate_key_kind(certificate), MUN_KEY_P256);
	assert_true(mun_certificate_is_self_signed(certificate));
	from = mun_certificate_not_before(certificate);
	to = mun_certificate_not_after(certificate);
	assert_in_range(now - from, 0, 60);
	assert_int_equal(to - from, INT64_C(3652) * 86400);
	serial = mun_certificate_serial(certificate, &len);
	assert_int_equal(len, 16);
	assert_in_range(serial[0], 0x40, 0x7f);
	/* Subject, and no extension beyond three. */
	assert_int_equal(keys_shell("openssl x509 -in '%s' -noout -subject | "
				    "grep -qx 'subject=CN = custodian'",
			     path),
	    0);
	assert_int_equal(keys_shell("test \"$(openssl x509 -in '%s' -noout "
				    "-text | grep -c 'X509v3 .*: ')\" = 3",
			     path),
	    0);
	mun_certificate_free(certificate);
	free(pem);
	free(path);
	free(folder);
}

static void
test_keys_are_never_replaced(void **state)
{
	char *folder = keys_make(*state, false);
	struct mun_keys_options options = {
		.folder = folder,
		.pseudonym = "custodian",
		.passphrase = { .none = true },
		.allow_volatile = true,
	};
	struct mun_error err = MUN_ERROR_INIT;

	assert_int_equal(
	    keys_shell("sha256sum '%s'/* > '%s.before'", folder, folder), 0);
	MUN_EXPECT_STATUS(
	    mun_keys_create(&options, &err), MUN_ERR_EXISTS, &err);
	assert_int_equal(
	    keys_shell("sha256sum --quiet -c '%s.before'", folder), 0);
	free(folder);
}

/* A wrong request leaves nothing, not even the folder. */
static void
test_a_failure_leaves_nothing_behind(void **state)
{
	char *folder = keys_path(*state, "keys");
	char *missing = keys_path(*state, "missing");
	char *empty = keys_path(*state, "empty");
	struct mun_keys_options options = { .folder = folder,
		.pseudonym = "custodian",
		.allow_volatile = true };
	struct mun_error err = MUN_ERROR_INIT;

	mun_scratch_write(*state, "empty", "\n", 1);
	options.passphrase.file = missing;
	MUN_EXPECT_STATUS(
	    mun_keys_create(&options, &err), MUN_ERR_NOT_FOUND, &err);
	assert_int_not_equal(access(folder, F_OK), 0);
	options.passphrase.file = empty;
	MUN_EXPECT_STATUS(mun_keys_create(&options, &err), MUN_ERR_USAGE, &err);
	MUN_EXPECT_TEXT(&err, "empty");
	options.passphrase.file = NULL;
	options.passphrase.none = true;
	options.pseudonym = "";
	MUN_EXPECT_STATUS(mun_keys_create(&options, &err), MUN_ERR_USAGE, &err);
	options.pseudonym = "a\nb";
	MUN_EXPECT_STATUS(mun_keys_create(&options, &err), MUN_ERR_USAGE, &err);
	options.pseudonym = "\xff";
	MUN_EXPECT_STATUS(mun_keys_create(&options, &err), MUN_ERR_USAGE, &err);
	assert_int_not_equal(access(folder, F_OK), 0);
	free(empty);
	free(missing);
	free(folder);
}

/* The disk is full after the first of three files. */
static void
test_a_failure_halfway_leaves_nothing_behind(void **state)
{
	char *folder = keys_path(*state, "keys");
	struct mun_keys_options options = { .folder = folder,
		.pseudonym = "custodian",
		.passphrase = { .none = true },
		.allow_volatile = true };
	struct mun_error err = MUN_ERROR_INIT;
	struct rlimit before, small;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 300; /* log.key has fewer bytes, actor.pem more */
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	enum mun_status status = mun_keys_create(&options, &err);

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(status, MUN_ERR_SYSTEM);
	MUN_EXPECT_TEXT(&err, "actor.pem");
	assert_int_not_equal(access(folder, F_OK), 0);
	free(folder);
}

static void
test_discarded_keys_are_gone(void **state)
{
	char *folder = keys_make(*state, false);
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_OK(
	    mun_keys_write_head(folder, "origin+1+key", "head", 4, &err), &err);
	mun_keys_discard(folder);
	assert_int_equal(rmdir(folder), 0);
	free(folder);
}

static void
test_a_folder_in_memory_is_refused_unless_told(void **state)
{
	struct mun_keys_options options = { .folder =
						"/dev/shm/muniment-test/k",
		.pseudonym = "custodian",
		.passphrase = { .none = true } };
	struct mun_error err = MUN_ERROR_INIT;
	bool is_volatile;

	(void)state;
	MUN_EXPECT_OK(
	    mun_keys_folder_is_volatile("/dev/shm/a/b", &is_volatile, &err),
	    &err);
	if (!is_volatile)
		skip();
	MUN_EXPECT_STATUS(mun_keys_create(&options, &err), MUN_ERR_USAGE, &err);
	MUN_EXPECT_TEXT(&err, "power-off");
	assert_int_not_equal(access("/dev/shm/muniment-test", F_OK), 0);
	MUN_EXPECT_OK(
	    mun_keys_folder_is_volatile("/proc/self", &is_volatile, &err),
	    &err);
	assert_false(is_volatile);
	MUN_EXPECT_OK(
	    mun_keys_folder_is_volatile("", &is_volatile, &err), &err);
}

static void
test_a_recovery_key_lies_where_it_was_asked_for(void **state)
{
	char *path = keys_path(*state, "recovery.key");
	char *pass = keys_path(*state, "pass");
	struct mun_passphrase passphrase = { .file = pass };
	struct mun_buffer pem = MUN_BUFFER_INIT(65536);
	struct mun_certificate *certificate;
	struct mun_error err = MUN_ERROR_INIT;
	struct stat found;

	mun_scratch_write(*state, "pass", KEYS_PASSPHRASE "\r\n",
	    strlen(KEYS_PASSPHRASE) + 2);
	MUN_EXPECT_OK(
	    mun_keys_create_recovery(path, &passphrase, &pem, &err), &err);
	MUN_EXPECT_OK(mun_certificate_from_pem(
			  &certificate, pem.data, pem.len, true, &err),
	    &err);
	assert_null(mun_certificate_unfit(certificate));
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0600);
	assert_int_equal(keys_shell("openssl pkey -in '%s' -noout "
				    "-passin 'pass:" KEYS_PASSPHRASE "'",
			     path),
	    0);
	mun_certificate_free(certificate);
	MUN_EXPECT_STATUS(
	    mun_keys_create_recovery(path, &passphrase, &pem, &err),
	    MUN_ERR_EXISTS, &err);
	mun_buffer_free(&pem);
	free(pass);
	free(path);
}

static void
test_heads_are_kept_per_log(void **state)
{
	char *folder = keys_make(*state, false);
	struct mun_buffer head = MUN_BUFFER_INIT(8192);
	struct mun_error err = MUN_ERROR_INIT;

	MUN_EXPECT_STATUS(mun_keys_read_head(folder, "a+1+x", &head, &err),
	    MUN_ERR_NOT_FOUND, &err);
	MUN_EXPECT_OK(
	    mun_keys_write_head(folder, "a+1+x", "one", 3, &err), &err);
	MUN_EXPECT_OK(
	    mun_keys_write_head(folder, "b+1+x", "two", 3, &err), &err);
	MUN_EXPECT_OK(
	    mun_keys_write_head(folder, "a+1+x", "three", 5, &err), &err);
	MUN_EXPECT_OK(mun_keys_read_head(folder, "a+1+x", &head, &err), &err);
	assert_string_equal(mun_buffer_text(&head), "three");
	expect_mode(folder, "heads", 0700);
	mun_buffer_free(&head);
	free(folder);
}

struct met {
	unsigned count;
	uint8_t name[32];
	char text[8];
};

static enum mun_status
meet(void *ctx, const uint8_t name[32], const void *bytes, size_t len,
    struct mun_error *err)
{
	struct met *met = ctx;

	(void)err;
	met->count++;
	memcpy(met->name, name, sizeof(met->name));
	assert_true(len < sizeof(met->text));
	memcpy(met->text, bytes, len);
	met->text[len] = '\0';
	return MUN_OK;
}

static void
test_requests_wait_until_they_are_removed(void **state)
{
	char *folder = keys_make(*state, false);
	const uint8_t one[32] = { 1 }, two[32] = { 2 };
	struct mun_error err = MUN_ERROR_INIT;
	struct met met = { .count = 0 };

	MUN_EXPECT_OK(mun_keys_each_request(folder, meet, &met, &err), &err);
	assert_int_equal(met.count, 0);
	MUN_EXPECT_OK(
	    mun_keys_write_request(folder, one, "first", 5, &err), &err);
	MUN_EXPECT_STATUS(mun_keys_write_request(folder, one, "other", 5, &err),
	    MUN_ERR_EXISTS, &err);
	MUN_EXPECT_OK(
	    mun_keys_write_request(folder, two, "second", 6, &err), &err);
	assert_int_equal(
	    keys_shell("touch '%s/requests/notes.txt'", folder), 0);
	expect_mode(folder, "requests", 0700);
	MUN_EXPECT_OK(mun_keys_each_request(folder, meet, &met, &err), &err);
	assert_int_equal(met.count, 2);
	MUN_EXPECT_OK(mun_keys_remove_request(folder, two, &err), &err);
	MUN_EXPECT_OK(mun_keys_remove_request(folder, two, &err), &err);
	met.count = 0;
	MUN_EXPECT_OK(mun_keys_each_request(folder, meet, &met, &err), &err);
	assert_int_equal(met.count, 1);
	assert_memory_equal(met.name, one, sizeof(one));
	assert_string_equal(met.text, "first");
	free(folder);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(test_a_keys_folder_is_for_its_owner_only),
		WITH_SCRATCH(test_openssl_opens_the_keys_with_the_passphrase),
		WITH_SCRATCH(
		    test_the_certificate_says_a_pseudonym_and_nothing_else),
		WITH_SCRATCH(test_keys_are_never_replaced),
		WITH_SCRATCH(test_a_failure_leaves_nothing_behind),
		WITH_SCRATCH(test_a_failure_halfway_leaves_nothing_behind),
		WITH_SCRATCH(test_discarded_keys_are_gone),
		WITH_SCRATCH(test_a_folder_in_memory_is_refused_unless_told),
		WITH_SCRATCH(test_a_recovery_key_lies_where_it_was_asked_for),
		WITH_SCRATCH(test_heads_are_kept_per_log),
		WITH_SCRATCH(test_requests_wait_until_they_are_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
