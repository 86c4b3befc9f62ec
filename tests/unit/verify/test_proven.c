/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_proven.c - proof times, renewals, and how many authorities agree.
 *
 * Time is counted in days; an authority is a root, an end, and perhaps a day
 * from which it is revoked.
 */
#include <string.h>

#include "harness/harness.h"
#include "verify/proven.h"

#define DAY INT64_C(86400)

struct authority {
	uint8_t root;
	int64_t end, revoked; /* days; revoked 0: never */
	uint8_t own; /* key */
};
/* A token: by whom, and the day that it states. */
struct token {
	const struct authority *by; /* NULL: one that does not verify */
	int64_t day, accuracy_s;
};
enum {
	BATCHES = 6,
	TOKENS = 3
};
struct world {
	struct mun_proven proven;
	struct token tokens[BATCHES][TOKENS];
	int64_t asked_utc_s[BATCHES][TOKENS]; /* last proof time asked for */
};

static const struct authority heron = { 1, 1000, 0, 101 },
			      rail = { 2, 4000, 0, 102 },
			      dunlin = { 3, 9000, 0, 103 },
			      stork = { 4, 9000, 500, 104 },
			      heron_again = { 1, 9000, 0, 105 },
			      avocet = { 5, 9000, 0, 106 },
			      /* by way of two roots, with one key */
    crane = { 6, 9000, 0, 107 }, crane_again = { 7, 9000, 0, 107 };

static enum mun_status
judge(void *ctx, size_t batch, size_t stamp, int64_t at_utc_s,
    struct mun_proven_stamp *out, struct mun_error *err)
{
	struct world *world = ctx;
	const struct token *token = &world->tokens[batch][stamp];

	(void)err;
	world->asked_utc_s[batch][stamp] = at_utc_s;
	out->rule = "ts.signature";
	if (token->by == NULL)
		return MUN_OK;
	out->has_time = true;
	out->time_utc_s = token->day * DAY;
	out->accuracy_s = token->accuracy_s;
	out->keys.count = 2;
	out->keys.sha256[0][0] = token->by->own;
	out->keys.sha256[1][0] = token->by->root;
	if (out->time_utc_s > at_utc_s)
		out->rule = "ts.late";
	else if (at_utc_s >= token->by->end * DAY)
		out->rule = "ts.expired";
	else if (token->by->revoked != 0 &&
	    at_utc_s >= token->by->revoked * DAY)
		out->rule = "ts.revoked";
	else
		out->rule = NULL;
	return MUN_OK;
}

/* A batch over size entries, logged as seq on that day, with these tokens. */
static struct mun_proven_batch *
add_three(struct world *world, uint64_t seq, uint64_t size, int64_t day,
    const struct authority *const by[TOKENS])
{
	size_t at = world->proven.count;
	size_t count = by[2] != NULL ? 3 : by[1] != NULL ? 2 : 1;
	struct mun_proven_batch *batch =
	    mun_proven_add(&world->proven, seq, size, count);

	assert_non_null(batch);
	for (size_t i = 0; i < batch->stamp_count; i++)
		world->tokens[at][i] = (struct token){ by[i], day, 0 };
	batch->is_of_log = true;
	batch->event_utc_s = batch->covered_utc_s = day * DAY;
	return batch;
}

static struct mun_proven_batch *
add(struct world *world, uint64_t seq, uint64_t size, int64_t day,
    const struct authority *first, const struct authority *second)
{
	return add_three(world, seq, size, day,
	    (const struct authority *const[]){ first, second, NULL });
}

static void
run(struct world *world, int64_t now)
{
	assert_int_equal(
	    mun_proven_run(&world->proven, judge, world, now * DAY, NULL),
	    MUN_OK);
}

static void
expect_by(
    const struct world *world, uint64_t seq, int64_t day, size_t authorities)
{
	struct mun_proven_bound bound;

	assert_true(mun_proven_by(&world->proven, seq, &bound));
	assert_int_equal(bound.utc_s, day * DAY);
	assert_int_equal(bound.authorities, authorities);
}

static void
expect_unproven(const struct world *world, uint64_t seq)
{
	struct mun_proven_bound bound;

	assert_false(mun_proven_by(&world->proven, seq, &bound));
}

static void
test_proven_nothing_of_nothing(void **state)
{
	struct world world = { .proven = { NULL } };
	int64_t utc_s;

	(void)state;
	expect_unproven(&world, 0);
	run(&world, 100);
	expect_unproven(&world, 0);
	assert_false(mun_proven_after(&world.proven, 9, &utc_s));
	assert_int_equal(mun_proven_covered(&world.proven), 0);
	mun_proven_clear(&world.proven);
}

