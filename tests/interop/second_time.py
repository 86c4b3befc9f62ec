# SPDX-License-Identifier: BSD-2-Clause
"""The second verifier's time-stamps: time-stamp.md, but for revocation lists.

Files and digests, the stamped checkpoint, what query and token say, and the
times that follow are read here; whether a token's signature and chain hold as
of a time is what `openssl ts -verify` says of it.
"""
import calendar
import functools
import re
import subprocess
import tempfile
import time

from second_bytes import (Bad, children, hexsha, need, read_pem, root, seconds,
                          sha, take, write_pem)

DAY, SLACK = 86400, 60
SHA256 = bytes.fromhex("300d06096086480165030402010500")
KINDS = (("query", "tsq"), ("token", "tst"), ("certificates", "pem"),
         ("crls", "crl"))
# what says that something is missing, not that something is wrong
WORDS = (("ts.expired", b"certificate has expired"),
         ("ts.untrusted", b"unable to get local issuer certificate"),
         ("ts.untrusted", b"unable to get issuer certificate"),
         ("ts.untrusted", b"self-signed certificate"),
         ("ts.early", b"certificate is not yet valid"))
# timeStamping, anyExtendedKeyUsage
PURPOSES = {bytes.fromhex("2b06010505070308"), bytes.fromhex("551d2500")}
MISSING = {"ts.expired", "ts.untrusted"}


def inside(data, *path):
    """The contents found by going down: at each step the child of a number."""
    for at in path:
        found = children(data, "ts.encoding")
        need(at < len(found), "ts.encoding")
        data = found[at][1]
    return data


def read_query(data):
    """Imprint and nonce."""
    top = children(data, "ts.query")
    need(len(top) == 1, "ts.query")
    fields = children(top[0][1], "ts.query")
    if len(fields) == 5:
        need(fields.pop(2)[0] == 6, "ts.query")
    need([f[0] for f in fields] == [2, 0x30, 2, 1] and
         fields[0][1] == b"\1" and fields[3][1] == b"\xff" and
         fields[1][1][:-32] == SHA256 + b"\4\x20" and
         len(fields[1][1]) == 49 and len(fields[2][1]) == 16 and
         0x40 <= fields[2][1][0] < 0x80, "ts.query")
    return fields[1][1][-32:], fields[2][1]


class Token:
    def __init__(self, data):
        need(len(take(data, "ts.encoding")[3]) == 0, "ts.encoding")
        signed = children(inside(data, 0, 1, 0), "ts.encoding")
        need(len(signed) == 5, "ts.encoding")
        self.certificates = [c[2] for c in children(signed[3][1],
                                                    "ts.encoding")]
        info = children(inside(signed[2][1], 1, 0, 0), "ts.encoding")
        need(len(info) >= 5 and info[2][1][:-32] == SHA256 + b"\4\x20" and
             len(info[2][1]) == 49, "ts.algorithm")
        self.imprint = info[2][1][-32:]
        form = re.fullmatch(rb"(\d{14})(\.\d{0,8}[1-9])?Z", info[4][1])
        need(info[4][0] == 0x18 and form, "ts.encoding")
        try:
            self.at = calendar.timegm(time.strptime(form[1].decode(),
                                                    "%Y%m%d%H%M%S"))
        except ValueError:
            raise Bad("ts.encoding", "no such time") from None
        self.accuracy, fraction = 0, form[2] is not None
        self.nonce = None
        for tag, body, _ in info[5:]:
            if tag == 0x30:
                for part, value, _ in children(body, "ts.encoding"):
                    if part == 2:
                        self.accuracy = int.from_bytes(value, "big")
                    fraction = fraction or part != 2
            elif tag == 2:
                self.nonce = body
        self.accuracy += fraction


