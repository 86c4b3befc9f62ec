/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vault_check.c - judges a vault: its log, what lies beside it, every archive
 * against its entry, and the index against all of them.
 */
#include "verify/verify_internal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/macros.h"
#include "muniment/index.h"
#include "muniment/vault.h"
#include "vault/vault.h"

struct vault_pass {
	struct mun_verification *v;
	struct mun_log_facts *facts;
	struct mun_store *store;
	const char *path;
	struct mun_watch *watch;
};

/* ---- vault.json ---- */

static enum mun_status
judge_copy(struct vault_pass *pass, struct mun_error *err)
{
	struct mun_buffer found = MUN_BUFFER_INIT(MUN_VAULT_JSON_MAX);
	struct mun_buffer due = MUN_BUFFER_INIT(MUN_VAULT_JSON_MAX);
	const struct mun_log_facts *facts = pass->facts;
	enum mun_status status;

	status = mun_store_read(pass->store, "vault.json", &found, err);
	if (status == MUN_ERR_NOT_FOUND || status == MUN_ERR_LIMIT ||
	    status == MUN_ERR_FORMAT)
		status = MUN_OK; /* it then differs */
	if (status != MUN_OK)
		goto out;
	mun_vault_json_write(&due, facts->origin, facts->created.prefix,
	    facts->fingerprint, facts->created.log_key);
	MUN_TRY(mun_buffer_status(&due, "vault.json", err));
	mun_judge(pass->v, MUN_RULE_VAULT_COPY,
	    found.len == due.len && memcmp(found.data, due.data, due.len) == 0,
	    pass->path, "%s", "");
out:
	mun_buffer_free(&found);
	mun_buffer_free(&due);
	return status;
}

/* ---- archives ---- */

static enum mun_status
judge_archive(struct vault_pass *pass, const char *name, struct mun_error *err)
{
	struct mun_archive_facts archive = { .whole = false };
	const char *base = strrchr(name, '/') + 1;
	uint64_t size;
	int fd = -1;
	enum mun_status status;

	status = mun_store_open_file(pass->store, name, &fd, &size, err);
	if (status == MUN_ERR_FORMAT) {
		mun_judge(pass->v, MUN_RULE_ARCHIVE_STRUCTURE, false, name,
		    "%s", err->text);
		return MUN_OK;
	}
	if (status == MUN_ERR_SYSTEM) {
		mun_judge(pass->v, MUN_RULE_ARCHIVE_READABLE, false, name, "%s",
		    err->text);
		return MUN_OK;
	}
	if (status != MUN_OK)
		return status;
	MUN_TRY(mun_check_archive(
	    pass->v, &archive, fd, size, name, pass->watch, err));
	if (!archive.has_sha256 && archive.id[0] == '\0')
		goto out; /* not even that could be read */
	if (strncmp(base, archive.id, strlen(archive.id)) != 0 ||
	    strcmp(base + strlen(archive.id), ".tar") != 0)
		mun_judge(pass->v, MUN_RULE_ARCHIVE_NAME, false, name, "%s",
		    archive.id);
	else
		mun_bind_archive(pass->v, &archive, pass->facts, name);
out:
	mun_archive_facts_clear(&archive);
	mun_file_close(&fd);
	return status;
}

/* An archive that is not there: true if its withdrawal says that it was
 * destroyed. */
static bool
judge_absent(struct vault_pass *pass, const struct mun_deposit_fact *deposit,
    const char *name)
{
	const struct mun_holding *holding = mun_custody_holding(
	    pass->facts->custody, deposit->subject.archive, 0);

	if (holding != NULL && holding->is_withdrawn &&
	    holding->fate == MUN_FATE_DESTROYED) {
		mun_judge(pass->v, MUN_RULE_ARCHIVE_WITHDRAWN, false, name,
		    "entry %llu", (unsigned long long)holding->withdrawn_seq);
		return true;
	}
	mun_judge(pass->v, MUN_RULE_ARCHIVE_MISSING, false, name, "entry %llu",
	    (unsigned long long)deposit->seq);
	return false;
}

static enum mun_status
judge_logged(struct vault_pass *pass, struct mun_error *err)
{
	struct mun_log_facts *facts = pass->facts;
	bool all = true;
	enum mun_status status;

	for (size_t i = 0; i < facts->deposit_count; i++) {
		char name[MUN_ARCHIVE_ID_MAX + sizeof("archives/.tar")];

		snprintf(name, sizeof(name), "archives/%s.tar",
		    facts->deposits[i].subject.archive);
		status = judge_archive(pass, name, err);
		if (status == MUN_ERR_NOT_FOUND) {
			all = judge_absent(pass, &facts->deposits[i], name) &&
			    all;
			continue;
		}
		if (status != MUN_OK)
			return status;
		/* judged, whether or not its contents named it */
		facts->deposits[i].seen = true;
	}
	if (all)
		mun_judge(pass->v, MUN_RULE_ARCHIVE_MISSING, true, pass->path,
		    "%zu archives", facts->deposit_count);
	return MUN_OK;
}

