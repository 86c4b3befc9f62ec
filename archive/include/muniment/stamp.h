/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp.h - have the log's head time-stamped by authorities, and keep what
 * they give.
 *
 * Nobody is asked who was not named, but those whom an authority's own
 * certificates name for their revocation lists (http:// only, nothing is sent).
 * What an authority gets is the SHA-256 of a checkpoint and a nonce of its own;
 * what it gives is judged as a verifier would before any of it is stored, and
 * one that fails keeps none of the others back.
 *
 * Thread rule: one thread.  Spec: docs/format/time-stamp.md; RFC 3161.
 */
#ifndef MUNIMENT_STAMP_H
#define MUNIMENT_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/buffer.h"
#include "muniment/error.h"
#include "muniment/record.h"
#include "muniment/vault.h"

enum {
	MUN_STAMP_AUTHORITIES_MAX = 16 /* in one event */
};

struct mun_stamp_options {
	/* PEM files: self-signed certificates are the roots to be believed,
	 * others complete chains. */
	const char *const *trust;
	size_t trust_count;
	const char *policy; /* OID in dots to be asked for; or NULL */
	const char *proxy; /* NULL: none; as archive/http says */
	const char *ca_file; /* PEM of CAs for https hosts; or NULL */
	uint32_t tries; /* of each exchange; 0: 3 */
	uint32_t timeout_s; /* of each try; 0: 60 */
	bool (*is_canceled)(void *ctx); /* or NULL */
	void *ctx;
};

/* What became of one authority.  Texts borrowed for the call. */
struct mun_stamp_outcome {
	const char *from; /* its address, or the file; as typed */
	const char *rule; /* NULL: taken */
	const char *sentence; /* of a failure; hostile: escape it */
	const char *authority; /* name in its certificate; hostile; or "" */
	/* 2026-11-23T10:11:12Z, or "": the time that it states, and until when
	 * its chain is valid. */
	char time[24], valid_until[24];
};
typedef void mun_stamp_heard(
    void *ctx, const struct mun_stamp_outcome *outcome);

/* A batch under way: one checkpoint, and what was taken for it. */
struct mun_stamping;

/* Whether options and addresses would be taken: files are read, nobody is
 * asked.  MUN_ERR_USAGE and failures of reading. */
MUN_API MUN_MUST_USE enum mun_status mun_stamp_check(
    const struct mun_stamp_options *options, const char *const *urls,
    size_t url_count, struct mun_error *err);
/* vault and options are borrowed until it is closed.  MUN_ERR_USAGE: no root
 * among the trust files. */
MUN_API MUN_MUST_USE enum mun_status mun_stamp_open(struct mun_stamping **out,
    struct mun_vault *vault, const struct mun_stamp_options *options,
    struct mun_error *err);
MUN_API void mun_stamp_close(struct mun_stamping *stamping);
/* Ask one authority for a token over the head that the log had at the first
 * such call.  MUN_OK when it was tried.  MUN_ERR_USAGE (address),
 * MUN_ERR_LIMIT (too many), MUN_ERR_CANCELED, MUN_ERR_NOMEM, MUN_ERR_SYSTEM. */
MUN_API MUN_MUST_USE enum mun_status mun_stamp_ask(
    struct mun_stamping *stamping, const char *url, mun_stamp_heard *heard,
    void *ctx, struct mun_error *err);
/*
 * Take an answer that came on a stick: of all requests kept beside the keys,
 * the one that it answers.  Answers of one batch have to be for one checkpoint.
 *
 * from  what the file is called
 * MUN_OK when it was judged; MUN_ERR_NOT_FOUND: no request waits;
 * MUN_ERR_FORMAT: that checkpoint is not the log's, or not signed by it.
 */
MUN_API MUN_MUST_USE enum mun_status mun_stamp_take(
    struct mun_stamping *stamping, const char *keys_folder, const char *from,
    const void *response, size_t len, mun_stamp_heard *heard, void *ctx,
    struct mun_error *err);
/* How many tokens were taken, and the size that they are over. */
MUN_API size_t mun_stamp_count(const struct mun_stamping *stamping);
MUN_API uint64_t mun_stamp_size(const struct mun_stamping *stamping);
/* How many authorities that is: two whose paths have a key in common are one. */
MUN_API size_t mun_stamp_authorities(const struct mun_stamping *stamping);
/* Store them and log the event; requests that were answered go.
 * MUN_ERR_NOT_FOUND: none was taken; MUN_ERR_EXISTS: that head was stamped
 * before; else as mun_record_event. */
MUN_API MUN_MUST_USE enum mun_status mun_stamp_store(
    struct mun_stamping *stamping, struct mun_record *record,
    const char *keys_folder, struct mun_recorded *recorded,
    struct mun_error *err);

/* A query over the log's head for a machine that can reach an authority; what
 * has to be known when the answer comes is kept beside the keys.  Appended to
 * query; *size gets that of the head.  MUN_ERR_FORMAT: the head is not signed by
 * the log's key. */
MUN_API MUN_MUST_USE enum mun_status mun_stamp_request(struct mun_vault *vault,
    const char *keys_folder, const char *policy, struct mun_buffer *query,
    uint64_t *size, struct mun_error *err);

/* What time-stamps there are.  Read from the log and its files; tokens are not
 * judged: that is the verifier's. */
struct mun_stamp_due {
	uint64_t log_size;
	uint64_t covered; /* entries under the largest stamped head */
	uint64_t pending; /* later ones that are no time-stamp events */
	/* When the first certificate of an authority over that head expires;
	 * 0, "": nothing is stamped, or it cannot be read. */
	int64_t expires_utc_s;
	char expires[24];
	bool expires_within; /* days_ahead from now, or has */
};
MUN_API MUN_MUST_USE enum mun_status mun_stamp_get_due(struct mun_vault *vault,
    uint32_t days_ahead, struct mun_stamp_due *due, struct mun_error *err);

#endif
