/* SPDX-License-Identifier: BSD-2-Clause */
/* test_cosignature.c - witnesses' keys, their lines, and the stored form. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "edited.h"
#include "harness/harness.h"
#include "log/note.h"
#include "log_key.h"

#define DASH "\xe2\x80\x94 "
#define LITTLE_GARDEN                                                  \
	"transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxI" \
	"NQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM"

enum {
	LOG = 1,
	WITNESS = 2,
	OTHER = 3,
	TIME = 1795428672
};

/* ---- published ---- */

/* Everything after the line "note" is the note. */
static char *
vector(const char *name, const char **note)
{
	char path[4096];
	size_t len;
	char *text;

	snprintf(path, sizeof(path), MUN_TEST_DIR "/vectors/witness/%s", name);
	text = mun_harness_read(path, &len);
	*note = strstr(text, "\nnote\n");
	assert_non_null(*note);
	*note += strlen("\nnote\n");
	return text;
}

/* The key on the next line that begins with `kind`. */
static bool
next_key(struct mun_note_key *key, const char **at, const char *kind)
{
	struct mun_error err = MUN_ERROR_INIT;
	char mark[32];

	snprintf(mark, sizeof(mark), "\n%s ", kind);
	*at = strstr(*at, mark);
	if (*at == NULL)
		return false;
	*at += strlen(mark);
	MUN_EXPECT_OK(
	    mun_note_key_parse(key, *at, strcspn(*at, "\n"), &err), &err);
	return true;
}

static void
a_real_checkpoint_bears_its_witnesses_cosignatures(void **state)
{
	const char *note, *at;
	char *text = vector("real-checkpoint.txt", &note);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_checkpoint checkpoint;
	struct mun_note_key key;
	unsigned count = 0;

	(void)state;
	at = text;
	assert_true(next_key(&key, &at, "log"));
	assert_int_equal(key.type, MUN_NOTE_ED25519);
	MUN_EXPECT_OK(mun_checkpoint_parse_kept(
			  &checkpoint, note, strlen(note), key.key, &err),
	    &err);
	assert_true(mun_checkpoint_verify(&checkpoint, note, key.key));
	assert_int_equal(checkpoint.size, 1432088532);
	for (at = text; next_key(&key, &at, "witness"); count++) {
		struct mun_cosignature found;

		assert_int_equal(key.type, MUN_NOTE_COSIGNATURE);
		MUN_EXPECT_OK(mun_cosignature_find(&found, &checkpoint, note,
				  strlen(note), &key, &err),
		    &err);
		assert_true(found.is_there);
		assert_true(found.holds);
		assert_int_equal(found.time_utc_s, 0x6a122120);
	}
	assert_int_equal(count, 4);
	free(text);
}

static void
a_real_cosignature_over_anything_else_does_not_hold(void **state)
{
	const char *note, *at;
	char *text = vector("real-checkpoint.txt", &note);
	size_t len = strlen(note);
	char *bad = strdup(note);
	struct mun_checkpoint checkpoint;
	struct mun_note_key key;

	(void)state;
	at = text;
	assert_true(next_key(&key, &at, "log"));
	assert_int_equal(
	    mun_checkpoint_parse_kept(&checkpoint, note, len, key.key, NULL),
	    MUN_OK);
	at = text;
	assert_true(next_key(&key, &at, "witness"));
	for (size_t i = 0; i < checkpoint.body_len; i++) {
		struct mun_cosignature found;

		bad[i] ^= 1;
		assert_int_equal(mun_cosignature_find(
				     &found, &checkpoint, bad, len, &key, NULL),
		    MUN_OK);
		assert_true(found.is_there);
		assert_false(found.holds);
		bad[i] ^= 1;
	}
	free(bad);
	free(text);
}

