/* SPDX-License-Identifier: BSD-2-Clause */
/* extract.c - from a reference to files in a folder. */
#include "muniment/extract.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/reader.h"
#include "extract/original.h"
#include "extract/target.h"
#include "record/record.h"
#include "vault/vault.h"

struct extraction {
	char id[MUN_ARCHIVE_ID_MAX + 1];
	uint64_t number; /* 0: all */
	mun_extract_watch *watch;
	void *ctx;
	struct mun_extract_result *result;
};

/* ---- references ---- */

/* A number after the archive id: "-000042" or "/42". */
static bool
parse_number(const char *text, uint64_t *number)
{
	struct mun_reader reader;

	while (*text == '0')
		text++;
	reader = mun_reader_over(text, strlen(text));
	return mun_reader_decimal(&reader, number) &&
	    mun_reader_left(&reader) == 0 && *number > 0;
}

static bool
parse_reference(struct extraction *extraction, const char *reference)
{
	char prefix[MUN_PREFIX_MAX + 1];
	const char *rest = strchr(reference, '/');
	size_t len;
	uint64_t number;

	extraction->number = 0;
	if (rest == NULL && (rest = strchr(reference, '-')) != NULL)
		rest = strchr(rest + 1, '-');
	len = rest == NULL ? strlen(reference) : (size_t)(rest - reference);
	if (!mun_archive_id_parse(reference, len, prefix, &number))
		return false;
	mun_archive_id_format(extraction->id, prefix, number);
	return rest == NULL || parse_number(rest + 1, &extraction->number);
}

static enum mun_status
take_reference(
    struct extraction *extraction, const char *reference, struct mun_error *err)
{
	if (parse_reference(extraction, reference))
		return MUN_OK;
	if (strstr(reference, ".m") != NULL)
		return mun_error_set(err, MUN_ERR_USAGE,
		    "'%s' is a member of a document; extract the document and "
		    "unpack it",
		    reference);
	return mun_error_set(err, MUN_ERR_USAGE,
	    "'%s' is neither an archive (XPF-0003) nor a document "
	    "(XPF-0003-000042 or XPF-0003/42)",
	    reference);
}

/* ---- copying ---- */

static enum mun_status
extract_one(struct extraction *extraction, struct mun_originals *originals,
    struct mun_target *target, const struct mun_original *original,
    struct mun_error *err)
{
	bool is_alone = extraction->number != 0;
	const uint8_t *path = original->path;
	size_t len = original->path_len;
	enum mun_status status;
	char reference[80];

	if (is_alone) {
		path += original->name_at;
		len -= original->name_at;
	}
	MUN_TRY(
	    mun_target_put(target, path, len, original, originals->fd, err));
	extraction->result->documents++;
	extraction->result->bytes += original->record.size;
	(void)snprintf(reference, sizeof(reference), "%s-%06llu",
	    extraction->id, (unsigned long long)original->record.number);
	if (extraction->watch != NULL &&
	    !extraction->watch(
		extraction->ctx, reference, path, len, original->record.size))
		status = mun_error_set(err, MUN_ERR_CANCELED, "stopped");
out:
	return status;
}

static enum mun_status
extract_from(struct extraction *extraction, struct mun_originals *originals,
    struct mun_target *target, struct mun_error *err)
{
	struct mun_original original;
	enum mun_status status;

	for (;;) {
		status = mun_originals_next(originals, &original, err);
		if (status == MUN_ERR_NOT_FOUND)
			break;
		if (status != MUN_OK)
			return status;
		if (extraction->number == 0 ||
		    extraction->number == original.record.number)
			MUN_TRY(extract_one(
			    extraction, originals, target, &original, err));
		if (extraction->number == original.record.number)
			return MUN_OK;
	}
	status = extraction->number == 0
	    ? MUN_OK
	    : mun_error_set(err, MUN_ERR_NOT_FOUND,
		  "archive '%s' has no document %llu", extraction->id,
		  (unsigned long long)extraction->number);
out:
	return status;
}

enum mun_status
mun_extract(struct mun_vault *vault, const struct mun_extract_options *options,
    mun_extract_watch *watch, void *ctx, struct mun_extract_result *result,
    struct mun_error *err)
{
	struct extraction extraction = {
		.watch = watch, .ctx = ctx, .result = result
	};
	struct mun_originals originals = { .fd = -1 };
	struct mun_target target = { .fd = -1, .parent_fd = -1 };
	struct mun_store *store = mun_vault_store(vault);
	enum mun_status status;

	*result = (struct mun_extract_result){ .documents = 0 };
	MUN_TRY(take_reference(&extraction, options->reference, err));
	MUN_TRY(mun_vault_expect_outside(options->folder, err));
	status = mun_originals_open(&originals, store, extraction.id, err);
	if (status == MUN_ERR_NOT_FOUND)
		status = mun_record_tell_absence(vault, extraction.id, err);
	MUN_TRY(status);
	MUN_TRY(mun_target_open(&target, options->folder, err));
	status = extract_from(&extraction, &originals, &target, err);
out:
	if (status != MUN_OK)
		mun_target_take_back(&target);
	mun_originals_close(&originals);
	mun_target_close(&target);
	return status;
}
