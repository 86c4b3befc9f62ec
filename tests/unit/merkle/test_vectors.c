/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vectors.c - other people's proofs, good and damaged.
 *
 * SOURCE: transparency-dev/merkle at 417fb0c, testdata/ (98 inclusion and 98
 * consistency cases); kept outside the project, so skipped where they are
 * absent.  A hash that is not 32 bytes cannot be stated to the verifier: its
 * reader refuses it, and so does this one.
 */
#include "merkle/merkle.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "harness/harness.h"
#include "json/json_parse.h"

#define VECTORS MUN_TEST_SHARED_DIR "/vectors/merkle"

enum {
	SKIPPED = 77,
	CASES = 98
};

/* One case; is_stated is false when some hash is not 32 bytes. */
struct claim {
	uint64_t first, size;
	struct mun_hash from, root;
	struct mun_hash proof[MUN_PROOF_MAX];
	size_t count;
	bool is_refused;
	bool is_stated;
};

static bool
read_hash(struct mun_hash *out, const char *text, size_t len)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(4096);
	bool is_hash = text != NULL && mun_base64_decode(&bytes, text, len) &&
	    bytes.len == sizeof(out->bytes);

	if (is_hash)
		memcpy(out->bytes, bytes.data, sizeof(out->bytes));
	mun_buffer_free(&bytes);
	return is_hash;
}

static bool
read_member(
    struct mun_hash *out, const struct mun_json_value *object, const char *key)
{
	size_t len = 0;
	const char *text = mun_json_get_text(object, key, &len);

	assert_non_null(text);
	return read_hash(out, text, len);
}

static void
read_proof(struct claim *claim, const struct mun_json_value *array)
{
	claim->count = mun_json_is_array(array) ? mun_json_count(array) : 0;
	assert_in_range(claim->count, 0, MUN_PROOF_MAX);
	for (size_t i = 0; i < claim->count; i++) {
		size_t len = 0;
		const char *text =
		    mun_json_string(mun_json_item(array, i), &len);

		if (!read_hash(&claim->proof[i], text, len))
			claim->is_stated = false;
	}
}

static void
read_claim(struct claim *claim, const char *path, bool is_inclusion)
{
	struct mun_error err = MUN_ERROR_INIT;
	const struct mun_json_value *root;
	struct mun_json *json = NULL;
	size_t len;
	char *text = mun_harness_read(path, &len);

	*claim = (struct claim){ .is_refused = true };
	/* 2^64 - 1, the one number our JSON has no room for, is a bad index. */
	if (strstr(text, "18446744073709551615") != NULL) {
		assert_non_null(strstr(text, "\"wantErr\": true"));
		free(text);
		return;
	}
	MUN_EXPECT_OK(mun_json_parse(&json, text, len, &err), &err);
	root = mun_json_root(json);
	assert_true(mun_json_get_unsigned(
	    root, is_inclusion ? "leafIdx" : "size1", &claim->first));
	assert_true(mun_json_get_unsigned(
	    root, is_inclusion ? "treeSize" : "size2", &claim->size));
	assert_true(mun_json_get_boolean(root, "wantErr", &claim->is_refused));
	claim->is_stated = true;
	if (!read_member(
		&claim->from, root, is_inclusion ? "leafHash" : "root1"))
		claim->is_stated = false;
	if (!read_member(&claim->root, root, is_inclusion ? "root" : "root2"))
		claim->is_stated = false;
	read_proof(claim, mun_json_member(root, "proof"));
	mun_json_free(json);
	free(text);
}

/* Cases replayed, and those the vectors accept with a hash of another length,
 * which are refused here. */
struct tally {
	size_t cases, refused_for_length;
};

static void
replay_case(struct tally *tally, const char *path, bool is_inclusion)
{
	struct claim claim;
	bool holds = false;

	read_claim(&claim, path, is_inclusion);
	tally->cases++;
	if (!claim.is_stated && !claim.is_refused)
		tally->refused_for_length++;
	if (!claim.is_stated)
		return;
	if (is_inclusion)
		holds = mun_merkle_verify_inclusion(&claim.from, claim.first,
		    claim.size, claim.proof, claim.count, &claim.root);
	else
		holds = mun_merkle_verify_consistency(claim.first, &claim.from,
		    claim.size, &claim.root, claim.proof, claim.count);
	if (holds == claim.is_refused)
		fail_msg("'%s' %s", path, holds ? "passes" : "is refused");
}

/* Replay the cases in a folder and those below it. */
static void
replay_folder(struct tally *tally, const char *path, bool is_inclusion)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name);
		char below[4096];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (len > 5 && strcmp(entry->d_name + len - 5, ".json") == 0)
			replay_case(tally, below, is_inclusion);
		else
			replay_folder(tally, below, is_inclusion);
	}
	closedir(folder);
}

static void
published_inclusion_proofs_are_judged_as_published(void **state)
{
	struct tally tally = { 0, 0 };

	(void)state;
	replay_folder(&tally, VECTORS "/inclusion", true);
	assert_int_equal(tally.cases, CASES);
	assert_int_equal(tally.refused_for_length, 0);
}

static void
published_consistency_proofs_are_judged_as_published(void **state)
{
	struct tally tally = { 0, 0 };

	(void)state;
	replay_folder(&tally, VECTORS "/consistency", false);
	assert_int_equal(tally.cases, CASES);
	assert_int_equal(tally.refused_for_length, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    published_inclusion_proofs_are_judged_as_published),
		cmocka_unit_test(
		    published_consistency_proofs_are_judged_as_published),
	};

	if (access(VECTORS, R_OK) != 0) {
		printf("skipped: no '%s'\n", VECTORS);
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
