/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * create.c - makes the keys folder, and the recovery key.
 *
 * All of it happens in a child that ends afterwards: the process that goes on
 * to make a vault has never held a key.  actor.key comes last, so a folder
 * with it holds a whole set.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/macros.h"
#include "keys/keys_internal.h"

static const char *const key_names[] = { MUN_KEYS_LOG_KEY, MUN_KEYS_ACTOR_PEM,
	MUN_KEYS_ACTOR_KEY };
enum {
	KEY_NAMES = sizeof(key_names) / sizeof(key_names[0])
};

/* What the child is asked for: a keys folder, or a recovery key at path. */
struct order {
	const struct mun_passphrase *passphrase;
	const char *pseudonym;
	const char *folder;
	const char *recovery_path; /* NULL: a keys folder */
};

/* A new passphrase, from where it is to come; then nothing else is open. */
static enum mun_status
take_passphrase(struct mun_secret *secret,
    const struct mun_passphrase *passphrase, int *fd, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	/* Before closing: the path may be /dev/stdin, or a shell's pipe. */
	if (!passphrase->none && passphrase->file != NULL)
		MUN_TRY(mun_secret_read_file(secret, passphrase->file, err));
	MUN_TRY(mun_keys_child_close_others(fd, err));
	if (!passphrase->none && passphrase->file == NULL)
		MUN_TRY(mun_secret_ask(secret, passphrase->prompt, true, err));
out:
	return status;
}

static enum mun_status
put_key(int dir_fd, const char *path, const EVP_PKEY *key,
    const struct mun_secret *secret, struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	enum mun_status status;

	MUN_TRY(mun_keys_encode(&pem, key, secret, err));
	MUN_TRY(mun_file_put_new(dir_fd, path, pem.data, pem.len, 0600, err));
out:
	mun_secret_free_buffer(&pem);
	return status;
}

static enum mun_status
fill_folder(const struct order *order, const struct mun_secret *secret,
    struct mun_error *err)
{
	struct mun_buffer pem = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	EVP_PKEY *actor = NULL, *log = NULL;
	enum mun_status status;
	int fd = -1;

	MUN_TRY(mun_keys_open_folder(order->folder, &fd, err));
	MUN_TRY(mun_keys_make_actor(&actor, &pem, order->pseudonym, err));
	MUN_TRY(mun_keys_make_log(&log, err));
	MUN_TRY(put_key(fd, MUN_KEYS_LOG_KEY, log, secret, err));
	MUN_TRY(mun_file_put_new(
	    fd, MUN_KEYS_ACTOR_PEM, pem.data, pem.len, 0600, err));
	MUN_TRY(put_key(fd, MUN_KEYS_ACTOR_KEY, actor, secret, err));
out:
	EVP_PKEY_free(log);
	EVP_PKEY_free(actor);
	mun_buffer_free(&pem);
	mun_file_close(&fd);
	return status;
}

/* Its certificate is the answer. */
static enum mun_status
make_recovery(struct mun_buffer *pem, const struct order *order,
    const struct mun_secret *secret, struct mun_error *err)
{
	EVP_PKEY *key = NULL;
	enum mun_status status;

	MUN_TRY(mun_keys_make_actor(&key, pem, order->pseudonym, err));
	MUN_TRY(put_key(AT_FDCWD, order->recovery_path, key, secret, err));
out:
	EVP_PKEY_free(key);
	return status;
}

static void
carry_out(int fd, void *ctx)
{
	const struct order *order = ctx;
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_FILE_MAX);
	struct mun_secret secret = { NULL, 0 };
	struct mun_error err = MUN_ERROR_INIT;
	enum mun_status status;

	MUN_TRY(take_passphrase(&secret, order->passphrase, &fd, &err));
	if (order->recovery_path == NULL)
		MUN_TRY(fill_folder(order, &secret, &err));
	else
		MUN_TRY(make_recovery(&answer, order, &secret, &err));
out:
	mun_secret_clear(&secret);
	if (status != MUN_OK)
		mun_keys_send_failure(fd, &err);
	else
		(void)mun_keys_send(fd, MUN_KEYS_DONE, answer.data, answer.len);
	mun_buffer_free(&answer);
}

static enum mun_status
order_from_child(
    struct order *order, struct mun_buffer *answer, struct mun_error *err)
{
	struct mun_keys_child child;
	enum mun_status status;

