/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_filter.c - the system calls a worker has left (seccomp).
 *
 * Three kinds.  Allowed: memory, time, reading at an offset, the socket.
 * Refused with an error and without effect: what a C library tries by itself
 * (open a locale, write to standard error); a parser copes.  Everything else
 * kills the worker.
 *
 * libseccomp writes the program before the door closes, for fresh workers once,
 * in their template; each worker loads it.
 *
 * A descriptor passed to a worker shares its position and flags with the
 * parent's: read, lseek, fcntl and shared mappings are not allowed, so that
 * even a captured worker can only read.
 */
/* syscall(2): seccomp(2) has no wrapper. */
#define _GNU_SOURCE
#include "sandbox/sandbox_internal.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"

static const int allowed[] = {
	SCMP_SYS(brk),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(close),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
	SCMP_SYS(futex),
	SCMP_SYS(getpid),
	SCMP_SYS(getrandom),
	SCMP_SYS(gettid),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(madvise),
	SCMP_SYS(mremap),
	SCMP_SYS(munmap),
	SCMP_SYS(pread64),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sched_yield),
	SCMP_SYS(sysinfo), /* qsort(3) asks how much memory there is */
	SCMP_SYS(time),
};

static const int refused[] = {
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(fcntl),
	SCMP_SYS(fstat),
	SCMP_SYS(getcwd),
	SCMP_SYS(getrusage),
	SCMP_SYS(ioctl),
	SCMP_SYS(lseek),
	SCMP_SYS(lstat),
	SCMP_SYS(newfstatat),
	SCMP_SYS(open),
	SCMP_SYS(openat),
	SCMP_SYS(read),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(stat),
	SCMP_SYS(statx),
	SCMP_SYS(uname),
	SCMP_SYS(write),
	SCMP_SYS(writev),
};

enum {
	MAPPING_TYPE = 0x0f, /* MAP_TYPE of mmap(2) */
	PROGRAM_MAX = 4096 /* bytes; 512 steps */
};

enum mun_status
mun_sandbox_filter_probe(struct mun_error *err)
{
	const uint32_t action = SECCOMP_RET_KILL_PROCESS;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_UNSUPPORTED,
	    "this system has no seccomp filters (Linux 4.14 or later)");
}

static int
add_tables(scmp_filter_ctx filter)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		if (failed == 0)
			failed = seccomp_rule_add(
			    filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (failed == 0)
			failed = seccomp_rule_add(
			    filter, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	return failed;
}

static int
add_conditions(scmp_filter_ctx filter)
{
	int failed;

	failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(recvmsg), 1,
	    SCMP_A0(SCMP_CMP_EQ, SANDBOX_SOCKET));
	if (failed == 0)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW,
		    SCMP_SYS(sendto), 1, SCMP_A0(SCMP_CMP_EQ, SANDBOX_SOCKET));
	if (failed == 0)
		failed =
		    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect),
			1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (failed == 0)
		failed =
		    seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
			SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
			SCMP_A3(SCMP_CMP_MASKED_EQ, MAPPING_TYPE, MAP_PRIVATE));
	return failed;
}

/* What seccomp_export_bpf wrote, back from the pipe. */
static enum mun_status
export_program(
    scmp_filter_ctx filter, struct mun_buffer *program, struct mun_error *err)
{
	enum mun_status status;
	int ends[2];
	uint8_t *room;
	size_t got = 0;

	if (pipe(ends) != 0)
		return mun_error_system(err, errno, "pipe");
	/* The program is far smaller than what a pipe holds. */
	if (seccomp_export_bpf(filter, ends[1]) != 0) {
		status = mun_error_set(err, MUN_ERR_INTERNAL, "seccomp filter");
		goto out;
	}
	mun_file_close(&ends[1]);
	room = mun_buffer_reserve(program, PROGRAM_MAX);
	MUN_TRY(mun_buffer_status(program, "seccomp filter", err));
	MUN_TRY(mun_file_read_full(ends[0], room, PROGRAM_MAX, &got, err));
	program->len = got;
out:
	mun_file_close(&ends[0]);
	mun_file_close(&ends[1]);
	return status;
}

enum mun_status
mun_sandbox_filter_build(struct mun_buffer *program, struct mun_error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	enum mun_status status;
	int failed;

	if (filter == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for seccomp filter");
	failed = seccomp_attr_set(
	    filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (failed == 0)
		failed = add_tables(filter);
	if (failed == 0)
		failed = add_conditions(filter);
	if (failed == 0)
		status = export_program(filter, program, err);
	else
		status = mun_error_set(
		    err, MUN_ERR_INTERNAL, "seccomp filter: error %d", -failed);
	seccomp_release(filter);
	return status;
}

enum mun_status
mun_sandbox_filter_load(const struct mun_buffer *program, struct mun_error *err)
{
	struct sock_filter steps[PROGRAM_MAX / sizeof(struct sock_filter)];
	const struct sock_fprog whole = { .len = (unsigned short)(program->len /
					      sizeof(*steps)),
		.filter = steps };

	memcpy(steps, program->data, program->len);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &whole) != 0)
		return mun_error_system(err, errno, "seccomp filter");
	return MUN_OK;
}