static bool
is_logged(struct vault_pass *pass, const char *name)
{
	const char *base = name + strlen("archives/");
	char id[MUN_ARCHIVE_ID_MAX + 1];
	size_t len = strlen(base);

	if (len < 5 || strcmp(base + len - 4, ".tar") != 0 ||
	    len - 4 >= sizeof(id))
		return false;
	(void)snprintf(id, sizeof(id), "%.*s", (int)(len - 4), base);
	return mun_log_facts_deposit(pass->facts, id) != NULL;
}

/* What bears no archive's name is no archive, whatever it ends in: some systems
 * leave "._XPF-0001.tar" beside each file that they copy. */
static bool
is_archive_name(const char *name)
{
	const char *base = name + strlen("archives/");
	char prefix[MUN_PREFIX_MAX + 1];
	size_t len = strlen(base);
	uint64_t number;

	return len > 4 && strcmp(base + len - 4, ".tar") == 0 &&
	    mun_archive_id_parse(base, len - 4, prefix, &number);
}

/* An archive may have been logged after the log was read. */
static bool
log_grew(struct vault_pass *pass)
{
	struct mun_log *now = NULL;
	bool grew = mun_log_open(&now, pass->store, NULL) == MUN_OK &&
	    mun_log_checkpoint(now)->size > pass->facts->checkpoint.size;

	mun_log_close(now);
	return grew;
}

static enum mun_status
visit_archives(void *ctx, const char *name, enum mun_store_kind kind,
    uint64_t size, struct mun_error *err)
{
	struct vault_pass *pass = ctx;

	(void)size;
	if (kind == MUN_STORE_FILE && is_logged(pass, name))
		return MUN_OK;
	if (kind == MUN_STORE_FILE && log_grew(pass))
		return MUN_OK;
	if (kind != MUN_STORE_FILE || !is_archive_name(name)) {
		mun_judge(
		    pass->v, MUN_RULE_VAULT_UNEXPECTED, false, name, "%s", "");
		return MUN_OK;
	}
	return judge_archive(pass, name, err);
}

/* ---- the rest of the folder ---- */

static enum mun_status
visit_top(void *ctx, const char *name, enum mun_store_kind kind, uint64_t size,
    struct mun_error *err)
{
	static const struct {
		const char *name;
		enum mun_store_kind kind;
	} known[] = { { "vault.json", MUN_STORE_FILE },
		{ "archives", MUN_STORE_FOLDER },
		{ "incoming", MUN_STORE_FOLDER }, { "log", MUN_STORE_FOLDER },
		{ "certs", MUN_STORE_FOLDER }, { "crls", MUN_STORE_FOLDER },
		{ "index.sqlite", MUN_STORE_FILE },
		{ "index.sqlite-journal", MUN_STORE_FILE } };
	struct vault_pass *pass = ctx;

	(void)size;
	(void)err;
	if (strchr(name, '/') != NULL)
		return MUN_OK;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i].name) == 0 && kind == known[i].kind)
			return MUN_OK;
	mun_judge(pass->v, MUN_RULE_VAULT_UNEXPECTED, false, name, "%s", "");
	return MUN_OK;
}

/* ---- the index ---- */

static enum mun_status
take_problem(void *ctx, const char *rule, const char *subject,
    const char *detail, struct mun_error *err)
{
	struct vault_pass *pass = ctx;

	(void)err;
	if (strcmp(rule, "index.absent") == 0)
		mun_say(pass->v, MUN_RULE_INDEX_ABSENT, pass->path, "%s", "");
	else if (strcmp(rule, "index.behind") == 0)
		mun_say(
		    pass->v, MUN_RULE_INDEX_BEHIND, pass->path, "%s", detail);
	else if (strcmp(rule, "index.holds") == 0)
		mun_judge(pass->v, MUN_RULE_INDEX_HOLDS, false, subject, "%s",
		    detail);
	else
		mun_judge_index(pass->v, rule, subject, detail);
	return MUN_OK;
}