static void
the_time_of_the_specifications_example_is_read(void **state)
{
	const char *note, *blob;
	char *text = vector("cosignature-example.txt", &note);
	struct mun_buffer bytes = MUN_BUFFER_INIT(128);
	struct mun_buffer message = MUN_BUFFER_INIT(512);
	uint64_t time_utc_s = 0;

	(void)state;
	blob = strstr(note, "w1 ") + 3;
	assert_true(mun_base64_decode(&bytes, blob, strcspn(blob, "\n")));
	assert_int_equal(bytes.len, 76);
	for (int i = 0; i < 8; i++)
		time_utc_s = time_utc_s << 8 | bytes.data[4 + i];
	assert_int_equal(time_utc_s, 1679315147);
	mun_cosignature_message(&message, (int64_t)time_utc_s, note,
	    (size_t)(strstr(note, "\n\n") + 1 - note));
	assert_string_equal(mun_buffer_text(&message),
	    "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n"
	    "20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n");
	mun_buffer_free(&bytes);
	mun_buffer_free(&message);
	free(text);
}

/* ---- keys ---- */

static enum mun_status
parse_key(const char *text, struct mun_error *err)
{
	struct mun_note_key key;

	return mun_note_key_parse(&key, text, strlen(text), err);
}

static void
each_departure_from_the_form_of_a_key_is_refused(void **state)
{
	static const struct edit edits[] = {
		{ "d8042a87", "d8042a88" },
		{ "d8042a87", "D8042A87" },
		{ "+BCtu", "BCtu" },
		{ "+BCtu", "+AStu" }, /* a log's type, another id */
		{ "+BCtu", "+Ahtu" }, /* ECDSA */
		{ "VEPM", "VEP" },
		{ "VEPM", "" },
		{ "transparency.dev", "transparency dev" },
		{ "transparency.dev", "transparency\tdev" },
		{ "transparency.dev",
		    "transparency\x7f"
		    "dev" },
		{ "transparency.dev",
		    "transparency\xc2\xa0"
		    "dev" },
		{ "transparency.dev",
		    "transparency\xe2\x80\x83"
		    "dev" },
		{ "transparency.dev",
		    "transparency\xff"
		    "dev" },
		{ "", "\n" },
		{ LITTLE_GARDEN, "" },
		{ LITTLE_GARDEN, "+" },
		{ LITTLE_GARDEN, "++++++++++++++++" },
	};
	struct mun_error err = MUN_ERROR_INIT;

	(void)state;
	MUN_EXPECT_OK(parse_key(LITTLE_GARDEN, &err), &err);
	for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
		char *text = edited(LITTLE_GARDEN, &edits[i]);

		if (parse_key(text, NULL) != MUN_ERR_FORMAT)
			fail_msg("'%s' was accepted", text);
		free(text);
	}
}

/* ---- made here ---- */

static void
make_key(struct mun_note_key *key, unsigned char which, const char *name)
{
	*key = (struct mun_note_key){ .type = MUN_NOTE_COSIGNATURE };
	snprintf(key->name, sizeof(key->name), "%s", name);
	test_log_key(key->key, which);
	/* any four bytes identify it to those who are told them */
	key->id[0] = which;
	key->id[3] = 7;
}

static void
make_head(struct mun_buffer *note, uint64_t size)
{
	struct mun_hash root = { { 1, 2, 3 } };
	struct mun_buffer body = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	uint8_t key[32], signature[64];

	test_log_key(key, LOG);
	mun_checkpoint_write_body(&body, "example.org/log", size, &root);
	test_log_key_sign(signature, LOG, body.data, body.len);
	mun_checkpoint_write(
	    note, "example.org/log", size, &root, key, signature);
	mun_buffer_free(&body);
}

static void
cosign(uint8_t blob[76], const struct mun_note_key *key, unsigned char which,
    int64_t time_utc_s, const struct mun_buffer *note)
{
	struct mun_buffer message = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	const char *text = mun_buffer_text(note);

	memcpy(blob, key->id, 4);
	for (int i = 0; i < 8; i++)
		blob[4 + i] = (uint8_t)((uint64_t)time_utc_s >> (56 - 8 * i));
	mun_cosignature_message(&message, time_utc_s, text,
	    (size_t)(strstr(text, "\n\n") + 1 - text));
	test_log_key_sign(blob + 12, which, message.data, message.len);
	mun_buffer_free(&message);
}

