/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest.h - SHA-256 and SHA-512 of the same bytes in one pass (FIPS 180-4).
 *
 * For large inputs the two run side by side on several threads; small ones
 * stay on the caller's.  The result never depends on which.
 */
#ifndef MUN_DIGEST_DIGEST_H
#define MUN_DIGEST_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/error.h"

struct mun_digests {
	uint8_t sha256[MUN_SHA256_LEN];
	uint8_t sha512[MUN_SHA512_LEN];
};

/* One running SHA-256, for one thread at a time.  New ones are started; a
 * finished one has to be started again.  mun_sha256_new: OpenSSL's;
 * mun_sha256_new_native: the own one (digest_native.h) where it is usable, else
 * OpenSSL's.  MUN_ERR_NOMEM, MUN_ERR_CRYPTO (OpenSSL without SHA-2). */
struct mun_sha256;
MUN_MUST_USE enum mun_status mun_sha256_new(struct mun_sha256 **out,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_sha256_new_native(struct mun_sha256 **out,
    struct mun_error *err);
bool mun_sha256_is_native(const struct mun_sha256 *hash);
void mun_sha256_start(struct mun_sha256 *hash);
void mun_sha256_update(struct mun_sha256 *hash, const void *bytes, size_t len);
/* Feed both the same bytes; of native ones, for little more than the time of
 * one.  Both native or both OpenSSL's. */
void mun_sha256_update_both(struct mun_sha256 *first, struct mun_sha256 *second,
    const void *bytes, size_t len);
/* Digest so far; the hash can go on.  MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_sha256_peek(const struct mun_sha256 *hash,
    uint8_t out[MUN_SHA256_LEN], struct mun_error *err);
void mun_sha256_finish(struct mun_sha256 *hash, uint8_t out[MUN_SHA256_LEN]);
/* Make to's state that of from (to rewind a file), which was made by the same
 * function.  MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_sha256_copy(struct mun_sha256 *to,
    const struct mun_sha256 *from, struct mun_error *err);
void mun_sha256_free(struct mun_sha256 *hash);

/* One-shot helpers, for any number of threads; they stop the program where
 * nothing can be done (OpenSSL without SHA-2, no memory for a context). */
void mun_sha256_of(uint8_t out[MUN_SHA256_LEN], const void *bytes, size_t len);
void mun_sha512_of(uint8_t out[MUN_SHA512_LEN], const void *bytes, size_t len);
void mun_sha384_of(uint8_t out[MUN_SHA384_LEN], const void *bytes,
    size_t len);
/* SHA-256(tag || bytes): RFC 6962 leaves. */
void mun_sha256_of_tagged(uint8_t out[MUN_SHA256_LEN], uint8_t tag,
    const void *bytes, size_t len);

/* Both digests of one byte string, no threads: metadata members and lines. */
struct mun_digest_pair;
MUN_MUST_USE enum mun_status mun_digest_pair_new(struct mun_digest_pair **out,
    struct mun_error *err);
void mun_digest_pair_start(struct mun_digest_pair *pair);
void mun_digest_pair_update(struct mun_digest_pair *pair, const void *bytes,
    size_t len);
void mun_digest_pair_finish(struct mun_digest_pair *pair,
    struct mun_digests *out);
void mun_digest_pair_free(struct mun_digest_pair *pair);

/*
 * The pump: a stream of blocks hashed as it is read.
 *
 * Two hashes are kept: `item`, both digests of the current document, and
 * `stream`, the SHA-256 of everything (the .tar file).  The caller fills a
 * block it gets from the pump, submits it with what it belongs to, and goes on
 * reading while helper threads hash, and write the stream to a descriptor.
 * Where the caller would have to wait, it takes a share of that work.  Items
 * that come in small pieces (up to 64 KiB) are hashed at once and wake nobody.
 *
 * A pump holds 4 MiB of blocks.  Thread rule: a pump belongs to one thread;
 * its helpers block all signals.
 */
struct mun_pump;

enum {
	MUN_PUMP_STREAM = 1, /* feed the stream digest */
	MUN_PUMP_ITEM = 2    /* feed the item's two digests */
};

struct mun_pump_options {
	int write_fd;	/* -1: nothing is written; borrowed */
	unsigned threads; /* helpers, 0 to 2: mun_pump_threads() is best */
	/* Read back what was written, while more is being written: flushed,
	 * dropped from the cache, and read through read_fd (borrowed, open for
	 * reading on the file of write_fd, whose offset 0 the stream begins
	 * at).  mun_pump_finish() says whether it was the same. */
	bool reads_back;
	int read_fd;
	/* Stream and item apart, both OpenSSL's, even where one native pass
	 * makes both: to compare them. */
	bool is_all_openssl;
	/* Leave runs of zeros out as holes, as mun_file_append_sparse() does;
	 * the stream then has to be all that is in the file. */
	bool leaves_holes;
};

/* How many helpers this machine has processors for; more are slower. */
unsigned mun_pump_threads(void);

/* MUN_ERR_NOMEM; MUN_ERR_CRYPTO: OpenSSL without SHA-2; MUN_ERR_USAGE: more
 * than 2 threads.  Helpers start with the first large item; where the system
 * refuses one, the work is done without it. */
MUN_MUST_USE enum mun_status mun_pump_new(struct mun_pump **out,
    const struct mun_pump_options *options, struct mun_error *err);
/* A free block of MUN_BLOCK_LEN bytes to fill; waits for one.  Borrowed until
 * submitted; the same one until then. */
uint8_t *mun_pump_block(struct mun_pump *pump);
/* Hand over the block last got, len bytes of it, for the digests of `feeds`,
 * and for writing when there is a write_fd and feeds has MUN_PUMP_STREAM. */
void mun_pump_submit(struct mun_pump *pump, size_t len, unsigned feeds);
/* Feed small bytes from the caller's memory (headers, padding, metadata):
 * digests and file as with submit, in the order of the calls. */
void mun_pump_put(struct mun_pump *pump, const void *bytes, size_t len,
    unsigned feeds);
/* End the current item: wait for its digests, start the next.  Reports a write
 * error known by now (MUN_ERR_SYSTEM; the digests are right all the same); one
 * that comes later is reported by the next call, at the latest by drain. */
MUN_MUST_USE enum mun_status mun_pump_end_item(struct mun_pump *pump,
    struct mun_digests *out, struct mun_error *err);
/* Wait until all that was fed is hashed and written; any write error.  Once
 * one has happened nothing more is written, and every call reports it. */
MUN_MUST_USE enum mun_status mun_pump_drain(struct mun_pump *pump,
    struct mun_error *err);
/* Remember the stream digest here, in place of an earlier mark.  Cheap. */
void mun_pump_mark(struct mun_pump *pump);
/* Make the stream digest that of the mark again and drop the current item.
 * What was fed in between may be in the file: after this call write_fd is the
 * caller's to seek and truncate.  MUN_ERR_USAGE without mark, MUN_ERR_NOMEM,
 * or a write error. */
MUN_MUST_USE enum mun_status mun_pump_rewind(struct mun_pump *pump,
    struct mun_error *err);
/* Drain and give the stream digest.  The pump then is as new.  When it reads
 * back: MUN_ERR_SYSTEM unless the file held the same bytes. */
MUN_MUST_USE enum mun_status mun_pump_finish(struct mun_pump *pump,
    uint8_t stream_sha256[MUN_SHA256_LEN], struct mun_error *err);
/* Whatever is under way is dropped; NULL-safe. */
void mun_pump_free(struct mun_pump *pump);

#endif
