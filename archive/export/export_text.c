/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_text.c - 1-READ-FIRST.txt: one page for a lawyer who knows nothing of
 * all this.  It names no fingerprint: one that comes with the files proves
 * nothing.
 */
#include "export/export_internal.h"

/* A string here is a line there. */
/* clang-format off */
static const char *const before[] = {
	"READ FIRST",
	"==========",
	"",
	"You were sent documents as evidence, and with them what is needed to",
	"check that they are the ones that were deposited, that nothing was",
	"changed since, and who has held them.",
	"",
	"What these files are",
	"--------------------",
	"",
};
static const char *const after[] = {
	"",
	"How to check them",
	"-----------------",
	"",
	"1. Get the program muniment-verify from somebody who has no part in",
	"   the case: your own technician, a court expert, a university. It",
	"   needs no network, and nothing has to be installed but the program.",
	"",
	"2. Get the VAULT FINGERPRINT: 64 digits and letters. It has to come",
	"   another way than these files. Ask the custodian who keeps the",
	"   archive to give it to you on paper, by voice, or through a notary",
	"   or a court where it was lodged, and note who gave it to you, when",
	"   and how. One stands in 2-report.html, too: that came with the files",
	"   and proves nothing.",
	"",
	"3. In the folder with these files run, with the fingerprint in the",
	"   place of FINGERPRINT:",
	"",
	"     muniment-verify *.tar --trust vault:FINGERPRINT",
	"",
};
static const char *const stamped[] = {
	"   Authorities that have no part in this have stamped the record with",
	"   the time. Whom of them you believe is yours to say: ask each for its",
	"   root certificate, and add, for each, to the same line:",
	"",
	"     --tsa-trust ROOT.pem",
	"",
	"   Without it the answer is INDETERMINATE.",
	"",
};
static const char *const end[] = {
	"The last line of the answer is one word:",
	"",
	"  PASSED         all that was checked holds, for the vault whose",
	"                 fingerprint you gave.",
	"  FAILED         something was changed, is missing or does not belong",
	"                 here. The answer names it. Do not rely on it; ask for",
	"                 another copy, and keep this one.",
	"  INDETERMINATE  not yet judged. The answer says what is missing:",
	"                 mostly the fingerprint, or one of the files.",
	"",
	"What is easily overlooked",
	"-------------------------",
	"",
	"Whoever can make up documents can make up a page like this one, too,",
	"with a fingerprint that fits and instructions that always end well.",
	"What counts is only what you got by another way: the program, and the",
	"fingerprint.",
	"",
	"PASSED does not say that a document is genuine or that its content is",
	"true. It says that these are the bytes that were sealed, and that the",
	"record of their keeping is whole up to the day that the answer names.",
	"",
	"Without the program, or against it: in the .dossier.tar file there is",
	"README-VERIFY.txt. It says how to check every step with programs that",
	"any technician has, what each step shows, and what it would not",
	"notice.",
};
/* clang-format on */

static void
write_lines(struct mun_buffer *out, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		mun_buffer_append_text(out, lines[i]);
		mun_buffer_append_byte(out, '\n');
	}
}

void
mun_export_read_first(
    const struct mun_exporting *exporting, struct mun_buffer *out)
{
	bool without = exporting->options->without_archives;

	write_lines(out, before, sizeof(before) / sizeof(before[0]));
	mun_buffer_append_text(out,
	    "2-report.html\n    what the check below found when this was made: "
	    "to be read, not to be\n    relied on, for it came with the "
	    "files\n");
	for (size_t i = 0; i < exporting->archive_count; i++) {
		const char *id = exporting->archives[i].id;

		if (without)
			mun_buffer_append_format(out,
			    "%s.tar (not in this parcel: ask for it)\n", id);
		else
			mun_buffer_append_format(out,
			    "%s.tar\n    an archive: the documents, their "
			    "names and digests, under a seal\n",
			    id);
	}
	mun_buffer_append_format(out,
	    "%s\n    the dossier: the signed record of what happened to %s,\n"
	    "    and the proof that it is whole\n",
	    exporting->name,
	    exporting->archive_count == 1 ? "this archive" : "these archives");
	write_lines(out, after, sizeof(after) / sizeof(after[0]));
	if (exporting->has_stamps)
		write_lines(out, stamped, sizeof(stamped) / sizeof(stamped[0]));
	write_lines(out, end, sizeof(end) / sizeof(end[0]));
}
