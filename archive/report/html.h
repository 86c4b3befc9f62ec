/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html.h - the report as one page: a stream of markup that nothing from
 * outside can break out of, and the parts that are written to it.
 *
 * Markup is ours and appended with mun_html_raw; everything else goes through
 * one of the escaping functions.  A stream lies in a file, so that the size of
 * a report costs no memory.
 *
 * Thread rule: one thread at a time.
 */
#ifndef MUN_REPORT_HTML_H
#define MUN_REPORT_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/buffer.h"
#include "muniment/report.h"
#include "muniment/verify.h"

/* ---- html_stream.c ---- */

/* A stream of markup.  Failures stick to text and to status. */
struct mun_html {
	int fd; /* of a file without a name, or the report's own; -1: none */
	struct mun_buffer text; /* not yet in the file */
	uint64_t len; /* bytes in the file */
};
#define MUN_HTML_INIT                                                      \
	{                                                                  \
		.fd = -1, .text = MUN_BUFFER_INIT((size_t)8 * 1024 * 1024) \
	}
/* A file without a name in that folder, mode 0600. */
MUN_MUST_USE enum mun_status mun_html_open(
    struct mun_html *html, int folder_fd, struct mun_error *err);
/* Bring text to the file when there is enough of it (or now, when forced). */
MUN_MUST_USE enum mun_status mun_html_flush(
    struct mun_html *html, bool force, struct mun_error *err);
/* Cut it back to what it was when it had that length; flushed before. */
MUN_MUST_USE enum mun_status mun_html_rewind(
    struct mun_html *html, uint64_t len, struct mun_error *err);
/* Append all of part, which is flushed, to html. */
MUN_MUST_USE enum mun_status mun_html_append(
    struct mun_html *html, struct mun_html *part, struct mun_error *err);
void mun_html_close(struct mun_html *html);

/* ---- html_escape.c ---- */

enum {
	/* Bytes of one escaped text from outside that are shown: a path of some
	 * names in any script stays whole, and what is only there to drown the
	 * page does not. */
	MUN_HTML_SHOWN_MAX = 1024
};

/* Markup of ours, as it is. */
void mun_html_raw(struct mun_html *html, const char *markup);
void mun_html_format(struct mun_html *html, const char *format, ...)
    MUN_PRINTF(2, 3);
/* Text of ours: & < > " ' become references. */
void mun_html_text(struct mun_html *html, const char *text);
/* Bytes from outside: as mun_text_escape in UTF-8 mode, then as above, in an
 * isolate (<bdi>).  More than MUN_HTML_SHOWN_MAX is cut at a character, and
 * how much there was is said. */
void mun_html_outside(struct mun_html *html, const void *bytes, size_t len);
/* A sentence of ours that may quote such bytes: the same as prose. */
void mun_html_prose(struct mun_html *html, const char *text);
/* A digest, whole, in lines of at most 64 digits. */
void mun_html_digest(
    struct mun_html *html, const uint8_t *digest, size_t digest_len);
/* "2026-11-23T10:11:12Z" */
void mun_html_time(struct mun_html *html, int64_t utc_s);
/* "12,345" */
void mun_html_number(struct mun_html *html, uint64_t number);

/* The escaping alone, into a buffer; *cut says whether bytes are missing. */
void mun_html_escape(struct mun_buffer *out, const char *text);
void mun_html_escape_outside(struct mun_buffer *out, const void *bytes,
    size_t len, bool is_prose, bool *cut);

/* ---- html_style.c ---- */

/* The style sheet, as it stands in the page; foot is shown at the foot of every
 * printed page ([A-Za-z0-9.:, -] only). */
void mun_html_style(struct mun_buffer *out, const char *foot);

/* ---- what is kept of a run (report_html.c, html_listen.c) ---- */

struct mun_html_deposit { /* as a log has it */
	uint8_t vault[MUN_SHA256_LEN];
	char archive[MUN_ARCHIVE_ID_MAX + 1];
	uint8_t sha256[MUN_SHA256_LEN];
	uint64_t seq;
	int64_t time_utc_s;
};

struct mun_html_archive { /* as examined */
	char id[MUN_ARCHIVE_ID_MAX + 1];
	char *input; /* owned; hostile */
	uint8_t sha256[MUN_SHA256_LEN];
	uint8_t vault[MUN_SHA256_LEN];
	uint8_t inventory_sha256[MUN_SHA256_LEN];
	uint8_t signer[MUN_SHA256_LEN];
	int64_t sealed_at_utc_s;
	bool is_whole, is_sealed, is_complete;
	uint64_t documents, bytes, members, findings;
	uint64_t told; /* documents */
};

