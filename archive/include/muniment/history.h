/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history.h - the chain of custody, told in order: each event as a sentence,
 * with what was typed about it and every gap and contradiction beside it; then
 * who holds what, and who the actors are.
 *
 * The index says which entries to read; the entries themselves say what
 * happened.  Each one is read from the log, its signature checked and its place
 * in the log proven, before it is told.  That is less than a verification: an
 * index that leaves an entry out is found by muniment-verify, not here.
 *
 * Spec: docs/format/custody.md.
 */
#ifndef MUNIMENT_HISTORY_H
#define MUNIMENT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"
#include "muniment/index.h"
#include "muniment/vault.h"

/* Texts are borrowed for the call that gives them.  Names, typed words and
 * every sentence (which quotes names) are hostile: escape them. */

struct mun_history_person {
	bool is_known; /* by a certificate: name and sha256 hold */
	bool is_actor; /* enrolled at some time */
	const char *name; /* that the certificate says; "": not known */
	const char *role; /* "custodian"…, "recovery"; "": none */
	uint8_t sha256[32]; /* of the certificate that is named */
};

/* What does not fit, or should be heard of; under the rule that a verification
 * names it by. */
struct mun_history_finding {
	const char *rule;
	const char *text; /* a sentence */
	bool is_noted; /* only to be heard: nothing is wrong */
};

/* One thing that was typed. */
struct mun_history_word {
	const char *key; /* of the statement: "received_from" */
	const char *label; /* "received from" */
	const char *text;
};

struct mun_history_event {
	uint64_t seq;
	const char *type;
	const char *time; /* 2026-11-26T18:51:14Z */
	const char *when; /* 26 November 2026, 18:51:14 UTC */
	const char *archive; /* NULL: of the vault */
	uint64_t document; /* 0: of the whole archive */
	char reference[80]; /* of both; "": of the vault */
	char other[80]; /* object of a relation, receipt; "": none */
	struct mun_history_person signer;
	struct mun_history_person from, to, by, named;
	const char *sentence; /* who did what, to or for whom */
	const char *subject; /* JSON as signed; NULL: none */
	const char *detail; /* JSON as signed */
	uint8_t entry[32];
	const char *clock; /* reading of a clock that was behind; NULL */
	bool counts; /* false: it changes nothing, a finding says
				why */
	bool has_statement, is_withheld;
	const struct mun_history_word *words;
	size_t word_count;
	const struct mun_history_finding *findings;
	size_t finding_count;
};

/* Who holds an archive, or a document that went its own way. */
struct mun_history_standing {
	const char *archive;
	uint64_t document; /* 0: the archive */
	char reference[80];
	bool goes_with_archive; /* a document never handed over by itself */
	struct mun_history_person holder; /* not is_known: somebody outside */
	uint64_t since_seq;
	bool is_pending; /* handed over, not accepted */
	uint64_t pending_seq;
	struct mun_history_person pending_to;
	bool fixity_failed; /* by the last check */
	uint64_t fixity_seq;
	const char *withdrawn; /* "kept", "destroyed"; NULL: it is not */
	uint64_t withdrawn_seq;
};

/* One that an actor has or had. */
struct mun_history_certificate {
	const char *name; /* that it says */
	uint8_t sha256[32];
	uint64_t first_seq; /* from which entry on it is the actor's */
	bool is_replaced;
	uint64_t last_seq; /* the entry that replaced it */
};
struct mun_history_actor {
	struct mun_history_person person; /* under the newest certificate */
	/* all, in the order of the log; at least one */
	const struct mun_history_certificate *certificates;
	size_t certificate_count;
	uint64_t enrolled_seq;
	bool is_revoked;
	uint64_t revoked_seq; /* the first revocation; it signs no more */
	const char *reason; /* of that; NULL */
	const char *contested; /* "lost", "compromised"; NULL: neither */
	uint64_t contested_seq; /* the entry that says so */
	const char *since; /* from when; NULL */
};

typedef enum mun_status mun_history_event_visit(
    void *ctx, const struct mun_history_event *event, struct mun_error *err);
typedef enum mun_status mun_history_standing_visit(void *ctx,
    const struct mun_history_standing *standing, struct mun_error *err);
typedef enum mun_status mun_history_actor_visit(
    void *ctx, const struct mun_history_actor *actor, struct mun_error *err);
/* Each may be NULL.  In this order: all events, standings, actors. */
struct mun_history_visitor {
	void *ctx;
	mun_history_event_visit *event;
	mun_history_standing_visit *standing;
	mun_history_actor_visit *actor;
};

struct mun_history_summary {
	uint64_t log_size; /* entries of the log that this tells of */
	uint64_t events; /* told */
	uint64_t findings; /* told that are not only noted */
};

/*
 * mun_history_tell - tell the history of an archive, a document (with what was
 * done to its archive as a whole) or, with filter->reference NULL, the vault.
 *
 * Of an archive or document: the events whose subject it is; relations and
 * transfers that name it as object or receipt; checks and migrations of the
 * whole vault since it was deposited; revocations and new keys of those who
 * had to do with it.  The rest of filter (muniment/index.h) only chooses what
 * is told of that: custody is replayed from all of it.  Standings: of the
 * archive and of each document in it that was handed over by itself, or of the
 * document.  Actors: those concerned; of the vault, all.
 *
 * vault    open
 * index    of that vault, open; entries beyond it are not told
 *
 * MUN_ERR_NOT_FOUND: there is no such archive, document or actor;
 * MUN_ERR_USAGE: as mun_index_events; MUN_ERR_FORMAT: an entry is damaged, not
 * the one that the log's head counts or the index names, or its signature does
 * not hold (run a verification); MUN_ERR_NOMEM; or what a visitor returned.
 */
MUN_API MUN_MUST_USE enum mun_status mun_history_tell(struct mun_vault *vault,
    struct mun_index *index, const struct mun_index_event_filter *filter,
    const struct mun_history_visitor *visitor,
    struct mun_history_summary *summary, struct mun_error *err);

#endif
