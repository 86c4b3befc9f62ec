/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_lines.c - what every strict parser has in common: the canonical line is
 * accepted and written again, anything else is refused.
 */
#include "harness/harness.h"

#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"

#define HEX32 "00112233445566778899aabbccddeeff"
#define HEX64 HEX32 "0123456789abcdef0123456789abcdef"
#define HEX128 HEX64 HEX64

/* Parse a line without LF, write it again to out. */
typedef enum mun_status again_fn(const char *line, size_t len,
    struct mun_buffer *out, struct mun_error *err);

static enum mun_status
record_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	struct mun_record record;
	enum mun_status status = mun_record_parse(&record, line, len, err);

	if (status == MUN_OK)
		mun_record_write(&record, out);
	return status;
}

static enum mun_status
private_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_private parsed;
	enum mun_status status =
	    mun_private_parse(&parsed, &scratch, line, len, err);

	if (status == MUN_OK)
		mun_private_write(&parsed, out);
	mun_buffer_free(&scratch);
	return status;
}

static enum mun_status
member_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_member member;
	enum mun_status status =
	    mun_member_parse(&member, &scratch, line, len, err);

	if (status == MUN_OK)
		mun_member_write(&member, out);
	mun_buffer_free(&scratch);
	return status;
}

static enum mun_status
finding_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	struct mun_buffer scratch = MUN_BUFFER_INIT(MUN_LINE_MAX);
	struct mun_finding finding;
	enum mun_status status =
	    mun_finding_parse(&finding, &scratch, line, len, err);

	if (status == MUN_OK)
		mun_finding_write(&finding, out);
	mun_buffer_free(&scratch);
	return status;
}

/* A file is its line and a LF; so that one table serves all, add it here. */
static char *
with_line_feed(const char *line, size_t len)
{
	char *file = malloc(len + 1);

	assert_non_null(file);
	memcpy(file, line, len);
	file[len] = '\n';
	return file;
}

static enum mun_status
deposit_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	char *file = with_line_feed(line, len);
	struct mun_deposit_metadata metadata;
	enum mun_status status =
	    mun_deposit_metadata_parse(&metadata, file, len + 1, err);

	if (status == MUN_OK)
		mun_deposit_metadata_write(&metadata, out);
	free(file);
	return status;
}

static enum mun_status
seal_again(
    const char *line, size_t len, struct mun_buffer *out, struct mun_error *err)
{
	char *file = with_line_feed(line, len);
	struct mun_seal seal;
	enum mun_status status = mun_seal_parse(&seal, file, len + 1, err);

	if (status == MUN_OK)
		mun_seal_write(&seal, out);
	free(file);
	return status;
}

#define RECORD_LINE                                                         \
	"{\"n\":42,\"file\":\"data/XPF-0003-000042.pdf\",\"size\":18234,"   \
	"\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\","               \
	"\"media_type\":\"application/pdf\",\"private\":{\"name\":\"" HEX64 \
	"\",\"path\":\"" HEX64 "\",\"times\":\"" HEX64                      \
	"\",\"description\":\"" HEX64 "\"},\"salt\":\"" HEX64 "\"}"

#define DEPOSIT_LINE                                                          \
	"{\"format\":\"muniment-deposit/1\",\"archive\":\"XPF-0003\","        \
	"\"tool\":\"muniment 0.1.0\",\"algorithms\":[\"sha256\",\"sha512\"]," \
	"\"documents\":2,\"bytes\":300,\"members\":0,\"findings\":1,"         \
	"\"sandbox\":true,\"times\":false,\"limits\":{\"identify_bytes\":1,"  \
	"\"inspect_depth\":2,\"inspect_members\":3,\"inspect_bytes\":4,"      \
	"\"inspect_nested_bytes\":5,\"inspect_ratio\":6,"                     \
	"\"inspect_cpu_s\":7},\"padding_seed\":\"" HEX64 "\"}"

