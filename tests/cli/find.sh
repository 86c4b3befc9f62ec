# SPDX-License-Identifier: BSD-2-Clause
# find: two characters, any case, any normalisation, inside containers.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
python3 - <<'PY'
import os, zipfile, unicodedata
os.mkdir("d")
def w(name, text):
    with open("d/" + name, "w") as f:
        f.write(text)
w("\u6606\u660e\u5e02\u4f1a\u8bae\u7eaa\u8981.txt", "1")
w("\u041f\u0440\u0438\u043a\u0430\u0437 \u2116 5 \u0439\u043e\u0434.doc", "2")
w(unicodedata.normalize("NFD", "Se\u00f1or Caf\u00e9.txt"), "3")
w("\u0626\u06c7\u064a\u063a\u06c7\u0631.txt", "4")
z = zipfile.ZipFile("d/z.zip", "w")
class Raw(zipfile.ZipInfo):
    def _encodeFilenameFlags(self):
        return "\u4e2d\u6587\u6863\u6848.txt".encode("gb18030"), 0
info = Raw("x"); z.writestr(info, "only in the zip")
z.close()
PY
exits 0 muniment deposit d
printf 'only in the zip' >inside
finds()
{
	exits 0 muniment find "$@" --json
	json out '" ".join(f["reference"] for f in d["found"])'
}
[ -n "$(finds $'\xe6\x98\x86\xe6\x98\x8e')" ] || die "no two Chinese characters"
[ -n "$(finds $'\xd0\x9f\xd0\xa0\xd0\x98\xd0\x9a\xd0\x90\xd0\x97')" ] || die "no capitals"
[ -n "$(finds $'\xd0\xb8\xcc\x86\xd0\xbe\xd0\xb4')" ] || die "no NFD"
[ -n "$(finds CAF$'\xc3\x89')" ] || die "no NFC"
[ -n "$(finds $'\xd8\xa6\xdb\x87\xd9\x8a\xd8\xba\xdb\x87\xd8\xb1')" ] || die "no Uyghur"
case $(finds $'\xe6\xa1\xa3\xe6\xa1\x88') in
*.m0001) ;;
*) die "no GBK name inside a zip" ;;
esac
case $(finds --file inside) in
*.m0001) ;;
*) die "not found inside a zip by content" ;;
esac
case $(finds "sha256:$(printf 3 | sha256sum | cut -c 1-64)") in
TST-0001-*) ;;
*) die "no digest" ;;
esac
case $(finds "sha512:$(printf 3 | sha512sum | cut -c 1-128)") in
TST-0001-*) ;;
*) die "no digest" ;;
esac
exits 0 muniment find "sha256:$(printf no | sha256sum | cut -c 1-64)" --json
equal "$(json out 'd["found"]')" "[]"
exits 64 muniment find sha256:12
exits 64 muniment find
exits 64 muniment find x --file inside
exits 64 muniment find x --limit no
exits 3 muniment find --file absent
exits 3 muniment find --file d
exits 0 muniment find txt --limit 2
says err "--limit"
