#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whoever holds the originals learns nothing from what leaves.

unlinkable.py MUNIMENT

The same originals, deposited in two vaults and twice in one, share no digest in
checkpoint, tiles, entries, receipt or seal; and no digest that can be computed
from the originals is in any of them.
"""
import base64
import hashlib
import json
import os
import re
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import (deposit, digests, entries, expect, files, init,  # noqa: E402
                      parts, passed, where)

MUNIMENT = os.path.abspath(sys.argv[1])
ZEROS = bytes(32)


def make_tree():
    os.mkdir("in")
    for name in ("leaked.txt", "b.txt", "empty"):
        with open(f"in/{name}", "w", encoding="utf-8") as out:
            out.write("" if name == "empty" else f"secret {name}\n" * 99)
    with zipfile.ZipFile("in/some.zip", "w") as out:
        out.writestr("inner.txt", "what lies inside")


def leaving(vault, keys, archive):
    """Everything public, or shown to a depositor or a court: name -> bytes."""
    seal = parts(f"{vault}/archives/{archive}.tar")
    found = {n: seal[n] for n in ("seal/seal.json", "seal/seal.p7s")}
    for name, data in files(f"{vault}/log").items():
        if not name.startswith("statements/"):
            found[f"log/{name}"] = data
    with open(f"{keys}/receipts/{archive}.receipt", "rb") as file:
        found["receipt"] = file.read()
    for i, entry in enumerate(entries(vault)):
        found[f"entry {i}"] = entry
    return found


def values(name, data):
    """All that may be a digest: hex, base64 and the hashes of a tile."""
    found = set()
    for word in re.findall(rb"[0-9a-f]{64,}", data):
        found.add(bytes.fromhex(word[:len(word) // 2 * 2].decode()))
    for word in re.findall(rb"[A-Za-z0-9+/]{43}=", data):
        found.add(base64.b64decode(word))
    if name.startswith("log/tile/0"):
        found.update(data[i:i + 32] for i in range(0, len(data), 32))
    return found - {ZEROS}


def guessable(archive):
    """Digests of what the originals' owner can make again."""
    found = {}
    for name, data in parts(archive).items():
        salted = name.startswith(("seal/", "tagmanifest-")) or name in (
            "metadata/deposit.json", "metadata/documents.jsonl",
            "metadata/private.jsonl")
        if not salted:
            found[name] = data
            found[f"{name} as a leaf"] = b"\0" + data
            for i, line in enumerate(data.splitlines()):
                found[f"{name} line {i}"] = line
    found["inner.txt"] = b"what lies inside"
    documents = [d for n, d in found.items() if n.startswith("data/")
                 and " " not in n]
    hashes = [hashlib.sha256(d).digest() for d in documents]
    found["the documents' digests in a row"] = b"".join(hashes)
    return found


def main():
    make_tree()
    sets = []
    for vault in ("one", "two"):
        init(MUNIMENT, vault, f"{vault}.keys", "--prefix", "UNL", "--origin",
             "example.org/log")
        for _ in range(2):
            deposit(MUNIMENT, vault, f"{vault}.keys", "in")
        found = leaving(vault, f"{vault}.keys", "UNL-0001")
        found.update((f"2 {n}", d) for n, d in leaving(
            vault, f"{vault}.keys", "UNL-0002").items())
        sets.append(set().union(*(values(n, d) for n, d in found.items())))
        secrets = guessable(f"{vault}/archives/UNL-0001.tar")
        expect(len(secrets) > 20, "too little to look for")
        for what, data in secrets.items():
            for digest in digests(data):
                for name, public in found.items():
                    expect(where(public, digest) is None,
                           f"{vault}: the digest of {what} is in {name}")
        # the same search finds what is there
        expect(where(found["entry 1"], hashlib.sha256(
            found["seal/seal.json"]).hexdigest()) == "as it is",
               "the search does not see the seal's digest")
        expect(where(found["log/checkpoint"], base64.b64decode(
            found["log/checkpoint"].split(b"\n")[2])) == "in base64",
               "the search does not see the root")
    expect(min(map(len, sets)) >= 15, "too few digests to compare")
    expect(not sets[0] & sets[1],
           f"two vaults share {[d.hex() for d in sets[0] & sets[1]]}")
    twice = [json.loads(parts(f"one/archives/UNL-000{i}.tar")["seal/seal.json"])
             for i in (1, 2)]
    for key in ("document_root", "tagmanifest_sha256", "tagmanifest_sha512",
                "nonce", "after"):
        expect(twice[0][key] != twice[1][key], f"deposited twice: same {key}")


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    main()
    os.chdir("/")
passed()