#define SEAL_LINE                                                             \
	"{\"format\":\"muniment-archive/1\",\"origin\":\"example.org/log\","  \
	"\"vault\":\"" HEX64 "\",\"archive\":\"XPF-0003\",\"after\":\"" HEX64 \
	"\",\"sealed_at\":\"2026-11-23T10:11:12Z\",\"complete\":true,"        \
	"\"document_root\":\"" HEX64 "\",\"tagmanifest_sha256\":\"" HEX64     \
	"\",\"tagmanifest_sha512\":\"" HEX128 "\",\"nonce\":\"" HEX64 "\"}"

#define MEMBER_LINE                                             \
	"{\"n\":42,\"m\":3,\"in\":1,\"name_b64\":\"Li4vYQ==\"," \
	"\"name\":\"../a\",\"size\":10,\"sha256\":\"" HEX64     \
	"\",\"sha512\":\"" HEX128 "\"}"

#define LINK_LINE                                                    \
	"{\"rule\":\"source.symlink\",\"path_b64\":\"YS9i\","        \
	"\"path\":\"a/b\",\"target_b64\":\"/w==\",\"detail\":\"not " \
	"followed\"}"

static const struct {
	again_fn *again;
	const char *line;
} good[] = {
	{ record_again, RECORD_LINE },
	{ record_again,
	    "{\"n\":1,\"file\":\"data/A1-0001-000001\",\"size\":0,"
	    "\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\","
	    "\"media_type\":\"a/b\",\"private\":{\"name\":\"" HEX64
	    "\",\"path\":\"" HEX64 "\"},\"salt\":\"" HEX64 "\"}" },
	{ record_again,
	    "{\"n\":9223372036854775807,\"file\":\"data/A1-0001-2\","
	    "\"size\":9223372036854775807,"
	    "\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\","
	    "\"media_type\":\"x-a/b.c+d_e-f\",\"private\":{\"name\":\"" HEX64
	    "\",\"path\":\"" HEX64 "\",\"description\":\"" HEX64
	    "\"},\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"name\",\"bytes_b64\":\"YSJcCgF/\","
	    "\"text\":\"a\\\"\\\\\\n\\u0001\x7f\",\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"name\",\"bytes_b64\":\"/w==\","
	    "\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"path\",\"bytes_b64\":\"YS8uLi4vYg==\","
	    "\"text\":\"a/.../b\",\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"times\",\"modified_s\":-1,"
	    "\"modified_ns\":999999999,\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"times\","
	    "\"modified_s\":-9223372036854775808,"
	    "\"modified_ns\":0,\"salt\":\"" HEX64 "\"}" },
	{ private_again,
	    "{\"n\":42,\"field\":\"description\",\"text\":\"PDF, "
	    "\xc2\xa0\xe2\x82\xac\",\"salt\":\"" HEX64 "\"}" },
	{ member_again, MEMBER_LINE },
	{ member_again,
	    "{\"n\":42,\"m\":1,\"in\":0,\"name_b64\":\"\",\"name\":\"\","
	    "\"size\":0,\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\"}" },
	{ member_again, /* a NUL in it: no text */
	    "{\"n\":42,\"m\":4294967295,\"in\":4294967294,"
	    "\"name_b64\":\"AA==\","
	    "\"size\":0,\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\"}" },
	{ finding_again, LINK_LINE },
	{ finding_again,
	    "{\"rule\":\"identify.failed\",\"n\":1,\"detail\":\"\"}" },
	{ finding_again,
	    "{\"rule\":\"container.died\",\"n\":1,\"m\":2,"
	    "\"detail\":\"~\"}" },
	{ deposit_again, DEPOSIT_LINE },
	{ seal_again, SEAL_LINE },
};
enum {
	GOOD_COUNT = sizeof(good) / sizeof(good[0])
};

static void
expect_round_trip(size_t i)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_error err = MUN_ERROR_INIT;
	size_t len = strlen(good[i].line);

	MUN_EXPECT_OK(good[i].again(good[i].line, len, &out, &err), &err);
	assert_int_equal(out.len, len + 1);
	assert_memory_equal(out.data, good[i].line, len);
	assert_int_equal(out.data[len], '\n');
	mun_buffer_free(&out);
}

