/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_history.c - muniment history [DOC]. */
#include <inttypes.h>
#include <string.h>

#include "muniment/ingest.h"
#include "muniment/keeper.h"

struct telling {
	struct tool *tool;
	struct mun_json_writer json;
	uint64_t count;
};

struct word {
	const char *key, *text;
};
enum {
	WORDS = 8
};

static void
list_words(const struct mun_deposit_words *words, struct word out[WORDS])
{
	const struct word all[WORDS] = { { "case", words->case_name },
		{ "received_from", words->received_from },
		{ "received_on", words->received_on },
		{ "method", words->method }, { "place", words->place },
		{ "purpose", words->purpose },
		{ "legal_basis", words->legal_basis },
		{ "note", words->note } };

	memcpy(out, all, sizeof(all));
}

static void
print_event(struct tool *tool, const struct mun_index_event *event)
{
	tool_print(
	    tool, "%" PRIu64 "  %s  %s", event->seq, event->time, event->type);
	if (event->archive != NULL)
		tool_print(tool, "  %s", event->archive);
	tool_print(tool, "  by ");
	tool_print_text(tool, event->actor_name);
	if (event->clock_behind)
		tool_print(tool, "  (the clock was behind)");
	tool_print(tool, "\n");
	if (event->statement_withheld)
		tool_print(tool, "    statement withheld\n");
}

static void
json_event(struct mun_json_writer *json, const struct mun_index_event *event)
{
	mun_json_key(json, "seq");
	mun_json_unsigned(json, event->seq);
	mun_json_key(json, "type");
	mun_json_text(json, event->type);
	mun_json_key(json, "time");
	mun_json_text(json, event->time);
	mun_json_key(json, "archive");
	mun_json_text(json, event->archive);
	mun_json_key(json, "actor");
	mun_json_hex(json, event->actor, sizeof(event->actor));
	mun_json_key(json, "actor_name");
	tool_json_text(json, event->actor_name);
	mun_json_key(json, "entry");
	mun_json_hex(json, event->entry, sizeof(event->entry));
	mun_json_key(json, "clock_behind");
	mun_json_boolean(json, event->clock_behind);
	mun_json_key(json, "statement_withheld");
	mun_json_boolean(json, event->statement_withheld);
}

static enum mun_status
tell_statement(struct telling *telling, const struct mun_index_event *event,
    struct mun_error *err)
{
	struct mun_deposit_words words = { .case_name = NULL };
	struct mun_buffer storage = MUN_BUFFER_INIT(1 << 20);
	struct word list[WORDS];
	enum mun_status status = mun_deposit_words_parse(
	    &words, &storage, event->statement, strlen(event->statement), err);

	list_words(&words, list);
	for (size_t i = 0; status == MUN_OK && i < WORDS; i++) {
		if (list[i].text == NULL)
			continue;
		if (telling->tool->json) {
			mun_json_key(&telling->json, list[i].key);
			tool_json_text(&telling->json, list[i].text);
		} else {
			tool_print(telling->tool, "    %-14s ", list[i].key);
			tool_print_text(telling->tool, list[i].text);
			tool_print(telling->tool, "\n");
		}
	}
	mun_buffer_free(&storage);
	return status;
}

static enum mun_status
see(void *ctx, const struct mun_index_event *event, struct mun_error *err)
{
	struct telling *telling = ctx;
	enum mun_status status = MUN_OK;

	telling->count++;
	if (!telling->tool->json) {
		print_event(telling->tool, event);
		return event->statement == NULL
		    ? MUN_OK
		    : tell_statement(telling, event, err);
	}
	mun_json_begin_object(&telling->json);
	json_event(&telling->json, event);
	mun_json_key(&telling->json, "statement");
	if (event->statement != NULL) {
		mun_json_begin_object(&telling->json);
		status = tell_statement(telling, event, err);
		mun_json_end_object(&telling->json);
	} else {
		mun_json_null(&telling->json);
	}
	mun_json_end_object(&telling->json);
	return status;
}

static enum mun_status
tell(struct keeper *keeper, const char *reference, struct mun_error *err)
{
	struct telling telling = { .tool = &keeper->tool,
		.json = MUN_JSON_WRITER_INIT(&keeper->tool.out) };
	struct mun_index *index = NULL;
	enum mun_status status = keeper_open(keeper, err);

	if (status == MUN_OK)
		status = keeper_open_index(keeper, &index, err);
	if (status != MUN_OK)
		return status;
	if (keeper->tool.json) {
		mun_json_begin_object(&telling.json);
		mun_json_key(&telling.json, "events");
		mun_json_begin_array(&telling.json);
	}
	status = mun_index_history(index, reference, see, &telling, err);
	if (keeper->tool.json) {
		mun_json_end_array(&telling.json);
		mun_json_end_object(&telling.json);
		mun_buffer_append_byte(&keeper->tool.out, '\n');
	}
	mun_index_close(index);
	if (status == MUN_OK && telling.count == 0)
		return mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no event about '%s' in this vault",
		    reference == NULL ? "anything" : reference);
	return status;
}

int
cmd_history(struct keeper *keeper, int argc, char **argv)
{
	const struct tool_option options[] = { KEEPER_OPTIONS(keeper) };
	const struct tool_usage usage = { .operands = "[DOC]",
		.summary = "Tell the events about an archive or document, or "
			   "all, oldest first.",
		.example = "muniment history XPF-0003",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_max = 1 };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (tell(keeper, count == 1 ? operands[0] : NULL, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	return TOOL_DONE;
}
