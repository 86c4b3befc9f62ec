/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk_look.c - what one name of a folder is, without touching what it is not.
 *
 * A look decides whether something may be opened at all (opening a device can
 * rewind a tape, opening a FIFO can wait for ever); the open then proves that
 * a document can be read; the
 * descriptor's own identity proves that the thing opened is the thing looked
 * at.
 */
#include "walk/walk_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

enum {
	LOOKS_MAX = 3
}; /* at a name that keeps changing */

/* Shortage on our side says nothing about the file. */
static bool
is_shortage(int failed)
{
	return failed == EMFILE || failed == ENFILE || failed == ENOMEM;
}

static int
prove_readable_errno(const struct walk_place *place, const char *name,
    const struct walk_seen *seen)
{
	struct walk_seen opened;
	int fd = -1;
	int failed = mun_walk_open_errno(place->fd, name,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY, place->folder != WALK_ROOT, &fd,
	    &opened);

	mun_file_close(&fd);
	if (failed == 0 && !mun_walk_identity_equal(seen->is, opened.is))
		failed = ESTALE;
	return failed;
}

static int
read_target_errno(
    struct mun_walk *walk, const struct walk_place *place, const char *name)
{
	char target[MUN_PATH_MAX];
	ssize_t len = readlinkat(place->fd, name, target, sizeof(target));

	if (len == -1)
		return errno;
	mun_buffer_append(&walk->names, target, (size_t)len);
	mun_buffer_append_byte(&walk->names, 0);
	return 0;
}

static uint8_t
kind_of_special(mode_t mode)
{
	if (S_ISFIFO(mode))
		return MUN_WALK_FIFO;
	if (S_ISSOCK(mode))
		return MUN_WALK_SOCKET;
	if (S_ISCHR(mode))
		return MUN_WALK_CHARACTER_DEVICE;
	if (S_ISBLK(mode))
		return MUN_WALK_BLOCK_DEVICE;
	return MUN_WALK_UNREADABLE;
}

static uint8_t
kind_of_folder(const struct walk_place *place, const struct walk_seen *seen)
{
	if (place->folder == WALK_ROOT)
		return WALK_FOLDER;
	if (seen->is_mount || seen->is.device != place->device)
		return MUN_WALK_MOUNT_POINT;
	return place->depth >= MUN_DEPTH_MAX ? MUN_WALK_TOO_DEEP : WALK_FOLDER;
}

static void
take_document(struct walk_node *node, const struct walk_seen *seen)
{
	node->kind = MUN_WALK_DOCUMENT;
	node->size = seen->size;
	mun_walk_keep_seen(node, seen);
	node->links =
	    (uint16_t)(seen->links < UINT16_MAX ? seen->links : UINT16_MAX);
}

/* One look; ESTALE when the name meant something else a moment later. */
static int
look_once_errno(struct mun_walk *walk, const struct walk_place *place,
    const char *name, uint32_t number)
{
	struct walk_node *node = &walk->nodes[number];
	struct walk_seen seen;
	int failed = mun_walk_see_errno(place->fd, name, &seen);

	if (failed != 0)
		return failed;
	if (place->path_len + 1 + strlen(name) > MUN_PATH_MAX) {
		node->kind = MUN_WALK_TOO_LONG;
	} else if (S_ISREG(seen.mode)) {
		failed = prove_readable_errno(place, name, &seen);
		if (failed == 0)
			take_document(node, &seen);
	} else if (S_ISDIR(seen.mode)) {
		node->kind = kind_of_folder(place, &seen);
		mun_walk_keep_seen(node, &seen);
	} else if (S_ISLNK(seen.mode)) {
		failed = read_target_errno(walk, place, name);
		if (failed == 0)
			node->kind = MUN_WALK_SYMLINK;
	} else {
		node->kind = kind_of_special(seen.mode);
	}
	return failed;
}

enum mun_status
mun_walk_look(struct mun_walk *walk, const struct walk_place *place,
    const char *name, struct mun_error *err)
{
	struct walk_node *node;
	uint32_t number;
	int failed = ESTALE;
	enum mun_status status =
	    mun_walk_add(walk, place->folder, name, &number, err);

	if (status != MUN_OK)
		return status;
	for (int looks = 0; looks < LOOKS_MAX && failed == ESTALE; looks++)
		failed = look_once_errno(walk, place, name, number);
	if (is_shortage(failed))
		return mun_error_system(err, failed, "look at '%s'", name);
	node = &walk->nodes[number];
	if (failed == EXDEV) {
		node->kind = MUN_WALK_MOUNT_POINT;
	} else if (failed != 0) {
		/* Gone since it was listed counts too: nothing is skipped. */
		node->kind = MUN_WALK_UNREADABLE;
		node->saved_errno = (uint8_t)failed;
	}
	return mun_buffer_status(&walk->names, "list of names", err);
}
