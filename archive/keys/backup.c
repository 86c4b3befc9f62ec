/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * backup.c - all keys of a folder as one text, and a folder from it.
 *
 * The text is lines: what it is, the vault it belongs to if that was known,
 * each file under its name, and a digest over all before it.  Private keys are
 * in it as they lie in the folder, so no passphrase is needed.  Key files are
 * read and written in the child only.  What is restored was taken apart,
 * put together again, and is the same text.
 *
 * Spec: docs/format/vault.md, "A backup of keys".
 */
#include <fcntl.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "digest/digest.h"
#include "keys/backup.h"
#include "keys/keys_internal.h"
#include "trust/openssl.h"

/* In the order in which they stand in a backup and are restored: a folder
 * with the actor's key holds a whole set. */
static const char *const names[] = { MUN_KEYS_LOG_KEY, MUN_KEYS_ACTOR_PEM,
	MUN_KEYS_ACTOR_TOKEN, MUN_KEYS_ACTOR_KEY };
enum {
	NAMES = sizeof(names) / sizeof(names[0]),
	ACTOR_PEM = 1,
	TOKEN = 2,
	ACTOR_KEY = 3,
	HEX_LEN = 2 * MUN_SHA256_LEN
};

static const char first_line[] = "muniment-keys/1\n";

struct parts {
	bool has_vault;
	uint8_t vault[MUN_SHA256_LEN];
	struct mun_buffer file[NAMES]; /* len 0: not there */
};

static void
start_parts(struct parts *parts)
{
	*parts = (struct parts){ .has_vault = false };
	for (size_t i = 0; i < NAMES; i++)
		parts->file[i].max = MUN_KEYS_FILE_MAX;
}

static void
clear_parts(struct parts *parts)
{
	for (size_t i = 0; i < NAMES; i++)
		mun_secret_free_buffer(&parts->file[i]);
}

static bool
is_private(size_t i)
{
	return i != ACTOR_PEM && i != TOKEN;
}

/* --- is it whole? ------------------------------------------------------- */

/* A key file that could not be opened again is no backup. */
static enum mun_status
check_private(const struct mun_buffer *pem, struct mun_error *err)
{
	BIO *bio = BIO_new_mem_buf(mun_buffer_text(pem), (int)pem->len);
	X509_SIG *sealed = NULL;
	PKCS8_PRIV_KEY_INFO *info = NULL;
	bool is_whole;

	if (bio != NULL && mun_keys_is_encrypted(pem))
		sealed = PEM_read_bio_PKCS8(bio, NULL, NULL, NULL);
	else if (bio != NULL)
		info = PEM_read_bio_PKCS8_PRIV_KEY_INFO(bio, NULL, NULL, NULL);
	is_whole = sealed != NULL || info != NULL;
	X509_SIG_free(sealed);
	PKCS8_PRIV_KEY_INFO_free(info);
	BIO_free(bio);
	mun_openssl_forget();
	if (!is_whole || pem->data[pem->len - 1] != '\n')
		return mun_error_set(err, MUN_ERR_CRYPTO,
		    "it is damaged: not a whole PKCS#8 private key");
	return MUN_OK;
}

static enum mun_status
check_certificate(const struct mun_buffer *pem, struct mun_error *err)
{
	struct mun_certificate *certificate = NULL;
	enum mun_status status = mun_certificate_from_pem(
	    &certificate, pem->data, pem->len, true, err);

	mun_certificate_free(certificate);
	return status;
}

static enum mun_status
check_parts(const struct parts *parts, struct mun_error *err)
{
	enum mun_status status = MUN_OK;
	size_t i = 0;

	if (parts->file[ACTOR_PEM].len == 0 ||
	    (parts->file[ACTOR_KEY].len == 0) == (parts->file[TOKEN].len == 0))
		return mun_error_set(err, MUN_ERR_FORMAT,
		    "it needs '" MUN_KEYS_ACTOR_PEM
		    "' and one of '" MUN_KEYS_ACTOR_KEY
		    "' and '" MUN_KEYS_ACTOR_TOKEN "'");
	for (i = 0; i < NAMES && status == MUN_OK; i++) {
		if (parts->file[i].len == 0)
			continue;
		if (i == ACTOR_PEM)
			status = check_certificate(&parts->file[i], err);
		else if (is_private(i))
			status = check_private(&parts->file[i], err);
	}
	if (status != MUN_OK)
		mun_error_wrap(err, "'%s'", names[i - 1]);
	return status;
}