struct mun_html_log {
	char *input; /* owned; hostile */
	bool is_usable;
	char origin[MUN_ORIGIN_MAX + 1];
	uint8_t vault[MUN_SHA256_LEN];
	uint8_t log_key[32], root[32];
	uint64_t size;
};

struct mun_timeline;

/* Where everything stood when the log of an input began to be told. */
struct mun_html_mark {
	char *input; /* owned; NULL: none */
	uint64_t events, certificates;
	size_t deposits, logs, certificate_count;
	uint64_t event_count, withheld;
	size_t timeline;
};

struct mun_report_html {
	int folder_fd;
	struct mun_html events, documents, certificates, findings;
	struct mun_html_deposit *deposits;
	size_t deposit_count, deposit_capacity;
	struct mun_html_archive *archives;
	size_t archive_count, archive_capacity;
	struct mun_html_log *logs;
	size_t log_count, log_capacity;
	uint8_t (*certificates_seen)[MUN_SHA256_LEN];
	size_t certificate_count, certificate_capacity;
	uint64_t event_count, withheld, finding_count, document_count;
	uint64_t certificates_left, documents_listed;
	struct mun_timeline *timeline;
	struct mun_html_mark mark;
	unsigned width; /* of document numbers in the archive under way */
	bool is_table_open, is_group_open;
	bool is_keepers; /* made by who read the anchor from the vault */
	struct mun_verify_listener listener;
};

/* html_listen.c: the listener's functions. */
void mun_html_listen(struct mun_report_html *report);

/* The deposit of that archive in the log of that vault; NULL: none. */
const struct mun_html_deposit *mun_html_deposit_of(
    const struct mun_report_html *report,
    const struct mun_html_archive *archive);

/* ---- parts told while judging ---- */

/* html_custody.c: one row of the table of events. */
void mun_html_event_row(
    struct mun_html *html, const struct mun_judged_event *event);
/* html_documents.c: an archive's section, a document, a finding. */
void mun_html_documents_begin(
    struct mun_report_html *report, const struct mun_html_archive *archive);
void mun_html_document_row(
    struct mun_report_html *report, const struct mun_judged_document *document);
void mun_html_documents_end(struct mun_report_html *report);
void mun_html_finding_row(
    struct mun_html *html, const struct mun_judged_finding *finding);
/* html_certificates.c */
void mun_html_certificate_row(
    struct mun_html *html, const struct mun_judged_certificate *certificate);

/* ---- html_timeline.c ---- */

/* What a drawing of custody needs of events, bounded. */
MUN_MUST_USE enum mun_status mun_timeline_new(
    struct mun_timeline **out, struct mun_error *err);
void mun_timeline_free(struct mun_timeline *timeline);
size_t mun_timeline_count(const struct mun_timeline *timeline);
void mun_timeline_rewind(struct mun_timeline *timeline, size_t count);
MUN_MUST_USE enum mun_status mun_timeline_add(struct mun_timeline *timeline,
    const struct mun_judged_event *event, struct mun_error *err);
void mun_timeline_draw(
    const struct mun_timeline *timeline, struct mun_html *html);

/* ---- parts of the page, in its order ---- */

typedef enum mun_status mun_html_part(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err);
mun_html_part mun_html_head, mun_html_first_page, mun_html_examined,
    mun_html_custody, mun_html_since, mun_html_documents, mun_html_checks,
    mun_html_certificates, mun_html_missing, mun_html_repeat,
    mun_html_declaration;

/* Whether time-stamps are logged in what was verified (html_since.c). */
bool mun_html_has_stamps(const struct mun_verification *verification);

/* "<h2 id=…>n. title</h2>" of a part; numbers are fixed by the order above. */
void mun_html_heading(struct mun_html *html, unsigned number);
/* Contents with links to all of them. */
void mun_html_contents(struct mun_html *html);
/* Why a question is answered as it is, as a sentence. */
void mun_html_because(
    struct mun_html *html, const struct mun_question *question);
/* An outcome as a marked word; an INDETERMINATE has the machine word too. */
void mun_html_outcome(struct mun_html *html, enum mun_verdict verdict);

#endif