static void
test_canonical_lines_are_read_and_written_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++)
		expect_round_trip(i);
}

/* What is accepted has to be what is written again: the parser's promise. */
static enum mun_status
try_line(again_fn *again, const char *line, size_t len)
{
	struct mun_buffer out = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status = again(line, len, &out, &err);

	if (status == MUN_OK) {
		assert_int_equal(out.len, len + 1);
		assert_memory_equal(out.data, line, len);
	} else {
		assert_int_equal(status, MUN_ERR_FORMAT);
		assert_true(strlen(err.text) > 10);
	}
	mun_buffer_free(&out);
	return status;
}

static void
test_every_bit_flip_is_refused_or_means_something_else(void **state)
{
	size_t refused = 0;
	size_t tried = 0;

	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		size_t len = strlen(good[i].line);
		char *line = with_line_feed(good[i].line, len);

		for (size_t bit = 0; bit < len * 8; bit++) {
			line[bit / 8] ^= (char)(1U << bit % 8);
			refused += try_line(good[i].again, line, len) != MUN_OK;
			line[bit / 8] ^= (char)(1U << bit % 8);
			tried++;
		}
		free(line);
	}
	/* Most flips break a digit or a key; some make another digit. */
	assert_true(refused > tried / 2);
}

static void
test_every_truncation_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		for (size_t len = 0; len < strlen(good[i].line); len++) {
			char *line = with_line_feed(good[i].line, len);

			assert_int_not_equal(
			    try_line(good[i].again, line, len), MUN_OK);
			free(line);
		}
	}
}

/* The line with its first `from` replaced; NULL if it is not in there. */
static char *
replaced(const char *line, const char *from, const char *to, size_t to_len,
    size_t *len)
{
	const char *at = strstr(line, from);
	size_t head;
	size_t tail;
	char *out;

	if (at == NULL)
		return NULL;
	head = (size_t)(at - line);
	tail = strlen(at) - strlen(from);
	*len = head + to_len + tail;
	out = malloc(*len + 1);
	assert_non_null(out);
	memcpy(out, line, head);
	memcpy(out + head, to, to_len);
	memcpy(out + head + to_len, at + strlen(from), tail + 1);
	return out;
}

/* An edit that no line of any kind survives. */
#define EDIT(from, to)                   \
	{                                \
		from, to, sizeof(to) - 1 \
	}