static bool
are_encrypted(const struct parts *parts)
{
	for (size_t i = 0; i < NAMES; i++)
		if (is_private(i) && parts->file[i].len > 0 &&
		    !mun_keys_is_encrypted(&parts->file[i]))
			return false;
	return true;
}

/* --- the text ----------------------------------------------------------- */

static void
write_text(struct mun_buffer *text, const struct parts *parts)
{
	uint8_t sha256[MUN_SHA256_LEN];

	mun_buffer_append_text(text, first_line);
	if (parts->has_vault) {
		mun_buffer_append_text(text, "vault ");
		mun_buffer_append_hex(text, parts->vault, MUN_SHA256_LEN);
		mun_buffer_append_byte(text, '\n');
	}
	for (size_t i = 0; i < NAMES; i++) {
		if (parts->file[i].len == 0)
			continue;
		mun_buffer_append_format(text, "file %s\n", names[i]);
		mun_buffer_append(
		    text, parts->file[i].data, parts->file[i].len);
	}
	mun_sha256_of(sha256, text->data, text->len);
	mun_buffer_append_text(text, "sha256 ");
	mun_buffer_append_hex(text, sha256, sizeof(sha256));
	mun_buffer_append_byte(text, '\n');
}

static size_t
line_len(const char *line)
{
	const char *end = strchr(line, '\n');

	return end == NULL ? strlen(line) : (size_t)(end - line) + 1;
}

static bool
starts(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

/* Which file a line begins; NAMES: none of ours. */
static size_t
file_of(const char *line)
{
	size_t len = line_len(line);

	for (size_t i = 0; i < NAMES; i++)
		if (len == strlen("file ") + strlen(names[i]) + 1 &&
		    strncmp(line + strlen("file "), names[i],
			strlen(names[i])) == 0)
			return i;
	return NAMES;
}

/* Into parts, as far as lines go; whether that was all of it is shown by
 * writing them again. */
static void
split_text(struct parts *parts, const char *text)
{
	const char *line = text;
	size_t i = NAMES;

	for (; *line != '\0'; line += line_len(line)) {
		if (starts(line, "file "))
			i = file_of(line);
		else if (starts(line, "vault ") && line_len(line) == 71)
			parts->has_vault = mun_hex_decode(parts->vault,
			    MUN_SHA256_LEN, line + strlen("vault "), HEX_LEN);
		else if (!starts(line, "sha256 ") && i < NAMES)
			mun_buffer_append(
			    &parts->file[i], line, line_len(line));
	}
}

static enum mun_status
read_text(
    struct parts *parts, const struct mun_buffer *text, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_KEYS_BACKUP_MAX);
	enum mun_status status = MUN_OK;

	split_text(parts, mun_buffer_text(text));
	write_text(&again, parts);
	if (again.status != MUN_OK || again.len != text->len ||
	    memcmp(again.data, text->data, text->len) != 0)
		status = mun_error_set(err, MUN_ERR_FORMAT,
		    "it is not a backup of keys as it was written: something "
		    "in it was changed or is missing");
	else
		status = check_parts(parts, err);
	mun_secret_free_buffer(&again);
	return status;
}

/* --- backup, in the child ----------------------------------------------- */

struct backing_up {
	const char *folder, *path;
	const uint8_t *vault; /* NULL: not known */
	bool allow_plain;
};

static enum mun_status
read_folder(struct parts *parts, const char *folder, struct mun_error *err)
{
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, err));
	MUN_TRY(mun_keys_finish_adoption(dir_fd, err));
	for (size_t i = 0; i < NAMES; i++)
		if (mun_keys_has(dir_fd, names[i]))
			MUN_TRY(mun_keys_read_part(
			    dir_fd, names[i], &parts->file[i], err));
	status = check_parts(parts, err);
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "keys folder '%s'", folder);
	mun_file_close(&dir_fd);
	return status;
}

