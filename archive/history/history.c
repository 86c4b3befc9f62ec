/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history.c - which entries make a history, replayed and then told.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include "muniment/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/time.h"
#include "history/history_internal.h"

enum mun_status
mun_history_grow(void **list, size_t count, size_t *capacity, size_t size,
    struct mun_error *err)
{
	size_t more = *capacity * 2 + 16;
	void *grown;

	if (count < *capacity)
		return MUN_OK;
	grown = reallocarray(*list, more, size);
	if (grown == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a history");
	*list = grown;
	*capacity = more;
	return MUN_OK;
}

static bool
is_of_vault(const struct mun_history *history)
{
	return history->about.archive[0] == '\0';
}

/* ---- which entries ---- */

static enum mun_status
add_step(struct mun_history *history, uint64_t seq, bool is_mention,
    struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_history_grow((void **)&history->steps, history->step_count,
	    &history->step_capacity, sizeof(*history->steps), err));
	history->steps[history->step_count++] =
	    (struct mun_history_step){ .seq = seq, .is_mention = is_mention };
out:
	return status;
}

static enum mun_status
take_replayed(void *ctx, uint64_t seq, struct mun_error *err)
{
	return add_step(ctx, seq, false, err);
}

/* An event that only names the archive: its own is another. */
static enum mun_status
take_mention(
    void *ctx, const struct mun_index_event *event, struct mun_error *err)
{
	struct mun_history *history = ctx;

	if (event->archive != NULL &&
	    strcmp(event->archive, history->about.archive) == 0)
		return MUN_OK;
	return add_step(history, event->seq, true, err);
}

static int
by_seq(const void *a, const void *b)
{
	const struct mun_history_step *left = a, *right = b;

	return left->seq < right->seq ? -1 : left->seq > right->seq;
}

static enum mun_status
list_steps(struct mun_history *history, struct mun_error *err)
{
	const struct mun_index_event_filter naming = {
		.reference = history->filter->reference
	};
	enum mun_status status = MUN_OK;

	if (is_of_vault(history)) {
		for (uint64_t seq = 0; seq < history->log_size; seq++)
			MUN_TRY(add_step(history, seq, false, err));
		goto out;
	}
	MUN_TRY(mun_index_custody_seqs(history->index, history->about.archive,
	    take_replayed, history, err));
	MUN_TRY(mun_index_events(
	    history->index, &naming, take_mention, history, err));
	qsort(history->steps, history->step_count, sizeof(*history->steps),
	    by_seq);
out:
	return status;
}

static enum mun_status
take_chosen(
    void *ctx, const struct mun_index_event *event, struct mun_error *err)
{
	struct mun_history *history = ctx;
	enum mun_status status;

	MUN_TRY(
	    mun_history_grow((void **)&history->chosen, history->chosen_count,
		&history->chosen_capacity, sizeof(*history->chosen), err));
	history->chosen[history->chosen_count++] = event->seq;
out:
	return status;
}

static enum mun_status
list_chosen(struct mun_history *history, struct mun_error *err)
{
	struct mun_index_event_filter rest = *history->filter;

	rest.reference = NULL;
	history->chooses = rest.actor != NULL || rest.from != NULL ||
	    rest.to != NULL || rest.type != NULL || rest.case_name != NULL ||
	    rest.key != NULL;
	if (!history->chooses)
		return MUN_OK;
	return mun_index_events(
	    history->index, &rest, take_chosen, history, err);
}