/* log_stands: the log held together, so the index can be compared with it. */
static enum mun_status
judge_index(struct vault_pass *pass, bool log_stands, struct mun_error *err)
{
	struct mun_vault *vault = NULL;
	size_t own = pass->v->check_count;
	enum mun_status status = MUN_ERR_FORMAT;

	if (log_stands)
		status = mun_vault_open(&vault, pass->path, err);
	if (status == MUN_OK)
		status = mun_index_check(vault, take_problem, pass, err);
	if (status == MUN_ERR_FORMAT || status == MUN_ERR_NOT_FOUND ||
	    status == MUN_ERR_LIMIT || status == MUN_ERR_BUSY ||
	    status == MUN_ERR_SYSTEM) { /* an archive that cannot be read */
		mun_judge(pass->v, MUN_RULE_INDEX_UNJUDGED, false, pass->path,
		    "%s", log_stands && err != NULL ? err->text : "");
		status = MUN_OK;
	} else if (status == MUN_OK && pass->v->check_count == own) {
		mun_judge(
		    pass->v, MUN_RULE_INDEX_AGREES, true, pass->path, "%s", "");
	}
	mun_vault_close(vault);
	return status;
}

/* A folder with nothing of a vault in it was named by mistake; one that lost
 * its log is evidence with a part missing. */
static enum mun_status
must_be_vault(struct vault_pass *pass, struct mun_error *err)
{
	static const char *const marks[] = { "vault.json", "log/checkpoint",
		"index.sqlite", "log/tile/entries/000.p/1" };
	bool has = false;
	struct stat state;
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]) && !has; i++)
		MUN_TRY(mun_store_has(pass->store, marks[i], &has, err));
	if (!has &&
	    fstatat(mun_store_fd(pass->store), "archives", &state, 0) != 0 &&
	    fstatat(mun_store_fd(pass->store), "log", &state, 0) != 0)
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "'%s' is no vault: it has neither log nor archives; name "
		    "the vault's own folder, or of a parcel the files in it "
		    "that end in .tar",
		    pass->path);
out:
	return status;
}

/* Whether a writer moved the head since the log was judged. */
static bool
has_moved(const struct vault_pass *pass)
{
	struct mun_log *now = NULL;
	bool moved = false;

	if (mun_log_open(&now, pass->store, NULL) == MUN_OK)
		moved = mun_log_checkpoint(now)->size >
		    pass->facts->checkpoint.size;
	mun_log_close(now);
	return moved;
}

/* The log and the files that are to be there, as of one head: what a deposit
 * adds meanwhile is no intruder, and what it replaces is not missing. */
static enum mun_status
judge_log(struct vault_pass *pass, struct mun_error *err)
{
	enum {
		TRIES = 10
	};
	size_t before = pass->v->check_count;
	enum mun_status status = MUN_OK;
	bool again = true;

	for (unsigned i = 0; i < TRIES && again; i++) {
		mun_forget(pass->v, before);
		MUN_TRY(mun_check_log(pass->v, pass->facts, pass->store,
		    pass->path, pass->watch, err));
		if (pass->facts->usable) {
			MUN_TRY(mun_check_files(pass->v, pass->facts,
			    pass->store, pass->path, err));
			MUN_TRY(mun_check_cosigned(pass->v, pass->facts,
			    pass->store, pass->path, err));
		}
		again = mun_failed_since(pass->v, before) && has_moved(pass);
	}
out:
	return status;
}

enum mun_status
mun_check_vault(struct mun_verification *v, struct mun_log_facts *facts,
    const char *path, struct mun_watch *watch, struct mun_error *err)
{
	struct vault_pass pass = {
		.v = v, .facts = facts, .path = path, .watch = watch
	};
	size_t before = v->check_count;
	bool log_stands;
	enum mun_status status;

	MUN_TRY(mun_store_open(&pass.store, path, err));
	MUN_TRY(must_be_vault(&pass, err));
	MUN_TRY(judge_log(&pass, err));
	if (!facts->usable) {
		v->lost = facts->has_checkpoint
		    ? "the log has no beginning that can be read, and only the "
		      "log says what belongs in the vault"
		    : "the log has no head that can be read, and only the log "
		      "says what belongs in the vault";
		if (!v->has_anchor)
			mun_judge(
			    v, MUN_RULE_ANCHOR_NONE, false, path, "%s", "");
		goto out;
	}
	log_stands = !mun_failed_since(v, before);
	MUN_TRY(judge_copy(&pass, err));
	v->custodies[v->custody_count++] = facts->custody;
	mun_bind_vault(v, facts, path);
	facts->stands = !mun_failed_since(v, before);
	MUN_TRY(judge_logged(&pass, err));
	status =
	    mun_store_list(pass.store, "archives", visit_archives, &pass, err);
	if (status != MUN_ERR_FORMAT) /* no folder: told with the rest below */
		MUN_TRY(status);
	MUN_TRY(mun_store_list(pass.store, "", visit_top, &pass, err));
	MUN_TRY(judge_index(&pass, log_stands, err));
out:
	mun_store_close(pass.store);
	return status;
}
