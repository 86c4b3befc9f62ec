/* SPDX-License-Identifier: BSD-2-Clause */
/* test_fixed.c - fixed texts and names, as docs/format/archive.md has them. */
#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"

static void
test_bag_files_are_those_of_the_format(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(4096);

	(void)state;
	/* SOURCE RFC 8493 section 2.1.1 */
	mun_bagit_write(&out);
	assert_string_equal(mun_buffer_text(&out),
	    "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	mun_buffer_reset(&out);
	mun_bag_info_write(&out, "XPF-0003", UINT64_C(279164409832), 1198);
	assert_string_equal(mun_buffer_text(&out),
	    "External-Identifier: XPF-0003\n"
	    "Payload-Oxum: 279164409832.1198\n");
	mun_buffer_reset(&out);
	mun_manifest_line_write(&out, "\x00\xab\xff", 3, "data/x");
	assert_string_equal(mun_buffer_text(&out), "00abff  data/x\n");
	mun_buffer_free(&out);
}

static void
test_tag_manifest_lists_all_but_itself_and_the_seal(void **state)
{
	/* In the order of docs/format/archive.md. */
	static const char *const listed[] = { "bagit.txt",
		"manifest-sha256.txt", "manifest-sha512.txt",
		"metadata/deposit.json", "metadata/documents.jsonl",
		"metadata/private.jsonl", "metadata/members.jsonl",
		"metadata/findings.jsonl", "metadata/inventory.csv",
		"README-VERIFY.txt", "bag-info.txt", "seal/signer.pem" };
	size_t count = 0;

	(void)state;
	for (int i = 0; i < MUN_TAG_MEMBERS_COUNT; i++) {
		enum mun_tag_member member = (enum mun_tag_member)i;

		assert_non_null(mun_tag_member_path(member));
		if (!mun_tag_member_is_listed(member))
			continue;
		assert_true(count < sizeof(listed) / sizeof(listed[0]));
		assert_string_equal(mun_tag_member_path(member), listed[count]);
		count++;
	}
	assert_int_equal(count, sizeof(listed) / sizeof(listed[0]));
	assert_string_equal(
	    mun_tag_member_path(MUN_TAG_SEAL), "seal/seal.json");
	assert_string_equal(
	    mun_tag_member_path(MUN_TAG_SEAL_SIGNATURE), "seal/seal.p7s");
}

/* The indented text after the heading, with the mark replaced. */
static void
read_documented(struct mun_buffer *out, const char *archive_id)
{
	size_t len;
	char *page =
	    mun_harness_read(MUN_TEST_DIR "/../docs/format/archive.md", &len);
	char *line = strstr(page, "\n## README-VERIFY.txt\n");
	char *next;

	assert_non_null(line);
	line = strstr(line, "LF.\n\n");
	assert_non_null(line);
	for (line += 5; (next = strchr(line, '\n')) != NULL; line = next + 1) {
		char *mark;

		*next = '\0';
		if (*line == '#')
			break;
		if (strncmp(line, "    ", 4) == 0)
			line += 4;
		else
			assert_string_equal(line, "");
		mark = strstr(line, "@ID@");
		if (mark != NULL) {
			mun_buffer_append(out, line, (size_t)(mark - line));
			mun_buffer_append_text(out, archive_id);
			line = mark + 4;
		}
		mun_buffer_append_text(out, line);
		mun_buffer_append_byte(out, '\n');
	}
	free(page);
}

static void
test_readme_is_the_documented_text(void **state)
{
	struct mun_buffer expected = MUN_BUFFER_INIT(65536);
	struct mun_buffer out = MUN_BUFFER_INIT(65536);

	(void)state;
	read_documented(&expected, "XPF-0003");
	mun_readme_verify_write(&out, "XPF-0003");
	assert_string_equal(mun_buffer_text(&out), mun_buffer_text(&expected));
	mun_buffer_free(&expected);
	mun_buffer_free(&out);
}

static void
test_readme_is_plain_and_promises_nothing(void **state)
{
	struct mun_buffer out = MUN_BUFFER_INIT(65536);
	size_t line = 0;

	(void)state;
	mun_readme_verify_write(&out, "ABCDEFGHIJKLMNOP-999999999999");
	for (size_t i = 0; i < out.len; i++) {
		uint8_t byte = out.data[i];

		assert_true(byte == '\n' || (byte >= 0x20 && byte < 0x7f));
		line = byte == '\n' ? 0 : line + 1;
		assert_true(line <= 100);
	}
	assert_null(strstr(mun_buffer_text(&out), "uthentic"));
	assert_null(strstr(mun_buffer_text(&out), "@ID@"));
	mun_buffer_free(&out);
}

static void
test_rules_rank_in_the_documented_order(void **state)
{
	size_t len;
	char *page =
	    mun_harness_read(MUN_TEST_DIR "/../docs/format/archive.md", &len);
	char *at = strstr(page, "| `source.symlink`");
	char *end;
	int rank = 0;

	(void)state;
	assert_non_null(at);
	end = strstr(at, "\nOrder:");
	assert_non_null(end);
	*end = '\0';
	/* Rules are the words in backquotes that have a dot and no other. */
	for (at = strchr(at, '`'); at != NULL; at = strchr(at, '`')) {
		char *close = strchr(at + 1, '`');

		assert_non_null(close);
		*close = '\0';
		if (strchr(at, '.') != NULL) {
			assert_int_equal(mun_finding_rank(at + 1), rank);
			rank++;
		}
		at = close + 1;
	}
	assert_int_equal(rank, 25);
	assert_int_equal(mun_finding_rank("source.other"), -1);
	assert_int_equal(mun_finding_rank(""), -1);
	free(page);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bag_files_are_those_of_the_format),
		cmocka_unit_test(
		    test_tag_manifest_lists_all_but_itself_and_the_seal),
		cmocka_unit_test(test_readme_is_the_documented_text),
		cmocka_unit_test(test_readme_is_plain_and_promises_nothing),
		cmocka_unit_test(test_rules_rank_in_the_documented_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
