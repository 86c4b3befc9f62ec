/* SPDX-License-Identifier: BSD-2-Clause */
/* test_tiles.c - which tile files a log has, and what they are called. */
#include <string.h>

#include "harness/harness.h"
#include "log/log.h"

static void
a_tile_is_named_as_the_specification_says(void **state)
{
	/* SOURCE: C2SP tlog-tiles, Merkle Tree: 1234067 is x001/x234/067. */
	static const struct {
		const char *name;
		uint64_t number;
		int level;
		unsigned width;
	} cases[] = {
		{ "log/tile/0/x001/x234/067", 1234067, 0, 256 },
		{ "log/tile/0/x001/x234/067.p/17", 1234067, 0, 17 },
		{ "log/tile/entries/x001/x234/067", 1234067, -1, 256 },
		{ "log/tile/7/000", 0, 7, 256 },
		{ "log/tile/0/999.p/255", 999, 0, 255 },
		{ "log/tile/1/x001/000.p/1", 1000, 1, 1 },
		{ "log/tile/entries/x018/x446/x744/x073/x709/x551/615.p/1",
		    UINT64_MAX, -1, 1 },
	};
	char name[MUN_TILE_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mun_tile_name(
		    name, cases[i].level, cases[i].number, cases[i].width);
		assert_string_equal(name, cases[i].name);
	}
}

static void
a_log_has_the_widths_that_the_specification_says(void **state)
{
	/* SOURCE: C2SP tlog-tiles, Partial Tiles: a tree of size 70,000 has
	 * partials of width 112, 17 and 1. */
	static const struct {
		const char *name;
		bool expected;
	} cases[] = {
		{ "log/checkpoint", true },
		{ "log/tile/0/273.p/112", true },
		{ "log/tile/entries/273.p/112", true },
		{ "log/tile/0/272", true },
		{ "log/tile/0/000", true },
		{ "log/tile/entries/000", true },
		{ "log/tile/1/000", true },
		{ "log/tile/1/001.p/17", true },
		{ "log/tile/2/000.p/1", true },
		{ "log/tile/0/273", false },
		{ "log/tile/0/273.p/111", false },
		{ "log/tile/0/273.p/113", false },
		{ "log/tile/0/272.p/255", false },
		{ "log/tile/0/274.p/1", false },
		{ "log/tile/1/001", false },
		{ "log/tile/1/002.p/1", false },
		{ "log/tile/2/000", false },
		{ "log/tile/3/000.p/1", false },
		{ "log/tile/entries/274.p/1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (mun_tile_name_is_expected(cases[i].name, 70000) !=
		    cases[i].expected)
			fail_msg("'%s'", cases[i].name);
	}
}

static void
no_other_spelling_is_a_tile(void **state)
{
	static const char *const names[] = { "", "log", "log/", "log/tile",
		"log/tile/", "log/tile/0", "log/tile/0/", "log/tile/0/00",
		"log/tile/0/0000", "log/tile/0/x000/000", "log/tile/0/000/",
		"log/tile/0//000", "log/tile/00/000", "log/tile/8/000",
		"log/tile/-1/000", "log/tile/+0/000", "log/tile/a/000",
		"log/tile/0/000.p", "log/tile/0/000.p/", "log/tile/0/000.p/0",
		"log/tile/0/000.p/01", "log/tile/0/000.p/256",
		"log/tile/0/000.p/257", "log/tile/0/000.p/1/",
		"log/tile/0/000.p/1 ", "log/tile/0/000.q/1", "log/tile/0/000\n",
		"log/tile/0/001/000", "log/tile/0/X001/000",
		"log/tile/0/x01/000", "log/tile/0/ 00", "log/tile/0/00a",
		"log/tile/entries", "log/tile/entries/", "log/tile/Entries/000",
		"log/tile/data/000", "/log/tile/0/000", "tile/0/000",
		"log/checkpoint.bak", "log/Checkpoint",
		"log/tile/0/x018/x446/x744/x073/x709/x551/616",
		"log/tile/0/x999/x999/x999/x999/x999/x999/x999/999",
		"log/tile/0/x001/x999/x999/x999/x999/x999/x999/999" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (mun_tile_name_is_expected(names[i], UINT64_MAX))
			fail_msg("'%s' is expected", names[i]);
		if (mun_tile_name_is_litter(names[i], UINT64_MAX))
			fail_msg("'%s' is litter", names[i]);
	}
}

static void
only_a_narrower_partial_is_litter(void **state)
{
	static const struct {
		const char *name;
		bool litter;
	} cases[] = {
		{ "log/tile/0/273.p/111", true },
		{ "log/tile/0/273.p/112", false },
		{ "log/tile/0/273.p/113", false },
		{ "log/tile/0/273", false },
		{ "log/tile/0/272", false },
		{ "log/tile/0/272.p/255", true },
		{ "log/tile/0/274.p/1", false },
		{ "log/tile/entries/273.p/1", true },
		{ "log/tile/1/000.p/9", true },
		{ "log/tile/2/000.p/1", false },
		{ "log/checkpoint", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (mun_tile_name_is_litter(cases[i].name, 70000) !=
		    cases[i].litter)
			fail_msg("'%s'", cases[i].name);
	}
}

static void
the_largest_log_has_names_for_all_its_tiles(void **state)
{
	char name[MUN_TILE_NAME_MAX];

	(void)state;
	for (int level = -1; level < MUN_TILE_LEVELS; level++) {
		uint64_t count =
		    level < 0 ? UINT64_MAX : UINT64_MAX >> (8 * level);

		mun_tile_name(
		    name, level, count / 256, (unsigned)(count % 256));
		assert_true(mun_tile_name_is_expected(name, UINT64_MAX));
		mun_tile_name(name, level, count / 256, 256);
		assert_false(mun_tile_name_is_expected(name, UINT64_MAX));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tile_is_named_as_the_specification_says),
		cmocka_unit_test(
		    a_log_has_the_widths_that_the_specification_says),
		cmocka_unit_test(no_other_spelling_is_a_tile),
		cmocka_unit_test(only_a_narrower_partial_is_litter),
		cmocka_unit_test(the_largest_log_has_names_for_all_its_tiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
