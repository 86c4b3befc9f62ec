/* SPDX-License-Identifier: BSD-2-Clause */
/* reference.c - how archives, documents and members are cited, and back. */
#include "index/reference.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "manifest/manifest.h"

static bool
take_apart(struct mun_index_reference *reference, const char *text)
{
	char prefix[MUN_PREFIX_MAX + 1];
	const char *dash = strchr(text, '-');
	const char *at;
	uint64_t number;
	char *end;
	size_t len;

	memset(reference, 0, sizeof(*reference));
	if (dash == NULL)
		return false;
	len = (size_t)(dash - text) + 1 + strspn(dash + 1, "0123456789");
	if (len > MUN_ARCHIVE_ID_MAX ||
	    !mun_archive_id_parse(text, len, prefix, &number))
		return false;
	memcpy(reference->archive, text, len);
	at = text + len;
	if (*at == '\0')
		return true;
	if ((*at != '-' && *at != '/') || at[1] < '0' || at[1] > '9')
		return false;
	reference->document = strtoull(at + 1, &end, 10);
	if (reference->document == 0)
		return false;
	if (*end == '\0')
		return true;
	if (end[0] != '.' || end[1] != 'm' || end[2] < '0' || end[2] > '9')
		return false;
	reference->member = strtoull(end + 2, &end, 10);
	return *end == '\0' && reference->member != 0;
}

enum mun_status
mun_index_take_apart(
    struct mun_index_reference *out, const char *text, struct mun_error *err)
{
	if (take_apart(out, text))
		return MUN_OK;
	return mun_error_set(err, MUN_ERR_USAGE,
	    "'%s' is no number of an archive (XPF-0003), a document "
	    "(XPF-0003-000042 or XPF-0003/42) or a member "
	    "(XPF-0003-000042.m0003)",
	    text);
}

void
mun_index_cite(char out[MUN_INDEX_CITED], const char *archive, int width,
    uint64_t document, uint64_t member)
{
	bool known = width >= 1 && width <= 20;
	int len = snprintf(out, MUN_INDEX_CITED, "%s", archive);

	if (document == 0 || len < 0 || len >= MUN_INDEX_CITED)
		return;
	len += snprintf(out + len, (size_t)(MUN_INDEX_CITED - len), "%c%0*llu",
	    known ? '-' : '/', known ? width : 1, (unsigned long long)document);
	if (member != 0 && len < MUN_INDEX_CITED)
		(void)snprintf(out + len, (size_t)(MUN_INDEX_CITED - len),
		    ".m%04llu", (unsigned long long)member);
}
