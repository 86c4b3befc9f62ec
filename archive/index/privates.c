/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * privates.c - private lines, gathered by document into a ring of places.
 *
 * A place belongs to the reader while it is not filled, and to the caller from
 * then on.  Places are filled and emptied in order, so two counts say whose
 * each is.  Both sides wake each other when half of the ring is theirs, not at
 * each place: that would cost more than the reading.
 */
#include "index/privates.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/macros.h"

enum {
	PLACES = 16, /* of two lines at most, 1 MiB each, where it is hostile */
	/* Bytes of lines that are read before a thread would have begun. */
	FEW = 65536
};

/* The lines of one document. */
struct place {
	uint64_t number; /* 0: there are no more */
	struct mun_document_privates said;
	struct mun_buffer bytes[MUN_PRIVATE_FIELDS];
};

struct mun_index_privates {
	/* the reader's */
	struct mun_package_lines *lines;
	struct mun_buffer scratch;
	struct mun_private ahead; /* a line of the next place */
	bool has_ahead;
	struct mun_error err; /* why there are no more; MUN_OK: the end */

	struct place places[PLACES];
	struct mun_document_privates nothing;
	bool is_lent; /* the first place not emptied */
	pthread_t thread;
	bool has_thread;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	uint64_t filled, emptied; /* places, since the beginning */
	bool is_reader_waiting, is_caller_waiting, is_ending;
};

static struct place *
place_of(struct mun_index_privates *privates, uint64_t count)
{
	return &privates->places[count % PLACES];
}

/* ---- the reader's side ---- */

/* The next line, kept ahead; *ended: there is none. */
static enum mun_status
read_line(
    struct mun_index_privates *privates, bool *ended, struct mun_error *err)
{
	enum mun_status status;
	const char *line;
	size_t len;

	*ended = false;
	if (privates->has_ahead)
		return MUN_OK;
	status = mun_package_lines_next(privates->lines, &line, &len, err);
	*ended = status == MUN_ERR_NOT_FOUND;
	if (*ended) {
		*err = (struct mun_error)MUN_ERROR_INIT;
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	status = mun_private_parse(
	    &privates->ahead, &privates->scratch, line, len, err);
	privates->has_ahead = status == MUN_OK;
	return status;
}

static enum mun_status
keep_line(
    struct place *place, const struct mun_private *line, struct mun_error *err)
{
	struct mun_buffer *own = &place->bytes[line->field];
	struct mun_private *kept = &place->said.field[line->field];

	mun_buffer_reset(own);
	mun_buffer_append(own, line->bytes, line->len);
	*kept = *line;
	kept->bytes = own->data;
	place->said.has[line->field] = true;
	return mun_buffer_status(own, "a name", err);
}

static enum mun_status
gather(struct mun_index_privates *privates, struct place *place,
    struct mun_error *err)
{
	enum mun_status status;
	bool ended;

