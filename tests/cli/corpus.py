#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The corpus of real documents, in and out and found again.

corpus.py MUNIMENT MUNIMENT-VERIFY DOCUMENTS

Skipped where the corpus is not.  Its names are Latin, so a few documents with
names in other scripts lie beside it.
"""
import io
import json
import os
import sys
import tempfile
import unicodedata
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import (deposit, digests, expect, files, fingerprint,  # noqa: E402
                      init, must, passed, run, skip)

MUNIMENT, VERIFY = (os.path.abspath(p) for p in sys.argv[1:3])
DOCUMENTS = os.path.abspath(sys.argv[3])
CHINESE, CYRILLIC, UYGHUR = "审计报告2019.txt", "Протокол Съезда.txt", \
    "ئۇيغۇر ھۆججەت.txt"
if not os.path.isdir(DOCUMENTS):
    skip(f"the corpus is not at {DOCUMENTS}")


def found(*words):
    said = json.loads(must([MUNIMENT, "-C", "vault", "find", "--json",
                            *words]))
    return {d["path"]: d["reference"] for d in said["found"] if "path" in d}


def stored_and_given_back():
    result = deposit(MUNIMENT, "vault", "keys", DOCUMENTS, "names")
    here = {f"documents/{n}": d for n, d in files(DOCUMENTS).items()}
    here.update((f"names/{n}", d) for n, d in files("names").items())
    top = os.path.basename(DOCUMENTS)
    expect(top == "documents", f"the corpus' folder is {top}")
    expect(result["documents"] == len(here) > 500, f"{result['documents']} "
           f"documents of {len(here)}")
    os.mkdir("out")
    must([MUNIMENT, "-C", "vault", "extract", "--no-record",
          result["archive"], "out"])
    expect(files("out") == here, "extract gives something else back")
    return here


def found_by_content(here):
    names = sorted(here)
    sample = names[::len(names) // 60] + [n for n in names
                                          if n.endswith(".zip")]
    for name in sample:
        if here[name] == b"":
            continue
        path = f"out/{name}"
        same = {n for n in names if here[n] == here[name]}
        got = {n for n in found("--file", path)}
        expect(same <= got, f"--file {name} finds {sorted(got)}")
        expect(same <= set(found(f"sha512:{digests(here[name])[1].hex()}")),
               f"the SHA-512 of {name} is not found")
    expect(found("--file", MUNIMENT) == {}, "a stranger is found")


def inside(here):
    """What lies only inside a ZIP, and what lies in a ZIP in a ZIP."""
    outer = zipfile.ZipFile(io.BytesIO(here["documents/test-zip-of-zip.zip"]))
    (name,) = outer.namelist()
    inner = zipfile.ZipFile(io.BytesIO(outer.read(name)))
    embedded = zipfile.ZipFile(io.BytesIO(here["documents/testEmbedded.zip"]))
    for what, data, path in (
            (name, outer.read(name), "documents/test-zip-of-zip.zip"),
            ("in the inner one", inner.read(inner.namelist()[0]),
             "documents/test-zip-of-zip.zip"),
            ("test1.txt", embedded.read("test1.txt"),
             "documents/testEmbedded.zip")):
        expect(data not in here.values(), f"{what} is a document, too")
        with open("member", "wb") as out:
            out.write(data)
        said = json.loads(must([MUNIMENT, "-C", "vault", "find", "--json",
                                "--file", "member"]))["found"]
        container = found("--file", f"out/{path}")[path]
        expect(any(d["reference"].startswith(f"{container}.m") for d in said),
               f"{what} of {path} is not found inside it: {said}")


def found_by_words():
    for words, path in (
            ("审计", f"names/{CHINESE}"), ("报告", f"names/{CHINESE}"),
            ("протокол", f"names/{CYRILLIC}"),
            ("СЪЕЗД", f"names/{CYRILLIC}"),
            ("йод", "names/Йод.txt"),
            (unicodedata.normalize("NFD", "ЙОД"), "names/Йод.txt"),
            ("й", None),  # one letter is too short to mean anything
            ("ئۇيغۇر", f"names/{UYGHUR}"), ("ھۆججەت", f"names/{UYGHUR}"),
            ("testembedded", "documents/testEmbedded.zip"),
            ("qqzzxx", None)):
        got = found(words)
        expect(path is None or path in got, f"{words!r} finds {sorted(got)}")
    expect(not found("qqzzxx"), "something is found for nothing")
    # a name in GBK, inside gbk.zip, by two of its characters
    said = must([MUNIMENT, "-C", "vault", "find", "--json", "检索"])
    references = {d["reference"].split(".m")[0]
                  for d in json.loads(said)["found"]}
    expect(found("gbk")["documents/gbk.zip"] in references,
           f"the GBK name is not found: {said}")


# ---- whom one trusts ----

def verdict(*words):
    done = run([VERIFY, *words, "--json"])
    report = json.loads(done.stdout)
    return done.returncode, report["verdict"], {
        c["rule"] for c in report["checks"] if c["verdict"] != "PASSED"}


def trust():
    mine = fingerprint(MUNIMENT, "vault")
    init(MUNIMENT, "other", "other.keys")
    theirs = fingerprint(MUNIMENT, "other")
    expect(verdict("vault", "--trust", mine)[:2] == (0, "PASSED"), "mine")
    status, said, _ = verdict("vault")
    expect((status, said) == (2, "INDETERMINATE"), f"none: {said}")
    text = run([VERIFY, "vault"]).stdout.decode()
    digits = mine.removeprefix("vault:")
    expect(digits in text.replace(" ", "").replace("\n", ""),
           "the fingerprint to compare is not printed")
    expect(text.endswith("verdict: INDETERMINATE\n"), "no verdict at the end")
    expect(verdict("vault", "--trust", theirs)[:2] == (1, "FAILED"), "theirs")
    (pem,) = os.listdir("vault/certs")
    (other,) = os.listdir("other/certs")
    archive = f"vault/archives/{os.listdir('vault/archives')[0]}"
    status, said, rules = verdict(archive, "--trust", f"vault/certs/{pem}")
    expect((status, said) == (2, "INDETERMINATE") and "log.not-given" in rules,
           f"alone: {said} {rules}")
    expect(verdict(archive, "--trust", f"other/certs/{other}")[:2] ==
           (1, "FAILED"), "alone, with another's certificate")
    expect(verdict("vault", "--trust", f"vault/certs/{pem}")[0] == 0,
           "with the certificate")
    expect(verdict("vault", "--trust", "sha256:" + pem[:64])[0] == 0,
           "with the certificate's digest")


def certify(*words):
    must(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
          "ec_paramgen_curve:P-256", "-nodes", "-days", "30", *words])


def look_alikes():
    """One of the signer's name, one of its key, and who issued the latter."""
    certify("-subj", "/CN=custodian", "-keyout", "x.key", "-out", "name.pem",
            "-addext", "keyUsage=critical,digitalSignature")
    certify("-subj", "/CN=CA", "-keyout", "ca.key", "-out", "ca.pem",
            "-addext", "keyUsage=critical,keyCertSign")
    with open("extensions", "w", encoding="ascii") as out:
        out.write("keyUsage=critical,digitalSignature\n"
                  "basicConstraints=critical,CA:FALSE\n")
    must(["openssl", "req", "-new", "-key", "keys/actor.key", "-subj",
          "/CN=custodian", "-out", "x.csr"])
    must(["openssl", "x509", "-req", "-in", "x.csr", "-CA", "ca.pem", "-CAkey",
          "ca.key", "-days", "20", "-extfile", "extensions", "-out",
          "key.pem"])
    (archive,) = os.listdir("vault/archives")
    for pem in ("name.pem", "key.pem", "ca.pem"):
        for what in ("vault", f"vault/archives/{archive}"):
            status, said, rules = verdict(what, "--trust", pem)
            expect((status, said) == (1, "FAILED") and
                   "signer.unpinned" in rules, f"{what} by {pem}: {said}")


def main():
    os.mkdir("names")
    for name in (CHINESE, CYRILLIC, UYGHUR, "Йод.txt"):
        with open(f"names/{name}", "w", encoding="utf-8") as out:
            out.write(f"{name}\n")
    init(MUNIMENT, "vault", "keys", "--prefix", "CRP")
    here = stored_and_given_back()
    found_by_content(here)
    inside(here)
    found_by_words()
    trust()
    look_alikes()


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    main()
    os.chdir("/")
passed()
