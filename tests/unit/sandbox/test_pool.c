/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_pool.c - a handler that misbehaves in every way known, one by one; the
 * parent gets the right outcome and the pool goes on.
 */
#define _GNU_SOURCE /* setresuid(2), chroot(2), the calls to be forbidden */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/harness.h"
#include "sandbox/sandbox_internal.h"

enum {
	MIB = 1048576
};

/* A handler that got through something it must not. */
static enum mun_status
escaped(struct mun_buffer *answer, bool is_through)
{
	mun_buffer_append_text(answer, is_through ? "escaped" : "refused");
	return MUN_OK;
}

static void
raw_send(const void *bytes, size_t len)
{
	(void)!send(SANDBOX_SOCKET, bytes, len, MSG_NOSIGNAL);
}

static void
raw_answer(uint64_t ticket, uint64_t kind, uint64_t len)
{
	const struct sandbox_answer_head head = {
		.ticket = ticket, .kind = kind, .len = len
	};

	raw_send(&head, sizeof(head));
}

static enum mun_status
try_memory(struct mun_buffer *answer, struct mun_error *err)
{
	for (int i = 0; i < 1000; i++) {
		volatile char *block = malloc(MIB);

		if (block == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM, "hungry");
		for (size_t at = 0; at < MIB; at += 4096)
			block[at] = 1;
	}
	return escaped(answer, true);
}

static enum mun_status
try_system_call(uint8_t which, int fd, struct mun_buffer *answer)
{
	struct rlimit limit = { 1000, 1000 };
	char *const none[] = { NULL };
	void *at;

	switch (which) {
	case 'o':
		return escaped(answer, open("/etc/passwd", O_RDONLY) != -1);
	case 's':
		return escaped(answer, socket(AF_INET, SOCK_STREAM, 0) != -1);
	case 'u':
		return escaped(answer, socket(AF_UNIX, SOCK_STREAM, 0) != -1);
	case 'f':
		return escaped(answer, fork() != -1);
	case 'x':
		return escaped(answer, execve("/bin/true", none, none) != -1);
	case 'p':
		return escaped(answer, ptrace(PTRACE_TRACEME, 0, 0, 0) != -1);
	case 'k':
		return escaped(answer, kill(getppid(), 0) != -1);
	case 'w':
		return escaped(answer, pwrite(fd, "X", 1, 0) != -1);
	case 'W':
		return escaped(answer, write(fd, "X", 1) != -1);
	case 't':
		return escaped(answer, ftruncate(fd, 0) != -1);
	case 'l':
		return escaped(answer, lseek(fd, 3, SEEK_SET) != -1);
	case 'F':
		return escaped(answer, fcntl(fd, F_SETFL, O_APPEND) != -1);
	case 'm':
		at =
		    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		return escaped(answer, at != MAP_FAILED);
	case 'M':
		at = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		return escaped(answer, at != MAP_FAILED);
	case 'i':
		return escaped(answer, setrlimit(RLIMIT_CPU, &limit) == 0);
	case 'z':
		return escaped(
		    answer, unlink("/nowhere") == 0 || errno == ENOENT);
	default:
		return escaped(answer, true);
	}
}

static const char system_calls[] = "osufxpkwWtlFmMiz";