static void
test_proven_by_the_earliest_that_covers(void **state)
{
	struct world world = { .proven = { NULL } };
	struct mun_proven_bound bound;
	int64_t utc_s;

	(void)state;
	add(&world, 3, 2, 100, &heron, &rail);
	add(&world, 6, 6, 200, &heron, NULL);
	world.tokens[0][1].day = 101;
	world.tokens[0][0].accuracy_s = DAY / 2;
	run(&world, 300);
	/* the first may be half a day later than it says */
	assert_true(mun_proven_by(&world.proven, 1, &bound));
	assert_int_equal(bound.utc_s, 100 * DAY + DAY / 2);
	assert_int_equal(bound.batch, 0);
	assert_int_equal(bound.stamp, 0);
	assert_int_equal(bound.authorities, 2);
	expect_by(&world, 2, 200, 1);
	expect_by(&world, 5, 200, 1);
	expect_unproven(&world, 6);
	assert_int_equal(mun_proven_covered(&world.proven), 6);
	/* what follows a token is after the newest of them */
	assert_false(mun_proven_after(&world.proven, 3, &utc_s));
	assert_true(mun_proven_after(&world.proven, 4, &utc_s));
	assert_int_equal(utc_s, 101 * DAY);
	assert_true(mun_proven_after(&world.proven, 7, &utc_s));
	assert_int_equal(utc_s, 200 * DAY);
	mun_proven_clear(&world.proven);
}

static void
test_proven_after_expiry_by_renewals(void **state)
{
	struct world world = { .proven = { NULL } };

	(void)state;
	add(&world, 2, 2, 100, &heron, NULL);
	add(&world, 3, 3, 900, &rail, NULL);
	add(&world, 4, 4, 3900, &dunlin, NULL);
	run(&world, 8999); /* heron and rail are long over */
	expect_by(&world, 1, 100, 1);
	expect_by(&world, 2, 900, 1);
	assert_int_equal(world.asked_utc_s[0][0], 900 * DAY);
	assert_int_equal(world.asked_utc_s[1][0], 3900 * DAY);
	assert_int_equal(world.asked_utc_s[2][0], 8999 * DAY);
	assert_true(world.proven.batches[0].stamps[0].is_renewed);
	assert_int_equal(world.proven.batches[0].stamps[0].renewed_size, 3);
	assert_false(world.proven.batches[2].stamps[0].is_renewed);
	/* and when the last one is over, everything is */
	run(&world, 9000);
	expect_unproven(&world, 1);
	assert_string_equal(
	    world.proven.batches[0].stamps[0].rule, "ts.expired");
	mun_proven_clear(&world.proven);
}

static void
test_proven_not_by_a_renewal_that_came_too_late(void **state)
{
	struct world world = { .proven = { NULL } };

	(void)state;
	add(&world, 2, 2, 100, &heron, NULL);
	add(&world, 3, 3, 1000, &rail, NULL); /* the day that heron ends */
	run(&world, 2000);
	assert_string_equal(
	    world.proven.batches[0].stamps[0].rule, "ts.expired");
	expect_by(&world, 1, 1000, 1); /* by the later token alone */
	mun_proven_clear(&world.proven);
}

static void
test_proven_not_by_a_token_that_does_not_cover_it(void **state)
{
	struct world world = { .proven = { NULL } };

	(void)state;
	add(&world, 2, 2, 100, &heron, NULL);
	add(&world, 3, 2, 900, &rail, NULL); /* not over entry 2 */
	run(&world, 2000);
	assert_false(world.proven.batches[0].stamps[0].is_renewed);
	expect_by(&world, 1, 900, 1);
	mun_proven_clear(&world.proven);
}

static void
test_proven_despite_a_revocation_after_the_renewal(void **state)
{
	struct world world = { .proven = { NULL } };

	(void)state;
	add(&world, 2, 2, 100, &stork, NULL); /* revoked from day 500 */
	add(&world, 3, 3, 499, &rail, NULL);
	run(&world, 600);
	expect_by(&world, 1, 100, 1);
	mun_proven_clear(&world.proven);
	memset(&world, 0, sizeof(world));
	add(&world, 2, 2, 100, &stork, NULL);
	add(&world, 3, 3, 501, &rail, NULL); /* revoked in between */
	run(&world, 600);
	assert_string_equal(
	    world.proven.batches[0].stamps[0].rule, "ts.revoked");
	expect_by(&world, 1, 501, 1);
	mun_proven_clear(&world.proven);
}

