/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.h - a verification as text for people, as JSON for programs, or as a
 * page to be filed.
 */
#ifndef MUNIMENT_REPORT_H
#define MUNIMENT_REPORT_H

#include "muniment/buffer.h"
#include "muniment/text.h"
#include "muniment/verify.h"

/* The five questions, the checks that did not pass (all, when `full`), one
 * plain sentence of what to do, and "verdict: …" as the last line.  Everything
 * from outside goes through mun_text_escape in the given mode. */
MUN_API void mun_report_text(struct mun_buffer *out,
    const struct mun_verification *verification, enum mun_text_mode mode,
    bool full);
/* An entry that was logged of a verification. */
struct mun_report_entry {
	uint64_t seq;
	uint8_t sha256[32];
};
/* One JSON document and a LF: verdict, questions, anchors, inputs, tool,
 * verified_at, checks, and recorded unless that is NULL
 * (docs/format/verification.md). */
MUN_API void mun_report_json(struct mun_buffer *out,
    const struct mun_verification *verification,
    const struct mun_report_entry *recorded);

/*
 * The report as one page of HTML that stands alone: no script, nothing loaded,
 * a policy (CSP) that forbids both; to be read on a screen or printed on A4 or
 * Letter.  First page: the five questions; then what was examined, custody as
 * a drawing and a table, documents, every check, certificates, what is
 * missing, how to repeat it all with other people's tools, declarations to
 * sign.  Everything from outside is escaped; docs/format/verification.md says
 * what is listed up to which number.
 *
 * It hears what is judged, so it is made before the run:
 *
 *	mun_report_html_new(&report, folder, &err);
 *	options.listener = mun_report_html_listener(report);
 *	mun_verify_run(&verification, &options, &err);
 *	mun_report_html_save(report, verification, "2-report.html", &err);
 *
 * What it hears waits in files without a name in that folder, mode 0600.
 * Memory: a few hundred bytes an archive, none that grows with documents.
 */
struct mun_report_html;

/* folder has to be there and writable; the report will lie in it.
 * MUN_ERR_NOT_FOUND, MUN_ERR_SYSTEM, MUN_ERR_NOMEM. */
MUN_API MUN_MUST_USE enum mun_status mun_report_html_new(
    struct mun_report_html **out, const char *folder, struct mun_error *err);
MUN_API void mun_report_html_free(struct mun_report_html *report);
/* To be given to one run.  Borrowed; good until the report is freed. */
MUN_API const struct mun_verify_listener *mun_report_html_listener(
    const struct mun_report_html *report);
/* The page is made by the keeper, who read the anchor from the vault itself: it
 * says so, instead of that it came from outside what was examined. */
MUN_API void mun_report_html_is_keepers(struct mun_report_html *report);
/* Write the report on that run, once, under a new name (no slash) in the
 * folder: whole and on the disk, or not there.  MUN_ERR_EXISTS: there is one of
 * that name; MUN_ERR_USAGE: no name; MUN_ERR_SYSTEM, MUN_ERR_NOMEM. */
MUN_API MUN_MUST_USE enum mun_status mun_report_html_save(
    struct mun_report_html *report, const struct mun_verification *verification,
    const char *name, struct mun_error *err);

#endif
