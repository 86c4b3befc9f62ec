/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * anchor.h - what the one who verifies brings along, never found in what is
 * verified.
 */
#ifndef MUN_TRUST_ANCHOR_H
#define MUN_TRUST_ANCHOR_H

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "muniment/error.h"
#include "trust/certificate.h"

enum mun_anchor_kind {
	MUN_ANCHOR_VAULT = 1, /* SHA-256 of log entry 0 */
	MUN_ANCHOR_CERTIFICATE, /* SHA-256 of a certificate's DER */
	MUN_ANCHOR_EITHER /* a SHA-256 of one or the other */
};

struct mun_anchor {
	enum mun_anchor_kind kind;
	uint8_t sha256[MUN_SHA256_LEN];
	struct mun_certificate *certificate; /* owned; NULL for a bare digest */
};

/*
 * mun_anchor_parse - "vault:HEX", "sha256:HEX", HEX, or the path of a PEM file.
 *
 * HEX is 64 digits, either case; blanks, colons and hyphens between them are
 * ignored (people copy it from paper), as are blanks around it all and the case
 * of the word before it.  Without one it is MUN_ANCHOR_EITHER: no digest is
 * both.  What has 32 digits and those marks alone is never a path (a file of
 * such a name is "./NAME").  MUN_ERR_USAGE with one clear sentence; file errors
 * as read.
 */
MUN_MUST_USE enum mun_status mun_anchor_parse(
    struct mun_anchor *out, const char *text, struct mun_error *err);
void mun_anchor_clear(struct mun_anchor *anchor);

#endif
