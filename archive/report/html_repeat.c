/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html_repeat.c - how each claim is checked with what other people wrote: the
 * commands, what each proves, what it would not notice.
 *
 * Commands hold nothing from outside but archive numbers, which are
 * [A-Z0-9-]; no name of a file is ever put where a shell could read it.
 */
#include <string.h>

#include "dossier/dossier.h"
#include "report/html.h"

#define CMS                                                           \
	"openssl cms -verify -cades -binary -purpose any -no-CApath " \
	"-no-CAstore \\\n  -partial_chain -inform DER -CAfile pinned.pem "

struct step {
	const char *title, *command, *proves, *not_noticed;
	bool needs_log, needs_stamps;
};

/* Where a command has @, the archive's number is put. */
static const struct step steps[] = {
	{ "The file is the one examined", "sha256sum @.tar\n",
	    "It is the file of this report if the digest is that under \"What "
	    "was examined\".",
	    "Whose it is, and since when it is so.", false, false },
	{ "No document was changed",
	    "tar -xf @.tar\ncd @\nsha256sum -c manifest-sha256.txt\n"
	    "sha512sum -c manifest-sha512.txt\n"
	    "sha256sum -c tagmanifest-sha256.txt\n",
	    "Every document and every metadata file has the digest that the "
	    "manifests list.",
	    "Somebody who changed a document and the manifests alike: that is "
	    "what the seal is for.",
	    false, false },
	{ "The seal is by that certificate, over these manifests",
	    "openssl x509 -in seal/signer.pem -out pinned.pem\n"
	    "openssl x509 -in pinned.pem -outform DER | sha256sum\n" CMS
	    "\\\n  -in seal/seal.p7s -content seal/seal.json -out sealed.json "
	    "&&\n  cmp sealed.json seal/seal.json\n"
	    "grep -c \"$(sha256sum tagmanifest-sha256.txt | cut -c 1-64)\" "
	    "sealed.json\n",
	    "The second line gives the fingerprint of the signer, to be "
	    "compared with one from another source; the third has to say that "
	    "it verified; the last has to say 1.",
	    "A certificate made by an impostor, unless the fingerprint is "
	    "compared; and a seal made later with a stolen key, unless the log "
	    "is examined.",
	    false, false },
	{ "The log is the one of that fingerprint",
	    "f=$(ls -d VAULT/log/tile/entries/000 "
	    "VAULT/log/tile/entries/000.p/* \\\n  2>/dev/null | head -n 1)\n"
	    "at=0; i=0; size=$(wc -c <\"$f\")\n"
	    "while [ \"$at\" -lt \"$size\" ]; do\n"
	    "  n=$(od -An -tu1 -j \"$at\" -N 2 \"$f\" | awk '{print $1 * 256 "
	    "+ $2}')\n"
	    "  tail -c +$((at + 3)) \"$f\" | head -c \"$n\" >entry$i.der\n"
	    "  at=$((at + 2 + n)); i=$((i + 1))\n"
	    "done\n"
	    "sha256sum entry0.der\n",
	    "The digest of entry 0 is the vault fingerprint. This takes out "
	    "the first 256 entries; further ones are in 001 and so on.",
	    "Entries removed from the end, unless an earlier head was kept.",
	    true, false },
	{ "An entry is signed, and names the one before it",
	    CMS "\\\n  -in entry1.der -out event1.json\n"
		"cat event1.json\n"
		"grep -c \"\\\"prev\\\":\\\"$(sha256sum entry0.der | cut -c "
		"1-64)\" event1.json\n",
	    "The event is what the owner of that certificate signed; in a "
	    "deposit, \"sha256\" is the digest of the archive. The last has to "
	    "say 1. The same for every other entry, with the certificate of "
	    "its signer.",
	    "Whether that signer was enrolled at the time: read the entries "
	    "before it.",
	    true, false },
	{ "A time-stamp is by a believed authority, over that head",
	    "(\nTIME_ROOTS=$PWD/ROOTS.pem\nat=${AT:-$(date +%s)}\n"
	    "cd VAULT/log || exit 1\nstatus=0\n"
	    "for token in time-stamps/*/*.tst; do\n"
	    "  stamped=${token%/*}/checkpoint\n"
	    "  " MUN_DOSSIER_TS_TELL "\n"
	    "  " MUN_DOSSIER_TS_QUERY "\n"
	    "    " MUN_DOSSIER_TS_CHAIN "\n"
	    "    " MUN_DOSSIER_TS_TIME " &&\n"
	    "  " MUN_DOSSIER_TS_DATA "\n"
	    "    " MUN_DOSSIER_TS_CHAIN "\n"
	    "    " MUN_DOSSIER_TS_TIME " ||\n"
	    "  { echo \"$token: FAILED\"; status=1; }\n"
	    "done\nexit $status\n)\n",
	    "ROOTS.pem has the root certificates of the authorities that you "
	    "believe, from themselves. \"Verification: OK\" comes twice for "
	    "each time-stamp: it answers the question that was asked, and it is"
	    " over the head of the log that lies beside it, so that all "
	    "entries below the number in that head existed no later than the "
	    "time printed. The same lines are in part 8 of the "
	    "README-VERIFY.txt of a dossier; where a dossier was given, its "
	    "folder stands for VAULT/log. One whose authority's certificate "
	    "has expired fails as of now: set AT to the time of a later one "
	    "that covers it, in seconds since 1970.",
	    "Whether that head is the log's: compare it with the one kept, or "
	    "run the program; and that a certificate was revoked: read the "
	    "lists (.crl) beside the time-stamps, and newer ones.",
	    true, true },
	{ "All of it, by this program again",
	    "muniment-verify VAULT --trust vault:FINGERPRINT --all\n",
	    "All that this report says, and the order of the entries under "
	    "the signed head. The fingerprint has to come from paper or another"
	    " channel, never from what is examined.",
	    "What the first page says that a pass does not prove.", true,
	    false },
};

