/* SPDX-License-Identifier: BSD-2-Clause */
/* test_policy.c - policies, what is wrong with others, and quorums. */
#include "witness/policy.h"

#include <stdio.h>
#include <string.h>

#include "harness/harness.h"

/* SOURCE: public keys of logs and witnesses: C2SP signed-note, its example;
 * golang.org/x/mod sumdb/note; operators of public witnesses. */
#define LOG_1          \
	"example.com/" \
	"foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define LOG_2 \
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define KEY_1                                                          \
	"transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxI" \
	"NQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"
#define KEY_2 \
	"remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
#define KEY_3                                                            \
	"witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQ" \
	"epafafpUqklv"
#define KEY_4                                                            \
	"witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4" \
	"oYJJ+kAvLKLSimDhoxMO"
#define WITNESSES               \
	"witness a " KEY_1 "\n" \
	"witness b " KEY_2 "\n" \
	"witness c " KEY_3 "\n" \
	"witness d " KEY_4 "\n"

static struct mun_policy *
parse(const char *text)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_policy *policy;

	MUN_EXPECT_OK(
	    mun_policy_parse(&policy, text, strlen(text), &err), &err);
	return policy;
}

static bool
satisfied(const char *text, const char *who)
{
	struct mun_policy *policy = parse(text);
	bool has[MUN_POLICY_WITNESSES_MAX] = { false }, answer;

	for (; *who != '\0'; who++)
		has[*who - 'a'] = true;
	answer = mun_policy_is_satisfied(policy, has);
	mun_policy_free(policy);
	return answer;
}

static void
a_policy_is_taken_in(void **state)
{
	struct mun_policy *policy =
	    parse("\n"
		  "# who watches\n"
		  " \t# this\n"
		  "log " LOG_1 "\n"
		  "\tlog\t" LOG_2 "  https://l.example \n"
		  "witness \xe2\x84\xaa " KEY_1 " https://w.example/w1\n"
		  "witness b " KEY_2 "\n"
		  "group g any \xe2\x84\xaa b\n"
		  "quorum g\n");

	(void)state;
	assert_int_equal(policy->log_count, 2);
	assert_string_equal(policy->logs[0].key.name, "example.com/foo");
	assert_null(policy->logs[0].url);
	assert_string_equal(policy->logs[1].url, "https://l.example");
	assert_int_equal(policy->witness_count, 2);
	assert_string_equal(policy->witnesses[0].url, "https://w.example/w1");
	assert_string_equal(policy->nodes[0].name, "\xe2\x84\xaa");
	assert_int_equal(policy->group_count, 1);
	assert_string_equal(policy->nodes[policy->quorum].name, "g");
	mun_policy_free(policy);
}

static void
quorums_are_counted(void **state)
{
	static const char nested[] = WITNESSES "group x 2 a b c\n"
					       "group y any d\n"
					       "group z all x y\n"
					       "quorum z\n";

	(void)state;
	assert_true(satisfied("quorum none\n", ""));
	assert_true(satisfied(WITNESSES "quorum none\n", ""));
	assert_true(satisfied(WITNESSES "quorum b\n", "b"));
	assert_false(satisfied(WITNESSES "quorum b\n", "acd"));
	assert_true(satisfied(WITNESSES "group g any a b\nquorum g\n", "b"));
	assert_false(satisfied(WITNESSES "group g any a b\nquorum g\n", "cd"));
	assert_false(satisfied(WITNESSES "group g all a b\nquorum g\n", "a"));
	assert_true(satisfied(WITNESSES "group g all a b\nquorum g\n", "ab"));
	/* a quorum may be one witness although a group has it too */
	assert_true(satisfied(WITNESSES "group g all a b\nquorum a\n", "a"));
	assert_true(satisfied(nested, "abd"));
	assert_true(satisfied(nested, "bcd"));
	assert_true(satisfied(nested, "abcd"));
	assert_false(satisfied(nested, "abc"));
	assert_false(satisfied(nested, "ad"));
	assert_false(satisfied(nested, "d"));
	assert_false(satisfied(nested, ""));
}

/* C2SP tlog-cosignature's ML-DSA-44 is a key of 1,312 bytes. */
static void
a_witness_of_another_kind_never_counts_but_may_be_named(void **state)
{
	struct mun_buffer typed = MUN_BUFFER_INIT(2048);
	struct mun_buffer text = MUN_BUFFER_INIT(8192);
	struct mun_policy *policy;

	(void)state;
	mun_buffer_append_byte(&typed, MUN_NOTE_ML_DSA_44);
	for (int i = 0; i < 1312; i++)
		mun_buffer_append_byte(&typed, 0);
	mun_buffer_append_text(&text, "witness m w.example+");
	/* openssl dgst -sha256 of the name, LF, 0x06 and 1,312 zero bytes */
	mun_buffer_append_text(&text, "77b17f8d+");
	mun_buffer_append_base64(&text, typed.data, typed.len);
	mun_buffer_append_text(&text, "\nquorum m\n");
	policy = parse(mun_buffer_text(&text));
	assert_int_equal(policy->witnesses[0].key.type, MUN_NOTE_ML_DSA_44);
	mun_policy_free(policy);
	mun_buffer_free(&typed);
	mun_buffer_free(&text);
}