static enum mun_status
misbehave(
    const uint8_t *request, struct mun_buffer *answer, struct mun_error *err)
{
	uint64_t ticket;

	memcpy(&ticket, request + 1, sizeof(ticket));
	switch (request[0]) {
	case 'C':
		raise(SIGSEGV);
		_exit(9);
	case 'c':
		*(volatile int *)(uintptr_t)8 = 1;
		break;
	case 'L':
		for (volatile unsigned i = 0;; i++)
			;
	case 'B': /* blocks without burning CPU */
		for (;;) {
			struct msghdr message = { 0 };

			(void)!recvmsg(SANDBOX_SOCKET, &message, MSG_PEEK);
		}
	case 'H':
		return try_memory(answer, err);
	case 'g':
		for (int i = 0; i < 100; i++)
			mun_buffer_append(answer, "0123456789", 10);
		return MUN_OK;
	case 'G':
		raw_answer(ticket, SANDBOX_ANSWER, (uint64_t)1 << 40);
		break;
	case 'N':
		for (int i = 0; i < 100; i++)
			raw_send("not an answer", 13);
		break;
	case 'T':
		raw_answer(ticket + 7, SANDBOX_ANSWER, 0);
		break;
	case 'R':
		raw_answer(0, SANDBOX_READY, 0);
		break;
	case 'P':
		raw_answer(ticket, SANDBOX_ANSWER, 50);
		raw_send("half", 4);
		break;
	case 'V':
		raw_answer(ticket, SANDBOX_FAILED, 10000);
		break;
	case 'D':
		close(SANDBOX_SOCKET);
		for (volatile unsigned i = 0;; i++)
			;
	default:
		break;
	}
	_exit(0);
}

static enum mun_status
handle(void *state, const uint8_t *request, size_t len, int fd,
    struct mun_buffer *answer, struct mun_error *err)
{
	char bytes[16] = { 0 };

	switch (len > 0 ? request[0] : 0) {
	case 'e':
		mun_buffer_append(answer, request, len);
		return MUN_OK;
	case 'E':
		return mun_error_set(err, MUN_ERR_FORMAT, "do not like it");
	case 'r':
		mun_buffer_append(
		    answer, bytes, (size_t)pread(fd, bytes, sizeof(bytes), 2));
		return MUN_OK;
	case 'v':
		mun_buffer_append_format(answer, "HOME=%s TZ=%s locale=%s",
		    getenv("HOME") == NULL ? "" : getenv("HOME"), getenv("TZ"),
		    setlocale(LC_ALL, NULL));
		return MUN_OK;
	case 'd':
		mun_buffer_append_text(answer, state);
		return MUN_OK;
	default:
		if (strchr(system_calls, request[0]) != NULL)
			return try_system_call(request[0], fd, answer);
		return misbehave(request, answer, err);
	}
}

/* Which descriptors a worker begins with. */
static enum mun_status
prepare(void **state, struct mun_error *err)
{
	char *text = calloc(1, 4096);

	(void)err;
	for (int fd = 0; fd < 500; fd++)
		if (fcntl(fd, F_GETFD) != -1)
			sprintf(text + strlen(text), "%d ", fd);
	(void)open("/dev/null", O_RDONLY); /* forgotten: closed for it */
	*state = text;
	return MUN_OK;
}

/* Long enough for a busy machine, where nothing waits on purpose. */
enum {
	ENOUGH_S = 60
};
static unsigned wall_s = ENOUGH_S;

static const struct mun_sandbox_job lasting = { .name = "test",
	.prepare = prepare,
	.handle = handle,
	.limits = { .memory_bytes = 64 * MIB,
	    .cpu_s = 1,
	    .wall_s = ENOUGH_S,
	    .answer_max = 100 } };

static struct mun_sandbox *
start(bool fresh, unsigned workers)
{
	struct mun_sandbox_job job = lasting;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox *pool;

	job.fresh = fresh;
	if (mun_sandbox_probe(&err) != MUN_OK) {
		print_message("%s\n", err.text);
		skip();
	}
	MUN_EXPECT_OK(
	    mun_sandbox_start(&pool, &job, workers, false, &err), &err);
	/* whoever starts has enough */
	pool->job.limits.wall_s = wall_s;
	return pool;
}

/* Submit one request of this kind; its own ticket is in it. */
static uint64_t
submit(struct mun_sandbox *pool, char kind, int fd)
{
	struct mun_error err = MUN_ERROR_INIT;
	char request[20] = { kind };
	uint64_t ticket = pool->next_ticket;

	memcpy(request + 1, &ticket, sizeof(ticket));
	MUN_EXPECT_OK(mun_sandbox_submit(
			  pool, request, sizeof(request), fd, ticket, &err),
	    &err);
	return ticket;
}

