/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history_sentence.c - what an event says, in plain words that can be read
 * aloud.  Nothing is judged here: findings stand beside it.
 */
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "history/history_internal.h"

struct telling {
	const struct mun_history *history;
	const struct mun_history_event *event;
	const struct mun_detail *detail;
	struct mun_buffer *out;
};

/* ---- persons ---- */

/* Two actors of one name are told apart by the entries that enrolled them. */
static bool
is_only_one(const struct mun_history *history, const char *name)
{
	size_t count = mun_custody_certificate_count(history->custody);
	const struct mun_actor *met = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct mun_actor_key *key =
		    mun_custody_key(history->custody, i);

		if (strcmp(key->name, name) != 0)
			continue;
		if (met != NULL && met != key->actor)
			return false;
		met = key->actor;
	}
	return true;
}

void
mun_history_say_person(const struct mun_history *history,
    struct mun_buffer *out, const struct mun_history_person *person)
{
	const struct mun_actor *actor;

	if (!person->is_known) {
		mun_buffer_append_text(out, "somebody outside the vault");
		return;
	}
	if (!person->is_actor) {
		mun_buffer_append_text(
		    out, person->name[0] == '\0' ? "somebody" : person->name);
		mun_buffer_append_text(out, " (not enrolled, certificate ");
		mun_buffer_append_hex(out, person->sha256, 8);
		mun_buffer_append_text(out, ")");
		return;
	}
	actor = mun_custody_find_actor(history->custody, person->sha256);
	mun_buffer_append_format(out, "%s (%s", person->name,
	    strcmp(person->role, "recovery") == 0 ? "recovery key"
						  : person->role);
	if (actor != NULL && !is_only_one(history, person->name))
		mun_buffer_append_format(out, ", enrolled in entry %llu",
		    (unsigned long long)actor->seq);
	mun_buffer_append_text(out, ")");
}

static bool
is_same(const struct mun_history *history, const struct mun_history_person *a,
    const struct mun_history_person *b)
{
	const struct mun_actor *left =
	    mun_custody_find_actor(history->custody, a->sha256);

	return a->is_known && b->is_known && left != NULL &&
	    left == mun_custody_find_actor(history->custody, b->sha256);
}

static void
say(const struct telling *telling, const char *text)
{
	mun_buffer_append_text(telling->out, text);
}

static void
say_person(
    const struct telling *telling, const struct mun_history_person *person)
{
	mun_history_say_person(telling->history, telling->out, person);
}

static void
say_signer(const struct telling *telling)
{
	say_person(telling, &telling->event->signer);
}

/* "document XPF-0003-000042", "XPF-0003", "the vault" */
static void
say_reference(const struct telling *telling, const char *reference)
{
	say(telling, reference[0] == '\0' ? "the vault" : reference);
}

static void
say_subject(const struct telling *telling)
{
	say_reference(telling, telling->event->reference);
}

/* Who is no actor and was typed: NULL if nobody. */
static const char *
typed_who(const struct telling *telling)
{
	for (size_t i = 0; i < telling->event->word_count; i++)
		if (strcmp(telling->event->words[i].key, "who") == 0)
			return telling->event->words[i].text;
	return NULL;
}

/* The doer, with "recorded that" if another signed: then the verb follows. */
static void
say_doer(const struct telling *telling)
{
	const struct mun_history_event *event = telling->event;
	const char *who = typed_who(telling);
	bool by_other = event->by.is_known &&
	    !is_same(telling->history, &event->by, &event->signer);

	say_signer(telling);
	if (!by_other && who == NULL)
		return;
	say(telling, " recorded that ");
	if (by_other)
		say_person(telling, &event->by);
	else
		mun_buffer_append_format(
		    telling->out, "%s (outside the vault)", who);
}

static void
say_times(const struct telling *telling)
{
	const struct mun_detail *detail = telling->detail;
	bool starts = mun_detail_has(detail, MUN_DETAIL_STARTED);
	bool ends = mun_detail_has(detail, MUN_DETAIL_ENDED);
	char when[MUN_HISTORY_WHEN];

	if (starts) {
		mun_history_when(when, detail->started_utc_s);
		mun_buffer_append_format(telling->out, "%s %s",
		    ends ? ", from" : ", beginning", when);
	}
	if (ends) {
		mun_history_when(when, detail->ended_utc_s);
		mun_buffer_append_format(
		    telling->out, "%s %s", starts ? " to" : ", until", when);
	}
}

