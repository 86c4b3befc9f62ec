/* SPDX-License-Identifier: BSD-2-Clause */
/* recorder.c - see recorder.h. */
#include "muniment/recorder.h"

#include <inttypes.h>
#include <stdio.h>

void
recorder_add(struct recorder_words *words, const char *key, const char *text)
{
	if (text == NULL || words->count == RECORDER_WORDS_MAX)
		return;
	words->list[words->count++] =
	    (struct mun_record_word){ .key = key, .text = text };
}

void
recorder_take_typed(
    struct recorder_words *words, const struct recorder_typed *typed)
{
	recorder_add(words, "case", typed->case_name);
	recorder_add(words, "method", typed->method);
	recorder_add(words, "place", typed->place);
	recorder_add(words, "purpose", typed->purpose);
	recorder_add(words, "legal_basis", typed->legal_basis);
	recorder_add(words, "note", typed->note);
	recorder_add(words, "who", typed->who);
	recorder_add(words, "carrier", typed->carrier);
	recorder_add(words, "witness", typed->witness);
	recorder_add(words, "medium", typed->medium);
	recorder_add(words, "tool", typed->tool);
	recorder_add(words, "changes", typed->changes);
	recorder_add(words, "reason", typed->reason);
}

enum mun_status
recorder_open(
    struct recorder *recorder, struct keeper *keeper, struct mun_error *err)
{
	enum mun_status status;

	*recorder = (struct recorder){ .keeper = keeper };
	status = keeper->vault == NULL ? keeper_open(keeper, err) : MUN_OK;
	if (status == MUN_OK)
		status = keeper_find_keys(keeper, keeper->info.origin, err);
	if (status == MUN_OK)
		status = keeper_open_signer(keeper, &recorder->signer, err);
	if (status == MUN_OK)
		status = mun_record_open(&recorder->record, keeper->vault,
		    recorder->signer, mun_buffer_text(&keeper->keys), err);
	return status;
}

void
recorder_close(struct recorder *recorder)
{
	mun_record_close(recorder->record);
	mun_signer_close(recorder->signer);
	*recorder = (struct recorder){ .keeper = recorder->keeper };
}

static void
say_json(struct tool *tool, const struct mun_record_request *request,
    const struct mun_recorded *recorded)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "seq");
	mun_json_unsigned(&json, recorded->seq);
	mun_json_key(&json, "type");
	mun_json_text(&json, request->type);
	mun_json_key(&json, "subject");
	tool_json_text(&json, request->reference);
	mun_json_key(&json, "entry");
	mun_json_hex(&json, recorded->entry, sizeof(recorded->entry));
	mun_json_key(&json, "remark");
	mun_json_text(
	    &json, recorded->remark[0] == '\0' ? NULL : recorded->remark);
	mun_json_key(&json, "clock_behind");
	mun_json_boolean(&json, recorded->clock_behind);
	mun_json_key(&json, "index_updated");
	mun_json_boolean(&json, recorded->index_updated);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

void
recorder_warn(struct tool *tool, const struct mun_recorded *recorded)
{
	(void)snprintf(tool->done, sizeof(tool->done),
	    "entry %" PRIu64 " is in the log", recorded->seq);
	if (recorded->clock_behind)
		tool_warn(tool,
		    "the clock of this machine is behind the log: the event "
		    "bears the time of the one before it, and says so");
	if (!recorded->head_kept)
		tool_warn(tool,
		    "the head of the log could not be copied beside the keys");
	if (!recorded->index_updated)
		tool_warn(tool, "the index was not brought up: %s",
		    recorded->index_problem);
}

static void
say(struct tool *tool, const struct mun_record_request *request,
    const struct mun_recorded *recorded, const char *about)
{
	recorder_warn(tool, recorded);
	if (tool->json) {
		say_json(tool, request, recorded);
		return;
	}
	tool_print(tool, "Entry %" PRIu64 ": ", recorded->seq);
	tool_print_text(tool, about);
	tool_print(tool, "\n");
	if (recorded->remark[0] != '\0')
		tool_print(tool, "  note: %s\n", recorded->remark);
}

/* What does not fit may be what happened: somebody who is there is asked. */
static bool
is_meant(struct tool *tool, const struct mun_recorded *recorded,
    const struct mun_error *err)
{
	if (!recorded->is_doubted || !tool_can_ask() || tool->json)
		return false;
	tool_print_text(tool, err->text);
	tool_print(tool, "\n");
	tool_flush(tool);
	return tool_ask(tool, "Log it all the same? [y/N] ");
}

int
recorder_run(struct recorder *recorder,
    const struct mun_record_request *request, const char *about)
{
	struct tool *tool = &recorder->keeper->tool;
	struct mun_record_request again = *request;
	struct mun_recorded recorded;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status =
	    mun_record_event(recorder->record, request, &recorded, &err);

	if (status != MUN_OK && is_meant(tool, &recorded, &err)) {
		again.is_meant = true;
		status =
		    mun_record_event(recorder->record, &again, &recorded, &err);
	} else if (status != MUN_OK && recorded.is_doubted) {
		mun_error_wrap(&err, "nothing was logged");
	}
	if (status != MUN_OK)
		return tool_fail(tool, &err);
	say(tool, request, &recorded, about);
	return TOOL_DONE;
}

int
record_one(struct keeper *keeper, const struct mun_record_request *request,
    const char *about)
{
	struct recorder recorder;
	struct mun_error err = MUN_ERROR_INIT;
	int exit_status;

	if (recorder_open(&recorder, keeper, &err) == MUN_OK)
		exit_status = recorder_run(&recorder, request, about);
	else
		exit_status = tool_fail(&keeper->tool, &err);
	recorder_close(&recorder);
	return exit_status;
}
