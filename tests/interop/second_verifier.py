#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A second verifier, written from docs/format alone.

second_verifier.py [--trust ANCHOR]... [--checkpoint F] [--receipt F]
	[--tsa-trust ROOT.pem]... INPUT...

INPUT is a vault's folder or an archive.  It shares no line with the first one
and uses Python's standard library, and openssl for the signatures themselves.
It stops at the first thing that is wrong.  Exit 0 PASSED, 1 FAILED,
2 INDETERMINATE, 64 REFUSED: a checkpoint or receipt that is none.  The index,
which decides nothing, is not read.
"""
import base64
import functools
import os
import re
import stat
import sys
import time

import second_time

from second_archive import Archive
from second_bytes import (HEX32, ID, Bad, Certificate, check_cms, cms_parts,
                          hexsha, inclusion, lines, need, one_line, openssl_verifies,
                          read_pem, root, seconds, sha, unbase64, write_pem)
from second_custody import ANNOTATES, RESULTS, STATEMENT, Custody, event_shape

# ---- log.md ----

ZERO = "0" * 64


def note_row(line):
    """Name and bytes of a note's signature line."""
    parts = re.fullmatch(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)", line)
    need(parts, "log.checkpoint", "signature line")
    raw = unbase64(parts[2])
    need(len(raw) > 4, "log.checkpoint", "signature line")
    return parts[1], raw


def signs(origin, key, line, body):
    """Whether a note's line is by that key; one that says so has to be."""
    name, raw = note_row(line)
    if name != origin or raw[:4] != sha(
            origin.encode() + b"\n\1" + key)[:4]:
        return False
    spki = bytes.fromhex("302a300506032b6570032100") + key
    need(len(raw) == 68 and openssl_verifies(spki, None, body, raw[4:]),
         "log.checkpoint")
    return True


def take_note(data, limit):
    """Origin, size, root, the signed bytes and the lines below them."""
    rule = "log.checkpoint"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Bad(rule, "not UTF-8") from None
    body, gap, rest = text.partition("\n\n")
    found = re.fullmatch(r"([A-Za-z0-9._/-]{1,255})\n([1-9][0-9]{0,18})\n"
                         r"([A-Za-z0-9+/]{43}=)\n", body + "\n")
    need(len(data) <= limit and gap and found and
         rest.endswith("\n") and rest.count("\n") <= 64, rule, "form")
    rows = rest[:-1].split("\n")
    for row in rows:
        note_row(row)
    return (found[1], int(found[2]), unbase64(found[3]),
            (body + "\n").encode(), rows)


def parse_note(data, key_at, more=False):
    """Size and root of a checkpoint that the log's key of that size signed,
    and how many lines are the log's."""
    rule = "log.checkpoint"
    origin, size, top, body, rows = take_note(data, 65536 if more else 8192)
    key, before = key_at(size)
    if more:
        need([signs(origin, key, r, body) for r in rows].count(True) == 1,
             rule, "not once")
    else:
        due = [key] if before is None else [key, before]
        need(len(rows) == len(due) and
             all(signs(origin, k, r, body) for k, r in zip(due, rows)), rule)
    return origin, size, top


def take_receipt(data):
    """The receipt line, seq, proof and checkpoint of a receipt."""
    rule = "receipt.holds"
    head, _, note = data.partition(b"\n\n")
    rows = head.decode("latin-1").split("\n")
    need(len(data) <= 16384 and 3 <= len(rows) <= 67 and
         rows[0] == "c2sp.org/tlog-proof@v1" and
         rows[1].startswith("extra ") and
         re.fullmatch("index (0|[1-9][0-9]{0,18})", rows[2]), rule)
    line = one_line(unbase64(rows[1][6:]), {
        "format": "muniment-receipt/1", "vault": HEX32, "archive": ID,
        "entry": HEX32})
    proof = [unbase64(r) for r in rows[3:]]
    need(all(len(p) == 32 for p in proof), rule, "proof")
    take_note(note, 16384)
    return line, int(rows[2][6:]), proof, note


def tile_name(n):
    text = f"{n % 1000:03}"
    while n >= 1000:
        n //= 1000
        text = f"x{n % 1000:03}/{text}"
    return text


@functools.lru_cache(maxsize=None)
def signed_event(entry):
    """The event of an entry and who signed it; judged by themselves."""
    cert, content, _ = cms_parts(entry)
    need(content is not None and len(content) <= 32768, "event.syntax")
    try:
        event = one_line(content, event_shape(content))
    except Bad as bad:
        raise Bad("event.syntax", *bad.args[1:]) from None
    signer = Certificate(cert)
    need(signer.fingerprint == event["actor"], "cms.certificate")
    check_cms(entry, signer, content, seconds(event["time"]), True)
    return event, signer


