/* SPDX-License-Identifier: BSD-2-Clause */
/* page.c - the page asked for with --report; see page.h. */
#include "page.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "muniment/vault.h"

static enum mun_status
folder_of(struct mun_buffer *folder, const char *path, struct mun_error *err)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		mun_buffer_append_text(folder, ".");
	else if (slash == path)
		mun_buffer_append_text(folder, "/");
	else
		mun_buffer_append(folder, path, (size_t)(slash - path));
	return mun_buffer_status(folder, "the report's path", err);
}

static bool
is_input(const struct stat *folder, char *const *inputs, size_t input_count)
{
	struct stat state;

	for (size_t i = 0; i < input_count; i++)
		if (stat(inputs[i], &state) == 0 && S_ISDIR(state.st_mode) &&
		    state.st_dev == folder->st_dev &&
		    state.st_ino == folder->st_ino)
			return true;
	return false;
}

/* Whether the folder, or one above it, is an input. */
static bool
lies_in_input(const char *folder, char *const *inputs, size_t input_count)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat here, above;
	bool found = false;

	while (fd >= 0 && fstat(fd, &here) == 0) {
		int up;

		found = is_input(&here, inputs, input_count);
		if (found)
			break;
		up = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		(void)close(fd);
		fd = up;
		if (fd < 0 || fstat(fd, &above) != 0 ||
		    (above.st_dev == here.st_dev &&
			above.st_ino == here.st_ino))
			break;
	}
	if (fd >= 0)
		(void)close(fd);
	return found;
}

enum mun_status
page_open(struct page *page, const char *path, char *const *inputs,
    size_t input_count, struct mun_error *err)
{
	struct mun_buffer folder = MUN_BUFFER_INIT(65536);
	struct stat state;
	enum mun_status status;

	*page = (struct page){ NULL, NULL };
	if (path == NULL)
		return MUN_OK;
	status = folder_of(&folder, path, err);
	if (status == MUN_OK && lstat(path, &state) == 0)
		status = mun_error_set(err, MUN_ERR_EXISTS,
		    "'%s' is there already; name a new file for the report",
		    path);
	if (status == MUN_OK &&
	    lies_in_input(mun_buffer_text(&folder), inputs, input_count))
		status = mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' would lie in a folder that is examined; nothing is "
		    "written there: name a place elsewhere",
		    path);
	if (status == MUN_OK)
		status = mun_vault_expect_outside(path, err);
	if (status == MUN_OK)
		status = mun_report_html_new(
		    &page->report, mun_buffer_text(&folder), err);
	page->name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
	mun_buffer_free(&folder);
	return status;
}

const struct mun_verify_listener *
page_listener(const struct page *page)
{
	return page->report == NULL ? NULL
				    : mun_report_html_listener(page->report);
}

enum mun_status
page_save(struct page *page, const struct mun_verification *verification,
    struct mun_error *err)
{
	return page->report == NULL
	    ? MUN_OK
	    : mun_report_html_save(page->report, verification, page->name, err);
}

void
page_close(struct page *page)
{
	mun_report_html_free(page->report);
	page->report = NULL;
}
