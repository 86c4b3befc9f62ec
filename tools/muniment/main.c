/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * muniment - keeps an evidence archive.
 *
 * Commands are a table; options that stand before the command go to it.
 */
#include <string.h>

#include "muniment/dispatch.h"
#include "muniment/ingest.h"
#include "muniment/keeper.h"

static const struct command commands[] = {
	{ "init", "make a vault", cmd_init },
	{ "deposit", "store documents, sealed and logged", cmd_deposit },
	{ "status", "what is here and what to do next", cmd_status },
	{ "list", "archives", cmd_list },
	{ "show", "an archive, a document or a member", cmd_show },
	{ "find", "by words, by file or by digest", cmd_find },
	{ "history", "who did what, and when", cmd_history },
	{ "record", "what happened: transfer, access, check...", cmd_record },
	{ "annotate", "say something about a document", cmd_annotate },
	{ "link", "how one document relates to another", cmd_link },
	{ "withdraw", "take an archive out; its proof stays", cmd_withdraw },
	{ "actor", "who may sign here", cmd_actor },
	{ "policy", "what the vault demands of itself", cmd_policy },
	{ "statement", "erase what was typed", cmd_statement },
	{ "extract", "originals under their names", cmd_extract },
	{ "export", "the parcel for a lawyer, with its proof", cmd_export },
	{ "verify", "judge this vault", cmd_verify },
	{ "key", "make, bring, list, back up signing keys", cmd_key },
	{ "index", "make the index anew, or check it", cmd_index },
	{ "checkpoint", "the signed head of the log", cmd_checkpoint },
	{ "time-stamp", "prove by when all this existed", cmd_time_stamp },
	{ "log", "the part of the log that the world may see", cmd_log },
	{ "fingerprint", "the number to write down", cmd_fingerprint },
};
enum {
	COMMANDS = sizeof(commands) / sizeof(commands[0])
};

/* Before the environment is looked at, and before all that is read later. */
static enum mun_status
start_nursery(int argc, char **argv, struct mun_error *err)
{
	const char *word = dispatch_word(argc, argv);

	if (word == NULL || strcmp(word, "deposit") != 0)
		return MUN_OK;
	return mun_deposit_nursery_start(argv, err);
}

int
main(int argc, char **argv)
{
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status = start_nursery(argc, argv, &err);
	struct keeper keeper;
	int exit_status;

	keeper_start(&keeper);
	exit_status = status == MUN_OK
	    ? dispatch(&keeper, commands, COMMANDS, argc, argv)
	    : tool_fail(&keeper.tool, &err);
	mun_deposit_nursery_stop();
	keeper_end(&keeper);
	return tool_end(&keeper.tool, exit_status);
}