@functools.lru_cache(maxsize=64)
def judged_archive(data, name):
    return Archive(data, name)


class Vault:
    def __init__(self, folder, time_roots=(), now=None):
        self.folder, self.notes = folder, set()
        self.parse_note = parse_note
        self.files = set()
        for where, _, names in os.walk(folder):
            for name in names:
                path = os.path.relpath(os.path.join(where, name), folder)
                self.files.add(path)
                need(stat.S_ISREG(os.lstat(f"{folder}/{path}").st_mode),
                     "log.unexpected", path)
        self.seen = set()
        note = self.read("log/checkpoint")
        size = note.split(b"\n")[1:2]
        need(size and re.fullmatch(rb"[1-9][0-9]{0,8}", size[0]),
             "log.readable", "size")
        self.size = int(size[0])
        self.read_entries()
        self.judge_events()
        self.origin, size, top = parse_note(note, self.custody.log_key_at)
        need(self.origin == self.events[0]["origin"], "log.checkpoint")
        self.leaves = [sha(b"\0" + e) for e in self.entries]
        need(root(self.leaves) == top, "log.root")
        self.check_tiles()
        self.check_copies()
        self.check_results()
        self.check_archives()
        self.custody.contested(second_time.check(
            self, time_roots, int(time.time()) if now is None else now))
        self.notes |= self.custody.notes
        self.check_witnesses()
        self.check_rest()

    def read(self, path, rule="log.readable"):
        need(path in self.files, rule, f"{path} is missing")
        self.seen.add(path)
        with open(f"{self.folder}/{path}", "rb") as file:
            return file.read()

    def read_entries(self):
        self.entries = []
        for first in range(0, self.size, 256):
            count = min(256, self.size - first)
            name = "log/tile/entries/" + tile_name(first // 256)
            data = self.read(name if count == 256 else f"{name}.p/{count}")
            while data:
                length = int.from_bytes(data[:2], "big")
                need(0 < length <= len(data) - 2, "log.readable", "bundle")
                self.entries.append(data[2:2 + length])
                data = data[2 + length:]
            need(len(self.entries) == first + count, "log.readable", "bundle")

    def judge_events(self):
        self.events, before, prev = [], 0, ZERO
        for seq, entry in enumerate(self.entries):
            event, signer = signed_event(entry)
            at = seconds(event["time"])
            if seq == 0:
                self.first_event(event, signer)
            need(event["seq"] == seq and event["prev"] == prev and
                 at >= before and event["origin"] == self.events[0]["origin"]
                 if seq else event["seq"] == 0 and event["prev"] == ZERO,
                 "event.chain")
            need(event.get("vault") == (self.fingerprint if seq else None),
                 "event.chain", "vault")
            need((event["type"] == "vault-created") == (seq == 0),
                 "event.chain", "vault-created")
            need(at >= 1767225600, "event.syntax", "clock before 2026")
            self.judge_clock(event, at, before)
            need(signer.start <= at <= signer.end, "certificate.valid-then")
            if seq:
                self.custody.take(event, hexsha(entry))
            self.events.append(event)
            prev, before = hexsha(entry), at
        self.custody.finish()

    @staticmethod
    def judge_clock(event, at, before):
        keys = list(event["detail"])
        if event["seq"] == 0 or keys[-1:] != ["clock"]:
            return
        try:
            clock = seconds(event["detail"]["clock"])
        except (Bad, TypeError):  # of a type that is not known: not a clock
            return
        need(1767225600 <= clock < at == before, "event.chain", "clock")

    def first_event(self, event, signer):
        need(event["type"] == "vault-created", "event.chain")
        detail = event["detail"]
        self.fingerprint = hexsha(self.entries[0])
        self.key = bytes.fromhex(detail["log_key"])
        self.signer = signer
        need(unbase64(detail["certificate_b64"]) == signer.data,
             "event.syntax", "certificate")
        self.custody = Custody(detail, signer)

    def check_tiles(self):
        hashes, level = self.leaves, 0
        while hashes:
            for n in range((len(hashes) + 255) // 256):
                part = hashes[256 * n:256 * n + 256]
                name = f"log/tile/{level}/{tile_name(n)}"
                if len(part) < 256:
                    name += f".p/{len(part)}"
                need(self.read(name, "log.tile") == b"".join(part),
                     "log.tile", name)
            hashes = [root(hashes[i:i + 256])
                      for i in range(0, len(hashes) - 255, 256)]
            level += 1

    def check_copies(self):
        vkey = sha(self.origin.encode() + b"\n\1" + self.key)[:4].hex()
        vkey = (f"{self.origin}+{vkey}+" +
                base64.b64encode(b"\1" + self.key).decode())
        said = {"format": "muniment-vault/1", "origin": self.origin,
                "prefix": self.events[0]["detail"]["prefix"],
                "vault": self.fingerprint, "log_key": vkey}
        need(one_line(self.read("vault.json", "vault.copy"),
                      {k: str for k in said}) == said, "vault.copy")
        for name, data in self.custody.certs.items():
            need(self.read(f"certs/{name}.pem", "certs.differs") ==
                 write_pem(data), "certs.differs", name)
        for seq, event in enumerate(self.events):
            name = f"log/statements/{seq:06}.json"
            if "statement" not in event or name not in self.files:
                continue  # withheld, which is no failure
            data = self.read(name)
            need(len(data) <= 262144 and hexsha(data) == event["statement"],
                 "statement.differs", name)
            said = one_line(data, STATEMENT)
            need(event["type"] != "annotation" or
                 [k for k in ANNOTATES if k in said] == event["detail"]["keys"]
                 and len(said) == 2 + len(event["detail"]["keys"]),
                 "statement.differs", f"{name}: other keys than its event's")

    def check_results(self):
        """Each check of everything: lines beside the log, root in the entry."""
        rule, due, gone = "fixity.results", [], set()
        for seq, event in enumerate(self.events):
            if event["type"] == "deposit":
                due.append(event["subject"]["archive"])
            if event["detail"].get("bytes") == "destroyed":
                gone.add(event["subject"]["archive"])
            if event["type"] != "fixity-check" or "subject" in event:
                continue
            name = f"log/results/{seq:06}.jsonl"
            data, rest, failed = self.read(name, rule), iter(due), False
            need(0 < len(data) <= 67108864, rule, name)
            try:
                rows = [one_line(row + b"\n", RESULTS) for row in lines(data)]
            except Bad as bad:
                raise Bad(rule, name) from bad
            for row in rows:
                for archive in rest:
                    if archive == row["archive"]:
                        break
                    need(archive in gone, rule, f"{archive} is left out")
                else:
                    raise Bad(rule, f"{row['archive']} is not due")
                failed = failed or row["result"] == "failed"
            need(root([sha(b"\0" + row + b"\n") for row in lines(data)]).hex()
                 == event["detail"]["results"], rule, "root")
            need(failed == (event["detail"]["result"] == "failed"), rule)

    def check_archives(self):
        self.known, self.sealed = {}, []
        for seq, event in enumerate(self.events):
            if event["type"] != "deposit":
                continue
            subject = event["subject"]
            self.known[subject["archive"]] = event
            name = f"archives/{subject['archive']}.tar"
            if subject["archive"] in self.custody.destroyed and \
                    name not in self.files:
                self.notes.add("archive.withdrawn")
                continue
            archive = judged_archive(self.read(name, "archive.missing"),
                                     name.split("/")[1])
            need(archive.digest == subject["sha256"], "archive.digest")
            self.sealed.append((seq, archive.signer))
            seal, part = archive.seal, archive.part
            after = [hexsha(e) for e in self.entries[:seq]]
            need(subject["seal"] == hexsha(part["seal/seal.json"]) and
                 subject["seal_signature"] == hexsha(part["seal/seal.p7s"]) and
                 seal["origin"] == self.origin and
                 seal["vault"] == self.fingerprint and
                 archive.id.split("-")[0] ==
                 self.events[0]["detail"]["prefix"] and
                 seal["after"] in after and
                 archive.signer.fingerprint == event["actor"] and
                 seconds(self.events[after.index(seal["after"])]["time"]) <=
                 seconds(seal["sealed_at"]) <= seconds(event["time"]),
                 "archive.bound", name)
            records = archive.part["metadata/documents.jsonl"].split(b"\n")
            for at in self.custody.about:
                need(at["archive"] != archive.id or
                     at["document"] < len(records) and at["leaf"] == sha(
                         b"\0" + records[at["document"] - 1]).hex(),
                     "event.subject", str(at))

    def check_witnesses(self):
        for name in sorted(self.files):
            at = re.fullmatch(r"log/witness/([1-9][0-9]*)/checkpoint", name)
            if not at or int(at[1]) > self.size:
                continue
            data = self.read(name)
            try:
                origin, size, top = parse_note(
                    data, self.custody.log_key_at, True)
            except Bad as bad:
                raise Bad("witness.malformed", name) from bad
            lines, keys = data.decode().split("\n")[4:-1], []
            body = data.partition(b"\n\n")[0] + b"\n"
            due = [k for k in self.custody.log_key_at(size) if k is not None]
            need(len(lines) > len(due) and
                 all(signs(origin, k, line, body)
                     for k, line in zip(due, lines)),
                 "witness.malformed", name)
            for line in lines[len(due):]:
                _, who, coded = line.split(" ")
                raw = unbase64(coded)
                need(len(raw) == 76, "witness.malformed", name)
                keys.append((who.encode(), raw[:4]))
            need(keys == sorted(set(keys)), "witness.malformed", name)
            need(origin == self.origin and size == int(at[1]) and
                 root(self.leaves[:size]) == top, "witness.extends", name)

    def check_rest(self):
        for name in sorted(self.files - self.seen):
            if name == "index.sqlite":
                continue
            if re.fullmatch(r"log/(.*/)?\.[^/]+\.tmp", name) or re.fullmatch(
                    r"log/staged/[1-9][0-9]*-[0-9a-f]{64}", name) or \
                    name in (f"log/statements/{self.size:06}.json",
                             f"log/results/{self.size:06}.jsonl") or \
                    self.narrower(name) or second_time.is_mark(self, name):
                self.notes.add("log.litter")
            else:
                need(not name.startswith(("log/", "certs/", "crls/")),
                     "log.unexpected", name)
                self.notes.add("vault.unexpected")

    def narrower(self, name):
        part = re.fullmatch(r"(.*\.p/)([1-9][0-9]{0,2})", name)
        return part and any(f"{part[1]}{w}" in self.seen
                            for w in range(int(part[2]) + 1, 256))

    def extends(self, size, top):
        need(size <= self.size and root(self.leaves[:size]) == top,
             "log.extends-kept")

    def check_kept(self, data):
        origin, size, top = parse_note(data, self.custody.log_key_at, True)
        need(origin == self.origin, "log.extends-kept")
        self.extends(size, top)

    def check_receipt(self, data):
        rule = "receipt.holds"
        line, seq, proof, note = take_receipt(data)
        origin, size, top = parse_note(note, self.custody.log_key_at, True)
        need(origin == self.origin and seq < min(size, self.size), rule)
        entry = self.entries[seq]
        need(line["vault"] == self.fingerprint and
             line["entry"] == hexsha(entry) and
             self.events[seq]["type"] == "deposit" and
             self.events[seq]["subject"]["archive"] == line["archive"], rule)
        need(inclusion(seq, size, sha(b"\0" + entry), proof) == top, rule)
        self.extends(size, top)


# ---- verification.md ----

def trusted(anchors, signer, vault, notes):
    if not anchors:
        notes.add("anchor.none")
    for anchor in anchors:
        if anchor.startswith("vault:"):
            need(anchor[6:] == vault, "vault.anchored")
        elif anchor.startswith("sha256:"):
            need(anchor[7:] == signer.fingerprint, "signer.unpinned")
        elif re.fullmatch("[0-9a-f]{64}", anchor):
            need(anchor in (vault, signer.fingerprint), "vault.anchored")
        else:
            with open(anchor, "rb") as file:
                (pem,) = read_pem(file.read())
            need(hexsha(pem) == signer.fingerprint, "signer.unpinned")


def judge(inputs, anchors, checkpoints=(), receipts=(), time_roots=(),
          now=None):
    """('PASSED' and so on, why)."""
    notes, vault = set(), None
    try:
        for kept in checkpoints:
            take_note(kept, 65536)
        for kept in receipts:
            take_receipt(kept)
    except Bad as bad:
        return "REFUSED", ": ".join(filter(None, bad.args))
    try:
        for name in inputs:
            if os.path.isdir(name):
                vault = Vault(name, time_roots, now)
                notes |= vault.notes
                for kept in checkpoints:
                    vault.check_kept(kept)
                for kept in receipts:
                    vault.check_receipt(kept)
                trusted(anchors, vault.signer, vault.fingerprint, notes)
                for extra in vault.files:
                    if (extra.startswith("archives/") and
                            extra[9:-4] not in vault.known):
                        notes.add("archive.unlogged")
            else:
                with open(name, "rb") as file:
                    archive = Archive(file.read(), os.path.basename(name))
                trusted(anchors, archive.signer, archive.seal["vault"], notes)
                notes.add("log.not-given")
    except Bad as bad:
        return "FAILED", ": ".join(filter(None, bad.args))
    return ("INDETERMINATE" if notes else "PASSED"), " ".join(sorted(notes))


def main(words):
    inputs, given = [], {"--trust": [], "--checkpoint": [], "--receipt": [],
                         "--tsa-trust": []}
    while words:
        word = words.pop(0)
        given.get(word, inputs).append(words.pop(0) if word in given else word)
    kept = []
    for kind in ("--checkpoint", "--receipt"):
        kept.append([])
        for name in given[kind]:
            with open(name, "rb") as file:
                kept[-1].append(file.read())
    verdict, why = judge(inputs, given["--trust"], *kept,
                         second_time.roots_of(given["--tsa-trust"]))
    print(f"{verdict} {why}")
    return {"PASSED": 0, "FAILED": 1, "INDETERMINATE": 2,
            "REFUSED": 64}[verdict]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
