/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * index.h - finding things: the SQLite view of archives and log.
 *
 * Derived and rebuildable; decides nothing.  Spec: docs/format/index.md.
 */
#ifndef MUNIMENT_INDEX_H
#define MUNIMENT_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "muniment/error.h"
#include "muniment/vault.h"

struct mun_index;

/* Open the vault's index read-only.  MUN_ERR_NOT_FOUND: there is none (rebuild
 * makes it); MUN_ERR_FORMAT: not an index, or damaged. */
MUN_API MUN_MUST_USE enum mun_status mun_index_open(struct mun_index **out,
    struct mun_vault *vault, struct mun_error *err);
MUN_API void mun_index_close(struct mun_index *index);
/* Log size the index was built from. */
MUN_API uint64_t mun_index_log_size(const struct mun_index *index);

/* Make it anew beside the old one, then replace that in one step. */
MUN_API MUN_MUST_USE enum mun_status mun_index_rebuild(struct mun_vault *vault,
    struct mun_error *err);
/* What a rebuild would forget because its file is gone, while the index still
 * has what the file said: archive (borrowed), deposited by entry seq; or, where
 * that is NULL, what was typed about entry seq.  Bytes destroyed by a withdrawal
 * are none.  An index that is absent or cannot be read has nothing to tell. */
