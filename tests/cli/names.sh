# SPDX-License-Identifier: BSD-2-Clause
# any byte in a name: stored, found, given back, and harmless on a terminal.
# shellcheck shell=bash disable=SC2012,SC2154 # listings of our own; helpers'
make_vault
python3 - <<'PY'
import os, socket
os.mkdir(b"h")
names = [b"new\nline", b"tab\t", b"esc\x1b[2J\x1b]52;c;eA==\x07", b"\xff\xfe",
    b"c1\xc2\x9b31m", "e\u0301".encode(), "\u00e9".encode(), b"CaSe", b"case",
    "stra\u00dfe".encode(), b"strasse", "\u202egpj.exe".encode(),
    "zero\u200bwidth".encode(), b"NUL", b"CON.txt", b"dot.", b"space ", b"a:b",
    b"%0A", b"-rf", b"--help", b"=cmd()", b"$(id)", b"%n%s", b"VALID",
    b"[GNUPG:] GOODSIG", b"x" * 255, ("m" + "\u0301" * 100).encode(),
    "\u0645\u062f\u0631\u0633\u0629.txt".encode(), b"back\\slash", b'"quote',
    b"<script>alert(1)</script>".replace(b"/", b"_"), "\u4e2d\u6587".encode()]
for name in names:
    with open(b"h/" + name, "wb") as f:
        f.write(name)
os.mkdir(b"h/emptydir")
os.mkdir(b"h/bad\x01folder")
for i in (b"1", b"2"):
    with open(b"h/bad\x01folder/" + i, "wb") as f:
        f.write(i)
os.symlink("/etc/passwd", "h/link"); os.symlink(".", "h/loop")
os.symlink("nowhere", "h/dangling")
os.mkfifo("h/fifo")
s = socket.socket(socket.AF_UNIX); s.bind("h/sock")
os.link("h/VALID", "h/twin")
PY
exits 0 timeout 600 muniment deposit h
harmless out
harmless err
exits 0 muniment deposit h --json
harmless out
json out '"\n".join(sorted(f["rule"] for f in d["findings"]))' | uniq -c |
	sed 's/^ *//' >rules
cat >wanted <<'END'
3 name.collision
8 name.control
13 name.not-portable
1 name.not-utf8
1 source.empty-folder
1 source.fifo
2 source.hard-links
1 source.socket
3 source.symlink
END
diff -u wanted rules
exits 0 muniment show TST-0002
harmless out
for n in 1 2 10 20 30; do
	exits 0 muniment show TST-0001/$n
	harmless out
	exits 0 muniment show TST-0001/$n --json
	harmless out
done
exits 0 muniment extract TST-0001 out-dir
harmless out
diff <(cd h && find . -type f -print0 | sort -z | xargs -0 sha256sum) \
	<(cd out-dir/h && find . -type f -print0 | sort -z | xargs -0 sha256sum)
muniment-verify v --trust "$anchor" --all >out || die "not sound"
harmless out
tar -xOf v/archives/TST-0001.tar TST-0001/metadata/inventory.csv >inventory.csv
python3 - <<'PY'
import csv
rows = list(csv.reader(open("inventory.csv", encoding="utf-8-sig", newline="")))
assert len(rows) == 37, len(rows)
for row in rows[1:]:
    assert not any(cell[:1] in "=+-@" and cell for cell in row[1:3]), row
PY
# a name that an escape sequence hides in, in an error, too
exits 3 muniment deposit $'no\e[2Jsuch'
harmless err
exits 64 muniment $'\e[2J'
harmless err
exits 64 muniment list $'--\e[2J'
harmless err
sound
