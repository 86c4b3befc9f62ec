#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The very bytes of archives, as they are kept in tests/golden/CASE.

archives.py [--refresh] MUNIMENT-FIXED

With clock and randomness fixed, each case's archive has to have the SHA-256 and
the manifests that are kept.  A change here is a change of the format, of the
order in which randomness is drawn, of the version, or of what libmagic says.
For that last reason the documents are text, zeros, empty or a ZIP, which every
libmagic of the last ten years calls the same; a document whose description
names a version or a program would make this a test of Debian's libmagic.
"""
import difflib
import os
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import expect, fail, must, parts, passed  # noqa: E402
import hashlib  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
REFRESH = sys.argv[1:2] == ["--refresh"]
MUNIMENT = os.path.abspath(sys.argv[-1])
KEPT = ("manifest-sha256.txt", "manifest-sha512.txt", "metadata/deposit.json",
        "metadata/documents.jsonl", "metadata/private.jsonl",
        "metadata/members.jsonl", "metadata/findings.jsonl",
        "metadata/inventory.csv", "bag-info.txt", "tagmanifest-sha256.txt",
        "seal/seal.json")
MTIME_NS = 1714550400_123456789


def text(size):
    line = b"The quick brown fox jumps over the lazy dog.\n"
    return (line * (size // len(line) + 1))[:size]


def zipped():
    with zipfile.ZipFile("made.zip", "w") as out:
        for name in ("inner.txt", "文件/内.txt"):
            info = zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6))
            info.create_system = 3
            out.writestr(info, f"inside {name}\n")
    with open("made.zip", "rb") as made:
        return made.read()


SCRIPTS = ("latin.txt", "кириллица.TXT", "中国文件.txt", "ئۇيغۇرچە.txt",
           "བོད་ཡིག.txt", "हिन्दी.txt", "日本語.txt", "عربي.txt", "e\u0301.txt",
           "\u00e9.txt", "new\nline.txt", "-n", ".hidden", "two.dots.Tar",
           "no-extension.longerthan8", "=formula.csv")
CASES = {
    "empty-file": ({"nothing": b""}, []),
    "scripts": ({name: b"text\n" for name in SCRIPTS}, []),
    "sizes": ({f"{n:06d}.txt": text(n) for n in (
        0, 1, 511, 512, 513, 262144, 262145)}, []),
    "zip": ({"a.zip": zipped, "b.txt": b"text\n"}, []),
    "no-times": ({"a.txt": b"text\n"}, ["--no-times"]),
    "not-stored": ({"a.txt": b"text\n"}, []),
}


def make_tree(case):
    documents, _ = CASES[case]
    os.makedirs("in")
    for name, data in documents.items():
        with open(f"in/{name}", "wb") as out:
            out.write(data() if callable(data) else data)
        os.chmod(f"in/{name}", 0o644)
        os.utime(f"in/{name}", ns=(MTIME_NS, MTIME_NS))
    if case == "not-stored":
        os.symlink("a.txt", "in/link")
        os.mkfifo("in/fifo")
        os.mkdir("in/nothing")


def archive_of(case):
    make_tree(case)
    for seed, words in (("1", ["init", "vault", "--no-passphrase",
                               "--volatile", "--prefix", "GLD", "--origin",
                               "example.org/golden"]),
                        ("2", ["-C", "vault", "deposit", "--yes",
                               *CASES[case][1], "in"])):
        must([MUNIMENT, *words, "--keys", "keys"],
             env={"PATH": os.environ["PATH"], "MUNIMENT_FIXED_SEED": seed,
                  "MUNIMENT_FIXED_CLOCK": "1790000000"})
    return os.path.abspath("vault/archives/GLD-0001.tar")


def expected(case):
    """Kept file's name -> bytes."""
    folder = f"{HERE}/{case}"
    found = {}
    for name in os.listdir(folder):
        with open(f"{folder}/{name}", "rb") as file:
            found[name] = file.read()
    return found


def keep(case, found):
    os.makedirs(f"{HERE}/{case}", exist_ok=True)
    for name, data in found.items():
        with open(f"{HERE}/{case}/{name}", "wb") as out:
            out.write(data)


def compare(case, kept, found):
    expect(sorted(kept) == sorted(found), f"{case}: other files are kept")
    differ = [n for n in sorted(kept) if kept[n] != found[n]]
    if not differ:
        expect(True, "")
        return
    for name in differ:
        lines = difflib.unified_diff(
            *(d.decode(errors="backslashreplace").splitlines()
              for d in (kept[name], found[name])),
            f"kept/{name}", f"now/{name}", lineterm="", n=0)
        print("\n".join(line[:300] for line in lines))
    fail(f"{case}: {', '.join(differ)} changed; if that is meant, "
         "sh tests/golden/refresh.sh")


def main():
    for case in CASES:
        with tempfile.TemporaryDirectory() as scratch:
            os.chdir(scratch)
            path = archive_of(case)
            with open(path, "rb") as archive:
                digest = hashlib.sha256(archive.read()).hexdigest()
            members = parts(path)
            found = {os.path.basename(n): members[n] for n in KEPT}
            found["archive.sha256"] = f"{digest}  GLD-0001.tar\n".encode()
            if REFRESH:
                keep(case, found)
            else:
                compare(case, expected(case), found)
            os.chdir("/")
    passed()


main()
