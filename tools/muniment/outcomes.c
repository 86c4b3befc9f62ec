/* SPDX-License-Identifier: BSD-2-Clause */
/* outcomes.c - see outcomes.h. */
#define _DEFAULT_SOURCE /* reallocarray(3) */
#include "muniment/outcomes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Archives are told in the order of the log, so the next is the one. */
static struct outcome_row *
find(struct outcomes *outcomes, const char *archive)
{
	for (size_t i = 0; i < outcomes->count; i++) {
		size_t at = (outcomes->next + i) % outcomes->count;

		if (strcmp(outcomes->rows[at].outcome.archive, archive) == 0) {
			outcomes->next = at + 1;
			return &outcomes->rows[at];
		}
	}
	return NULL;
}

/* The log is judged from its beginning, perhaps again. */
static enum mun_status
hear_log(void *ctx, const char *input, struct mun_error *err)
{
	struct outcomes *outcomes = ctx;

	(void)input;
	(void)err;
	outcomes->count = 0;
	return MUN_OK;
}

static enum mun_status
add(struct outcomes *outcomes, const struct mun_judged_event *event,
    struct mun_error *err)
{
	struct outcome_row *row;

	if (outcomes->count == outcomes->capacity) {
		size_t capacity = outcomes->capacity * 2 + 64;
		struct outcome_row *grown =
		    reallocarray(outcomes->rows, capacity, sizeof(*grown));

		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for the archives");
		outcomes->rows = grown;
		outcomes->capacity = capacity;
	}
	row = &outcomes->rows[outcomes->count++];
	*row = (struct outcome_row){ .is_destroyed = false };
	(void)snprintf(row->outcome.archive, sizeof(row->outcome.archive), "%s",
	    event->archive);
	memcpy(row->sha256, event->archive_sha256, sizeof(row->sha256));
	return MUN_OK;
}

static enum mun_status
hear_event(
    void *ctx, const struct mun_judged_event *event, struct mun_error *err)
{
	struct outcomes *outcomes = ctx;
	struct outcome_row *row;

	if (event->has_archive_sha256)
		return add(outcomes, event, err);
	row = event->destroys ? find(outcomes, event->archive) : NULL;
	if (row != NULL)
		row->is_destroyed = true;
	return MUN_OK;
}

/* By the name in the vault, the one place where it counts; what a file says of
 * itself, any copy and any forgery says too.  NULL: no logged archive lies
 * under that name. */
static struct outcome_row *
find_file(struct outcomes *outcomes, const char *input)
{
	static const char folder[] = "archives/", ending[] = ".tar";
	char id[sizeof(outcomes->rows->outcome.archive)];
	size_t len = strlen(input);

	if (len <= strlen(folder) + strlen(ending) ||
	    strncmp(input, folder, strlen(folder)) != 0 ||
	    strcmp(input + len - strlen(ending), ending) != 0)
		return NULL;
	len -= strlen(folder) + strlen(ending);
	if (len >= sizeof(id))
		return NULL;
	(void)snprintf(
	    id, sizeof(id), "%.*s", (int)len, input + strlen(folder));
	return find(outcomes, id);
}

static enum mun_status
hear_archive(
    void *ctx, const struct mun_judged_archive *archive, struct mun_error *err)
{
	struct outcome_row *row = find_file(ctx, archive->input);

	(void)err;
	if (row != NULL)
		row->outcome.passed = memcmp(row->sha256, archive->sha256,
					  sizeof(row->sha256)) == 0;
	return MUN_OK;
}

void
outcomes_start(struct outcomes *outcomes)
{
	*outcomes = (struct outcomes){ .listener = {
					   .ctx = outcomes,
					   .log_begins = hear_log,
					   .event = hear_event,
					   .archive = hear_archive,
				       } };
}

void
outcomes_free(struct outcomes *outcomes)
{
	free(outcomes->rows);
}

const char *
outcomes_unread(const struct mun_verification *verification, size_t i)
{
	const struct mun_check *check = mun_verification_check(verification, i);

	return check->verdict != MUN_PASSED &&
		strcmp(check->rule, "archive.readable") == 0
	    ? check->detail
	    : NULL;
}

/* "failed" says that the bytes are others, or gone.  A medium that gives none
 * says neither. */
static enum mun_status
must_be_read(struct outcomes *outcomes,
    const struct mun_verification *verification, struct mun_error *err)
{
	size_t count = mun_verification_check_count(verification);

	for (size_t i = 0; i < count; i++) {
		const char *subject =
		    mun_verification_check(verification, i)->subject;
		const char *why = outcomes_unread(verification, i);
		const struct outcome_row *row =
		    why == NULL ? NULL : find_file(outcomes, subject);

		if (row != NULL && !row->is_destroyed)
			return mun_error_set(err, MUN_ERR_SYSTEM,
			    "'%s' is there and could not be read, so whether "
			    "its bytes are those logged is not known (%s); "
			    "make it readable, or restore it from a copy, and "
			    "check again",
			    subject, why);
	}
	return MUN_OK;
}

enum mun_status
outcomes_list(struct outcomes *outcomes,
    const struct mun_verification *verification,
    struct mun_record_outcome **list, size_t *count, struct mun_error *err)
{
	enum mun_status status = must_be_read(outcomes, verification, err);

	*count = 0;
	if (status != MUN_OK)
		return status;
	*list = calloc(outcomes->count + 1, sizeof(**list));
	if (*list == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the archives");
	for (size_t i = 0; i < outcomes->count; i++)
		if (!outcomes->rows[i].is_destroyed)
			(*list)[(*count)++] = outcomes->rows[i].outcome;
	return MUN_OK;
}
