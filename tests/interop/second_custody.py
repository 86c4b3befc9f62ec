# SPDX-License-Identifier: BSD-2-Clause
"""The second verifier's events and custody: custody.md, and log.md's types.

Custody.take() is given the events after entry 0 in order, each with its shape
already judged (event_shape); finish() says what only the end shows.  What may
not be is Bad, at the first; what leaves the answer open is in `notes`, and what
is only said in `said`.
"""
import base64
import re

from second_bytes import (HEX32, ID, NAT, ORIGIN, Bad, Certificate, need,
                          seconds, shaped, unbase64)

ANNOTATES = ("case note title date author recipient language type exhibit "
             "handling").split()
STATEMENT = {"format": "muniment-statement/1", **{k + "?": str for k in (
    "case received_from received_on method place purpose legal_basis note who "
    "carrier witness medium tool changes reason title date author recipient "
    "language type exhibit handling").split()}, "salt": HEX32}


def words(text):
    return re.compile("|".join(text.split()))


RESULT = words("passed failed")
RESULTS = {"archive": ID, "result": RESULT, "salt": HEX32}
KIND = words("evidentiary working")
POLICY = {"time_stamp_authorities": NAT}
ARCHIVE = {"archive": ID}
DOCUMENT = {"archive": ID, "document": range(1, 2 ** 32), "leaf": HEX32}
DEPOSIT = {"archive": ID, "sha256": HEX32, "seal": HEX32,
           "seal_signature": HEX32}
STAMP = {"query": HEX32, "token": HEX32, "certificates": HEX32, "crls": HEX32}
CREATED = {
    "prefix": re.compile("[A-Z][A-Z0-9]{1,15}"), "log_key": HEX32,
    "certificate_b64": base64, "recovery_b64?": base64, "policy": POLICY,
    "continues?": {"vault": HEX32, "checkpoint": HEX32, "reason": words(
        "key-lost log-lost forked migrated merged")}}
# v the vault, a an archive, d a document
TYPES = {
    "actor-enrolled": ("v", "CR", {
        "role": words("custodian depositor examiner counsel keeper"),
        "certificate_b64": base64}),
    "actor-revoked": ("v", "CR", {
        "actor": HEX32, "reason": words("retired superseded lost compromised"),
        "since?": seconds}),
    "key-rotated": ("v", "CR", {
        "actor?": HEX32, "certificate_b64?": base64, "log_key?": HEX32}),
    "policy-changed": ("v", "CR", {"policy": POLICY}),
    "deposit": ("", "CD", {}),
    "transfer": ("ad", "CDEA", {
        "step": words("handed-over accepted"), "entry?": HEX32,
        "form?": words("countersigned receipted asserted"), "from?": HEX32,
        "to?": HEX32, "receipt?": dict}),
    "access": ("ad", "CDEA", {
        "by?": HEX32, "started?": seconds, "ended?": seconds}),
    "examination": ("ad", "CE", {
        "by?": HEX32, "started?": seconds, "ended?": seconds,
        "before?": RESULT, "after?": RESULT}),
    "copy": ("ad", "CDEAK", {"kind": KIND, "to?": HEX32, "entries?": list}),
    "fixity-check": ("va", "CEK", {"result": RESULT, "results?": HEX32}),
    "relation": ("ad", "CDEA", {
        "relation": words("better-copy-of translation-of redaction-of "
                          "attachment-of rendition-of same-content-as"),
        "object": dict}),
    "annotation": ("ad", "CDEA", {"keys": list}),
    "migration": ("va", "C", {"kind": words("storage host software")}),
    "time-stamp": ("v", "CK", {
        "checkpoint": {"size": NAT, "sha256": HEX32}, "stamps": list}),
    "deaccession": ("a", "C", {"bytes": words("kept destroyed")}),
}
GENERAL = {"vault-created", "actor-enrolled", "actor-revoked", "key-rotated",
           "policy-changed", "fixity-check", "migration", "time-stamp"}
RECOVERY = {"actor-enrolled", "actor-revoked", "key-rotated", "policy-changed"}
LETTER = {"custodian": "C", "depositor": "D", "examiner": "E", "counsel": "A",
          "keeper": "K"}


