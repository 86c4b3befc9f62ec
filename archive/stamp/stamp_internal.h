/* SPDX-License-Identifier: BSD-2-Clause */
/* stamp_internal.h - shared by the files of this folder. */
#ifndef MUN_STAMP_STAMP_INTERNAL_H
#define MUN_STAMP_STAMP_INTERNAL_H

#include "log/log.h"
#include "muniment/stamp.h"
#include "timestamp/ask.h"
#include "vault/vault.h"

enum {
	MUN_STAMP_TRUST_MAX = 64, /* certificates in all --tsa-trust files */
	MUN_STAMP_PEM_MAX = 1048576, /* of one of them; and of N.pem */
	/* base64 of a query with its LF, and a checkpoint */
	MUN_STAMP_REQUEST_MAX = 16384
};

/* What one authority gave; what will be its files. */
struct mun_stamp_taken {
	struct mun_buffer query, token, certificates, crls;
	struct mun_chain_keys keys; /* of its path */
	bool has_request; /* it waited beside the keys */
	uint8_t request[MUN_SHA256_LEN];
};

struct mun_stamping {
	struct mun_vault *vault; /* borrowed */
	const struct mun_stamp_options *options; /* borrowed */
	struct mun_timestamp_way way;
	struct mun_certificate *trust[MUN_STAMP_TRUST_MAX]; /* roots first */
	size_t root_count, trust_count;
	/* The checkpoint; size 0: none yet. */
	uint64_t size;
	struct mun_buffer checkpoint;
	uint8_t imprint[MUN_SHA256_LEN];
	int64_t logged_utc_s; /* time of the last entry under it */
	struct mun_stamp_taken taken[MUN_STAMP_AUTHORITIES_MAX];
	size_t taken_count;
};

/* Bind the batch to a checkpoint of this log: its bytes; size 0 before. */
MUN_MUST_USE enum mun_status mun_stamp_set_checkpoint(
    struct mun_stamping *stamping, const void *bytes, size_t len,
    struct mun_error *err);

/*
 * stamp_accept.c: judge a token that answers the query as a verifier would,
 * fetching what it needs for that, and take it if all holds.
 *
 * outcome  rule, authority, times; a sentence goes to detail.  The authority's
 *          name is in name
 */
MUN_MUST_USE enum mun_status mun_stamp_accept(struct mun_stamping *stamping,
    const struct mun_timestamp_query *query, const struct mun_buffer *token,
    struct mun_stamp_outcome *outcome, struct mun_buffer *detail,
    struct mun_buffer *name, struct mun_error *err);

/* MUN_ERR_FORMAT unless the log's key of that size, as its entries have it,
 * signed that note: what was altered is not stamped. */
MUN_MUST_USE enum mun_status mun_stamp_check_signed(struct mun_log *log,
    const struct mun_checkpoint *checkpoint, const void *note,
    struct mun_error *err);

/* The last entry of the log, or any: its event. */
MUN_MUST_USE enum mun_status mun_stamp_read_event(struct mun_log *log,
    uint64_t seq, struct mun_entry *entry, struct mun_error *err);

#endif