static void
test_proven_by_as_many_as_the_weakest_link(void **state)
{
	struct world world = { .proven = { NULL } };

	(void)state;
	/* two agree, and both still hold: what comes later takes nothing */
	add(&world, 2, 2, 100, &heron, &dunlin);
	add(&world, 3, 3, 900, &rail, NULL);
	run(&world, 950);
	expect_by(&world, 1, 100, 2);
	/* both are over: then there is one behind them */
	run(&world, 1500); /* heron is over, dunlin is not */
	expect_by(&world, 1, 100, 1);
	mun_proven_clear(&world.proven);
	memset(&world, 0, sizeof(world));
	add(&world, 2, 2, 100, &heron, &rail);
	add(&world, 3, 3, 900, &rail, &dunlin);
	add(&world, 4, 4, 3900, &dunlin, &stork); /* stork is revoked */
	run(&world, 5000);
	expect_by(&world, 1, 100, 1);
	mun_proven_clear(&world.proven);
	/* one of three still holds, and two are behind the others */
	memset(&world, 0, sizeof(world));
	add_three(&world, 2, 2, 100,
	    (const struct authority *const[]){ &heron, &rail, &dunlin });
	add(&world, 3, 3, 900, &rail, &dunlin);
	add(&world, 4, 4, 3900, &dunlin, &avocet);
	run(&world, 5000);
	expect_by(&world, 1, 100, 2);
	mun_proven_clear(&world.proven);
	/* two of one root are one */
	memset(&world, 0, sizeof(world));
	add(&world, 2, 2, 100, &heron, &heron_again);
	run(&world, 200);
	expect_by(&world, 1, 100, 1);
	mun_proven_clear(&world.proven);
	/* and so is one that two roots vouch for */
	memset(&world, 0, sizeof(world));
	add(&world, 2, 2, 100, &crane, &crane_again);
	run(&world, 200);
	expect_by(&world, 1, 100, 1);
	mun_proven_clear(&world.proven);
	/* a third that shares nothing is another, wherever it stands */
	memset(&world, 0, sizeof(world));
	add_three(&world, 2, 2, 100,
	    (const struct authority *const[]){ &crane, &crane_again, &rail });
	run(&world, 200);
	expect_by(&world, 1, 100, 2);
	mun_proven_clear(&world.proven);
}

static void
test_proven_by_those_who_hold_when_others_do_not(void **state)
{
	struct world world = { .proven = { NULL } };

	(void)state;
	add(&world, 2, 2, 103, NULL, &rail);
	world.tokens[0][0].day = 100;
	run(&world, 200);
	expect_by(&world, 1, 103, 1);
	assert_false(world.proven.batches[0].stamps[0].counts);
	mun_proven_clear(&world.proven);
}

static void
test_proven_not_by_other_checkpoints_nor_out_of_order(void **state)
{
	struct world world = { .proven = { NULL } };
	struct mun_proven_batch *batch;
	int64_t utc_s;

	(void)state;
	add(&world, 2, 2, 100, &rail, NULL)->is_of_log = false;
	/* over events that claim to be later: at the slack, and beyond it */
	batch = add(&world, 4, 4, 200, &rail, NULL);
	batch->covered_utc_s = 202 * DAY;
	batch = add(&world, 6, 5, 300, &rail, NULL);
	batch->covered_utc_s = 301 * DAY;
	/* logged by an event that claims to be earlier */
	batch = add(&world, 8, 7, 400, &rail, NULL);
	batch->event_utc_s = 398 * DAY;
	run(&world, 500);
	assert_int_equal(
	    world.proven.batches[1].stamps[0].order, MUN_PROVEN_BEFORE_EVENTS);
	assert_int_equal(
	    world.proven.batches[2].stamps[0].order, MUN_PROVEN_FITS);
	assert_int_equal(
	    world.proven.batches[3].stamps[0].order, MUN_PROVEN_AFTER_EVENT);
	expect_by(&world, 1, 300, 1);
	expect_unproven(&world, 5);
	assert_true(mun_proven_after(&world.proven, 99, &utc_s));
	assert_int_equal(utc_s, 300 * DAY);
	mun_proven_clear(&world.proven);
}

static void
test_proven_clocks_may_differ_a_little(void **state)
{
	struct world world = { .proven = { NULL } };

	(void)state;
	add(&world, 2, 2, 100, &heron, NULL);
	add(&world, 3, 3, 100, &rail, NULL);
	run(&world, 200); /* the same second */
	expect_by(&world, 1, 100, 1);
	/* a later token that is earlier than the one it covers: not by that
	 * much */
	world.proven.batches[1].covered_utc_s = 99 * DAY;
	world.tokens[1][0].day = 99;
	run(&world, 200);
	assert_string_equal(world.proven.batches[0].stamps[0].rule, "ts.late");
	/* but by as much as they admit themselves */
	world.tokens[0][0].accuracy_s = DAY;
	run(&world, 200);
	assert_null(world.proven.batches[0].stamps[0].rule);
	assert_int_equal(world.asked_utc_s[0][0], 100 * DAY);
	mun_proven_clear(&world.proven);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proven_nothing_of_nothing),
		cmocka_unit_test(test_proven_by_the_earliest_that_covers),
		cmocka_unit_test(test_proven_after_expiry_by_renewals),
		cmocka_unit_test(
		    test_proven_not_by_a_renewal_that_came_too_late),
		cmocka_unit_test(
		    test_proven_not_by_a_token_that_does_not_cover_it),
		cmocka_unit_test(
		    test_proven_despite_a_revocation_after_the_renewal),
		cmocka_unit_test(test_proven_by_as_many_as_the_weakest_link),
		cmocka_unit_test(
		    test_proven_by_those_who_hold_when_others_do_not),
		cmocka_unit_test(
		    test_proven_not_by_other_checkpoints_nor_out_of_order),
		cmocka_unit_test(test_proven_clocks_may_differ_a_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
