/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * digest.h - SHA-256 and SHA-512 of the same bytes in one pass (FIPS 180-4).
 *
 * For large inputs the two run side by side on two threads; small ones stay on
 * the caller's.  The result never depends on which.
 */
#ifndef MUN_DIGEST_DIGEST_H
#define MUN_DIGEST_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/error.h"

struct mun_digests {
	uint8_t sha256[MUN_SHA256_LEN];
	uint8_t sha512[MUN_SHA512_LEN];
};

/* One running SHA-256, for one thread at a time.  New ones are started; a
 * finished one has to be started again.  mun_sha256_new: MUN_ERR_NOMEM,
 * MUN_ERR_CRYPTO (OpenSSL without SHA-2). */
struct mun_sha256;
MUN_MUST_USE enum mun_status mun_sha256_new(struct mun_sha256 **out,
    struct mun_error *err);
void mun_sha256_start(struct mun_sha256 *hash);
void mun_sha256_update(struct mun_sha256 *hash, const void *bytes, size_t len);
/* Digest so far; the hash can go on.  MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_sha256_peek(const struct mun_sha256 *hash,
    uint8_t out[MUN_SHA256_LEN], struct mun_error *err);
void mun_sha256_finish(struct mun_sha256 *hash, uint8_t out[MUN_SHA256_LEN]);
/* Make to's state that of from (to rewind a file).  MUN_ERR_NOMEM. */
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
 * reading while helper threads hash.  Optionally a block is also written to a
 * descriptor by a helper.
 */
struct mun_pump;

enum {
	MUN_PUMP_STREAM = 1, /* feed the stream digest */
	MUN_PUMP_ITEM = 2    /* feed the item's two digests */
};

struct mun_pump_options {
	int write_fd;	/* -1: nothing is written; borrowed */
	unsigned threads; /* 0: none, 1 or 2 helpers */
};

MUN_MUST_USE enum mun_status mun_pump_new(struct mun_pump **out,
    const struct mun_pump_options *options, struct mun_error *err);
/* A free block of MUN_BLOCK_LEN bytes to fill; waits for one.  Borrowed until
 * submitted. */
uint8_t *mun_pump_block(struct mun_pump *pump);
/* Hand over the block last got, len bytes of it, for the digests of `feeds`,
 * and for writing when there is a write_fd and feeds has MUN_PUMP_STREAM. */
void mun_pump_submit(struct mun_pump *pump, size_t len, unsigned feeds);
/* Copy small bytes through the pump (headers, padding, metadata). */
void mun_pump_put(struct mun_pump *pump, const void *bytes, size_t len,
    unsigned feeds);
/* End the current item: wait for its blocks, return its digests, start the
 * next.  A write error of any earlier block is reported here (MUN_ERR_SYSTEM).
 */
MUN_MUST_USE enum mun_status mun_pump_end_item(struct mun_pump *pump,
    struct mun_digests *out, struct mun_error *err);
/* Wait until all submitted blocks are hashed and written; report errors. */
MUN_MUST_USE enum mun_status mun_pump_drain(struct mun_pump *pump,
    struct mun_error *err);
/* Remember the stream digest here; rewind makes it that again, drops the item
 * and leaves repositioning of write_fd to the caller (after a drain). */
MUN_MUST_USE enum mun_status mun_pump_mark(struct mun_pump *pump,
    struct mun_error *err);
MUN_MUST_USE enum mun_status mun_pump_rewind(struct mun_pump *pump,
    struct mun_error *err);
/* Drain and give the stream digest. */
MUN_MUST_USE enum mun_status mun_pump_finish(struct mun_pump *pump,
    uint8_t stream_sha256[MUN_SHA256_LEN], struct mun_error *err);
void mun_pump_free(struct mun_pump *pump);

#endif