/* ---- the vault and its actors ---- */

static void
say_created(const struct telling *telling)
{
	const struct mun_vault_created *founding =
	    mun_vault_founding(telling->history->vault);
	char hex[2 * MUN_SHA256_LEN + 1];

	say_signer(telling);
	say(telling, " made this vault and is its first custodian.");
	if (founding->recovery != NULL)
		say(telling,
		    " A recovery key was named, which may replace keys, enrol "
		    "and revoke actors and change the policy, and nothing "
		    "else.");
	if (founding->continues) {
		mun_hex_encode(hex, founding->continues_vault, MUN_SHA256_LEN);
		mun_buffer_append_format(telling->out,
		    " It continues the vault with the fingerprint %s "
		    "(reason: %s).",
		    hex, founding->continues_reason);
	}
}

static void
say_enrolled(const struct telling *telling)
{
	const char *role =
	    mun_detail_word(MUN_DETAIL_ROLE, telling->detail->role);

	say_signer(telling);
	mun_buffer_append_format(telling->out, " enrolled %s as %s %s.",
	    telling->event->named.name,
	    role != NULL && role[0] == 'e' ? "an" : "a", role);
}

static void
say_revoked(const struct telling *telling)
{
	static const char *const reasons[] = {
		[MUN_REVOKED_RETIRED] = ": no longer in that office",
		[MUN_REVOKED_SUPERSEDED] = ": another took that place",
		[MUN_REVOKED_LOST] = ": the key was lost",
		[MUN_REVOKED_COMPROMISED] = ": the key is in other hands",
	};
	char when[MUN_HISTORY_WHEN];

	say_signer(telling);
	say(telling, " revoked ");
	say_person(telling, &telling->event->named);
	say(telling, reasons[telling->detail->reason]);
	if (mun_detail_has(telling->detail, MUN_DETAIL_SINCE)) {
		mun_history_when(when, telling->detail->since_utc_s);
		mun_buffer_append_format(telling->out, ", since %s", when);
	}
	say(telling, ".");
}

static void
say_rotated(const struct telling *telling)
{
	const struct mun_history_event *event = telling->event;

	say_signer(telling);
	if (mun_detail_has(telling->detail, MUN_DETAIL_LOG_KEY)) {
		say(telling, " replaced the key that signs the log.");
		return;
	}
	say(telling, " replaced ");
	if (is_same(telling->history, &event->named, &event->signer)) {
		say(telling, "its own key");
	} else {
		say(telling, "the key of ");
		say_person(telling, &event->named);
	}
	if (event->counts)
		mun_buffer_append_format(telling->out,
		    " by a new one; from here on it signs as %s",
		    mun_certificate_name(telling->detail->certificate));
	say(telling, ".");
}

static void
say_policy(const struct telling *telling)
{
	unsigned long long count = telling->detail->time_stamp_authorities;

	say_signer(telling);
	mun_buffer_append_format(telling->out,
	    " changed the policy: heads of the log are to be time-stamped by "
	    "%llu %s.",
	    count, count == 1 ? "authority" : "authorities");
}

/* ---- custody ---- */

static void
say_deposit(const struct telling *telling)
{
	say_signer(telling);
	say(telling, " deposited ");
	say_subject(telling);
	say(telling, telling->event->counts ? ", and holds it." : ".");
}

/* The entry that is accepted, by its digest; 0: none of those told. */
static uint64_t
accepted_seq(const struct telling *telling)
{
	const struct mun_history *history = telling->history;

	for (size_t i = 0; i < history->step_count; i++)
		if (memcmp(history->steps[i].sha256, telling->detail->entry,
			MUN_SHA256_LEN) == 0)
			return history->steps[i].seq;
	return 0;
}