static struct mun_sandbox_answer
ask(struct mun_sandbox *pool, char kind, int fd)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox_answer answer;
	uint64_t ticket = submit(pool, kind, fd);

	MUN_EXPECT_OK(mun_sandbox_collect(pool, &answer, true, &err), &err);
	assert_int_equal(answer.mark, ticket);
	return answer;
}

static void
expect_alive(struct mun_sandbox *pool)
{
	struct mun_sandbox_answer answer = ask(pool, 'e', -1);

	assert_int_equal(answer.outcome, MUN_SANDBOX_ANSWERED);
	assert_int_equal(answer.len, 20);
	assert_int_equal(answer.data[0], 'e');
}

static void
expect_outcome(char kind, enum mun_sandbox_outcome expected, const char *reason)
{
	for (int fresh = 0; fresh < 2; fresh++) {
		struct mun_sandbox *pool = start(fresh == 1, 2);
		struct mun_sandbox_answer answer = ask(pool, kind, -1);

		if (answer.outcome != expected ||
		    strstr(answer.reason, reason) == NULL)
			print_error("%c: outcome %d, '%s'\n", kind,
			    (int)answer.outcome, answer.reason);
		assert_int_equal(answer.outcome, expected);
		assert_non_null(strstr(answer.reason, reason));
		/* whoever is to answer has time to begin */
		pool->job.limits.wall_s = ENOUGH_S;
		expect_alive(pool);
		mun_sandbox_stop(pool);
	}
}

static void
test_answers_come_back(void **state)
{
	(void)state;
	for (int fresh = 0; fresh < 2; fresh++) {
		struct mun_sandbox *pool = start(fresh == 1, 2);

		for (int i = 0; i < 50; i++)
			expect_alive(pool);
		mun_sandbox_stop(pool);
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* ECHILD */
	}
}

static void
test_a_handler_may_refuse(void **state)
{
	(void)state;
	expect_outcome('E', MUN_SANDBOX_REFUSED, "do not like it");
}

static void
test_a_crash_is_an_outcome(void **state)
{
	(void)state;
#if defined(__SANITIZE_ADDRESS__)
	expect_outcome('c', MUN_SANDBOX_DIED, "");
#else
	expect_outcome('c', MUN_SANDBOX_DIED, "signal 11");
#endif
	expect_outcome('C', MUN_SANDBOX_DIED, "");
}

static void
test_an_endless_loop_is_ended(void **state)
{
	(void)state;
	expect_outcome('L', MUN_SANDBOX_TIMEOUT, "too much time");
}

static void
test_waiting_for_ever_is_ended(void **state)
{
	(void)state;
	wall_s = 2;
	expect_outcome('B', MUN_SANDBOX_TIMEOUT, "too much time");
	wall_s = ENOUGH_S;
}

