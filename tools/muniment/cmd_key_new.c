/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_key_new.c - muniment key new, muniment key import. */
#include <string.h>

#include "muniment/cmd_key.h"

struct request {
	struct keeper *keeper;
	struct mun_keys_options options;
	const char *kind, *log_from;
	bool new_log_key, no_passphrase;
	struct passphrase_given log_passphrase, import_passphrase;
};

#define LOG_KEY_OPTIONS(request)                                              \
	{ "new-log-key", 0, TOOL_FLAG, &(request)->new_log_key, NULL,         \
		"also a log key, for a vault to be made with them\n"          \
		"('init --existing-keys')" },                                 \
	    { "log-key-from", 0, TOOL_TEXT, &(request)->log_from, "DIR",      \
		    "also the log key of this keys folder, so that the\n"     \
		    "actor can write to that log; encrypted anew" },          \
	    { "log-key-passphrase-file", 0, TOOL_TEXT,                        \
		    &(request)->log_passphrase.file, "FILE",                  \
		    "the passphrase of that folder (else it is asked)" },     \
	    { "log-key-passphrase-fd", 0, TOOL_TEXT,                          \
		    &(request)->log_passphrase.fd, "N",                       \
		    "the same from a descriptor" },                           \
	{                                                                     \
		"volatile", 0, TOOL_FLAG, &(request)->options.allow_volatile, \
		    NULL, "accept a folder that is lost at power-off"         \
	}
#define FOLDER_OPTION(keeper)                                       \
	{                                                           \
		"keys", 0, TOOL_TEXT, &(keeper)->keys_given, "DIR", \
		    "the new keys folder of this actor"             \
	}

static enum mun_status
choose_log(struct request *request, struct mun_error *err)
{
	struct mun_keys_options *options = &request->options;

	if (request->new_log_key && request->log_from != NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "a log key is new or from another folder, not both");
	options->log = request->new_log_key ? MUN_KEYS_LOG_NEW
	    : request->log_from != NULL     ? MUN_KEYS_LOG_COPY
					    : MUN_KEYS_LOG_NONE;
	options->log_from = request->log_from;
	return keeper_passphrase(&request->log_passphrase,
	    "Passphrase of the keys that the log key is from: ",
	    &options->log_from_passphrase, err);
}

static enum mun_status
choose(struct request *request, struct mun_error *err)
{
	struct mun_keys_options *options = &request->options;
	enum mun_status status;

	options->folder = request->keeper->keys_given;
	options->environment = tool_module_environment();
	if (options->folder == NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "say with --keys DIR where the new keys folder is to be");
	status = mun_vault_expect_outside(options->folder, err);
	if (status == MUN_OK)
		status = keeper_passphrase(&request->keeper->passphrase,
		    "New passphrase for the keys: ", &options->passphrase, err);
	options->passphrase.none = request->no_passphrase;
	if (status == MUN_OK && request->kind != NULL)
		status =
		    mun_keys_kind_from_text(&options->kind, request->kind, err);
	if (status == MUN_OK)
		status = keeper_passphrase(&request->import_passphrase,
		    "Passphrase of the file to import: ",
		    &options->import_passphrase, err);
	if (status == MUN_OK)
		status = choose_log(request, err);
	return status;
}

/* ---- what was made ---- */

static void
say_next(
    struct tool *tool, const char *folder, const struct mun_keys_info *info)
{
	if (!info->actor_is_encrypted && !info->is_on_token)
		tool_print(tool, "THE KEYS HAVE NO PASSPHRASE\n");
	tool_print(tool, "\nNext: ");
	tool_print(tool,
	    "give this certificate to a custodian, who enrols it (the key\n"
	    "stays here):\n  ");
	tool_print_text(tool, folder);
	tool_print(tool,
	    "/actor.pem\n  muniment actor enrol actor.pem --role examiner\n");
	if (info->has_log_key)
		tool_print(tool,
		    "or make a vault of its own with it:\n  muniment init DIR "
		    "--existing-keys --keys ");
	if (info->has_log_key) {
		tool_print_word(tool, folder);
		tool_print(tool, "\n");
	}
	tool_print(tool,
	    "Keep a copy of the keys elsewhere: 'muniment key backup'.\n");
}

static void
say(struct tool *tool, const char *folder, const struct mun_keys_info *info)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(&tool->out);

	if (!tool->json) {
		tool_print(tool, "The keys are made: ");
		tool_print_text(tool, folder);
		tool_print(tool, "\n");
		key_say_info(tool, info);
		say_next(tool, folder, info);
		return;
	}
	mun_json_begin_object(&json);
	mun_json_key(&json, "keys");
	tool_json_text(&json, folder);
	key_json_info(&json, info);
	mun_json_end_object(&json);
	mun_buffer_append_byte(&tool->out, '\n');
}

