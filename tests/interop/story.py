#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""One case from its first document to the parcel, with real documents.

story.py MUNIMENT MUNIMENT-VERIFY DOCUMENTS

Everything that a case can meet happens to one: actors, a transfer that is
countersigned and one that nobody confirms, an examination, a check that fails
and one that passes, a check of everything, a translation, a signing key and the
log's key replaced, an actor revoked, an archive withdrawn.  history tells it,
sentence by sentence; the parcel, alone in an empty folder and with nothing but
the fingerprint, is PASSED, also after the log's key was replaced, and with a
statement withheld; no entry tells anything of a document.  Skipped where the
documents are not.  What can be done to such a parcel is in hostile/dossier.py.
"""
import difflib
import os
import re
import shutil
import sys
import tempfile
from json import loads

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import (digests, entries, expect, fingerprint, init, must,  # noqa: E402
                      passed, run, skip, where)

MUNIMENT, VERIFY = (os.path.abspath(p) for p in sys.argv[1:3])
DOCUMENTS = os.path.abspath(sys.argv[3])
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": "/nonexistent"}
ORDER = ("testPDF_Version.9.x.pdf", "testWORD.doc", "testJPEG_EXIF.jpg",
         "testRFC822_i18nheaders")
STATEMENT_OF = ("testRTFUnicodeUCNControlWordCharacterDoubling.rtf",
                "testTXTNonASCIIUTF8.txt")
TAKEN_BACK = ("testCSV.csv",)
TRANSLATION = ("testHTML_charset_utf8.html",)
TYPED = ("Almaty", "the younger brother", "board of the archive", "canary")

# What history says of the case, in order.
TOLD = """
Entry 1
  Heron (custodian) deposited NGO-0001, and holds it.
    case: T-17
    received from: the younger brother
    method: by hand

Entry 9
  Heron (custodian) handed NGO-0001 over to Egret (custodian), who is to accept it.
    place: Almaty

Entry 10
  Egret (custodian) accepted NGO-0001, handed over in entry 9, and holds it from now on.

Entry 12
  Plover (examiner) examined NGO-0001-000002. Before it, the bytes were those logged. After it, the bytes were those logged.
    tool: exiftool 12.57

Entry 15
  Wren (keeper) checked the stored bytes of every archive: all were those logged.

Entry 16
  Heron (custodian) recorded that NGO-0002-000001 is a translation of NGO-0001-000001.

Entry 17
  Heron (custodian) described NGO-0001-000001: exhibit.
    exhibit: P-17

Entry 18
  Heron (custodian) replaced its own key by a new one; from here on it signs as Heron 2027.

As it stands
  NGO-0001 is held by Egret (custodian), since entry 10.

Who they are
  Heron 2027, custodian, since entry 0
    certificate DIGEST
      as Heron, entries 0 to 18
    certificate DIGEST
      as Heron 2027, from entry 19 on
  Egret, custodian, since entry 5
    certificate DIGEST
  Plover, examiner, since entry 6
    certificate DIGEST
  Wren, keeper, since entry 8
    certificate DIGEST

8 events told, of a log of 22; nothing in it contradicts the rest.
Entry 2
  Heron (custodian) deposited NGO-0002, and holds it.
    case: T-17

Entry 11
  Heron (custodian) handed NGO-0002 over to court registry (outside the vault).
    who: court registry
  Note: Only one side says so: the receiver signed nothing. [custody.asserted]

Entry 13
  Wren (keeper) checked the stored bytes of NGO-0002: they were NOT those logged.

Entry 14
  Wren (keeper) checked the stored bytes of NGO-0002: they were those logged.
  Note: The check before it had failed; this one passed. [fixity.repaired]

Entry 15
  Wren (keeper) checked the stored bytes of every archive: all were those logged.

Entry 16
  Heron (custodian) recorded that NGO-0002-000001 is a translation of NGO-0001-000001.

Entry 18
  Heron (custodian) replaced its own key by a new one; from here on it signs as Heron 2027.

As it stands
  NGO-0002 is held by somebody outside the vault, since entry 11.

Who they are
  Heron 2027, custodian, since entry 0
    certificate DIGEST
      as Heron, entries 0 to 18
    certificate DIGEST
      as Heron 2027, from entry 19 on
  Wren, keeper, since entry 8
    certificate DIGEST

