/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * custody_actors.c - who acts: enrolments, revocations, replaced certificates,
 * and the keys of the log.
 *
 * An actor is one person or machine for as long as it is enrolled, whatever
 * certificates it has had; a revocation is of the actor, so a stolen key that
 * was replaced by another does not live on in that.
 */
#define _DEFAULT_SOURCE /* reallocarray(3) */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "custody/custody_internal.h"

struct mun_actor_key *
mun_custody_find_key(
    const struct mun_custody *custody, const uint8_t sha256[MUN_SHA256_LEN])
{
	for (size_t i = 0; i < custody->key_count; i++)
		if (memcmp(custody->keys[i].sha256, sha256, MUN_SHA256_LEN) ==
		    0)
			return &custody->keys[i];
	return NULL;
}

static enum mun_status
add_key(struct mun_custody *custody, struct mun_actor *actor,
    const struct mun_certificate *certificate, uint64_t first_seq,
    struct mun_error *err)
{
	struct mun_actor_key *key;

	if (custody->key_count == MUN_ACTORS_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "the log has more than %d certificates of actors",
		    MUN_ACTORS_MAX);
	key = &custody->keys[custody->key_count++];
	*key = (struct mun_actor_key){ .actor = actor, .first_seq = first_seq };
	memcpy(
	    key->sha256, mun_certificate_sha256(certificate), MUN_SHA256_LEN);
	memcpy(actor->sha256, key->sha256, MUN_SHA256_LEN);
	(void)snprintf(key->name, sizeof(key->name), "%s",
	    mun_certificate_name(certificate));
	memcpy(actor->name, key->name, sizeof(actor->name));
	return MUN_OK;
}