static int
make(struct request *request)
{
	struct mun_keys_info info = { .heads = 0 };
	struct tool *tool = &request->keeper->tool;
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status = choose(request, &err);

	if (status == MUN_OK)
		status = mun_keys_create(&request->options, &err);
	if (status == MUN_OK)
		status =
		    mun_keys_describe(request->options.folder, &info, &err);
	if (status == MUN_OK)
		say(tool, request->options.folder, &info);
	mun_keys_info_free(&info);
	return status == MUN_OK ? TOOL_DONE : tool_fail(tool, &err);
}

/* ---- new ---- */

int
cmd_key_new(struct keeper *keeper, int argc, char **argv)
{
	struct request request = { .keeper = keeper };
	const struct tool_option options[] = {
		{ "as", 0, TOOL_TEXT, &request.options.pseudonym, "NAME",
		    "the name in the certificate: it will be public" },
		FOLDER_OPTION(keeper),
		{ "kind", 0, TOOL_TEXT, &request.kind, "KIND",
		    "p256 (else this), p384, rsa3072" },
		SIGNER_OPTIONS(keeper),
		{ "no-passphrase", 0, TOOL_FLAG, &request.no_passphrase, NULL,
		    "do not encrypt the keys" },
		LOG_KEY_OPTIONS(&request),
		TOOL_COMMON_OPTIONS(&keeper->tool),
	};
	const struct tool_usage usage = { .operands = "",
		.summary = "Make a signing key and its certificate for one "
			   "more actor, in a keys folder of\nits own. The key "
			   "never leaves the folder; the certificate is for "
			   "showing.",
		.example = "muniment key new --keys ~/keys/heron --as Heron",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]) };
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (request.options.pseudonym == NULL)
		return tool_fail_with(&keeper->tool, MUN_ERR_USAGE,
		    "say with --as NAME which name the certificate gives");
	return make(&request);
}

/* ---- import ---- */

static enum mun_status
choose_import(struct request *request, char **operands, size_t count,
    struct mun_error *err)
{
	struct mun_keys_options *options = &request->options;

	options->import_certificate = count > 1 ? operands[1] : NULL;
	if (strncmp(operands[0], "pkcs11:", 7) != 0) {
		options->import_key = operands[0];
		if (options->pseudonym != NULL || options->token_module != NULL)
			return mun_error_set(err, MUN_ERR_USAGE,
			    "--as and --module are for keys on tokens");
		return MUN_OK;
	}
	options->token_uri = operands[0];
	if (options->pseudonym == NULL && count == 1)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "the key needs a certificate: name its file, or say with "
		    "--as NAME which name a new one gives");
	if (options->pseudonym != NULL && count > 1)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "--as is for a new certificate, and there is one");
	return MUN_OK;
}

int
cmd_key_import(struct keeper *keeper, int argc, char **argv)
{
	struct request request = { .keeper = keeper };
	const struct tool_option options[] = {
		FOLDER_OPTION(keeper),
		{ "import-passphrase-file", 0, TOOL_TEXT,
		    &request.import_passphrase.file, "FILE",
		    "the passphrase of what is imported (else it is asked)" },
		{ "import-passphrase-fd", 0, TOOL_TEXT,
		    &request.import_passphrase.fd, "N",
		    "the same from a descriptor" },
		{ "module", 0, TOOL_TEXT, &request.options.token_module, "PATH",
		    "the PKCS#11 module, for a URI without module-path" },
		{ "as", 0, TOOL_TEXT, &request.options.pseudonym, "NAME",
		    "make a certificate with this name, signed by the token" },
		SIGNER_OPTIONS(keeper),
		{ "no-passphrase", 0, TOOL_FLAG, &request.no_passphrase, NULL,
		    "do not encrypt the keys" },
		LOG_KEY_OPTIONS(&request),
		TOOL_COMMON_OPTIONS(&keeper->tool),
	};
	const struct tool_usage usage = { .operands = "KEY|pkcs11:URI [CERT]",
		.summary =
		    "Bring a signing key that was made elsewhere into a new "
		    "keys folder: KEY is PEM\nor PKCS#12, CERT its certificate "
		    "in PEM where KEY does not hold it. A key on a\ntoken "
		    "stays there: its PIN is the first line of the passphrase "
		    "file, the\npassphrase of a log key the second.",
		.example =
		    "muniment key import heron.p12 --keys ~/keys/heron\n"
		    "muniment key import 'pkcs11:token=Heron;object=sign' "
		    "--keys ~/keys/heron \\\n"
		    "    --module /usr/lib/softhsm/libsofthsm2.so --as Heron",
		.options = options,
		.option_count = sizeof(options) / sizeof(options[0]),
		.operand_min = 1,
		.operand_max = 2 };
	struct mun_error err = MUN_ERROR_INIT;
	char **operands;
	size_t count;
	int exit_status;

	if (!tool_parse(&keeper->tool, &usage, argc, argv, &operands, &count,
		&exit_status))
		return exit_status;
	if (choose_import(&request, operands, count, &err) != MUN_OK)
		return tool_fail(&keeper->tool, &err);
	return make(&request);
}