def event_shape(line):
    kind = re.search(rb'"type":"([a-z-]{1,31})"', line)
    need(kind, "event.syntax", "type")
    kind = kind[1].decode()
    subject, detail = {"subject?": dict}, dict
    if kind == "vault-created":
        subject, detail = {}, CREATED
    elif kind == "deposit":
        subject = {"subject": DEPOSIT}
    elif kind in TYPES and TYPES[kind][0] == "v":
        subject = {}
    elif kind in TYPES and "v" not in TYPES[kind][0]:
        subject = {"subject": dict}
    if kind in TYPES:
        detail = {**TYPES[kind][2], "clock?": seconds}
    return {"format": "muniment-event/1", "origin": ORIGIN, "vault?": HEX32,
            "seq": NAT, "prev": HEX32, "time": seconds, "type": kind,
            "actor": HEX32, **subject, "detail": detail, "statement?": HEX32,
            "nonce": HEX32}


def reference(value, kinds="ad"):
    kind = "d" if "document" in value else "a"
    need(kind in kinds, "event.syntax", "kind of subject")
    shaped(value, DOCUMENT if kind == "d" else ARCHIVE)
    return value["archive"], value.get("document", 0)


def about(event):
    """The archive that an event is about, whatever its type; None: none, or
    what it says is no subject."""
    subject = event.get("subject", {})
    archive, document = subject.get("archive"), subject.get("document", 1)
    if not isinstance(archive, str) or not ID.fullmatch(archive):
        return None
    if "document" in subject and (
            type(document) is not int or document not in range(1, 2 ** 32) or
            not HEX32.fullmatch(str(subject.get("leaf")))):
        return None
    return archive


def ranges(value, seq):
    need(0 < len(value) <= 900, "event.syntax", "entries")
    last = -2
    for pair in value:
        need(type(pair) is list and len(pair) == 2 and
             all(type(x) is int for x in pair) and
             last + 1 < pair[0] <= pair[1] < seq and pair[0] >= 0,
             "event.syntax", "entries")
        last = pair[1]


def judge_detail(event):
    """What has to go together, beyond the keys and their values."""
    kind, detail = event["type"], event["detail"]
    subject = event.get("subject")
    has = lambda *keys: [k in detail for k in keys]  # noqa: E731
    rule = "event.syntax"
    if kind != "deposit" and subject is not None:
        reference(subject, TYPES[kind][0])
    if kind == "actor-revoked":
        need(has("since")[0] == (detail["reason"] in ("lost", "compromised")),
             rule, "since")
    elif kind == "key-rotated":
        need(has("actor", "certificate_b64", "log_key") in (
            [True, True, False], [False, False, True]), rule, "two keys")
    elif kind == "transfer":
        given = has("entry", "form", "from", "to", "receipt")
        if detail["step"] == "accepted":
            need(given == [True] + [False] * 4, rule, "accepted")
        else:
            need(given[:2] == [False, True] and
                 given[4] == (detail["form"] == "receipted") and
                 (given[3] or detail["form"] != "countersigned"), rule, "form")
        if given[4]:
            reference(detail["receipt"])
    elif kind in ("access", "examination") and all(has("started", "ended")):
        need(seconds(detail["started"]) <= seconds(detail["ended"]), rule,
             "ended before it started")
    elif kind == "copy" and "entries" in detail:
        need("document" not in subject and detail["kind"] == "evidentiary",
             rule, "entries")
        ranges(detail["entries"], event["seq"])
    elif kind == "fixity-check":
        need(has("results")[0] == (subject is None), rule, "results")
    elif kind == "time-stamp":
        need(1 <= detail["checkpoint"]["size"] <= event["seq"], rule, "size")
        need(1 <= len(detail["stamps"]) <= 16, rule, "stamps")
        for stamp in detail["stamps"]:
            shaped(stamp, STAMP)
    elif kind == "relation":
        need(reference(detail["object"]) != reference(subject), rule, "itself")
    elif kind == "annotation":
        keys = detail["keys"]
        need(keys and keys == [k for k in ANNOTATES if k in keys] and
             "statement" in event, rule, "keys")


