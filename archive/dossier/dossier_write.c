/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dossier_write.c - members one after the other, in the profile of
 * docs/format/tar.md.
 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/macros.h"
#include "dossier/dossier.h"

enum {
	FLUSH_AT = 1 << 20
};

static enum mun_status
flush(struct mun_dossier_out *out, size_t above, struct mun_error *err)
{
	enum mun_status status;

	MUN_TRY(mun_buffer_status(&out->block, "dossier", err));
	if (out->block.len <= above)
		return MUN_OK;
	status =
	    mun_file_write_all(out->fd, out->block.data, out->block.len, err);
	mun_buffer_reset(&out->block);
out:
	return status;
}

enum mun_status
mun_dossier_put(struct mun_dossier_out *out, const char *name,
    const struct mun_buffer *bytes, struct mun_error *err)
{
	static const uint8_t zeros[MUN_TAR_BLOCK];
	char path[MUN_TAR_PATH_MAX + 1];
	uint8_t header[MUN_TAR_HEADER_MAX];
	size_t header_len;
	enum mun_status status;
	int len = snprintf(path, sizeof(path), MUN_DOSSIER_FOLDER "%s", name);

	if (len < 0 || (size_t)len >= sizeof(path) ||
	    strcmp(out->last, name) >= 0)
		return mun_error_set(err, MUN_ERR_INTERNAL,
		    "dossier member '%s' is out of place", name);
	MUN_TRY(mun_buffer_status(bytes, name, err));
	(void)snprintf(out->last, sizeof(out->last), "%s", name);
	header_len = mun_tar_header(header, path, bytes->len);
	mun_buffer_append(&out->block, header, header_len);
	mun_buffer_append(&out->block, bytes->data, bytes->len);
	mun_buffer_append(&out->block, zeros, mun_tar_padding(bytes->len));
	status = flush(out, FLUSH_AT, err);
out:
	return status;
}

enum mun_status
mun_dossier_put_end(struct mun_dossier_out *out, struct mun_error *err)
{
	static const uint8_t zeros[MUN_TAR_END_LEN];

	mun_buffer_append(&out->block, zeros, sizeof(zeros));
	return flush(out, 0, err);
}

void
mun_dossier_out_clear(struct mun_dossier_out *out)
{
	mun_buffer_free(&out->block);
}
