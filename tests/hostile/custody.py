#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Events that nobody may sign are named, each by its own rule; and no entry
says anything of a document or of what was typed.

custody.py MUNIMENT MUNIMENT-VERIFY

The wrong events are signed with the right keys and stand under a good head, as
an insider with a key of the log would make them.
"""
import json
import os
import re
import shutil
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(HERE, "..", "harness"),
             os.path.join(HERE, "..", "interop")]
import second_bytes as sb  # noqa: E402
from programs import (deposit, digests, entries, expect, files, init,  # noqa: E402
                      must, parts, passed, run, where)
from second_hand_outs import due, ranges  # noqa: E402
from second_signer import Signer, log_key, write_log  # noqa: E402

MUNIMENT, VERIFY = map(os.path.abspath, sys.argv[1:3])
ROLES = {"Egret": "custodian", "Dunlin": "depositor", "Plover": "examiner",
         "Crane": "counsel", "Wren": "keeper", "Rail": "counsel"}
# what is typed, each found nowhere else
TYPED = {k: f"Zvornik-{k}-čekić" for k in (
    "case note place purpose legal-basis method who carrier witness medium "
    "tool changes reason title author exhibit handling").split()}
SIZES = {"minutes of 12 July.txt": 48611, "Spisak ћ.csv": 73939}
COPIES = 37  # documents of the first archive


def keys_of(name):
    return "k" if name == "Heron" else f"k-{name}"


def act(name, *words, status=0):
    return must([MUNIMENT, "-C", "v", "--keys", keys_of(name), *words],
                status)


def make():
    os.mkdir("in")
    for name, size in SIZES.items():
        with open(f"in/{name}", "w", encoding="utf-8") as out:
            out.write("q" * size)
    for i in range(COPIES - len(SIZES)):
        with open(f"in/list {i}.txt", "w", encoding="utf-8") as out:
            out.write(f"list number {i}\n")
    with open("paper.txt", "w", encoding="utf-8") as out:
        out.write("received, signed\n")
    os.mkdir("r")
    init(MUNIMENT, "v", "k", "--prefix", "HOS", "--as", "Heron", "--recovery",
         "r/recovery.key")
    init(MUNIMENT, "other", "k-other", "--prefix", "HOS")
    for name in (*ROLES, "Stork", "Swift"):
        must([MUNIMENT, "key", "new", "--keys", keys_of(name), "--as", name,
              "--no-passphrase", "--volatile", "--log-key-from", "k"])
    for name, role in ROLES.items():
        act("Heron", "actor", "enrol", f"{keys_of(name)}/actor.pem", "--role",
            role)
    deposit(MUNIMENT, "v", "k", "--case", TYPED["case"], "--note",
            TYPED["note"], "in")
    deposit(MUNIMENT, "v", "k-Dunlin", "paper.txt")
    live()
    must(["chmod", "-R", "u+w", "v"])


def live():
    """All kinds of events, and every option that takes text."""
    said = [x for k in ("case", "note", "place", "purpose", "legal-basis",
                        "method", "who", "carrier", "witness", "medium",
                        "tool", "changes", "reason")
            for x in (f"--{k}", TYPED[k])]
    act("Heron", "record", "transfer", "HOS-0001", "--from", "Heron", "--to",
        "Egret", "--receipt", "HOS-0002/1", *said)
    act("Egret", "record", "transfer", "HOS-0001", "--from", "Egret", *said)
    act("Crane", "record", "access", "HOS-0001/3", *said)
    act("Plover", "record", "examination", "HOS-0001/2", "--before", "passed",
        "--after", "passed", *said)
    act("Wren", "record", "copy", "HOS-0001", "--kind", "working", *said)
    act("Wren", "record", "fixity-check", "HOS-0001", *said)
    act("Heron", "record", "migration", "--kind", "host", *said)
    act("Heron", "link", "HOS-0002/1", "--attachment-of", "HOS-0001/1",
        "--note", TYPED["note"])
    act("Dunlin", "annotate", "HOS-0001/1", *(
        f"{k}={TYPED[k]}" for k in ("title", "author", "exhibit", "handling",
                                    "case", "note")))
    act("Heron", "actor", "revoke", "Rail", "--reason", "retired", "--note",
        TYPED["note"])


# ---- each named ----

class Insider:
    """Appends to copies of the vault what nobody should."""

    def __init__(self):
        self.entries = entries("v")
        first = json.loads(sb.cms_parts(self.entries[0])[1])
        last = json.loads(sb.cms_parts(self.entries[-1])[1])
        self.origin = first["origin"]
        self.public = bytes.fromhex(first["detail"]["log_key"])
        self.key = log_key("k", self.public)
        self.at = sb.seconds(last["time"]) + 1
        self.signers = {n: self.signer(keys_of(n)) for n in (
            "Heron", *ROLES, "Stork", "Swift")}
        self.signers["other"] = self.signer("k-other")
        recovery = sb.unbase64(first["detail"]["recovery_b64"])
        self.signers["recovery"] = Signer("r", sb.Certificate(recovery))
        self.trust = f"vault:{sb.hexsha(self.entries[0])}"

    @staticmethod
    def signer(keys):
        with open(f"{keys}/actor.pem", "rb") as file:
            return Signer(keys, sb.Certificate(sb.read_pem(file.read())[0]))

    def id(self, name):
        return self.signers[name].certificate.fingerprint

    def b64(self, name):
        return sb.base64.b64encode(
            self.signers[name].certificate.data).decode()

    def forged(self, *events):
        """A copy of the vault with these events, without its index."""
        copy = tempfile.mkdtemp(dir=".") + "/v"
        shutil.copytree("v", copy)
        os.unlink(f"{copy}/index.sqlite")
        log = list(self.entries)
        for who, kind, subject, detail in events:
            event = {"format": "muniment-event/1", "origin": self.origin,
                     "vault": sb.hexsha(log[0]), "seq": len(log),
                     "prev": sb.hexsha(log[-1]), "time": sb.stamp(self.at),
                     "type": kind, "actor": self.id(who), "subject": subject,
                     "detail": detail, "nonce": "0" * 64}
            if subject is None:
                del event["subject"]
            log.append(self.signers[who].cms(json.dumps(
                event, separators=(",", ":")).encode() + b"\n", self.at, True))
            if "certificate_b64" in detail and who == "Heron":
                der = sb.unbase64(detail["certificate_b64"])
                with open(f"{copy}/certs/{sb.hexsha(der)}.pem", "wb") as out:
                    out.write(sb.write_pem(der))
        write_log(copy, log, self.origin, [(self.key, self.public)])
        return copy

    def told(self, *events):
        """What a history says is wrong: of the vault, and of the archive."""
        copy, found = self.forged(*events), []
        must([MUNIMENT, "-C", copy, "index", "rebuild"])
        for about in ((), ("HOS-0001",), ("HOS-0001/2",)):
            said = json.loads(must([MUNIMENT, "-C", copy, "history", *about,
                                    "--json"]))
            found.append([(e["seq"], f["rule"], f["text"])
                          for e in said["events"] for f in e["findings"]
                          if not f["noted"]])
            text = must([MUNIMENT, "-C", copy, "history", *about]).decode()
            expect(text.count("[event.hand-out]") == len(
                [f for f in found[-1] if f[1] == "event.hand-out"]), text)
        shutil.rmtree(os.path.dirname(copy))
        return found

    def judged(self, *events):
        """Verdict, and the rules and details of what is not PASSED."""
        copy = self.forged(*events)
        said = json.loads(run([VERIFY, copy, "--trust", self.trust,
                               "--json"]).stdout)
        shutil.rmtree(os.path.dirname(copy))
        return said["verdict"], [(c["rule"], c["detail"]) for c in
                                 said["checks"] if c["verdict"] == "FAILED"]

    def named(self, what, rule, *events):
        """The last event is what is wrong, and nothing else is."""
        verdict, failed = self.judged(*events)
        seq = len(self.entries) + len(events) - 1
        expect(verdict == "FAILED" and len(failed) == 1 and
               failed[0][0] == rule and
               failed[0][1].startswith(f"entry {seq}"),
               f"{what}: {verdict} {failed}")

    def fine(self, what, *events):
        verdict, failed = self.judged(*events)
        expect(verdict == "PASSED", f"{what}: {verdict} {failed}")


def each_named():
    insider = Insider()
    archive = {"archive": "HOS-0001"}
    look = lambda who: (who, "access", archive, {})  # noqa: E731
    enrol = ("Heron", "actor-enrolled", None, {
        "role": "counsel", "certificate_b64": insider.b64("Stork")})
    rotate = ("Heron", "key-rotated", None, {
        "actor": insider.id("Crane"), "certificate_b64": insider.b64("Swift")})
    revoke = lambda who, whom: (who, "actor-revoked", None, {  # noqa: E731
        "actor": insider.id(whom), "reason": "retired"})
    insider.fine("nothing wrong", look("Crane"))
    insider.fine("enrolled, then signed", enrol, look("Stork"))
    insider.fine("replaced, then signed with the new key", rotate,
                 look("Swift"))
    insider.fine("recovery revokes", revoke("recovery", "Heron"))
    named = insider.named
    named("revoked long ago", "event.actor-revoked", look("Rail"))
    named("revoked just now", "event.actor-revoked", look("Crane"),
          revoke("Heron", "Crane"), look("Crane"))
    named("before enrolment", "event.actor-not-enrolled", look("Stork"))
    named("of another vault", "event.actor-not-enrolled", look("other"))
    named("with a replaced key", "event.actor-revoked", rotate, look("Crane"))
    named("with a key that is to come", "event.actor-not-enrolled",
          look("Swift"))
    for who, kind, subject, detail in (
            ("Wren", "access", archive, {}),
            ("Crane", "examination", archive, {}),
            ("Dunlin", "fixity-check", archive, {"result": "passed"}),
            ("Plover", "deaccession", archive, {"bytes": "destroyed"}),
            ("Plover", "actor-revoked", None, revoke("", "Heron")[3]),
            ("Dunlin", "policy-changed", None, {
                "policy": {"time_stamp_authorities": 0}}),
            ("Crane", "actor-enrolled", None, enrol[3]),
            ("recovery", "access", archive, {}),
            ("recovery", "deaccession", archive, {"bytes": "kept"}),
            ("recovery", "disclosure", None, {})):
        named(f"{kind} by {who}", "event.role", (who, kind, subject, detail))
    named("enrols itself", "event.actor-not-enrolled",
          ("Stork", "actor-enrolled", None, enrol[3]))
    named("a custodian revokes the recovery key", "event.enrolment",
          revoke("Heron", "recovery"))
    handed_out(insider)
    stamped(insider)
    lifted(insider)


def handed_out(insider):
    """A hand-out keeps an entry back, or shows one of another archive."""
    archive = {"archive": "HOS-0001"}
    listed = due(insider.entries, archive)
    out = lambda who, seqs: (who, "copy", archive, {  # noqa: E731
        "kind": "evidentiary", "entries": ranges(seqs)})
    for who in ("Heron", "Wren"):
        insider.fine(f"all handed out by {who}", out(who, listed))
    said = [json.loads(sb.cms_parts(e)[1])["type"] for e in insider.entries]
    revoked = said.index("actor-revoked")
    other = next(s for s, _ in enumerate(said) if s not in listed)
    here = len(insider.entries)
    honest = out("Wren", listed)
    for what, seqs, fault in (
            ("a revocation kept back", set(listed) - {revoked},
             f"it does not list entry {revoked}"),
            ("of another archive", {*listed, other}, f"it lists entry {other}, "
             "which is not there or about something else")):
        insider.named(what, "event.hand-out", out("Wren", seqs))
        insider.named(f"{what}, with one before", "event.hand-out", honest,
                      out("Heron", {*seqs, here}))
        # a history says so beside the event, and of no other
        found = insider.told(honest, out("Heron", {*seqs, here}))
        for said in found:
            said = [f for f in said if f[1] == "event.hand-out"]
            expect(len(said) == 1 and said[0][0] == here + 1 and
                   fault in said[0][2], f"{what}, told: {said}")
    insider.named("one before not told", "event.hand-out",
                  honest, out("Heron", listed))
    found = insider.told(honest, out("Heron", {*listed, here}))
    expect(not any(f[1] == "event.hand-out" for said in found for f in said),
           f"nothing is wrong: {found}")


def stamped(insider):
    """Time-stamp events without files, over one head, by who may not."""
    stamp = {"query": "1" * 64, "token": "2" * 64, "certificates": "3" * 64,
             "crls": "4" * 64}
    event = lambda who: (who, "time-stamp", None, {  # noqa: E731
        "checkpoint": {"size": 1, "sha256": "5" * 64}, "stamps": [stamp]})
    for who in ("Heron", "Wren"):  # custodian, keeper
        verdict, failed = insider.judged(event(who))
        missing = [d for r, d in failed if r == "time-stamp.files"]
        expect(verdict == "FAILED" and missing == [
            f"log/time-stamps/1/{name} is missing" for name in (
                "checkpoint", "1.tsq", "1.tst", "1.pem", "1.crl")],
               f"no file is there: {failed}")
        expect("event.role" not in [r for r, _ in failed], "they may")
    seq = len(insider.entries)
    _, failed = insider.judged(event("Heron"), event("Wren"))
    expect(("time-stamp.files", f"entry {seq + 1} stamps the same checkpoint "
            f"as entry {seq}") in failed, f"twice: {failed}")
    for who in ("Dunlin", "Crane", "Plover", "recovery"):
        _, failed = insider.judged(event(who))
        expect("event.role" in [r for r, _ in failed], f"{who}: {failed}")


def lifted(insider):
    """An entry of another vault, whole, with its valid signature."""
    copy = tempfile.mkdtemp(dir=".") + "/v"
    shutil.copytree("v", copy)
    log = [*insider.entries, entries("other")[0]]
    write_log(copy, log, insider.origin, [(insider.key, insider.public)])
    said = json.loads(run([VERIFY, copy, "--trust", insider.trust,
                           "--json"]).stdout)
    rules = {c["rule"] for c in said["checks"] if c["verdict"] == "FAILED"}
    expect(said["verdict"] == "FAILED" and "event.chain" in rules,
           f"another vault's entry: {rules}")


# ---- what no entry says ----

def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return {n for v in value for n in numbers(v)}
    return {value} if type(value) is int else set()


def spoken(event):
    """Without the random and hashed values, where any five digits turn up
    once in some dozens of runs."""
    return re.sub(rb'"(vault:)?[0-9a-f]{64}"|"[0-9A-Za-z+/]{80,}=*"|'
                  rb'"muniment\.invalid/[0-9a-f]{16}"', b'""', event)


def nothing_said():
    documents, names = {}, {"minutes of 12 July", "Spisak", "list 3", "paper"}
    for number in (1, 2):
        for name, data in parts(f"v/archives/HOS-000{number}.tar").items():
            if name.startswith("data/"):
                documents[f"HOS-000{number}/{name}"] = data
    expect(len(documents) == COPIES + 1, "documents")
    log = entries("v")
    events = [sb.cms_parts(e)[1] for e in log]
    kinds = {json.loads(e)["type"] for e in events}
    expect(len(kinds) >= 12, f"only these kinds: {kinds}")
    for name, data in documents.items():
        for digest in digests(data):
            for i, entry in enumerate(log):
                how = where(entry, digest)
                expect(how is None, f"digest of {name} {how} in entry {i}")
    for word in (*TYPED.values(), *(w.split("-")[0] for w in TYPED.values()),
                 "čekić", *names):
        for i, entry in enumerate(log):
            how = where(entry, word)
            expect(how is None, f"'{word}' {how} in entry {i}")
    sizes = {len(d) for d in documents.values()} | {
        COPIES, COPIES + 1, sum(SIZES.values()), sum(
            len(d) for n, d in documents.items() if "HOS-0001" in n)}
    sizes |= {os.path.getsize(f"v/archives/HOS-000{n}.tar") for n in (1, 2)}
    sizes = {s for s in sizes if s > len(log)}  # below: a seq, or a document
    for i, event in enumerate(events):
        found = numbers(json.loads(event)) & sizes
        expect(not found, f"{found} in entry {i}")
        said = spoken(event)
        for size in SIZES.values():
            expect(str(size).encode() not in said,
                   f"the digits {size} in entry {i}")
    controls(documents, names)


def controls(documents, names):
    """What was looked for can be found, where it may be."""
    beside = b"".join(d for n, d in files("v/log").items()
                      if n.startswith("statements/"))
    for word in TYPED.values():
        expect(where(beside, word) is not None, f"'{word}' is in no statement")
    inside = b"".join(parts("v/archives/HOS-0001.tar")[n] for n in (
        "metadata/documents.jsonl", "metadata/private.jsonl"))
    name = next(iter(documents))
    expect(where(inside, digests(documents[name])[0]) is not None, "digest")
    expect(where(inside, "minutes of 12 July") is not None and names, "name")
    expect(all(str(s).encode() in inside for s in SIZES.values()), "size")


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    make()
    each_named()
    nothing_said()
    os.chdir("/")
passed()
