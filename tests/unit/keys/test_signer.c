/* SPDX-License-Identifier: BSD-2-Clause */
/* The process that holds the keys: what it signs, and how it ends. */
#include "keys_test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/reader.h"
#include "trust/certificate.h"
#include "trust/der.h"

enum {
	CHILDREN_MAX = 16,
	WAITS_MAX = 6000 /* of 10 ms: a busy machine */
};

/* Direct children of the process, by /proc. */
static size_t
children_of(pid_t parent, pid_t found[CHILDREN_MAX])
{
	char path[64], text[1024] = { 0 };
	FILE *file;
	char *at = text;
	size_t count = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)parent,
	    (int)parent);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	if (fgets(text, sizeof(text), file) == NULL)
		text[0] = '\0';
	fclose(file);
	while (count < CHILDREN_MAX) {
		char *end;
		long pid = strtol(at, &end, 10);

		if (end == at)
			break;
		found[count++] = (pid_t)pid;
		at = end;
	}
	return count;
}

static void
test_what_it_signs_verifies(void **state)
{
	char *folder = keys_make(*state, true);
	struct mun_buffer value = MUN_BUFFER_INIT(1024);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_certificate *certificate;
	struct mun_signer *signer;
	uint8_t signature[64];
	const char *pem;

	MUN_EXPECT_OK(keys_open(*state, &signer, &err), &err);
	pem = mun_signer_certificate_pem(signer);
	MUN_EXPECT_OK(mun_certificate_from_pem(
			  &certificate, pem, strlen(pem), true, &err),
	    &err);
	for (int i = 0; i < 32; i++) {
		mun_buffer_reset(&value);
		mun_buffer_append_text(&value, "before");
		MUN_EXPECT_OK(
		    mun_signer_sign_actor(signer, &i, sizeof(i), &value, &err),
		    &err);
		assert_memory_equal(value.data, "before", 6);
		/* s <= n / 2 is part of verifying. */
		assert_true(mun_certificate_verify(
		    certificate, &i, sizeof(i), value.data + 6, value.len - 6));
	}
	MUN_EXPECT_OK(
	    mun_signer_sign_log(signer, "m", 1, signature, &err), &err);
	assert_true(
	    mun_ed25519_verify(mun_signer_log_key(signer), "m", 1, signature));
	MUN_EXPECT_OK(
	    mun_signer_sign_log(signer, "", 0, signature, &err), &err);
	mun_certificate_free(certificate);
	mun_signer_close(signer);
	mun_buffer_free(&value);
	free(folder);
}

/* Copy a test certificate and key over the actor's. */
static void
install_actor(const char *folder, const char *name)
{
	assert_int_equal(
	    keys_shell("cp '%s/%s.key' '%s/actor.key' && "
		       "cp '%s/%s.pem' '%s/actor.pem'",
		MUN_PKI_DIR, name, folder, MUN_PKI_DIR, name, folder),
	    0);
}

static void
test_it_signs_with_each_kind_of_key(void **state)
{
	static const char *const names[] = { "p256", "p384", "rsa3072",
		"leaf" };
	char *folder = keys_make(*state, false);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct mun_buffer value = MUN_BUFFER_INIT(8192);
		struct mun_error err = MUN_ERROR_INIT;
		struct mun_signer *signer;

		install_actor(folder, names[i]);
		MUN_EXPECT_OK(keys_open(*state, &signer, &err), &err);
		for (int j = 0; j < 8; j++)
			MUN_EXPECT_OK(
			    mun_signer_sign_actor(signer, "m", 1, &value, &err),
			    &err);
		mun_signer_close(signer);
		mun_buffer_free(&value);
	}
	free(folder);
}