static void
find(struct mun_cosignature *found, const struct mun_buffer *note,
    const struct mun_note_key *key)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_checkpoint checkpoint;
	uint8_t log_key[32];

	test_log_key(log_key, LOG);
	MUN_EXPECT_OK(mun_checkpoint_parse_kept(
			  &checkpoint, note->data, note->len, log_key, &err),
	    &err);
	MUN_EXPECT_OK(mun_cosignature_find(
			  found, &checkpoint, note->data, note->len, key, &err),
	    &err);
}

static void
add(struct mun_buffer *out, const struct mun_buffer *head,
    const struct mun_buffer *before, const struct mun_note_key *key,
    const uint8_t blob[76])
{
	struct mun_error err = MUN_ERROR_INIT;

	mun_buffer_reset(out);
	MUN_EXPECT_OK(
	    mun_cosigned_add(out, head->data, head->len,
		before == NULL ? NULL : before->data,
		before == NULL ? 0 : before->len, key->name, blob, &err),
	    &err);
}

static void
cosignatures_are_added_in_order_and_replaced(void **state)
{
	struct mun_buffer head = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_buffer one = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_buffer two = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_note_key late, early;
	struct mun_checkpoint checkpoint;
	struct mun_cosignature found;
	struct mun_error err = MUN_ERROR_INIT;
	uint8_t blob[76];

	(void)state;
	make_head(&head, 17);
	make_key(&late, WITNESS, "w.example/late");
	make_key(&early, OTHER, "w.example/early");
	cosign(blob, &late, WITNESS, TIME, &head);
	add(&one, &head, NULL, &late, blob);
	cosign(blob, &early, OTHER, TIME + 1, &head);
	add(&two, &head, &one, &early, blob);
	MUN_EXPECT_OK(
	    mun_cosigned_parse(&checkpoint, two.data, two.len, &err), &err);
	assert_int_equal(checkpoint.size, 17);
	assert_true(strstr(mun_buffer_text(&two), "early") <
	    strstr(mun_buffer_text(&two), "late"));
	find(&found, &two, &late);
	assert_true(found.holds);
	assert_int_equal(found.time_utc_s, TIME);
	find(&found, &two, &early);
	assert_true(found.holds);
	assert_int_equal(found.time_utc_s, TIME + 1);
	cosign(blob, &late, WITNESS, TIME + 2, &head);
	add(&one, &head, &two, &late, blob);
	assert_int_equal(one.len, two.len);
	find(&found, &one, &late);
	assert_int_equal(found.time_utc_s, TIME + 2);
	mun_buffer_free(&head);
	mun_buffer_free(&one);
	mun_buffer_free(&two);
}

static void
each_departure_from_the_stored_form_is_refused(void **state)
{
	struct mun_buffer head = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_buffer one = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_buffer two = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_note_key a, b;
	struct mun_checkpoint checkpoint;
	uint8_t blob[76];
	char *line, *text;

	(void)state;
	make_head(&head, 17);
	make_key(&a, WITNESS, "a");
	make_key(&b, OTHER, "b");
	cosign(blob, &a, WITNESS, TIME, &head);
	add(&one, &head, NULL, &a, blob);
	cosign(blob, &b, OTHER, TIME, &head);
	add(&two, &head, &one, &b, blob);
	line = strstr(mun_buffer_text(&two), DASH "b ");
	{
		const struct edit edits[] = {
			{ "", line }, /* twice */
			{ DASH "a ", DASH "c " }, /* out of order */
			{ DASH "example.org/log ", DASH "example.org/lug " },
			{ DASH "b ", DASH "b  " },
			{ DASH "b ", "- b " },
			{ "==\n" DASH "b ", "==\n\n" DASH "b " },
			{ line, DASH "b AwAABwAA\n" }, /* short */
			{ "", "x" },
			{ "", "\n" },
			{ "\n17\n", "\n017\n" },
		};

		for (size_t i = 0; i < sizeof(edits) / sizeof(edits[0]); i++) {
			text = edited(mun_buffer_text(&two), &edits[i]);
			if (mun_cosigned_parse(&checkpoint, text, strlen(text),
				NULL) != MUN_ERR_FORMAT)
				fail_msg("'%s' was accepted", text);
			free(text);
		}
	}
	for (size_t len = 0; len < two.len; len++)
		if (len != one.len)
			assert_int_equal(mun_cosigned_parse(
					     &checkpoint, two.data, len, NULL),
			    MUN_ERR_FORMAT);
	mun_buffer_free(&head);
	mun_buffer_free(&one);
	mun_buffer_free(&two);
}

