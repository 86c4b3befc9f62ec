/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_status.c - muniment without a command: what is here, what is due. */
#include <inttypes.h>
#include <stdio.h>

#include "muniment/keeper.h"
#include "muniment/stamp.h"

enum {
	NAMED_MAX = 3, /* archives, or checks; of more, the number */
	NAME_MAX_LEN = 32
};

/* A recorded check of the bytes that failed. */
struct failed_check {
	char archive[NAME_MAX_LEN]; /* "": of the whole vault */
	uint64_t seq;
};

struct standing {
	struct keeper *keeper;
	bool has_index;
	uint64_t index_size;
	struct mun_index_totals totals;
	uint64_t missing; /* archives whose file is not there, and should be */
	char named[NAMED_MAX][NAME_MAX_LEN]; /* the first of them */
	uint64_t failed_count; /* checks since which none passed */
	struct failed_check failed[NAMED_MAX]; /* the first of them */
	bool has_keys, head_is_old;
	bool has_due;
	struct mun_stamp_due due; /* time-stamps */
	struct mun_buffer problem; /* of the index; text */
};

static enum mun_status
look_at_archive(
    void *ctx, const struct mun_index_archive *archive, struct mun_error *err)
{
	struct standing *standing = ctx;

	(void)err;
	if (archive->present || archive_is_destroyed(archive))
		return MUN_OK;
	if (standing->missing < NAMED_MAX)
		(void)snprintf(standing->named[standing->missing],
		    sizeof(standing->named[0]), "%s", archive->id);
	standing->missing++;
	return MUN_OK;
}

static enum mun_status
look_at_check(
    void *ctx, const char *archive, uint64_t seq, struct mun_error *err)
{
	struct standing *standing = ctx;
	struct failed_check *check;

	(void)err;
	if (standing->failed_count++ >= NAMED_MAX)
		return MUN_OK;
	check = &standing->failed[standing->failed_count - 1];
	check->seq = seq;
	(void)snprintf(check->archive, sizeof(check->archive), "%s",
	    archive == NULL ? "" : archive);
	return MUN_OK;
}

static void
look_at_index(struct standing *standing)
{
	struct mun_error err = MUN_ERROR_INIT;
	struct mun_index *index = NULL;

	if (mun_index_open(&index, standing->keeper->vault, &err) == MUN_OK &&
	    mun_index_get_totals(index, &standing->totals, &err) == MUN_OK &&
	    mun_index_archives(index, NULL, look_at_archive, standing, &err) ==
		MUN_OK &&
	    mun_index_failed_checks(index, look_at_check, standing, &err) ==
		MUN_OK) {
		standing->has_index = true;
		standing->index_size = mun_index_log_size(index);
	} else if (err.status != MUN_ERR_NOT_FOUND) {
		mun_buffer_append_text(&standing->problem, err.text);
	}
	mun_index_close(index);
}

static void
look_at_keys(struct standing *standing)
{
	struct keeper *keeper = standing->keeper;
	uint64_t size;

	if (keeper_find_keys(keeper, keeper->info.origin, NULL) == MUN_OK &&
	    mun_keys_newest_head(mun_buffer_text(&keeper->keys),
		keeper->info.origin, &size, NULL, NULL) == MUN_OK) {
		standing->has_keys = true;
		standing->head_is_old = size > keeper->info.log_size;
	}
}

enum {
	WARN_DAYS = 365 /* an authority may need months to be replaced */
};

static void
look_at_stamps(struct standing *standing)
{
	standing->has_due = mun_stamp_get_due(standing->keeper->vault,
				WARN_DAYS, &standing->due, NULL) == MUN_OK;
}

static const char *
next_step(const struct standing *standing)
{
	const struct keeper *keeper = standing->keeper;

	if (standing->head_is_old)
		return "This vault is older than the last event signed with "
		       "your keys: an older copy\nwas put back. Put back the "
		       "newest copy of log/ and archives/ before you go on.";
	if (standing->missing > 0)
		return "Put the missing files back into archives/ from another "
		       "copy ('muniment list'\nmarks each), then muniment "
		       "verify.";
	if (standing->problem.len > 0 || !standing->has_index)
		return "muniment index rebuild    (the index is missing or "
		       "damaged)";
	if (standing->index_size != keeper->info.log_size)
		return "muniment index rebuild    (the index does not show "
		       "everything)";
	if (standing->failed_count > 0)
		return "muniment verify --trust vault:...    (it names what is "
		       "not whole; put that\narchive's file back from another "
		       "copy, then muniment record fixity-check ARCHIVE)";
	if (standing->totals.archives == 0)
		return "muniment deposit PATH...";
	return "muniment verify --trust vault:...    (with the fingerprint "
	       "from your paper),\nand a copy of the whole folder on another "
	       "disk: this is one copy.";
}

