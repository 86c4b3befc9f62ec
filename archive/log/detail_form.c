/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * detail_form.c - the types of events, their fields and their words, as
 * tables: docs/format/custody.md for programs.
 */
#include <string.h>

#include "base/macros.h"
#include "log/detail_form.h"

static const char *const roles[] = { NULL, "custodian", "depositor", "examiner",
	"counsel", "keeper", NULL };
static const char *const revocations[] = { NULL, "retired", "superseded",
	"lost", "compromised", NULL };
static const char *const steps[] = { NULL, "handed-over", "accepted", NULL };
static const char *const forms[] = { NULL, "countersigned", "receipted",
	"asserted", NULL };
static const char *const outcomes[] = { NULL, "passed", "failed", NULL };
static const char *const copies[] = { NULL, "evidentiary", "working", NULL };
static const char *const relations[] = { NULL, "better-copy-of",
	"translation-of", "redaction-of", "attachment-of", "rendition-of",
	"same-content-as", NULL };
static const char *const migrations[] = { NULL, "storage", "host", "software",
	NULL };
static const char *const fates[] = { NULL, "kept", "destroyed", NULL };

#define AT(member) offsetof(struct mun_detail, member)

const struct mun_field mun_fields[MUN_DETAIL_FIELDS] = {
	[MUN_DETAIL_ROLE] = { "role", MUN_FIELD_WORD, AT(role), roles },
	[MUN_DETAIL_CERTIFICATE] = { "certificate_b64", MUN_FIELD_CERTIFICATE,
	    AT(certificate), NULL },
	[MUN_DETAIL_ACTOR] = { "actor", MUN_FIELD_DIGEST, AT(actor), NULL },
	[MUN_DETAIL_REASON] = { "reason", MUN_FIELD_WORD, AT(reason),
	    revocations },
	[MUN_DETAIL_SINCE] = { "since", MUN_FIELD_TIME, AT(since_utc_s), NULL },
	[MUN_DETAIL_LOG_KEY] = { "log_key", MUN_FIELD_DIGEST, AT(log_key),
	    NULL },
	[MUN_DETAIL_POLICY] = { "policy", MUN_FIELD_POLICY,
	    AT(time_stamp_authorities), NULL },
	[MUN_DETAIL_STEP] = { "step", MUN_FIELD_WORD, AT(step), steps },
	[MUN_DETAIL_ENTRY] = { "entry", MUN_FIELD_DIGEST, AT(entry), NULL },
	[MUN_DETAIL_FROM] = { "from", MUN_FIELD_DIGEST, AT(from), NULL },
	[MUN_DETAIL_TO] = { "to", MUN_FIELD_DIGEST, AT(to), NULL },
	[MUN_DETAIL_FORM] = { "form", MUN_FIELD_WORD, AT(form), forms },
	[MUN_DETAIL_RECEIPT] = { "receipt", MUN_FIELD_REFERENCE, AT(receipt),
	    NULL },
	[MUN_DETAIL_BY] = { "by", MUN_FIELD_DIGEST, AT(by), NULL },
	[MUN_DETAIL_STARTED] = { "started", MUN_FIELD_TIME, AT(started_utc_s),
	    NULL },
	[MUN_DETAIL_ENDED] = { "ended", MUN_FIELD_TIME, AT(ended_utc_s), NULL },
	[MUN_DETAIL_BEFORE] = { "before", MUN_FIELD_WORD, AT(before),
	    outcomes },
	[MUN_DETAIL_AFTER] = { "after", MUN_FIELD_WORD, AT(after), outcomes },
	[MUN_DETAIL_COPY] = { "kind", MUN_FIELD_WORD, AT(copy), copies },
	[MUN_DETAIL_ENTRIES] = { "entries", MUN_FIELD_RANGES, AT(entries),
	    NULL },
	[MUN_DETAIL_RESULT] = { "result", MUN_FIELD_WORD, AT(result),
	    outcomes },
	[MUN_DETAIL_RESULTS] = { "results", MUN_FIELD_DIGEST, AT(results),
	    NULL },
	[MUN_DETAIL_RELATION] = { "relation", MUN_FIELD_WORD, AT(relation),
	    relations },
	[MUN_DETAIL_OBJECT] = { "object", MUN_FIELD_REFERENCE, AT(object),
	    NULL },
	[MUN_DETAIL_KEYS] = { "keys", MUN_FIELD_KEYS, AT(keys), NULL },
	[MUN_DETAIL_MIGRATION] = { "kind", MUN_FIELD_WORD, AT(migration),
	    migrations },
	[MUN_DETAIL_BYTES] = { "bytes", MUN_FIELD_WORD, AT(bytes), fates },
	[MUN_DETAIL_CHECKPOINT] = { "checkpoint", MUN_FIELD_CHECKPOINT,
	    AT(checkpoint_size), NULL },
	[MUN_DETAIL_STAMPS] = { "stamps", MUN_FIELD_STAMPS, AT(stamps), NULL },
};

