/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inspect_gunzip.c - one compressed document in one gzip stream, by zlib alone.
 *
 * Most containers by far are that, and a process of its own costs each ten
 * times what unpacking it does.  So a lasting worker, which has no decoder but
 * zlib's in its memory, takes those, and whatever is anything else (a second
 * stream, a wrong checksum, damage, nothing inside, a container inside, a long
 * one) it refuses: a fresh worker then looks into it as if this one had not
 * been asked.  What it does answer is what a fresh worker would have.
 */
#define ZLIB_CONST /* inflate(3) takes what it may not change */
#include "inspect/inspect_internal.h"

#include <string.h>
#include <zlib.h>

#include "base/library.h"
#include "base/macros.h"

enum {
	GZIP_HEAD_LEN = 10, /* RFC 1952 s2.3: the fixed part */
	GZIP_FLAG_EXTRA = 4,
	GZIP_FLAG_NAME = 8,
	/* The largest window, and a gzip header and checksum around it. */
	GZIP_WINDOW = 15 + 16
};

/* zlib's functions, opened in the worker only (base/library.h). */
#define LIBZ(DO)          \
	DO(inflateInit2_) \
	DO(inflateReset)  \
	DO(inflate)

struct gunzip {
#define LIBZ_MEMBER(name) __typeof__(name) *(name);
	LIBZ(LIBZ_MEMBER)
#undef LIBZ_MEMBER
	struct mun_digest_pair *pair;
	z_stream stream;
	const struct inspect_source *source;
	uint64_t at; /* where the source is read next */
	uint8_t block[INSPECT_BLOCK_LEN];
};

size_t
mun_inspect_gzip_name(
    const struct inspect_source *source, char name[INSPECT_GZIP_NAME_MAX])
{
	uint8_t head[GZIP_HEAD_LEN + 2];
	uint64_t at = GZIP_HEAD_LEN;
	size_t len;

	if (mun_inspect_read_at(source, 0, head, sizeof(head)) !=
		sizeof(head) ||
	    (head[3] & GZIP_FLAG_NAME) == 0)
		return 0;
	if ((head[3] & GZIP_FLAG_EXTRA) != 0)
		at += 2 + (uint64_t)mun_inspect_u16(head + GZIP_HEAD_LEN);
	len = mun_inspect_read_at(source, at, name, INSPECT_GZIP_NAME_MAX);
	len = strnlen(name, len);
	return len == INSPECT_GZIP_NAME_MAX ? 0 : len;
}

enum mun_status
mun_inspect_gunzip_prepare(void **state, struct mun_error *err)
{
	static struct gunzip gunzip;
#define LIBZ_FUNCTION(name) { #name, &gunzip.name },
	static const struct mun_library_function functions[] = { LIBZ(
	    LIBZ_FUNCTION) };
#undef LIBZ_FUNCTION
	enum mun_status status;

	MUN_TRY(mun_library_open("libz.so.1", "zlib1g", functions,
	    sizeof(functions) / sizeof(functions[0]), err));
	if (gunzip.inflateInit2_(&gunzip.stream, GZIP_WINDOW, ZLIB_VERSION,
		(int)sizeof(gunzip.stream)) != Z_OK)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for zlib");
	MUN_TRY(mun_digest_pair_new(&gunzip.pair, err));
	*state = &gunzip;
out:
	return status;
}

static void
read_on(struct gunzip *gunzip)
{
	gunzip->stream.avail_in = (uInt)mun_inspect_view_at(gunzip->source,
	    gunzip->at, INSPECT_BLOCK_LEN, &gunzip->stream.next_in);
	gunzip->at += gunzip->stream.avail_in;
}

/* By its first bytes it may be something else to whoever sees all of them. */
static bool
begin(struct gunzip *gunzip)
{
	gunzip->at = 0;
	read_on(gunzip);
	return mun_inspect_kind_of(gunzip->stream.next_in,
		   gunzip->stream.avail_in) == INSPECT_GZIP &&
	    gunzip->inflateReset(&gunzip->stream) == Z_OK;
}

/* One block of what comes out; less only where the stream ends or fails. */
static int
fill_block(struct gunzip *gunzip)
{
	z_stream *stream = &gunzip->stream;
	int result = Z_OK;

	stream->next_out = gunzip->block;
	stream->avail_out = sizeof(gunzip->block);
	while (result == Z_OK && stream->avail_out > 0) {
		if (stream->avail_in == 0)
			read_on(gunzip);
		result = gunzip->inflate(stream, Z_NO_FLUSH);
	}
	return result;
}

/* False: not one whole stream, or too much, nothing or a container inside. */
static bool
unpack(struct gunzip *gunzip, struct mun_inspect_member *member)
{
	int result;

	if (!begin(gunzip))
		return false;
	mun_digest_pair_start(gunzip->pair);
	do {
		size_t len;

		result = fill_block(gunzip);
		len = sizeof(gunzip->block) - gunzip->stream.avail_out;
		if (member->size == 0 &&
		    mun_inspect_kind_of(gunzip->block, len) != INSPECT_NONE)
			return false;
		mun_digest_pair_update(gunzip->pair, gunzip->block, len);
		member->size += len;
	} while (result == Z_OK && member->size <= INSPECT_GUNZIP_MAX);
	mun_digest_pair_finish(gunzip->pair, &member->digests);
	return result == Z_STREAM_END && member->size > 0 &&
	    member->size <= INSPECT_GUNZIP_MAX &&
	    gunzip->at - gunzip->stream.avail_in == gunzip->source->size;
}

enum mun_status
mun_inspect_gunzip(void *state, const uint8_t *request, size_t len, int fd,
    struct mun_buffer *answer, struct mun_error *err)
{
	struct mun_inspect_member member = { .number = 1 };
	struct inspect_source source = { .fd = fd };
	struct gunzip *gunzip = state;
	struct inspect_request where;
	char name[INSPECT_GZIP_NAME_MAX];

	if (len != sizeof(where) || fd == -1)
		return mun_error_set(err, MUN_ERR_USAGE, "request");
	memcpy(&where, request, sizeof(where));
	source.offset = where.offset;
	source.size = where.size;
	gunzip->source = &source;
	if (source.size > INSPECT_GUNZIP_MAX || !unpack(gunzip, &member))
		return mun_error_set(err, MUN_ERR_UNSUPPORTED,
		    "not one document in one gzip stream");
	member.name = (const uint8_t *)name;
	member.name_len = mun_inspect_gzip_name(&source, name);
	mun_inspect_put_member(answer, &member);
	return mun_buffer_status(answer, "member", err);
}
