/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_close.c - the door closes: limits and Landlock, then what would keep
 * a template from forking: no new processes, seccomp.
 *
 * Landlock's rights are known by the version of its interface: 1 since Linux
 * 5.13, 2 since 5.19, 3 since 6.2, 4 since 6.7, 5 since 6.10, 6 since 6.12.
 * What the running kernel knows is denied, what it does not know it cannot
 * grant; seccomp denies all of it a second time.
 */
/* prctl(2), RLIMIT_NPROC, MAP_ANONYMOUS: a sandbox is a matter of Linux. */
#define _GNU_SOURCE
#include "sandbox/sandbox_internal.h"

#include <errno.h>
#include <linux/landlock.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macros.h"

enum {
	DESCRIPTORS_MAX = 16,
	CPU_GRACE_S = 2
};

/* The kernel's struct landlock_ruleset_attr as of interface 6; Debian 12's
 * header knows its first field only. */
struct landlock_rules {
	uint64_t files;
	uint64_t network;
	uint64_t scopes;
};

enum mun_status
mun_sandbox_landlock_probe(int *abi, struct mun_error *err)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);

	*abi = version < 0 ? 0 : (int)version;
	if (*abi > 0)
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_UNSUPPORTED,
	    "this system has no Landlock (Linux 5.13 or later, enabled)");
}

static uint64_t
low_bits(unsigned count)
{
	return ((uint64_t)1 << count) - 1;
}

static enum mun_status
deny_files(struct mun_error *err)
{
	struct landlock_rules rules = { .files = low_bits(13) };
	size_t size = sizeof(rules.files);
	enum mun_status status;
	int abi;
	long fd;

	status = mun_sandbox_landlock_probe(&abi, err);
	if (status != MUN_OK)
		return status;
	if (abi >= 2) /* to link or rename between folders */
		rules.files = low_bits(14);
	if (abi >= 3) /* to truncate */
		rules.files = low_bits(15);
	if (abi >= 4) { /* to bind or connect TCP */
		rules.network = low_bits(2);
		size += sizeof(rules.network);
	}
	if (abi >= 5) /* ioctl on devices */
		rules.files = low_bits(16);
	if (abi >= 6) { /* abstract sockets and signals outwards */
		rules.scopes = low_bits(2);
		size += sizeof(rules.scopes);
	}
	fd = syscall(SYS_landlock_create_ruleset, &rules, size, 0);
	if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		return mun_error_system(err, errno, "Landlock");
	close((int)fd);
	return MUN_OK;
}

/* A hard limit that somebody else has set cannot be exceeded: then yes. */
static bool
may_map_a_page(uint64_t address_space, uint64_t hard)
{
	const struct rlimit limit = { .rlim_cur = address_space,
		.rlim_max = hard };
	const size_t page = 4096;
	void *at;

	if (setrlimit(RLIMIT_AS, &limit) != 0)
		return true;
	at = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return false;
	munmap(at, page);
	return true;
}

/* How much is mapped now.  /proc may be missing in a bare root, so the limit
 * itself is asked: the least under which one more page is granted. */
static uint64_t
mapped_bytes(uint64_t hard)
{
	uint64_t low = 0;
	uint64_t high = (uint64_t)1 << 47;

	while (high - low > 65536) {
		uint64_t middle = low + (high - low) / 2;

		if (may_map_a_page(middle, hard))
			high = middle;
		else
			low = middle;
	}
	return high;
}

static enum mun_status
limit_to(int resource, uint64_t soft, uint64_t hard, struct mun_error *err)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
		return mun_error_system(err, errno, "resource limit");
	if (hard < limit.rlim_max)
		limit.rlim_max = hard;
	limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
	if (setrlimit((__rlimit_resource_t)resource, &limit) != 0)
		return mun_error_system(err, errno, "resource limit");
	return MUN_OK;
}

static enum mun_status
limit_memory(uint64_t more_bytes, struct mun_error *err)
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	/* A sanitizer maps terabytes. */
	(void)more_bytes;
	(void)mapped_bytes;
	(void)err;
	return MUN_OK;
#else
	struct rlimit before;
	uint64_t mapped;

	if (getrlimit(RLIMIT_AS, &before) != 0)
		return mun_error_system(err, errno, "resource limit");
	mapped = mapped_bytes(before.rlim_max);
	return limit_to(
	    RLIMIT_AS, mapped + more_bytes, mapped + more_bytes, err);
#endif
}

enum mun_status
mun_sandbox_close_most(const struct sandbox_wish *wish, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(limit_memory(wish->limits.memory_bytes, err));
	/* The hard limit stays: valgrind has its own descriptors above it. */
	MUN_TRY(limit_to(RLIMIT_NOFILE, DESCRIPTORS_MAX, RLIM_INFINITY, err));
	MUN_TRY(limit_to(RLIMIT_FSIZE, 0, 0, err));
	if (wish->is_open)
		return MUN_OK;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		status = mun_error_system(err, errno, "no new privileges");
		goto out;
	}
	MUN_TRY(deny_files(err));
out:
	return status;
}

enum mun_status
mun_sandbox_close_rest(const struct sandbox_wish *wish,
    const struct mun_buffer *filter, struct mun_error *err)
{
	/* A lasting worker's CPU time is the sum of its requests: its parent
	 * moves the soft limit with each. */
	uint64_t cpu_max = wish->is_fresh
	    ? (uint64_t)wish->limits.cpu_s + CPU_GRACE_S
	    : RLIM_INFINITY;
	enum mun_status status;

	MUN_TRY(limit_to(RLIMIT_CPU, cpu_max, cpu_max, err));
	MUN_TRY(limit_to(RLIMIT_NPROC, 0, 0, err));
	if (!wish->is_open)
		MUN_TRY(mun_sandbox_filter_load(filter, err));
out:
	return status;
}

enum mun_status
mun_sandbox_probe(struct mun_error *err)
{
	int abi;
	enum mun_status status = mun_sandbox_landlock_probe(&abi, err);

	return status == MUN_OK ? mun_sandbox_filter_probe(err) : status;
}
