/* SPDX-License-Identifier: BSD-2-Clause */
/* test_checkpoint.c - the signed head, and keys as text. */
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "edited.h"
#include "harness/harness.h"
#include "log/checkpoint.h"
#include "log_key.h"

#define DASH "\xe2\x80\x94 "

/*
 * SOURCE: C2SP signed-note v1.0.0, Example.
 */
static const char spec_vkey[] =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
static const char spec_text[] = "This is an example message.\n";
static const char spec_signature[] =
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXm"
    "RKuwHjG1Yu72IneyaQM=";

/* SOURCE: golang.org/x/mod sumdb/note package documentation;
 * transparency-dev/formats note/note_cosigv1_test.go (a + in the base64). */
static const char *const foreign_vkeys[] = {
	spec_vkey,
	"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	"EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop",
	"TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
};

static enum mun_status
parse_vkey(const char *text, char origin[MUN_ORIGIN_MAX + 1], uint8_t key[32])
{
	struct mun_error err = MUN_ERROR_INIT;

	return mun_vkey_parse(origin, key, text, strlen(text), &err);
}

static void
keys_of_others_are_read_and_written_the_same(void **state)
{
	char origin[MUN_ORIGIN_MAX + 1];
	uint8_t key[32];

	(void)state;
	for (size_t i = 0; i < sizeof(foreign_vkeys) / sizeof(char *); i++) {
		struct mun_buffer again = MUN_BUFFER_INIT(512);

		assert_int_equal(
		    parse_vkey(foreign_vkeys[i], origin, key), MUN_OK);
		mun_vkey_write(&again, origin, key);
		assert_string_equal(mun_buffer_text(&again), foreign_vkeys[i]);
		mun_buffer_free(&again);
	}
}

static void
the_example_of_the_specification_verifies(void **state)
{
	struct mun_buffer blob = MUN_BUFFER_INIT(68);
	struct mun_checkpoint note = { .body_len = strlen(spec_text) };
	uint8_t key[32];

	(void)state;
	assert_int_equal(parse_vkey(spec_vkey, note.origin, key), MUN_OK);
	assert_true(
	    mun_base64_decode(&blob, spec_signature, strlen(spec_signature)));
	memcpy(note.key_id, blob.data, 4);
	memcpy(note.signature, blob.data + 4, 64);
	assert_true(mun_checkpoint_verify(&note, spec_text, key));
	assert_false(
	    mun_checkpoint_verify(&note, "This is an example massage.\n", key));
	note.key_id[0] ^= 1;
	assert_false(mun_checkpoint_verify(&note, spec_text, key));
	mun_buffer_free(&blob);
}

static void
each_departure_from_the_form_of_a_key_is_refused(void **state)
{
	static const struct edit edits[] = {
		{ "example.com/foo", "example.com/bar" },
		{ "example.com/foo", "example.com foo" },
		{ "example.com/foo", "" },
		{ "530d903a", "530D903A" },
		{ "530d903a", "530d903b" },
		{ "530d903a", "530d903" },
		{ "+Aeky", "Aeky" },
		{ "+Aeky", "+BOky" },
		{ "3U2k", "3U2" },
		{ "3U2k", "3U2l" },
		{ "3U2k", "" },
		/* SOURCE: transparency-dev/formats: a cosigner's, type 4. */
		{ spec_vkey,
		    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh"
		    "34x7onlmtw2" },
		{ "", "\n" },
		{ "", "+" },
		{ spec_vkey, "" },
		{ spec_vkey, "+" },
		{ spec_vkey, "a+" },
		{ spec_vkey, "a+530d903a+" },
		{ spec_vkey, "++++++++++++++++" },
	};
	char origin[MUN_ORIGIN_MAX + 1];
	uint8_t key[32];

	(void)state;
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *text = edited(spec_vkey, &edits[i]);

		if (parse_vkey(text, origin, key) != MUN_ERR_FORMAT)
			fail_msg("'%s' was accepted", text);
		free(text);
	}
}

/* A head of 17 entries by key 1. */
static void
make_note(struct mun_buffer *note)
{
	struct mun_hash root = { { 1, 2, 3 } };
	uint8_t key[32], signature[64];
	struct mun_buffer body = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);

	test_log_key(key, 1);
	mun_checkpoint_write_body(&body, "example.org/log", 17, &root);
	test_log_key_sign(signature, 1, body.data, body.len);
	mun_checkpoint_write(
	    note, "example.org/log", 17, &root, key, signature);
	assert_int_equal(note->status, MUN_OK);
	mun_buffer_free(&body);
}

#define BODY                \
	"example.org/log\n" \
	"17\n"              \
	"AQIDAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

static void
a_checkpoint_is_taken_out_and_verifies(void **state)
{
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_checkpoint checkpoint;
	uint8_t key[32];

	(void)state;
	make_note(&note);
	test_log_key(key, 1);
	assert_int_equal(
	    strncmp(mun_buffer_text(&note), BODY "\n" DASH "example.org/log ",
		strlen(BODY "\n" DASH "example.org/log ")),
	    0);
	MUN_EXPECT_OK(
	    mun_checkpoint_parse(&checkpoint, note.data, note.len, &err), &err);
	assert_string_equal(checkpoint.origin, "example.org/log");
	assert_int_equal(checkpoint.size, 17);
	assert_int_equal(checkpoint.root.bytes[2], 3);
	assert_int_equal(checkpoint.body_len, strlen(BODY));
	assert_true(mun_checkpoint_verify(&checkpoint, note.data, key));
	test_log_key(key, 2);
	assert_false(mun_checkpoint_verify(&checkpoint, note.data, key));
	mun_buffer_free(&note);
}