static void
say_accepted(const struct telling *telling)
{
	uint64_t seq = accepted_seq(telling);

	say_signer(telling);
	say(telling, " accepted ");
	say_subject(telling);
	if (seq != 0)
		mun_buffer_append_format(telling->out,
		    ", handed over in entry %llu", (unsigned long long)seq);
	say(telling,
	    telling->event->counts ? ", and holds it from now on." : ".");
}

static void
say_receiver(const struct telling *telling)
{
	const char *who = typed_who(telling);

	if (!telling->event->to.is_known && who != NULL)
		mun_buffer_append_format(
		    telling->out, "%s (outside the vault)", who);
	else
		say_person(telling, &telling->event->to);
}

static void
say_handed_over(const struct telling *telling)
{
	const struct mun_history_event *event = telling->event;
	bool self = is_same(telling->history, &event->from, &event->signer);

	say_signer(telling);
	if (!self) {
		say(telling, " recorded that ");
		say_person(telling, &event->from);
	}
	say(telling, " handed ");
	say_subject(telling);
	say(telling, " over to ");
	say_receiver(telling);
	switch (telling->detail->form) {
	case MUN_TRANSFER_COUNTERSIGNED:
		say(telling, ", who is to accept it.");
		break;
	case MUN_TRANSFER_RECEIPTED:
		say(telling, "; the signed receipt is deposited as ");
		say_reference(telling, event->other);
		say(telling, ".");
		break;
	default:
		say(telling, ".");
		break;
	}
}

static void
say_transfer(const struct telling *telling)
{
	if (telling->detail->step == MUN_TRANSFER_ACCEPTED)
		say_accepted(telling);
	else
		say_handed_over(telling);
}

static void
say_access(const struct telling *telling)
{
	say_doer(telling);
	say(telling, " had access to ");
	say_subject(telling);
	say_times(telling);
	say(telling, ".");
}

static void
say_outcome(const struct telling *telling, enum mun_detail_field field,
    unsigned outcome, const char *when)
{
	if (mun_detail_has(telling->detail, field))
		mun_buffer_append_format(telling->out,
		    " %s, the bytes were%s those logged.", when,
		    outcome == MUN_OUTCOME_PASSED ? "" : " not");
}

static void
say_examination(const struct telling *telling)
{
	say_doer(telling);
	say(telling, " examined ");
	say_subject(telling);
	say_times(telling);
	say(telling, ".");
	say_outcome(
	    telling, MUN_DETAIL_BEFORE, telling->detail->before, "Before it");
	say_outcome(
	    telling, MUN_DETAIL_AFTER, telling->detail->after, "After it");
}

static void
say_copy(const struct telling *telling)
{
	bool evidentiary = telling->detail->copy == MUN_COPY_EVIDENTIARY;

	say_signer(telling);
	say(telling,
	    evidentiary ? " made an evidentiary copy of "
			: " made a working copy of ");
	say_subject(telling);
	if (telling->event->to.is_known || typed_who(telling) != NULL) {
		say(telling, " for ");
		say_receiver(telling);
	}
	say(telling, ".");
	if (mun_detail_has(telling->detail, MUN_DETAIL_ENTRIES))
		say(telling,
		    " It was an export: the entries that prove it went with "
		    "it.");
}

static void
say_fixity(const struct telling *telling)
{
	bool passed = telling->detail->result == MUN_OUTCOME_PASSED;

	say_signer(telling);
	if (telling->event->archive == NULL) {
		say(telling,
		    passed ? " checked the stored bytes of every archive: all "
			     "were those logged."
			   : " checked the stored bytes of every archive: not "
			     "all were those logged.");
		return;
	}
	say(telling, " checked the stored bytes of ");
	say_subject(telling);
	say(telling,
	    passed ? ": they were those logged."
		   : ": they were NOT those logged.");
}

static void
say_relation(const struct telling *telling)
{
	static const char *const kinds[] = {
		[MUN_RELATION_BETTER_COPY_OF] = " is a better copy of ",
		[MUN_RELATION_TRANSLATION_OF] = " is a translation of ",
		[MUN_RELATION_REDACTION_OF] = " is a redacted version of ",
		[MUN_RELATION_ATTACHMENT_OF] = " is an attachment of ",
		[MUN_RELATION_RENDITION_OF] =
		    " is the same in another form as ",
		[MUN_RELATION_SAME_CONTENT_AS] = " has the same content as ",
	};

	say_signer(telling);
	say(telling, " recorded that ");
	say_subject(telling);
	say(telling, kinds[telling->detail->relation]);
	say_reference(telling, telling->event->other);
	say(telling, ".");
}

