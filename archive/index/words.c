/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words.c - which pair of code points occurs where, as rows.
 *
 * An inverted list that is a plain table: one row a pair and batch, its places
 * as rising numbers.  A full-text engine would keep the same in pages of its
 * own making, whose bytes depend on the order of work and on its version; here
 * every row follows from the files, so the verifier can hold each against them.
 *
 * Places are stored as differences, 7 bits a byte, low bits first, the high bit
 * set on all bytes but a number's last.
 */
#include "index/index_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/reader.h"

enum {
	SLOTS_FIRST = 4096,
	/* bytes kept before telling: memory, and part of the index's form */
	KEPT_MAX = 8388608,
	SLOT_COST = 64, /* what a pair is counted with */
	PLACES_MAX = 16777216
};

struct slot {
	uint64_t pair; /* 0: empty; U+0000 is in no name */
	uint64_t last;
	struct mun_buffer places;
};

struct mun_index_words {
	struct slot *slots;
	size_t capacity, used; /* capacity is a power of two */
	size_t kept;
	uint64_t place; /* being added */
};

static enum mun_status
no_memory(struct mun_error *err)
{
	return mun_error_set(
	    err, MUN_ERR_NOMEM, "out of memory for the words of names");
}

enum mun_status
mun_index_words_new(struct mun_index_words **out, struct mun_error *err)
{
	struct mun_index_words *words = calloc(1, sizeof(*words));

	if (words == NULL)
		return no_memory(err);
	words->slots = calloc(SLOTS_FIRST, sizeof(*words->slots));
	if (words->slots == NULL) {
		free(words);
		return no_memory(err);
	}
	words->capacity = SLOTS_FIRST;
	*out = words;
	return MUN_OK;
}

static void
forget(struct mun_index_words *words)
{
	for (size_t i = 0; i < words->capacity; i++) {
		mun_buffer_free(&words->slots[i].places);
		words->slots[i].pair = 0;
	}
	words->used = 0;
	words->kept = 0;
}

void
mun_index_words_free(struct mun_index_words *words)
{
	if (words == NULL)
		return;
	forget(words);
	free(words->slots);
	free(words);
}

static struct slot *
find_slot(struct slot *slots, size_t capacity, uint64_t pair)
{
	/* Knuth's multiplicative hash, 64 bits */
	size_t at = (size_t)((pair * UINT64_C(0x9e3779b97f4a7c15)) >> 20) &
	    (capacity - 1);

	while (slots[at].pair != 0 && slots[at].pair != pair)
		at = (at + 1) & (capacity - 1);
	return &slots[at];
}

static enum mun_status
grow(struct mun_index_words *words, struct mun_error *err)
{
	size_t capacity = words->capacity * 2;
	struct slot *slots;

	if (words->used < words->capacity / 2)
		return MUN_OK;
	slots = calloc(capacity, sizeof(*slots));
	if (slots == NULL)
		return no_memory(err);
	for (size_t i = 0; i < words->capacity; i++)
		if (words->slots[i].pair != 0)
			*find_slot(slots, capacity, words->slots[i].pair) =
			    words->slots[i];
	free(words->slots);
	words->slots = slots;
	words->capacity = capacity;
	return MUN_OK;
}

static void
put_place(struct mun_buffer *places, uint64_t difference)
{
	while (difference >= 0x80) {
		mun_buffer_append_byte(
		    places, (uint8_t)(0x80 | (difference & 0x7f)));
		difference >>= 7;
	}
	mun_buffer_append_byte(places, (uint8_t)difference);
}

bool
mun_index_next_place(struct mun_reader *reader, uint64_t *place)
{
	uint64_t difference = 0;
	const uint8_t *byte;
	unsigned shift = 0;

	do {
		if (shift > 56 || !mun_reader_take(reader, 1, &byte))
			return false;
		difference |= (uint64_t)(*byte & 0x7f) << shift;
		shift += 7;
	} while ((*byte & 0x80) != 0);
	*place += difference;
	return true;
}

