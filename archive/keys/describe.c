/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * describe.c - what a keys folder says without a passphrase.
 *
 * The certificate is read here.  Of key files only what an errand in the child
 * answers comes back: is it there, is it encrypted.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"
#include "keys/keys_internal.h"

enum {
	NAME_MAX_HERE = 16384 /* a certificate's whole size */
};

/* --- the child's part --------------------------------------------------- */

enum {
	ACTOR,
	LOG,
	ANSWERS,
	ENCRYPTED = 'e',
	PLAIN = 'p',
	ABSENT = '-'
};

static enum mun_status
look_at(uint8_t *answer, int dir_fd, const char *name, struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	enum mun_status status;

	*answer = ABSENT;
	if (!mun_keys_has(dir_fd, name))
		return MUN_OK;
	MUN_TRY(mun_file_read_whole(dir_fd, name, &pem, err));
	*answer = mun_keys_is_encrypted(&pem) ? ENCRYPTED : PLAIN;
out:
	mun_secret_free_buffer(&pem);
	return status;
}

static void
look(int fd, void *ctx)
{
	const char *folder = ctx;
	struct mun_buffer answer = MUN_BUFFER_INIT(ANSWERS);
	uint8_t answers[ANSWERS];
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(mun_keys_child_close_others(&fd, &err));
	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, &err));
	MUN_TRY(look_at(&answers[ACTOR], dir_fd, MUN_KEYS_ACTOR_KEY, &err));
	MUN_TRY(look_at(&answers[LOG], dir_fd, MUN_KEYS_LOG_KEY, &err));
	mun_buffer_append(&answer, answers, ANSWERS);
out:
	mun_keys_send_outcome(fd, status, &answer, &err);
	mun_file_close(&dir_fd);
	mun_buffer_free(&answer);
}

static enum mun_status
ask_child(struct mun_keys_info *info, const char *folder, struct mun_error *err)
{
	struct mun_buffer path = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	enum mun_status status;

	mun_buffer_append(&path, folder, strlen(folder) + 1);
	MUN_TRY(mun_buffer_status(&path, "a path", err));
	MUN_TRY(mun_keys_child_run(look, path.data, &answer, err));
	if (answer.len != ANSWERS) {
		status = mun_error_set(err, MUN_ERR_INTERNAL,
		    "the process that holds the keys answered nonsense");
		goto out;
	}
	info->actor_is_encrypted = answer.data[ACTOR] == ENCRYPTED;
	info->has_log_key = answer.data[LOG] != ABSENT;
	info->log_is_encrypted = answer.data[LOG] == ENCRYPTED;
	if (answer.data[ACTOR] == ABSENT && !info->is_on_token)
		status = mun_error_set(err, MUN_ERR_NOT_FOUND,
		    "there is no '" MUN_KEYS_ACTOR_KEY
		    "' and no '" MUN_KEYS_ACTOR_TOKEN "'");
out:
	mun_buffer_free(&answer);
	mun_buffer_free(&path);
	return status;
}

/* --- what is no secret -------------------------------------------------- */

static enum mun_keys_kind
kind_of(const struct mun_certificate *certificate)
{
	switch (mun_certificate_key_kind(certificate)) {
	case MUN_KEY_P256:
		return MUN_KEYS_P256;
	case MUN_KEY_P384:
		return MUN_KEYS_P384;
	case MUN_KEY_RSA:
		return MUN_KEYS_RSA3072;
	case MUN_KEY_UNKNOWN:
	default:
		return MUN_KEYS_KINDS;
	}
}

static enum mun_status
describe_certificate(
    struct mun_keys_info *info, int dir_fd, struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	struct mun_certificate *certificate = NULL;
	enum mun_status status;

	MUN_TRY(mun_keys_read_part(dir_fd, MUN_KEYS_ACTOR_PEM, &pem, err));
	status = mun_certificate_from_pem(
	    &certificate, pem.data, pem.len, true, err);
	if (status != MUN_OK) {
		mun_error_wrap(err, "'" MUN_KEYS_ACTOR_PEM "'");
		goto out;
	}
	mun_buffer_append_text(&info->name, mun_certificate_name(certificate));
	memcpy(info->certificate_sha256, mun_certificate_sha256(certificate),
	    MUN_SHA256_LEN);
	info->kind = kind_of(certificate);
	info->not_before_utc_s = mun_certificate_not_before(certificate);
	info->not_after_utc_s = mun_certificate_not_after(certificate);
	status = mun_buffer_status(&info->name, "a name", err);
out:
	mun_certificate_free(certificate);
	mun_buffer_free(&pem);
	return status;
}

static size_t
count_heads(int dir_fd)
{
	int fd = openat(
	    dir_fd, "heads", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *heads = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	size_t count = 0;

	if (heads == NULL) {
		mun_file_close(&fd);
		return 0;
	}
	while ((entry = readdir(heads)) != NULL)
		if (entry->d_name[0] != '.')
			count++;
	(void)closedir(heads);
	return count;
}

static enum mun_status
describe_token(struct mun_keys_info *info, int dir_fd, struct mun_error *err)
{
	enum mun_status status;

	info->is_on_token = mun_keys_has(dir_fd, MUN_KEYS_ACTOR_TOKEN);
	if (!info->is_on_token)
		return MUN_OK;
	MUN_TRY(mun_file_read_whole(
	    dir_fd, MUN_KEYS_ACTOR_TOKEN, &info->token_uri, err));
	if (info->token_uri.len > 0 &&
	    info->token_uri.data[info->token_uri.len - 1] == '\n')
		info->token_uri.data[--info->token_uri.len] = '\0';
out:
	return status;
}

enum mun_status
mun_keys_describe(
    const char *folder, struct mun_keys_info *info, struct mun_error *err)
{
	enum mun_status status;
	int dir_fd = -1;

	*info = (struct mun_keys_info){ .name = MUN_BUFFER_INIT(NAME_MAX_HERE),
		.token_uri = MUN_BUFFER_INIT(MUN_KEYS_URI_MAX) };
	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, err));
	MUN_TRY(mun_keys_finish_adoption(dir_fd, err));
	MUN_TRY(describe_certificate(info, dir_fd, err));
	MUN_TRY(describe_token(info, dir_fd, err));
	MUN_TRY(ask_child(info, folder, err));
	info->has_next_actor = mun_keys_has(dir_fd, MUN_KEYS_NEXT_PEM);
	info->has_next_log = mun_keys_has(dir_fd, MUN_KEYS_NEXT_LOG_KEY);
	info->heads = count_heads(dir_fd);
out:
	if (status != MUN_OK && dir_fd >= 0)
		mun_error_wrap(err, "keys folder '%s'", folder);
	mun_file_close(&dir_fd);
	return status;
}

void
mun_keys_info_free(struct mun_keys_info *info)
{
	mun_buffer_free(&info->name);
	mun_buffer_free(&info->token_uri);
}