/* "title", "title and date", "case, title and date" */
static void
say_keys(const struct telling *telling)
{
	unsigned left = 0;
	bool first = true;

	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++)
		left += telling->detail->keys >> i & 1u;
	for (unsigned i = 0; i < MUN_STATEMENT_FIELDS; i++) {
		if ((telling->detail->keys >> i & 1u) == 0)
			continue;
		left--;
		say(telling, first ? "" : left == 0 ? " and " : ", ");
		say(telling, mun_statement_key((enum mun_statement_field)i));
		first = false;
	}
}

static void
say_annotation(const struct telling *telling)
{
	say_signer(telling);
	say(telling, " described ");
	say_subject(telling);
	say(telling, ": ");
	say_keys(telling);
	say(telling, ".");
}

static void
say_migration(const struct telling *telling)
{
	static const char *const kinds[] = {
		[MUN_MIGRATION_STORAGE] = " was moved to other storage.",
		[MUN_MIGRATION_HOST] = " was moved to another computer.",
		[MUN_MIGRATION_SOFTWARE] = " was moved to other software.",
	};

	say_signer(telling);
	say(telling, " recorded that ");
	say_subject(telling);
	say(telling, kinds[telling->detail->migration]);
}

static void
say_withdrawn(const struct telling *telling)
{
	say_signer(telling);
	say(telling, " withdrew ");
	say_subject(telling);
	say(telling,
	    telling->detail->bytes == MUN_FATE_DESTROYED
		? "; its bytes were destroyed."
		: "; its bytes are kept.");
}

/* What the tokens prove, and whether they do, is the verifier's to say. */
static void
say_stamped(const struct telling *telling)
{
	const struct mun_detail *detail = telling->detail;
	unsigned long long size = detail->checkpoint_size;

	say_signer(telling);
	mun_buffer_append_format(telling->out,
	    " had the head of the log, over its first %llu %s, time-stamped "
	    "by %zu %s.",
	    size, size == 1 ? "entry" : "entries", detail->stamp_count,
	    detail->stamp_count == 1 ? "authority" : "authorities");
}

static void
say_unknown(const struct telling *telling)
{
	say_signer(telling);
	mun_buffer_append_format(telling->out,
	    " signed an event of the type %s about ", telling->event->type);
	say_subject(telling);
	say(telling, ".");
}

void
mun_history_say(const struct mun_history *history,
    const struct mun_history_event *event, struct mun_buffer *out)
{
	static void (*const sayings[MUN_EVENT_TYPES])(
	    const struct telling *telling) = {
		[MUN_EVENT_UNKNOWN] = say_unknown,
		[MUN_EVENT_VAULT_CREATED] = say_created,
		[MUN_EVENT_ACTOR_ENROLLED] = say_enrolled,
		[MUN_EVENT_ACTOR_REVOKED] = say_revoked,
		[MUN_EVENT_KEY_ROTATED] = say_rotated,
		[MUN_EVENT_POLICY_CHANGED] = say_policy,
		[MUN_EVENT_DEPOSIT] = say_deposit,
		[MUN_EVENT_TRANSFER] = say_transfer,
		[MUN_EVENT_ACCESS] = say_access,
		[MUN_EVENT_EXAMINATION] = say_examination,
		[MUN_EVENT_COPY] = say_copy,
		[MUN_EVENT_FIXITY_CHECK] = say_fixity,
		[MUN_EVENT_RELATION] = say_relation,
		[MUN_EVENT_ANNOTATION] = say_annotation,
		[MUN_EVENT_MIGRATION] = say_migration,
		[MUN_EVENT_DEACCESSION] = say_withdrawn,
		[MUN_EVENT_TIME_STAMP] = say_stamped,
	};
	const struct telling telling = { .history = history,
		.event = event,
		.detail = &history->detail,
		.out = out };

	MUN_ASSERT(sayings[history->detail.type] != NULL);
	sayings[history->detail.type](&telling);
}
