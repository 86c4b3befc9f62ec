/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * findings.c - what is to be said about a plan, and about a finished deposit.
 */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"
#include "ingest/ingest_internal.h"
#include "package/package.h"

/* The system's own words differ from one C library to the next. */
const char *
mun_errno_words(int saved_errno)
{
	switch (saved_errno) {
	case EACCES:
	case EPERM:
		return "permission denied";
	case EIO:
		return "input/output error";
	case ENOENT:
	case ENOTDIR:
		return "not there any more";
	case ESTALE:
		return "stale file handle";
	case ELOOP:
		return "became a link";
	case EXDEV:
		return "became another file system";
	default:
		return "could not be read";
	}
}

const char *
mun_entry_rule(const struct mun_walk_entry *entry, const char **detail)
{
	*detail = "";
	switch (entry->kind) {
	case MUN_WALK_DOCUMENT:
		return NULL;
	case MUN_WALK_FOLDER_EMPTY:
		return "source.empty-folder";
	case MUN_WALK_SYMLINK:
		return "source.symlink";
	case MUN_WALK_FIFO:
		return "source.fifo";
	case MUN_WALK_SOCKET:
		return "source.socket";
	case MUN_WALK_CHARACTER_DEVICE:
		return "source.character-device";
	case MUN_WALK_BLOCK_DEVICE:
		return "source.block-device";
	case MUN_WALK_MOUNT_POINT:
		return "source.mount-point";
	case MUN_WALK_UNREADABLE:
		*detail = mun_errno_words(entry->saved_errno);
		return entry->saved_errno == ENOENT ? "source.vanished"
						    : "source.unreadable";
	case MUN_WALK_TOO_DEEP:
		return "source.too-deep";
	case MUN_WALK_TOO_LONG:
		return "source.too-long";
	}
	return "source.unreadable";
}

/* ---- a plan ---- */

struct telling {
	const struct mun_deposit *deposit;
	mun_deposit_tell *tell;
	void *ctx;
	struct mun_buffer path;
	struct mun_name_judge judge;
};

static enum mun_status
tell_rule(struct telling *telling, const char *rule, const char *detail,
    struct mun_error *err)
{
	struct mun_deposit_notice notice = { .rule = rule,
		.path = telling->path.data,
		.path_len = telling->path.len,
		.detail = detail };

	return telling->tell(telling->ctx, &notice, err);
}

static enum mun_status
tell_document(struct telling *telling, uint64_t entry, uint32_t links,
    struct mun_error *err)
{
	unsigned flags = mun_name_judge_next(
	    &telling->judge, telling->path.data, telling->path.len);
	enum mun_status status = MUN_OK;

	if (links > 1)
		MUN_TRY(tell_rule(telling, "source.hard-links", "", err));
	if (flags & MUN_NAME_NOT_UTF8)
		MUN_TRY(tell_rule(telling, "name.not-utf8", "", err));
	if (flags & MUN_NAME_CONTROL)
		MUN_TRY(tell_rule(telling, "name.control", "", err));
	if (flags & MUN_NAME_NOT_PORTABLE)
		MUN_TRY(tell_rule(telling, "name.not-portable", "", err));
	if (mun_collisions_of(&telling->deposit->collisions, entry) != NULL)
		MUN_TRY(tell_rule(telling, "name.collision", "", err));
out:
	return status;
}

static enum mun_status
tell_entry(struct telling *telling, uint64_t i, struct mun_error *err)
{
	struct mun_walk_entry entry;
	const char *rule, *detail;
	enum mun_status status;

	mun_walk_get(telling->deposit->walk, i, &entry);
	mun_buffer_reset(&telling->path);
	mun_walk_path(telling->deposit->walk, i, &telling->path);
	MUN_TRY(mun_buffer_status(&telling->path, "path", err));
	rule = mun_entry_rule(&entry, &detail);
	status = rule == NULL ? tell_document(telling, i, entry.links, err)
			      : tell_rule(telling, rule, detail, err);
out:
	return status;
}

enum mun_status
mun_deposit_plan_notices(const struct mun_deposit *deposit,
    mun_deposit_tell *tell, void *ctx, struct mun_error *err)
{
	struct telling telling = { .deposit = deposit,
		.tell = tell,
		.ctx = ctx,
		.path = MUN_BUFFER_INIT(MUN_PATH_MAX) };
	enum mun_status status = MUN_OK;

	mun_name_judge_init(&telling.judge);
	for (uint64_t i = 0;
	     status == MUN_OK && i < mun_walk_entries(deposit->walk); i++)
		status = tell_entry(&telling, i, err);
	mun_name_judge_free(&telling.judge);
	mun_buffer_free(&telling.path);
	return status;
}

