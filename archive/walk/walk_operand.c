/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk_operand.c - what was typed becomes a name in a folder.
 *
 * The path above an operand is the typist's: links in it are followed, once,
 * and the folder it led to is remembered by device and inode.  "." and ".."
 * have no name of their own; it is looked up in the folder above.
 */
/* O_PATH: a folder above an operand needs to be passed, not read. */
#define _GNU_SOURCE
#include "walk/walk_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"

enum {
	ABOVE_FLAGS = O_PATH | O_DIRECTORY | O_CLOEXEC,
	CLIMB_MAX = 65536 /* folders above one; a bound, not a promise */
};

/* The name under which the folder `is` appears in above_fd. */
static enum mun_status
find_name(
    int above_fd, struct walk_identity is, char **name, struct mun_error *err)
{
	struct dirent *entry;
	struct walk_seen seen = { 0 };
	DIR *folder = NULL;
	int fd = openat(above_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd != -1)
		folder = fdopendir(fd);
	if (folder == NULL) {
		enum mun_status status =
		    mun_error_system(err, errno, "read the folder above");
		mun_file_close(&fd);
		return status;
	}
	*name = NULL;
	while (*name == NULL && (entry = readdir(folder)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    mun_walk_see_errno(above_fd, entry->d_name, &seen) != 0)
			continue;
		if (mun_walk_identity_equal(is, seen.is))
			*name = strdup(entry->d_name);
	}
	closedir(folder);
	if (*name == NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "has no name of its own; give a folder by its name");
	return MUN_OK;
}

/* "", ".", ".." as a last component. */
static bool
is_nameless(const char *last)
{
	return strcmp(last, ".") == 0 || strcmp(last, "..") == 0 ||
	    last[0] == '\0';
}

/* Split typed into the path of the folder it lies in and a last component.
 * Both are the caller's. */
static enum mun_status
split(const char *typed, char **above, char **name, struct mun_error *err)
{
	size_t len = strlen(typed);
	size_t at;

	if (len == 0)
		return mun_error_set(err, MUN_ERR_USAGE, "is empty");
	while (len > 0 && typed[len - 1] == '/')
		len--;
	for (at = len; at > 0 && typed[at - 1] != '/'; at--)
		;
	*name = strndup(typed + at, len - at);
	if (*name != NULL && is_nameless(*name)) {
		*above = malloc(len + sizeof("/.."));
		if (*above != NULL) {
			memcpy(*above, typed, len);
			memcpy(*above + len, "/..", sizeof("/.."));
		}
	} else {
		*above = at == 0 ? strdup(".") : strndup(typed, at);
	}
	if (*name == NULL || *above == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for path");
	return MUN_OK;
}

static enum mun_status
identify_folder(
    const char *path, struct walk_identity *is, int *fd, struct mun_error *err)
{
	struct walk_seen seen = { 0 };
	int failed;

	*fd = open(path, ABOVE_FLAGS);
	failed = *fd == -1 ? errno : mun_walk_see_errno(*fd, "", &seen);
	if (failed != 0)
		return mun_error_system(err, failed, "open");
	*is = seen.is;
	return MUN_OK;
}

/* Replace a nameless last component by the folder's real name. */
static enum mun_status
real_name(const char *typed, int above_fd, char **name, struct mun_error *err)
{
	struct walk_identity is = { 0 };
	struct walk_seen above = { 0 };
	int failed;
	int fd = -1;
	enum mun_status status;

	if (!is_nameless(*name))
		return MUN_OK;
	free(*name);
	*name = NULL;
	MUN_TRY(identify_folder(typed, &is, &fd, err));
	failed = mun_walk_see_errno(above_fd, "", &above);
	if (failed != 0) {
		status = mun_error_system(err, failed, "look above");
		goto out;
	}
	if (mun_walk_identity_equal(is, above.is)) {
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "has no name of its own; give the folders in it");
		goto out;
	}
	status = find_name(above_fd, is, name, err);
out:
	mun_file_close(&fd);
	return status;
}