class Link:
    """A certificate of a path, as far as paths go."""

    def __init__(self, data):
        fields = children(inside(data, 0, 0), "ts.encoding")
        if fields[0][0] == 0xa0:
            del fields[0]
        self.serial, self.issuer, self.subject = (
            fields[i][2] for i in (0, 2, 4))
        self.key = children(fields[5][1], "ts.encoding")[-1][1]
        self.purposes = None
        for body in [f[1] for f in fields[6:] if f[0] == 0xa3]:
            for _, extension, _ in children(inside(body, 0), "ts.encoding"):
                parts = children(extension, "ts.encoding")
                if parts[0][1] == b"\x55\x1d\x25":
                    self.purposes = {c[1] for c in children(
                        inside(parts[-1][1], 0), "ts.encoding")}


def find_path(link, others, anchor, seen=()):
    """By names alone: that it holds, openssl has said."""
    if link.issuer == anchor.subject:
        return [link, anchor]
    for other in others:
        if other.subject == link.issuer and other.subject not in seen:
            rest = find_path(other, others, anchor, (*seen, link.subject))
            if rest:
                return [link, *rest]
    return None


@functools.lru_cache(maxsize=None)
def openssl_says(query, token, others, roots, at):
    """None: it holds; else the rule.  at None: by no clock."""
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("q", query), ("t", token), ("o", others),
                           ("r", roots)):
            with open(f"{folder}/{name}", "wb") as out:
                out.write(data)
        words = ["openssl", "ts", "-verify", "-queryfile", "q", "-in", "t",
                 "-token_in", "-CAfile", "r", "-untrusted", "o"]
        words += (["-partial_chain", "-no_check_time"] if at is None else
                  ["-attime", str(at)])
        done = subprocess.run(words, cwd=folder, capture_output=True,
                              check=False)
    if done.returncode == 0:
        return None
    return next((rule for rule, said in WORDS if said in done.stderr),
                "ts.signature")


class Stamp:
    def __init__(self, files, checkpoint):
        self.query, data, self.others, _ = files
        imprint, nonce = read_query(self.query)
        self.data, self.token = data, Token(data)
        own = b"".join(map(write_pem, self.token.certificates))
        need(openssl_says(self.query, data, self.others, own, None) is None,
             "ts.signature")
        need(self.token.imprint == imprint == sha(checkpoint), "ts.imprint")
        need(self.token.nonce == nonce, "ts.nonce")
        named = children(inside(data, 0, 1, 0, 4, 0, 1), "ts.encoding")
        links = [Link(c) for c in self.token.certificates]
        self.authority = next((c for c in links if (c.issuer, c.serial) == (
            named[0][2], named[1][2])), None)
        need(self.authority, "ts.signer")
        self.links = links + [Link(c) for c in read_pem(self.others)]
        self.first = self.token.at - self.token.accuracy
        self.last = self.token.at + self.token.accuracy

    def holds(self, roots, at, is_now):
        """A rule, or None and by which root; then its keys are known."""
        if self.token.at > at >= self.first - SLACK:
            at = self.token.at
        if self.token.at > at:
            need(is_now, "ts.late")
            return "ts.late", None
        said = [(openssl_says(self.query, self.data, self.others, r, at), r)
                for r in roots]
        for rule, by in said:
            if rule is None:
                self.judge_path(Link(read_pem(by)[0]))
                return None, by
        return min(rule for rule, _ in said), None

    def judge_path(self, anchor):
        path = find_path(self.authority, self.links, anchor)
        need(path, "ts.chain")
        for link in path[1:-1]:
            need(link.purposes is None or link.purposes & PURPOSES, "ts.eku")
        self.keys = {link.key for link in path}


def independent(stamps):
    """How many share no key with one that was counted before."""
    counted = []
    for stamp in stamps:
        if all(stamp.keys.isdisjoint(keys) for keys in counted):
            counted.append(stamp.keys)
    return len(counted)


