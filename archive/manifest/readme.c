/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * readme.c - README-VERIFY.txt: how a stranger checks an archive with what is
 * installed on any computer.  docs/format/archive.md repeats the text; a test
 * compares.
 */
#include "manifest/manifest.h"

#include <string.h>

/* One line each; "@ID@" stands for the archive id.  A string here is a line
 * there. */
/* clang-format off */
static const char *const lines[] = {
	"How to check this archive without trusting whoever gave it to you",
	"==================================================================",
	"",
	"This is the archive @ID@, format muniment-archive/1, a BagIt bag",
	"(RFC 8493). Nothing here needs special software. Unpack the .tar file",
	"(tar -xf, or on Windows 10 and later: tar -xf in PowerShell), and open",
	"a terminal in the unpacked folder, where this file lies.",
	"",
	"1. The files",
	"------------",
	"",
	"Every line that is printed has to end with OK.",
	"",
	"Linux:",
	"",
	"  sha256sum -c manifest-sha256.txt",
	"  sha512sum -c manifest-sha512.txt",
	"  sha256sum -c tagmanifest-sha256.txt",
	"  sha512sum -c tagmanifest-sha512.txt",
	"",
	"macOS:",
	"",
	"  shasum -a 256 -c manifest-sha256.txt",
	"  shasum -a 512 -c manifest-sha512.txt",
	"  shasum -a 256 -c tagmanifest-sha256.txt",
	"  shasum -a 512 -c tagmanifest-sha512.txt",
	"",
	"Windows, in PowerShell (paste it whole):",
	"",
	"  foreach ($kind in 'SHA256', 'SHA512') {",
	"    foreach ($list in 'manifest', 'tagmanifest') {",
	"      Get-Content \"$list-$($kind.ToLower()).txt\" | ForEach-Object {",
	"        $want, $name = $_ -split '  ', 2",
	"        $have = (Get-FileHash -Algorithm $kind -LiteralPath $name).Hash",
	"        if ($have -eq $want) { \"${name}: OK\" } else { \"${name}: FAILED\" }",
	"      }",
	"    }",
	"  }",
	"",
	"A file in the folder data that manifest-sha256.txt does not list is",
	"not part of the archive.",
	"",
	"2. The seal",
	"-----------",
	"",
	"The seal is a signature over seal/seal.json, and seal.json holds the",
	"digests of the two tag manifests. Get the signer's certificate by",
	"another way than this archive (from the signer, a notary, a",
	"publication), as PINNED.pem. Then, with OpenSSL 3:",
	"",
	"  openssl cms -verify -cades -binary -purpose any \\",
	"    -no-CApath -no-CAstore -partial_chain -inform DER \\",
	"    -in seal/seal.p7s -content seal/seal.json \\",
	"    -CAfile PINNED.pem -out OUT",
	"  echo $?",
	"  cat OUT",
	"  openssl sha256 tagmanifest-sha256.txt",
	"  openssl sha512 tagmanifest-sha512.txt",
	"",
	"Only exit status 0 counts. OUT has to be the one line of",
	"seal/seal.json, \"archive\" in it has to be @ID@, and",
	"\"tagmanifest_sha256\" and \"tagmanifest_sha512\" the two digests printed.",
	"",
	"seal/signer.pem is the certificate that this archive brings along.",
	"Anybody can put one there. It can serve as PINNED.pem only if its",
	"fingerprint is the one that you were given by another way:",
	"",
	"  openssl x509 -in seal/signer.pem -noout -fingerprint -sha256",
	"",
	"3. What this shows, and what it does not show",
	"---------------------------------------------",
	"",
	"If every check holds: these are, byte for byte, the documents that",
	"were sealed with the key of that certificate. A document that was",
	"changed, added or taken out afterwards would have been noticed.",
	"",
	"It does not show when that was (the time in seal.json is what the",
	"sealer's clock said), who has held the documents before or since, who",
	"wrote them, or whether what they say is true. For the time and for who",
	"has held them, ask for the vault's log and its time-stamps, and have",
	"muniment-verify judge them together with this archive and the vault",
	"fingerprint that you were given by another way.",
	"",
	"4. Names",
	"--------",
	"",
	"The files in data carry numbers instead of their original names.",
	"metadata/inventory.csv gives the names, paths and digests, and can be",
	"opened in a spreadsheet program. metadata/private.jsonl gives the names",
	"byte for byte.",
};
/* clang-format on */

static const char id_mark[] = "@ID@";

void
mun_readme_verify_write(struct mun_buffer *out, const char *archive_id)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		const char *mark = strstr(lines[i], id_mark);
		const char *rest = lines[i];

		if (mark != NULL) {
			mun_buffer_append(out, rest, (size_t)(mark - rest));
			mun_buffer_append_text(out, archive_id);
			rest = mark + strlen(id_mark);
		}
		mun_buffer_append_text(out, rest);
		mun_buffer_append_byte(out, '\n');
	}
}