static void
cosignatures_of_another_head_are_not_taken_over(void **state)
{
	struct mun_buffer head = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_buffer next = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_buffer one = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_buffer two = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_note_key a;
	uint8_t blob[76];

	(void)state;
	make_head(&head, 17);
	make_head(&next, 18);
	make_key(&a, WITNESS, "a");
	cosign(blob, &a, WITNESS, TIME, &head);
	add(&one, &head, NULL, &a, blob);
	MUN_EXPECT_STATUS(mun_cosigned_add(&two, next.data, next.len, one.data,
			      one.len, "a", blob, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_TEXT(&err, "another head");
	mun_buffer_free(&head);
	mun_buffer_free(&next);
	mun_buffer_free(&one);
	mun_buffer_free(&two);
}

static void
a_note_has_64_lines_at_most(void **state)
{
	struct mun_buffer head = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_buffer more = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_checkpoint checkpoint;
	struct mun_note_key key;
	uint8_t blob[76], log_key[32];
	char name[8];

	(void)state;
	make_head(&head, 17);
	for (unsigned i = 0; i < 63; i++) {
		snprintf(name, sizeof(name), "w%02u", i);
		make_key(&key, WITNESS, name);
		cosign(blob, &key, WITNESS, TIME, &head);
		add(&more, &head, i == 0 ? NULL : &note, &key, blob);
		mun_buffer_reset(&note);
		mun_buffer_append(&note, more.data, more.len);
	}
	mun_buffer_reset(&more);
	MUN_EXPECT_STATUS(mun_cosigned_add(&more, head.data, head.len,
			      note.data, note.len, "one-more", blob, &err),
	    MUN_ERR_LIMIT, &err);
	/* one more by hand */
	test_log_key(log_key, LOG);
	mun_buffer_append_text(&note, DASH "z AAAAAAAAAAAA\n");
	MUN_EXPECT_STATUS(mun_checkpoint_parse_kept(
			      &checkpoint, note.data, note.len, log_key, &err),
	    MUN_ERR_FORMAT, &err);
	mun_buffer_free(&head);
	mun_buffer_free(&note);
	mun_buffer_free(&more);
}

static void
a_bad_line_of_a_known_key_is_not_made_good_by_another(void **state)
{
	struct mun_buffer head = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_note_key key, stranger;
	struct mun_cosignature found;
	uint8_t good[76], bad[76];

	(void)state;
	make_head(&head, 17);
	make_key(&key, WITNESS, "w");
	cosign(good, &key, WITNESS, TIME, &head);
	cosign(bad, &key, OTHER, TIME, &head);
	for (int order = 0; order < 2; order++) {
		mun_buffer_reset(&note);
		mun_buffer_append(&note, head.data, head.len);
		for (int i = 0; i < 2; i++) {
			mun_buffer_append_text(&note, DASH "w ");
			mun_buffer_append_base64(
			    &note, i == order ? bad : good, 76);
			mun_buffer_append_byte(&note, '\n');
		}
		find(&found, &note, &key);
		assert_true(found.is_there);
		assert_false(found.holds);
	}
	/* The same name or the same id alone is another key. */
	stranger = key;
	stranger.id[1] ^= 1;
	find(&found, &note, &stranger);
	assert_false(found.is_there);
	make_key(&stranger, WITNESS, "v");
	find(&found, &note, &stranger);
	assert_false(found.is_there);
	mun_buffer_free(&head);
	mun_buffer_free(&note);
}

/* Cut at any byte, it is one only where whole lines are left. */
static void
what_was_kept_has_a_form_whoever_signed_it(void **state)
{
	const char *note, *body;
	char *text = vector("real-checkpoint.txt", &note);
	size_t len = strlen(note), whole = 0;

	(void)state;
	body = strstr(note, "\n\n");
	assert_non_null(body);
	for (size_t i = 0; i <= len; i++) {
		bool is_whole = note + i > body + 2 && note[i - 1] == '\n';

		assert_int_equal(mun_checkpoint_check_kept(note, i, NULL),
		    is_whole ? MUN_OK : MUN_ERR_FORMAT);
		whole += is_whole;
	}
	assert_true(whole > 1);
	free(text);
}

/* tlog-cosignature: a time never exceeds 2^63 - 1. */
static void
a_time_beyond_63_bits_does_not_hold(void **state)
{
	struct mun_buffer head = MUN_BUFFER_INIT(MUN_CHECKPOINT_MAX);
	struct mun_buffer note = MUN_BUFFER_INIT(MUN_NOTE_MAX);
	struct mun_note_key key;
	struct mun_cosignature found;
	uint8_t blob[76];

	(void)state;
	make_head(&head, 17);
	make_key(&key, WITNESS, "w");
	cosign(blob, &key, WITNESS, INT64_MAX, &head);
	add(&note, &head, NULL, &key, blob);
	find(&found, &note, &key);
	assert_true(found.holds);
	assert_int_equal(found.time_utc_s, INT64_MAX);
	cosign(blob, &key, WITNESS, -1, &head);
	add(&note, &head, NULL, &key, blob);
	find(&found, &note, &key);
	assert_true(found.is_there);
	assert_false(found.holds);
	mun_buffer_free(&head);
	mun_buffer_free(&note);
}

static void
names_of_cosigned_checkpoints_are_exact(void **state)
{
	static const char *const wrong[] = { "log/witness/0/checkpoint",
		"log/witness/017/checkpoint", "log/witness/17/checkpoint/",
		"log/witness/17/checkpoint2", "log/witness/17/note",
		"log/witness/-17/checkpoint", "log/witness//checkpoint",
		"log/witness/18446744073709551616/checkpoint",
		"log/witness/17" };
	char name[64];
	uint64_t size;

	(void)state;
	mun_witness_name(name, sizeof(name), UINT64_MAX);
	assert_true(mun_witness_name_parse(&size, name));
	assert_true(size == UINT64_MAX);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (mun_witness_name_parse(&size, wrong[i]))
			fail_msg("'%s' was accepted", wrong[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_real_checkpoint_bears_its_witnesses_cosignatures),
		cmocka_unit_test(
		    a_real_cosignature_over_anything_else_does_not_hold),
		cmocka_unit_test(
		    the_time_of_the_specifications_example_is_read),
		cmocka_unit_test(
		    each_departure_from_the_form_of_a_key_is_refused),
		cmocka_unit_test(cosignatures_are_added_in_order_and_replaced),
		cmocka_unit_test(
		    each_departure_from_the_stored_form_is_refused),
		cmocka_unit_test(
		    cosignatures_of_another_head_are_not_taken_over),
		cmocka_unit_test(a_note_has_64_lines_at_most),
		cmocka_unit_test(
		    a_bad_line_of_a_known_key_is_not_made_good_by_another),
		cmocka_unit_test(what_was_kept_has_a_form_whoever_signed_it),
		cmocka_unit_test(a_time_beyond_63_bits_does_not_hold),
		cmocka_unit_test(names_of_cosigned_checkpoints_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
