/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * store_incoming.c - the folder a deposit is packed in.
 *
 * incoming/<id> is locked by its deposit from its making to its end.  So one
 * that is there and not locked belongs to a process that died, and may be
 * emptied and used again, or removed.
 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/macros.h"
#include "store/store_internal.h"
#include "store/store_lock.h"

enum {
	/* Somebody looking whether the deposit lives holds it that long. */
	PROBE_MS = 500,
	RETRIES_MAX = 10
};

#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static enum mun_status remove_contents(
    int fd, unsigned depth, struct mun_error *err);

static enum mun_status
check_id(const char *id, struct mun_error *err)
{
	const struct mun_store_incoming *incoming = NULL;

	if (!mun_store_is_name(id) || strchr(id, '/') || id[0] == '.' ||
	    strlen(id) >= sizeof(incoming->id))
		return mun_error_set(
		    err, MUN_ERR_USAGE, "'%s' is not an archive id", id);
	return MUN_OK;
}

/* Remove a folder that is locked by us, or was left by the dead. */
static enum mun_status
remove_folder(int at, const char *name, unsigned depth, struct mun_error *err)
{
	int fd;
	enum mun_status status;

	if (depth > MUN_STORE_DEPTH_MAX)
		return mun_error_set(err, MUN_ERR_LIMIT,
		    "'%s' is nested too deep to remove", name);
	fd = openat(at, name, FOLDER_FLAGS);
	if (fd < 0)
		return mun_error_system(err, errno, "remove '%s'", name);
	MUN_TRY(remove_contents(fd, depth, err));
	if (unlinkat(at, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
		status = mun_error_system(err, errno, "remove '%s'", name);
out:
	mun_file_close(&fd);
	return status;
}

static enum mun_status
remove_contents(int fd, unsigned depth, struct mun_error *err)
{
	struct mun_store_names names;
	enum mun_status status;

	MUN_TRY(mun_store_names_read(&names, fd, err));
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.names[i];

		if (unlinkat(fd, name, 0) == 0 || errno == ENOENT)
			continue;
		/* EISDIR on Linux, EPERM by POSIX: a folder. */
		if (errno == EISDIR || errno == EPERM)
			status = remove_folder(fd, name, depth + 1, err);
		else
			status =
			    mun_error_system(err, errno, "remove '%s'", name);
		if (status != MUN_OK)
			goto out;
	}
out:
	mun_store_names_free(&names);
	return status;
}

/* mkdir incoming/<id>, private whatever the umask; it may be there. */
static enum mun_status
make_folder(int at, const char *id, struct mun_error *err)
{
	if (mkdirat(at, id, MUN_STORE_FOLDER_MODE) != 0) {
		if (errno == EEXIST)
			return MUN_OK;
		return mun_error_system(err, errno, "make 'incoming/%s'", id);
	}
	if (fchmodat(at, id, MUN_STORE_FOLDER_MODE, 0) != 0)
		return mun_error_system(
		    err, errno, "set the mode of 'incoming/%s'", id);
	return MUN_OK;
}

/* Make or take over incoming/<id>; *fd stays -1 if it went away under us. */
static enum mun_status
take_folder(int at, const char *id, int *fd, struct mun_error *err)
{
	enum mun_status status;
	bool same = false;

	MUN_TRY(make_folder(at, id, err));
	*fd = openat(at, id, FOLDER_FLAGS);
	if (*fd < 0 && errno == ENOENT)
		return MUN_OK;
	if (*fd < 0)
		return mun_error_system(err, errno, "open 'incoming/%s'", id);
	status = mun_store_flock(*fd, LOCK_EX, PROBE_MS, id, err);
	if (status == MUN_ERR_BUSY)
		status = mun_error_set(err, MUN_ERR_EXISTS,
		    "deposit '%s' is under way in another process", id);
	if (status == MUN_OK)
		status = mun_file_leads_to(at, id, *fd, &same, err);
	if (!same)
		mun_file_close(fd);
out:
	return status;
}

enum mun_status
mun_store_incoming_make(struct mun_store *store,
    struct mun_store_incoming *incoming, const char *id, struct mun_error *err)
{
	int at = -1;
	int fd = -1;
	enum mun_status status;

	MUN_ASSERT(incoming->fd < 0);
	MUN_TRY(check_id(id, err));
	MUN_TRY(mun_file_make_folders_beneath(
	    store->fd, "incoming", MUN_STORE_FOLDER_MODE, &at, err));
	for (unsigned i = 0; i < RETRIES_MAX && fd < 0; i++)
		MUN_TRY(take_folder(at, id, &fd, err));
	if (fd < 0) {
		status = mun_error_set(err, MUN_ERR_BUSY,
		    "'incoming/%s' is taken away again and again", id);
		goto out;
	}
	MUN_TRY(remove_contents(fd, 0, err));
	incoming->fd = fd;
	fd = -1;
	(void)snprintf(incoming->id, sizeof(incoming->id), "%s", id);
out:
	mun_file_close(&fd);
	mun_file_close(&at);
	return status;
}

enum mun_status
mun_store_incoming_live(
    struct mun_store *store, const char *id, bool *live, struct mun_error *err)
{
	char name[80];
	int fd = -1;
	enum mun_status status;

	*live = false;
	MUN_TRY(check_id(id, err));
	(void)snprintf(name, sizeof(name), "incoming/%s", id);
	status = mun_file_open_folder(store->fd, name, &fd, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK;
	if (status != MUN_OK)
		return status;
	status = mun_store_flock(fd, LOCK_SH, 0, name, NULL);
	if (status == MUN_ERR_BUSY) {
		*live = true;
		status = MUN_OK;
	} else if (status != MUN_OK) {
		status = mun_error_set(err, status, "lock '%s'", name);
	}
out:
	mun_file_close(&fd);
	return status;
}

/* Mode and bytes of the packed file to the disk. */
static enum mun_status
settle(int folder, const char *name, struct mun_error *err)
{
	int fd = -1;
	uint64_t size;
	enum mun_status status;

	MUN_TRY(mun_file_open_regular(folder, name, &fd, &size, err));
	if (fchmod(fd, MUN_STORE_FILE_MODE) != 0) {
		status =
		    mun_error_system(err, errno, "set the mode of '%s'", name);
		goto out;
	}
	MUN_TRY(mun_file_sync(fd, name, err));
	status = mun_file_close_written(&fd, name, err);
out:
	mun_file_close(&fd);
	return status;
}

enum mun_status
mun_store_incoming_publish(struct mun_store *store,
    struct mun_store_incoming *incoming, struct mun_error *err)
{
	char folder[80], name[80];
	int archives = -1;
	enum mun_status status;

	MUN_ASSERT(incoming->fd >= 0);
	(void)snprintf(folder, sizeof(folder), "incoming/%s", incoming->id);
	(void)snprintf(name, sizeof(name), "%s.tar", incoming->id);
	MUN_TRY(mun_file_make_folders_beneath(
	    store->fd, "archives", MUN_STORE_FOLDER_MODE, &archives, err));
	/* That this folder is there is how a recovery knows that the archive
	 * is of a deposit that died, and may go. */
	MUN_TRY(mun_file_sync_parent(store->fd, folder, err));
	/* No name in archives/ before its bytes are on the disk. */
	MUN_TRY(settle(incoming->fd, name, err));
	MUN_TRY(mun_file_rename_new(incoming->fd, name, archives, name, err));
	/* The new name first: a power cut between the two then leaves two
	 * names where the other order could leave none. */
	MUN_TRY(mun_file_sync(archives, "archives", err));
	status = mun_file_sync(incoming->fd, incoming->id, err);
out:
	mun_file_close(&archives);
	if (status != MUN_OK)
		mun_error_wrap(err, "publish '%s'", name);
	return status;
}

void
mun_store_incoming_end(
    struct mun_store *store, struct mun_store_incoming *incoming)
{
	int at = -1;

	if (incoming->fd < 0)
		return;
	/* Whatever stays behind is swept once this process is dead. */
	if (mun_file_open_folder(store->fd, "incoming", &at, NULL) == MUN_OK &&
	    remove_contents(incoming->fd, 0, NULL) == MUN_OK)
		(void)unlinkat(at, incoming->id, AT_REMOVEDIR);
	mun_file_close(&at);
	mun_file_close(&incoming->fd);
}

/* Remove at/<name> if it is a folder that no live process holds. */
static enum mun_status
sweep_folder(int at, const char *name, struct mun_error *err)
{
	int fd = openat(at, name, FOLDER_FLAGS);
	enum mun_status status;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
		return MUN_OK;
	if (fd < 0)
		return mun_error_system(err, errno, "open 'incoming/%s'", name);
	status = mun_store_flock(fd, LOCK_EX, 0, name, err);
	if (status == MUN_OK)
		status = remove_folder(at, name, 0, err);
	else if (status == MUN_ERR_BUSY)
		status = MUN_OK;
	mun_file_close(&fd);
	return status;
}

enum mun_status
mun_store_incoming_sweep(struct mun_store *store, struct mun_error *err)
{
	struct mun_store_names names = { 0 };
	int at = -1;
	enum mun_status status;

	status = mun_file_open_folder(store->fd, "incoming", &at, err);
	if (status == MUN_ERR_NOT_FOUND)
		return MUN_OK;
	if (status != MUN_OK)
		return status;
	MUN_TRY(mun_store_names_read(&names, at, err));
	for (size_t i = 0; i < names.count; i++)
		MUN_TRY(sweep_folder(at, names.names[i], err));
out:
	mun_store_names_free(&names);
	mun_file_close(&at);
	return status;
}