class Batch:
    """The tokens of one event."""

    def __init__(self, vault, event):
        size = event["detail"]["checkpoint"]["size"]
        folder = f"log/time-stamps/{size}"
        self.seq, self.size = event["seq"], size
        self.logged = seconds(event["time"])
        self.covered = seconds(vault.events[size - 1]["time"])

        def bound(name, digest):
            data = vault.read(f"{folder}/{name}", "time-stamp.files")
            need(hexsha(data) == digest, "time-stamp.files", name)
            return data

        checkpoint = bound("checkpoint",
                           event["detail"]["checkpoint"]["sha256"])
        files = [[bound(f"{n}.{end}", one[key]) for key, end in KINDS]
                 for n, one in enumerate(event["detail"]["stamps"], 1)]
        origin, said, top = vault.parse_note(checkpoint,
                                             vault.custody.log_key_at)
        need(origin == vault.origin and said == size and
             top == root(vault.leaves[:size]), "time.checkpoint")
        self.stamps = [Stamp(f, checkpoint) for f in files]

    def judge(self, later, roots, now, notes):
        cover = [b for b in later if b.size > self.seq]
        times = [b.by for b in cover if b.by is not None]
        rules, good = [], []
        for stamp in self.stamps:
            rule, by = stamp.holds(roots, min(times, default=now), not times)
            need(rule is None or rule in MISSING | {"ts.late"}, rule)
            if rule is not None:
                rules.append(rule)
                continue
            need(stamp.first - DAY <= self.logged, "time.back-dated")
            if stamp.last + DAY < self.covered:
                notes.add("time.order")
            else:
                good.append((stamp, by))
        if not good:
            notes.update(rules)
        self.by = min((s.last for s, _ in good), default=None)
        self.agree = independent(s for s, _ in good)
        behind = max((b.agree for b in cover), default=0)
        if times and behind < self.agree:
            self.agree = max(behind, independent(
                s for s, by in good if s.holds([by], now, True)[0] is None))


def check(vault, roots, now):
    """What follows of all batches: by when an entry existed, or None.  roots:
    PEM, one each; now: seconds."""
    events = [e for e in vault.events if e["type"] == "time-stamp"]
    sizes = [e["detail"]["checkpoint"]["size"] for e in events]
    need(len(sizes) == len(set(sizes)), "time-stamp.files", "stamped twice")
    batches = [Batch(vault, e) for e in events]
    demanded = [e["detail"]["policy"].get("time_stamp_authorities", 0)
                for e in vault.events
                if e["type"] in ("vault-created", "policy-changed")][-1]
    if batches and not roots:
        vault.notes.add("time.trust")
    if not batches and demanded:
        vault.notes.add("time.authorities")
    if not batches or not roots:
        return lambda seq: None
    for i in reversed(range(len(batches))):
        batches[i].judge(batches[i + 1:], roots, now, vault.notes)
    covered = max((b.size for b in batches if b.by is not None), default=0)
    if max((b.agree for b in batches if b.size == covered),
           default=0) < demanded:
        vault.notes.add("time.authorities")

    def proven_by(seq):
        return min((b.by for b in batches if b.size > seq and
                    b.by is not None), default=None)

    for seq, signer in vault.sealed:
        if (proven_by(seq) or 0) > signer.end:
            vault.notes.add("certificate.valid-proven")
    return proven_by


def roots_of(paths):
    found = []
    for path in paths:
        with open(path, "rb") as file:
            found += [write_pem(c) for c in read_pem(file.read())]
    return tuple(found)


def is_mark(vault, name):
    """A batch whose event was never logged, and its mark."""
    at = re.fullmatch(r"log/(?:staged/time-stamps-|time-stamps/)([1-9][0-9]*)"
                      r"(/(checkpoint|[1-9][0-9]?\.(tsq|tst|pem|crl)))?", name)
    return at and f"log/staged/time-stamps-{at[1]}" in vault.files and \
        f"log/time-stamps/{at[1]}/checkpoint" not in vault.seen