static void
every_flipped_bit_of_a_checkpoint_is_noticed(void **state)
{
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_checkpoint checkpoint;
	uint8_t key[32];

	(void)state;
	make_note(&note);
	test_log_key(key, 1);
	for (size_t bit = 0; bit < 8 * note.len; bit++) {
		note.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (mun_checkpoint_parse(
			&checkpoint, note.data, note.len, NULL) == MUN_OK &&
		    mun_checkpoint_verify(&checkpoint, note.data, key))
			fail_msg("bit %zu flipped, and accepted", bit);
		note.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	mun_buffer_free(&note);
}

static const struct edit departures[] = {
	{ "example.org/log\n17", "example.org/log\n017" },
	{ "example.org/log\n17", "example.org/log\n+17" },
	{ "example.org/log\n17", "example.org/log\n17 " },
	{ "example.org/log\n17", "example.org/log\n" },
	{ "example.org/log\n17", "example.org/log\n18446744073709551616" },
	{ "example.org/log\n17", "example org\n17" },
	{ "example.org/log\n17", "\n17" },
	{ "AAA=\n", "AAB=\n" },
	{ "AAA=\n", "AAA\n" },
	{ "AAA=\n", "AAAA\n" },
	{ "AAA=\n", "AAA=\nextension\n" },
	{ "AAA=\n\n", "AAA=\n" },
	{ "AAA=\n\n", "AAA=\n\n\n" },
	{ "AAA=\n\n", "AAA=\r\n\r\n" },
	{ DASH, "- " },
	{ DASH, "\xe2\x80\x94" },
	{ DASH, DASH " " },
	{ DASH "example.org/log ", DASH },
	{ DASH "example.org/log ", DASH "example.org+log " },
	{ DASH "example.org/log ", DASH "example.org/log  " },
	{ "", "\n" },
	{ "", "x" },
};

static void
each_departure_from_the_form_of_a_checkpoint_is_refused(void **state)
{
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_checkpoint checkpoint;
	uint8_t key[32];

	(void)state;
	make_note(&note);
	test_log_key(key, 1);
	for (size_t i = 0; i < sizeof(departures) / sizeof(struct edit); i++) {
		char *text = edited(mun_buffer_text(&note), &departures[i]);

		if (mun_checkpoint_parse(&checkpoint, text, strlen(text),
			NULL) != MUN_ERR_FORMAT ||
		    mun_checkpoint_parse_kept(&checkpoint, text, strlen(text),
			key, NULL) != MUN_ERR_FORMAT)
			fail_msg("'%s' was accepted", text);
		free(text);
	}
	for (size_t len = 0; len < note.len; len++)
		assert_int_equal(
		    mun_checkpoint_parse(&checkpoint, note.data, len, NULL),
		    MUN_ERR_FORMAT);
	mun_buffer_free(&note);
}

/* SOURCE: transparency-dev/formats: the form of a witness's line; 8 bytes of
 * time and 64 of signature after its key id. */
#define WITNESS                                                             \
	DASH "remora.n621.de 2net5wAAAABoZ2h5AAECAwQFBgcICQoLDA0ODxAREhMU"  \
	     "FRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==" \
	     "\n"

static void
a_kept_checkpoint_may_have_been_cosigned(void **state)
{
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	static const struct edit after = { "", WITNESS WITNESS };
	static const struct edit before = { DASH "example",
		WITNESS DASH "example" };
	const struct edit *const edits[] = { &after, &before };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_checkpoint checkpoint;
	uint8_t key[32];

	(void)state;
	make_note(&note);
	test_log_key(key, 1);
	for (size_t i = 0; i < 2; i++) {
		char *text = edited(mun_buffer_text(&note), edits[i]);

		MUN_EXPECT_OK(mun_checkpoint_parse_kept(
				  &checkpoint, text, strlen(text), key, &err),
		    &err);
		assert_true(mun_checkpoint_verify(&checkpoint, text, key));
		/* But not in the log itself. */
		MUN_EXPECT_STATUS(
		    mun_checkpoint_parse(&checkpoint, text, strlen(text), &err),
		    MUN_ERR_FORMAT, &err);
		free(text);
	}
	mun_buffer_free(&note);
}

static void
a_kept_checkpoint_needs_the_logs_own_line_exactly_once(void **state)
{
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	const struct edit witness = { "", WITNESS };
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_checkpoint checkpoint;
	struct edit twice = { "", NULL };
	uint8_t key[32];
	char *text;

	(void)state;
	make_note(&note);
	text = edited(mun_buffer_text(&note), &witness);
	test_log_key(key, 2);
	MUN_EXPECT_STATUS(mun_checkpoint_parse_kept(
			      &checkpoint, text, strlen(text), key, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "no signature of the log's key");
	free(text);
	twice.to = strstr(mun_buffer_text(&note), DASH);
	text = edited(mun_buffer_text(&note), &twice);
	test_log_key(key, 1);
	MUN_EXPECT_STATUS(mun_checkpoint_parse_kept(
			      &checkpoint, text, strlen(text), key, &err),
	    MUN_ERR_FORMAT, &err);
	free(text);
	mun_buffer_free(&note);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_others_are_read_and_written_the_same),
		cmocka_unit_test(the_example_of_the_specification_verifies),
		cmocka_unit_test(
		    each_departure_from_the_form_of_a_key_is_refused),
		cmocka_unit_test(a_checkpoint_is_taken_out_and_verifies),
		cmocka_unit_test(every_flipped_bit_of_a_checkpoint_is_noticed),
		cmocka_unit_test(
		    each_departure_from_the_form_of_a_checkpoint_is_refused),
		cmocka_unit_test(a_kept_checkpoint_may_have_been_cosigned),
		cmocka_unit_test(
		    a_kept_checkpoint_needs_the_logs_own_line_exactly_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
