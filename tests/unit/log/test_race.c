/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_race.c - many writers and readers at one log, each in its process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/fixed_system.h"
#include "vault.h"

enum {
	WRITERS = 16,
	READERS = 2,
	EACH = 4,
	WAIT_S = 600 /* under valgrind; a test has its own limit */
};

/* In a child, where cmocka's jumps lead nowhere: 0 or a step's number. */
static int
write_some(struct vault *vault, unsigned which)
{
	struct mun_store_lock lock = MUN_STORE_LOCK_INIT;
	struct mun_log_appended appended;
	struct mun_error err = MUN_ERROR_INIT;

	mun_fixed_set_seed(1000 + which);
	for (unsigned i = 0; i < EACH; i++) {
		enum mun_status status;

		if (mun_store_lock(vault->store, &lock, WAIT_S, &err) != MUN_OK)
			return 1;
		status = vault_append(
		    vault, 1 + which * EACH + i, NULL, &appended, &err);
		mun_store_unlock(&lock);
		if (status != MUN_OK) {
			fprintf(stderr, "writer %u: %s\n", which, err.text);
			return 2;
		}
	}
	return 0;
}

/* Whatever head it finds, all that it names is there. */
static int
read_once(struct vault *vault, uint64_t *size)
{
	struct mun_buffer der = MUN_BUFFER_INIT(MUN_CMS_MAX);
	struct mun_merkle_frontier frontier = MUN_MERKLE_FRONTIER_INIT;
	struct mun_merkle_source source;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_hash leaf, by_entries, by_tiles;
	struct mun_log *log;
	int result = 3;

	if (mun_log_open(&log, vault->store, &err) != MUN_OK)
		return 1;
	*size = mun_log_checkpoint(log)->size;
	for (uint64_t i = 0; i < *size; i++) {
		if (mun_log_entry(log, i, &der, &err) != MUN_OK)
			goto out;
		mun_merkle_leaf(&leaf, der.data, der.len);
		mun_merkle_add(&frontier, &leaf);
	}
	mun_merkle_root(&frontier, &by_entries);
	source = mun_log_source(log);
	if (mun_merkle_root_of(&source, &by_tiles, *size, &err) != MUN_OK)
		goto out;
	result = 4;
	if (memcmp(&by_entries, &mun_log_checkpoint(log)->root, 32) == 0 &&
	    memcmp(&by_tiles, &by_entries, 32) == 0)
		result = 0;
out:
	if (result != 0)
		fprintf(stderr, "reader of %llu: %s\n",
		    (unsigned long long)*size, err.text);
	mun_log_close(log);
	mun_buffer_free(&der);
	return result;
}

static int
read_until(struct vault *vault, uint64_t last)
{
	uint64_t size = 0, before = 0;
	int result = 0;

	while (result == 0 && size < last) {
		result = read_once(vault, &size);
		if (result == 0 && size < before)
			result = 5;
		before = size;
	}
	return result;
}

static pid_t
start(struct vault *vault, unsigned which, uint64_t last)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(which < WRITERS ? write_some(vault, which)
				      : read_until(vault, last));
	return child;
}

/* A descriptor of its own for each, or they would share one lock. */
static void
sixteen_writers_lose_no_entry_and_disturb_no_reader(void **state)
{
	const uint64_t begin = 230, end = begin + WRITERS * EACH;
	struct vault vaults[WRITERS + READERS];
	pid_t children[WRITERS + READERS];
	bool met[1 + WRITERS * EACH] = { false };
	int wait_status;

	for (unsigned i = 0; i < WRITERS + READERS; i++)
		vault_open(&vaults[i], *state);
	vault_create(&vaults[0]);
	vault_grow(&vaults[0], begin, true);
	for (unsigned i = 0; i < WRITERS + READERS; i++)
		children[i] = start(&vaults[i], i, end);
	for (unsigned i = 0; i < WRITERS + READERS; i++) {
		assert_int_equal(
		    waitpid(children[i], &wait_status, 0), children[i]);
		assert_int_equal(wait_status, 0);
	}
	assert_int_equal(vault_judge(&vaults[0]), end);
	vault_archives(&vaults[0], begin, met, 1 + WRITERS * EACH);
	for (unsigned i = 1; i <= WRITERS * EACH; i++)
		assert_true(met[i]);
	for (unsigned i = 0; i < WRITERS + READERS; i++)
		vault_close(&vaults[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    sixteen_writers_lose_no_entry_and_disturb_no_reader,
		    mun_scratch_setup, mun_scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
