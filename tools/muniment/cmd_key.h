/* SPDX-License-Identifier: BSD-2-Clause */
/* cmd_key.h - the verbs of muniment key, and what they share. */
#ifndef TOOLS_MUNIMENT_CMD_KEY_H
#define TOOLS_MUNIMENT_CMD_KEY_H

#include "muniment/keeper.h"

command_run cmd_key_new, cmd_key_import, cmd_key_list, cmd_key_backup,
    cmd_key_restore, cmd_key_rotate;

/* The folder that --keys or $MUNIMENT_KEYS names, else that of the vault.
 * Borrowed from keeper->keys. */
enum mun_status key_folder(
    struct keeper *keeper, const char **folder, struct mun_error *err);
/* Say what a keys folder holds: lines, or members of an open JSON object. */
void key_say_info(struct tool *tool, const struct mun_keys_info *info);
void key_json_info(
    struct mun_json_writer *json, const struct mun_keys_info *info);

/* cmd_key_replace.c: replace a lost key of an actor by that of a certificate;
 * the recovery key by a new one, made at path.  The exit status. */
int key_replace_actor(
    struct keeper *keeper, const char *actor, const char *certificate_path);
int key_replace_recovery(struct keeper *keeper, const char *path);

#endif