static enum mun_status
look_at_operand(struct mun_walk *walk, struct walk_operand *operand, int fd,
    const char *typed, const char *name, struct mun_error *err)
{
	struct walk_place place = { .fd = fd, .folder = WALK_ROOT };
	struct walk_seen seen = { 0 };
	enum mun_status status;
	int failed;

	failed = mun_walk_see_errno(fd, name, &seen);
	if (failed != 0)
		return mun_error_system(err, failed, "look");
	if (S_ISLNK(seen.mode))
		return mun_error_set(err, MUN_ERR_USAGE,
		    "is a symbolic link; give what it points to");
	if (typed[strlen(typed) - 1] == '/' && !S_ISDIR(seen.mode))
		return mun_error_set(err, MUN_ERR_USAGE, "is not a folder");
	operand->is = seen.is;
	operand->is_folder = S_ISDIR(seen.mode);
	operand->name = walk->names.len;
	status = mun_walk_look(walk, &place, name, err);
	/* What it is may have changed between the two looks. */
	if (status == MUN_OK &&
	    walk->nodes[walk->node_count - 1].kind == MUN_WALK_SYMLINK)
		return mun_error_set(
		    err, MUN_ERR_USAGE, "became a symbolic link");
	return status;
}

static enum mun_status
take_operand(struct mun_walk *walk, const char *typed, struct mun_error *err)
{
	struct walk_operand *operand = &walk->operands[walk->operand_count];
	char *name = NULL;
	int fd = -1;
	enum mun_status status;

	*operand = (struct walk_operand){ 0 };
	walk->operand_count++;
	MUN_TRY(split(typed, &operand->parent, &name, err));
	MUN_TRY(
	    identify_folder(operand->parent, &operand->parent_is, &fd, err));
	MUN_TRY(real_name(typed, fd, &name, err));
	MUN_TRY(look_at_operand(walk, operand, fd, typed, name, err));
out:
	mun_file_close(&fd);
	free(name);
	return status;
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum mun_status
refuse_equal_names(const struct mun_walk *walk, struct mun_error *err)
{
	size_t count = walk->operand_count;
	const char **names = calloc(count + 1, sizeof(*names));
	enum mun_status status = MUN_OK;

	if (names == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for operands");
	for (size_t i = 0; i < count; i++)
		names[i] = mun_walk_name(walk, (uint32_t)i + 1);
	qsort(names, count, sizeof(*names), compare_texts);
	for (size_t i = 1; i < count && status == MUN_OK; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			status = mun_error_set(err, MUN_ERR_USAGE,
			    "two things to deposit are both named '%s'; "
			    "deposit them one after the other",
			    names[i]);
	free(names);
	return status;
}

enum mun_status
mun_walk_take_operands(struct mun_walk *walk, const char *const *operands,
    size_t count, struct mun_error *err)
{
	enum mun_status status = MUN_OK;

	walk->operands = calloc(count + 1, sizeof(*walk->operands));
	if (walk->operands == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for operands");
	for (size_t i = 0; i < count && status == MUN_OK; i++) {
		status = take_operand(walk, operands[i], err);
		if (status != MUN_OK)
			mun_error_wrap(err, "'%s'", operands[i]);
	}
	return status == MUN_OK ? refuse_equal_names(walk, err) : status;
}

enum mun_status
mun_walk_take_excludes(struct mun_walk *walk, const int *excludes, size_t count,
    struct mun_error *err)
{
	struct walk_seen seen = { 0 };
	int failed;

	walk->excludes = calloc(count + 1, sizeof(*walk->excludes));
	if (walk->excludes == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for folders to leave");
	for (size_t i = 0; i < count; i++) {
		failed = mun_walk_see_errno(excludes[i], "", &seen);
		if (failed != 0)
			return mun_error_system(
			    err, failed, "look at a folder to leave out");
		walk->excludes[i] = seen.is;
	}
	walk->exclude_count = count;
	return MUN_OK;
}

bool
mun_walk_is_excluded(const struct mun_walk *walk, struct walk_identity is)
{
	for (size_t i = 0; i < walk->exclude_count; i++)
		if (mun_walk_identity_equal(walk->excludes[i], is))
			return true;
	return false;
}

static int
compare_identities(const void *a, const void *b)
{
	const struct walk_identity *x = a;
	const struct walk_identity *y = b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return (x->inode > y->inode) - (x->inode < y->inode);
}

/* The folders among the operands, sorted; found by bsearch. */
struct operand_folders {
	struct walk_identity *all;
	size_t count;
};

static bool
is_operand(const struct operand_folders *folders, struct walk_identity is)
{
	return bsearch(&is, folders->all, folders->count, sizeof(is),
		   compare_identities) != NULL;
}

/* From fd (closed here) up to the root of the file system: what is met? */
static enum mun_status
climb(const struct mun_walk *walk, const struct operand_folders *folders,
    int fd, bool *met_operand, bool *met_exclude, struct mun_error *err)
{
	struct walk_identity last = { 0 };
	struct walk_seen seen = { 0 };
	enum mun_status status = MUN_OK;
	int failed;
	int above;

	*met_operand = *met_exclude = false;
	for (int level = 0; level < CLIMB_MAX; level++) {
		failed = fd == -1 ? errno : mun_walk_see_errno(fd, "", &seen);
		if (failed != 0) {
			status = mun_error_system(err, failed, "look above");
			break;
		}
		if (level > 0 && mun_walk_identity_equal(last, seen.is))
			break;
		last = seen.is;
		*met_operand = *met_operand || is_operand(folders, last);
		*met_exclude = *met_exclude || mun_walk_is_excluded(walk, last);
		above = openat(fd, "..", ABOVE_FLAGS);
		mun_file_close(&fd);
		fd = above;
	}
	mun_file_close(&fd);
	return status;
}

static enum mun_status
check_operand(const struct mun_walk *walk,
    const struct operand_folders *folders, const struct walk_operand *operand,
    struct mun_error *err)
{
	bool in_operand;
	bool in_exclude;
	enum mun_status status = climb(walk, folders,
	    open(operand->parent, ABOVE_FLAGS), &in_operand, &in_exclude, err);

	if (status != MUN_OK)
		return status;
	if (in_operand)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "lies inside another folder that is given");
	if (in_exclude)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "lies in the vault or the folder of keys, "
		    "which are never deposited");
	return MUN_OK;
}

static enum mun_status
check_all(const struct mun_walk *walk, const struct operand_folders *folders,
    struct mun_error *err)
{
	const struct walk_operand *operand;
	const struct walk_operand *last = NULL;
	enum mun_status status = MUN_OK;

	for (size_t i = 0; i < walk->operand_count && status == MUN_OK; i++) {
		operand = &walk->operands[i];
		if (operand->is_folder &&
		    mun_walk_is_excluded(walk, operand->is))
			status = mun_error_set(err, MUN_ERR_USAGE,
			    "is the vault or the folder of keys, "
			    "which are never deposited");
		/* A thousand files of one folder share what is above. */
		else if (last == NULL ||
		    !mun_walk_identity_equal(
			last->parent_is, operand->parent_is))
			status = check_operand(walk, folders, operand, err);
		if (status != MUN_OK)
			mun_error_wrap(err, "'%s'",
			    (const char *)walk->names.data + operand->name);
		last = operand;
	}
	return status;
}

enum mun_status
mun_walk_check_operands(
    const struct mun_walk *walk, const int *excludes, struct mun_error *err)
{
	struct operand_folders folders = { 0 };
	bool in_operand = false;
	bool in_exclude = false;
	enum mun_status status;

	folders.all = calloc(walk->operand_count + 1, sizeof(*folders.all));
	if (folders.all == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for operands");
	for (size_t i = 0; i < walk->operand_count; i++)
		if (walk->operands[i].is_folder)
			folders.all[folders.count++] = walk->operands[i].is;
	qsort(folders.all, folders.count, sizeof(*folders.all),
	    compare_identities);
	MUN_TRY(check_all(walk, &folders, err));
	for (size_t i = 0; i < walk->exclude_count; i++) {
		MUN_TRY(
		    climb(walk, &folders, openat(excludes[i], ".", ABOVE_FLAGS),
			&in_operand, &in_exclude, err));
		if (in_operand) {
			status = mun_error_set(err, MUN_ERR_USAGE,
			    "the vault or the folder of keys lies inside "
			    "what is to be deposited");
			goto out;
		}
	}
out:
	free(folders.all);
	return status;
}

static const struct walk_operand *
operand_of(const struct mun_walk *walk, uint32_t node)
{
	uint64_t name = walk->nodes[node].name;
	size_t low = 0;
	size_t high = walk->operand_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (walk->operands[middle].name <= name)
			low = middle;
		else
			high = middle;
	}
	return &walk->operands[low];
}

int
mun_walk_operand_parent_errno(
    const struct mun_walk *walk, uint32_t node, int *fd)
{
	const struct walk_operand *operand = operand_of(walk, node);
	struct walk_seen seen = { 0 };

	*fd = open(operand->parent, ABOVE_FLAGS);
	if (*fd == -1)
		return errno;
	if (mun_walk_see_errno(*fd, "", &seen) != 0 ||
	    !mun_walk_identity_equal(operand->parent_is, seen.is)) {
		mun_file_close(fd);
		return ENOENT;
	}
	return 0;
}
