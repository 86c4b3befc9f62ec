/* SPDX-License-Identifier: BSD-2-Clause */
/* test_results.c - the lines of a check of everything: written, read, and each
 * thing that is wrong by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "edited.h"
#include "harness/harness.h"
#include "log/log.h"

/* SOURCE: docs/format/log.md, Results. */
#define LINE(id, word, digit)                        \
	"{\"archive\":\"" id "\",\"result\":\"" word \
	"\",\"salt\":\"" HEX64(digit) "\"}\n"
#define FIRST LINE("XPF-0001", "passed", "1")
#define SECOND LINE("XPF-0002", "failed", "2")

/* How many lines are read before the end, or before one that is refused; the
 * root of those. */
static unsigned
read_all(const char *text, struct mun_hash *root, bool *is_refused)
{
	struct mun_merkle_frontier tree = MUN_MERKLE_FRONTIER_INIT;
	struct mun_buffer file = MUN_BUFFER_INIT(65536);
	struct mun_result line;
	unsigned count = 0;
	size_t at = 0;

	mun_buffer_append(&file, text, strlen(text));
	*is_refused = false;
	while (at < file.len && !*is_refused) {
		size_t before = at;
		enum mun_status status =
		    mun_results_next(&file, &at, &line, &tree, NULL);

		*is_refused = status != MUN_OK;
		if (*is_refused) {
			assert_int_equal(status, MUN_ERR_FORMAT);
			assert_int_equal(at, before);
			assert_int_equal(tree.size, count);
		} else {
			count++;
		}
	}
	mun_merkle_root(&tree, root);
	mun_buffer_free(&file);
	return count;
}

static bool
is_refused(const char *text)
{
	struct mun_hash root;
	bool refused;

	(void)read_all(text, &root, &refused);
	return refused;
}

static void
a_line_is_written_as_the_format_says_and_read_back(void **state)
{
	struct mun_merkle_frontier tree = MUN_MERKLE_FRONTIER_INIT;
	struct mun_result result = { .archive = "XPF-0002" }, again;
	struct mun_buffer out = MUN_BUFFER_INIT(1024);
	size_t at = 0;

	(void)state;
	memset(result.salt, 0x22, sizeof(result.salt));
	mun_result_write(&result, &out);
	assert_string_equal(mun_buffer_text(&out), SECOND);
	MUN_EXPECT_OK(mun_results_next(&out, &at, &again, &tree, NULL), NULL);
	assert_int_equal(at, out.len);
	assert_string_equal(again.archive, result.archive);
	assert_false(again.passed);
	assert_memory_equal(again.salt, result.salt, sizeof(result.salt));
	result.passed = true;
	mun_buffer_reset(&out);
	mun_result_write(&result, &out);
	at = 0;
	MUN_EXPECT_OK(mun_results_next(&out, &at, &again, &tree, NULL), NULL);
	assert_true(again.passed);
	mun_buffer_free(&out);
}

/* RFC 6962 section 2.1, by the digest alone. */
static void
the_root_is_that_of_the_salted_lines(void **state)
{
	static const char leaf_1[] = "\0" FIRST, leaf_2[] = "\0" SECOND;
	uint8_t node[1 + 2 * MUN_SHA256_LEN] = { 1 }, due[MUN_SHA256_LEN];
	struct mun_hash root;
	bool refused;

	(void)state;
	mun_sha256_of(node + 1, leaf_1, sizeof(leaf_1) - 1);
	mun_sha256_of(node + 1 + MUN_SHA256_LEN, leaf_2, sizeof(leaf_2) - 1);
	mun_sha256_of(due, node, sizeof(node));
	assert_int_equal(read_all(FIRST SECOND, &root, &refused), 2);
	assert_false(refused);
	assert_memory_equal(root.bytes, due, sizeof(due));
}

/* Whatever else is said, or in another order, or twice, has another root. */
static void
other_lines_have_another_root(void **state)
{
	static const char *const others[] = { FIRST, SECOND, SECOND FIRST,
		FIRST FIRST, FIRST SECOND SECOND,
		FIRST LINE("XPF-0002", "failed", "3"), /* another salt */
		FIRST LINE("XPF-0002", "passed", "2"),
		FIRST LINE("XPF-0003", "failed", "2") };
	struct mun_hash good, root;
	bool refused;

	(void)state;
	(void)read_all(FIRST SECOND, &good, &refused);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		(void)read_all(others[i], &root, &refused);
		assert_false(refused);
		assert_memory_not_equal(
		    root.bytes, good.bytes, sizeof(good.bytes));
	}
}

static void
each_edit_of_a_line_is_refused(void **state)
{
	static const struct edit edits[] = { { "passed", "" },
		{ "passed", "Passed" }, { "passed", "unknown" },
		{ "\"passed\"", "true" }, { "\"passed\"", "null" },
		{ ":\"XPF", ": \"XPF" }, { "}\n", "}\r\n" }, { "}\n", "} \n" },
		{ "}\n", ",\"more\":1}\n" }, { "{", "[" }, { "{", " {" },
		{ "archive", "Archive" }, { "\"XPF-0001\"", "1" },
		{ "XPF-0001", "XPF-0000000000000000000000000001" },
		{ "XPF", "\\u0058PF" }, { "\"archive\":\"XPF-0001\",", "" },
		{ "\"result\":\"passed\",", "" },
		{ "{", "{\"result\":\"passed\"," }, { "1111", "111" },
		{ "1111", "11111" }, { "1111", "111g" }, { "1111", "111A" },
		{ ",\"salt\":\"" HEX64("1") "\"", "" } };

	(void)state;
	assert_false(is_refused(FIRST));
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *text = edited(FIRST, &edits[i]);

		if (!is_refused(text))
			fail_msg("accepted: %s", text);
		free(text);
	}
}

static void
every_truncation_is_refused_at_its_last_line(void **state)
{
	char text[] = FIRST SECOND;
	struct mun_hash root;
	bool refused;

	(void)state;
	for (size_t len = strlen(text); len-- > 1;) {
		text[len] = '\0';
		assert_int_equal(read_all(text, &root, &refused),
		    len >= strlen(FIRST) ? 1 : 0);
		assert_int_equal(refused, len != strlen(FIRST));
	}
	assert_true(is_refused("\n"));
	assert_true(is_refused(FIRST "\n"));
}

/* Nothing is read past the longest that a line can be. */
static void
a_line_without_an_end_is_refused(void **state)
{
	char text[4096];

	(void)state;
	memset(text, ' ', sizeof(text));
	text[sizeof(text) - 2] = '\n';
	text[sizeof(text) - 1] = '\0';
	assert_true(is_refused(text));
}

static void
each_event_has_a_file_of_its_own(void **state)
{
	char name[MUN_TILE_NAME_MAX];

	(void)state;
	mun_results_name(name, 17);
	assert_string_equal(name, "log/results/000017.jsonl");
	mun_results_name(name, UINT64_C(12345678));
	assert_string_equal(name, "log/results/12345678.jsonl");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_line_is_written_as_the_format_says_and_read_back),
		cmocka_unit_test(the_root_is_that_of_the_salted_lines),
		cmocka_unit_test(other_lines_have_another_root),
		cmocka_unit_test(each_edit_of_a_line_is_refused),
		cmocka_unit_test(every_truncation_is_refused_at_its_last_line),
		cmocka_unit_test(a_line_without_an_end_is_refused),
		cmocka_unit_test(each_event_has_a_file_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