static void
print_stamps(const struct standing *standing)
{
	struct tool *tool = &standing->keeper->tool;
	const struct mun_stamp_due *due = &standing->due;

	if (!standing->has_due)
		return;
	if (due->pending == 0)
		tool_print(tool, "time-stamps  over all events");
	else if (due->covered == 0)
		tool_print(tool, "time-stamps  none yet");
	else
		tool_print(tool, "time-stamps  pending for %" PRIu64 " %s",
		    due->pending, tool_plural(due->pending, "event", "events"));
	if (due->expires_utc_s != 0)
		tool_print(tool, "; %s before %s",
		    due->expires_within ? "RENEW" : "renew", due->expires);
	tool_print(tool, "\n");
}

static void
print_missing(const struct standing *standing)
{
	struct tool *tool = &standing->keeper->tool;

	if (standing->missing == 0)
		return;
	tool_print(tool,
	    "MISSING      %" PRIu64 " %s not in archives/:", standing->missing,
	    tool_plural(
		standing->missing, "archive's file is", "archives' files are"));
	for (uint64_t i = 0; i < standing->missing && i < NAMED_MAX; i++) {
		tool_print(tool, " ");
		tool_print_text(tool, standing->named[i]);
	}
	tool_print(tool, "%s\n", standing->missing > NAMED_MAX ? " ..." : "");
}

static void
print_check(struct tool *tool, const struct failed_check *check)
{
	tool_print(tool, "CHECK        ");
	if (check->archive[0] == '\0') {
		tool_print(tool,
		    "the last of everything found an archive that "
		    "is not whole");
	} else {
		tool_print_text(tool, check->archive);
		tool_print(tool, " was not whole at its last");
	}
	tool_print(tool, " (entry %" PRIu64 ")\n", check->seq);
}

static void
print_checks(const struct standing *standing)
{
	struct tool *tool = &standing->keeper->tool;

	for (uint64_t i = 0; i < standing->failed_count && i < NAMED_MAX; i++)
		print_check(tool, &standing->failed[i]);
	if (standing->failed_count > NAMED_MAX)
		tool_print(tool, "             and %" PRIu64 " more\n",
		    standing->failed_count - NAMED_MAX);
}

static void
print_standing(const struct standing *standing)
{
	const struct keeper *keeper = standing->keeper;
	struct tool *tool = &standing->keeper->tool;

	tool_print(tool, "vault        ");
	tool_print_text(tool, keeper->info.path);
	tool_print(
	    tool, "\norigin       %s\nfingerprint  ", keeper->info.origin);
	print_hex(
	    tool, keeper->info.fingerprint, sizeof(keeper->info.fingerprint));
	tool_print(tool, "\nevents       %" PRIu64 "\n", keeper->info.log_size);
	print_stamps(standing);
	if (standing->has_index) {
		tool_print(tool,
		    "archives     %" PRIu64 "\n"
		    "documents    %" PRIu64 ", ",
		    standing->totals.archives, standing->totals.documents);
		tool_print_size(tool, standing->totals.bytes);
		tool_print(tool,
		    "\nmembers      %" PRIu64 "\n"
		    "findings     %" PRIu64 "\n",
		    standing->totals.members, standing->totals.findings);
	}
	print_missing(standing);
	print_checks(standing);
	if (standing->problem.len > 0) {
		tool_print(tool, "index        ");
		mun_text_escape_prose(&tool->out, standing->problem.data,
		    standing->problem.len, tool->out_mode);
		tool_print(tool, "\n");
	}
	tool_print(tool, "keys         ");
	if (standing->has_keys)
		tool_print_text(tool, mun_buffer_text(&keeper->keys));
	else
		tool_print(tool, "not on this machine (or say --keys DIR)");
	tool_print(tool, "\n\nNext:\n%s\n", next_step(standing));
}

