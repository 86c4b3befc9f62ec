/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dossier_names.c - names of members, made and read back.
 *
 * Spec: docs/format/dossier.md, The file.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/macros.h"
#include "base/reader.h"
#include "dossier/dossier.h"

void
mun_dossier_entry_name(
    char out[MUN_DOSSIER_NAME_MAX], uint64_t seq, const char *extension)
{
	(void)snprintf(out, MUN_DOSSIER_NAME_MAX, "entries/%06" PRIu64 ".%s",
	    seq, extension);
}

bool
mun_dossier_entry_parse(const char *name, uint64_t *seq)
{
	struct mun_reader reader = mun_reader_over(name, strlen(name));
	char again[MUN_DOSSIER_NAME_MAX];

	if (!mun_reader_literal(&reader, "entries/"))
		return false;
	while (mun_reader_left(&reader) > 0 && reader.data[reader.pos] == '0' &&
	    mun_reader_left(&reader) > 5)
		(void)mun_reader_literal(&reader, "0");
	if (!mun_reader_decimal(&reader, seq))
		return false;
	mun_dossier_entry_name(again, *seq, "p7m");
	return strcmp(name, again) == 0;
}

void
mun_dossier_statement_name(char out[MUN_DOSSIER_NAME_MAX], uint64_t seq)
{
	(void)snprintf(
	    out, MUN_DOSSIER_NAME_MAX, "statements/%06" PRIu64 ".json", seq);
}

void
mun_dossier_certificate_name(
    char out[MUN_DOSSIER_NAME_MAX], const uint8_t sha256[MUN_SHA256_LEN])
{
	char hex[2 * MUN_SHA256_LEN + 1];

	mun_hex_encode(hex, sha256, MUN_SHA256_LEN);
	(void)snprintf(out, MUN_DOSSIER_NAME_MAX, "certs/%s.pem", hex);
}

void
mun_dossier_proof_name(char out[MUN_DOSSIER_NAME_MAX], const char *archive_id)
{
	(void)snprintf(
	    out, MUN_DOSSIER_NAME_MAX, "proofs/%s.tlog-proof", archive_id);
}

void
mun_dossier_tile_name(
    char out[MUN_DOSSIER_NAME_MAX], int level, uint64_t number, unsigned width)
{
	char stored[MUN_TILE_NAME_MAX];
	int len;

	mun_tile_name(stored, level, number, width);
	len =
	    snprintf(out, MUN_DOSSIER_NAME_MAX, "%s", stored + strlen("log/"));
	MUN_ASSERT(len > 0 && len < MUN_DOSSIER_NAME_MAX);
}