static enum mun_status
make_room(struct mun_custody *custody, struct mun_error *err)
{
	struct mun_actor **grown = reallocarray(custody->actors,
	    custody->actor_count + 1, sizeof(*custody->actors));

	if (grown == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the actors");
	custody->actors = grown;
	if (custody->keys == NULL)
		custody->keys = calloc(MUN_ACTORS_MAX, sizeof(*custody->keys));
	if (custody->keys == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the actors");
	return MUN_OK;
}

enum mun_status
mun_custody_add_actor(struct mun_custody *custody,
    const struct mun_certificate *certificate, uint64_t seq, enum mun_role role,
    bool is_recovery, struct mun_error *err)
{
	struct mun_actor *actor;
	enum mun_status status;

	MUN_TRY(make_room(custody, err));
	actor = calloc(1, sizeof(*actor));
	if (actor == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for the actors");
	actor->seq = seq;
	actor->role = role;
	actor->is_recovery = is_recovery;
	status = add_key(custody, actor, certificate, seq, err);
	if (status != MUN_OK)
		free(actor);
	else
		custody->actors[custody->actor_count++] = actor;
out:
	return status;
}

enum mun_status
mun_custody_add_log_key(struct mun_custody *custody, uint64_t from_size,
    const uint8_t key[32], bool by_recovery, struct mun_error *err)
{
	struct mun_log_key_fact *grown;

	if (custody->log_key_count == custody->log_key_capacity) {
		size_t capacity = custody->log_key_capacity * 2 + 4;

		grown =
		    reallocarray(custody->log_keys, capacity, sizeof(*grown));
		if (grown == NULL)
			return mun_error_set(err, MUN_ERR_NOMEM,
			    "out of memory for the keys of the log");
		custody->log_keys = grown;
		custody->log_key_capacity = capacity;
	}
	grown = &custody->log_keys[custody->log_key_count++];
	*grown = (struct mun_log_key_fact){ .from_size = from_size,
		.by_recovery = by_recovery };
	memcpy(grown->key, key, sizeof(grown->key));
	return MUN_OK;
}

/* ---- events ---- */

static void
refuse(struct mun_custody_step *step, const char *why)
{
	mun_custody_remark(
	    step->custody, MUN_REMARK_ENROLMENT, step->event->seq, "", why);
}

/* NULL, or why this certificate cannot become an actor's. */
static const char *
not_new(const struct mun_custody *custody,
    const struct mun_certificate *certificate)
{
	if (mun_custody_find_key(
		custody, mun_certificate_sha256(certificate)) != NULL)
		return "the certificate is an actor's already, or was";
	if (mun_certificate_unfit(certificate) != NULL)
		return "the certificate is not of a kind that may sign";
	return NULL;
}

enum mun_status
mun_custody_enrol(struct mun_custody_step *step)
{
	const char *why = not_new(step->custody, step->detail->certificate);

	if (why != NULL) {
		refuse(step, why);
		return MUN_OK;
	}
	return mun_custody_add_actor(step->custody, step->detail->certificate,
	    step->event->seq, (enum mun_role)step->detail->role, false,
	    step->err);
}

static size_t
custodians(const struct mun_custody *custody)
{
	size_t count = 0;

	for (size_t i = 0; i < custody->actor_count; i++)
		if (custody->actors[i]->role == MUN_ROLE_CUSTODIAN &&
		    !custody->actors[i]->is_revoked)
			count++;
	return count;
}

static bool
is_contesting(const struct mun_detail *detail)
{
	return detail->reason == MUN_REVOKED_LOST ||
	    detail->reason == MUN_REVOKED_COMPROMISED;
}

/* Whoever has stolen a key may retire it first, or name a late time: neither
 * may keep others from saying more.  Less is never said. */
static bool
says_more(const struct mun_actor *actor, const struct mun_detail *detail)
{
	return is_contesting(detail) &&
	    (!actor->is_contested || detail->since_utc_s < actor->since_utc_s);
}

static const char *
cannot_revoke(
    const struct mun_custody_step *step, const struct mun_actor_key *key)
{
	const struct mun_detail *detail = step->detail;

	if (key == NULL)
		return "it revokes somebody who is no actor";
	if (key->actor->is_recovery)
		return "it revokes the recovery certificate, which only "
		       "replaces itself";
	if (is_contesting(detail) &&
	    detail->since_utc_s > step->event->time_utc_s)
		return "it contests a key since a time after its own";
	if (key->actor->is_revoked)
		return says_more(key->actor, detail)
		    ? NULL
		    : "it revokes an actor who was revoked before, and only "
		      "lost or compromised, since an earlier time, may follow";
	if (key->actor->role == MUN_ROLE_CUSTODIAN &&
	    custodians(step->custody) == 1)
		return "it revokes the last custodian; another has to be "
		       "enrolled before";
	return NULL;
}

enum mun_status
mun_custody_revoke(struct mun_custody_step *step)
{
	const struct mun_detail *detail = step->detail;
	struct mun_actor_key *key =
	    mun_custody_find_key(step->custody, detail->actor);
	const char *why = cannot_revoke(step, key);

	if (why != NULL) {
		refuse(step, why);
		return MUN_OK;
	}
	if (!key->actor->is_revoked) {
		key->actor->is_revoked = true;
		key->actor->revoked_seq = step->event->seq;
		key->actor->reason = (enum mun_revocation)detail->reason;
	}
	if (is_contesting(detail)) {
		key->actor->is_contested = true;
		key->actor->contested_seq = step->event->seq;
		key->actor->contested = (enum mun_revocation)detail->reason;
		key->actor->since_utc_s = detail->since_utc_s;
	}
	return MUN_OK;
}

static enum mun_status
rotate_actor(struct mun_custody_step *step)
{
	const struct mun_detail *detail = step->detail;
	struct mun_actor_key *key =
	    mun_custody_find_key(step->custody, detail->actor);
	const char *why = not_new(step->custody, detail->certificate);
	enum mun_status status;

	if (key == NULL || key->is_replaced || key->actor->is_revoked)
		why = "it replaces a certificate that is not in use";
	else if (key->actor->is_recovery && step->signer != key->actor)
		why = "only the recovery certificate replaces itself";
	if (why != NULL) {
		refuse(step, why);
		return MUN_OK;
	}
	status = add_key(step->custody, key->actor, detail->certificate,
	    step->event->seq + 1, step->err);
	if (status == MUN_OK) {
		key->is_replaced = true;
		key->replaced_seq = step->event->seq;
	}
	return status;
}

enum mun_status
mun_custody_rotate(struct mun_custody_step *step)
{
	const struct mun_custody *custody = step->custody;

	if (!mun_detail_has(step->detail, MUN_DETAIL_LOG_KEY))
		return rotate_actor(step);
	for (size_t i = 0; i < custody->log_key_count; i++)
		if (mun_bytes_equal(custody->log_keys[i].key,
			step->detail->log_key, sizeof(step->detail->log_key))) {
			refuse(step, "the log had that key before");
			return MUN_OK;
		}
	return mun_custody_add_log_key(step->custody, step->event->seq + 1,
	    step->detail->log_key, step->signer->is_recovery, step->err);
}

/* ---- reading ---- */

size_t
mun_custody_actor_count(const struct mun_custody *custody)
{
	return custody->actor_count;
}

const struct mun_actor *
mun_custody_actor(const struct mun_custody *custody, size_t i)
{
	return i < custody->actor_count ? custody->actors[i] : NULL;
}

const struct mun_actor *
mun_custody_find_actor(
    const struct mun_custody *custody, const uint8_t sha256[MUN_SHA256_LEN])
{
	const struct mun_actor_key *key = mun_custody_find_key(custody, sha256);

	return key == NULL ? NULL : key->actor;
}

size_t
mun_custody_certificate_count(const struct mun_custody *custody)
{
	return custody->key_count;
}

const uint8_t *
mun_custody_certificate(const struct mun_custody *custody, size_t i)
{
	return i < custody->key_count ? custody->keys[i].sha256 : NULL;
}

const struct mun_actor_key *
mun_custody_key(const struct mun_custody *custody, size_t i)
{
	return i < custody->key_count ? &custody->keys[i] : NULL;
}

const struct mun_actor_key *
mun_custody_key_of(
    const struct mun_custody *custody, const uint8_t sha256[MUN_SHA256_LEN])
{
	return mun_custody_find_key(custody, sha256);
}

size_t
mun_custody_log_key_count(const struct mun_custody *custody)
{
	return custody->log_key_count;
}

const struct mun_log_key_fact *
mun_custody_log_key(const struct mun_custody *custody, size_t i)
{
	return i < custody->log_key_count ? &custody->log_keys[i] : NULL;
}

const struct mun_log_key_fact *
mun_custody_log_key_at(const struct mun_custody *custody, uint64_t size)
{
	const struct mun_log_key_fact *found = NULL;

	for (size_t i = 0; i < custody->log_key_count; i++)
		if (custody->log_keys[i].from_size <= size)
			found = &custody->log_keys[i];
	return found;
}
