/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_show.c - muniment show DOC. */
#include <inttypes.h>

#include "muniment/keeper.h"

struct showing {
	struct tool *tool;
	struct mun_json_writer *json;
	struct mun_index *index;
	struct mun_vault *vault;
	const char *reference;
	uint64_t document; /* shown; 0: an archive */
};

/* ---- what custody says of it ---- */

static enum mun_status
see_standing(void *ctx, const struct mun_history_standing *standing,
    struct mun_error *err)
{
	struct showing *showing = ctx;

	(void)err;
	if (showing->tool->json) {
		json_holder(showing->json, standing);
	} else {
		bool is_other = standing->document != showing->document;

		tool_print(showing->tool, "  held by      ");
		if (is_other)
			tool_print(showing->tool, "(%s) ", standing->reference);
		print_holder(showing->tool, standing, "               ");
	}
	return MUN_OK;
}

static enum mun_status
see_annotation(void *ctx, const struct mun_index_annotation *annotation,
    struct mun_error *err)
{
	struct showing *showing = ctx;
	struct tool *tool = showing->tool;

	(void)err;
	if (tool->json) {
		json_annotation(showing->json, annotation);
		return MUN_OK;
	}
	tool_print(tool, "  %-12s ",
	    annotation->is_latest ? annotation->key : "  earlier");
	print_annotation(tool, annotation);
	tool_print(tool, "\n");
	return MUN_OK;
}

static enum mun_status
see_relation(
    void *ctx, const struct mun_index_relation *relation, struct mun_error *err)
{
	struct showing *showing = ctx;

	(void)err;
	if (showing->tool->json)
		json_relation(showing->json, relation);
	else
		print_relation(showing->tool, relation);
	return MUN_OK;
}

static void
begin_list(struct showing *showing, const char *key)
{
	if (!showing->tool->json)
		return;
	mun_json_key(showing->json, key);
	mun_json_begin_array(showing->json);
}

static void
end_list(struct showing *showing)
{
	if (showing->tool->json)
		mun_json_end_array(showing->json);
}

static enum mun_status
show_custody(struct showing *showing, const char *archive, uint64_t document,
    struct mun_error *err)
{
	const struct mun_history_visitor visitor = { .ctx = showing,
		.standing = see_standing };
	const struct mun_index_event_filter filter = { .reference =
							   showing->reference };
	struct mun_history_summary summary;
	enum mun_status status;

	showing->document = document;
	begin_list(showing, "standings");
	status = mun_history_tell(
	    showing->vault, showing->index, &filter, &visitor, &summary, err);
	end_list(showing);
	begin_list(showing, "annotations");
	if (status == MUN_OK)
		status = mun_index_annotations(showing->index, archive,
		    document, see_annotation, showing, err);
	end_list(showing);
	begin_list(showing, "relations");
	if (status == MUN_OK)
		status = mun_index_relations(showing->index, archive, document,
		    see_relation, showing, err);
	end_list(showing);
	return status;
}

/* ---- documents and archives ---- */

/* What is not there cannot be extracted; destroyed bytes the custody tells. */
static enum mun_status
see_absence(
    void *ctx, const struct mun_index_archive *archive, struct mun_error *err)
{
	struct showing *showing = ctx;

	(void)err;
	if (!archive->present && !archive_is_destroyed(archive))
		tool_print(showing->tool,
		    "  file         MISSING: put archives/%s.tar back from a "
		    "copy of the vault, then\n"
		    "               'muniment verify'\n",
		    archive->id);
	return MUN_OK;
}

static enum mun_status
see_document(
    void *ctx, const struct mun_index_document *document, struct mun_error *err)
{
	struct showing *showing = ctx;
	enum mun_status status = MUN_OK;

	if (!showing->tool->json) {
		print_document(showing->tool, document);
		status = mun_index_show(showing->index, document->archive, NULL,
		    see_absence, showing, err);
		return status != MUN_OK || document->member != 0
		    ? status
		    : show_custody(
			  showing, document->archive, document->number, err);
	}
	mun_json_begin_object(showing->json);
	json_document_fields(showing->json, document);
	if (document->member == 0)
		status = show_custody(
		    showing, document->archive, document->number, err);
	mun_json_end_object(showing->json);
	return status;
}

