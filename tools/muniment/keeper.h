/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * keeper.h - what the commands of muniment share: which vault, which keys.
 */
#ifndef TOOLS_MUNIMENT_KEEPER_H
#define TOOLS_MUNIMENT_KEEPER_H

#include "common/tool.h"
#include "muniment/history.h"
#include "muniment/index.h"
#include "muniment/keys.h"
#include "muniment/vault.h"

/* Where a passphrase comes from, as it was typed. */
struct passphrase_given {
	const char *file, *fd;
};

/* The recovery key, which signs instead of the keys folder's. */
struct recovery_given {
	const char *file; /* NULL: it does not */
	struct passphrase_given passphrase;
};

struct keeper {
	struct tool tool;
	const char *vault_given, *keys_given;
	struct passphrase_given passphrase;
	struct recovery_given recovery;
	struct mun_vault *vault;
	struct mun_vault_info info; /* of the open vault */
	struct mun_buffer keys; /* path of the keys folder */
	char verb[32]; /* "key new" */
};

/* Options of every command; of those that sign. */
#define KEEPER_OPTIONS(keeper)                                                 \
	{ NULL, 'C', TOOL_TEXT, &(keeper)->vault_given, "DIR",                 \
		"the vault (else $MUNIMENT_VAULT, else the nearest one\n"      \
		"from here upwards)" },                                        \
	    { "keys", 0, TOOL_TEXT, &(keeper)->keys_given, "DIR",              \
		    "the keys folder (else $MUNIMENT_KEYS, else one of this\n" \
		    "vault's own in your data folder)" },                      \
	    { "progress", 0, TOOL_FLAG, &(keeper)->tool.want_progress, NULL,   \
		    "show progress although this is no terminal" },            \
	    TOOL_COMMON_OPTIONS(&(keeper)->tool)
#define SIGNER_OPTIONS(keeper)                                                 \
	{ "passphrase-file", 0, TOOL_TEXT, &(keeper)->passphrase.file, "FILE", \
		"its first line is the keys' passphrase, or a token's PIN\n"   \
		"(else it is asked on the terminal)" },                        \
	{                                                                      \
		"passphrase-fd", 0, TOOL_TEXT, &(keeper)->passphrase.fd, "N",  \
		    "the same from a descriptor that is open already"          \
	}

/* Of those few that the recovery key may sign, too. */
#define RECOVERY_OPTIONS(keeper)                                             \
	{ "recovery", 0, TOOL_TEXT, &(keeper)->recovery.file, "FILE",        \
		"sign with the recovery key in FILE, as init made it; of "   \
		"the\n"                                                      \
		"keys folder only the log's key is used" },                  \
	{                                                                    \
		"recovery-passphrase-file", 0, TOOL_TEXT,                    \
		    &(keeper)->recovery.passphrase.file, "FILE",             \
		    "its first line is the recovery key's passphrase (else " \
		    "it\n"                                                   \
		    "is asked on the terminal)"                              \
	}

typedef int command_run(struct keeper *keeper, int argc, char **argv);
command_run cmd_init, cmd_deposit, cmd_export, cmd_status, cmd_list, cmd_show,
    cmd_find, cmd_history, cmd_extract, cmd_verify, cmd_index, cmd_checkpoint,
    cmd_fingerprint, cmd_key, cmd_record, cmd_annotate, cmd_link, cmd_withdraw,
    cmd_log, cmd_policy, cmd_actor, cmd_statement, cmd_time_stamp;

void keeper_start(struct keeper *keeper);
void keeper_end(struct keeper *keeper);
/* The vault's path, appended. */
enum mun_status keeper_find_vault(
    struct keeper *keeper, struct mun_buffer *path, struct mun_error *err);
/* Open it. */
enum mun_status keeper_open(struct keeper *keeper, struct mun_error *err);
/* Fill keeper->keys for a vault of that origin. */
enum mun_status keeper_find_keys(
    struct keeper *keeper, const char *origin, struct mun_error *err);
/* What was typed, for the library; prompt where nothing was.  MUN_ERR_USAGE:
 * both, or no descriptor that is open. */
enum mun_status keeper_passphrase(const struct passphrase_given *given,
    const char *prompt, struct mun_passphrase *passphrase,
    struct mun_error *err);
/* Open the signer with the keys found; where one was given, with the recovery
 * key of the open vault. */
enum mun_status keeper_open_signer(
    struct keeper *keeper, struct mun_signer **signer, struct mun_error *err);
/* The same; more: what options say besides folder, sources of passphrases,
 * environment and recovery key. */
enum mun_status keeper_open_signer_with(struct keeper *keeper,
    struct mun_signer_options more, struct mun_signer **signer,
    struct mun_error *err);
/* Open the index; warns when it is behind the log. */
enum mun_status keeper_open_index(
    struct keeper *keeper, struct mun_index **index, struct mun_error *err);

/* Write a page to a new file (mode 0600), whole or not at all. */
enum mun_status keeper_write_new(
    const char *path, const struct mun_buffer *bytes, struct mun_error *err);
/* That nothing is at the path of a file to be made, and that it lies in no
 * vault (path NULL: none is made). */
enum mun_status keeper_check_new(const char *path, struct mun_error *err);
/* That its folder is there. */
enum mun_status keeper_check_folder_of(const char *path, struct mun_error *err);

/* ---- print.c ---- */

/* A document or member: one line; a page; JSON. */
void print_document_line(
    struct tool *tool, const struct mun_index_document *document);
void print_document(
    struct tool *tool, const struct mun_index_document *document);
void json_document(
    struct mun_json_writer *json, const struct mun_index_document *document);
/* The same without braces, for an object with more in it. */
void json_document_fields(
    struct mun_json_writer *json, const struct mun_index_document *document);
void print_archive(struct tool *tool, const struct mun_index_archive *archive);
/* Its bytes were destroyed on purpose: its file is not missed. */
bool archive_is_destroyed(const struct mun_index_archive *archive);
void json_archive(
    struct mun_json_writer *json, const struct mun_index_archive *archive);
/* The same without braces, for an object with more in it. */
void json_archive_fields(
    struct mun_json_writer *json, const struct mun_index_archive *archive);
void print_hex(struct tool *tool, const uint8_t *bytes, size_t len);

/* ---- print_custody.c ---- */

/* The holder and what there is to say of that, to the end of the line and on
 * lines of their own. */
void print_holder(struct tool *tool,
    const struct mun_history_standing *standing, const char *margin);
void json_holder(
    struct mun_json_writer *json, const struct mun_history_standing *standing);
/* The value, and who said so where. */
void print_annotation(
    struct tool *tool, const struct mun_index_annotation *annotation);
void json_annotation(struct mun_json_writer *json,
    const struct mun_index_annotation *annotation);
/* A line of its own. */
void print_relation(
    struct tool *tool, const struct mun_index_relation *relation);
void json_relation(
    struct mun_json_writer *json, const struct mun_index_relation *relation);

#endif