static void
every_fault_is_named_with_its_line(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "", "line 0: the file ends without a quorum" },
		{ "log " LOG_1 "\n", "line 1: the file ends without a quorum" },
		{ "quorum none", "line 1: the last line has no line end" },
		{ "quorum none\nquorum none\n", "line 2: a second quorum" },
		{ "quorum\n", "line 1: quorum: exactly one name" },
		{ "quorum none none\n", "line 1: quorum: exactly one name" },
		{ "quorum a\nwitness a " KEY_1 "\n",
		    "line 1: a quorum that is not named above: 'a'" },
		{ "\n#\nqourum none\n", "line 3: neither log nor witness" },
		{ "quorum none\r\n", "line 1: a carriage return" },
		{ "quorum none\n\x01\n", "line 2: a control character" },
		{ "#\x7f\nquorum none\n", "line 1: a control character" },
		{ "log\nquorum none\n", "line 1: log: its key is missing" },
		{ "log " KEY_1 "\n", "line 1: a log's key has to be of type" },
		{ "log x\n", "line 1: not a key of the form" },
		{ "log " LOG_1 " u v\n", "line 1: a word too many: 'v'" },
		{ "log " LOG_1 "\nlog " LOG_1 "\n",
		    "line 2: a log whose key stands above" },
		{ "witness a\n", "line 1: witness: its name or key" },
		{ "witness a " LOG_1 "\n",
		    "line 1: a witness's key has to be" },
		{ "witness none " KEY_1 "\n", "line 1: the name 'none'" },
		{ "witness a " KEY_1 "\nwitness b " KEY_1 "\n",
		    "line 2: a witness whose key stands above" },
		{ "witness a " KEY_1 "\nwitness a " KEY_2 "\n",
		    "line 2: a name that is given already: 'a'" },
		{ "witness a " KEY_1 " u v\n", "line 1: a word too many" },
		{ WITNESSES "group g any\n", "line 5: group: its name" },
		{ WITNESSES "group a any b\n",
		    "line 5: a name that is given already: 'a'" },
		{ WITNESSES "group none any b\n", "line 5: the name 'none'" },
		{ WITNESSES "group g any e\n",
		    "line 5: a member that is not named above: 'e'" },
		{ WITNESSES "group g any none\n",
		    "line 5: a member that is not named above" },
		{ WITNESSES "group g any g\n",
		    "line 5: a member that is not named above: 'g'" },
		{ WITNESSES "group g any a a\n",
		    "line 5: a member that is one of a group already" },
		{ WITNESSES "group g any a\ngroup h any a\n",
		    "line 6: a member that is one of a group already" },
		{ WITNESSES "group g 0 a\n", "line 5: not a number from 1" },
		{ WITNESSES "group g 2 a\n", "line 5: not a number from 1" },
		{ WITNESSES "group g 01 a\n", "line 5: neither 'all' nor" },
		{ WITNESSES "group g +1 a\n", "line 5: neither 'all' nor" },
		{ WITNESSES "group g most a\n", "line 5: neither 'all' nor" },
		{ WITNESSES "group g 18446744073709551617 a\n",
		    "line 5: neither 'all' nor" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mun_error err = MUN_ERROR_INIT;
		struct mun_policy *policy;

		MUN_EXPECT_STATUS(mun_policy_parse(&policy, cases[i].text,
				      strlen(cases[i].text), &err),
		    MUN_ERR_FORMAT, &err);
		assert_null(policy);
		MUN_EXPECT_TEXT(&err, cases[i].said);
	}
}

static void
there_are_limits(void **state)
{
	struct mun_buffer text = MUN_BUFFER_INIT(2 * MUN_POLICY_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_policy *policy;

	(void)state;
	mun_buffer_append_text(&text, WITNESSES "group g0 any a\n");
	for (int i = 1; i < MUN_POLICY_GROUPS_MAX; i++)
		mun_buffer_append_format(
		    &text, "group g%d any g%d\n", i, i - 1);
	mun_buffer_append_format(
	    &text, "quorum g%d\n", MUN_POLICY_GROUPS_MAX - 1);
	assert_true(satisfied(mun_buffer_text(&text), "a"));
	assert_false(satisfied(mun_buffer_text(&text), "b"));
	mun_buffer_append_text(&text, "group one-more any b\n");
	MUN_EXPECT_STATUS(mun_policy_parse(&policy, text.data, text.len, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "too many groups");
	mun_buffer_reset(&text);
	for (int i = 0; i <= MUN_POLICY_MAX; i++)
		mun_buffer_append_byte(&text, '\n');
	MUN_EXPECT_STATUS(mun_policy_parse(&policy, text.data, text.len, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "longer than");
	mun_buffer_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_policy_is_taken_in),
		cmocka_unit_test(quorums_are_counted),
		cmocka_unit_test(
		    a_witness_of_another_kind_never_counts_but_may_be_named),
		cmocka_unit_test(every_fault_is_named_with_its_line),
		cmocka_unit_test(there_are_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
