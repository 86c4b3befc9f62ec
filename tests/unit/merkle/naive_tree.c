/* SPDX-License-Identifier: BSD-2-Clause */
/* naive_tree.c - the recursive definitions, with each range kept once made. */
#include "naive_tree.h"

#include <assert.h>

static struct mun_hash roots[NAIVE_LEAVES][NAIVE_LEAVES + 1];
static bool is_known[NAIVE_LEAVES][NAIVE_LEAVES + 1];

/* The largest power of two smaller than n; n > 1. */
static size_t
split(size_t n)
{
	size_t k = 1;

	while (k * 2 < n)
		k *= 2;
	return k;
}

const struct mun_hash *
naive_leaf(size_t i)
{
	return naive_root(i, i + 1);
}

const struct mun_hash *
naive_root(size_t from, size_t to)
{
	struct mun_hash *root = &roots[from][to];
	uint8_t name[2] = { (uint8_t)(from >> 8), (uint8_t)from };
	size_t middle;

	if (is_known[from][to])
		return root;
	is_known[from][to] = true;
	if (to - from == 1) {
		mun_merkle_leaf(root, name, sizeof(name));
		return root;
	}
	middle = from + split(to - from);
	mun_merkle_node(root, naive_root(from, middle), naive_root(middle, to));
	return root;
}

static size_t
path_below(struct mun_hash *out, size_t m, size_t from, size_t to)
{
	size_t middle, count;

	if (to - from == 1)
		return 0;
	middle = from + split(to - from);
	if (from + m < middle) {
		count = path_below(out, m, from, middle);
		out[count] = *naive_root(middle, to);
	} else {
		count = path_below(out, from + m - middle, middle, to);
		out[count] = *naive_root(from, middle);
	}
	return count + 1;
}

size_t
naive_path(struct mun_hash *out, size_t m, size_t size)
{
	return path_below(out, m, 0, size);
}

static size_t
subproof(struct mun_hash *out, size_t m, size_t from, size_t to, bool is_whole)
{
	size_t k, count;

	if (m == to - from && is_whole)
		return 0;
	if (m == to - from) {
		out[0] = *naive_root(from, to);
		return 1;
	}
	k = split(to - from);
	if (m <= k) {
		count = subproof(out, m, from, from + k, is_whole);
		out[count] = *naive_root(from + k, to);
	} else {
		count = subproof(out, m - k, from + k, to, false);
		out[count] = *naive_root(from, from + k);
	}
	return count + 1;
}

size_t
naive_proof(struct mun_hash *out, size_t m, size_t size)
{
	return subproof(out, m, 0, size, true);
}

static enum mun_status
subtree(void *ctx, struct mun_hash *out, unsigned level, uint64_t index,
    struct mun_error *err)
{
	uint64_t from = index << level;

	(void)ctx;
	if (from + (UINT64_C(1) << level) > NAIVE_LEAVES)
		return mun_error_set(err, MUN_ERR_NOT_FOUND, "no such subtree");
	*out =
	    *naive_root((size_t)from, (size_t)(from + (UINT64_C(1) << level)));
	return MUN_OK;
}

const struct mun_merkle_source naive_source = { subtree, NULL };
