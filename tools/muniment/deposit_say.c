/* SPDX-License-Identifier: BSD-2-Clause */
/* deposit_say.c - see deposit_say.h. */
#include "muniment/deposit_say.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum {
	NOTICES_SHOWN = 40, /* for people; JSON has all */
	OPERANDS_SHOWN = 10, /* the same */
	SHORT_LEN = 8 /* bytes of a fingerprint, to tell one's vaults apart */
};

struct saying {
	struct tool *tool;
	struct mun_json_writer json;
	struct mun_buffer *lines; /* where text goes */
	enum mun_text_mode mode;
	uint64_t count;
	bool only_left_out;
};

/* ---- notices ---- */

static void
json_notice(
    struct mun_json_writer *json, const struct mun_deposit_notice *notice)
{
	mun_json_begin_object(json);
	mun_json_key(json, "rule");
	mun_json_text(json, notice->rule);
	if (notice->document != 0) {
		mun_json_key(json, "document");
		mun_json_unsigned(json, notice->document);
	}
	if (notice->member != 0) {
		mun_json_key(json, "member");
		mun_json_unsigned(json, notice->member);
	}
	if (notice->path != NULL)
		tool_json_bytes(json, "path", notice->path, notice->path_len);
	mun_json_key(json, "detail");
	tool_json_text(json, notice->detail);
	mun_json_end_object(json);
}

static void
text_notice(struct saying *saying, const struct mun_deposit_notice *notice)
{
	struct mun_buffer *out = saying->lines;

	mun_buffer_append_format(out, "  %-24s ", notice->rule);
	mun_text_escape(out, notice->path, notice->path_len, saying->mode);
	if (notice->member != 0)
		mun_buffer_append_format(
		    out, " member %" PRIu32, notice->member);
	if (notice->detail[0] != '\0') {
		mun_buffer_append_text(out, "  (");
		mun_text_escape(
		    out, notice->detail, strlen(notice->detail), saying->mode);
		mun_buffer_append_text(out, ")");
	}
	mun_buffer_append_byte(out, '\n');
}

/* Rules of what is left out for want of reading. */
static bool
is_left_out(const char *rule)
{
	static const char *const rules[] = { "source.unreadable",
		"source.vanished", "source.too-deep", "source.too-long" };

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (strcmp(rule, rules[i]) == 0)
			return true;
	}
	return false;
}

static enum mun_status
see_notice(
    void *ctx, const struct mun_deposit_notice *notice, struct mun_error *err)
{
	struct saying *saying = ctx;

	(void)err;
	if (saying->only_left_out && !is_left_out(notice->rule))
		return MUN_OK;
	saying->count++;
	if (saying->tool->json && !saying->only_left_out)
		json_notice(&saying->json, notice);
	else if (saying->count <= NOTICES_SHOWN || saying->only_left_out)
		text_notice(saying, notice);
	return MUN_OK;
}

static struct saying
saying_to_output(struct keeper *keeper)
{
	return (struct saying){ .tool = &keeper->tool,
		.json = MUN_JSON_WRITER_INIT(&keeper->tool.out),
		.lines = &keeper->tool.out,
		.mode = keeper->tool.out_mode };
}

static void
say_more(struct tool *tool, uint64_t count, uint64_t shown)
{
	if (count > shown)
		tool_print(tool, "  ... and %" PRIu64 " more\n", count - shown);
}

/* ---- before ---- */

static void
json_totals(
    struct mun_json_writer *json, const struct mun_deposit_totals *totals)
{
	mun_json_key(json, "documents");
	mun_json_unsigned(json, totals->documents);
	mun_json_key(json, "bytes");
	mun_json_unsigned(json, totals->bytes);
	mun_json_key(json, "folders");
	mun_json_unsigned(json, totals->folders);
	mun_json_key(json, "unreadable");
	mun_json_unsigned(json, totals->unreadable);
	mun_json_key(json, "others");
	mun_json_unsigned(json, totals->others);
}

static void
text_operand(struct tool *tool, const struct mun_deposit_operand *operand)
{
	tool_print(tool, "  ");
	tool_print_text(tool, operand->name);
	tool_print(tool, "%s  (%" PRIu64 " %s, ", operand->is_folder ? "/" : "",
	    operand->documents,
	    tool_plural(operand->documents, "document", "documents"));
	tool_print_size(tool, operand->bytes);
	tool_print(tool, ")\n");
}

static void
json_operand(
    struct mun_json_writer *json, const struct mun_deposit_operand *operand)
{
	mun_json_begin_object(json);
	tool_json_bytes(json, "name", operand->name, strlen(operand->name));
	mun_json_key(json, "is_folder");
	mun_json_boolean(json, operand->is_folder);
	mun_json_key(json, "documents");
	mun_json_unsigned(json, operand->documents);
	mun_json_key(json, "bytes");
	mun_json_unsigned(json, operand->bytes);
	mun_json_end_object(json);
}

