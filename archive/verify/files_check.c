/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * files_check.c - what lies under log/, certs/ and crls/ is what the log
 * names, and nothing else.  The contents of tiles and statements are judged in
 * log_check.c.
 */
#include "verify/verify_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"

struct listing {
	struct mun_verification *v;
	const struct mun_log_facts *facts;
	struct mun_store *store;
	const char *subject;
	size_t certificates; /* found under certs/ */
};

static bool
starts(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* A leftover of an interrupted atomic write: ".name.….tmp". */
static bool
is_temporary(const char *name)
{
	const char *base = strrchr(name, '/');
	size_t len = strlen(name);

	base = base == NULL ? name : base + 1;
	return base[0] == '.' && len > 4 && strcmp(name + len - 4, ".tmp") == 0;
}

static bool
is_named_statement(const struct listing *listing, const char *name)
{
	char due[MUN_TILE_NAME_MAX];
	char *end;
	unsigned long long seq;

	seq = strtoull(name + strlen("log/statements/"), &end, 10);
	if (seq >= listing->facts->entry_count ||
	    !listing->facts->entries[seq].has_statement)
		return false;
	mun_statement_name(due, seq);
	return strcmp(name, due) == 0;
}

static bool
is_named_results(const struct listing *listing, const char *name)
{
	char due[MUN_TILE_NAME_MAX];
	char *end;
	unsigned long long seq;

	seq = strtoull(name + strlen("log/results/"), &end, 10);
	if (seq >= listing->facts->entry_count ||
	    !listing->facts->entries[seq].has_results)
		return false;
	mun_results_name(due, seq);
	return strcmp(name, due) == 0;
}

/* What lies beside the next entry is put before that entry counts: a writer is
 * at work, or died there. */
static bool
is_beside_next(const struct listing *listing, const char *name)
{
	uint64_t size = listing->facts->checkpoint.size;
	char statement[MUN_TILE_NAME_MAX], results[MUN_TILE_NAME_MAX];

	mun_statement_name(statement, size);
	mun_results_name(results, size);
	return strcmp(name, statement) == 0 || strcmp(name, results) == 0;
}

/* The staged entry of the checkpoint has to be its last entry. */
static enum mun_status
judge_staged(struct listing *listing, const char *name, struct mun_error *err)
{
	const struct mun_log_facts *facts = listing->facts;
	char hex[2 * MUN_SHA256_LEN + 1], due[MUN_TILE_NAME_MAX];
	struct mun_buffer bytes = MUN_BUFFER_INIT(MUN_CMS_MAX);
	uint8_t digest[MUN_SHA256_LEN];
	enum mun_status status = MUN_OK;

	mun_hex_encode(hex, facts->checkpoint.root.bytes, MUN_SHA256_LEN);
	snprintf(due, sizeof(due), "log/staged/%llu-%s",
	    (unsigned long long)facts->checkpoint.size, hex);
	if (strcmp(name, due) != 0) {
		mun_judge(listing->v, MUN_RULE_LOG_LITTER, false,
		    listing->subject, "%s", name);
		goto out;
	}
	status = mun_store_read(listing->store, name, &bytes, err);
	if (status == MUN_ERR_NOT_FOUND) { /* tidied up meanwhile */
		status = MUN_OK;
		goto out;
	}
	if (status == MUN_ERR_LIMIT || status == MUN_ERR_FORMAT)
		status = MUN_OK; /* the digest tells */
	if (status != MUN_OK)
		goto out;
	mun_sha256_of(digest, bytes.data, bytes.len);
	if (facts->entry_count == 0 ||
	    !mun_bytes_equal(digest,
		facts->entries[facts->entry_count - 1].sha256, sizeof(digest)))
		mun_judge(listing->v, MUN_RULE_LOG_UNEXPECTED, false,
		    listing->subject, "%s is not the last entry", name);
out:
	mun_buffer_free(&bytes);
	return status;
}

/* Whether a writer is at work on a folder, or died there.  Its mark is put
 * before the files and goes after them. */
static enum mun_status
is_under_way(struct listing *listing, uint64_t size, bool *under_way,
    struct mun_error *err)
{
	char mark[MUN_TILE_NAME_MAX];

	mun_stamps_mark_name(mark, size);
	return mun_store_has(listing->store, mark, under_way, err);
}

/* One that an event names is held against it in stamp_files.c. */
static enum mun_status
judge_stamp_file(
    struct listing *listing, const char *name, struct mun_error *err)
{
	const struct mun_stamped_fact *stamped = NULL;
	enum mun_status status = MUN_OK;
	enum mun_stamp_file which;
	bool under_way = false;
	uint64_t size;
	unsigned number;

	if (mun_stamp_name_parse(&size, &number, &which, name)) {
		stamped = mun_log_facts_stamped(listing->facts, size);
		MUN_TRY(is_under_way(listing, size, &under_way, err));
	}
	if (stamped != NULL && number <= stamped->stamp_count)
		goto out;
	mun_judge(listing->v,
	    stamped == NULL && under_way ? MUN_RULE_LOG_LITTER
					 : MUN_RULE_LOG_UNEXPECTED,
	    false, listing->subject, "%s", name);
out:
	return status;
}

static enum mun_status
judge_log_file(struct listing *listing, const char *name, struct mun_error *err)
{
	uint64_t size = listing->facts->checkpoint.size;
	uint64_t cosigned;

	if (strcmp(name, "log/checkpoint") == 0 ||
	    mun_tile_name_is_expected(name, size))
		return MUN_OK;
	if (starts(name, "log/statements/") &&
	    is_named_statement(listing, name))
		return MUN_OK;
	if (starts(name, "log/results/") && is_named_results(listing, name))
		return MUN_OK;
	if (starts(name, "log/time-stamps/") && !is_temporary(name))
		return judge_stamp_file(listing, name, err);
	if (starts(name, "log/staged/") && !is_temporary(name))
		return judge_staged(listing, name, err);
	if (mun_witness_name_parse(&cosigned, name) && cosigned <= size)
		return MUN_OK; /* judged in witness_check.c */
	if (mun_tile_name_is_litter(name, size) || is_temporary(name) ||
	    is_beside_next(listing, name))
		mun_judge(listing->v, MUN_RULE_LOG_LITTER, false,
		    listing->subject, "%s", name);
	else
		mun_judge(listing->v, MUN_RULE_LOG_UNEXPECTED, false,
		    listing->subject, "%s", name);
	return MUN_OK;
}

/* The certificate that a name under certs/ speaks of; false if it is none that
 * an event brought. */
static bool
is_brought(const struct listing *listing, const char *name, size_t *which)
{
	const struct mun_custody *custody = listing->facts->custody;
	size_t count = mun_custody_certificate_count(custody);

	for (*which = 0; *which < count; (*which)++) {
		char
		    due[sizeof("certs/") + 2 * MUN_SHA256_LEN + sizeof(".pem")];
		char hex[2 * MUN_SHA256_LEN + 1];

		mun_hex_encode(hex, mun_custody_certificate(custody, *which),
		    MUN_SHA256_LEN);
		snprintf(due, sizeof(due), "certs/%s.pem", hex);
		if (strcmp(name, due) == 0)
			return true;
	}
	return false;
}

/* The one form of the one certificate that has this digest. */
static bool
is_certificate(
    const struct mun_buffer *pem, const uint8_t sha256[MUN_SHA256_LEN])
{
	struct mun_certificate *certificate = NULL;
	bool same = mun_certificate_from_pem(&certificate, pem->data, pem->len,
			true, NULL) == MUN_OK &&
	    mun_bytes_equal(
		mun_certificate_sha256(certificate), sha256, MUN_SHA256_LEN);

	mun_certificate_free(certificate);
	return same;
}

/* What is left of putting a certificate that an event brought: it is put after
 * the event, and again by whoever writes next. */
static bool
is_being_brought(const struct listing *listing, const char *name)
{
	char due[sizeof("certs/") + 2 * MUN_SHA256_LEN + sizeof(".pem")];
	size_t which;

	if (!starts(name, "certs/.") || !is_temporary(name))
		return false;
	(void)snprintf(due, sizeof(due), "certs/%.*s",
	    (int)(strlen(name) - strlen("certs/.") - strlen(".tmp")),
	    name + strlen("certs/."));
	return is_brought(listing, due, &which);
}

static enum mun_status
judge_certs_file(
    struct listing *listing, const char *name, struct mun_error *err)
{
	struct mun_buffer found =
	    MUN_BUFFER_INIT(2 * (size_t)MUN_CERTIFICATE_MAX);
	enum mun_status status = MUN_OK;
	size_t which;

	if (!is_brought(listing, name, &which)) {
		mun_judge(listing->v,
		    is_being_brought(listing, name) ? MUN_RULE_LOG_LITTER
						    : MUN_RULE_LOG_UNEXPECTED,
		    false, listing->subject, "%s", name);
		goto out;
	}
	listing->certificates++;
	status = mun_store_read(listing->store, name, &found, err);
	if (status == MUN_ERR_LIMIT || status == MUN_ERR_FORMAT)
		status = MUN_OK;
	if (status != MUN_OK)
		goto out;
	mun_judge(listing->v, MUN_RULE_CERTS_AGREE,
	    is_certificate(&found,
		mun_custody_certificate(listing->facts->custody, which)),
	    listing->subject, "%s", name);
out:
	mun_buffer_free(&found);
	return status;
}

static enum mun_status
visit(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	struct listing *listing = ctx;

	(void)size;
	if (kind == MUN_STORE_FOLDER)
		return MUN_OK;
	if (kind == MUN_STORE_OTHER) {
		mun_judge(listing->v, MUN_RULE_LOG_UNEXPECTED, false,
		    listing->subject, "%s is no plain file", name);
		return MUN_OK;
	}
	if (starts(name, "certs/"))
		return judge_certs_file(listing, name, err);
	if (starts(name, "log/"))
		return judge_log_file(listing, name, err);
	mun_judge(listing->v, MUN_RULE_LOG_UNEXPECTED, false, listing->subject,
	    "%s", name);
	return MUN_OK;
}

/* A link or a FIFO where a folder is due is evidence too, and no accident. */
static enum mun_status
judge_folder(struct listing *listing, const char *name, struct mun_error *err)
{
	enum mun_status status =
	    mun_store_list(listing->store, name, visit, listing, err);

	if (status != MUN_ERR_FORMAT)
		return status;
	mun_judge(listing->v, MUN_RULE_LOG_UNEXPECTED, false, listing->subject,
	    "%s: %s", name, err->text);
	return MUN_OK;
}

enum mun_status
mun_check_files(struct mun_verification *v, const struct mun_log_facts *facts,
    struct mun_store *store, const char *subject, struct mun_error *err)
{
	struct listing listing = {
		.v = v, .facts = facts, .store = store, .subject = subject
	};
	size_t before = v->check_count;
	enum mun_status status;

	MUN_TRY(judge_folder(&listing, "log", err));
	MUN_TRY(mun_check_stamp_files(v, facts, store, subject, err));
	MUN_TRY(judge_folder(&listing, "certs", err));
	MUN_TRY(judge_folder(&listing, "crls", err));
	/* the last entry's are put after it counts */
	if (!facts->unfinished &&
	    listing.certificates !=
		mun_custody_certificate_count(facts->custody))
		mun_judge(v, MUN_RULE_CERTS_AGREE, false, subject, "%s",
		    "a certificate that an event brought is not under certs/");
	mun_summarise(v, before,
	    (const enum mun_rule[]){ MUN_RULE_LOG_UNEXPECTED }, 1, subject);
out:
	return status;
}