static const struct {
	const char *from, *to;
	size_t to_len;
} edits[] = {
	EDIT("{", "\xef\xbb\xbf{"), /* BOM */
	EDIT("{", " {"),
	EDIT("{", "{ "),
	EDIT(":", ": "),
	EDIT(":", " :"),
	EDIT(",", ", "),
	EDIT(",", ",,"),
	EDIT("{", "["),
	EDIT("{", ""),
	EDIT("{", "{\"x\":1,"), /* unknown key */
	EDIT("{", "{\"__proto__\":{},"),
	EDIT("\":", "\":\"\\u0000\",\"y\":"),
	EDIT("{", "{\"n\":1,\"n\":1,"),
	EDIT("{", "{\"rule\":1,"),
	EDIT("{", "{\"format\":\"muniment-archive/0\","),
	EDIT("{", "{\"format\":\"muniment-archive/1\","),
	EDIT("aabb", "AABB"),
	EDIT("aabb", "aab"),
	EDIT("aabb", "aabg"),
	EDIT("aabb", "aabbc"),
	EDIT("00112233", "0x112233"),
	EDIT("\"n\":1", "\"n\":0"),
	EDIT("\"n\":1", "\"n\":1.0"),
	EDIT("\"n\":1", "\"n\":1e0"),
	EDIT("\"n\":1", "\"n\":01"),
	EDIT("\"n\":1", "\"n\":+1"),
	EDIT("\"n\":1", "\"n\":-1"),
	EDIT("\"n\":1", "\"n\":\"1\""),
	EDIT("\"n\":1", "\"n\":true"),
	EDIT("\"n\":1", "\"n\":null"),
	EDIT("\"n\":1", "\"n\":9223372036854775808"),
	EDIT("\"n\":1", "\"n\":1e999"),
	EDIT("\"n\":1", "\"n\":NaN"),
	EDIT("\"n\":4", "\"n\":04"),
	EDIT("\"n\":4", "\"n\":1.5e"),
	EDIT("\"size\":1", "\"size\":-1"),
	EDIT("\"size\":1", "\"size\":01"),
	EDIT("\"size\":1", "\"size\":-0,\"a\":1"),
	EDIT("data/", "data\\/"),
	EDIT("\"a/b\"", "\"\\u0061/b\""),
	EDIT("application/pdf", "application\\/pdf"),
	EDIT("application/pdf", "Application/pdf"),
	EDIT("application/pdf", "application"),
	EDIT("application/pdf", "application/"),
	EDIT("application/pdf", "/pdf"),
	EDIT("application/pdf", "a/b/c"),
	EDIT("application/pdf", "a/b; c=d"),
	EDIT("data/XPF", "XPF"),
	EDIT("data/XPF", "data/../XPF"),
	EDIT("data/XPF", "/data/XPF"),
	EDIT("data/XPF-0003", "data/."),
	EDIT("data/XPF", "data/X\\u0000PF"),
	EDIT("data/XPF",
	    "data/"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaa"),
	EDIT("\"name\":\"0", "\"nome\":\"0"),
	EDIT("\"private\":{", "\"private\":[],\"p\":{"),
	EDIT("\"private\":{", "\"private\":{\"x\":\"\","),
	EDIT("YSJcCgF/", "YSJcCgF_"),
	EDIT("/w==", "/w"),
	EDIT("/w==", "/x=="),
	EDIT("/w==", "/w==\\n"),
	EDIT("/w==", ""),
	EDIT("YS8uLi4vYg==", "YS8uLi9i"), /* a/../b */
	EDIT("YS8uLi4vYg==", "L2E="), /* absolute */
	EDIT("YS8uLi4vYg==", "YS8="), /* trailing slash */
	EDIT("YS8uLi4vYg==", "YS8vYg=="), /* empty component */
	EDIT("YS8uLi4vYg==", "AA=="), /* NUL */
	EDIT("YS8uLi4vYg==", "Lg=="), /* . */
	EDIT("\"field\":\"", "\"field\":\"x"),
	EDIT("\"field\":\"times", "\"field\":\"description"),
	EDIT("999999999", "1000000000"),
	EDIT("999999999", "-1"),
	EDIT(":-1", ":-0"),
	EDIT("-9223372036854775808", "-9223372036854775809"),
	EDIT("PDF, \xc2\xa0\xe2\x82\xac", ""),
	EDIT("PDF", "\x7f"),
	EDIT("PDF", "\\u001b"),
	EDIT("PDF", "\xc2\x85"),
	EDIT("PDF", "\xff"),
	EDIT("PDF", "\xed\xa0\x80"),
	EDIT("PDF", "\\ud800"),
	EDIT("PDF", "\\u0050"),
	EDIT("PDF", "\x01"),
	EDIT("\"m\":3", "\"m\":0"),
	EDIT("\"m\":3", "\"m\":4294967296"),
	EDIT("\"m\":2", "\"m\":0"),
	EDIT("\"m\":2", "\"m\":4294967296"),
	EDIT("\"in\":1", "\"in\":3"),
	EDIT("\"in\":1", "\"in\":-1"),
	EDIT("\"n\":1,\"m\":2", "\"m\":2"),
	EDIT("\"n\":1,\"m\":2", "\"m\":2,\"n\":1"),
	EDIT("identify.failed", "identify.Failed"),
	EDIT("identify.failed", "unknown.rule"),
	EDIT("identify.failed", ""),
	EDIT("\"n\":1,", ""),
	EDIT("\"detail\":\"\"", "\"detail\":\"\\n\""),
	EDIT("\"detail\":\"\"", "\"detail\":\"\xc3\xa4\""),
	EDIT("\"detail\":\"\"", "\"detail\":null"),
	EDIT("\"path_b64\":\"YS9i\"", "\"n\":1,\"path_b64\":\"YS9i\""),
	EDIT("\"path_b64\":\"YS9i\",\"path\":\"a/b\"", "\"n\":0"),
	EDIT("\"path_b64\":\"YS9i\",\"path\":\"a/b\"",
	    "\"path_b64\":\"\",\"path\":\"\""),
	EDIT("\"target_b64\":\"/w==\"",
	    "\"target_b64\":\"/w==\",\"target\":"
	    "\"\xff\""),
	EDIT("muniment-deposit/1", "muniment-deposit/0"),
	EDIT("muniment-deposit/1", "muniment-deposit/01"),
	EDIT("[\"sha256\",\"sha512\"]", "[\"sha512\",\"sha256\"]"),
	EDIT("[\"sha256\",\"sha512\"]", "[\"sha256\"]"),
	EDIT("[\"sha256\",\"sha512\"]", "[\"md5\"]"),
	EDIT("[\"sha256\",\"sha512\"]", "[]"),
	EDIT("\"documents\":2", "\"documents\":0"),
	EDIT("muniment 0.1.0", ""),
	EDIT("muniment 0.1.0", "\\t"),
	EDIT("muniment 0.1.0", "m\xc3\xbc"),
	EDIT("muniment 0.1.0",
	    "0123456789"
	    "012345678901234567890123456789012345678901234567890123x"),
	EDIT("\"sandbox\":true", "\"sandbox\":1"),
	EDIT("\"sandbox\":true", "\"sandbox\":null"),
	EDIT("\"sandbox\":true,", ""),
	EDIT("inspect_depth", "inspect_death"),
	EDIT("\"limits\":{", "\"limits\":{\"a\":1,"),
	EDIT("\"inspect_cpu_s\":7", "\"inspect_cpu_s\":-7"),
	EDIT("XPF-0003\",\"tool", "XPF-003\",\"tool"),
	EDIT("\"archive\":\"XPF-0003\"", "\"archive\":\"xpf-0003\""),
	EDIT("\"archive\":\"XPF-0003\"", "\"archive\":\"XPF-0003\\u0000\""),
	EDIT("example.org/log", ""),
	EDIT("example.org/log", "example org"),
	EDIT("example.org/log", "ex\xc3\xa4mple"),
	EDIT("example.org/log", "a+b"),
	EDIT("2026-11-23T10:11:12Z", "2026-11-23T10:11:12z"),
	EDIT("2026-11-23T10:11:12Z", "2026-11-23 10:11:12Z"),
	EDIT("2026-11-23T10:11:12Z", "2026-11-23T10:11:60Z"),
	EDIT("2026-11-23T10:11:12Z", "2026-02-29T10:11:12Z"),
	EDIT("2026-11-23T10:11:12Z", "2026-11-23T10:11:12+00:00"),
	EDIT("2026-11-23T10:11:12Z", ""),
	EDIT("2026-11-23T10:11:12Z", "1"),
	EDIT("\"complete\":true", "\"complete\":\"true\""),
	EDIT("\"complete\":true,", ""),
	EDIT("\"vault\":\"" HEX64, "\"vault\":\"" HEX32),
	EDIT("\"document_root\":", "\"document_rot\":"),
};

static void
test_every_edit_is_refused(void **state)
{
	(void)state;
	for (size_t e = 0; e < sizeof(edits) / sizeof(edits[0]); e++) {
		size_t matched = 0;

		for (size_t i = 0; i < GOOD_COUNT; i++) {
			size_t len;
			char *line = replaced(good[i].line, edits[e].from,
			    edits[e].to, edits[e].to_len, &len);

			if (line == NULL)
				continue;
			matched++;
			if (try_line(good[i].again, line, len) == MUN_OK)
				fail_msg("accepted: %.*s", (int)len, line);
			free(line);
		}
		if (matched == 0)
			fail_msg(
			    "the edit of '%s' is in no line", edits[e].from);
	}
}

#define DETAIL_201                                                            \
	"0123456789012345678901234567890123456789012345678901234567890123456" \
	"0123456789012345678901234567890123456789012345678901234567890123456" \
	"0123456789012345678901234567890123456789012345678901234567890123456"

/* Canonical, and yet not allowed. */
static const struct {
	again_fn *again;
	const char *what, *line;
} bad[] = {
	{ record_again, "no name",
	    "{\"n\":1,\"file\":\"data/A1-0001-000001\",\"size\":0,"
	    "\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\","
	    "\"media_type\":\"a/b\",\"private\":{\"path\":\"" HEX64
	    "\"},\"salt\":\"" HEX64 "\"}" },
	{ record_again, "no path",
	    "{\"n\":1,\"file\":\"data/A1-0001-000001\",\"size\":0,"
	    "\"sha256\":\"" HEX64 "\",\"sha512\":\"" HEX128 "\","
	    "\"media_type\":\"a/b\",\"private\":{\"name\":\"" HEX64
	    "\"},\"salt\":\"" HEX64 "\"}" },
	{ private_again, "a NUL in a path",
	    "{\"n\":1,\"field\":\"path\",\"bytes_b64\":\"YQBi\","
	    "\"salt\":\"" HEX64 "\"}" },
	{ private_again, "a slash in a name",
	    "{\"n\":1,\"field\":\"name\",\"bytes_b64\":\"YS9i\","
	    "\"text\":\"a/b\",\"salt\":\"" HEX64 "\"}" },
	{ private_again, "dot-dot",
	    "{\"n\":1,\"field\":\"path\",\"bytes_b64\":\"YS8uLi9i\","
	    "\"text\":\"a/../b\",\"salt\":\"" HEX64 "\"}" },
	{ private_again, "an absolute path",
	    "{\"n\":1,\"field\":\"path\",\"bytes_b64\":\"L2E=\","
	    "\"text\":\"/a\",\"salt\":\"" HEX64 "\"}" },
	{ private_again, "an empty component",
	    "{\"n\":1,\"field\":\"path\",\"bytes_b64\":\"YS8vYg==\","
	    "\"text\":\"a//b\",\"salt\":\"" HEX64 "\"}" },
	{ private_again, "a dot",
	    "{\"n\":1,\"field\":\"name\",\"bytes_b64\":\"Lg==\","
	    "\"text\":\".\",\"salt\":\"" HEX64 "\"}" },
	{ finding_again, "a NUL in a path",
	    "{\"rule\":\"source.fifo\",\"path_b64\":\"YQBi\","
	    "\"detail\":\"\"}" },
	{ finding_again, "a detail too long",
	    "{\"rule\":\"source.changed\",\"n\":1,\"detail\":\"" DETAIL_201
	    "\"}" },
};

static void
test_canonical_lines_with_other_values_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (try_line(bad[i].again, bad[i].line, strlen(bad[i].line)) ==
		    MUN_OK)
			fail_msg("accepted: %s", bad[i].what);
	}
}