static enum mun_status
add_pair(void *ctx, uint64_t pair, struct mun_error *err)
{
	struct mun_index_words *words = ctx;
	enum mun_status status = grow(words, err);
	struct slot *slot;
	size_t before;

	if (status != MUN_OK)
		return status;
	slot = find_slot(words->slots, words->capacity, pair);
	if (slot->pair == 0) {
		slot->pair = pair;
		slot->last = 0;
		slot->places = (struct mun_buffer)MUN_BUFFER_INIT(PLACES_MAX);
		words->used++;
		words->kept += SLOT_COST;
	} else if (slot->last == words->place) {
		return MUN_OK; /* a pair twice in one name */
	}
	before = slot->places.len;
	put_place(&slot->places, words->place - slot->last);
	slot->last = words->place;
	words->kept += slot->places.len - before;
	return mun_buffer_status(&slot->places, "a list of places", err);
}

enum mun_status
mun_index_words_add(struct mun_index_words *words, uint64_t place,
    const void *name, size_t len, struct mun_error *err)
{
	words->place = place;
	return mun_index_pairs(name, len, add_pair, words, err);
}

bool
mun_index_words_full(const struct mun_index_words *words)
{
	return words->kept >= KEPT_MAX;
}

static int
by_pair(const void *a, const void *b)
{
	const struct slot *const *left = a, *const *right = b;

	return (*left)->pair < (*right)->pair ? -1
					      : (*left)->pair > (*right)->pair;
}

static size_t
put_code_point(char *out, uint32_t code_point)
{
	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	if (code_point < 0x800) {
		out[0] = (char)(0xc0 | code_point >> 6);
		out[1] = (char)(0x80 | (code_point & 0x3f));
		return 2;
	}
	if (code_point < 0x10000) {
		out[0] = (char)(0xe0 | code_point >> 12);
		out[1] = (char)(0x80 | (code_point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code_point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code_point >> 18);
	out[1] = (char)(0x80 | (code_point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code_point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code_point & 0x3f));
	return 4;
}

void
mun_index_pair_text(char out[MUN_INDEX_PAIR_TEXT], uint64_t pair)
{
	size_t len = put_code_point(out, (uint32_t)(pair >> 32));

	len += put_code_point(out + len, (uint32_t)pair);
	out[len] = '\0';
}

static enum mun_status
tell_slot(const struct slot *slot, uint64_t archive, uint64_t count,
    bool members, const struct mun_index_sink *sink, struct mun_error *err)
{
	char pair[MUN_INDEX_PAIR_TEXT];
	struct mun_index_value values[] = {
		{ .kind = MUN_INDEX_INTEGER,
		    .integer = (int64_t)mun_index_in_archive(archive, count) },
		{ .kind = MUN_INDEX_INTEGER, .integer = (int64_t)archive },
		{ .kind = MUN_INDEX_INTEGER, .integer = members },
		{ .kind = MUN_INDEX_TEXT, .bytes = pair },
		{ .kind = MUN_INDEX_BLOB,
		    .bytes = slot->places.data,
		    .len = slot->places.len },
	};

	mun_index_pair_text(pair, slot->pair);
	values[3].len = strlen(pair);
	return sink->row(sink->ctx, MUN_INDEX_WORD, values, err);
}

enum mun_status
mun_index_words_tell(struct mun_index_words *words, uint64_t archive,
    bool members, uint64_t *rows, const struct mun_index_sink *sink,
    struct mun_error *err)
{
	const struct slot **sorted = calloc(words->used + 1, sizeof(*sorted));
	enum mun_status status = MUN_OK;
	size_t count = 0;

	if (sorted == NULL)
		return no_memory(err);
	for (size_t i = 0; i < words->capacity; i++)
		if (words->slots[i].pair != 0)
			sorted[count++] = &words->slots[i];
	qsort(sorted, count, sizeof(*sorted), by_pair);
	for (size_t i = 0; i < count; i++)
		MUN_TRY(
		    tell_slot(sorted[i], archive, ++*rows, members, sink, err));
out:
	free(sorted);
	forget(words);
	return status;
}