class Actor:
    def __init__(self, role):
        self.role, self.revoked, self.signed = role, None, []
        self.since = None


class Custody:
    def __init__(self, created, signer):
        self.notes, self.said = set(), set()
        self.actors, self.certs, self.replaced = {}, {}, set()
        self.log_keys = [(1, bytes.fromhex(created["log_key"]), False)]
        self.holders, self.pending, self.failed = {}, {}, {}
        self.checked, self.withdrawn = {}, {}
        self.destroyed, self.about = set(), []
        self.due = {None: {0}}  # what a hand-out lists: general, by archive
        self.enrol(signer, Actor("custodian")).signed.append(0)
        if "recovery_b64" in created:
            self.enrol(Certificate(unbase64(created["recovery_b64"])),
                       Actor("recovery"))

    def enrol(self, cert, actor):
        need(cert.fingerprint not in self.actors, "event.enrolment", "known")
        self.actors[cert.fingerprint] = actor
        self.certs[cert.fingerprint] = cert.data
        need(len(self.actors) <= 4096, "event.enrolment", "too many")
        return actor

    def fresh(self, detail):
        cert = Certificate(unbase64(detail["certificate_b64"]))
        try:
            cert.may_sign()
        except Bad as bad:
            raise Bad("event.enrolment", bad.args[0]) from None
        return cert

    def named(self, fingerprint):
        """An actor that an event names; the recovery certificate is none."""
        actor = self.actors.get(fingerprint)
        need(actor is not None and actor.role != "recovery",
             "event.reference", "no actor")
        return actor

    def take(self, event, entry):
        self.judge(event, entry)
        archive = about(event)
        if archive or (event["type"] in GENERAL and "subject" not in event):
            self.due.setdefault(archive, set()).add(event["seq"])

    def judge(self, event, entry):
        kind, known = event["type"], event["type"] in TYPES
        if known:
            try:
                judge_detail(event)
            except Bad as bad:
                raise Bad("event.syntax", *bad.args[1:]) from None
        signer = self.actors.get(event["actor"])
        need(signer is not None, "event.actor-not-enrolled")
        need(signer.revoked is None and event["actor"] not in self.replaced,
             "event.actor-revoked")
        if signer.role == "recovery":
            need(kind in RECOVERY, "event.role", "recovery")
        elif known:
            need(LETTER[signer.role] in TYPES[kind][1], "event.role", kind)
        signer.signed.append(event["seq"])
        if not known:
            self.notes.add("event.unknown-type")
            return
        if kind != "deposit" and "subject" in event:
            archive, _ = reference(event["subject"])
            need((archive, 0) in self.holders, "event.subject", archive)
        self.about += [x for x in (
            event.get("subject"), event["detail"].get("object"),
            event["detail"].get("receipt")) if x and "document" in x]
        for key in ("by", "from", "to"):
            if key in event["detail"]:
                self.named(event["detail"][key])
        act = getattr(self, kind.replace("-", "_"), None)
        if act:
            act(event, event["detail"], signer, entry)

    # ---- who acts ----

    def actor_enrolled(self, _event, detail, _signer, _entry):
        self.enrol(self.fresh(detail), Actor(detail["role"]))

    def actor_revoked(self, event, detail, _signer, _entry):
        rule = "event.enrolment"
        actor = self.actors.get(detail["actor"])
        need(actor is not None, rule, "no actor")
        need(actor.role != "recovery", rule, "recovery")
        since = detail.get("since")
        need(since is None or seconds(since) <= seconds(event["time"]), rule,
             "since a time to come")
        if actor.revoked is not None:
            need(since is not None and (
                actor.since is None or seconds(since) < seconds(actor.since)),
                rule, "says no more than before")
            actor.since = since
            return
        left = {id(a) for a in self.actors.values()
                if a.role == "custodian" and a.revoked is None}
        need(left != {id(actor)}, rule, "the last custodian")
        actor.revoked = detail["reason"]
        actor.since = since

    def key_rotated(self, event, detail, signer, _entry):
        rule = "event.enrolment"
        if "log_key" in detail:
            key = bytes.fromhex(detail["log_key"])
            need(key not in [k[1] for k in self.log_keys], rule, "log key")
            self.log_keys.append((event["seq"] + 1, key,
                                  signer.role == "recovery"))
            return
        actor = self.actors.get(detail["actor"])
        need(actor is not None and actor.revoked is None and
             detail["actor"] not in self.replaced, rule, "not in use")
        need(actor.role != "recovery" or signer is actor, rule, "recovery")
        self.enrol(self.fresh(detail), actor)
        self.replaced.add(detail["actor"])

    # ---- who holds ----

    def deposit(self, event, _detail, signer, _entry):
        place = (event["subject"]["archive"], 0)
        need(place not in self.holders, "event.deposit-twice")
        self.holders[place] = signer

    def transfer(self, event, detail, signer, entry):
        place = reference(event["subject"])
        if detail["step"] == "accepted":
            due = self.pending.pop(place, None)
            need(due == (detail["entry"], signer), "event.reference",
                 "accepts what was not handed over")
            self.holders[place] = signer
            return
        giver = self.actors[detail["from"]] if "from" in detail else None
        taker = self.actors[detail["to"]] if "to" in detail else None
        need(taker is None or taker.revoked is None, "event.reference", "to")
        need(signer.role == "custodian" or signer is giver or
             (giver is None and signer is taker), "event.role", "transfer")
        if giver is not self.holders.get(place,
                                         self.holders[place[0], 0]):
            self.notes.add("custody.not-holder")
        if self.pending.pop(place, None):
            self.said.add("custody.replaced")
        if detail["form"] == "countersigned":
            self.pending[place] = entry, taker
            return
        if detail["form"] == "asserted":
            self.said.add("custody.asserted")
        self.holders[place] = taker

    def fixity_check(self, event, detail, _signer, _entry):
        place = event.get("subject", {}).get("archive")
        if self.failed.get(place) and detail["result"] == "passed":
            self.said.add("fixity.repaired")
        self.failed[place] = detail["result"] == "failed"
        self.checked[place] = event["seq"]

    def copy(self, event, detail, _signer, _entry):
        if "entries" in detail:
            listed = {seq for first, last in detail["entries"]
                      for seq in range(first, last + 1)}
            need(listed == self.due[None] | self.due[about(event)],
                 "event.hand-out", str(event["seq"]))

    def deaccession(self, event, detail, _signer, _entry):
        self.said.add("custody.withdrawn")
        self.withdrawn[event["subject"]["archive"]] = event["seq"]
        if detail["bytes"] == "destroyed":
            self.destroyed.add(event["subject"]["archive"])

    def finish(self):
        if self.pending:
            self.said.add("custody.pending")
        if any(failed for place, failed in self.failed.items() if place):
            self.notes.add("fixity.failed")
        if self.failed.get(None):
            self.finish_vault(self.checked[None])

    def finish_vault(self, seq):
        looked_at = {archive for archive, document in self.holders
                     if not document and not (
                         archive in self.destroyed and
                         self.withdrawn[archive] < seq)}
        if looked_at and all(
                self.checked.get(archive, 0) > seq and not self.failed[archive]
                for archive in looked_at):
            self.said.add("fixity.settled")
        else:
            self.notes.add("fixity.failed-somewhere")

    def contested(self, proven_by):
        """What a lost key signed stands if it is proven to be older."""
        for actor in self.actors.values():
            if actor.since is None:
                continue
            times = [proven_by(seq) for seq in actor.signed]
            if any(by is None or by >= seconds(actor.since) for by in times):
                self.notes.add("event.contested")

    def log_key_at(self, size):
        """The key of the head of that size; the one before it, if that has to
        sign this head too."""
        at = [k for k in self.log_keys if k[0] <= size]
        handed_on = len(at) > 1 and at[-1][0] == size and not at[-1][2]
        return at[-1][1], at[-2][1] if handed_on else None
