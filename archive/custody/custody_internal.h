/* SPDX-License-Identifier: BSD-2-Clause */
/* custody_internal.h - the state, shared by the files of this folder. */
#ifndef MUN_CUSTODY_CUSTODY_INTERNAL_H
#define MUN_CUSTODY_CUSTODY_INTERNAL_H

#include "custody/custody.h"

/* Who signed an entry, for what is said of keys later. */
struct mun_signed_entry {
	uint64_t seq;
	const struct mun_actor *actor;
};

struct mun_custody {
	char prefix[MUN_PREFIX_MAX + 1]; /* of this vault's archives */
	mun_custody_tell *tell;
	void *ctx;
	struct mun_actor **actors; /* each owned; they do not move */
	size_t actor_count;
	struct mun_actor_key *keys; /* MUN_ACTORS_MAX of them */
	size_t key_count;
	struct mun_log_key_fact *log_keys;
	size_t log_key_count, log_key_capacity;
	struct mun_holding *holdings; /* by number, then document */
	size_t holding_count, holding_capacity;
	struct mun_signed_entry *signed_entries;
	size_t signed_count, signed_capacity;
	struct mun_claim *claims;
	size_t claim_count, claim_capacity;
	bool vault_fixity_failed;
	uint64_t vault_fixity_seq;
};

/* The event under way. */
struct mun_custody_step {
	struct mun_custody *custody;
	const struct mun_event *event;
	const uint8_t *entry;
	const struct mun_detail *detail;
	const struct mun_actor *signer;
	struct mun_holding *subject; /* what it is about; NULL: the vault */
	struct mun_error *err;
};

void mun_custody_remark(struct mun_custody *custody, enum mun_remark_kind kind,
    uint64_t seq, const char *archive, const char *detail);

/* ---- custody_claims.c ---- */

MUN_MUST_USE enum mun_status mun_custody_claim(struct mun_custody_step *step);
void mun_custody_sort_claims(struct mun_custody *custody);

/* ---- custody_actors.c ---- */

struct mun_actor_key *mun_custody_find_key(
    const struct mun_custody *custody, const uint8_t sha256[MUN_SHA256_LEN]);
MUN_MUST_USE enum mun_status mun_custody_add_actor(struct mun_custody *custody,
    const struct mun_certificate *certificate, uint64_t seq, enum mun_role role,
    bool is_recovery, struct mun_error *err);
/* The key a log begins with (from_size 1) or goes on with. */
MUN_MUST_USE enum mun_status mun_custody_add_log_key(
    struct mun_custody *custody, uint64_t from_size, const uint8_t key[32],
    bool by_recovery, struct mun_error *err);
MUN_MUST_USE enum mun_status mun_custody_enrol(struct mun_custody_step *step);
MUN_MUST_USE enum mun_status mun_custody_revoke(struct mun_custody_step *step);
MUN_MUST_USE enum mun_status mun_custody_rotate(struct mun_custody_step *step);

/* ---- custody_holdings.c ---- */

MUN_MUST_USE enum mun_status mun_custody_deposit(struct mun_custody_step *step);
/* The holding of the event's subject; NULL: there is none. */
struct mun_holding *mun_custody_find_subject(
    const struct mun_custody_step *step);
MUN_MUST_USE enum mun_status mun_custody_transfer(
    struct mun_custody_step *step);
void mun_custody_fixity(struct mun_custody_step *step);
void mun_custody_withdraw(struct mun_custody_step *step);

#endif