/* ---- a finished deposit: its own findings.jsonl, read back ---- */

struct recalling {
	struct telling telling;
	struct mun_package_lines *lines;
	struct mun_buffer scratch;
	uint64_t entry, number; /* of the walk; of the document there */
};

/* The path of document `number`, walking on from the last one asked for. */
static enum mun_status
recall_path(struct recalling *recalling, uint64_t number, struct mun_error *err)
{
	const struct mun_deposit *deposit = recalling->telling.deposit;

	while (recalling->number < number) {
		struct mun_walk_entry entry;

		if (recalling->entry == mun_walk_entries(deposit->walk))
			return mun_error_set(err, MUN_ERR_INTERNAL,
			    "a finding about no document");
		mun_walk_get(deposit->walk, recalling->entry, &entry);
		if (entry.kind == MUN_WALK_DOCUMENT &&
		    mun_deposit_skipped(deposit, recalling->entry) == NULL)
			recalling->number++;
		recalling->entry++;
	}
	mun_buffer_reset(&recalling->telling.path);
	mun_walk_path(
	    deposit->walk, recalling->entry - 1, &recalling->telling.path);
	return mun_buffer_status(&recalling->telling.path, "path", err);
}

static enum mun_status
recall_line(struct recalling *recalling, const char *line, size_t len,
    struct mun_error *err)
{
	struct telling *telling = &recalling->telling;
	struct mun_deposit_notice notice = { .rule = NULL };
	struct mun_finding finding;
	enum mun_status status;

	mun_buffer_reset(&recalling->scratch);
	MUN_TRY(
	    mun_finding_parse(&finding, &recalling->scratch, line, len, err));
	notice.rule = finding.rule;
	notice.detail = finding.detail == NULL ? "" : finding.detail;
	notice.document = finding.document;
	notice.member = finding.member;
	notice.path = finding.path;
	notice.path_len = finding.path_len;
	if (finding.document != 0) {
		MUN_TRY(recall_path(recalling, finding.document, err));
		notice.path = telling->path.data;
		notice.path_len = telling->path.len;
	}
	status = telling->tell(telling->ctx, &notice, err);
out:
	return status;
}

static enum mun_status
find_member(int fd, uint64_t size, const char *id, enum mun_tag_member tag,
    struct mun_package_member *member, struct mun_error *err)
{
	struct mun_package_cursor cursor = { .fd = fd, .file_size = size };
	const char *wanted = mun_tag_member_path(tag);
	size_t skip = strlen(id) + 1;
	enum mun_status status;

	do {
		status = mun_package_cursor_next(&cursor, member, err);
	} while (status == MUN_OK &&
	    (strlen(member->path) < skip ||
		strcmp(member->path + skip, wanted) != 0));
	return status;
}

static enum mun_status
recall_all(struct recalling *recalling, struct mun_error *err)
{
	enum mun_status status;
	const char *line;
	size_t len;

	for (;;) {
		status =
		    mun_package_lines_next(recalling->lines, &line, &len, err);
		if (status == MUN_ERR_NOT_FOUND)
			return MUN_OK;
		if (status != MUN_OK)
			return status;
		status = recall_line(recalling, line, len, err);
		if (status != MUN_OK)
			return status;
	}
}

enum mun_status
mun_deposit_findings(const struct mun_deposit *deposit, mun_deposit_tell *tell,
    void *ctx, struct mun_error *err)
{
	struct recalling recalling = { .telling = { .deposit = deposit,
					   .tell = tell,
					   .ctx = ctx,
					   .path =
					       MUN_BUFFER_INIT(MUN_PATH_MAX) },
		.scratch = MUN_BUFFER_INIT(MUN_LINE_MAX) };
	char name[MUN_ARCHIVE_NAME_MAX];
	struct mun_package_member member;
	enum mun_status status;
	uint64_t size;
	int fd = -1;

	if (deposit->archive[0] == '\0')
		return mun_error_set(
		    err, MUN_ERR_USAGE, "this deposit was not made");
	mun_vault_archive_name(name, deposit->archive);
	MUN_TRY(mun_store_open_file(
	    mun_vault_store(deposit->vault), name, &fd, &size, err));
	MUN_TRY(find_member(
	    fd, size, deposit->archive, MUN_TAG_FINDINGS, &member, err));
	MUN_TRY(mun_package_lines_open(&recalling.lines, fd, &member, err));
	status = recall_all(&recalling, err);
out:
	mun_package_lines_free(recalling.lines);
	mun_buffer_free(&recalling.scratch);
	mun_buffer_free(&recalling.telling.path);
	mun_file_close(&fd);
	return status;
}
