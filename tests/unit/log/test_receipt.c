/* SPDX-License-Identifier: BSD-2-Clause */
/* test_receipt.c - what a depositor keeps, in its one form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edited.h"
#include "harness/harness.h"
#include "log/checkpoint.h"

static void
make_receipt(struct mun_receipt *receipt, size_t proof_count)
{
	*receipt = (struct mun_receipt)MUN_RECEIPT_INIT;
	memset(receipt->vault, 0xaa, sizeof(receipt->vault));
	memset(receipt->entry, 0xbb, sizeof(receipt->entry));
	snprintf(receipt->archive, sizeof(receipt->archive), "XPF-0003");
	receipt->index = 17;
	receipt->proof_count = proof_count;
	for (size_t i = 0; i < proof_count; i++)
		memset(receipt->proof[i].bytes, (int)i, MUN_SHA256_LEN);
	mun_buffer_append_text(
	    &receipt->checkpoint, "example.org\n18\nroot\n\nsignatures\n");
}

static void
a_receipt_is_taken_out_and_written_the_same(void **state)
{
	static const size_t counts[] = { 0, 1, 5, MUN_PROOF_MAX };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct mun_buffer text = MUN_BUFFER_INIT(MUN_RECEIPT_MAX);
		struct mun_receipt read = MUN_RECEIPT_INIT;
		struct mun_error err = MUN_ERROR_INIT;
		struct mun_receipt receipt;

		make_receipt(&receipt, counts[i]);
		mun_receipt_write(&receipt, &text);
		assert_int_equal(text.status, MUN_OK);
		MUN_EXPECT_OK(
		    mun_receipt_parse(&read, text.data, text.len, &err), &err);
		assert_string_equal(read.archive, "XPF-0003");
		assert_memory_equal(read.vault, receipt.vault, 32);
		assert_memory_equal(read.entry, receipt.entry, 32);
		assert_int_equal(read.index, 17);
		assert_int_equal(read.proof_count, counts[i]);
		assert_memory_equal(
		    read.proof, receipt.proof, counts[i] * sizeof(*read.proof));
		assert_string_equal(mun_buffer_text(&read.checkpoint),
		    mun_buffer_text(&receipt.checkpoint));
		mun_receipt_clear(&read);
		mun_receipt_clear(&receipt);
		mun_buffer_free(&text);
	}
}

static void
each_departure_from_the_one_form_is_refused(void **state)
{
	static const struct edit edits[] = {
		{ "@v1", "@v2" },
		{ "c2sp.org/tlog-proof@v1\n", "" },
		{ "extra ", "Extra " },
		{ "eyJm", "eyBm" },
		{ "index 17", "=index 17" },
		{ "index 17", "index 017" },
		{ "index 17", "index -1" },
		{ "index 17", "index  17" },
		{ "index 17", "index 18446744073709551616" },
		{ "index 17\n", "" },
		{ "AAA=\n", "AAB=\n" },
		{ "AAA=\n", "AAA=\r\n" },
		{ "AAA=\n", "AA==\n" },
		{ "\n\nexample.org", "\nexample.org" },
		{ "example.org\n18\nroot\n\nsignatures\n", "" },
	};
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_RECEIPT_MAX);
	struct mun_receipt read = MUN_RECEIPT_INIT;
	struct mun_receipt receipt;

	(void)state;
	make_receipt(&receipt, 3);
	mun_receipt_write(&receipt, &text);
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *other = edited(mun_buffer_text(&text), &edits[i]);

		if (mun_receipt_parse(&read, other, strlen(other), NULL) !=
		    MUN_ERR_FORMAT)
			fail_msg("'%s' was accepted", other);
		free(other);
	}
	mun_receipt_clear(&read);
	mun_receipt_clear(&receipt);
	mun_buffer_free(&text);
}

#define EXTRA                                                    \
	"{\"format\":\"muniment-receipt/1\",\"vault\":\"" HEX64( \
	    "a") "\",\"archive\":\"XPF-0003\",\"entry\":\"" HEX64("b") "\"}\n"

static enum mun_status
parse_with_extra(const char *line)
{
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_RECEIPT_MAX);
	struct mun_receipt read = MUN_RECEIPT_INIT;
	enum mun_status status;

	mun_buffer_append_text(&text, "c2sp.org/tlog-proof@v1\nextra ");
	mun_buffer_append_base64(&text, line, strlen(line));
	mun_buffer_append_text(&text, "\nindex 0\n\ncheckpoint\n");
	status = mun_receipt_parse(&read, text.data, text.len, NULL);
	mun_receipt_clear(&read);
	mun_buffer_free(&text);
	return status;
}

static void
each_departure_from_the_form_of_the_receipt_line_is_refused(void **state)
{
	static const struct edit edits[] = {
		{ "receipt/1", "receipt/2" },
		{ "{", "{ " },
		{ HEX64("a"), HEX64("A") },
		{ HEX64("a"), HEX16("a") },
		{ "XPF-0003", "xpf-0003" },
		{ "XPF-0003", "XPF-3" },
		{ ",\"entry\":\"" HEX64("b") "\"", "" },
		{ "}\n", "}" },
		{ "}\n", ",\"documents\":3}\n" },
		{ "", "\n" },
		{ EXTRA, "" },
		{ EXTRA, "{}\n" },
		{ EXTRA, "[]\n" },
	};

	(void)state;
	assert_int_equal(parse_with_extra(EXTRA), MUN_OK);
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *line = edited(EXTRA, &edits[i]);

		if (parse_with_extra(line) != MUN_ERR_FORMAT)
			fail_msg("'%s' was accepted", line);
		free(line);
	}
}

static void
a_proof_longer_than_any_tree_is_refused(void **state)
{
	static const struct edit one_more = { "\n\n",
		"\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n" };
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_RECEIPT_MAX);
	struct mun_receipt read = MUN_RECEIPT_INIT;
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_receipt receipt;
	char *longer;

	(void)state;
	make_receipt(&receipt, MUN_PROOF_MAX);
	mun_receipt_write(&receipt, &text);
	longer = edited(mun_buffer_text(&text), &one_more);
	MUN_EXPECT_STATUS(
	    mun_receipt_parse(&read, longer, strlen(longer), &err),
	    MUN_ERR_FORMAT, &err);
	free(longer);
	mun_receipt_clear(&read);
	mun_receipt_clear(&receipt);
	mun_buffer_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_receipt_is_taken_out_and_written_the_same),
		cmocka_unit_test(each_departure_from_the_one_form_is_refused),
		cmocka_unit_test(
		    each_departure_from_the_form_of_the_receipt_line_is_refused),
		cmocka_unit_test(a_proof_longer_than_any_tree_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
