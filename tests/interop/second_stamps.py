#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two verifiers must agree on time-stamps and on what was done to their files.

second_stamps.py MUNIMENT MUNIMENT-VERIFY

A vault is stamped twice by authorities of openssl's own.  Copies are judged as
made, with roots and without, and with each stored file flipped, cut, longer,
gone, or put in another's place: FAILED by both.  Then the same is done before
the last batch is logged, by the right key, so that no digest gives it away.
"""
import json
import os
import random
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))

import second_bytes as sb  # noqa: E402
import second_time  # noqa: E402
import second_verifier  # noqa: E402
from authority import Root, Server  # noqa: E402
from programs import (deposit, expect, fingerprint, init, must,  # noqa: E402
                      passed, run)
from second_signer import Signer, log_key, write_log  # noqa: E402

MUNIMENT, VERIFY = (os.path.abspath(p) for p in sys.argv[1:3])
ROOTS = ["tsa/avocet.pem", "tsa/bunting.pem"]
KINDS = {"query": "tsq", "token": "tst", "certificates": "pem", "crls": "crl"}


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


class World:
    def __init__(self, server):
        for path in ROOTS:
            name = path[4:-4]
            root = Root("tsa", name, "lists", server.url(f"file/{name}.crl"))
            root.issue(f"{name}-stamps",
                       "listed" if name == "bunting" else "plain")
            root.publish()
        init(MUNIMENT, "v", "k", "--prefix", "SEC")
        self.batches = []
        for number in (1, 2):
            write("paper.txt", b"paper %d\n" % number)
            deposit(MUNIMENT, "v", "k", "paper.txt")
            self.batches.append(read("v/log/checkpoint").split(b"\n")[1]
                                .decode())
            words = [w for r in ROOTS for w in (
                "--tsa", server.url(f"tsa/{r[4:-4]}-stamps"), "--tsa-trust",
                r)]
            must([MUNIMENT, "-C", "v", "--keys", "k", "time-stamp", *words])
        must(["chmod", "-R", "u+w", "v"])
        self.trust = "vault:" + fingerprint(MUNIMENT, "v").removeprefix(
            "vault:")
        self.vault = second_verifier.Vault("v", second_time.roots_of(ROOTS))
        self.signer = Signer("k", self.vault.signer)
        self.key = log_key("k", self.vault.key)

    def both(self, what, folder, verdict, rule="", roots=ROOTS):
        done = run([VERIFY, folder, "--trust", self.trust, "--json",
                    *[w for r in roots for w in ("--tsa-trust", r)]])
        expect(done.returncode in (0, 1, 2), f"{what}: {done.stderr}")
        ours = json.loads(done.stdout)
        rules = {c["rule"] for c in ours["checks"]
                 if c["verdict"] == ours["verdict"]}
        theirs = second_verifier.judge(
            [folder], [self.trust], time_roots=second_time.roots_of(roots))
        expect(ours["verdict"] == theirs[0] == verdict,
               f"{what}: first {ours['verdict']} by {rules}, second {theirs}")
        expect(verdict == "PASSED" or
               (rule in rules or not rule) and rule in theirs[1],
               f"{what}: {rule}; first {rules}, second {theirs}")

    def changed(self, what, change, verdict, rule=""):
        """A copy to which something was done."""
        with tempfile.TemporaryDirectory(dir=".") as scratch:
            shutil.copytree("v", f"{scratch}/v")
            change(f"{scratch}/v")
            self.both(what, f"{scratch}/v", verdict, rule)

    def logged_so(self, what, change, verdict, rule=""):
        """The last batch's files are changed, then logged as they are."""
        def relog(folder):
            at = f"{folder}/log/time-stamps/{self.batches[1]}"
            change(at)
            content = sb.cms_parts(self.vault.entries[-1])[1]
            event = json.loads(content)
            event["detail"]["stamps"] = [
                {key: sb.hexsha(read(f"{at}/{n}.{end}"))
                 for key, end in KINDS.items()} for n in (1, 2)]
            event["detail"]["checkpoint"]["sha256"] = sb.hexsha(
                read(f"{at}/checkpoint"))
            line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
            entry = self.signer.cms(line, sb.seconds(event["time"]), True)
            write_log(folder, [*self.vault.entries[:-1], entry],
                      self.vault.origin, [(self.key, self.vault.key)])
            os.unlink(f"{folder}/index.sqlite")
        self.changed(what, relog, verdict, rule)