static void
json_missing(const struct standing *standing, struct mun_json_writer *json)
{
	mun_json_key(json, "archives_missing");
	if (standing->has_index)
		mun_json_unsigned(json, standing->missing);
	else
		mun_json_null(json);
	mun_json_key(json, "missing");
	mun_json_begin_array(json);
	for (uint64_t i = 0; i < standing->missing && i < NAMED_MAX; i++)
		tool_json_text(json, standing->named[i]);
	mun_json_end_array(json);
}

static void
json_checks(const struct standing *standing, struct mun_json_writer *json)
{
	mun_json_key(json, "checks_failed");
	if (standing->has_index)
		mun_json_unsigned(json, standing->failed_count);
	else
		mun_json_null(json);
	mun_json_key(json, "failed");
	mun_json_begin_array(json);
	for (uint64_t i = 0; i < standing->failed_count && i < NAMED_MAX; i++) {
		const char *archive = standing->failed[i].archive;

		mun_json_begin_object(json);
		mun_json_key(json, "archive");
		if (archive[0] == '\0')
			mun_json_null(json);
		else
			tool_json_text(json, archive);
		mun_json_key(json, "seq");
		mun_json_unsigned(json, standing->failed[i].seq);
		mun_json_end_object(json);
	}
	mun_json_end_array(json);
}

static void
json_standing(const struct standing *standing)
{
	const struct keeper *keeper = standing->keeper;
	struct mun_json_writer json =
	    MUN_JSON_WRITER_INIT(&standing->keeper->tool.out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "vault");
	mun_json_hex(
	    &json, keeper->info.fingerprint, sizeof(keeper->info.fingerprint));
	mun_json_key(&json, "path");
	tool_json_text(&json, keeper->info.path);
	mun_json_key(&json, "origin");
	mun_json_text(&json, keeper->info.origin);
	mun_json_key(&json, "prefix");
	mun_json_text(&json, keeper->info.prefix);
	mun_json_key(&json, "events");
	mun_json_unsigned(&json, keeper->info.log_size);
	mun_json_key(&json, "time_stamps_pending");
	if (standing->has_due)
		mun_json_unsigned(&json, standing->due.pending);
	else
		mun_json_null(&json);
	mun_json_key(&json, "time_stamps_expire");
	mun_json_text(&json,
	    standing->due.expires[0] == '\0' ? NULL : standing->due.expires);
	mun_json_key(&json, "index_events");
	if (standing->has_index)
		mun_json_unsigned(&json, standing->index_size);
	else
		mun_json_null(&json);
	mun_json_key(&json, "archives");
	mun_json_unsigned(&json, standing->totals.archives);
	json_missing(standing, &json);
	json_checks(standing, &json);
	mun_json_key(&json, "documents");
	mun_json_unsigned(&json, standing->totals.documents);
	mun_json_key(&json, "bytes");
	mun_json_unsigned(&json, standing->totals.bytes);
	mun_json_key(&json, "members");
	mun_json_unsigned(&json, standing->totals.members);
	mun_json_key(&json, "findings");
	mun_json_unsigned(&json, standing->totals.findings);
	mun_json_key(&json, "keys_here");
	mun_json_boolean(&json, standing->has_keys);
	mun_json_key(&json, "stale");
	mun_json_boolean(&json, standing->head_is_old);
	mun_json_key(&json, "next");
	mun_json_text(&json, next_step(standing));
	mun_json_end_object(&json);
	mun_buffer_append_byte(&standing->keeper->tool.out, '\n');
}

int
cmd_status(struct keeper *keeper, int argc, char **argv)
{
	const struct tool_option options[] = { KEEPER_OPTIONS(keeper) };
	const struct tool_usage usage = { .operands = "",
		.summary = "Say what is here, what is missing or due, what to "
			   "do next. JSON names\nthe first 3 archives whose "
			   "files are missing.",
		.example = "muniment -C vault",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	struct standing standing = { .keeper = keeper,
		.problem = MUN_BUFFER_INIT(8192) };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (keeper_open(keeper, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	look_at_index(&standing);
	look_at_keys(&standing);
	look_at_stamps(&standing);
	if (keeper->tool.json)
		json_standing(&standing);
	else
		print_standing(&standing);
	mun_buffer_free(&standing.problem);
	return TOOL_DONE;
}