typedef enum mun_status mun_index_loss(void *ctx, uint64_t seq,
    const char *archive, struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_index_losses(struct mun_vault *vault,
    mun_index_loss *loss, void *ctx, struct mun_error *err);
/* Bring it up to the log; makes it if absent.  An index ahead of its log, or
 * of another log, is MUN_ERR_FORMAT ("index.ahead…"), never repaired. */
MUN_API MUN_MUST_USE enum mun_status mun_index_catch_up(
    struct mun_vault *vault, struct mun_error *err);

/*
 * Forget what is no longer in the vault: the statement of entry seq; or the
 * documents, members, findings and words of an archive (and the counts in its
 * row).  What is left is what a rebuild gives; pages are overwritten.  Call it
 * after the file was removed.  Takes the writer's lock, so call it without.
 * Nothing to forget, or no index at all, is MUN_OK.
 *
 * MUN_ERR_EXISTS: the file is still there; else as mun_index_catch_up.
 */
MUN_API MUN_MUST_USE enum mun_status mun_index_forget_statement(
    struct mun_vault *vault, uint64_t seq, struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_index_forget_archive(
    struct mun_vault *vault, const char *archive, struct mun_error *err);

/* One problem of the comparison with the files. */
typedef enum mun_status mun_index_problem(void *ctx, const char *rule,
    const char *subject, const char *detail, struct mun_error *err);
/* Compare every row with what log and archives say; MUN_OK when the comparison
 * was made, whatever it found.  Rows of what mun_index_losses tells cannot be
 * compared: they are one problem, index.holds.  Rules: index.absent, index.damaged,
 * index.behind, index.ahead, index.schema, index.archive, index.document,
 * index.member, index.event, index.statement, index.annotation, index.actor,
 * index.time-stamp, index.checkpoint, index.finding, index.text, index.extra. */
MUN_API MUN_MUST_USE enum mun_status mun_index_check(struct mun_vault *vault,
    mun_index_problem *problem, void *ctx, struct mun_error *err);

struct mun_index_archive {
	const char *id;
	uint64_t documents, bytes, members, findings, log_index;
	const char *sealed_at;
	const char *deposited_at;
	const char *actor_name;	/* hostile */
	bool complete;
	bool present;		/* its file is in archives/ now, whatever is in
				it (where that cannot be told: was) */
	bool indexed;		/* was there when the index took it in */
	const char *case_name;	/* as it stands: the latest annotation's, else
				the deposit's; hostile; NULL: none */
	const char *deposit_case; /* of the deposit; hostile; NULL: none */
	const char *withdrawn;	/* NULL: it is not; else what became of its
				bytes, "kept" or "destroyed" */
	uint64_t withdrawn_seq;	/* entry that says so */
	uint8_t sha256[32];
};
typedef enum mun_status mun_index_archive_visit(void *ctx,
    const struct mun_index_archive *archive, struct mun_error *err);
/* All archives, or those whose deposit, or whose latest annotation as a whole,
 * says exactly that case. */
MUN_API MUN_MUST_USE enum mun_status mun_index_archives(
    struct mun_index *index, const char *case_name,
    mun_index_archive_visit *visit, void *ctx, struct mun_error *err);

/* A document, or with member != 0 something inside it. */
struct mun_index_document {
	char reference[80];	/* XPF-0003-000042 or XPF-0003-000042.m0003 */
	const char *archive;
	uint64_t number;
	uint32_t member;
	const uint8_t *name;	/* hostile bytes */
	size_t name_len;
	const uint8_t *path;	/* documents; members: NULL */
	size_t path_len;
	const char *guess;	/* encoding under which the name was found, when
				its bytes are not UTF-8 ("GB18030"); else NULL */
	const char *guessed_name; /* the name read so; NULL as guess */
	uint64_t size;
	const char *media_type;	/* documents */
	const char *description; /* documents; hostile; NULL: none */
	bool has_modified;
	int64_t modified_s;
	uint8_t sha256[32], sha512[64];
	const char *record;	/* documents: the line of documents.jsonl */
};
typedef enum mun_status mun_index_document_visit(void *ctx,
    const struct mun_index_document *document, struct mun_error *err);
/* A reference (archive, document or member, both spellings) taken apart. */
MUN_API MUN_MUST_USE enum mun_status mun_index_show(struct mun_index *index,
    const char *reference, mun_index_document_visit *document,
    mun_index_archive_visit *archive, void *ctx, struct mun_error *err);
/* Free text over names and paths: every word must occur, any case and
 * normalisation, parts of words of two characters or more; at most limit. */
MUN_API MUN_MUST_USE enum mun_status mun_index_find_text(
    struct mun_index *index, const char *text, uint64_t limit,
    mun_index_document_visit *visit, void *ctx, struct mun_error *err);
/* By content: digest is 32 (SHA-256) or 64 (SHA-512) bytes. */
MUN_API MUN_MUST_USE enum mun_status mun_index_find_digest(
    struct mun_index *index, const uint8_t *digest, size_t len,
    mun_index_document_visit *visit, void *ctx, struct mun_error *err);
/* How many of count SHA-256 (32 bytes each, one after another) are of documents
 * that the index has; members inside containers do not count.  One look for all
 * of them, during which nobody changes the index: ask for hundreds, not for
 * millions. */
MUN_API MUN_MUST_USE enum mun_status mun_index_count_held(
    struct mun_index *index, const uint8_t *sha256, size_t count,
    uint64_t *held, struct mun_error *err);

/* "XPF-0003-000042", or "XPF-0003/42" where its archive's file is gone;
 * document 0: the archive. */
MUN_API MUN_MUST_USE enum mun_status mun_index_cite_document(
    struct mun_index *index, const char *archive, uint64_t document,
    char out[80], struct mun_error *err);

/* ---- events ---- */

struct mun_index_event {
	uint64_t seq;
	const char *type, *time;
	const char *archive;	/* NULL: of the vault */
	uint64_t document;	/* 0: of the whole archive */
	char reference[80];	/* of both; "": of the vault */
	char other[80];		/* object of a relation, receipt of a
				transfer; "": none */
	const char *actor_name;	/* hostile */
	uint8_t actor[32], entry[32];
	bool has_statement, statement_withheld;
	const char *statement;	/* JSON line, hostile values; NULL */
	bool clock_behind;
};
typedef enum mun_status mun_index_event_visit(void *ctx,
    const struct mun_index_event *event, struct mun_error *err);
/* All that is not NULL has to fit. */
struct mun_index_event_filter {
	const char *reference;	/* an archive with its documents, or a document
				with its archive as a whole; also as the object
				of a relation or the receipt of a transfer */
	const char *actor;	/* 64 hex digits of a certificate, or words that
				occur in a name; who signed, or is named, under
				any certificate of theirs */
	const char *from, *to;	/* YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ, UTC, both
				included */
	const char *type;
	const char *case_name;	/* of the archive, as mun_index_archives */
	const char *key;	/* that an annotation sets */
};
/* Events that fit (filter NULL: all), in the order of the log.
 * MUN_ERR_NOT_FOUND: there is no such actor; MUN_ERR_USAGE: no reference, date,
 * type or key. */
MUN_API MUN_MUST_USE enum mun_status mun_index_events(struct mun_index *index,
    const struct mun_index_event_filter *filter, mun_index_event_visit *visit,
    void *ctx, struct mun_error *err);

typedef enum mun_status mun_index_seq_visit(void *ctx, uint64_t seq,
    struct mun_error *err);
/*
 * The entries, rising, that custody is to be fed with to know who may sign and
 * who holds one archive and its documents: all vault-created, actor-enrolled,
 * actor-revoked, key-rotated and policy-changed ones; the fixity-check,
 * migration and time-stamp ones about the vault; and every one whose subject
 * is that archive or a document in it.  archive NULL, or one that is not
 * there: only those that are about no archive.
 *
 * Only of the entries that the index was built from (mun_index_log_size): what
 * the log has beyond it, read yourself.  Derived like all of the index; the
 * entries themselves decide.
 */
MUN_API MUN_MUST_USE enum mun_status mun_index_custody_seqs(
    struct mun_index *index, const char *archive, mun_index_seq_visit *visit,
    void *ctx, struct mun_error *err);

/* ---- what was said of an archive or document ---- */

struct mun_index_annotation {
	uint64_t seq;
	const char *time;
	const char *actor_name;	/* hostile */
	const char *key;
	const char *value;	/* hostile; NULL: withheld */
	bool is_latest;		/* of its key: this one counts */
};
typedef enum mun_status mun_index_annotation_visit(void *ctx,
    const struct mun_index_annotation *annotation, struct mun_error *err);
/* Of the archive as a whole (document 0), or of a document: key by key, the
 * latest first. */
MUN_API MUN_MUST_USE enum mun_status mun_index_annotations(
    struct mun_index *index, const char *archive, uint64_t document,
    mun_index_annotation_visit *visit, void *ctx, struct mun_error *err);

struct mun_index_relation {
	uint64_t seq;
	const char *time;
	const char *relation;	/* "translation-of" */
	char subject[80], object[80]; /* references: subject is a … of object */
};
typedef enum mun_status mun_index_relation_visit(void *ctx,
    const struct mun_index_relation *relation, struct mun_error *err);
/* In which it is subject or object; document 0: the archive or any document in
 * it.  In the order of the log. */
MUN_API MUN_MUST_USE enum mun_status mun_index_relations(
    struct mun_index *index, const char *archive, uint64_t document,
    mun_index_relation_visit *visit, void *ctx, struct mun_error *err);

struct mun_index_typed {
	uint64_t seq;
	const char *type, *time;
	char reference[80];	/* what the event is about; "": the vault */
	const char *key;	/* of the statement */
	const char *text;	/* hostile */
};
typedef enum mun_status mun_index_typed_visit(void *ctx,
    const struct mun_index_typed *typed, struct mun_error *err);
/* Where typed words occur: every word in one text of a statement, as
 * mun_index_find_text; at most limit.  Reads every statement. */
MUN_API MUN_MUST_USE enum mun_status mun_index_find_typed(
    struct mun_index *index, const char *text, uint64_t limit,
    mun_index_typed_visit *visit, void *ctx, struct mun_error *err);

struct mun_index_totals {
	uint64_t archives, documents, members, bytes, events, findings;
	uint64_t statements_withheld;
};
MUN_API MUN_MUST_USE enum mun_status mun_index_get_totals(
    struct mun_index *index, struct mun_index_totals *totals,
    struct mun_error *err);
/* Recorded checks of the bytes that failed and were followed by none that
 * passed, the oldest first; archive is NULL for one of the whole vault, which
 * is settled once each archive passed one of its own since (custody.md). */
typedef enum mun_status mun_index_failed_check_visit(void *ctx,
    const char *archive, uint64_t seq, struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_index_failed_checks(
    struct mun_index *index, mun_index_failed_check_visit *visit, void *ctx,
    struct mun_error *err);
/* Findings of an archive, in its order. */
typedef enum mun_status mun_index_finding_visit(void *ctx, const char *rule,
    const char *subject, const uint8_t *path, size_t path_len,
    const char *detail, struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_index_findings(
    struct mun_index *index, const char *archive,
    mun_index_finding_visit *visit, void *ctx, struct mun_error *err);

#endif
