# SPDX-License-Identifier: BSD-2-Clause
"""Entries and heads signed with given keys by openssl, whatever they say.

Works in the current folder, which is scratch.
"""
import base64
import os
import shutil
import subprocess
import sys

import second_bytes as sb

ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C"}


def must(*words, data=None):
    done = subprocess.run(words, env=ENV, input=data, capture_output=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"{words}: {done.stderr.decode(errors='replace')}")
    return done.stdout


class Signer:
    """The right key in the wrong hands."""

    def __init__(self, keys, certificate):
        self.certificate = certificate
        self.key = None
        for where, _, files in os.walk(keys):
            for name in files:
                path = os.path.join(where, name)
                public = subprocess.run(
                    ["openssl", "pkey", "-in", path, "-pubout", "-outform",
                     "DER"], capture_output=True, check=False).stdout
                if public == certificate.key:
                    self.key = path
        if self.key is None:
            sys.exit("the signer's key is not among the keys")

    def cms(self, content, at, enclosing):
        _, message = sb.cms_object(self.certificate, content, at, b"", False)
        with open("message", "wb") as out:
            out.write(message)
        value = must("openssl", "dgst", "-sha256", "-sign", self.key,
                     "message")
        r, s = [int.from_bytes(x[1], "big")
                for x in sb.children(sb.take(value)[1])]
        n = self.certificate.kind[4]
        s = min(s, n - s)
        value = sb.der(0x30, *(sb.der(2, x.to_bytes(
            x.bit_length() // 8 + 1, "big")) for x in (r, s)))
        return sb.cms_object(self.certificate, content, at, value,
                             enclosing)[0]


def log_key(keys, public):
    for where, _, files in os.walk(keys):
        for name in files:
            path = os.path.join(where, name)
            done = subprocess.run(["openssl", "pkey", "-in", path, "-pubout",
                                   "-outform", "DER"], capture_output=True,
                                  check=False).stdout
            if done.endswith(public):
                return path
    return sys.exit("no log key")


def write_log(folder, entries, origin, keys):
    """Tiles and head of at most 255 entries; keys: [(file, public key)]."""
    leaves = [sb.sha(b"\0" + e) for e in entries]
    shutil.rmtree(f"{folder}/log/tile")
    for name, data in (
            ("0/000", b"".join(leaves)),
            ("entries/000", b"".join(len(e).to_bytes(2, "big") + e
                                     for e in entries))):
        os.makedirs(f"{folder}/log/tile/{name}.p")
        with open(f"{folder}/log/tile/{name}.p/{len(entries)}", "wb") as out:
            out.write(data)
    body = (f"{origin}\n{len(entries)}\n"
            f"{base64.b64encode(sb.root(leaves)).decode()}\n").encode()
    with open("body", "wb") as out:
        out.write(body)
    note = body + b"\n"
    for key, public in keys:
        value = must("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key,
                     "-in", "body")
        value = sb.sha(origin.encode() + b"\n\1" + public)[:4] + value
        note += f"— {origin} ".encode() + base64.b64encode(value) + b"\n"
    with open(f"{folder}/log/checkpoint", "wb") as out:
        out.write(note)