static void
test_memory_is_limited(void **state)
{
	(void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	skip();
#endif
	expect_outcome('H', MUN_SANDBOX_TOO_LARGE, "hungry");
}

static void
test_answers_are_limited(void **state)
{
	(void)state;
	expect_outcome('g', MUN_SANDBOX_TOO_LARGE, "");
	expect_outcome('G', MUN_SANDBOX_TOO_LARGE, "too large");
}

static void
test_nonsense_is_an_outcome(void **state)
{
#if defined(__SANITIZE_ADDRESS__)
	/* Its leak checker wants to clone(2) at exit. */
	const char *without_answer = "";
#else
	const char *without_answer = "without an answer";
#endif

	(void)state;
	expect_outcome('N', MUN_SANDBOX_DIED, "nonsense");
	expect_outcome('T', MUN_SANDBOX_DIED, "nonsense");
	expect_outcome('R', MUN_SANDBOX_DIED, "nonsense");
	expect_outcome('V', MUN_SANDBOX_DIED, "nonsense");
	expect_outcome('P', MUN_SANDBOX_DIED, without_answer);
	expect_outcome('q', MUN_SANDBOX_DIED, without_answer);
	expect_outcome('D', MUN_SANDBOX_DIED, "");
}

/* Whether anything forbidden got through; 0 if nothing did. */
static int
try_all_forbidden(struct mun_sandbox *pool, int fd)
{
	int through = 0;

	for (const char *kind = system_calls; *kind != 0; kind++) {
		struct mun_sandbox_answer answer = ask(pool, *kind, fd);
		bool is_refused = answer.outcome == MUN_SANDBOX_ANSWERED &&
		    answer.len == 7 && memcmp(answer.data, "refused", 7) == 0;
		bool is_killed = answer.outcome == MUN_SANDBOX_DIED &&
		    strstr(answer.reason, "forbidden") != NULL;

		if (is_refused || is_killed)
			continue;
		print_error("'%c' got through: outcome %d, %s\n", *kind,
		    (int)answer.outcome, answer.reason);
		through++;
	}
	return through;
}

static void
test_each_forbidden_call_fails_or_kills(void **state)
{
	const struct mun_scratch *scratch = *state;
	struct mun_sandbox *pool = start(false, 1);
	size_t len;
	char path[512];
	char *bytes;
	int fd;

	mun_scratch_write(scratch, "file", "evidence", 8);
	/* Even on a descriptor that could be written to. */
	fd = openat(scratch->fd, "file", O_RDWR | O_CLOEXEC);
	assert_int_equal(lseek(fd, 1, SEEK_SET), 1);
	assert_int_equal(try_all_forbidden(pool, fd), 0);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 1);
	assert_int_equal(fcntl(fd, F_GETFL) & O_APPEND, 0);
	snprintf(path, sizeof(path), "%s/file", scratch->path);
	bytes = mun_harness_read(path, &len);
	assert_string_equal(bytes, "evidence");
	free(bytes);
	close(fd);
	mun_sandbox_stop(pool);
}

static void
test_a_passed_descriptor_is_readable(void **state)
{
	const struct mun_scratch *scratch = *state;

	mun_scratch_write(scratch, "file", "evidence", 8);
	for (int fresh = 0; fresh < 2; fresh++) {
		struct mun_sandbox *pool = start(fresh == 1, 1);

		for (int i = 0; i < 40; i++) {
			int fd = openat(scratch->fd, "file", O_RDONLY);
			struct mun_error err = MUN_ERROR_INIT;
			struct mun_sandbox_answer answer;

			submit(pool, 'r', fd);
			close(fd);
			MUN_EXPECT_OK(
			    mun_sandbox_collect(pool, &answer, true, &err),
			    &err);
			assert_int_equal(answer.len, 6);
			assert_memory_equal(answer.data, "idence", 6);
		}
		mun_sandbox_stop(pool);
	}
}

static void
test_a_worker_holds_nothing_but_its_socket(void **state)
{
	struct mun_sandbox_answer answer;
	struct mun_sandbox *pool;

	(void)state;
	pool = start(false, 2);
	answer = ask(pool, 'd', -1);
	assert_int_equal(answer.len, 2);
	assert_memory_equal(answer.data, "3 ", 2);
	mun_sandbox_stop(pool);
}

static void
test_a_worker_knows_nothing_of_the_machine(void **state)
{
	const char expected[] = "HOME= TZ=UTC0 locale=C";
	struct mun_sandbox_answer answer;
	struct mun_sandbox *pool;

	(void)state;
	setenv("HOME", "/home/source", 1);
	setlocale(LC_ALL, "C.UTF-8");
	pool = start(false, 1);
	answer = ask(pool, 'v', -1);
	assert_int_equal(answer.len, strlen(expected));
	assert_memory_equal(answer.data, expected, strlen(expected));
	mun_sandbox_stop(pool);
	setlocale(LC_ALL, "C");
}

