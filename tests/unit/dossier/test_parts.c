/* SPDX-License-Identifier: BSD-2-Clause */
/* test_parts.c - the members of a dossier: their names, and that what was put
 * is what is read, or nothing. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dossier/dossier.h"
#include "harness/harness.h"

static void
an_entry_is_known_by_exactly_its_name(void **state)
{
	static const uint64_t seqs[] = { 0, 1, 17, 999999, 1000000,
		UINT64_MAX };
	static const char *const others[] = { "", "entries/", "entries/.p7m",
		"entries/17.p7m", "entries/0000017.p7m", "entries/000017.json",
		"entries/000017.p7m ", "entries/000017.p7m/", "000017.p7m",
		"entries/00001a.p7m", "entries/-00017.p7m",
		"entries/ 00017.p7m", "Entries/000017.p7m",
		"entries/../000017.p7m", "entries/18446744073709551616.p7m",
		"entries/000017" };
	char name[MUN_DOSSIER_NAME_MAX];
	uint64_t seq;

	(void)state;
	for (size_t i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++) {
		mun_dossier_entry_name(name, seqs[i], "p7m");
		assert_true(mun_dossier_entry_parse(name, &seq));
		assert_int_equal(seq, seqs[i]);
		mun_dossier_entry_name(name, seqs[i], "json");
		assert_false(mun_dossier_entry_parse(name, &seq));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (mun_dossier_entry_parse(others[i], &seq))
			fail_msg("'%s' is entry %llu", others[i],
			    (unsigned long long)seq);
}

/* ---- a file ---- */

struct file {
	FILE *stream;
	uint64_t size;
};

static const struct {
	const char *name, *text;
} members[] = { { MUN_DOSSIER_README, "read\n" }, { "checkpoint", "head\n" },
	{ "dossier.json", "{}\n" }, { "entries/000000.p7m", "zero" },
	{ "proofs/XPF-0001.tlog-proof", "" } };
enum {
	MEMBERS = sizeof(members) / sizeof(members[0])
};

static void
put(struct mun_dossier_out *out, const char *name, const char *text,
    enum mun_status due)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(65536);

	mun_buffer_append(&bytes, text, strlen(text));
	assert_int_equal(mun_dossier_put(out, name, &bytes, NULL), due);
	mun_buffer_free(&bytes);
}

static struct file
make(void)
{
	struct file file = { .stream = tmpfile() };
	struct mun_dossier_out out;

	assert_non_null(file.stream);
	out = (struct mun_dossier_out)MUN_DOSSIER_OUT_INIT(fileno(file.stream));
	for (size_t i = 0; i < MEMBERS; i++)
		put(&out, members[i].name, members[i].text, MUN_OK);
	MUN_EXPECT_OK(mun_dossier_put_end(&out, NULL), NULL);
	mun_dossier_out_clear(&out);
	file.size = (uint64_t)lseek(fileno(file.stream), 0, SEEK_END);
	return file;
}

static enum mun_status
open_it(struct mun_dossier **out, const struct file *file)
{
	uint8_t sha256[MUN_SHA256_LEN];

	assert_int_equal(lseek(fileno(file->stream), 0, SEEK_SET), 0);
	return mun_dossier_open(
	    out, fileno(file->stream), file->size, sha256, NULL);
}

static void
change(const struct file *file, uint64_t at)
{
	uint8_t byte;

	assert_int_equal(pread(fileno(file->stream), &byte, 1, (off_t)at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fileno(file->stream), &byte, 1, (off_t)at), 1);
}

static void
what_was_put_is_read(void **state)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(65536);
	struct mun_dossier *dossier = NULL;
	struct file file = make();
	size_t at;

	(void)state;
	assert_int_equal(lseek(fileno(file.stream), 0, SEEK_SET), 0);
	assert_true(mun_dossier_is_one(fileno(file.stream), file.size));
	MUN_EXPECT_OK(open_it(&dossier, &file), NULL);
	assert_int_equal(mun_dossier_count(dossier), MEMBERS);
	for (size_t i = 0; i < MEMBERS; i++) {
		assert_true(mun_dossier_find(dossier, members[i].name, &at));
		assert_string_equal(
		    mun_dossier_name(dossier, at), members[i].name);
		MUN_EXPECT_OK(
		    mun_dossier_read(dossier, at, &bytes, NULL), NULL);
		assert_string_equal(mun_buffer_text(&bytes), members[i].text);
	}
	assert_false(mun_dossier_find(dossier, "entries/000001.p7m", &at));
	assert_false(mun_dossier_find(dossier, "", &at));
	mun_dossier_close(dossier);
	mun_buffer_free(&bytes);
	(void)fclose(file.stream);
}

static void
names_that_do_not_rise_are_not_put(void **state)
{
	FILE *stream = tmpfile();
	struct mun_dossier_out out;

	(void)state;
	assert_non_null(stream);
	out = (struct mun_dossier_out)MUN_DOSSIER_OUT_INIT(fileno(stream));
	put(&out, "checkpoint", "one", MUN_OK);
	put(&out, "checkpoint", "two", MUN_ERR_INTERNAL);
	put(&out, MUN_DOSSIER_README, "two", MUN_ERR_INTERNAL);
	mun_dossier_out_clear(&out);
	(void)fclose(stream);
}

static void
a_file_that_is_cut_is_refused(void **state)
{
	struct file file = make();

	(void)state;
	while (file.size > 0) { /* by half a block, from its end */
		struct mun_dossier *dossier = NULL;

		file.size -= 256;
		assert_int_equal(
		    ftruncate(fileno(file.stream), (off_t)file.size), 0);
		if (open_it(&dossier, &file) != MUN_ERR_FORMAT)
			fail_msg("cut at %llu, and read",
			    (unsigned long long)file.size);
	}
	(void)fclose(file.stream);
}

/* Wherever it is: in a header, a member (which then has another digest than
 * at first), or what fills its block. */
static void
a_byte_changed_meanwhile_is_noticed(void **state)
{
	struct mun_buffer bytes = MUN_BUFFER_INIT(65536);
	struct mun_dossier *dossier = NULL;
	struct file file = make();
	size_t changed = 0;

	(void)state;
	MUN_EXPECT_OK(open_it(&dossier, &file), NULL);
	for (uint64_t at = 0; at < file.size; at += 64) {
		change(&file, at);
		for (size_t i = 0; i < MEMBERS; i++)
			changed += mun_dossier_read(dossier, i, &bytes, NULL) ==
			    MUN_ERR_FORMAT;
		change(&file, at);
	}
	/* the four that are not empty begin at such a byte */
	assert_int_equal(changed, 4);
	mun_dossier_close(dossier);
	mun_buffer_free(&bytes);
	(void)fclose(file.stream);
}

static void
every_changed_byte_of_a_header_is_refused(void **state)
{
	struct file file = make();

	(void)state;
	for (uint64_t at = 0; at < 512; at++) {
		struct mun_dossier *dossier = NULL;

		change(&file, at);
		if (open_it(&dossier, &file) == MUN_OK)
			fail_msg("byte %llu changed, and read",
			    (unsigned long long)at);
		change(&file, at);
	}
	(void)fclose(file.stream);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_is_known_by_exactly_its_name),
		cmocka_unit_test(what_was_put_is_read),
		cmocka_unit_test(names_that_do_not_rise_are_not_put),
		cmocka_unit_test(a_file_that_is_cut_is_refused),
		cmocka_unit_test(a_byte_changed_meanwhile_is_noticed),
		cmocka_unit_test(every_changed_byte_of_a_header_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