static void
test_every_addition_at_the_end_is_refused(void **state)
{
	static const char *const ends[] = { "\n", " ", "\r", "\t", "x", "{}",
		",", "\xff" };

	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		for (size_t e = 0; e < sizeof(ends) / sizeof(ends[0]); e++) {
			size_t len = strlen(good[i].line);
			char *line = malloc(len + 4);

			assert_non_null(line);
			memcpy(line, good[i].line, len);
			strcpy(line + len, ends[e]);
			assert_int_not_equal(
			    try_line(good[i].again, line, strlen(line)),
			    MUN_OK);
			/* The NUL after the line. */
			line[len] = '\0';
			assert_int_not_equal(
			    try_line(good[i].again, line, len + 1), MUN_OK);
			free(line);
		}
	}
}

static void
test_keys_in_another_order_are_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		/* Move the first member behind the second. */
		const char *first_end = strchr(good[i].line, ',');
		const char *second_end = strstr(first_end + 1, ",\"");
		size_t len = strlen(good[i].line);
		size_t first = (size_t)(first_end - good[i].line) - 1;
		size_t second;
		char *line = malloc(len + 1);

		assert_non_null(line);
		if (second_end == NULL) {
			free(line);
			continue;
		}
		second = (size_t)(second_end - first_end) - 1;
		line[0] = '{';
		memcpy(line + 1, first_end + 1, second);
		line[1 + second] = ',';
		memcpy(line + 2 + second, good[i].line + 1, first);
		strcpy(line + 2 + second + first, second_end);
		assert_int_equal(strlen(line), len);
		assert_int_not_equal(
		    try_line(good[i].again, line, len), MUN_OK);
		free(line);
	}
}

