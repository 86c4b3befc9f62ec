/* SPDX-License-Identifier: BSD-2-Clause */
/* test_line_edits.c - tables of lines that mean, or say, something else. */
#include "lines.h"

#include <stdlib.h>
#include <string.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_edit_is_refused),
		cmocka_unit_test(
		    test_canonical_lines_with_other_values_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