static void
back_up(int fd, void *ctx)
{
	const struct backing_up *order = ctx;
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_KEYS_BACKUP_MAX);
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_BACKUP_MAX);
	struct mun_error err = MUN_ERROR_INIT;
	struct parts parts;
	enum mun_status status;

	start_parts(&parts);
	MUN_TRY(mun_keys_child_close_others(&fd, &err));
	MUN_TRY(read_folder(&parts, order->folder, &err));
	if (!are_encrypted(&parts) && !order->allow_plain) {
		status = mun_error_set(&err, MUN_ERR_USAGE,
		    "keys folder '%s': its keys have no passphrase, and "
		    "whoever finds the backup could sign with it; say "
		    "--unencrypted if that is meant",
		    order->folder);
		goto out;
	}
	parts.has_vault = order->vault != NULL;
	for (size_t i = 0; parts.has_vault && i < MUN_SHA256_LEN; i++)
		parts.vault[i] = order->vault[i];
	write_text(&text, &parts);
	MUN_TRY(mun_buffer_status(&text, "a backup", &err));
	MUN_TRY(mun_file_put_new(
	    AT_FDCWD, order->path, text.data, text.len, 0600, &err));
	/* An open key does not leave this process but for its file. */
	if (are_encrypted(&parts))
		mun_buffer_append(&answer, text.data, text.len);
out:
	mun_keys_send_outcome(fd, status, &answer, &err);
	clear_parts(&parts);
	mun_secret_free_buffer(&text);
	mun_buffer_free(&answer);
}

enum mun_status
mun_keys_backup(const char *folder, const char *path,
    const uint8_t vault[MUN_SHA256_LEN], bool allow_plain,
    struct mun_buffer *text, struct mun_error *err)
{
	struct backing_up order = { folder, path, vault, allow_plain };
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	enum mun_status status;

	MUN_TRY(mun_keys_child_run(back_up, &order, &answer, err));
	if (text == NULL)
		goto out;
	mun_buffer_append(text, answer.data, answer.len);
	status = mun_buffer_status(text, "a backup", err);
out:
	mun_buffer_free(&answer);
	return status;
}

/* --- restore, in the child ---------------------------------------------- */

struct restoring {
	const char *path, *folder;
};

static enum mun_status
put_folder(const struct parts *parts, const char *folder, struct mun_error *err)
{
	enum mun_status status;
	int dir_fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &dir_fd, err));
	for (size_t i = 0; i < NAMES; i++)
		if (parts->file[i].len > 0)
			MUN_TRY(mun_file_put_new(dir_fd, names[i],
			    parts->file[i].data, parts->file[i].len, 0600,
			    err));
out:
	mun_file_close(&dir_fd);
	return status;
}

static void
restore(int fd, void *ctx)
{
	const struct restoring *order = ctx;
	struct mun_buffer raw = MUN_BUFFER_INIT(2 * MUN_KEYS_BACKUP_MAX);
	struct mun_buffer text = MUN_BUFFER_INIT(MUN_KEYS_BACKUP_MAX);
	struct mun_buffer nothing = MUN_BUFFER_INIT(1);
	struct mun_error err = MUN_ERROR_INIT;
	struct parts parts;
	enum mun_status status;

	start_parts(&parts);
	MUN_TRY(mun_file_read_whole(AT_FDCWD, order->path, &raw, &err));
	MUN_TRY(mun_keys_child_close_others(&fd, &err));
	status = mun_keys_join_pieces(&text, mun_buffer_text(&raw), &err);
	if (status == MUN_OK)
		status = read_text(&parts, &text, &err);
	if (status != MUN_OK) {
		mun_error_wrap(&err, "'%s'", order->path);
		goto out;
	}
	MUN_TRY(put_folder(&parts, order->folder, &err));
out:
	mun_keys_send_outcome(fd, status, &nothing, &err);
	clear_parts(&parts);
	mun_secret_free_buffer(&raw);
	mun_secret_free_buffer(&text);
}

enum mun_status
mun_keys_restore(const char *path, const char *folder, bool allow_volatile,
    struct mun_error *err)
{
	const struct mun_keys_options options = { .folder = folder,
		.allow_volatile = allow_volatile };
	struct restoring order = { path, folder };
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	bool made_folder = false, is_clear = false;
	enum mun_status status;

	MUN_TRY(mun_keys_begin(&options, &made_folder, &is_clear, err));
	MUN_TRY(mun_keys_child_run(restore, &order, &answer, err));
out:
	if (status != MUN_OK)
		mun_keys_take_back(&options, made_folder, is_clear);
	mun_buffer_free(&answer);
	return status;
}