static void
test_a_deep_or_long_line_is_refused(void **state)
{
	size_t len = MUN_LINE_MAX + 1;
	char *line = malloc(len);

	(void)state;
	assert_non_null(line);
	memset(line, '[', len);
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		assert_int_equal(
		    try_line(good[i].again, line, 100000), MUN_ERR_FORMAT);
		assert_int_equal(
		    try_line(good[i].again, line, len), MUN_ERR_FORMAT);
		assert_int_equal(
		    try_line(good[i].again, "[]", 2), MUN_ERR_FORMAT);
		assert_int_equal(
		    try_line(good[i].again, "1", 1), MUN_ERR_FORMAT);
	}
	free(line);
}

static void
test_one_kind_of_line_is_not_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOOD_COUNT; i++) {
		for (size_t k = 0; k < GOOD_COUNT; k++) {
			if (good[k].again == good[i].again)
				continue;
			assert_int_equal(try_line(good[k].again, good[i].line,
					     strlen(good[i].line)),
			    MUN_ERR_FORMAT);
		}
	}
}

static void
test_a_file_ends_with_one_line_feed(void **state)
{
	struct mun_seal seal;
	struct mun_deposit_metadata metadata;
	struct mun_error err = MUN_ERROR_INIT;
	static const char seal_file[] = SEAL_LINE "\n\n";
	static const char deposit_file[] = DEPOSIT_LINE "\n\n";
	const size_t seal_len = sizeof(seal_file) - 2;
	const size_t deposit_len = sizeof(deposit_file) - 2;

	(void)state;
	MUN_EXPECT_OK(mun_seal_parse(&seal, seal_file, seal_len, &err), &err);
	MUN_EXPECT_STATUS(mun_seal_parse(&seal, seal_file, seal_len - 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_seal_parse(&seal, seal_file, seal_len + 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(
	    mun_seal_parse(&seal, "", 0, &err), MUN_ERR_FORMAT, &err);
	MUN_EXPECT_OK(mun_deposit_metadata_parse(
			  &metadata, deposit_file, deposit_len, &err),
	    &err);
	MUN_EXPECT_STATUS(mun_deposit_metadata_parse(
			      &metadata, deposit_file, deposit_len - 1, &err),
	    MUN_ERR_FORMAT, &err);
	MUN_EXPECT_STATUS(mun_deposit_metadata_parse(
			      &metadata, deposit_file, deposit_len + 1, &err),
	    MUN_ERR_FORMAT, &err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_canonical_lines_are_read_and_written_again),
		cmocka_unit_test(
		    test_every_bit_flip_is_refused_or_means_something_else),
		cmocka_unit_test(test_every_truncation_is_refused),
		cmocka_unit_test(test_every_edit_is_refused),
		cmocka_unit_test(
		    test_canonical_lines_with_other_values_are_refused),
		cmocka_unit_test(test_every_addition_at_the_end_is_refused),
		cmocka_unit_test(test_keys_in_another_order_are_refused),
		cmocka_unit_test(test_a_deep_or_long_line_is_refused),
		cmocka_unit_test(test_one_kind_of_line_is_not_another),
		cmocka_unit_test(test_a_file_ends_with_one_line_feed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
