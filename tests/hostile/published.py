#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""published.py MUNIMENT VERIFY - the public copy of a log: exactly what may be
seen, what it is worth, and nothing about a document in it."""
import base64
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))

from programs import (deposit, digests, entries, expect, files,  # noqa: E402
                      fingerprint, init, must, parts, passed, run, where)
from witness import Witness, node  # noqa: E402

MUNIMENT, VERIFY = sys.argv[1:3]
PUBLIC = re.compile(r"^(checkpoint|tile/[0-7]/(x\d{3}/)*\d{3}(\.p/\d{1,3})?"
                    r"|witness/[1-9]\d*/checkpoint)$")

# shorter ones are met by chance in base64
PREFIX = "CANARYPREFIX"


def publish(vault="v", folder="www", status=0):
    done = run([MUNIMENT, "-C", vault, "log", "publish", folder, "--json"])
    expect(done.returncode == status,
           f"publish {folder} gave {done.returncode}: {done.stderr}")
    return json.loads(done.stdout) if status == 0 else done.stderr


def add(name, text, vault="v", keys="k"):
    os.makedirs("docs", exist_ok=True)
    with open(f"docs/{name}", "w", encoding="utf-8") as file:
        file.write(text)
    return deposit(MUNIMENT, vault, keys, "docs", "--note",
                   "canary-in-a-statement")


def root_of(leaves):
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node(root_of(leaves[:k]), root_of(leaves[k:]))


def worth(shown):
    """The tiles are the entries' leaf hashes, and give the head."""
    leaves = [hashlib.sha256(b"\0" + e).digest() for e in entries("v")]
    name = f"tile/0/000.p/{len(leaves)}"
    expect(shown[name] == b"".join(leaves), "the tile is the leaves")
    head = shown["checkpoint"].decode().split("\n")
    expect(head[1] == str(len(leaves)), "the head counts them")
    expect(head[2] == base64.b64encode(root_of(leaves)).decode(),
           "and is over them")


def silent(shown, words):
    """Not a digest, name, word or size of a document; not an entry."""
    secrets = list(words)
    for name in os.listdir("v/archives"):
        with open(f"v/archives/{name}", "rb") as file:
            secrets += list(digests(file.read()))
        for path, data in parts(f"v/archives/{name}").items():
            secrets += [x for x in digests(data)]
            if path.startswith("data/") and len(data) > 8:
                secrets.append(data)
    secrets += list(entries("v"))
    for entry in entries("v"):
        secrets.append(hashlib.sha256(entry).digest())
    # the vault fingerprint is one of them: who holds the copy of a log does
    # not learn whose it is
    everything = b"\n".join(shown.values()) + "\n".join(shown).encode()
    for secret in secrets:
        expect(where(everything, secret) is None,
               f"the public copy holds {secret[:32]!r}")
    # and the looking itself can find
    expect(where(everything + secrets[0].encode(), secrets[0]), "looking")


def refused():
    before = files("www")
    for name, data in (("robots.txt", b"x"), ("tile/entries/000.p/2", b"x"),
                       ("tile/entries/000.p/3", b"x"),
                       ("statements/000001.json", b"{}"),
                       ("tile/0/000", b"x"), ("tile/0/000.p/9", b"x"),
                       ("witness/99/checkpoint", b"x"),
                       (".git", b"x")):
        path = os.path.join("www", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        expect(b"no part of a public copy" in publish(status=3), name)
        os.remove(path)
        for folder in ("www/tile/entries/000.p", "www/tile/entries",
                       "www/statements", "www/witness/99"):
            if os.path.isdir(folder):
                os.rmdir(folder)
        expect(files("www") == before, f"{name}: nothing was written")
    os.symlink("/etc/passwd", "www/tile/x")
    publish(status=3)
    os.remove("www/tile/x")
    for folder in ("v", "v/www", "v/log/www"):
        publish(folder=folder, status=64)
    publish(folder="docs", status=3)
    must([MUNIMENT, "-C", "v", "log"], status=64)
    must([MUNIMENT, "-C", "v", "log", "show", "x"], status=64)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        init(MUNIMENT, "v", "k", "--prefix", PREFIX)
        add("letter.txt", "the minister of nothing\n" * 9)
        said = publish()
        expect(said == {"tree_size": 2, "files": 2, "written": 2}, said)
        os.umask(0o077)
        expect(publish()["written"] == 0, "nothing is written twice")
        shutil.copytree("v", "old", symlinks=True)
        shutil.copytree("k", "old.keys")
        witness = Witness("w", "w.example/w")
        witness.know(json.loads(must([MUNIMENT, "-C", "v", "fingerprint",
                                      "--json"]))["log_key"])
        ask = [MUNIMENT, "-C", "v", "checkpoint", "--witness",
               f"{witness.url},{witness.vkey}"]
        must(ask)
        add("second.txt", "another thing that nobody may know\n" * 9)
        must(ask)
        with open("www/.checkpoint.tmp", "wb") as file:
            file.write(b"half")
        said = publish()
        expect(said == {"tree_size": 3, "files": 4, "written": 4}, said)
        shown = files("www")
        expect(sorted(shown) == ["checkpoint", "tile/0/000.p/3",
                                 "witness/2/checkpoint",
                                 "witness/3/checkpoint"], sorted(shown))
        expect(all(PUBLIC.match(n) for n in shown), "only what is public")
        expect(shown["checkpoint"] == shown["witness/3/checkpoint"],
               "the head that is shown is the cosigned one")
        for here, folders, names in os.walk("www"):
            for name in folders + names:
                mode = os.stat(os.path.join(here, name)).st_mode & 0o777
                expect(mode == (0o755 if name in folders else 0o644),
                       "for everybody to read")
        worth(shown)
        silent(shown, ["letter.txt", "second.txt", "minister", PREFIX,
                       "canary-in-a-statement",
                       fingerprint(MUNIMENT, "v")[6:]])
        must([VERIFY, "v", "--checkpoint", "www/checkpoint", "--trust",
              fingerprint(MUNIMENT, "v")])
        refused()
        # an older vault, and a fork, do not overwrite what is out there
        expect(b"log.stale" in publish("old", status=3), "an older copy")
        add("x.txt", "fork\n", "old", "old.keys")
        expect(b"log.stale" in publish("old", status=3), "a fork")
        expect(files("www") == shown, "what is out there stays")
        # damage is not shown to the world
        path = "v/log/tile/0/000.p/3"
        os.chmod(path, 0o644)
        with open(path, "r+b") as file:
            first = file.read(1)[0]
            file.seek(0)
            file.write(bytes([first ^ 1]))
        publish(status=3)
        expect(files("www") == shown, "what is out there stays")
        os.chdir("/")
    passed()


main()
