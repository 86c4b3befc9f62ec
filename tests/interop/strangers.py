#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An archive and its log, judged by other people's tools only.

strangers.py MUNIMENT [PATH...]

Deposits PATH (or small files of its own) twice, and then uses nothing of ours:
tar, bsdtar, Python's tarfile, sha256sum, sha512sum, openssl, sqlite3, and a few
lines that follow RFC 6962 and C2SP's texts.
"""
import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

MUNIMENT = sys.argv[1]
PATHS = [os.path.abspath(p) for p in sys.argv[2:]]
CMS = ("openssl cms -verify -cades -binary -purpose any -no-CApath "
       "-no-CAstore -partial_chain -inform DER").split()
checks = 0


def fail(text):
    sys.exit(f"strangers: {text}")


def expect(truth, text):
    global checks
    checks += 1
    if not truth:
        fail(text)


def run(words, cwd=None, env=None, data=None):
    return subprocess.run(words, cwd=cwd, env=env, input=data,
                          capture_output=True, check=False)


def must(words, **more):
    done = run(words, **more)
    if done.returncode != 0:
        fail(f"{' '.join(words)}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def make_vault():
    must([MUNIMENT, "init", "vault", "--keys", "keys", "--no-passphrase",
          "--volatile", "--prefix", "STR"])
    paths = PATHS
    if not paths:
        os.makedirs("in/deep")
        for name, text in (("a.txt", "a"), ("deep/б.txt", "b"), ("empty", ""),
                           ("-n", "dash"), ("new\nline", "lf")):
            with open(f"in/{name}", "w", encoding="utf-8") as out:
                out.write(text)
        paths = ["in"]
    for i in range(2):
        must([MUNIMENT, "-C", "vault", "--keys", "keys", "deposit", "--yes",
              "--case", f"case {i}", *paths])


def lists(path):
    gnu = must(["tar", "-tf", path]).decode().splitlines()
    bsd = must(["bsdtar", "-tf", path]).decode().splitlines()
    with tarfile.open(path) as tar:
        python = tar.getnames()
        members = tar.getmembers()
    expect(gnu == bsd == python and len(gnu) > 10,
           "tar, bsdtar and tarfile list different members")
    with open(path, "rb") as file:
        data = file.read()
    ends = [m.offset_data + m.size for m in members]
    nexts = [m.offset for m in members[1:]] + [len(data) - 1024]
    expect(all(n - 512 < e <= n and not any(data[e:n])
               for e, n in zip(ends, nexts)) and not any(data[nexts[-1]:]),
           "between the members, or at the end, is more than padding")


def manifests(path, archive):
    must(["tar", "-xf", path])
    for name in ("manifest", "tagmanifest"):
        for digest in ("sha256", "sha512"):
            must([f"{digest}sum", "--strict", "--quiet", "-c",
                  f"{name}-{digest}.txt"], cwd=archive)
            expect(True, "")
    must(["tar", "-df", path])  # and tar itself finds no difference


def make_stranger():
    must(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
          "ec_paramgen_curve:P-256", "-nodes", "-keyout", "other.key", "-out",
          "other.pem", "-subj", "/CN=custodian", "-days", "30", "-addext",
          "keyUsage=critical,digitalSignature", "-addext",
          "basicConstraints=critical,CA:FALSE"])


def seal(archive, pinned):
    folder = f"{archive}/seal"
    line = ["-in", f"{folder}/seal.p7s", "-content", f"{folder}/seal.json",
            "-out", "out.json"]
    must(CMS + ["-CAfile", pinned] + line)
    with open("out.json", "rb") as out, open(f"{folder}/seal.json", "rb") as s:
        expect(out.read() == s.read(), "openssl gave another seal.json")
    expect(run(CMS + ["-CAfile", "other.pem"] + line).returncode != 0,
           "openssl accepted the seal with a stranger's certificate")
    # a stranger's signature, with the stranger among the system's roots
    must(["openssl", "cms", "-sign", "-cades", "-binary", "-nosmimecap", "-in",
          f"{folder}/seal.json", "-signer", "other.pem", "-inkey", "other.key",
          "-outform", "DER", "-out", "other.p7s"])
    roots = dict(os.environ, SSL_CERT_FILE=os.path.abspath("other.pem"))
    theirs = ["-in", "other.p7s", "-content", f"{folder}/seal.json", "-out",
              "out.json"]
    expect(run(CMS + ["-CAfile", pinned] + theirs, env=roots).returncode != 0,
           "openssl accepted a system root's signature")
    expect(run(CMS + ["-CAfile", "other.pem"] + theirs).returncode == 0,
           "the stranger's signature is no good test")


def entries():
    """Entries of the one bundle that so small a log has."""
    folder = "vault/log/tile/entries"
    (name,) = [os.path.join(d, f) for d, _, files in os.walk(folder)
               for f in files]
    with open(name, "rb") as bundle:
        data = bundle.read()
    found = []
    while data:
        size = int.from_bytes(data[:2], "big")
        found.append(data[2:2 + size])
        data = data[2 + size:]
    return found


def log(pinned):
    found = entries()
    expect(len(found) == 3, "there are not three entries")
    for i, entry in enumerate(found):
        with open(f"{i}.p7m", "wb") as out:
            out.write(entry)
        must(CMS + ["-CAfile", pinned, "-in", f"{i}.p7m", "-out", f"{i}.json"])
        with open(f"{i}.json", encoding="utf-8") as event:
            lines = event.readlines()
        expect(len(lines) == 1 and json.loads(lines[0])["seq"] == i,
               f"entry {i} is not one line of JSON with its number")
        expect(run(CMS + ["-CAfile", "other.pem", "-in", f"{i}.p7m", "-out",
                          "x"]).returncode != 0,
               f"openssl accepted entry {i} with a stranger's certificate")
    # the chain, as README and documents print it
    must(["sh", "-euc", '''
prev=0000000000000000000000000000000000000000000000000000000000000000
for i in 0 1 2; do
	grep -q "\\"prev\\":\\"$prev\\"" $i.json
	prev=$(sha256sum <$i.p7m | cut -d" " -f1)
done'''])
    expect(True, "")
    return found


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def checkpoint(found):
    with open("vault/log/checkpoint", "rb") as file:
        note = file.read()
    body, _, signatures = note.partition(b"\n\n")
    body += b"\n"
    origin, size, root = body.decode().splitlines()
    leaves = [hashlib.sha256(b"\0" + e).digest() for e in found]
    expect(size == "3" and base64.b64decode(root) ==
           node(node(leaves[0], leaves[1]), leaves[2]),
           "the checkpoint's root is not that of the entries")
    line = re.fullmatch(r"— (\S+) (\S+)\n", signatures.decode())
    expect(line and line[1] == origin, "the signature line is malformed")
    raw = base64.b64decode(line[2])
    created = json.load(open("0.json", encoding="utf-8"))["detail"]
    key = bytes.fromhex(created["log_key"])
    expect(raw[:4] == hashlib.sha256(origin.encode() + b"\n\1" +
                                     key).digest()[:4], "the key id is wrong")
    with open("log.der", "wb") as out:
        out.write(bytes.fromhex("302a300506032b6570032100") + key)
    for name, data in (("body", body), ("sig", raw[4:])):
        with open(name, "wb") as out:
            out.write(data)
    verify = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey",
              "log.der", "-keyform", "DER", "-in", "body", "-sigfile", "sig"]
    must(verify)
    with open("body", "ab") as out:
        out.write(b"x")
    expect(run(verify).returncode != 0, "openssl accepted another head")


def event_digests(archive):
    """The deposit event's digests, by sha256sum."""
    event = json.load(open("1.json", encoding="utf-8"))["subject"]
    for key, path in (("sha256", f"vault/archives/{archive}.tar"),
                      ("seal", f"{archive}/seal/seal.json"),
                      ("seal_signature", f"{archive}/seal/seal.p7s")):
        digest = must(["sha256sum", path]).decode().split()[0]
        expect(event[key] == digest, f"the event's {key} is another")


def main():
    make_vault()
    archive = "STR-0001"
    path = os.path.abspath(f"vault/archives/{archive}.tar")
    make_stranger()
    lists(path)
    manifests(path, archive)
    (pem,) = os.listdir("vault/certs")
    pinned = f"vault/certs/{pem}"
    der = must(["openssl", "x509", "-in", pinned, "-outform", "DER"])
    expect(hashlib.sha256(der).hexdigest() + ".pem" == pem,
           "the certificate is not named after its digest")
    seal(archive, pinned)
    found = log(pinned)
    checkpoint(found)
    event_digests(archive)
    said = must([MUNIMENT, "-C", "vault", "fingerprint"]).decode()
    expect(said.startswith("vault:" + hashlib.sha256(found[0]).hexdigest()),
           "the fingerprint is not the SHA-256 of entry 0")
    expect(must(["sqlite3", "vault/index.sqlite", "PRAGMA integrity_check"]) ==
           b"ok\n", "sqlite3 finds the index damaged")
    print(f"{checks} checks by other people's tools passed")


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    main()
    os.chdir("/")
