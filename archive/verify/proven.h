/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proven.h - what time-stamps prove of a log: by when each entry existed, and
 * which time each of them follows.
 *
 * Pure: no file, no clock, no certificate.  Whoever calls says which batches of
 * tokens the log has and how one token is judged as of a proof time; here the
 * proof times are worked out, from the newest batch back to the oldest, and
 * what follows from them.
 *
 * Three things make a token count: it is judged to hold as of its proof time;
 * it is over a checkpoint of the log; and its time lies between the events that
 * it follows and the one that logs it.
 *
 * Spec: docs/format/time-stamp.md, Proven times; the idea is RFC 4998's.
 */
#ifndef MUN_VERIFY_PROVEN_H
#define MUN_VERIFY_PROVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/error.h"
#include "trust/chain.h"

enum {
	/* How far a signer's clock may be from an authority's: one that is
	 * wrong by a time zone is no forgery. */
	MUN_PROVEN_CLOCK_SLACK_S = 86400,
	/* How far two authorities may contradict each other beyond what they
	 * say themselves: many state no accuracy. */
	MUN_PROVEN_AUTHORITY_SLACK_S = 60
};

/* Where a token stands among the events around it. */
enum mun_proven_order {
	MUN_PROVEN_FITS = 0,
	MUN_PROVEN_BEFORE_EVENTS, /* earlier than what it is over claims */
	MUN_PROVEN_AFTER_EVENT /* later than the event that logs it claims */
};

/* One token.  The first part is the judge's. */
struct mun_proven_stamp {
	const char *rule; /* NULL: it holds as of the proof time; static */
	bool has_time; /* it could be read so far */
	int64_t time_utc_s; /* that it states */
	int64_t accuracy_s; /* rounded up */
	char authority[96]; /* common name; hostile; "" if not known */
	uint8_t certificate[MUN_SHA256_LEN]; /* the authority's, if known */
	int64_t certificate_not_before_utc_s, certificate_not_after_utc_s;
	struct mun_chain_keys keys; /* of its path, if it holds */
	int64_t not_after_utc_s; /* of its path, if it holds */
	/* From here on worked out. */
	int64_t proof_time_utc_s;
	bool is_renewed; /* the proof time is a later token's, not now */
	uint64_t renewed_size; /* then: size of that one's checkpoint */
	enum mun_proven_order order;
	bool counts;
};

/* The tokens over one checkpoint, logged by one event. */
struct mun_proven_batch {
	uint64_t seq; /* of the event */
	uint64_t size; /* of the tree stamped, at most seq */
	int64_t event_utc_s; /* that the event claims */
	int64_t covered_utc_s; /* that the newest entry below size claims */
	bool is_of_log; /* the stamped bytes are the log's checkpoint */
	struct mun_proven_stamp *stamps;
	size_t stamp_count;
	/* Worked out: how many authorities that share no key agree, as the
	 * minimum along the renewals that its tokens need. */
	size_t authorities;
	bool counts; /* any of its tokens does */
	int64_t by_utc_s; /* then: the earliest time its tokens prove */
	size_t by_stamp; /* and whose */
};

struct mun_proven {
	struct mun_proven_batch *batches; /* by rising seq */
	size_t count, capacity;
	struct mun_proven_mark *by_size; /* proven.c's */
	int64_t *after; /* one a batch: newest time that it and those before
			   prove to be over; INT64_MIN without */
};

/* What is proven of an entry. */
struct mun_proven_bound {
	int64_t utc_s; /* it existed no later than this, accuracy included */
	size_t batch, stamp; /* by that token */
	size_t authorities; /* of that batch */
};

/* Room for one more batch, zero but for seq, size and room for the stamps; seqs
 * rise.  NULL when out of memory. */
struct mun_proven_batch *mun_proven_add(
    struct mun_proven *proven, uint64_t seq, uint64_t size, size_t stamp_count);
void mun_proven_clear(struct mun_proven *proven);

/*
 * How one token is judged as of a proof time: fills the first part of *out,
 * which is zero.  May be called more than once for one token.  Anything but
 * MUN_OK ends the work.
 */
typedef enum mun_status mun_proven_judge(void *ctx, size_t batch, size_t stamp,
    int64_t proof_time_utc_s, struct mun_proven_stamp *out,
    struct mun_error *err);
/* Work it all out, as of now.  MUN_ERR_NOMEM, and what judge returns. */
MUN_MUST_USE enum mun_status mun_proven_run(struct mun_proven *proven,
    mun_proven_judge *judge, void *ctx, int64_t now_utc_s,
    struct mun_error *err);

/* The earliest time by which entry seq existed; false: none is proven. */
bool mun_proven_by(const struct mun_proven *proven, uint64_t seq,
    struct mun_proven_bound *out);
/* The newest time that was over when entry seq was made; false: none is. */
bool mun_proven_after(
    const struct mun_proven *proven, uint64_t seq, int64_t *utc_s);
/* Entries below this are covered by a token that counts; 0: none. */
uint64_t mun_proven_covered(const struct mun_proven *proven);

#endif