static int
compare_seq(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

static bool
is_chosen(const struct mun_history *history, uint64_t seq)
{
	return !history->chooses ||
	    (history->chosen_count > 0 &&
		bsearch(&seq, history->chosen, history->chosen_count,
		    sizeof(seq), compare_seq) != NULL);
}

/* ---- first pass: what happened ---- */

static bool
is_in_scope(
    const struct mun_history *history, const struct mun_reference *reference)
{
	return strcmp(reference->archive, history->about.archive) == 0 &&
	    (history->about.document == 0 || reference->document == 0 ||
		reference->document == history->about.document);
}

static enum mun_history_relevance
judge_relevance(
    const struct mun_history *history, const struct mun_history_step *step)
{
	const struct mun_detail *detail = &history->detail;

	if (is_of_vault(history) || step->is_mention)
		return MUN_HISTORY_TOLD;
	if (detail->subject.archive[0] != '\0')
		return is_in_scope(history, &detail->subject) ||
			(mun_detail_has(detail, MUN_DETAIL_OBJECT) &&
			    is_in_scope(history, &detail->object)) ||
			(mun_detail_has(detail, MUN_DETAIL_RECEIPT) &&
			    is_in_scope(history, &detail->receipt))
		    ? MUN_HISTORY_TOLD
		    : MUN_HISTORY_NOT;
	if (detail->type == MUN_EVENT_FIXITY_CHECK ||
	    detail->type == MUN_EVENT_MIGRATION ||
	    detail->type == MUN_EVENT_TIME_STAMP)
		return history->has_deposit ? MUN_HISTORY_TOLD
					    : MUN_HISTORY_NOT;
	return mun_detail_has(detail, MUN_DETAIL_ACTOR)
	    ? MUN_HISTORY_IF_CONCERNED
	    : MUN_HISTORY_NOT;
}

static enum mun_status
note_concerned(
    struct mun_history *history, const uint8_t *sha256, struct mun_error *err)
{
	enum mun_status status;

	for (size_t i = 0; i < history->concerned_count; i++)
		if (memcmp(history->concerned[i], sha256, MUN_SHA256_LEN) == 0)
			return MUN_OK;
	MUN_TRY(mun_history_grow((void **)&history->concerned,
	    history->concerned_count, &history->concerned_capacity,
	    sizeof(*history->concerned), err));
	memcpy(history->concerned[history->concerned_count++], sha256,
	    MUN_SHA256_LEN);
out:
	return status;
}

static enum mun_status
note_all_concerned(struct mun_history *history, struct mun_error *err)
{
	const struct mun_detail *detail = &history->detail;
	const struct {
		enum mun_detail_field field;
		const uint8_t *sha256;
	} named[] = { { MUN_DETAIL_FROM, detail->from },
		{ MUN_DETAIL_TO, detail->to }, { MUN_DETAIL_BY, detail->by } };
	enum mun_status status;

	MUN_TRY(note_concerned(history, history->entry.event.actor, err));
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (mun_detail_has(detail, named[i].field))
			MUN_TRY(note_concerned(history, named[i].sha256, err));
out:
	return status;
}

/* A document that was handed over by itself has a standing of its own. */
static enum mun_status
note_apart(struct mun_history *history, struct mun_error *err)
{
	const struct mun_reference *subject = &history->detail.subject;
	struct mun_index_reference apart = { .document = subject->document };
	enum mun_status status;

	if (history->detail.type != MUN_EVENT_TRANSFER ||
	    subject->document == 0)
		return MUN_OK;
	memcpy(apart.archive, subject->archive, sizeof(apart.archive));
	for (size_t i = 0; i < history->apart_count; i++)
		if (history->apart[i].document == apart.document &&
		    strcmp(history->apart[i].archive, apart.archive) == 0)
			return MUN_OK;
	MUN_TRY(mun_history_grow((void **)&history->apart, history->apart_count,
	    &history->apart_capacity, sizeof(apart), err));
	history->apart[history->apart_count++] = apart;
out:
	return status;
}

static enum mun_status
found(struct mun_history *history, struct mun_error *err)
{
	struct mun_vault_created created = { .prefix = "" };
	enum mun_status status;

	MUN_TRY(mun_event_vault_created(&created, &history->entry.event, err));
	status = mun_custody_found(history->custody, &created, err);
out:
	mun_vault_created_clear(&created);
	return status;
}

static enum mun_status
replay_step(struct mun_history *history, struct mun_history_step *step,
    struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(
	    mun_history_read(history, step->seq, !is_of_vault(history), err));
	memcpy(step->sha256, history->entry.sha256, MUN_SHA256_LEN);
	step->relevance = judge_relevance(history, step);
	if (step->relevance == MUN_HISTORY_TOLD)
		MUN_TRY(note_all_concerned(history, err));
	if (step->is_mention)
		goto out;
	MUN_TRY(note_apart(history, err));
	if (history->detail.type == MUN_EVENT_DEPOSIT) {
		history->has_deposit = true;
		history->deposit_seq = step->seq;
	}
	MUN_TRY(mun_history_judge_listing(history, step->seq, err));
	if (step->seq == 0)
		status = found(history, err);
	else
		status =
		    mun_custody_apply(history->custody, &history->entry.event,
			history->entry.sha256, &history->detail, err);
	if (status == MUN_OK)
		status = history->trouble;
out:
	return status;
}

/* Of the whole log there is no need to prove each place. */
static enum mun_status
check_root(struct mun_history *history,
    const struct mun_merkle_frontier *frontier, struct mun_error *err)
{
	const struct mun_merkle_source source = mun_log_source(history->log);
	struct mun_hash due, root;
	enum mun_status status;

	MUN_TRY(mun_merkle_root_of(&source, &due, history->log_size, err));
	mun_merkle_root(frontier, &root);
	if (memcmp(due.bytes, root.bytes, MUN_SHA256_LEN) != 0)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "the log's entries are not those that its head counts; no "
		    "history is told of such a log: run 'muniment verify'");
out:
	return status;
}

