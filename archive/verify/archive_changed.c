/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * archive_changed.c - documents whose stored bytes are not those that were
 * sealed: which they are, by number, and by path where one comes.
 *
 * Spec: docs/format/archive.md.
 */
#include "verify/archive_internal.h"

#include <stdio.h>
#include <string.h>

enum {
	PATH_TOLD =
	    1024 /* bytes of a path; the rest of the sentence has room */
};

const char *
mun_cite(char out[MUN_CITED_MAX + 1], const char *archive_id, unsigned width,
    uint64_t number)
{
	(void)snprintf(out, MUN_CITED_MAX + 1, "%s-%0*llu", archive_id,
	    width > 20 ? 20 : (int)width, (unsigned long long)number);
	return out;
}

static bool
is_recorded(const struct mun_verification *v, size_t check)
{
	return v->check_count == check + 1 &&
	    strcmp(v->checks[check].rule, "document.digest") == 0;
}

/* Where the manifests too are over other bytes, it is the document that changed
 * and not its record, and no check says more of the archive. */
void
mun_judge_changed(struct mun_archive_pass *pass, uint64_t number)
{
	struct mun_verification *v = pass->v;
	size_t check = v->check_count;
	char cited[MUN_CITED_MAX + 1];

	mun_judge(v, MUN_RULE_DOCUMENT_DIGEST, false, pass->subject,
	    "%s: its record has another SHA-256 than the stored bytes",
	    mun_cite(cited, pass->facts->id, pass->width, number));
	if (!is_recorded(v, check))
		return; /* there are too many problems */
	if (pass->manifest_failed && v->telling == 0)
		v->telling = check + 1;
	if (pass->changed_count < MUN_CHANGED_MAX)
		pass->changed[pass->changed_count++] =
		    (struct mun_changed){ number, check };
}

void
mun_name_changed(
    struct mun_archive_pass *pass, const struct mun_private *private)
{
	char cited[MUN_CITED_MAX + 1];

	while (pass->changed_next < pass->changed_count &&
	    pass->changed[pass->changed_next].document < private->number)
		pass->changed_next++; /* it has no path */
	if (pass->changed_next == pass->changed_count ||
	    pass->changed[pass->changed_next].document != private->number)
		return;
	mun_retell(pass->v, pass->changed[pass->changed_next].check,
	    "%s, '%.*s%s': its record has another SHA-256 than the stored "
	    "bytes",
	    mun_cite(cited, pass->facts->id, pass->width, private->number),
	    (int)(private->len > PATH_TOLD ? PATH_TOLD : private->len),
	    (const char *)private->bytes,
	    private->len > PATH_TOLD ? "..." : "");
	pass->changed_next++;
}
