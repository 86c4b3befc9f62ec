/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_policy.c - muniment policy: what the vault demands of itself, changed. */
#include <stdio.h>

#include "muniment/recorder.h"

enum {
	ABOUT_MAX = 128
};

int
cmd_policy(struct keeper *keeper, int argc, char **argv)
{
	struct recorder_words fields = { .count = 0 }, words = { .count = 0 };
	const char *authorities = NULL, *note = NULL;
	const struct tool_option options[] = {
		{ "time-stamp-authorities", 0, TOOL_TEXT, &authorities, "N",
		    "by how many authorities heads are to be stamped, up to\n"
		    "16; 0: none has to" },
		{ "note", 0, TOOL_TEXT, &note, "TEXT",
		    "anything to remember; kept beside the log" },
		RECOVERY_OPTIONS(keeper),
		SIGNER_OPTIONS(keeper),
		KEEPER_OPTIONS(keeper),
	};
	const struct tool_usage usage = { .operands = "",
		.summary = "Change what this vault demands of itself. It is "
			   "logged; a custodian or the\nrecovery key signs it.",
		.example = "muniment policy --time-stamp-authorities 2",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	struct mun_record_request request = { .type = "policy-changed" };
	char **operands, about[ABOUT_MAX];
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (authorities == NULL)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "say what is demanded, with --time-stamp-authorities N");
	recorder_add(&fields, "policy", authorities);
	recorder_add(&words, "note", note);
	request.fields = fields.list;
	request.field_count = fields.count;
	request.words = words.list;
	request.word_count = words.count;
	(void)snprintf(about, sizeof(about),
	    "time-stamp authorities demanded from now on: %s", authorities);
	return record_one(keeper, &request, about);
}