static enum mun_status
see_operand(
    void *ctx, const struct mun_deposit_operand *operand, struct mun_error *err)
{
	struct saying *saying = ctx;

	(void)err;
	saying->count++;
	if (saying->tool->json)
		json_operand(&saying->json, operand);
	else if (saying->count <= OPERANDS_SHOWN)
		text_operand(saying->tool, operand);
	return MUN_OK;
}

static void
json_terms(struct mun_json_writer *json, const struct keeper *keeper,
    const struct deposit_terms *terms)
{
	const struct mun_vault_info *info = &keeper->info;

	mun_json_key(json, "vault");
	mun_json_hex(json, info->fingerprint, sizeof(info->fingerprint));
	mun_json_key(json, "vault_path");
	tool_json_text(json, info->path);
	mun_json_key(json, "prefix");
	mun_json_text(json, info->prefix);
	mun_json_key(json, "signer");
	tool_json_text(json, terms->signer);
	mun_json_key(json, "times");
	mun_json_boolean(json, !terms->no_times);
	mun_json_key(json, "refused");
	tool_json_text(json, terms->refused);
}

static enum mun_status
json_plan(struct keeper *keeper, const struct mun_deposit *deposit,
    const struct mun_deposit_totals *totals, const struct deposit_terms *terms,
    struct mun_error *err)
{
	struct saying saying = saying_to_output(keeper);
	enum mun_status status;

	mun_json_begin_object(&saying.json);
	mun_json_key(&saying.json, "dry_run");
	mun_json_boolean(&saying.json, true);
	json_terms(&saying.json, keeper, terms);
	json_totals(&saying.json, totals);
	mun_json_key(&saying.json, "operands");
	mun_json_begin_array(&saying.json);
	status = mun_deposit_operands(deposit, see_operand, &saying, err);
	mun_json_end_array(&saying.json);
	mun_json_key(&saying.json, "findings");
	mun_json_begin_array(&saying.json);
	if (status == MUN_OK)
		status =
		    mun_deposit_plan_notices(deposit, see_notice, &saying, err);
	mun_json_end_array(&saying.json);
	mun_json_end_object(&saying.json);
	mun_buffer_append_byte(saying.json.out, '\n');
	return status;
}

/* Where to, and who answers for it. */
static void
say_terms(struct keeper *keeper, const struct deposit_terms *terms)
{
	struct tool *tool = &keeper->tool;

	tool_print(tool, "Into the vault ");
	tool_print_text(tool, keeper->info.path);
	tool_print(tool, "  (%s, vault:", keeper->info.prefix);
	print_hex(tool, keeper->info.fingerprint, SHORT_LEN);
	tool_print(tool, "...)\n");
	if (terms->signer == NULL) {
		tool_print(tool, "There are no keys here to sign it with.\n");
	} else {
		tool_print(tool, "Signed by ");
		tool_print_text(tool, terms->signer);
		tool_print(tool, "\n");
	}
	tool_print(tool,
	    terms->no_times
		? "Names and paths of these files will be sealed with them, "
		  "not their times.\n"
		: "Names, paths and times of these files will be sealed with "
		  "them.\n");
}

static enum mun_status
say_operands(struct keeper *keeper, const struct mun_deposit *deposit,
    struct mun_error *err)
{
	struct saying saying = saying_to_output(keeper);
	enum mun_status status =
	    mun_deposit_operands(deposit, see_operand, &saying, err);

	say_more(&keeper->tool, saying.count, OPERANDS_SHOWN);
	return status;
}

enum mun_status
deposit_say_plan(struct keeper *keeper, const struct mun_deposit *deposit,
    const struct deposit_terms *terms, struct mun_error *err)
{
	struct tool *tool = &keeper->tool;
	struct mun_deposit_totals totals;
	struct saying saying = saying_to_output(keeper);
	enum mun_status status;

	mun_deposit_get_totals(deposit, &totals);
	if (tool->json)
		return json_plan(keeper, deposit, &totals, terms, err);
	tool_print(tool, "To be stored for ever: %" PRIu64 " %s, ",
	    totals.documents,
	    tool_plural(totals.documents, "document", "documents"));
	tool_print_size(tool, totals.bytes);
	tool_print(tool, ", from %" PRIu64 " %s.\n", totals.folders,
	    tool_plural(totals.folders, "folder", "folders"));
	status = say_operands(keeper, deposit, err);
	if (totals.others > 0)
		tool_print(tool,
		    "Recorded, not followed or opened: %" PRIu64 " links, "
		    "special files, empty folders.\n",
		    totals.others);
	if (totals.unreadable > 0)
		tool_print(
		    tool, "CANNOT BE READ: %" PRIu64 ".\n", totals.unreadable);
	if (status == MUN_OK)
		status =
		    mun_deposit_plan_notices(deposit, see_notice, &saying, err);
	say_more(tool, saying.count, NOTICES_SHOWN);
	say_terms(keeper, terms);
	return status;
}

