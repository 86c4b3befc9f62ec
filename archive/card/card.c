/* SPDX-License-Identifier: BSD-2-Clause */
/* card.c - the two pages. */
#include "muniment/card.h"

#include <string.h>

#include "base/macros.h"
#include "card/card_internal.h"

enum {
	VAULT_TEXT_MAX = 128
};

enum mun_status
mun_card_fingerprint(struct mun_buffer *page, const uint8_t vault[32],
    const char *origin, struct mun_error *err)
{
	struct mun_buffer text = MUN_BUFFER_INIT(VAULT_TEXT_MAX);
	enum mun_status status;

	mun_buffer_append_text(&text, "vault:");
	mun_buffer_append_hex(&text, vault, 32);
	MUN_TRY(mun_buffer_status(&text, "a fingerprint", err));
	mun_card_begin(page, "Vault fingerprint");
	mun_buffer_append_text(page, "<div class=\"card\">\n");
	mun_card_digest(page, vault);
	MUN_TRY(mun_card_code(page, mun_buffer_text(&text),
	    "The same fingerprint as a code to scan", err));
	mun_buffer_append_text(page, "</div>\n<h2>Origin</h2>\n<p><code>");
	mun_card_text(page, origin);
	mun_buffer_append_text(page,
	    "</code></p>\n<h2>How to use it</h2>\n"
	    "<p>Keep this card away from the archive it speaks of: whoever "
	    "verifies compares the archive with this number, and no imitation "
	    "of the archive has the same one.</p>\n<pre><code>muniment-verify "
	    "VAULT \\\n    --trust ");
	mun_buffer_append(page, text.data, text.len);
	mun_buffer_append_text(page, "</code></pre>\n");
	mun_card_end(page);
	status = mun_buffer_status(page, "a page", err);
out:
	mun_buffer_free(&text);
	return status;
}

static void
put_facts(struct mun_buffer *page, const struct mun_card_backup *backup)
{
	mun_buffer_append_text(page, "<p>Signing keys of <b>");
	mun_card_text(page, backup->name);
	mun_buffer_append_format(page,
	    "</b>, encrypted: with their passphrase, whoever has all %zu "
	    "pieces can sign. Keep this paper in a safe, and the passphrase "
	    "elsewhere.</p>\n<h2>Certificate</h2>\n<pre><code>",
	    backup->count);
	mun_buffer_append_hex(page, backup->certificate_sha256, 32);
	mun_buffer_append_text(page, "</code></pre>\n");
	if (backup->vault != NULL) {
		mun_buffer_append_text(
		    page, "<h2>Vault fingerprint</h2>\n<pre><code>");
		mun_buffer_append_hex(page, backup->vault, 32);
		mun_buffer_append_text(page, "</code></pre>\n");
	}
	mun_buffer_append_text(page,
	    "<h2>To restore</h2>\n<p>Scan every code, in any order, into one "
	    "text file (or type what stands under it), then:</p>\n"
	    "<pre><code>muniment key restore FILE KEYS-FOLDER</code></pre>\n");
}

enum mun_status
mun_card_backup(struct mun_buffer *page, const struct mun_card_backup *backup,
    struct mun_error *err)
{
	const char *piece = backup->pieces;
	enum mun_status status = MUN_OK;

	mun_card_begin(page, "Backup of signing keys");
	put_facts(page, backup);
	mun_buffer_append_text(page, "<div class=\"pieces\">\n");
	for (size_t i = 1; i <= backup->count; i++) {
		mun_buffer_append_format(page,
		    "<section class=\"piece\">\n<h2>%zu of %zu</h2>\n", i,
		    backup->count);
		MUN_TRY(mun_card_code(
		    page, piece, "A piece of the backup as a code", err));
		mun_buffer_append_text(page, "<pre>");
		mun_card_text_lines(page, piece);
		mun_buffer_append_text(page, "</pre>\n</section>\n");
		piece += strlen(piece) + 1;
	}
	mun_buffer_append_text(page, "</div>\n");
	mun_card_end(page);
	status = mun_buffer_status(page, "a page", err);
out:
	return status;
}