static enum mun_status
replay(struct mun_history *history, struct mun_error *err)
{
	struct mun_merkle_frontier frontier = MUN_MERKLE_FRONTIER_INIT;
	struct mun_hash leaf;
	enum mun_status status;

	history->err = err;
	MUN_TRY(
	    mun_custody_new(&history->custody, mun_history_hear, history, err));
	MUN_TRY(mun_dossier_listing_new(&history->listing, err));
	for (size_t i = 0; i < history->step_count; i++) {
		MUN_TRY(replay_step(history, &history->steps[i], err));
		mun_merkle_leaf(&leaf, history->der.data, history->der.len);
		mun_merkle_add(&frontier, &leaf);
	}
	if (is_of_vault(history))
		MUN_TRY(check_root(history, &frontier, err));
	MUN_TRY(mun_history_check_head(history, err));
	mun_custody_finish(history->custody, NULL, NULL);
	mun_history_sort_remarks(history);
	status = history->trouble;
out:
	return status;
}

/* ---- second pass: telling ---- */

static bool
is_concerned(const struct mun_history *history, const struct mun_actor *actor)
{
	if (is_of_vault(history))
		return true;
	for (size_t i = 0; actor != NULL && i < history->concerned_count; i++)
		if (mun_custody_find_actor(
			history->custody, history->concerned[i]) == actor)
			return true;
	return false;
}

static enum mun_status
tell_step(struct mun_history *history, const struct mun_history_step *step,
    struct mun_error *err)
{
	enum mun_status status;

	if (step->relevance == MUN_HISTORY_NOT ||
	    !is_chosen(history, step->seq))
		return MUN_OK;
	MUN_TRY(mun_history_read_again(history, step, err));
	if (step->relevance == MUN_HISTORY_IF_CONCERNED &&
	    !is_concerned(history,
		mun_custody_find_actor(
		    history->custody, history->detail.actor)))
		goto out;
	status = mun_history_tell_event(history, step, err);
out:
	return status;
}

static enum mun_status
tell_standing(struct mun_history *history, const char *archive,
    uint64_t document, struct mun_error *err)
{
	const struct mun_holding *holding =
	    mun_custody_holding(history->custody, archive, document);
	struct mun_history_standing standing = { .archive = archive,
		.document = document };
	enum mun_status status;

	if (holding == NULL)
		return MUN_OK;
	MUN_TRY(mun_index_cite_document(
	    history->index, archive, document, standing.reference, err));
	standing.goes_with_archive = document != 0 && holding->document == 0;
	standing.holder = mun_history_person_of(holding->holder, NULL);
	standing.since_seq = holding->since_seq;
	standing.is_pending = holding->is_pending;
	standing.pending_seq = holding->pending_seq;
	standing.pending_to = mun_history_person_of(holding->pending_to, NULL);
	standing.fixity_failed = holding->fixity_failed;
	standing.fixity_seq = holding->fixity_seq;
	/* an archive is withdrawn with all its documents */
	holding = mun_custody_holding(history->custody, archive, 0);
	if (holding->is_withdrawn)
		standing.withdrawn =
		    mun_detail_word(MUN_DETAIL_BYTES, holding->fate);
	standing.withdrawn_seq = holding->withdrawn_seq;
	status =
	    history->visitor->standing(history->visitor->ctx, &standing, err);
out:
	return status;
}

static enum mun_status
tell_archive_standing(
    void *ctx, const struct mun_index_archive *archive, struct mun_error *err)
{
	struct mun_history *history = ctx;
	enum mun_status status;

	if (archive->log_index >= history->log_size)
		return MUN_OK;
	MUN_TRY(tell_standing(history, archive->id, 0, err));
	for (size_t i = 0; i < history->apart_count; i++)
		if (strcmp(history->apart[i].archive, archive->id) == 0)
			MUN_TRY(tell_standing(history, archive->id,
			    history->apart[i].document, err));
out:
	return status;
}

static enum mun_status
no_document(
    void *ctx, const struct mun_index_document *document, struct mun_error *err)
{
	(void)ctx;
	(void)document;
	(void)err;
	return MUN_OK;
}

static enum mun_status
tell_standings(struct mun_history *history, struct mun_error *err)
{
	if (history->visitor->standing == NULL)
		return MUN_OK;
	if (is_of_vault(history))
		return mun_index_archives(history->index,
		    history->filter->case_name, tell_archive_standing, history,
		    err);
	if (history->about.document != 0)
		return tell_standing(history, history->about.archive,
		    history->about.document, err);
	return mun_index_show(history->index, history->about.archive,
	    no_document, tell_archive_standing, history, err);
}