void
deposit_say_unreadable(struct keeper *keeper, const struct mun_deposit *deposit)
{
	struct mun_buffer lines = MUN_BUFFER_INIT(TOOL_TEXT_MAX);
	struct saying saying = { .tool = &keeper->tool,
		.lines = &lines,
		.mode = keeper->tool.err_mode,
		.only_left_out = true };

	if (mun_deposit_plan_notices(deposit, see_notice, &saying, NULL) ==
		MUN_OK &&
	    lines.status == MUN_OK && lines.len > 0)
		(void)!write(STDERR_FILENO, lines.data, lines.len);
	mun_buffer_free(&lines);
}

/* ---- after ---- */

static enum mun_status
json_result(struct keeper *keeper, const struct mun_deposit *deposit,
    const struct mun_deposit_result *result, const char *path,
    const char *receipt, struct mun_error *err)
{
	struct saying saying = saying_to_output(keeper);
	struct mun_json_writer *json = &saying.json;
	enum mun_status status;

	mun_json_begin_object(json);
	mun_json_key(json, "archive");
	mun_json_text(json, result->archive);
	mun_json_key(json, "documents");
	mun_json_unsigned(json, result->documents);
	mun_json_key(json, "bytes");
	mun_json_unsigned(json, result->bytes);
	mun_json_key(json, "members");
	mun_json_unsigned(json, result->members);
	mun_json_key(json, "sha256");
	mun_json_hex(json, result->sha256, sizeof(result->sha256));
	mun_json_key(json, "path");
	tool_json_text(json, path);
	mun_json_key(json, "log_index");
	mun_json_unsigned(json, result->log_index);
	mun_json_key(json, "tree_size");
	mun_json_unsigned(json, result->tree_size);
	mun_json_key(json, "receipt");
	tool_json_text(json, receipt[0] == '\0' ? NULL : receipt);
	mun_json_key(json, "complete");
	mun_json_boolean(json, result->complete);
	mun_json_key(json, "already_held");
	mun_json_unsigned(json, result->already_held);
	mun_json_key(json, "clock_behind");
	mun_json_boolean(json, result->clock_behind);
	mun_json_key(json, "head_kept");
	mun_json_boolean(json, result->head_kept);
	mun_json_key(json, "index_updated");
	mun_json_boolean(json, result->index_updated);
	mun_json_key(json, "findings");
	mun_json_begin_array(json);
	status = mun_deposit_findings(deposit, see_notice, &saying, err);
	mun_json_end_array(json);
	mun_json_end_object(json);
	mun_buffer_append_byte(json->out, '\n');
	return status;
}

static void
warn_of_result(struct tool *tool, const struct mun_deposit_result *result)
{
	if (!result->complete)
		tool_warn(tool,
		    "the seal says that the deposit is not complete: something "
		    "could not be read");
	if (result->clock_behind)
		tool_warn(
		    tool, "this machine's clock is behind the log; check it");
	if (!result->head_kept)
		tool_warn(tool,
		    "the log's head could not be kept beside the keys; the "
		    "next deposit tries again");
	if (!result->index_updated)
		tool_warn(tool,
		    "the deposit is safe, but the index was not updated (%s); "
		    "'muniment index rebuild' makes it anew",
		    result->index_problem);
}

enum mun_status
deposit_say_result(struct keeper *keeper, const struct mun_deposit *deposit,
    const struct mun_deposit_result *result, const char *receipt,
    struct mun_error *err)
{
	struct tool *tool = &keeper->tool;
	struct saying saying = saying_to_output(keeper);
	struct mun_buffer path = MUN_BUFFER_INIT(65536);
	enum mun_status status;

	mun_buffer_append_format(
	    &path, "%s/archives/%s.tar", keeper->info.path, result->archive);
	warn_of_result(tool, result);
	if (tool->json) {
		status = json_result(keeper, deposit, result,
		    mun_buffer_text(&path), receipt, err);
		goto out;
	}
	tool_print(tool, "Deposited as %s: %" PRIu64 " %s, ", result->archive,
	    result->documents,
	    tool_plural(result->documents, "document", "documents"));
	tool_print_size(tool, result->bytes);
	tool_print(tool, ", %" PRIu64 " %s inside containers.\n",
	    result->members, tool_plural(result->members, "member", "members"));
	tool_print(tool, "  archive      ");
	tool_print_text(tool, mun_buffer_text(&path));
	tool_print(tool, "\n  sha256       ");
	print_hex(tool, result->sha256, sizeof(result->sha256));
	tool_print(tool, "\n  log entry    %" PRIu64 " of %" PRIu64 "\n",
	    result->log_index, result->tree_size);
	if (receipt[0] != '\0') {
		tool_print(tool, "  receipt      ");
		tool_print_text(tool, receipt);
		tool_print(tool, "\n");
	}
	if (result->already_held > 0)
		tool_print(tool,
		    "%" PRIu64 " of the documents %s in this vault already "
		    "(same bytes).\n",
		    result->already_held,
		    tool_plural(result->already_held, "was", "were"));
	if (result->findings > 0)
		tool_print(tool, "%" PRIu64 " %s:\n", result->findings,
		    tool_plural(result->findings, "finding", "findings"));
	status = mun_deposit_findings(deposit, see_notice, &saying, err);
	say_more(tool, saying.count, NOTICES_SHOWN);
out:
	mun_buffer_free(&path);
	return status;
}