#define NEEDS(name)                      \
	{                                \
		MUN_DETAIL_##name, false \
	}
#define MAY(name)                       \
	{                               \
		MUN_DETAIL_##name, true \
	}

enum {
	OF_VAULT = MUN_SUBJECT_NONE,
	OF_ARCHIVE = MUN_SUBJECT_ARCHIVE,
	OF_BOTH = MUN_SUBJECT_ARCHIVE | MUN_SUBJECT_DOCUMENT
};

const struct mun_type_form mun_type_forms[MUN_EVENT_TYPES] = {
	[MUN_EVENT_UNKNOWN] = { "", 0, 0, { NEEDS(ROLE) } },
	[MUN_EVENT_VAULT_CREATED] = { "vault-created", OF_VAULT, 0,
	    { NEEDS(ROLE) } },
	[MUN_EVENT_ACTOR_ENROLLED] = { "actor-enrolled", OF_VAULT, 2,
	    { NEEDS(ROLE), NEEDS(CERTIFICATE) } },
	[MUN_EVENT_ACTOR_REVOKED] = { "actor-revoked", OF_VAULT, 3,
	    { NEEDS(ACTOR), NEEDS(REASON), MAY(SINCE) } },
	[MUN_EVENT_KEY_ROTATED] = { "key-rotated", OF_VAULT, 3,
	    { MAY(ACTOR), MAY(CERTIFICATE), MAY(LOG_KEY) } },
	[MUN_EVENT_POLICY_CHANGED] = { "policy-changed", OF_VAULT, 1,
	    { NEEDS(POLICY) } },
	[MUN_EVENT_DEPOSIT] = { "deposit", MUN_SUBJECT_DEPOSIT, 0,
	    { NEEDS(ROLE) } },
	[MUN_EVENT_TRANSFER] = { "transfer", OF_BOTH, 6,
	    { NEEDS(STEP), MAY(ENTRY), MAY(FORM), MAY(FROM), MAY(TO),
		MAY(RECEIPT) } },
	[MUN_EVENT_ACCESS] = { "access", OF_BOTH, 3,
	    { MAY(BY), MAY(STARTED), MAY(ENDED) } },
	[MUN_EVENT_EXAMINATION] = { "examination", OF_BOTH, 5,
	    { MAY(BY), MAY(STARTED), MAY(ENDED), MAY(BEFORE), MAY(AFTER) } },
	[MUN_EVENT_COPY] = { "copy", OF_BOTH, 3,
	    { NEEDS(COPY), MAY(TO), MAY(ENTRIES) } },
	[MUN_EVENT_FIXITY_CHECK] = { "fixity-check", OF_VAULT | OF_ARCHIVE, 2,
	    { NEEDS(RESULT), MAY(RESULTS) } },
	[MUN_EVENT_RELATION] = { "relation", OF_BOTH, 2,
	    { NEEDS(RELATION), NEEDS(OBJECT) } },
	[MUN_EVENT_ANNOTATION] = { "annotation", OF_BOTH, 1, { NEEDS(KEYS) } },
	[MUN_EVENT_MIGRATION] = { "migration", OF_VAULT | OF_ARCHIVE, 1,
	    { NEEDS(MIGRATION) } },
	[MUN_EVENT_DEACCESSION] = { "deaccession", OF_ARCHIVE, 1,
	    { NEEDS(BYTES) } },
	[MUN_EVENT_TIME_STAMP] = { "time-stamp", OF_VAULT, 2,
	    { NEEDS(CHECKPOINT), NEEDS(STAMPS) } },
};

enum mun_event_type
mun_event_type_of(const char *name)
{
	for (unsigned i = 1; i < MUN_EVENT_TYPES; i++)
		if (strcmp(mun_type_forms[i].name, name) == 0)
			return (enum mun_event_type)i;
	return MUN_EVENT_UNKNOWN;
}

const char *
mun_event_type_name(enum mun_event_type type)
{
	MUN_ASSERT((size_t)type < MUN_EVENT_TYPES);
	return mun_type_forms[type].name;
}

const char *
mun_detail_word(enum mun_detail_field field, unsigned number)
{
	const char *const *words = mun_fields[field].words;

	MUN_ASSERT(words != NULL);
	for (unsigned i = 1; words[i] != NULL; i++)
		if (i == number)
			return words[i];
	return NULL;
}

unsigned
mun_detail_number(enum mun_detail_field field, const char *word)
{
	const char *const *words = mun_fields[field].words;

	MUN_ASSERT(words != NULL);
	for (unsigned i = 1; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return 0;
}