7 events told, of a log of 22; nothing in it contradicts the rest.
Entry 4
  Heron (custodian) deposited NGO-0004, and holds it.
    case: T-17

Entry 15
  Wren (keeper) checked the stored bytes of every archive: all were those logged.

Entry 18
  Heron (custodian) replaced its own key by a new one; from here on it signs as Heron 2027.

Entry 21
  Heron 2027 (custodian) withdrew NGO-0004; its bytes are kept.
    reason: returned to the court
  Note: What the log proves of the archive stays. [custody.withdrawn]

As it stands
  NGO-0004 is held by Heron 2027 (custodian), since entry 4.
  Its archive was withdrawn in entry 21; the bytes are kept.

Who they are
  Heron 2027, custodian, since entry 0
    certificate DIGEST
      as Heron, entries 0 to 18
    certificate DIGEST
      as Heron 2027, from entry 19 on
  Wren, keeper, since entry 8
    certificate DIGEST

4 events told, of a log of 22; nothing in it contradicts the rest.
"""


class Case:
    def __init__(self):
        init(MUNIMENT, "v", "k", "--prefix", "NGO", "--origin",
             "example.org/case", "--as", "Heron")
        self.trust = ("--trust", fingerprint(MUNIMENT, "v"))

    def do(self, *words, keys="k", status=0):
        return must([MUNIMENT, "-C", "v", "--keys", keys, *words], status,
                    env=ENV)

    def deposit(self, names, *words):
        folder = tempfile.mkdtemp(dir=".")
        for name in names:
            shutil.copyfile(f"{DOCUMENTS}/{name}", f"{folder}/{name}")
        self.do("deposit", "--yes", *words, folder)

    def actor(self, name, role):
        must([MUNIMENT, "key", "new", "--keys", f"k-{name}", "--as", name,
              "--no-passphrase", "--volatile", "--log-key-from", "k"], env=ENV)
        self.do("actor", "enrol", f"k-{name}/actor.pem", "--role", role)


def happens(case):
    case.deposit(ORDER, "--case", "T-17", "--received-from",
                 "the younger brother", "--method", "by hand")
    case.deposit(TRANSLATION, "--case", "T-17")
    case.deposit(STATEMENT_OF, "--case", "T-99", "--note", "canary")
    case.deposit(TAKEN_BACK, "--case", "T-17")
    for name, role in (("Egret", "custodian"), ("Plover", "examiner"),
                       ("Rail", "counsel"), ("Wren", "keeper")):
        case.actor(name, role)
    case.do("record", "transfer", "NGO-0001", "--from", "Heron", "--to",
            "Egret", "--place", "Almaty")
    case.do("record", "transfer", "NGO-0001", "--accept", "9", keys="k-Egret")
    case.do("record", "transfer", "NGO-0002", "--from", "Heron", "--who",
            "court registry")
    case.do("record", "examination", "NGO-0001/2", "--before", "passed",
            "--after", "passed", "--tool", "exiftool 12.57", keys="k-Plover")
    stored = "v/archives/NGO-0002.tar"
    os.chmod(stored, 0o644)
    with open(stored, "r+b") as file:
        file.seek(700)
        byte = file.read(1)
        file.seek(700)
        file.write(bytes([byte[0] ^ 1]))
    case.do("record", "fixity-check", "NGO-0002", keys="k-Wren", status=1)
    with open(stored, "r+b") as file:
        file.seek(700)
        file.write(byte)
    case.do("record", "fixity-check", "NGO-0002", keys="k-Wren")
    case.do("verify", "--record", *case.trust, keys="k-Wren")
    case.do("link", "NGO-0002/1", "--translation-of", "NGO-0001/1")
    case.do("annotate", "NGO-0001/1", "exhibit=P-17")
    case.do("key", "rotate", "--as", "Heron 2027")
    case.do("key", "rotate", "--log-key")
    case.do("actor", "revoke", "Rail", "--reason", "retired", "--note",
            "board of the archive")
    case.do("withdraw", "NGO-0004", "--reason", "returned to the court",
            "--yes")


def told(case):
    """The sentences of history, without what differs from run to run."""
    text = "".join(case.do("history", f"NGO-000{n}").decode()
                   for n in (1, 2, 4))
    text = re.sub(r", \d+ \w+ \d{4}, \d\d:\d\d:\d\d UTC", "", text)
    text = re.sub(r"[0-9a-f]{64}", "DIGEST", text)
    expect(text == TOLD.lstrip("\n"), "history is\n" + "".join(
        difflib.unified_diff(TOLD.splitlines(True)[1:],
                             text.splitlines(True))))


def alone(case, parcel, *words, status=0):
    """The parcel's files in an empty folder; rules by verdict, and what was
    said of statements."""
    empty = tempfile.mkdtemp(dir=".")
    names = sorted(n for n in os.listdir(parcel) if n.endswith(".tar"))
    for name in names:
        shutil.copyfile(f"{parcel}/{name}", f"{empty}/{name}")
    done = run([VERIFY, *names, *words, "--json"], env=ENV, cwd=empty)
    report = loads(done.stdout)
    expect(done.returncode == status, f"{parcel}: {done.returncode}, " + str(
        [c for c in report["checks"] if c["verdict"] != "PASSED"]))
    return {(c["rule"], c["verdict"]) for c in report["checks"]}, [
        c["detail"] for c in report["checks"]
        if c["rule"] == "statement.withheld"]


def handed_out(case):
    case.do("export", "--case", "T-17", "parcel")
    expect(sorted(os.listdir("parcel")) == [
        "1-READ-FIRST.txt", "2-report.html", "NGO-0001.dossier.tar",
        "NGO-0001.tar", "NGO-0002.tar"], f"there is {os.listdir('parcel')}")
    found, withheld = alone(case, "parcel", *case.trust)
    expect({v for _, v in found} == {"PASSED"} and withheld == [], "alone")
    for rule in ("custody.asserted", "fixity.repaired",
                 "dossier.as-of", "document.digest", "archive.bound"):
        expect((rule, "PASSED") in found, f"{rule} is not said")
    found, _ = alone(case, "parcel", status=2)
    expect({r for r, v in found if v != "PASSED"} == {"anchor.none"},
           "without an anchor")
    case.do("export", "--case", "T-17", "--withhold", "1", "withheld")
    found, withheld = alone(case, "withheld", *case.trust)
    expect(withheld == ["entry 1"], f"withheld: {withheld}")
    # a head that two keys signed, as it is handed out
    case.do("key", "rotate", "--log-key")
    case.do("export", "--case", "T-17", "--no-record", "at-the-change")
    found, _ = alone(case, "at-the-change", *case.trust, status=2)
    expect({r for r, v in found if v != "PASSED"} == {"dossier.unlisted"},
           "at the change of the log's key")
    case.do("export", "--case", "T-17", "after")
    found, _ = alone(case, "after", *case.trust)
    expect({v for _, v in found} == {"PASSED"}, "after it")


def tells_nothing():
    """No entry has a word, a name or a digest; no parcel, the other case's."""
    log = entries("v")
    secret = [w for name in (*ORDER, *TRANSLATION, *STATEMENT_OF, *TAKEN_BACK)
              for w in digests_and_name(name)]
    for seq, entry in enumerate(log):
        for word in (*TYPED, *secret):
            how = where(entry, word)
            expect(how is None, f"entry {seq} tells {word!r} {how}")
        # too short to be looked for in base64: it would be there by chance
        for word in (b"T-17", b"T-99", b"P-17"):
            expect(word not in entry, f"entry {seq} tells {word}")
    with open("parcel/NGO-0001.dossier.tar", "rb") as file:
        dossier = file.read()
    expect(where(dossier, "canary") is None, "the dossier tells canary")
    # in base64 these begin as the numbers of the archives that it is about
    for word in (b"NGO-0003", b"NGO-0004", b"T-99"):
        expect(word not in dossier, f"the dossier tells {word}")
    expect(where(dossier, "the younger brother"), "this test works")


def digests_and_name(name):
    with open(f"{DOCUMENTS}/{name}", "rb") as file:
        return name, *digests(file.read())


def main():
    if not os.path.isdir(DOCUMENTS):
        skip(f"the documents are not at {DOCUMENTS}")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        case = Case()
        happens(case)
        told(case)
        must([VERIFY, "v", *case.trust], env=ENV)
        handed_out(case)
        tells_nothing()
        must([VERIFY, "v", *case.trust], env=ENV)
        must([MUNIMENT, "-C", "v", "index", "check"], env=ENV)
        passed()


main()
