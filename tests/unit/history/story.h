/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * story.h - a vault whose log says anything: events are appended as they are
 * given, whether they may be or not.  Archives have no files.
 */
#ifndef MUN_TEST_STORY_H
#define MUN_TEST_STORY_H

#include "../log/vault.h"
#include "log/detail.h"
#include "muniment/index.h"

struct story {
	struct vault base;
	struct mun_vault *vault; /* as of story_begin or story_open */
	struct mun_index *index; /* the same */
};

/* Entry 0, by p256 (custodian). */
void story_begin(struct story *story, struct mun_scratch *scratch);
void story_end(struct story *story);
/* Open the vault again, bring the index up and open it. */
void story_open(struct story *story);

/* Append by the actor of that name; detail->type and what it has.  Its
 * certificate, if any, is freed.  Returns the seq. */
uint64_t story_add(struct story *story, const char *signer,
    struct mun_detail *detail, const struct mun_statement *statement);
/* The SHA-256 of entry seq. */
void story_entry(struct story *story, uint64_t seq, uint8_t sha256[32]);
/* The digest of a certificate of make-pki.sh. */
void story_actor(uint8_t sha256[32], const char *name);

/* Common ones; document 0: the archive. */
struct mun_detail story_about(
    enum mun_event_type type, const char *archive, uint64_t document);
uint64_t story_deposit(struct story *story, const char *signer,
    const char *archive, const char *case_name);
uint64_t story_enrol(struct story *story, const char *signer, const char *name,
    enum mun_role role);
uint64_t story_revoke(struct story *story, const char *signer, const char *name,
    enum mun_revocation reason, int64_t since_utc_s);
/* from, to: NULL for somebody who is no actor. */
uint64_t story_hand_over(struct story *story, const char *signer,
    const char *archive, const char *from, const char *to,
    enum mun_transfer_form form);
uint64_t story_accept(
    struct story *story, const char *signer, const char *archive, uint64_t seq);
uint64_t story_check(struct story *story, const char *signer,
    const char *archive, enum mun_outcome result);
uint64_t story_annotate(struct story *story, const char *signer,
    const char *archive, uint64_t document, enum mun_statement_field key,
    const char *value);

#endif
