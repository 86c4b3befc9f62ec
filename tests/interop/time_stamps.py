#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Time-stamps by openssl's own authorities, and by whom they are believed.

time_stamps.py MUNIMENT MUNIMENT-VERIFY

A vault is made with the program's own commands, its checkpoints are stamped by
openssl, and the events that log this are signed with the right keys, honestly
and not, as the program itself would never do it.  Then muniment-verify judges
it under a clock that libfaketime sets.  How it lasts is in decades.py.
"""
import copy
import json
import os
import shutil
import sys
import tarfile
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))

import faked
import second_bytes as sb
import second_verifier
from faked import DAY, leavings, run, tidy
from second_signer import Signer, log_key, write_log

MUNIMENT, VERIFY = (os.path.abspath(p) for p in sys.argv[1:3])
ORIGIN = "example.org/t"
START = sb.seconds("2026-03-01T10:00:00Z")
wrong = []


def der_of(path):
    with open(path, "rb") as file:
        return sb.read_pem(file.read())[0]


KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def certify(must, name, *extensions):
    """A key, and what is asked for it."""
    must("req", "-new", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr",
         "-subj", f"/CN={name}")
    with open(f"{name}.ext", "w", encoding="ascii") as out:
        out.write("\n".join(extensions) + "\n")


def sign(must, name, issuer, days):
    must("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem",
         "-CAkey", f"{issuer}.key", "-days", str(days), "-extfile",
         f"{name}.ext", "-out", f"{name}.pem")


class Authority:
    """A root, and below it a certificate for time-stamps."""

    def __init__(self, name, at, years):
        self.name = name
        must = lambda *w: run(at, "openssl", *w)  # noqa: E731
        must("req", "-x509", *KEY, "-keyout", f"{name}.root.key", "-out",
             f"{name}.root.pem", "-subj", f"/CN={name} root", "-days",
             str(int(years * 365.25)), "-addext",
             "keyUsage=critical,keyCertSign,cRLSign")
        self.middle = []
        self.issue(must, int(years * 365.25), f"{name}.root")

    def issue(self, must, days, issuer):
        name = self.name
        certify(must, name, "basicConstraints=critical,CA:FALSE",
                "keyUsage=critical,digitalSignature",
                "extendedKeyUsage=critical,timeStamping")
        sign(must, name, issuer, days)
        with open(f"{name}.cnf", "w", encoding="ascii") as out:
            out.write("[tsa]\ndefault_tsa=here\n[here]\n"
                      f"serial={name}.serial\ndefault_policy=1.2.3.4\n"
                      "digests=sha256\naccuracy=secs:1\n"
                      "signer_digest=sha256\ness_cert_id_alg=sha256\n")
        with open(f"{name}.serial", "w", encoding="ascii") as out:
            out.write("01\n")

    @property
    def root(self):
        return f"{self.name}.root.pem"

    def stamp(self, stamped, at):
        """Query, token and certificates."""
        nonce = bytes([0x40 + os.urandom(1)[0] % 64]) + os.urandom(15)
        query = sb.der(0x30, sb.der(2, b"\1"), sb.der(
            0x30, sb.der(0x30, bytes.fromhex("0609608648016503040201"),
                         b"\5\0"), sb.der(4, sb.sha(stamped))),
                       sb.der(2, nonce), b"\1\1\xff")
        with open("q.tsq", "wb") as out:
            out.write(query)
        run(at, "openssl", "ts", "-reply", "-config", f"{self.name}.cnf",
            "-section", "here", "-queryfile", "q.tsq", "-inkey",
            f"{self.name}.key", "-signer", f"{self.name}.pem", "-token_out",
            "-out", "t.tst")
        with open("t.tst", "rb") as file:
            token = file.read()
        return query, token, b"".join(
            sb.write_pem(der_of(f"{name}.pem"))
            for name in (self.name, *self.middle)), b""


class Below(Authority):
    """By way of a certificate in the middle, which several roots sign."""

    def __init__(self, name, at, roots, *extensions):
        self.name = name
        must = lambda *w: run(at, "openssl", *w)  # noqa: E731
        middle = f"{name}.middle"
        certify(must, middle, "basicConstraints=critical,CA:TRUE",
                "keyUsage=critical,keyCertSign,cRLSign", *extensions)
        for root in roots:
            sign(must, middle, f"{root.name}.root", 1500)
            shutil.copy(f"{middle}.pem", f"{name}.{root.name}.pem")
        self.issue(must, 1400, middle)

    def by(self, root):
        """The same, led to this root."""
        other = copy.copy(self)
        other.middle = [f"{self.name}.{root.name}"]
        return other


class World:
    """A vault that can be stamped and added to."""

    def __init__(self, folder):
        self.folder = folder
        self.read()

    def read(self):
        vault = second_verifier.Vault(self.folder)
        self.entries, self.key = list(vault.entries), vault.key
        self.fingerprint = vault.fingerprint

    def copy(self):
        folder = tempfile.mkdtemp(dir=".") + "/v"
        shutil.copytree(self.folder, folder, symlinks=True)
        other = World.__new__(World)
        other.folder, other.entries = folder, list(self.entries)
        other.key, other.fingerprint = self.key, self.fingerprint
        return other

    def write(self):
        write_log(self.folder, self.entries, ORIGIN,
                  [(log_key("kc", self.key), self.key)])
        if os.path.exists(f"{self.folder}/index.sqlite"):
            os.unlink(f"{self.folder}/index.sqlite")

    def append(self, signer, at, kind, subject, detail, seq=None):
        seq = len(self.entries) if seq is None else seq
        event = {"format": "muniment-event/1", "origin": ORIGIN,
                 "vault": self.fingerprint, "seq": seq,
                 "prev": sb.hexsha(self.entries[seq - 1]),
                 "time": sb.stamp(at), "type": kind,
                 "actor": signer.certificate.fingerprint, "subject": subject,
                 "detail": detail, "nonce": "00" * 32}
        line = json.dumps({k: v for k, v in event.items() if v is not None},
                          separators=(",", ":"))
        self.entries.append(signer.cms(line.encode() + b"\n", at, True))
        self.write()

    def stamp(self, signer, at, *authorities, logged=None, spoil=None):
        """One batch; each authority may come with a time of its own."""
        size = len(self.entries)
        with open(f"{self.folder}/log/checkpoint", "rb") as file:
            checkpoint = file.read()
        folder = f"{self.folder}/log/time-stamps/{size}"
        os.makedirs(folder)
        stamps = []
        for number, (authority, when) in enumerate(authorities, 1):
            parts = list(authority.stamp(checkpoint, when))
            if spoil:
                spoil(parts)
            for data, kind in zip(parts, ("tsq", "tst", "pem", "crl")):
                with open(f"{folder}/{number}.{kind}", "wb") as out:
                    out.write(data)
            stamps.append(dict(zip(
                ("query", "token", "certificates", "crls"),
                (sb.hexsha(p) for p in parts))))
        with open(f"{folder}/checkpoint", "wb") as out:
            out.write(checkpoint)
        detail = {"checkpoint": {"size": size, "sha256":
                                 sb.hexsha(checkpoint)}, "stamps": stamps}
        self.append(signer, logged or at, "time-stamp", None, detail)
        return detail

    def judge(self, at, *roots):
        trust = [w for r in roots for w in ("--tsa-trust", r.root)]
        done = run(at, VERIFY, self.folder, "--trust",
                   f"vault:{self.fingerprint}", "--json", *trust, check=False)
        if done.returncode not in (0, 1, 2):
            sys.exit(done.stderr.decode(errors="replace"))
        said = json.loads(done.stdout)
        second = second_verifier.judge(
            [self.folder], [f"vault:{self.fingerprint}"], time_roots=tuple(
                sb.write_pem(der_of(r.root)) for r in roots), now=at)
        if second[0] != said["verdict"]:
            wrong.append(f"the second verifier says {second}")
        return said


def expect(what, said, verdict, *rules, words="", existed=None):
    """The verdict, because of these rules and no others; and what it says."""
    # where something fails, the index has nothing to be held against
    broken = {c["rule"] for c in said["checks"] if c["verdict"] != "PASSED"
              and c["rule"] != "index.unjudged"}
    text = " ".join(f"{c['rule']}: {c['detail']}" for c in said["checks"])
    answer = next(q for q in said["questions"]
                  if q["question"] == "existed-by")
    if (said["verdict"] != verdict or broken != set(rules) or
            words not in text + answer["because"] or
            existed not in (None, answer["verdict"])):
        wrong.append(f"{what}: {said['verdict']} {sorted(broken)}\n"
                     f"  {answer}\n  " + "\n  ".join(
                         f"{c['verdict']} {c['rule']}: {c['detail']}"
                         for c in said["checks"]
                         if c["verdict"] != "PASSED" or
                         c["check"] == "TIME"))


class Cases:
    def __init__(self):
        def keep(at, keys, *words):
            run(at, MUNIMENT, "-C", "v", "--keys", keys, *words)

        os.makedirs("papers")
        for name in ("a", "b"):
            with open(f"papers/{name}.txt", "w", encoding="ascii") as out:
                out.write(name)
        run(START, MUNIMENT, "init", "v", "--keys", "kc", "--no-passphrase",
            "--volatile", "--prefix", "STR", "--origin", ORIGIN, "--as",
            "Heron")
        run(START, MUNIMENT, "key", "new", "--keys", "kd", "--as", "Dunlin",
            "--no-passphrase", "--volatile", "--log-key-from", "kc")
        keep(START, "kc", "actor", "enrol", "kd/actor.pem", "--role", "depositor")
        keep(START + DAY, "kd", "deposit", "--yes", "papers/a.txt")
        # the thief has this copy, and the depositor's keys
        shutil.copytree("v", "thief")
        shutil.copytree("kd", "kthief")
        self.heron = self.signer("kc")
        self.dunlin = self.signer("kd")
        self.world = World("v")
        self.avocet = Authority("Avocet", START, 5)
        self.bunting = Authority("Bunting", START, 5)
        self.curlew = Authority("Curlew", START, 30)
        self.now = START + 10 * DAY
        self.detail = self.world.stamp(
            self.heron, self.now, (self.avocet, self.now),
            (self.bunting, self.now + 5))
        self.all = (self.avocet, self.bunting, self.curlew)

    @staticmethod
    def signer(keys):
        return Signer(keys, sb.Certificate(der_of(f"{keys}/actor.pem")))

    def today(self):
        world, now = self.world, self.now + DAY
        expect("today", world.judge(now, *self.all), "PASSED",
               words=f"no later than {sb.stamp(self.now + 1)}; authorities "
                     "that agree, none sharing a key: 2", existed="PASSED")
        expect("no root", world.judge(now), "INDETERMINATE", "time.trust",
               existed="INDETERMINATE")
        expect("one root", world.judge(now, self.bunting), "PASSED",
               words="that root with --tsa-trust", existed="PASSED")
        expect("another root", world.judge(now, self.curlew), "INDETERMINATE",
               "ts.untrusted", existed="INDETERMINATE")
        expect("by a clock that is behind", world.judge(
            START, *self.all), "INDETERMINATE", "ts.late",
               words="the clock here is behind")

    def forged(self):
        """Out of order, of another history, of too few, over other things."""
        now, late = self.now, self.now + 100 * DAY
        expect("before what it is over", self.stamped(now - 3 * DAY).judge(
            late, *self.all), "INDETERMINATE", "time.order")
        expect("after the event that logs it", self.stamped(
            now + 3 * DAY).judge(late, *self.all), "FAILED", "time.back-dated")
        expect("a clock that is a little off", self.stamped(
            now + DAY + DAY // 2).judge(late, *self.all), "PASSED")
        world = self.world.copy()
        world.append(self.heron, now + DAY, "policy-changed", None, {
            "policy": {"time_stamp_authorities": 3}})
        expect("three are demanded", world.judge(now + DAY, *self.all),
               "INDETERMINATE", "time.authorities",
               words="2 of the 3 that the policy demands")
        self.policy()
        # one authority, led to two roots, is one
        world = self.world.copy()
        cross = Below("Crane", START, [self.avocet, self.bunting])
        world.stamp(self.heron, now + DAY, (self.curlew, now + DAY),
                    (cross.by(self.avocet), now + DAY),
                    (cross.by(self.bunting), now + DAY))
        world.append(self.heron, now + DAY, "policy-changed", None, {
            "policy": {"time_stamp_authorities": 3}})
        expect("one that two roots vouch for", world.judge(
            now + DAY, *self.all), "INDETERMINATE", "time.authorities",
               words="2 of the 3 that the policy demands")
        other = self.curlew.stamp(b"something else", now)
        world = self.world.copy()
        world.stamp(self.heron, now + DAY, (self.curlew, now + DAY),
                    spoil=lambda p: p.__setitem__(slice(0, 2), other[:2]))
        expect("over something else", world.judge(now + DAY, *self.all),
               "FAILED", "ts.imprint")
        world = self.world.copy()
        world.stamp(self.heron, now + DAY, (self.curlew, now + DAY),
                    spoil=lambda p: p.__setitem__(
                        0, p[0][:-4] + bytes([p[0][-4] ^ 1]) + p[0][-3:]))
        expect("an answer to another question", world.judge(
            now + DAY, *self.all), "FAILED", "ts.nonce")
        world = self.world.copy()
        web = Below("Gadwall", START, [self.curlew],
                    "extendedKeyUsage=critical,serverAuth").by(self.curlew)
        world.stamp(self.heron, now + DAY, (web, now + DAY))
        expect("below a CA of web servers", world.judge(now + DAY, *self.all),
               "FAILED", "ts.eku")
        self.another_history()

    def policy(self):
        """Held against what covers the newest entry, and if nothing does."""
        two = {"policy": {"time_stamp_authorities": 2}}
        world = World("thief").copy()
        world.append(self.heron, self.now, "policy-changed", None, two)
        for roots in ((), self.all):
            expect("two are demanded of nobody", world.judge(
                self.now, *roots), "INDETERMINATE", "time.authorities",
                   words="0 of the 2 that the policy demands",
                   existed="INDETERMINATE")
        world = self.world.copy()
        world.append(self.heron, self.now + DAY, "policy-changed", None, two)
        expect("what is not covered yet", world.judge(
            self.now + DAY, *self.all), "PASSED", words="2 of the 2")
        at = self.now + 2 * DAY
        world.stamp(self.heron, at, (self.curlew, at))
        expect("two of old, one of late", world.judge(at, *self.all),
               "INDETERMINATE", "time.authorities", words="1 of the 2")
        at += DAY
        world.stamp(self.heron, at, (self.curlew, at), (self.avocet, at))
        expect("two again", world.judge(at, *self.all), "PASSED",
               words="2 of the 2")

    def stamped(self, when):
        """Logged at self.now + 1 day, stating another time."""
        world = self.world.copy()
        world.stamp(self.heron, self.now + DAY, (self.curlew, when))
        return world

    def another_history(self):
        """The log is made again with an event put in before the deposit."""
        world = self.world.copy()
        subject = json.loads(self.event_of("v", "STR-0001"))["subject"]
        del world.entries[-2:]
        world.append(self.heron, START + DAY, "migration", None,
                     {"kind": "host"})
        world.append(self.dunlin, START + DAY, "deposit", subject, {})
        world.append(self.heron, self.now, "time-stamp", None, self.detail)
        expect("an event put in before", world.judge(
            self.now + DAY, *self.all), "FAILED", "time.checkpoint")

    def stolen(self):
        """What a thief does with the depositor's key."""
        now = self.now + 30 * DAY
        revoked = {"actor": self.dunlin.certificate.fingerprint,
                   "reason": "compromised"}
        # declared lost from a time after the stamp: what is proven stands
        world = self.world.copy()
        world.append(self.heron, now, "actor-revoked", None, {
            **revoked, "since": sb.stamp(self.now + DAY)})
        expect("proven before it was stolen", world.judge(now, *self.all),
               "PASSED")
        expect("the same, but nobody believes it", world.judge(now),
               "INDETERMINATE", "event.contested", "time.trust")
        unproven = self.world.copy()
        unproven.append(self.heron, now, "actor-revoked", None, {
            **revoked, "since": sb.stamp(self.now - DAY)})
        expect("not proven before it was stolen", unproven.judge(
            now, *self.all), "INDETERMINATE", "event.contested")
        # with an old copy of the vault the thief seals as if it were then
        run(START + 2 * DAY, MUNIMENT, "-C", "thief", "--keys", "kthief",
            "deposit", "--yes", "papers/b.txt")
        shutil.copy("thief/archives/STR-0002.tar", f"{world.folder}/archives")
        subject = json.loads(self.event_of("thief", "STR-0002"))["subject"]
        world.append(self.dunlin, now + DAY, "deposit", subject, {})
        said = world.judge(now + 2 * DAY, *self.all)
        expect("back-dated with a stolen key", said, "FAILED",
               "event.actor-revoked", "seal.revoked",
               words=f"the seal claims {self.sealed_at('STR-0002')}, and is "
                     "logged as entry 5; entry 4 had revoked its signer's key "
                     "(compromised); time-stamps logged before it prove that "
                     "it was logged after 2026-03-11T10:00:")

    @staticmethod
    def sealed_at(archive):
        """What a seal of the thief's claims: the second day, within which the
        clock went on for as long as the program took."""
        with tarfile.open(f"thief/archives/{archive}.tar") as tar:
            seal = json.load(tar.extractfile(f"{archive}/seal/seal.json"))
        if not 0 <= sb.seconds(seal["sealed_at"]) - START - 2 * DAY < 3600:
            sys.exit(f"sealed at {seal['sealed_at']}")
        return seal["sealed_at"]

    @staticmethod
    def event_of(folder, archive):
        for where, _, files in os.walk(f"{folder}/log/tile/entries"):
            for name in files:
                with open(os.path.join(where, name), "rb") as file:
                    data = file.read()
                at = data.find(b'"archive":"' + archive.encode())
                if at >= 0:
                    begin = data.rfind(b'{"format"', 0, at)
                    return data[begin:data.find(b"\n", at)]
        return sys.exit("no such event")

def main():
    before = leavings()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        faked.start()
        cases = Cases()
        cases.today()
        cases.forged()
        cases.stolen()
        os.chdir("/")
    tidy(before)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