static enum mun_status
tell_actors(struct mun_history *history, struct mun_error *err)
{
	size_t count = mun_custody_actor_count(history->custody);
	enum mun_status status = MUN_OK;

	if (history->visitor->actor == NULL)
		return MUN_OK;
	for (size_t i = 0; i < count; i++) {
		const struct mun_actor *actor =
		    mun_custody_actor(history->custody, i);
		struct mun_history_actor told = {
			.person = mun_history_person_of(actor, NULL),
			.enrolled_seq = actor->seq,
			.is_revoked = actor->is_revoked,
			.revoked_seq = actor->revoked_seq,
			.contested_seq = actor->contested_seq,
		};
		char since[MUN_TIME_TEXT_LEN + 1];

		if (!is_concerned(history, actor))
			continue;
		if (actor->is_revoked)
			told.reason =
			    mun_detail_word(MUN_DETAIL_REASON, actor->reason);
		if (actor->is_contested &&
		    mun_time_format(since, actor->since_utc_s)) {
			told.since = since;
			told.contested = mun_detail_word(
			    MUN_DETAIL_REASON, actor->contested);
		}
		MUN_TRY(mun_history_certificates(history, actor, &told, err));
		MUN_TRY(
		    history->visitor->actor(history->visitor->ctx, &told, err));
	}
out:
	return status;
}

static enum mun_status
tell_all(struct mun_history *history, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	for (size_t i = 0;
	     history->visitor->event != NULL && i < history->step_count; i++)
		MUN_TRY(tell_step(history, &history->steps[i], err));
	MUN_TRY(tell_standings(history, err));
	status = tell_actors(history, err);
out:
	return status;
}

/* ---- the whole ---- */

/* How many documents an archive has, if that is known. */
static enum mun_status
look_at_archive(
    void *ctx, const struct mun_index_archive *archive, struct mun_error *err)
{
	const struct mun_history *history = ctx;

	if (archive->indexed && history->about.document > archive->documents)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no '%s' in this vault",
		    history->filter->reference);
	return MUN_OK;
}

static enum mun_status
open_all(struct mun_history *history, struct mun_error *err)
{
	uint64_t size;
	enum mun_status status;

	if (history->filter->reference != NULL) {
		MUN_TRY(mun_index_take_apart(
		    &history->about, history->filter->reference, err));
		MUN_TRY(mun_index_show(history->index, history->about.archive,
		    no_document, look_at_archive, history, err));
	}
	MUN_TRY(
	    mun_log_open(&history->log, mun_vault_store(history->vault), err));
	size = mun_log_checkpoint(history->log)->size;
	history->log_size = mun_index_log_size(history->index);
	if (history->log_size > size)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "index.ahead: the index was built from %llu log entries "
		    "and the log has only %llu: the log was rolled back; "
		    "restore it, or look into it before 'muniment index "
		    "rebuild'",
		    (unsigned long long)history->log_size,
		    (unsigned long long)size);
out:
	return status;
}

static void
end(struct mun_history *history)
{
	mun_history_forget_entry(history);
	mun_buffer_free(&history->der);
	mun_recent_certificates_clear(&history->recent);
	for (size_t i = 0; i < history->remark_count; i++)
		free(history->remarks[i].text);
	free(history->remarks);
	free(history->steps);
	free(history->chosen);
	free(history->concerned);
	free(history->apart);
	free(history->certificates);
	mun_custody_free(history->custody);
	mun_dossier_listing_free(history->listing);
	mun_log_close(history->log);
}

enum mun_status
mun_history_tell(struct mun_vault *vault, struct mun_index *index,
    const struct mun_index_event_filter *filter,
    const struct mun_history_visitor *visitor,
    struct mun_history_summary *summary, struct mun_error *err)
{
	const struct mun_index_event_filter all = { .reference = NULL };
	struct mun_history history = { .vault = vault,
		.index = index,
		.filter = filter == NULL ? &all : filter,
		.visitor = visitor,
		.summary = summary,
		.der = MUN_BUFFER_INIT(MUN_CMS_MAX),
		.recent = MUN_RECENT_CERTIFICATES_INIT,
		.entry = MUN_ENTRY_INIT };
	enum mun_status status;

	*summary = (struct mun_history_summary){ .events = 0 };
	MUN_TRY(open_all(&history, err));
	summary->log_size = history.log_size;
	MUN_TRY(list_chosen(&history, err));
	MUN_TRY(list_steps(&history, err));
	MUN_TRY(replay(&history, err));
	status = tell_all(&history, err);
out:
	end(&history);
	return status;
}
