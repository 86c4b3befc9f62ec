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

enum need {
	NEEDS_ARCHIVE,
	NEEDS_VAULT,
	NEEDS_DOSSIER,
	NEEDS_STAMPS /* in either of the two */
};

struct step {
	const char *title, *command, *proves, *not_noticed;
	enum need need;
};

/* Put into commands: the archive's number; the folder that has the log. */
#define ARCHIVE "\1"
#define LOG "\2"

#define ALL_SHOWN                                                            \
	"All that this report says, and the order of the entries under the " \
	"signed head. The fingerprint has to come from paper or another "    \
	"channel, never from what is examined.",                             \
	    "What the first page says that a pass does not prove."

static const struct step steps[] = {
	{ "The file is the one examined", "sha256sum " ARCHIVE ".tar\n",
	    "It is the file of this report if the digest is that under \"What "
	    "was examined\".",
	    "Whose it is, and since when it is so.", NEEDS_ARCHIVE },
	{ "No document was changed",
	    "tar -xf " ARCHIVE ".tar\ncd " ARCHIVE
	    "\nsha256sum -c manifest-sha256.txt\n"
	    "sha512sum -c manifest-sha512.txt\n"
	    "sha256sum -c tagmanifest-sha256.txt\n",
	    "Every document and every metadata file has the digest that the "
	    "manifests list.",
	    "Somebody who changed a document and the manifests alike: that is "
	    "what the seal is for.",
	    NEEDS_ARCHIVE },
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
	    NEEDS_ARCHIVE },
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
	    NEEDS_VAULT },
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
	    NEEDS_VAULT },
	{ "The log, as far as the dossier hands it out",
	    "tar -xf *.dossier.tar\nmore dossier/README-VERIFY.txt\n",
	    "Type it where the .tar files lie, not in the archive's folder. "
	    "That file has the commands for the rest, with openssl and "
	    "sha256sum alone: which vault it is, who signed the entries, that "
	    "they stand in the log under its signed head, that none was left "
	    "out, what people typed. It is the same in every dossier; after "
	    "each part it says what was shown.",
	    "What is said at the end of each of its parts.", NEEDS_DOSSIER },
	{ "A time-stamp is by a believed authority, over that head",
	    "(\nTIME_ROOTS=$PWD/ROOTS.pem\nat=${AT:-$(date +%s)}\n"
	    "cd " LOG " || exit 1\nstatus=0\n"
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
	    "README-VERIFY.txt of a dossier. One whose authority's certificate "
	    "has expired fails as of now: set AT to the time of a later one "
	    "that covers it, in seconds since 1970.",
	    "Whether that head is the log's: compare it with the one kept, or "
	    "run the program; and that a certificate was revoked: read the "
	    "lists (.crl) beside the time-stamps, and newer ones.",
	    NEEDS_STAMPS },
	{ "All of it, by this program again",
	    "muniment-verify VAULT --trust vault:FINGERPRINT --all\n",
	    ALL_SHOWN, NEEDS_VAULT },
	{ "All of it, by this program again",
	    "muniment-verify *.tar --trust vault:FINGERPRINT --all\n",
	    ALL_SHOWN, NEEDS_DOSSIER },
};

struct given { /* among the inputs */
	const char *archive; /* an id; NULL: none was there */
	bool vault, dossier, stamps;
};

static struct given
look_at_inputs(const struct mun_report_html *report,
    const struct mun_verification *verification)
{
	struct given given = { .stamps = mun_html_has_stamps(verification) };

	for (size_t i = 0; i < mun_verification_input_count(verification);
	     i++) {
		const struct mun_verify_input *input =
		    mun_verification_input(verification, i);

		given.vault |= input->is_vault;
		given.dossier |= input->is_dossier;
	}
	for (size_t i = report->archive_count; i > 0; i--)
		if (report->archives[i - 1].id[0] != '\0')
			given.archive = report->archives[i - 1].id;
	return given;
}

static bool
is_met(enum need need, const struct given *given)
{
	switch (need) {
	case NEEDS_VAULT:
		return given->vault;
	case NEEDS_DOSSIER:
		return given->dossier;
	case NEEDS_STAMPS:
		return given->stamps && (given->vault || given->dossier);
	case NEEDS_ARCHIVE:
	default:
		return given->archive != NULL;
	}
}

static void
put_command(
    struct mun_html *html, const char *command, const struct given *given)
{
	mun_html_raw(html, "<pre tabindex=\"0\"><code>");
	for (const char *at = command; *at != '\0'; at++) {
		char one[2] = { *at, '\0' };

		if (*at == *ARCHIVE)
			mun_html_text(html, given->archive);
		else if (*at == *LOG)
			mun_html_text(
			    html, given->vault ? "VAULT/log" : "dossier");
		else
			mun_html_text(html, one);
	}
	mun_html_raw(html, "</code></pre>\n");
}

static void
put_step(
    struct mun_html *html, const struct step *step, const struct given *given)
{
	mun_html_format(html, "<h3>%s</h3>\n", step->title);
	put_command(html, step->command, given);
	mun_html_raw(html, "<p>");
	mun_html_text(html, step->proves);
	mun_html_raw(html, " <em>It would not notice:</em> ");
	mun_html_text(html, step->not_noticed);
	mun_html_raw(html, "</p>\n");
}

enum mun_status
mun_html_repeat(struct mun_report_html *report,
    const struct mun_verification *verification, struct mun_html *html,
    struct mun_error *err)
{
	const struct given given = look_at_inputs(report, verification);

	mun_html_raw(html, "<section>\n");
	mun_html_heading(html, 8);
	mun_html_raw(html,
	    "<p>Each claim can be checked with tools that other people wrote: "
	    "here those of Linux, with OpenSSL 3.0 or later. On macOS, "
	    "<code>shasum -a 256</code> stands for <code>sha256sum</code>; on "
	    "Windows, <code>Get-FileHash</code> in PowerShell. ");
	mun_html_raw(html,
	    given.vault ? "VAULT stands for the folder of the vault. "
			: "Begin in the folder where the .tar files lie. ");
	if (given.archive != NULL) {
		mun_html_raw(html, "The commands are written for the archive ");
		mun_html_text(html, given.archive);
		mun_html_raw(html, "; others are alike.");
	}
	mun_html_raw(html, "</p>\n");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (is_met(steps[i].need, &given))
			put_step(html, &steps[i], &given);
	mun_html_raw(html, "</section>\n");
	return mun_html_flush(html, false, err);
}