/* Requests queued behind a deadly one are answered by the successor. */
static void
test_requests_behind_a_death_are_answered(void **state)
{
	static const char kinds[] = "eCeeNeeeEeCCee";
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox_answer answer;
	struct mun_sandbox *pool;
	unsigned sent = 0;
	unsigned seen = 0;

	(void)state;
	for (int fresh = 0; fresh < 2; fresh++) {
		pool = start(fresh == 1, 2);
		sent = seen = 0;
		while (seen < strlen(kinds)) {
			while (
			    sent < strlen(kinds) && mun_sandbox_has_room(pool))
				submit(pool, kinds[sent++], -1);
			MUN_EXPECT_OK(
			    mun_sandbox_collect(pool, &answer, true, &err),
			    &err);
			switch (kinds[answer.mark]) {
			case 'e':
				assert_int_equal(
				    answer.outcome, MUN_SANDBOX_ANSWERED);
				break;
			case 'E':
				assert_int_equal(
				    answer.outcome, MUN_SANDBOX_REFUSED);
				break;
			default:
				assert_int_equal(
				    answer.outcome, MUN_SANDBOX_DIED);
			}
			seen++;
		}
		MUN_EXPECT_STATUS(
		    mun_sandbox_collect(pool, &answer, true, &err),
		    MUN_ERR_NOT_FOUND, &err);
		mun_sandbox_stop(pool);
	}
}

static void
test_large_requests_do_not_lock_up(void **state)
{
	enum {
		LEN = 300000,
		COUNT = 40
	};
	struct mun_sandbox_job job = lasting;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox_answer answer;
	struct mun_sandbox *pool;
	uint8_t *bytes;
	int seen = 0;
	int sent = 0;

	(void)state;
	if (mun_sandbox_probe(&err) != MUN_OK)
		skip();
	job.limits.answer_max = LEN;
	MUN_EXPECT_OK(mun_sandbox_start(&pool, &job, 2, false, &err), &err);
	bytes = calloc(1, LEN);
	assert_non_null(bytes);
	bytes[0] = 'e';
	while (seen < COUNT) {
		if (sent < COUNT) {
			bytes[1] = (uint8_t)sent++;
			MUN_EXPECT_OK(mun_sandbox_submit(
					  pool, bytes, LEN, -1, bytes[1], &err),
			    &err);
		}
		if (mun_sandbox_collect(pool, &answer, sent == COUNT, &err) !=
		    MUN_OK)
			continue;
		assert_int_equal(answer.len, LEN);
		assert_int_equal(answer.data[1], (uint8_t)answer.mark);
		seen++;
	}
	mun_sandbox_stop(pool);
	free(bytes);
}

static enum mun_status
fail_to_prepare(void **state, struct mun_error *err)
{
	(void)state;
	return mun_error_set(err, MUN_ERR_NOT_FOUND, "no such database");
}

static void
test_a_worker_that_cannot_start_is_a_failure(void **state)
{
	struct mun_sandbox_job job = lasting;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox *pool;

	(void)state;
	if (mun_sandbox_probe(&err) != MUN_OK)
		skip();
	job.prepare = fail_to_prepare;
	MUN_EXPECT_STATUS(mun_sandbox_start(&pool, &job, 2, false, &err),
	    MUN_ERR_SYSTEM, &err);
	MUN_EXPECT_TEXT(&err, "no such database");
	assert_null(pool);
}

static void
test_without_sandbox_it_is_a_child_all_the_same(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox_answer answer;
	struct mun_sandbox *pool;

	(void)state;
	MUN_EXPECT_OK(mun_sandbox_start(&pool, &lasting, 1, true, &err), &err);
	expect_alive(pool);
	answer = ask(pool, 'C', -1);
	assert_int_equal(answer.outcome, MUN_SANDBOX_DIED);
	expect_alive(pool);
	mun_sandbox_stop(pool);
}

static void
be_nobody(void)
{
	if (setresgid(65534, 65534, 65534) != 0 ||
	    setresuid(65534, 65534, 65534) != 0)
		_exit(2);
}

/* In a child: become(), start a pool, try everything; 0 if all held. */
static void
expect_in_child(void (*become)(void), const struct mun_scratch *scratch)
{
	int wait_status;
	pid_t child;
	int fd;

	mun_scratch_write(scratch, "file", "evidence", 8);
	fd = openat(scratch->fd, "file", O_RDWR);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct mun_sandbox *pool;

		if (fchdir(scratch->fd) != 0)
			_exit(2);
		become();
		pool = start(false, 1);
		expect_alive(pool);
		_exit(try_all_forbidden(pool, fd));
	}
	assert_int_equal(waitpid(child, &wait_status, 0), child);
	assert_int_equal(wait_status, 0);
	close(fd);
}