def as_made(world):
    world.both("as made", "v", "PASSED")
    world.both("one root", "v", "PASSED", roots=ROOTS[:1])
    world.both("no root", "v", "INDETERMINATE", "time.trust", roots=[])
    write("stranger.pem", must(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-keyout", "stranger.key",
         "-subj", "/CN=stranger", "-days", "99"]))
    world.both("another root", "v", "INDETERMINATE", "ts.untrusted",
               roots=["stranger.pem"])
    world.logged_so("logged again as it is", lambda at: None, "PASSED")


def damaged(world):
    chance = random.Random(5)
    for batch in world.batches:
        folder = f"log/time-stamps/{batch}"
        names = sorted(os.listdir(f"v/{folder}"))
        for name in names:
            path, good = f"{folder}/{name}", read(f"v/{folder}/{name}")
            bad = []
            if good:
                at = chance.randrange(8 * len(good))
                flipped = bytearray(good)
                flipped[at // 8] ^= 1 << at % 8
                bad += [(f"flipped at bit {at}", bytes(flipped)),
                        ("cut", good[:chance.randrange(len(good))])]
            bad.append(("longer", good + b"\n"))
            others = [(f"swapped with {other}", read(f"v/{other}"))
                      for b in world.batches for n in names
                      if n.split(".")[-1] == name.split(".")[-1]
                      for other in [f"log/time-stamps/{b}/{n}"]
                      if read(f"v/{other}") != good]
            bad.append(chance.choice(others))
            for what, data in bad:
                world.changed(f"{path} {what}", lambda v, p=path, d=data:
                              write(f"{v}/{p}", d), "FAILED",
                              "time-stamp.files")
            world.changed(f"{path} is gone", lambda v, p=path:
                          os.unlink(f"{v}/{p}"), "FAILED", "time-stamp.files")
    for extra in (f"{world.batches[0]}/3.tst", f"{world.batches[1]}/x",
                  "1/checkpoint"):
        def put(vault, extra=extra):
            path = f"{vault}/log/time-stamps/{extra}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            write(path, b"x")
        world.changed(f"{extra} is too many", put, "FAILED", "log.unexpected")


def flip_in(path, within):
    """One bit of that part of a file."""
    data = bytearray(read(path))
    data[data.index(within) + len(within) // 2] ^= 4
    write(path, bytes(data))


def logged(world):
    """No digest tells: the token itself has to."""
    old, new = (f"v/log/time-stamps/{b}" for b in world.batches)
    for n in (1, 2):
        token = second_time.Token(read(f"{new}/{n}.tst"))
        info = second_time.inside(read(f"{new}/{n}.tst"), 0, 1, 0, 2, 1, 0, 0)
        for what, within in (
                ("time", [b for t, b, _ in sb.children(info) if t == 0x18][0]),
                ("imprint", token.imprint), ("nonce", token.nonce),
                ("signature", sb.children(second_time.inside(
                    read(f"{new}/{n}.tst"), 0, 1, 0, 4, 0))[-1][1])):
            world.logged_so(f"token {n}: {what} flipped", lambda at, n=n,
                            w=within: flip_in(f"{at}/{n}.tst", w), "FAILED")
        world.logged_so(
            f"token {n} over an earlier head", lambda at, n=n: [
                shutil.copy(f"{old}/{n}.{e}", f"{at}/{n}.{e}")
                for e in ("tsq", "tst")], "FAILED", "ts.imprint")
        query = read(f"{new}/{n}.tsq")
        world.logged_so(
            f"query {n}: another nonce", lambda at, n=n, q=query: write(
                f"{at}/{n}.tsq", q[:-5] + bytes([q[-5] ^ 1]) + q[-4:]),
            "FAILED")
        world.logged_so(
            f"query {n}: in another form", lambda at, n=n, q=query: write(
                f"{at}/{n}.tsq", q + b"\0"), "FAILED", "ts.query")
    world.logged_so("tokens swapped", lambda at: [
        os.rename(f"{at}/1.tst", f"{at}/x"),
        os.rename(f"{at}/2.tst", f"{at}/1.tst"),
        os.rename(f"{at}/x", f"{at}/2.tst")], "FAILED")
    world.logged_so("all of them swapped", lambda at: [
        os.rename(f"{at}/{a}.{e}", f"{at}/{b}.{e}") for e in KINDS.values()
        for a, b in (("1", "x"), ("2", "1"), ("x", "2"))], "PASSED")
    world.logged_so("an earlier head", lambda at: shutil.copy(
        f"{old}/checkpoint", f"{at}/checkpoint"), "FAILED", "time.checkpoint")


with tempfile.TemporaryDirectory() as where:
    os.chdir(where)
    os.mkdir("tsa")
    os.mkdir("lists")
    loopback = Server("tsa", "lists")
    try:
        made = World(loopback)
        as_made(made)
        damaged(made)
        logged(made)
    finally:
        loopback.close()
        os.chdir("/")
passed()
