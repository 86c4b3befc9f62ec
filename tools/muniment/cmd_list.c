/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_list.c - muniment list. */
#include "muniment/keeper.h"

struct listing {
	struct tool *tool;
	struct mun_json_writer *json;
	uint64_t count;
};

static enum mun_status
see(void *ctx, const struct mun_index_archive *archive, struct mun_error *err)
{
	struct listing *listing = ctx;

	(void)err;
	listing->count++;
	if (listing->tool->json)
		json_archive(listing->json, archive);
	else
		print_archive(listing->tool, archive);
	return MUN_OK;
}

static enum mun_status
list(struct keeper *keeper, const char *case_name, struct mun_error *err)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&keeper->tool.out);
	struct listing listing = { &keeper->tool, &json, 0 };
	struct mun_index *index = NULL;
	enum mun_status status = keeper_open(keeper, err);

	if (status == MUN_OK)
		status = keeper_open_index(keeper, &index, err);
	if (status != MUN_OK)
		return status;
	if (keeper->tool.json) {
		mun_json_begin_object(&json);
		mun_json_key(&json, "archives");
		mun_json_begin_array(&json);
	}
	status = mun_index_archives(index, case_name, see, &listing, err);
	if (keeper->tool.json) {
		mun_json_end_array(&json);
		mun_json_end_object(&json);
		mun_buffer_append_byte(&keeper->tool.out, '\n');
	} else if (listing.count == 0) {
		tool_print(&keeper->tool,
		    case_name == NULL ? "No archives yet; 'muniment deposit "
					"PATH...' makes one.\n"
				      : "No archive of that case.\n");
	}
	mun_index_close(index);
	return status;
}

int
cmd_list(struct keeper *keeper, int argc, char **argv)
{
	const char *case_name = NULL;
	const struct tool_option options[] = {
		{ "case", 0, TOOL_TEXT, &case_name, "TEXT",
		    "only archives of exactly this case, as deposited or as\n"
		    "annotated last" },
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "",
		.summary = "List the archives, oldest first.",
		.example = "muniment list --case 'Case 17'",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (list(keeper, case_name, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	return TOOL_DONE;
}
