/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixed.c - what of an archive is the same text every time, and the names and
 * order of its metadata members.
 *
 * Spec: docs/format/archive.md, "Members of the tar"; RFC 8493 section 2.
 */
#include "manifest/manifest.h"

#include <inttypes.h>

#include "base/macros.h"

static const struct {
	const char *path;
	bool is_listed; /* by a tag manifest */
} tag_members[MUN_TAG_MEMBERS_COUNT] = {
	[MUN_TAG_BAGIT] = { "bagit.txt", true },
	[MUN_TAG_MANIFEST_SHA256] = { "manifest-sha256.txt", true },
	[MUN_TAG_MANIFEST_SHA512] = { "manifest-sha512.txt", true },
	[MUN_TAG_DEPOSIT] = { "metadata/deposit.json", true },
	[MUN_TAG_DOCUMENTS] = { "metadata/documents.jsonl", true },
	[MUN_TAG_PRIVATE] = { "metadata/private.jsonl", true },
	[MUN_TAG_MEMBERS] = { "metadata/members.jsonl", true },
	[MUN_TAG_FINDINGS] = { "metadata/findings.jsonl", true },
	[MUN_TAG_INVENTORY] = { "metadata/inventory.csv", true },
	[MUN_TAG_README] = { "README-VERIFY.txt", true },
	[MUN_TAG_BAG_INFO] = { "bag-info.txt", true },
	[MUN_TAG_TAGMANIFEST_SHA256] = { "tagmanifest-sha256.txt", false },
	[MUN_TAG_TAGMANIFEST_SHA512] = { "tagmanifest-sha512.txt", false },
	[MUN_TAG_SIGNER] = { "seal/signer.pem", true },
	[MUN_TAG_SEAL] = { "seal/seal.json", false },
	[MUN_TAG_SEAL_SIGNATURE] = { "seal/seal.p7s", false },
};

const char *
mun_tag_member_path(enum mun_tag_member member)
{
	MUN_ASSERT(member < MUN_TAG_MEMBERS_COUNT);
	return tag_members[member].path;
}

bool
mun_tag_member_is_listed(enum mun_tag_member member)
{
	MUN_ASSERT(member < MUN_TAG_MEMBERS_COUNT);
	return tag_members[member].is_listed;
}

void
mun_bagit_write(struct mun_buffer *out)
{
	mun_buffer_append_text(out,
	    "BagIt-Version: 1.0\n"
	    "Tag-File-Character-Encoding: UTF-8\n");
}

void
mun_bag_info_write(struct mun_buffer *out, const char *archive_id,
    uint64_t bytes, uint64_t documents)
{
	mun_buffer_append_format(out,
	    "External-Identifier: %s\n"
	    "Payload-Oxum: %" PRIu64 ".%" PRIu64 "\n",
	    archive_id, bytes, documents);
}

void
mun_manifest_line_write(struct mun_buffer *out, const void *digest,
    size_t digest_len, const char *path)
{
	mun_buffer_append_hex(out, digest, digest_len);
	mun_buffer_append_text(out, "  ");
	mun_buffer_append_text(out, path);
	mun_buffer_append_byte(out, '\n');
}