static void
put_command(struct mun_html *html, const char *command, const char *id)
{
	mun_html_raw(html, "<pre tabindex=\"0\"><code>");
	for (const char *at = command; *at != '\0'; at++) {
		char one[2] = { *at, '\0' };

		mun_html_text(html, *at == '@' ? id : one);
	}
	mun_html_raw(html, "</code></pre>\n");
}

enum mun_status
mun_html_repeat(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	const char *id = "XPF-0001";

	for (size_t i = report->archive_count; i > 0; i--)
		if (report->archives[i - 1].id[0] != '\0')
			id = report->archives[i - 1].id;
	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 8);
	mun_html_raw(html,
	    "<p>Each claim can be checked with tools that other people wrote: "
	    "here those of Linux, with OpenSSL 3.0 or later. On macOS, "
	    "<code>shasum -a 256</code> stands for <code>sha256sum</code>; on "
	    "Windows, <code>Get-FileHash</code> in PowerShell. VAULT stands for"
	    " the folder of the vault");
	mun_html_raw(html, ". The commands are written for the archive ");
	mun_html_text(html, id);
	mun_html_raw(html, "; others are alike.</p>\n");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if ((steps[i].needs_log && report->log_count == 0) ||
		    (steps[i].needs_stamps &&
			!mun_html_has_stamps(verification)))
			continue;
		mun_html_format(html, "<h3>%s</h3>\n", steps[i].title);
		put_command(html, steps[i].command, id);
		mun_html_raw(html, "<p>");
		mun_html_text(html, steps[i].proves);
		mun_html_raw(html, " <em>It would not notice:</em> ");
		mun_html_text(html, steps[i].not_noticed);
		mun_html_raw(html, "</p>\n");
	}
	mun_html_raw(html, "</section>\n");
	return mun_html_flush(html, false, err);
}
