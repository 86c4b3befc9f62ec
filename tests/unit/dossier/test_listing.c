/* SPDX-License-Identifier: BSD-2-Clause */
/* test_listing.c - a hand-out lists exactly what it has to: held against a plain
 * count over made-up logs, with every single entry put in or left out. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dossier/dossier.h"
#include "harness/harness.h"

enum {
	SIZE = 48, /* of a log */
	LOGS = 60
};

/* The archives sort by number; the third is another vault's. */
static const char *const archives[] = { "XPF-0009", "XPF-10000", "ABC-0009",
	"XPF-0001" };
static const struct {
	enum mun_event_type type;
	int archive; /* -1: none */
} kinds[] = { { MUN_EVENT_ACTOR_REVOKED, -1 }, { MUN_EVENT_TIME_STAMP, -1 },
	{ MUN_EVENT_FIXITY_CHECK, -1 }, { MUN_EVENT_UNKNOWN, -1 },
	{ MUN_EVENT_FIXITY_CHECK, 0 }, { MUN_EVENT_UNKNOWN, 0 },
	{ MUN_EVENT_ACCESS, 0 }, { MUN_EVENT_DEPOSIT, 1 },
	{ MUN_EVENT_COPY, 2 }, { MUN_EVENT_MIGRATION, 3 } };

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

/* As ranges; false where nothing is listed. */
static bool
list(struct mun_detail *detail, const bool listed[SIZE])
{
	detail->entry_count = 0;
	for (uint64_t seq = 0; seq < SIZE; seq++) {
		if (!listed[seq])
			continue;
		if (seq > 0 && listed[seq - 1])
			detail->entries[detail->entry_count - 1].last = seq;
		else
			detail->entries[detail->entry_count++] =
			    (struct mun_seq_range){ seq, seq };
	}
	return detail->entry_count > 0;
}

/* Every list that differs in one entry is wrong, and that entry is named. */
static void
change_each(const struct mun_dossier_listing *listing,
    struct mun_detail *detail, bool due[SIZE], uint64_t size)
{
	char fault[MUN_DOSSIER_FAULT_MAX], words[48];

	for (uint64_t seq = 0; seq < SIZE; seq++) {
		due[seq] = !due[seq];
		if (list(detail, due)) {
			if (mun_dossier_listing_is_exact(
				listing, detail, fault))
				fail_msg("entry %" PRIu64 " of %" PRIu64
					 " %s, and nothing is wrong",
				    seq, size, due[seq] ? "added" : "left out");
			(void)snprintf(words, sizeof(words),
			    due[seq] ? "it lists entry %" PRIu64 ","
				     : "it does not list entry %" PRIu64,
			    seq);
			assert_memory_equal(fault, words, strlen(words));
			assert_true(due[seq] || strcmp(fault, words) == 0);
		}
		due[seq] = !due[seq];
	}
}

static void
exactly_what_is_due_is_exact(void **state)
{
	struct mun_seq_range ranges[SIZE];
	struct mun_detail detail = { .type = MUN_EVENT_COPY,
		.entries = ranges };
	char fault[MUN_DOSSIER_FAULT_MAX];
	uint32_t seed = 7;

	(void)state;
	mun_detail_give(&detail, MUN_DETAIL_ENTRIES);
	for (unsigned i = 0; i < LOGS; i++) {
		struct mun_dossier_listing *listing = NULL;
		int own = (int)(i % 4);
		bool due[SIZE] = { true };

		MUN_EXPECT_OK(mun_dossier_listing_new(&listing, NULL), NULL);
		MUN_EXPECT_OK(mun_dossier_listing_take(listing, 0,
				  MUN_EVENT_VAULT_CREATED, "", NULL),
		    NULL);
		(void)snprintf(detail.subject.archive,
		    sizeof(detail.subject.archive), "%s", archives[own]);
		for (uint64_t seq = 1; seq + i % 5 < SIZE; seq++) {
			size_t k = next_random(&seed) %
			    (sizeof(kinds) / sizeof(kinds[0]));

			due[seq] = kinds[k].archive == own ||
			    (kinds[k].archive == -1 &&
				kinds[k].type != MUN_EVENT_UNKNOWN);
			MUN_EXPECT_OK(mun_dossier_listing_take(listing, seq,
					  kinds[k].type,
					  kinds[k].archive < 0
					      ? ""
					      : archives[kinds[k].archive],
					  NULL),
			    NULL);
		}
		assert_true(list(&detail, due));
		assert_true(
		    mun_dossier_listing_is_exact(listing, &detail, fault));
		assert_string_equal(fault, "");
		change_each(listing, &detail, due, i);
		mun_dossier_listing_free(listing);
	}
}

/* The largest numbers that an event can have. */
static void
a_range_without_end_is_not_exact(void **state)
{
	struct mun_seq_range range = { 0, INT64_MAX };
	struct mun_detail detail = { .type = MUN_EVENT_COPY,
		.entries = &range,
		.entry_count = 1,
		.subject = { .archive = "XPF-0001" } };
	struct mun_dossier_listing *listing = NULL;
	char fault[MUN_DOSSIER_FAULT_MAX];

	(void)state;
	MUN_EXPECT_OK(mun_dossier_listing_new(&listing, NULL), NULL);
	MUN_EXPECT_OK(mun_dossier_listing_take(
			  listing, 0, MUN_EVENT_VAULT_CREATED, "", NULL),
	    NULL);
	assert_false(mun_dossier_listing_is_exact(listing, &detail, fault));
	assert_non_null(strstr(fault, "lists entry 1,"));
	mun_dossier_listing_free(listing);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(exactly_what_is_due_is_exact),
		cmocka_unit_test(a_range_without_end_is_not_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
