/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history_internal.h - how the parts of a history speak to each other.
 *
 * Flow: history_read.c reads and checks one entry; history.c lists the entries,
 * feeds custody with them (first pass; history_findings.c keeps its remarks,
 * and holds hand-outs against them) and tells the chosen ones (second pass: history_event.c fills the event,
 * history_sentence.c says it).  Twice, because only the end shows what is
 * pending or contested.
 */
#ifndef MUN_HISTORY_HISTORY_INTERNAL_H
#define MUN_HISTORY_HISTORY_INTERNAL_H

#include "custody/custody.h"
#include "dossier/dossier.h"
#include "index/reference.h"
#include "log/log.h"
#include "muniment/history.h"
#include "vault/vault.h"

enum {
	MUN_HISTORY_TEXT_MAX = 32768 /* bytes of one sentence */
};

enum mun_history_relevance {
	MUN_HISTORY_NOT, /* replayed, not told */
	MUN_HISTORY_TOLD,
	MUN_HISTORY_IF_CONCERNED /* told if it is about one concerned */
};

/* An entry of the list. */
struct mun_history_step {
	uint64_t seq;
	uint8_t sha256[MUN_SHA256_LEN]; /* as the first pass read it */
	bool is_mention; /* about another archive: not replayed */
	enum mun_history_relevance relevance;
};

/* A remark as it will stand beside its event. */
struct mun_history_remark {
	uint64_t seq;
	size_t place; /* in the order they were heard */
	const char *rule; /* static */
	bool is_void; /* the event did nothing */
	bool is_noted; /* honest logs have it too, and nothing is wrong */
	char *text; /* owned */
};

struct mun_history {
	struct mun_vault *vault; /* borrowed, as index, filter, visitor */
	struct mun_index *index;
	const struct mun_index_event_filter *filter;
	const struct mun_history_visitor *visitor;
	struct mun_history_summary *summary;
	struct mun_index_reference about; /* archive "": the vault */
	struct mun_log *log;
	uint64_t log_size; /* entries that are told of */
	struct mun_custody *custody;
	struct mun_dossier_listing *listing; /* of the entries replayed */
	struct mun_history_step *steps; /* rising; owned */
	size_t step_count, step_capacity;
	uint64_t *chosen; /* seqs that pass the filter, rising; owned */
	size_t chosen_count, chosen_capacity;
	bool chooses;
	struct mun_history_remark *remarks; /* owned; by seq once sorted */
	size_t remark_count, remark_capacity;
	uint8_t (*concerned)[MUN_SHA256_LEN]; /* certificates; owned */
	size_t concerned_count, concerned_capacity;
	struct mun_history_certificate *certificates; /* of one actor; owned */
	size_t certificate_capacity;
	struct mun_index_reference *apart; /* documents handed over; owned */
	size_t apart_count, apart_capacity;
	uint64_t deposit_seq; /* of the archive told about */
	bool has_deposit;
	/* of the entry under way */
	struct mun_buffer der;
	struct mun_recent_certificates recent;
	struct mun_entry entry;
	struct mun_detail detail;
	struct mun_error *err;
	enum mun_status trouble; /* of a call that could not say so */
};

/* Room for one more of size bytes; MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_history_grow(void **list, size_t count,
    size_t *capacity, size_t size, struct mun_error *err);

/* ---- history_read.c ---- */

/* Read entry seq into history->entry and ->detail: it is in its place, signed
 * by its certificate, and of this vault.  prove: that the log's head counts
 * it, too. */
MUN_MUST_USE enum mun_status mun_history_read(struct mun_history *history,
    uint64_t seq, bool prove, struct mun_error *err);
/* Read an entry again that the first pass judged: it is the same, byte for
 * byte, so its signature and place are not judged twice. */
MUN_MUST_USE enum mun_status mun_history_read_again(struct mun_history *history,
    const struct mun_history_step *step, struct mun_error *err);
void mun_history_forget_entry(struct mun_history *history);
/* The log's key signed its head. */
MUN_MUST_USE enum mun_status mun_history_check_head(
    struct mun_history *history, struct mun_error *err);

/* ---- history_findings.c ---- */

/* A mun_custody_tell; ctx is the history. */
void mun_history_hear(void *ctx, const struct mun_remark *remark);
/* Entry seq was just replayed: a hand-out has to list the entries replayed
 * before it, which are all that it can be about.  MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_history_judge_listing(
    struct mun_history *history, uint64_t seq, struct mun_error *err);
/* All were heard: from here on they are found by their event. */
void mun_history_sort_remarks(struct mun_history *history);
/* Those of entry seq, in the order they were heard; NULL: none. */
const struct mun_history_remark *mun_history_remarks_of(
    const struct mun_history *history, uint64_t seq, size_t *count);

/* ---- history_event.c ---- */

/* Tell the event just read. */
MUN_MUST_USE enum mun_status mun_history_tell_event(struct mun_history *history,
    const struct mun_history_step *step, struct mun_error *err);
/* Whoever has that certificate, as it names him; sha256 NULL: nobody. */
struct mun_history_person mun_history_person(
    const struct mun_history *history, const uint8_t *sha256);
/* All certificates of an actor, into told; good until the next call.
 * MUN_ERR_NOMEM. */
MUN_MUST_USE enum mun_status mun_history_certificates(
    struct mun_history *history, const struct mun_actor *actor,
    struct mun_history_actor *told, struct mun_error *err);
/* An actor as it is named now. */
struct mun_history_person mun_history_person_of(
    const struct mun_actor *actor, const uint8_t *sha256);
/* "26 November 2026, 18:51:14 UTC" */
enum {
	MUN_HISTORY_WHEN = 64
};
void mun_history_when(char out[MUN_HISTORY_WHEN], int64_t utc_s);

/* ---- history_sentence.c ---- */

/* Append "Alice Example (custodian)". */
void mun_history_say_person(const struct mun_history *history,
    struct mun_buffer *out, const struct mun_history_person *person);
/* Append what the event under way says, as sentences. */
void mun_history_say(const struct mun_history *history,
    const struct mun_history_event *event, struct mun_buffer *out);

#endif