static enum mun_status
see_finding(void *ctx, const char *rule, const char *subject,
    const uint8_t *path, size_t path_len, const char *detail,
    struct mun_error *err)
{
	struct showing *showing = ctx;
	struct tool *tool = showing->tool;

	(void)err;
	if (tool->json) {
		mun_json_begin_object(showing->json);
		mun_json_key(showing->json, "rule");
		mun_json_text(showing->json, rule);
		mun_json_key(showing->json, "subject");
		tool_json_text(showing->json, subject);
		if (path != NULL)
			tool_json_bytes(showing->json, "path", path, path_len);
		mun_json_key(showing->json, "detail");
		tool_json_text(showing->json, detail);
		mun_json_end_object(showing->json);
		return MUN_OK;
	}
	tool_print(tool, "  %-24s ", rule);
	if (path != NULL)
		tool_print_bytes(tool, path, path_len);
	else if (subject != NULL)
		tool_print_text(tool, subject);
	if (detail != NULL && detail[0] != '\0') {
		tool_print(tool, "  (");
		tool_print_text(tool, detail);
		tool_print(tool, ")");
	}
	tool_print(tool, "\n");
	return MUN_OK;
}

static enum mun_status
see_archive(
    void *ctx, const struct mun_index_archive *archive, struct mun_error *err)
{
	struct showing *showing = ctx;
	struct tool *tool = showing->tool;
	enum mun_status status;

	if (tool->json) {
		mun_json_begin_object(showing->json);
		json_archive_fields(showing->json, archive);
		mun_json_key(showing->json, "finding_list");
		mun_json_begin_array(showing->json);
		status = mun_index_findings(
		    showing->index, archive->id, see_finding, showing, err);
		mun_json_end_array(showing->json);
		if (status == MUN_OK)
			status = show_custody(showing, archive->id, 0, err);
		mun_json_end_object(showing->json);
		return status;
	}
	print_archive(tool, archive);
	(void)see_absence(showing, archive, err);
	tool_print(tool, "  sealed       %s by ", archive->sealed_at);
	tool_print_text(tool, archive->actor_name);
	tool_print(tool, "\n  log entry    %" PRIu64 "\n  sha256       ",
	    archive->log_index);
	print_hex(tool, archive->sha256, sizeof(archive->sha256));
	tool_print(tool, "\n");
	status = show_custody(showing, archive->id, 0, err);
	return status != MUN_OK ? status
				: mun_index_findings(showing->index,
				      archive->id, see_finding, showing, err);
}

static enum mun_status
show(struct keeper *keeper, const char *reference, struct mun_error *err)
{
	struct tool *tool = &keeper->tool;
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);
	struct showing showing = { .tool = tool, .json = &json };
	enum mun_status status = keeper_open(keeper, err);

	if (status == MUN_OK)
		status = keeper_open_index(keeper, &showing.index, err);
	if (status != MUN_OK)
		return status;
	showing.vault = keeper->vault;
	showing.reference = reference;
	status = mun_index_show(
	    showing.index, reference, see_document, see_archive, &showing, err);
	if (status != MUN_OK)
		mun_buffer_reset(&tool->out);
	else if (tool->json)
		mun_buffer_append_byte(&tool->out, '\n');
	mun_index_close(showing.index);
	return status;
}

int
cmd_show(struct keeper *keeper, int argc, char **argv)
{
	const struct tool_option options[] = { KEEPER_OPTIONS(keeper) };
	const struct tool_usage usage = { .operands = "DOC",
		.summary = "Show an archive (XPF-0003), a document "
			   "(XPF-0003-000042 or XPF-0003/42)\n"
			   "or a member (XPF-0003-000042.m0003): what it is, "
			   "who holds it,\n"
			   "what was said of it, now and earlier, and what it "
			   "is related to.",
		.example = "muniment show XPF-0003/42 --json",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = 1 };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (show(keeper, operands[0], &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	return TOOL_DONE;
}
