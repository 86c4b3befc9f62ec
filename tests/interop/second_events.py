# SPDX-License-Identifier: BSD-2-Clause
"""Events of custody before two verifiers.

A vault is made with the program's own commands, then events are appended that
an honest signer writes and that none may write, each signed with the right
key under a good checkpoint, so that only what custody.md says can object.
Where a case names a rule, both have to give that rule as their reason.
"""
import base64
import json
import os
import random
import shutil
import tempfile

import second_bytes as sb
import second_custody as sc
import second_hand_outs
import second_verifier

LINES = "lines"  # stands for the root over a line for each archive

ROLES = {"Egret": "custodian", "Dunlin": "depositor", "Plover": "examiner",
         "Crane": "counsel", "Wren": "keeper", "Rail": "counsel"}
SPARE = ("Stork", "Swift")  # keys that nobody enrolled
ZERO = "00" * 32


def archive(number):
    return {"archive": f"STR-{number:04}"}


class Events:
    def __init__(self, tools):
        self.t = tools  # the helpers of second.py
        self.signers = {}
        self.trust = self.make()
        self.vault = second_verifier.Vault("c")
        self.log_key = tools.log_key("kc", self.vault.key)
        self.now = sb.seconds(self.vault.events[-1]["time"]) + 60

    # ---- the vault ----

    def run(self, keys, *words):
        return self.t.must(self.t.program, "-C", "c", "--keys", keys, *words)

    def make(self):
        must = self.t.must
        os.mkdir("rc")
        os.makedirs("papers/more")
        for name in ("a", "b", "more/c"):
            with open(f"papers/{name}.txt", "w", encoding="utf-8") as out:
                out.write(f"paper {name}\n")
        must(self.t.program, "init", "c", "--keys", "kc", "--no-passphrase",
             "--volatile", "--prefix", "STR", "--origin", "example.org/c",
             "--as", "Heron", "--recovery", "rc/recovery.key")
        for name in (*ROLES, *SPARE):
            must(self.t.program, "key", "new", "--keys", f"k{name}", "--as",
                 name, "--no-passphrase", "--volatile", "--log-key-from", "kc")
        for name, role in ROLES.items():
            self.run("kc", "actor", "enrol", f"k{name}/actor.pem", "--role",
                     role)
        for keys, what in (("kc", "papers"), ("kc", "papers/a.txt"),
                           ("kDunlin", "papers/b.txt")):
            self.run(keys, "deposit", "--yes", "--case", "T-17", what)
        self.live()
        must("chmod", "-R", "u+w", "c")
        self.signers["Heron"] = self.signer("kc", "kc/actor.pem")
        for name in (*ROLES, *SPARE):
            self.signers[name] = self.signer(f"k{name}", f"k{name}/actor.pem")
        known = {s.certificate.fingerprint for s in self.signers.values()}
        (other,) = [n for n in os.listdir("c/certs") if n[:64] not in known]
        self.signers["recovery"] = self.signer("rc", f"c/certs/{other}")
        return must(self.t.program, "-C", "c", "fingerprint").decode().split(
            "\n")[0]

    def live(self):
        """All kinds of events that the program writes."""
        run = self.run
        run("kc", "record", "transfer", "STR-0001", "--to", "Egret",
            "--from", "Heron", "--place", "Lviv")
        seq = len(second_verifier.Vault("c").events) - 1
        run("kEgret", "record", "transfer", "STR-0001", "--accept", str(seq))
        run("kc", "record", "transfer", "STR-0002", "--from", "Heron", "--who",
            "court registry")
        run("kPlover", "record", "examination", "STR-0001/2", "--before",
            "passed", "--after", "passed", "--tool", "file 5.44")
        run("kCrane", "record", "access", "STR-0001/1", "--purpose", "defence")
        run("kc", "record", "copy", "STR-0001", "--kind", "working", "--to",
            "Crane")
        run("kc", "record", "migration", "--kind", "host")
        run("kWren", "record", "fixity-check", "STR-0002")
        run("kc", "link", "STR-0002/1", "--translation-of", "STR-0001/1")
        run("kDunlin", "annotate", "STR-0001/1", "exhibit=P-17", "title=Order")
        run("kc", "actor", "revoke", "Rail", "--reason", "retired")

    def signer(self, keys, pem):
        with open(pem, "rb") as file:
            return self.t.signer(keys, sb.Certificate(
                sb.read_pem(file.read())[0]))

    def id(self, name):
        return self.signers[name].certificate.fingerprint

    def b64(self, name):
        return base64.b64encode(self.signers[name].certificate.data).decode()

    # ---- one log ----

    def document(self, number, n):
        """A reference to a document of the vault."""
        with self.t.tar(f"c/archives/STR-{number:04}.tar") as tar:
            data = tar.extractfile(
                f"STR-{number:04}/metadata/documents.jsonl").read()
        return {**archive(number), "document": n, "leaf": sb.sha(
            b"\0" + data.split(b"\n")[n - 1]).hex()}

    def event(self, entries, who, kind, subject, detail, said=None):
        event = {"format": "muniment-event/1", "origin": self.vault.origin,
                 "vault": self.vault.fingerprint, "seq": len(entries),
                 "prev": sb.hexsha(entries[-1]), "time": sb.stamp(self.now),
                 "type": kind, "actor": self.id(who), "subject": subject,
                 "detail": detail, "statement": said, "nonce": ZERO}
        return {k: v for k, v in event.items() if v is not None}

    def append(self, folder, entries, who, event):
        entries.append(self.signers[who].cms(
            self.t.write(event) + b"\n", self.now, True))
        pem = event["detail"].get("certificate_b64")
        try:
            der = sb.unbase64(pem)
            with open(f"{folder}/certs/{sb.hexsha(der)}.pem", "wb") as out:
                out.write(sb.write_pem(der))
        except (sb.Bad, TypeError):
            pass  # none, or one that a change spoilt

    def put_lines(self, folder, seq, result, change=lambda rows: rows):
        """A line for each archive of the vault; their root.  If one is to have
        failed, it is the first."""
        rows = [{"archive": e["subject"]["archive"], "result": "passed",
                 "salt": f"{i:064x}"} for i, e in enumerate(
                     e for e in self.vault.events if e["type"] == "deposit")]
        if result == "failed":
            rows[0]["result"] = "failed"
        data = [self.t.write(row) + b"\n" for row in change(rows)]
        os.makedirs(f"{folder}/log/results", exist_ok=True)
        with open(f"{folder}/log/results/{seq:06}.jsonl", "wb") as out:
            out.write(b"".join(data))
        return sb.root([sb.sha(b"\0" + row) for row in data]).hex()

    def case(self, what, events, verdict=None, *rules, keys=None, after=None):
        """events: (who, type, subject, detail[, statement]); a detail may be a
        function of the entries before it.  keys: [(key file, public)] of the
        checkpoint.  after: what is done to the folder at the end."""
        copy = tempfile.mkdtemp(dir=".") + "/v"
        shutil.copytree("c", copy)
        os.unlink(f"{copy}/index.sqlite")
        entries = list(self.vault.entries)
        for who, kind, subject, detail, *typed in events:
            if callable(detail):
                detail = detail(entries)
            said = None
            if typed:
                data = self.t.write({"format": "muniment-statement/1",
                                     **typed[0], "salt": ZERO}) + b"\n"
                said = sb.hexsha(data)
                with open(f"{copy}/log/statements/{len(entries):06}.json",
                          "wb") as out:
                    out.write(data)
            if isinstance(detail.get("results"), str) and \
                    detail["results"] == LINES:
                detail = {**detail, "results": self.put_lines(
                    copy, len(entries), detail.get("result"))}
            detail = second_hand_outs.exact(entries, subject, detail)
            self.append(copy, entries, who, self.event(
                entries, who, kind, subject, detail, said))
        self.t.write_log(copy, entries, self.vault.origin,
                         keys or [(self.log_key, self.vault.key)])
        if after:
            after(copy)
        self.t.both(f"custody: {what}", copy, self.trust, verdict, *rules)
        shutil.rmtree(os.path.dirname(copy))

    # ---- cases ----

    def good(self):
        """One event of each type but deposit, as an honest signer writes it;
        none depends on another."""
        return {
            "actor-enrolled": (None, {"role": "keeper",
                                      "certificate_b64": self.b64("Stork")}),
            "actor-revoked": (None, {"actor": self.id("Dunlin"),
                                     "reason": "superseded"}),
            "key-rotated": (None, {"actor": self.id("Wren"),
                                   "certificate_b64": self.b64("Swift")}),
            "policy-changed": (None, {"policy": {
                "time_stamp_authorities": 0}}),
            "transfer": (archive(2), {
                "step": "handed-over", "form": "countersigned",
                "to": self.id("Egret")}),
            "access": (self.document(1, 2), {
                "by": self.id("Rail"), "started": "2026-02-03T04:05:06Z",
                "ended": "2026-02-03T04:05:06Z"}),
            "examination": (archive(1), {
                "by": self.id("Heron"), "started": "1999-12-31T23:59:59Z",
                "before": "failed", "after": "passed"}),
            "copy": (archive(1), {"kind": "evidentiary", "to":
                                  self.id("Wren"), "entries":
                                  second_hand_outs.EXACT}),
            "fixity-check": (None, {"result": "passed", "results": LINES}),
            "relation": (archive(1), {"relation": "attachment-of",
                                      "object": self.document(1, 3)}),
            "annotation": (self.document(1, 1), {"keys": ["case", "exhibit"]},
                           {"case": "T-18", "exhibit": "P-1"}),
            "migration": (archive(3), {"kind": "storage"}),
            "deaccession": (archive(3), {"bytes": "kept"}),
        }

    def roles(self):
        good = self.good()
        for who in ("Heron", "Dunlin", "Plover", "Crane", "Wren", "recovery"):
            letter = sc.LETTER.get(ROLES.get(who, "custodian"))
            if who == "recovery":
                letter = "R"
            may = [k for k in good if letter in sc.TYPES[k][1]]
            # a transfer is said by whoever hands over, or gets it
            events = [(who, k, *good[k]) for k in may if k != "transfer" or
                      who == "Heron"]
            self.case(f"all that {who} may sign", events, "PASSED")
            for kind in good:
                if kind not in may or kind == "transfer" and who != "Heron":
                    self.case(f"{kind} by {who}", [(who, kind, *good[kind])],
                              "FAILED", "event.role")
            self.case(f"deposit by {who}", [(
                who, "deposit", {**self.vault.known["STR-0003"]["subject"],
                                 "archive": "STR-0009"}, {})], "FAILED",
                      *(["archive.missing"] if letter in "CD" else
                        ["event.role"]))
            for kind in ("accession", "x-y", "disclosure"):
                self.case(f"{kind} by {who}",
                          [(who, kind, {"any": [1]}, {"thing": ""})],
                          *(["FAILED", "event.role"] if who == "recovery" else
                            ["INDETERMINATE", "event.unknown-type"]))
        self.case("an unknown type by nobody", [("Stork", "x", None, {})],
                  "FAILED", "event.actor-not-enrolled")

    def handing(self, who, to=None, giver=None, form="countersigned",
                subject=None, **more):
        detail = {"step": "handed-over", "form": form,
                  "from": giver and self.id(giver), "to": to and self.id(to),
                  **more}
        return (who, "transfer", subject or archive(1),
                {k: v for k, v in detail.items() if v is not None})

    @staticmethod
    def accept(who, back, subject=None):
        return (who, "transfer", subject or archive(1), lambda entries: {
            "step": "accepted", "entry": sb.hexsha(entries[-back])})

    def transfers(self):
        hand, accept, case = self.handing, self.accept, self.case
        paper = {"receipt": self.document(2, 1)}
        # Egret holds STR-0001, somebody outside STR-0002, Dunlin STR-0003
        case("there and back", [
            hand("Egret", "Plover", "Egret"), accept("Plover", 1),
            hand("Plover", "Egret", "Plover"), accept("Egret", 1)], "PASSED")
        case("pending", [hand("Egret", "Plover", "Egret")], "PASSED")
        case("replaced", [hand("Egret", "Plover", "Egret"),
                          hand("Egret", "Crane", "Egret"),
                          accept("Crane", 1)], "PASSED")
        bad = ("FAILED", "event.reference")
        case("the replaced one accepted", [
            hand("Egret", "Plover", "Egret"), hand("Egret", "Crane", "Egret"),
            accept("Plover", 2)], *bad)
        case("accepted twice", [hand("Egret", "Plover", "Egret"),
                                accept("Plover", 1), accept("Plover", 2)],
             *bad)
        case("accepted by another", [hand("Egret", "Plover", "Egret"),
                                     accept("Crane", 1)], *bad)
        case("accepted by a custodian", [hand("Egret", "Plover", "Egret"),
                                         accept("Heron", 1)], *bad)
        case("accepted with another subject", [
            hand("Egret", "Plover", "Egret"),
            accept("Plover", 1, self.document(1, 1))], *bad)
        case("accepted with another archive", [
            hand("Egret", "Plover", "Egret"),
            accept("Plover", 1, archive(3))], *bad)
        case("accepted what is no hand-over", [accept("Plover", 1)], *bad)
        case("accepted what receipt settled", [
            hand("Egret", "Plover", "Egret", "receipted", **paper),
            accept("Plover", 1)], *bad)
        case("receipted", [hand("Egret", "Plover", "Egret", "receipted",
                                **paper)], "PASSED")
        case("asserted ends a pending one", [
            hand("Egret", "Plover", "Egret"),
            hand("Egret", None, "Egret", "asserted"), accept("Plover", 2)],
             *bad)
        case("got from outside", [hand("Plover", "Plover", None, "asserted",
                                       archive(2))], "PASSED")
        case("from outside, said by another", [
            hand("Plover", "Crane", None, "asserted", archive(2))],
             "FAILED", "event.role")
        case("said by another", [hand("Plover", "Plover", "Egret",
                                      "asserted")], "FAILED", "event.role")
        case("said by a custodian", [hand("Heron", "Plover", "Egret",
                                          "asserted")], "PASSED")
        case("by who does not hold it", [
            hand("Plover", "Crane", "Plover")], "INDETERMINATE",
             "custody.not-holder")
        case("taken all the same", [
            hand("Plover", "Crane", "Plover", "asserted"),
            hand("Crane", "Egret", "Crane", "asserted")], "INDETERMINATE",
             "custody.not-holder")
        case("outside, though an actor held it", [
            hand("Heron", "Plover", None, "asserted")], "INDETERMINATE",
             "custody.not-holder")
        one, two = self.document(1, 1), self.document(1, 2)
        case("a document goes with its archive", [
            hand("Egret", "Plover", "Egret", "asserted"),
            hand("Plover", "Crane", "Plover", "asserted", one)], "PASSED")
        case("a document by itself stays", [
            hand("Egret", "Crane", "Egret", "asserted", one),
            hand("Egret", "Plover", "Egret", "asserted"),
            hand("Crane", None, "Crane", "asserted", one),
            hand("Plover", None, "Plover", "asserted", two)], "PASSED")
        case("a pending document goes with its archive", [
            hand("Egret", "Crane", "Egret", "countersigned", one),
            hand("Egret", "Plover", "Egret", "asserted"),
            hand("Plover", "Crane", "Plover", "asserted", one)], "PASSED")
        for where, name in (("to", "Stork"), ("to", "Rail"),
                            ("to", "recovery"), ("from", "Stork"),
                            ("from", "recovery")):
            case(f"{where} {name}", [("Heron", "transfer", archive(2), {
                "step": "handed-over", "form": "asserted",
                where: self.id(name)})], *bad)
        for kind in ("access", "examination"):
            for name in ("Stork", "recovery"):
                case(f"{kind} by {name}", [("Heron", kind, archive(1), {
                    "by": self.id(name)})], *bad)
        for name in ("Stork", "recovery"):
            case(f"copy to {name}", [("Heron", "copy", archive(1), {
                "kind": "working", "to": self.id(name)})], *bad)

    def actors(self):
        case, id_, b64 = self.case, self.id, self.b64
        enrol = lambda who, name, role="keeper": (  # noqa: E731
            who, "actor-enrolled", None, {"role": role,
                                          "certificate_b64": b64(name)})
        revoke = lambda who, name, reason="retired", **more: (  # noqa: E731
            who, "actor-revoked", None, {"actor": id_(name), "reason": reason,
                                         **more})
        rotate = lambda who, old, new: (  # noqa: E731
            who, "key-rotated", None, {"actor": id_(old),
                                       "certificate_b64": b64(new)})
        look = lambda who: (who, "access", archive(1), {})  # noqa: E731
        note = lambda who: (who, "annotation", archive(1), {  # noqa: E731
            "keys": ["note"]}, {"note": "x"})
        wrong = ("FAILED", "event.enrolment")
        gone = ("FAILED", "event.actor-revoked")
        since = {"since": "2026-05-06T07:08:09Z"}
        earlier = {"since": "2026-05-06T07:08:08Z"}
        case("signed before enrolment", [look("Stork"),
                                         enrol("Heron", "Stork", "counsel")],
             "FAILED", "event.actor-not-enrolled")
        case("signed after enrolment", [enrol("Heron", "Stork", "counsel"),
                                        look("Stork")], "PASSED")
        case("signed after revocation", [look("Rail")], *gone)
        case("enrolled again", [enrol("Heron", "Rail")], *wrong)
        case("enrolled twice", [enrol("Heron", "Wren")], *wrong)
        case("the recovery certificate enrolled", [enrol("Heron", "recovery")],
             *wrong)
        case("revoked twice", [revoke("Heron", "Rail")], *wrong)
        case("stolen, but retired itself first", [
            revoke("Egret", "Egret"),
            revoke("Heron", "Egret", "compromised", **since)],
             "INDETERMINATE", "event.contested")
        case("stolen, by recovery, but retired itself first", [
            revoke("Egret", "Egret", "superseded"),
            revoke("recovery", "Egret", "lost", **since)],
             "INDETERMINATE", "event.contested")
        case("stolen earlier than was said", [
            revoke("Heron", "Crane", "lost", **since),
            revoke("Heron", "Crane", "compromised", **earlier)],
             "INDETERMINATE", "event.contested")
        for reason, more in (("retired", {}), ("superseded", {}),
                             ("lost", since), ("compromised", earlier)):
            case(f"stolen, then {reason}", [
                revoke("Heron", "Crane", "compromised", **earlier),
                revoke("Heron", "Crane", reason, **more)], *wrong)
        case("lost now", [revoke("Heron", "Crane", "lost",
                                 since=sb.stamp(self.now))],
             "INDETERMINATE", "event.contested")
        case("lost since tomorrow", [
            revoke("Heron", "Crane", "lost",
                   since=sb.stamp(self.now + 1))], *wrong)
        case("nobody revoked", [revoke("Heron", "Stork")], *wrong)
        case("recovery revoked", [revoke("Heron", "recovery")], *wrong)
        case("recovery revokes itself", [revoke("recovery", "recovery")],
             *wrong)
        case("the last custodian revoked", [
            revoke("Heron", "Egret"), revoke("Heron", "Heron")], *wrong)
        case("a custodian revokes itself", [revoke("Heron", "Heron")],
             "PASSED")
        case("and signs on", [revoke("Heron", "Heron"), look("Heron")], *gone)
        case("compromised, and signed something", [
            revoke("Heron", "Crane", "compromised", **since)],
             "INDETERMINATE", "event.contested")
        case("lost, and signed nothing", [
            enrol("Heron", "Stork"), revoke("Heron", "Stork", "lost",
                                            **since)], "PASSED")
        case("the founder, by recovery", [
            revoke("recovery", "Heron", "compromised", **since)],
             "INDETERMINATE", "event.contested")
        case("rotated", [rotate("Heron", "Crane", "Stork"), note("Stork")],
             "PASSED")
        case("the replaced key signs", [rotate("Heron", "Crane", "Stork"),
                                        note("Crane")], *gone)
        case("the replaced key signs its own end", [
            rotate("Egret", "Egret", "Stork"), note("Stork")], "PASSED")
        case("revoked by its old certificate", [
            rotate("Heron", "Crane", "Stork"), revoke("Heron", "Crane"),
            note("Stork")], *gone)
        case("lost, signed under the old certificate only", [
            rotate("Heron", "Crane", "Stork"),
            revoke("Heron", "Stork", "lost", **since)], "INDETERMINATE",
             "event.contested")
        case("replaced twice", [rotate("Heron", "Crane", "Stork"),
                                rotate("Heron", "Crane", "Swift")], *wrong)
        case("replaced by a known one", [rotate("Heron", "Crane", "Wren")],
             *wrong)
        case("a revoked one replaced", [rotate("Heron", "Rail", "Stork")],
             *wrong)
        case("nobody replaced", [rotate("Heron", "Swift", "Stork")], *wrong)
        case("holds what it held", [
            rotate("Heron", "Egret", "Stork"),
            self.handing("Stork", "Crane", "Stork", "asserted")], "PASSED")
        case("named by the old certificate", [
            rotate("Heron", "Egret", "Stork"),
            self.handing("Stork", "Crane", "Egret", "asserted")], "PASSED")
        case("recovery replaces itself", [
            rotate("recovery", "recovery", "Stork"),
            enrol("Stork", "Swift")], "PASSED")
        case("recovery replaced by a custodian", [
            rotate("Heron", "recovery", "Stork")], *wrong)
        case("recovery enrols", [enrol("recovery", "Stork", "custodian"),
                                 revoke("Stork", "Crane")], "PASSED")
        self.unfit()

    def unfit(self):
        self.t.must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
                    "-out", "ca.der", "-outform", "DER", "-subj", "/CN=x",
                    "-days", "9")
        with open("ca.der", "rb") as file:
            der = base64.b64encode(file.read()).decode()
        for detail in ({"role": "keeper"}, {"actor": self.id("Crane")}):
            self.case("a certificate that may not sign", [(
                "Heron", "actor-enrolled" if "role" in detail else
                "key-rotated", None, {**detail, "certificate_b64": der})],
                      "FAILED", "event.enrolment")
        self.case("certificate_b64 is none", [(
            "Heron", "actor-enrolled", None, {
                "role": "keeper", "certificate_b64": "AAAA"})], "FAILED")
        self.case("certificate file missing", [(
            "Heron", "actor-enrolled", None, {
                "role": "keeper", "certificate_b64": self.b64("Stork")})],
                  "FAILED", "certs.differs", after=lambda v: os.unlink(
                      f"{v}/certs/{self.id('Stork')}.pem"))

    def log_keys(self):
        made = []
        for i in range(2):
            path = os.path.abspath(f"log{i}.pem")
            self.t.must("openssl", "genpkey", "-algorithm", "ed25519", "-out",
                        path)
            made.append((path, self.t.must(
                "openssl", "pkey", "-in", path, "-pubout", "-outform",
                "DER")[-32:]))
        first, (second, third) = (self.log_key, self.vault.key), made
        rotate = lambda who, key: (  # noqa: E731
            who, "key-rotated", None, {"log_key": key[1].hex()})
        look = ("Heron", "access", archive(1), {})
        head = ("FAILED", "log.checkpoint")
        by_us = [rotate("Heron", second)]
        self.case("log key replaced", by_us, "PASSED", keys=[second, first])
        self.case("the two lines turned round", by_us, *head,
                  keys=[first, second])
        for name, keys in (("old key alone", [first]),
                           ("new key alone", [second]),
                           ("another's second line", [second, third])):
            self.case(name, by_us, *head, keys=keys)
        self.case("one entry on", [*by_us, look], "PASSED", keys=[second])
        self.case("one entry on, two lines", [*by_us, look], *head,
                  keys=[second, first])
        self.case("one entry on, old key", [*by_us, look], *head,
                  keys=[first])
        self.case("replaced twice", [*by_us, rotate("Heron", third)],
                  "PASSED", keys=[third, second])
        self.case("replaced twice, by the first key", [
            *by_us, rotate("Heron", third)], *head, keys=[third, first])
        by_recovery = [rotate("recovery", second)]
        self.case("by recovery", by_recovery, "PASSED", keys=[second])
        self.case("by recovery, two lines", by_recovery, *head,
                  keys=[second, first])
        self.case("a log key twice", [rotate("Heron", first)], "FAILED",
                  "event.enrolment", keys=[first])
        self.case("a log key twice, later", [*by_us, rotate("Heron", first)],
                  "FAILED", "event.enrolment", keys=[second])

    def subjects(self):
        case = self.case
        about = lambda subject: [("Heron", "access", subject, {})]  # noqa: E731
        one = self.document(1, 1)
        case("an archive not deposited", about(archive(9)), "FAILED",
             "event.subject")
        case("annotated, not deposited", [
            ("Heron", "annotation", archive(4), {"keys": ["note"]},
             {"note": "x"})], "FAILED", "event.subject")
        lie = ("FAILED", "event.subject")
        case("another leaf", about({**one, "leaf": "ab" * 32}), *lie)
        case("the leaf of another document", about({**one, "document": 2}),
             *lie)
        case("no such document", about({**one, "document": 4}), *lie)
        case("an object's leaf", [("Heron", "relation", archive(2), {
            "relation": "rendition-of", "object": {**one, "document": 3}})],
             *lie)
        case("a receipt that is not there", [self.handing(
            "Egret", None, "Egret", "receipted", receipt={
                **self.document(2, 1), "document": 2})], *lie)
        case("an object in another vault", [("Heron", "relation", archive(2), {
            "relation": "rendition-of", "object": {
                **one, "archive": "OTH-0001", "leaf": "ab" * 32}})], "PASSED")
        case("a receipt of an archive that is not there", [self.handing(
            "Egret", None, "Egret", "receipted", receipt=archive(9))],
             "PASSED")
        case("document 0", about({**one, "document": 0}), "FAILED",
             "event.syntax")
        case("document 2^32", about({**one, "document": 2 ** 32}), "FAILED",
             "event.syntax")
        case("no leaf", about({**archive(1), "document": 1}), "FAILED",
             "event.syntax")
        case("other prefix", about({"archive": "OTH-0001"}), "FAILED",
             "event.subject")
        for kind, (subject, detail, *said) in self.good().items():
            allowed = sc.TYPES[kind][0]
            for letter, other in (("v", None), ("a", archive(1)),
                                  ("d", one)):
                if letter not in allowed:
                    case(f"{kind} about {other}", [(
                        "Heron", kind, other, detail, *said)], "FAILED",
                         "event.syntax")

    def forms(self):
        """Each a detail that the table does not allow."""
        table = {
            "actor-revoked": [
                {"actor": self.id("Crane"), "reason": "retired",
                 "since": "2026-05-06T07:08:09Z"},
                {"actor": self.id("Crane"), "reason": "lost"},
                {"actor": self.id("Crane"), "reason": "gone"}],
            "key-rotated": [
                {}, {"actor": self.id("Crane")},
                {"certificate_b64": self.b64("Stork")},
                {"actor": self.id("Crane"), "log_key": "ab" * 32},
                {"actor": self.id("Crane"), "certificate_b64":
                 self.b64("Stork"), "log_key": "ab" * 32}],
            "transfer": [
                {"step": "handed-over"},
                {"step": "accepted"},
                {"step": "accepted", "entry": ZERO, "from": ZERO},
                {"step": "accepted", "entry": ZERO, "form": "asserted"},
                {"step": "handed-over", "entry": ZERO, "form": "asserted"},
                {"step": "handed-over", "form": "countersigned"},
                {"step": "handed-over", "form": "receipted"},
                {"step": "handed-over", "form": "asserted",
                 "receipt": archive(2)},
                {"step": "handed-over", "form": "receipted",
                 "receipt": {"archive": "STR-2"}},
                {"form": "asserted", "step": "handed-over"}],
            "access": [
                {"started": "2026-05-06T07:08:09Z",
                 "ended": "2026-05-06T07:08:08Z"},
                {"ended": "2026-05-06T07:08:09Z",
                 "started": "2026-05-06T07:08:08Z"},
                {"before": "passed"}, {"by": None}],
            "copy": [
                {}, {"kind": "working", "entries": [[0, 1]]},
                {"kind": "evidentiary", "entries": []},
                {"kind": "evidentiary", "entries": [[0, 1], [2, 3]]},
                {"kind": "evidentiary", "entries": [[3, 4], [0, 1]]},
                {"kind": "evidentiary", "entries": [[0, 1], [1, 3]]},
                {"kind": "evidentiary", "entries": [[1, 0]]},
                {"kind": "evidentiary", "entries": [[0, 1, 2]]},
                {"kind": "evidentiary", "entries": [[0, 9999]]},
                {"kind": "evidentiary", "entries": [
                    [2 * i, 2 * i] for i in range(901)]},
                {"kind": "evidentiary", "entries": [[-1, 0]]}],
            "relation": [
                {"relation": "translation-of", "object": archive(1)},
                {"relation": "copy-of", "object": archive(2)},
                {"relation": "translation-of"}],
            "annotation": [
                {"keys": []}, {"keys": ["title", "case"]},
                {"keys": ["note", "note"]}, {"keys": ["place"]},
                {"keys": ["salt"]}, {"keys": "note"}],
            "fixity-check": [{"result": "passed", "results": ZERO},
                             {"result": "open"}, {"results": ZERO}],
            "policy-changed": [{"policy": {}}, {"policy": {
                "time_stamp_authorities": -1}}, {}],
            "deaccession": [{"bytes": "lost"}],
            "migration": [{"kind": "evidentiary"}],
        }
        good = self.good()
        for kind, details in table.items():
            vault = sc.TYPES[kind][0] == "v"
            for detail in details:
                self.case(f"{kind} {detail}", [(
                    "Heron", kind, None if vault else archive(1), detail,
                    *([{"note": "x"}] if kind == "annotation" else []))],
                          "FAILED")
            self.case(f"{kind} with more", [(
                "Heron", kind, good[kind][0], {**good[kind][1], "x": 1},
                *good[kind][2:])], "FAILED", "event.syntax")
        keys = {"keys": ["note"]}
        self.case("annotation without a statement", [(
            "Heron", "annotation", archive(1), keys)], "FAILED",
                  "event.syntax")
        for said in ({}, {"title": "x"}, {"note": "x", "title": "y"}):
            self.case(f"annotation that sets {said}", [(
                "Heron", "annotation", archive(1), keys, said)], "FAILED",
                      "statement.differs")
        self.case("a check of everything needs its results", [(
            "Heron", "fixity-check", None, {"result": "passed"})], "FAILED",
                  "event.syntax")
        self.case("a statement with each key", [(
            "Heron", "access", archive(1), {}, {
                k.rstrip("?"): "é\n" for k in list(sc.STATEMENT)[1:-1]})],
                  "PASSED")

    def results(self):
        case = self.case
        check = lambda subject, result: (  # noqa: E731
            "Wren", "fixity-check", subject, {"result": result, **(
                {} if subject else {"results": LINES})})
        for subject in (None, archive(1)):
            case(f"failed: {subject}", [check(subject, "failed")],
                 "INDETERMINATE", "fixity.failed" if subject
                 else "fixity.failed-somewhere")
            case(f"repaired: {subject}", [check(subject, "failed"),
                                          check(subject, "passed")], "PASSED")
        case("repaired elsewhere", [check(archive(1), "failed"),
                                    check(archive(2), "passed"),
                                    check(None, "passed")],
             "INDETERMINATE", "fixity.failed")
        ones = [check(archive(n), "passed") for n in (1, 2, 3)]
        for what, before, after, verdict in (
                ("each", [], ones, "PASSED"),
                ("each but one", [], ones[1:], "INDETERMINATE"),
                ("each too early", ones, [], "INDETERMINATE")):
            case(f"settled: {what}", [*before, check(None, "failed"), *after],
                 verdict, *["fixity.failed-somewhere"][verdict == "PASSED":])
        changes = {
            "as they are": (lambda rows: rows, "PASSED"),
            "the last not looked at": (lambda rows: rows[:-1], "PASSED"),
            "the first left out": (lambda rows: rows[1:], "FAILED"),
            "one twice": (lambda rows: rows[:1] + rows, "FAILED"),
            "turned round": (lambda rows: rows[::-1], "FAILED"),
            "of another vault": (lambda rows: rows + [
                {**rows[0], "archive": "ABC-0001"}], "FAILED"),
            "another word": (lambda rows: [
                {**rows[0], "result": "open"}, *rows[1:]], "FAILED"),
            "one failed": (lambda rows: [
                {**rows[0], "result": "failed"}, *rows[1:]], "FAILED"),
            "a key more": (lambda rows: [{**rows[0], "x": 1}, *rows[1:]],
                           "FAILED")}
        for what, (change, verdict) in changes.items():
            folder = tempfile.mkdtemp(dir=".")
            seq = len(self.vault.entries)
            found = self.put_lines(folder, seq, "passed", change)
            case(f"results: {what}", [("Wren", "fixity-check", None, {
                "result": "passed", "results": found})], verdict, *(
                    ["fixity.results"] if verdict == "FAILED" else []),
                 after=lambda v, folder=folder: shutil.copytree(
                     f"{folder}/log/results", f"{v}/log/results"))
        case("results: not there", [("Wren", "fixity-check", None, {
            "result": "passed", "results": ZERO})], "FAILED", "fixity.results")
        away = lambda v: os.unlink(f"{v}/archives/STR-0003.tar")  # noqa: E731
        out = lambda bytes_: ("Heron", "deaccession", archive(3), {  # noqa: E731
            "bytes": bytes_})
        case("destroyed", [out("destroyed")], "INDETERMINATE",
             "archive.withdrawn", after=away)
        case("destroyed, yet there", [out("destroyed")], "PASSED")
        case("kept, yet gone", [out("kept")], "FAILED", "archive.missing",
             after=away)
        case("destroyed, then kept", [out("destroyed"), out("kept")],
             "INDETERMINATE", "archive.withdrawn", after=away)

    def changed(self, tries):
        """Details and subjects changed anywhere."""
        good = self.good()
        for seed in range(tries):
            rnd = random.Random(seed)
            kind = rnd.choice(list(good))
            subject, detail, *said = good[kind]
            detail = second_hand_outs.exact(
                self.vault.entries, subject, detail)
            if subject is not None and rnd.random() < 0.3:
                subject = self.t.change(rnd, subject)
            else:
                detail = self.t.change(rnd, detail)
            if not isinstance(detail, dict):
                continue
            try:
                self.t.write([subject, detail])
            except UnicodeEncodeError:
                continue
            self.case(f"seed {seed}: {kind} " + json.dumps([subject, detail]),
                      [("Heron", kind, subject, detail, *said)])


    def rotated(self):
        """The program's own change of keys; the head has two lines then."""
        with open("c/log/checkpoint", "rb") as file:
            self.kept = file.read()
        self.run("kc", "key", "rotate", "--as", "Heron 2")
        self.t.both("an actor's key replaced", "c", self.trust, "PASSED")
        self.run("kc", "key", "rotate", "--log-key")
        self.t.must("chmod", "-R", "u+w", "c")
        self.t.both("the log's key replaced", "c", self.trust, "PASSED")

    def after_rotation(self):
        self.run("kc", "record", "access", "STR-0001")
        self.t.both("after both", "c", self.trust, "PASSED")
        said = second_verifier.judge(["c"], [self.trust], [self.kept])
        if said[0] != "PASSED":
            self.t.wrong.append(f"a head by the key before: {said}")
        with open("kept", "wb") as out:
            out.write(self.kept)
        self.t.must(self.t.verify, "c", "--trust", self.trust, "--checkpoint",
                    "kept")


def run(tools, tries):
    events = Events(tools)
    tools.both("custody, as made", "c", events.trust, "PASSED")
    for part in (events.roles, events.transfers, events.actors,
                 events.log_keys, events.subjects, events.forms,
                 events.results):
        part()
    second_hand_outs.run(events)
    events.changed(tries // 2)
    events.rotated()
    damaged = tools.damage_all("c", events.trust, tries // 3)
    events.after_rotation()
    return damaged