static void
test_closing_ends_the_process(void **state)
{
	char *folder = keys_make(*state, false);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	pid_t found[CHILDREN_MAX];

	MUN_EXPECT_OK(keys_open(*state, &signer, &err), &err);
	assert_int_equal(children_of(getpid(), found), 1);
	mun_signer_close(signer);
	assert_int_equal(children_of(getpid(), found), 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	mun_signer_close(NULL);
	free(folder);
}

static void
test_a_dead_signer_is_an_error_not_a_signal(void **state)
{
	char *folder = keys_make(*state, false);
	struct mun_buffer value = MUN_BUFFER_INIT(1024);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	pid_t found[CHILDREN_MAX];

	MUN_EXPECT_OK(keys_open(*state, &signer, &err), &err);
	assert_int_equal(children_of(getpid(), found), 1);
	assert_int_equal(kill(found[0], SIGKILL), 0);
	MUN_EXPECT_STATUS(mun_signer_sign_actor(signer, "m", 1, &value, &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_STATUS(mun_signer_sign_actor(signer, "m", 1, &value, &err),
	    MUN_ERR_SYSTEM, &err);
	assert_int_equal(value.len, 0);
	mun_signer_close(signer);
	mun_buffer_free(&value);
	free(folder);
}

/* A process of its own opens a signer, tells its pid and is killed. */
static void
test_the_death_of_the_parent_ends_it(void **state)
{
	char *folder = keys_make(*state, false);
	struct timespec pause = { 0, 10000000 };
	pid_t middle, signer_pid = 0;
	int ends[2], status;

	assert_int_equal(pipe(ends), 0);
	middle = fork();
	if (middle == 0) {
		struct mun_signer *signer;
		pid_t found[CHILDREN_MAX];

		if (keys_open(*state, &signer, NULL) != MUN_OK ||
		    children_of(getpid(), found) != 1 ||
		    write(ends[1], found, sizeof(pid_t)) !=
			(ssize_t)sizeof(pid_t))
			_exit(1);
		(void)kill(getpid(), SIGKILL);
		_exit(1);
	}
	close(ends[1]);
	assert_int_equal(
	    read(ends[0], &signer_pid, sizeof(pid_t)), sizeof(pid_t));
	close(ends[0]);
	assert_int_equal(waitpid(middle, &status, 0), middle);
	assert_true(WIFSIGNALED(status));
	for (int i = 0; i < WAITS_MAX && kill(signer_pid, 0) == 0; i++) {
		char state_letter = ' ', path[64];
		FILE *file;

		/* Nobody may be reaping orphans here: a zombie is dead. */
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)signer_pid);
		file = fopen(path, "r");
		if (file == NULL)
			break;
		if (fscanf(file, "%*d %*s %c", &state_letter) != 1)
			state_letter = ' ';
		fclose(file);
		if (state_letter == 'Z')
			break;
		nanosleep(&pause, NULL);
		assert_int_not_equal(i, WAITS_MAX - 1);
	}
	free(folder);
}

static void
test_it_has_no_other_file_open_and_leaves_no_core(void **state)
{
	char *folder = keys_make(*state, false);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	pid_t found[CHILDREN_MAX];
	int extra = fcntl(STDIN_FILENO, F_DUPFD, 20);

	MUN_EXPECT_OK(keys_open(*state, &signer, &err), &err);
	assert_int_equal(children_of(getpid(), found), 1);
	assert_int_equal(keys_shell("grep -Eq '^Max core file size +0 +0 ' "
				    "/proc/%d/limits",
			     (int)found[0]),
	    0);
	/* valgrind's own are far up. */
	if (geteuid() == 0)
		assert_int_equal(
		    keys_shell("test \"$(ls /proc/%d/fd | grep -vE '^.{4,}$' "
			       "| tr '\\n' "
			       "' ')\" = '0 1 2 3 '",
			(int)found[0]),
		    0);
	mun_signer_close(signer);
	close(extra);
	free(folder);
}

/* What cannot be dumped has a /proc that belongs to root; seen by somebody who
 * is not. */
static bool
is_hidden(const struct mun_scratch *scratch)
{
	struct mun_signer *signer;
	pid_t found[CHILDREN_MAX] = { 0 };
	char path[64];
	struct stat own, its;
	bool is_hidden_now;

	if (keys_open(scratch, &signer, NULL) != MUN_OK)
		return false;
	is_hidden_now = children_of(getpid(), found) == 1;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)found[0]);
	is_hidden_now = is_hidden_now && stat("/proc/self/status", &own) == 0 &&
	    own.st_uid == getuid() && stat(path, &its) == 0 && its.st_uid == 0;
	mun_signer_close(signer);
	return is_hidden_now;
}

static void
test_it_can_be_neither_read_nor_traced(void **state)
{
	const struct mun_scratch *scratch = *state;
	char *folder = keys_make(scratch, false);
	int status;
	pid_t pid;

	if (geteuid() == 0)
		assert_int_equal(
		    keys_shell("chown -R 65534 '%s'", scratch->path), 0);
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		/* Changing identity has taken it from this one too. */
		(void)prctl(PR_SET_DUMPABLE, 1);
		_exit(is_hidden(scratch) ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(folder);
}

static void
test_too_much_to_sign_is_refused(void **state)
{
	char *folder = keys_make(*state, false);
	struct mun_buffer value = MUN_BUFFER_INIT(1024);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;
	static const char large[300000];

	MUN_EXPECT_OK(keys_open(*state, &signer, &err), &err);
	MUN_EXPECT_STATUS(
	    mun_signer_sign_actor(signer, large, sizeof(large), &value, &err),
	    MUN_ERR_LIMIT, &err);
	MUN_EXPECT_OK(
	    mun_signer_sign_actor(signer, large, 100000, &value, &err), &err);
	mun_signer_close(signer);
	mun_buffer_free(&value);
	free(folder);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(test_what_it_signs_verifies),
		WITH_SCRATCH(test_it_signs_with_each_kind_of_key),
		WITH_SCRATCH(test_closing_ends_the_process),
		WITH_SCRATCH(test_a_dead_signer_is_an_error_not_a_signal),
		WITH_SCRATCH(test_the_death_of_the_parent_ends_it),
		WITH_SCRATCH(test_it_has_no_other_file_open_and_leaves_no_core),
		WITH_SCRATCH(test_it_can_be_neither_read_nor_traced),
		WITH_SCRATCH(test_too_much_to_sign_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