	for (int i = 0; i < MUN_PRIVATE_FIELDS; i++)
		place->said.has[i] = false;
	MUN_TRY(read_line(privates, &ended, err));
	if (ended)
		goto out;
	place->number = privates->ahead.number;
	do {
		MUN_TRY(keep_line(place, &privates->ahead, err));
		privates->has_ahead = false;
		MUN_TRY(read_line(privates, &ended, err));
	} while (!ended && privates->ahead.number == place->number);
out:
	return status;
}

static void
fill(struct mun_index_privates *privates, struct place *place)
{
	place->number = 0;
	if (gather(privates, place, &privates->err) != MUN_OK)
		place->number = 0;
}

static void
lock(struct mun_index_privates *privates)
{
	MUN_ASSERT(pthread_mutex_lock(&privates->lock) == 0);
}

static void
unlock(struct mun_index_privates *privates)
{
	MUN_ASSERT(pthread_mutex_unlock(&privates->lock) == 0);
}

/* Sleep until the other side has done something; with the lock held. */
static void
sleep_as(struct mun_index_privates *privates, bool *is_waiting)
{
	*is_waiting = true;
	pthread_cond_wait(&privates->changed, &privates->lock);
	*is_waiting = false;
}

static void *
read_ahead(void *arg)
{
	struct mun_index_privates *privates = arg;
	bool is_last = false;

	lock(privates);
	while (!is_last && !privates->is_ending) {
		struct place *place = place_of(privates, privates->filled);

		if (privates->filled - privates->emptied == PLACES) {
			sleep_as(privates, &privates->is_reader_waiting);
			continue;
		}
		unlock(privates);
		fill(privates, place);
		is_last = place->number == 0;
		lock(privates);
		privates->filled++;
		if (privates->is_caller_waiting &&
		    (is_last ||
			privates->filled - privates->emptied >= PLACES / 2))
			pthread_cond_signal(&privates->changed);
	}
	unlock(privates);
	return NULL;
}

/* ---- the caller's side ---- */

/* Signals are the program's business; where they cannot be kept from a thread,
 * or there is none to be had, the caller reads for itself. */
static void
start_thread(struct mun_index_privates *privates)
{
	sigset_t all, before;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return;
	privates->has_thread =
	    pthread_create(&privates->thread, NULL, read_ahead, privates) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

enum mun_status
mun_index_privates_open(struct mun_index_privates **out, int fd,
    const struct mun_package_member *member, struct mun_error *err)
{
	struct mun_index_privates *privates = calloc(1, sizeof(*privates));
	enum mun_status status;

	*out = NULL;
	if (privates == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for private lines");
	privates->scratch = (struct mun_buffer)MUN_BUFFER_INIT(MUN_LINE_MAX);
	privates->err = (struct mun_error)MUN_ERROR_INIT;
	for (int i = 0; i < PLACES; i++)
		for (int j = 0; j < MUN_PRIVATE_FIELDS; j++)
			privates->places[i].bytes[j] =
			    (struct mun_buffer)MUN_BUFFER_INIT(MUN_LINE_MAX);
	MUN_ASSERT(pthread_mutex_init(&privates->lock, NULL) == 0);
	MUN_ASSERT(pthread_cond_init(&privates->changed, NULL) == 0);
	MUN_TRY(mun_package_lines_open(&privates->lines, fd, member, err));
	if (member->size > FEW && sysconf(_SC_NPROCESSORS_ONLN) > 1)
		start_thread(privates);
	*out = privates;
	privates = NULL;
out:
	mun_index_privates_free(privates);
	return status;
}

/* The first place that is not emptied, filled. */
static const struct place *
first_place(struct mun_index_privates *privates)
{
	struct place *place = place_of(privates, privates->emptied);

	if (!privates->has_thread) {
		if (privates->filled == privates->emptied) {
			fill(privates, place);
			privates->filled++;
		}
		return place;
	}
	lock(privates);
	while (privates->filled == privates->emptied)
		sleep_as(privates, &privates->is_caller_waiting);
	unlock(privates);
	return place;
}

/* Give the place of the last answer back. */
static void
empty_place(struct mun_index_privates *privates)
{
	lock(privates);
	privates->emptied++;
	if (privates->is_reader_waiting &&
	    privates->filled - privates->emptied <= PLACES / 2)
		pthread_cond_signal(&privates->changed);
	unlock(privates);
}

enum mun_status
mun_index_privates_next(struct mun_index_privates *privates, uint64_t number,
    const struct mun_document_privates **out, struct mun_error *err)
{
	const struct place *place;

	*out = &privates->nothing;
	if (privates->is_lent)
		empty_place(privates);
	place = first_place(privates);
	privates->is_lent = place->number != 0 && place->number == number;
	if (privates->is_lent)
		*out = &place->said;
	if (place->number != 0 || privates->err.status == MUN_OK)
		return MUN_OK;
	if (err != NULL)
		*err = privates->err;
	return privates->err.status;
}

void
mun_index_privates_free(struct mun_index_privates *privates)
{
	if (privates == NULL)
		return;
	lock(privates);
	privates->is_ending = true;
	pthread_cond_signal(&privates->changed);
	unlock(privates);
	if (privates->has_thread)
		MUN_ASSERT(pthread_join(privates->thread, NULL) == 0);
	mun_package_lines_free(privates->lines);
	mun_buffer_free(&privates->scratch);
	for (int i = 0; i < PLACES; i++)
		for (int j = 0; j < MUN_PRIVATE_FIELDS; j++)
			mun_buffer_free(&privates->places[i].bytes[j]);
	pthread_cond_destroy(&privates->changed);
	pthread_mutex_destroy(&privates->lock);
	free(privates);
}
