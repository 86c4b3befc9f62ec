/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * finding.c - what was noteworthy about a deposit, and in which order.
 *
 * Spec: docs/format/archive.md, "metadata/findings.jsonl".
 */
#include "manifest/manifest_internal.h"

#include <string.h>

#include "base/macros.h"

enum {
	DETAIL_MAX = 200
};

/* The table of docs/format/archive.md: the order is part of the format. */
static const char *const rules[] = {
	"source.symlink",
	"source.fifo",
	"source.socket",
	"source.character-device",
	"source.block-device",
	"source.mount-point",
	"source.empty-folder",
	"source.unreadable",
	"source.vanished",
	"source.too-deep",
	"source.too-long",
	"source.changed",
	"source.hard-links",
	"name.not-utf8",
	"name.control",
	"name.not-portable",
	"name.collision",
	"identify.failed",
	"container.encrypted",
	"container.broken",
	"container.bomb",
	"container.too-deep",
	"container.too-many",
	"container.not-inspected",
	"container.died",
};
enum {
	RULES_COUNT = sizeof(rules) / sizeof(rules[0])
};

int
mun_finding_rank(const char *rule)
{
	for (int i = 0; i < RULES_COUNT; i++) {
		if (strcmp(rule, rules[i]) == 0)
			return i;
	}
	return -1;
}

void
mun_finding_write(const struct mun_finding *finding, struct mun_buffer *out)
{
	struct mun_json_writer json = MUN_JSON_WRITER_INIT(out);

	mun_json_begin_object(&json);
	mun_json_key(&json, "rule");
	mun_json_text(&json, finding->rule);
	if (finding->document != 0) {
		mun_json_key(&json, "n");
		mun_json_unsigned(&json, finding->document);
	}
	if (finding->member != 0) {
		mun_json_key(&json, "m");
		mun_json_unsigned(&json, finding->member);
	}
	if (finding->path != NULL)
		mun_line_put_bytes(&json, "path_b64", "path", finding->path,
		    finding->path_len);
	if (finding->target != NULL)
		mun_line_put_bytes(&json, "target_b64", "target",
		    finding->target, finding->target_len);
	mun_json_key(&json, "detail");
	mun_json_text(&json, finding->detail);
	mun_json_end_object(&json);
	mun_buffer_append_byte(out, '\n');
}

/* Exactly one of a document and a path; a member only of a document. */
static enum mun_status
take_subject(
    struct mun_finding *out, const struct mun_line *line, struct mun_error *err)
{
	uint64_t member = 0;
	bool has_path = mun_json_member(line->root, "path_b64") != NULL;

	if (mun_json_member(line->root, "n") == NULL) {
		if (!has_path)
			return mun_line_refuse(line, "n", err);
		return MUN_OK;
	}
	if (has_path)
		return mun_line_refuse(line, "path_b64", err);
	if (!mun_json_get_unsigned(line->root, "n", &out->document) ||
	    out->document == 0)
		return mun_line_refuse(line, "n", err);
	if (mun_json_member(line->root, "m") != NULL &&
	    (!mun_json_get_unsigned(line->root, "m", &member) || member == 0 ||
		member > UINT32_MAX))
		return mun_line_refuse(line, "m", err);
	out->member = (uint32_t)member;
	return MUN_OK;
}

static enum mun_status
take_detail(struct mun_buffer *scratch, const struct mun_line *line,
    struct mun_error *err)
{
	size_t len;
	const char *detail = mun_json_get_text(line->root, "detail", &len);

	if (detail == NULL || len > DETAIL_MAX)
		return mun_line_refuse(line, "detail", err);
	for (size_t i = 0; i < len; i++) {
		if (detail[i] < 0x20 || detail[i] > 0x7e)
			return mun_line_refuse(line, "detail", err);
	}
	mun_buffer_append(scratch, detail, len);
	mun_buffer_append_byte(scratch, '\0');
	return mun_buffer_status(scratch, "detail", err);
}

static enum mun_status
take_optional_path(struct mun_buffer *scratch, const struct mun_line *line,
    const char *key, size_t *offset, size_t *len, struct mun_error *err)
{
	enum mun_status status;

	*len = 0;
	if (mun_json_member(line->root, key) == NULL)
		return MUN_OK;
	MUN_TRY(mun_line_take_bytes(line, scratch, key, offset, len, err));
	if (!mun_path_bytes_fit(scratch->data + *offset, *len))
		status = mun_line_refuse(line, key, err);
out:
	return status;
}

static enum mun_status
take_finding(struct mun_finding *out, struct mun_buffer *scratch,
    const struct mun_line *line, struct mun_error *err)
{
	char rule[64];
	enum mun_status status;
	size_t path = 0;
	size_t target = 0;
	int rank = -1;

	if (mun_json_copy_text(line->root, "rule", rule, sizeof(rule)))
		rank = mun_finding_rank(rule);
	if (rank < 0)
		return mun_line_refuse(line, "rule", err);
	out->rule = rules[rank];
	MUN_TRY(take_subject(out, line, err));
	MUN_TRY(take_detail(scratch, line, err));
	MUN_TRY(take_optional_path(
	    scratch, line, "path_b64", &path, &out->path_len, err));
	MUN_TRY(take_optional_path(
	    scratch, line, "target_b64", &target, &out->target_len, err));
	/* Only now, as scratch no longer moves. */
	out->detail = (const char *)scratch->data;
	if (out->path_len > 0)
		out->path = scratch->data + path;
	if (out->target_len > 0)
		out->target = scratch->data + target;
out:
	return status;
}

enum mun_status
mun_finding_parse(struct mun_finding *out, struct mun_buffer *scratch,
    const char *bytes, size_t len, struct mun_error *err)
{
	struct mun_buffer again = MUN_BUFFER_INIT(MUN_LINE_MAX + 1);
	struct mun_line line;
	enum mun_status status;

	*out = (struct mun_finding){ .document = 0 };
	mun_buffer_reset(scratch);
	MUN_TRY(mun_line_open(&line, "finding", bytes, len, err));
	MUN_TRY(take_finding(out, scratch, &line, err));
	mun_finding_write(out, &again);
	MUN_TRY(mun_line_compare(&line, &again, err));
out:
	mun_line_close(&line);
	mun_buffer_free(&again);
	return status;
}
