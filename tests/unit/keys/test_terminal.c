/* SPDX-License-Identifier: BSD-2-Clause */
/* The passphrase on a terminal: not shown, asked twice when new, and the
 * terminal as it was afterwards. */
#define _DEFAULT_SOURCE /* forkpty(3) */
#include "keys_test.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
	WAITS_MAX = 12000 /* of 5 ms: valgrind is slow at scrypt */
};

struct session {
	int fd; /* the terminal's other side */
	pid_t pid;
	char seen[4096];
	size_t len;
	size_t from; /* what was waited for before this is over */
};

/* Read what the terminal shows until it ends with words, or a minute. */
static void
wait_for(struct session *session, const char *words)
{
	const struct timespec pause = { 0, 5000000 };

	for (int i = 0; i < WAITS_MAX; i++) {
		const char *found =
		    strstr(session->seen + session->from, words);

		if (found != NULL) {
			session->from =
			    (size_t)(found - session->seen) + strlen(words);
			return;
		}
		ssize_t got = read(session->fd, session->seen + session->len,
		    sizeof(session->seen) - 1 - session->len);

		if (got > 0)
			session->len += (size_t)got;
		else
			nanosleep(&pause, NULL);
		session->seen[session->len] = '\0';
	}
	fail_msg("'%s' did not come, but: %s", words, session->seen);
}

static void
wait_for_echo(struct session *session, bool is_on)
{
	const struct timespec pause = { 0, 5000000 };
	struct termios mode;

	for (int i = 0; i < WAITS_MAX; i++) {
		assert_int_equal(tcgetattr(session->fd, &mode), 0);
		if (((mode.c_lflag & ECHO) != 0) == is_on)
			return;
		nanosleep(&pause, NULL);
	}
	fail_msg("echo did not become %d", is_on);
}

static void
type(struct session *session, const char *text)
{
	assert_int_equal(write(session->fd, text, strlen(text)), strlen(text));
}

/* Start body on a terminal of its own; it says "status N" at its end. */
static struct session
start(const struct mun_scratch *scratch,
    enum mun_status (*body)(const struct mun_scratch *))
{
	struct session session = { .len = 0 };

	session.pid = forkpty(&session.fd, NULL, NULL, NULL);
	assert_true(session.pid >= 0);
	if (session.pid == 0) {
		printf("status %d.\n", (int)body(scratch));
		fflush(stdout);
		/* Keep the terminal until it has been looked at. */
		(void)getchar();
		_exit(0);
	}
	assert_int_equal(fcntl(session.fd, F_SETFL, O_NONBLOCK), 0);
	return session;
}

static void
finish(struct session *session)
{
	(void)kill(session->pid, SIGKILL);
	assert_int_equal(waitpid(session->pid, NULL, 0), session->pid);
	close(session->fd);
}

static enum mun_status
create(const struct mun_scratch *scratch)
{
	char *folder = keys_path(scratch, "keys");
	struct mun_keys_options options = { .folder = folder,
		.pseudonym = "custodian",
		.passphrase = { .prompt = "New one: " },
		.allow_volatile = true };
	enum mun_status status = mun_keys_create(&options, NULL);

	free(folder);
	return status;
}

static enum mun_status
open_signer(const struct mun_scratch *scratch)
{
	char *folder = keys_path(scratch, "keys");
	struct mun_passphrase passphrase = { .prompt = "Open: " };
	struct mun_signer *signer;
	enum mun_status status =
	    mun_signer_open(&signer, folder, &passphrase, NULL);

	mun_signer_close(signer);
	free(folder);
	return status;
}

/* As a tool that stops cleanly: it lives on after Ctrl-C. */
static enum mun_status
open_signer_despite_interrupts(const struct mun_scratch *scratch)
{
	(void)signal(SIGINT, SIG_IGN);
	return open_signer(scratch);
}

static void
test_a_passphrase_is_asked_for_and_not_shown(void **state)
{
	char *folder = keys_make(*state, true);
	struct session session = start(*state, open_signer);

	wait_for(&session, "Open: ");
	wait_for_echo(&session, false);
	type(&session, KEYS_PASSPHRASE "\n");
	wait_for(&session, "status 0.");
	assert_null(strstr(session.seen, KEYS_PASSPHRASE));
	wait_for_echo(&session, true);
	finish(&session);
	free(folder);
}

static void
test_a_new_passphrase_is_asked_for_twice(void **state)
{
	struct session session = start(*state, create);

	wait_for(&session, "New one: ");
	wait_for_echo(&session, false);
	type(&session, "first\n");
	wait_for(&session, "once more: ");
	wait_for_echo(&session, false);
	type(&session, "other\n");
	wait_for(&session, "They differ.\r\nNew one: ");
	wait_for_echo(&session, false);
	type(&session, "second\n");
	wait_for(&session, "once more: ");
	wait_for_echo(&session, false);
	type(&session, "second\n");
	wait_for(&session, "status 0.");
	wait_for_echo(&session, true);
	finish(&session);
	mun_scratch_write(*state, "pass", "second\n", 7);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_signer *signer;

	MUN_EXPECT_OK(keys_open(*state, &signer, &err), &err);
	mun_signer_close(signer);
}

static void
test_an_interrupt_gives_the_terminal_back(void **state)
{
	char *folder = keys_make(*state, true);
	struct session session = start(*state, open_signer_despite_interrupts);

	wait_for(&session, "Open: ");
	wait_for_echo(&session, false);
	type(&session, "half\003");
	wait_for_echo(&session, true);
	/* MUN_ERR_CANCELED */
	wait_for(&session, "status 11.");
	finish(&session);
	free(folder);
}

static void
test_the_death_of_the_parent_gives_the_terminal_back(void **state)
{
	char *folder = keys_make(*state, true);
	struct session session = start(*state, open_signer);
	int other;

	wait_for(&session, "Open: ");
	wait_for_echo(&session, false);
	other = dup(session.fd);
	(void)kill(session.pid, SIGKILL);
	assert_int_equal(waitpid(session.pid, NULL, 0), session.pid);
	wait_for_echo(&session, true);
	close(other);
	close(session.fd);
	free(folder);
}

static void
test_an_end_of_file_cancels(void **state)
{
	char *folder = keys_make(*state, true);
	struct session session = start(*state, open_signer);

	wait_for(&session, "Open: ");
	wait_for_echo(&session, false);
	type(&session, "\004");
	wait_for(&session, "status 11.");
	wait_for_echo(&session, true);
	finish(&session);
	free(folder);
}

static void
test_without_a_terminal_nothing_is_asked(void **state)
{
	char *folder = keys_make(*state, true);
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		(void)setsid();
		free(folder);
		_exit(open_signer(*state) == MUN_ERR_USAGE ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	free(folder);
}

#define WITH_SCRATCH(test)               \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(test_a_passphrase_is_asked_for_and_not_shown),
		WITH_SCRATCH(test_a_new_passphrase_is_asked_for_twice),
		WITH_SCRATCH(test_an_interrupt_gives_the_terminal_back),
		WITH_SCRATCH(
		    test_the_death_of_the_parent_gives_the_terminal_back),
		WITH_SCRATCH(test_an_end_of_file_cancels),
		WITH_SCRATCH(test_without_a_terminal_nothing_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