static void
enter_bare_root(void)
{
	if (chroot(".") != 0 || chdir("/") != 0)
		_exit(2);
}

static void
test_it_works_for_root_and_for_others(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;

	if (geteuid() != 0 || mun_sandbox_probe(&err) != MUN_OK)
		skip();
	expect_in_child(be_nobody, *state);
}

static void
test_it_works_in_a_bare_root(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;

	if (geteuid() != 0 || mun_sandbox_probe(&err) != MUN_OK)
		skip();
	expect_in_child(enter_bare_root, *state);
}

/* Without their template there are no more fresh workers, and that is a failure
 * at once, not a wait. */
static void
test_without_its_template_a_pool_fails(void **state)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_sandbox *pool = start(true, 1);
	enum mun_status status = MUN_OK;

	(void)state;
	expect_alive(pool);
	assert_int_equal(kill(pool->template.pid, SIGKILL), 0);
	/* One worker was ordered before, and one more while it was dying. */
	for (int i = 0; i < 3 && status == MUN_OK; i++)
		status = mun_sandbox_submit(pool, "e", 1, -1, 0, &err);
	assert_int_equal(status, MUN_ERR_SYSTEM);
	assert_non_null(strstr(err.text, "template"));
	mun_sandbox_stop(pool);
}

static void
test_a_signal_for_the_group_does_not_kill_workers(void **state)
{
	static const int terminal[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM,
		SIGTSTP, SIGTTIN, SIGTTOU };
	struct mun_sandbox *pool = start(false, 1);

	(void)state;
	for (size_t i = 0; i < sizeof(terminal) / sizeof(*terminal); i++)
		kill(pool->workers[0].pid, terminal[i]);
	expect_alive(pool);
	mun_sandbox_stop(pool);
}

static void
test_a_worker_killed_while_idle_is_replaced(void **state)
{
	struct mun_sandbox *pool = start(false, 1);

	(void)state;
	kill(pool->workers[0].pid, SIGKILL);
	usleep(20000);
	(void)ask(pool, 'e', -1); /* lost with the worker, or answered */
	expect_alive(pool);
	mun_sandbox_stop(pool);
}

#define IN_SCRATCH(test)                 \
	cmocka_unit_test_setup_teardown( \
	    test, mun_scratch_setup, mun_scratch_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_come_back),
		cmocka_unit_test(test_a_handler_may_refuse),
		cmocka_unit_test(test_a_crash_is_an_outcome),
		cmocka_unit_test(test_an_endless_loop_is_ended),
		cmocka_unit_test(test_waiting_for_ever_is_ended),
		cmocka_unit_test(test_memory_is_limited),
		cmocka_unit_test(test_answers_are_limited),
		cmocka_unit_test(test_nonsense_is_an_outcome),
		IN_SCRATCH(test_each_forbidden_call_fails_or_kills),
		IN_SCRATCH(test_a_passed_descriptor_is_readable),
		cmocka_unit_test(test_a_worker_holds_nothing_but_its_socket),
		cmocka_unit_test(test_a_worker_knows_nothing_of_the_machine),
		cmocka_unit_test(test_requests_behind_a_death_are_answered),
		cmocka_unit_test(test_large_requests_do_not_lock_up),
		cmocka_unit_test(test_a_worker_that_cannot_start_is_a_failure),
		cmocka_unit_test(
		    test_without_sandbox_it_is_a_child_all_the_same),
		IN_SCRATCH(test_it_works_for_root_and_for_others),
		IN_SCRATCH(test_it_works_in_a_bare_root),
		cmocka_unit_test(test_without_its_template_a_pool_fails),
		cmocka_unit_test(
		    test_a_signal_for_the_group_does_not_kill_workers),
		cmocka_unit_test(test_a_worker_killed_while_idle_is_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