	status = mun_keys_child_start(&child, carry_out, order, err);
	if (status == MUN_OK)
		status = mun_keys_receive_answer(child.fd, answer, err);
	mun_keys_child_end(&child);
	return status;
}

static enum mun_status
expect_no_keys(const char *folder, struct mun_error *err)
{
	struct stat found;
	enum mun_status status;
	int fd = -1;

	MUN_TRY(mun_keys_open_folder(folder, &fd, err));
	for (size_t i = 0; i < KEY_NAMES && status == MUN_OK; i++)
		if (fstatat(fd, key_names[i], &found, AT_SYMLINK_NOFOLLOW) == 0)
			status = mun_error_set(err, MUN_ERR_EXISTS,
			    "keys folder '%s' holds '%s' already; name another "
			    "folder",
			    folder, key_names[i]);
out:
	mun_file_close(&fd);
	return status;
}

static enum mun_status
make_folder(const char *folder, bool *made, struct mun_error *err)
{
	struct stat found;

	*made = false;
	if (stat(folder, &found) == 0)
		return MUN_OK;
	*made = true;
	return mun_file_make_folders(AT_FDCWD, folder, 0700, err);
}

static enum mun_status
check_volatile(const struct mun_keys_options *options, struct mun_error *err)
{
	bool is_volatile = false;
	enum mun_status status;

	if (options->allow_volatile)
		return MUN_OK;
	status =
	    mun_keys_folder_is_volatile(options->folder, &is_volatile, err);
	if (status == MUN_OK && is_volatile)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "keys folder '%s' lies on a file system that is lost at "
		    "power-off; choose another folder, or say --volatile",
		    options->folder);
	return status;
}

enum mun_status
mun_keys_create(const struct mun_keys_options *options, struct mun_error *err)
{
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	struct order order = { .passphrase = &options->passphrase,
		.pseudonym = options->pseudonym,
		.folder = options->folder };
	bool made_folder = false, may_hold_ours = false;
	enum mun_status status;

	MUN_TRY(check_volatile(options, err));
	MUN_TRY(make_folder(options->folder, &made_folder, err));
	MUN_TRY(expect_no_keys(options->folder, err));
	may_hold_ours = true;
	MUN_TRY(order_from_child(&order, &answer, err));
out:
	if (status != MUN_OK && may_hold_ours)
		mun_keys_discard(options->folder);
	if (status != MUN_OK && made_folder)
		(void)rmdir(options->folder);
	mun_buffer_free(&answer);
	return status;
}

/* Heads of logs that these keys signed, which nobody will sign again. */
static void
discard_heads(int dir_fd)
{
	int fd = openat(
	    dir_fd, "heads", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *heads = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (heads == NULL) {
		mun_file_close(&fd);
		return;
	}
	while ((entry = readdir(heads)) != NULL)
		(void)unlinkat(dirfd(heads), entry->d_name, 0);
	(void)closedir(heads);
	(void)unlinkat(dir_fd, "heads", AT_REMOVEDIR);
}

void
mun_keys_discard(const char *folder)
{
	char temporary[MUN_NAME_MAX + 1];
	int fd;

	if (mun_keys_open_folder(folder, &fd, NULL) != MUN_OK)
		return;
	for (size_t i = KEY_NAMES; i > 0; i--) {
		/* A maker that was killed leaves its temporary. */
		(void)snprintf(
		    temporary, sizeof(temporary), ".%s.tmp", key_names[i - 1]);
		if (mun_file_remove_dead_temporary(fd, temporary, NULL) ==
		    MUN_ERR_BUSY)
			continue;
		(void)unlinkat(fd, key_names[i - 1], 0);
	}
	discard_heads(fd);
	(void)fsync(fd);
	mun_file_close(&fd);
}

enum mun_status
mun_keys_create_recovery(const char *path,
    const struct mun_passphrase *passphrase, struct mun_buffer *certificate_pem,
    struct mun_error *err)
{
	struct mun_buffer answer = MUN_BUFFER_INIT(MUN_KEYS_MESSAGE_MAX);
	struct order order = { .passphrase = passphrase,
		.pseudonym = "recovery",
		.recovery_path = path };
	enum mun_status status;

	MUN_TRY(order_from_child(&order, &answer, err));
	mun_buffer_append(certificate_pem, answer.data, answer.len);
	MUN_TRY(mun_buffer_status(certificate_pem, "a certificate", err));
out:
	if (status != MUN_OK)
		mun_error_wrap(err, "recovery key '%s'", path);
	mun_buffer_free(&answer);
	return status;
}
