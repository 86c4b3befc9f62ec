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
/* Bring it up to the log; makes it if absent.  An index ahead of its log, or
 * of another log, is MUN_ERR_FORMAT ("index.ahead…"), never repaired. */
MUN_API MUN_MUST_USE enum mun_status mun_index_catch_up(
    struct mun_vault *vault, struct mun_error *err);

/* One problem of the comparison with the files. */
typedef enum mun_status mun_index_problem(void *ctx, const char *rule,
    const char *subject, const char *detail, struct mun_error *err);
/* Compare every row with what log and archives say; MUN_OK when the comparison
 * was made, whatever it found.  Rules: index.absent, index.damaged,
 * index.behind, index.ahead, index.schema, index.archive, index.document,
 * index.member, index.event, index.statement, index.annotation, index.actor, index.checkpoint,
 * index.finding, index.text, index.extra. */
MUN_API MUN_MUST_USE enum mun_status mun_index_check(struct mun_vault *vault,
    mun_index_problem *problem, void *ctx, struct mun_error *err);

struct mun_index_archive {
	const char *id;
	uint64_t documents, bytes, members, findings, log_index;
	const char *sealed_at;
	const char *deposited_at;
	const char *actor_name;	/* hostile */
	bool complete;
	bool present;		/* its file is in archives/ */
	const char *case_name;	/* from the statement; hostile; NULL: none */
	uint8_t sha256[32];
};
typedef enum mun_status mun_index_archive_visit(void *ctx,
    const struct mun_index_archive *archive, struct mun_error *err);
/* All archives, or those whose case is exactly case_name. */
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

struct mun_index_event {
	uint64_t seq;
	const char *type, *time, *archive; /* archive NULL: of the vault */
	const char *actor_name;	/* hostile */
	uint8_t actor[32], entry[32];
	bool has_statement, statement_withheld;
	const char *statement;	/* JSON line, hostile values; NULL */
	bool clock_behind;
};
typedef enum mun_status mun_index_event_visit(void *ctx,
    const struct mun_index_event *event, struct mun_error *err);
/* Events about a reference's archive (NULL: all), in order. */
MUN_API MUN_MUST_USE enum mun_status mun_index_history(
    struct mun_index *index, const char *reference,
    mun_index_event_visit *visit, void *ctx, struct mun_error *err);

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

struct mun_index_totals {
	uint64_t archives, documents, members, bytes, events, findings;
	uint64_t statements_withheld;
};
MUN_API MUN_MUST_USE enum mun_status mun_index_get_totals(
    struct mun_index *index, struct mun_index_totals *totals,
    struct mun_error *err);
/* Findings of an archive, in its order. */
typedef enum mun_status mun_index_finding_visit(void *ctx, const char *rule,
    const char *subject, const uint8_t *path, size_t path_len,
    const char *detail, struct mun_error *err);
MUN_API MUN_MUST_USE enum mun_status mun_index_findings(
    struct mun_index *index, const char *archive,
    mun_index_finding_visit *visit, void *ctx, struct mun_error *err);

#endif
