/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report_html.c - the report as a page: its parts in their order, put together
 * when all is judged, and put under its name whole or not at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/macros.h"
#include "base/system.h"
#include "report/html.h"

enum mun_status
mun_report_html_new(
    struct mun_report_html **out, const char *folder, struct mun_error *err)
{
	struct mun_report_html *report = calloc(1, sizeof(*report));
	enum mun_status status;

	*out = NULL;
	if (report == NULL)
		return mun_error_set(
		    err, MUN_ERR_NOMEM, "out of memory for a report");
	report->events = (struct mun_html)MUN_HTML_INIT;
	report->documents = (struct mun_html)MUN_HTML_INIT;
	report->certificates = (struct mun_html)MUN_HTML_INIT;
	report->findings = (struct mun_html)MUN_HTML_INIT;
	report->folder_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (report->folder_fd < 0) {
		status = mun_error_system(
		    err, errno, "open the report's folder '%s'", folder);
		goto out;
	}
	MUN_TRY(mun_html_open(&report->events, report->folder_fd, err));
	MUN_TRY(mun_html_open(&report->documents, report->folder_fd, err));
	MUN_TRY(mun_html_open(&report->certificates, report->folder_fd, err));
	MUN_TRY(mun_html_open(&report->findings, report->folder_fd, err));
	MUN_TRY(mun_timeline_new(&report->timeline, err));
	mun_html_listen(report);
	*out = report;
	report = NULL;
out:
	mun_report_html_free(report);
	return status;
}

void
mun_report_html_free(struct mun_report_html *report)
{
	if (report == NULL)
		return;
	mun_html_close(&report->events);
	mun_html_close(&report->documents);
	mun_html_close(&report->certificates);
	mun_html_close(&report->findings);
	mun_timeline_free(report->timeline);
	for (size_t i = 0; i < report->archive_count; i++)
		free(report->archives[i].input);
	for (size_t i = 0; i < report->log_count; i++)
		free(report->logs[i].input);
	free(report->archives);
	free(report->logs);
	free(report->deposits);
	free(report->certificates_seen);
	free(report->mark.input);
	mun_file_close(&report->folder_fd);
	free(report);
}

const struct mun_verify_listener *
mun_report_html_listener(const struct mun_report_html *report)
{
	return &report->listener;
}

void
mun_report_html_is_keepers(struct mun_report_html *report)
{
	report->is_keepers = true;
}

static enum mun_status
write_parts(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	static mun_html_part *const parts[] = { mun_html_head,
		mun_html_first_page, mun_html_examined, mun_html_custody,
		mun_html_since, mun_html_documents, mun_html_checks,
		mun_html_certificates, mun_html_missing, mun_html_repeat,
		mun_html_declaration };
	enum mun_status status;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		MUN_TRY(parts[i](report, verification, html, err));
	mun_html_raw(html, "</main>\n</body>\n</html>\n");
	status = mun_html_flush(html, true, err);
out:
	return status;
}

/* A name that nobody else has, for as long as it is written. */
static enum mun_status
make_unfinished(struct mun_report_html *report, char name[64], int *fd,
    struct mun_error *err)
{
	uint8_t random[16];
	char hex[2 * sizeof(random) + 1];
	enum mun_status status;

	MUN_TRY(mun_system_random(random, sizeof(random), err));
	mun_hex_encode(hex, random, sizeof(random));
	(void)snprintf(name, 64, ".%s.tmp", hex);
	*fd = openat(report->folder_fd, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd < 0) {
		name[0] = '\0';
		return mun_error_system(
		    err, errno, "make a file beside the report");
	}
out:
	return status;
}

enum mun_status
mun_report_html_save(struct mun_report_html *report,
    const struct mun_verification *verification, const char *name,
    struct mun_error *err)
{
	struct mun_html html = MUN_HTML_INIT;
	char unfinished[64] = "";
	enum mun_status status;

	if (name[0] == '\0' || strchr(name, '/') != NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is no name for a report's file", name);
	MUN_TRY(make_unfinished(report, unfinished, &html.fd, err));
	MUN_TRY(write_parts(report, verification, &html, err));
	MUN_TRY(mun_file_sync(html.fd, name, err));
	MUN_TRY(mun_file_close_written(&html.fd, name, err));
	MUN_TRY(mun_file_rename_new(
	    report->folder_fd, unfinished, report->folder_fd, name, err));
	unfinished[0] = '\0';
	status = mun_file_sync(report->folder_fd, name, err);
out:
	if (unfinished[0] != '\0')
		(void)unlinkat(report->folder_fd, unfinished, 0);
	mun_html_close(&html);
	if (status != MUN_OK)
		mun_error_wrap(err, "write the report '%s'", name);
	return status;
}
