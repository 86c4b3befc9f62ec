#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""An authority's certificate is revoked, and a newer list says so.

revoked.py MUNIMENT MUNIMENT-VERIFY

A vault is stamped by an authority that publishes lists, and two years later by
another, which renews the first stamp.  What the finished programs say of it is
then judged by lists of openssl's own making, issued at various times, with
revocations before the first stamp, between the two and after the second.
"""
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))

import faked  # noqa: E402
from authority import Root, Server, write  # noqa: E402
from faked import DAY, YEAR  # noqa: E402
from programs import expect, passed  # noqa: E402

MUNIMENT, VERIFY = (os.path.abspath(p) for p in sys.argv[1:3])
START = 1772359200  # 2026-03-01T10:00:00Z
FIRST = START + 10 * DAY
BETWEEN = FIRST + YEAR
SECOND = FIRST + 2 * YEAR
AFTER = SECOND + 60 * DAY
END = SECOND + YEAR  # of the first authority's certificate
NOW = SECOND + 100 * DAY


class Story:
    def __init__(self):
        os.mkdir("tsa")
        os.mkdir("lists")
        self.at = START
        self.server = Server("tsa", "lists", env={
            **os.environ, "PATH": faked.path_with_openssl()})
        self.avocet = self.root("avocet", 3600)
        self.avocet.issue("avocet-stamps", "listed", "-enddate",
                          faked.text(END).translate({ord(c): None
                                                     for c in "-T:"}))
        self.avocet.publish()
        self.curlew = self.root("curlew", 9000)
        self.curlew.issue("curlew-stamps", "plain")
        self.make_vault()

    def root(self, name, days):
        return Root("tsa", name, "lists", self.server.url(f"file/{name}.crl"),
                    days, lambda *words: faked.run(
                        self.at, "openssl", *words, cwd="tsa").stdout)

    def make_vault(self):
        write("paper.txt", "paper\n")
        faked.run(START, MUNIMENT, "init", "v", "--keys", "k",
                  "--no-passphrase", "--volatile", "--prefix", "RVK")
        faked.run(START + DAY, MUNIMENT, "-C", "v", "--keys", "k", "deposit",
                  "--yes", "paper.txt")
        self.vault = "vault:" + faked.run(
            START, MUNIMENT, "-C", "v", "fingerprint").stdout.decode(
        ).split()[0].removeprefix("vault:")
        self.at = FIRST
        self.avocet.publish()
        self.stamp(FIRST, "avocet")
        shutil.copytree("v", "once")
        shutil.copytree("k", "k-once")
        self.stamp(SECOND, "curlew")

    def stamp(self, at, name, vault="v", keys="k", by="stamps"):
        faked.run(at, MUNIMENT, "-C", vault, "--keys", keys, "time-stamp",
                  "--tries", "1", "--tsa",
                  self.server.url(f"tsa/{name}-{by}"), "--tsa-trust",
                  f"tsa/{name}.pem")

    def listed(self, at, revoked=None, *how):
        """A list issued then; the revocation is forgotten again."""
        shutil.copy("tsa/avocet.db", "tsa/kept.db")
        if revoked is not None:
            self.at = revoked
            self.avocet.revoke("avocet-stamps", *how)
        self.at = at
        self.avocet.publish()
        shutil.copy("tsa/kept.db", "tsa/avocet.db")
        shutil.copy("tsa/avocet.crl.pem", "given.pem")
        return "given.pem"

    def judge(self, at, *lists, vault="v", words=(VERIFY,), status=None):
        words = [*words] + ([vault] if words[0] == VERIFY else [])
        for root in ("avocet", "curlew"):
            words += ["--tsa-trust", f"tsa/{root}.pem"]
        for one in lists:
            words += ["--tsa-crl", one]
        done = faked.run(at, *words, "--trust", self.vault, "--json",
                         check=False)
        expect(done.returncode == status or
               (status is None and done.returncode in (0, 1, 2)),
               f"{words} gave {done.returncode}: {done.stderr}")
        return done if done.returncode > 2 else json.loads(done.stdout)


def is_said(what, said, verdict, rule, words, by):
    """The verdict, by a token's rule, in these words; and since when."""
    broken = {c["rule"] for c in said["checks"] if c["verdict"] != "PASSED"
              and c["rule"].startswith("t")}
    text = " ".join(c["detail"] for c in said["checks"]
                    if rule in (None, c["rule"]))
    since = next(q for q in said["questions"] if q["question"] == "existed-by")
    proven = " ".join(c["detail"] for c in said["checks"]
                      if c["rule"] == "time.archive")
    expect(said["verdict"] == verdict and since["verdict"] == verdict,
           f"{what}: {said['verdict']}, {since}")
    expect(broken == ({rule} if rule else set()), f"{what}: {broken}")
    expect(words in text, f"{what}: '{words}' is in {text}")
    expect(f"no later than {faked.text(by + 1)}" in proven if by
           else proven == "", f"{what}: {proven}")


def renewed(story):
    """As of the second stamp: revoked by then, or not."""
    old = ("INDETERMINATE", "ts.crl-old", "--tsa-crl", SECOND)
    good = ("PASSED", None, "judged as of " + faked.text(SECOND + 1), FIRST)
    bad = ("FAILED", "ts.revoked", "had been revoked by then", SECOND)
    compromise = ("-crl_reason", "keyCompromise")
    superseded = ("-crl_reason", "superseded")

    def invalid_from(at):
        return ("-crl_compromise", faked.text(at).translate(
            {ord(c): None for c in "-T:"}))

    is_said("no newer list", story.judge(NOW), *old)
    for what, wanted, *given in (
            ("a list that ends before the renewal", old, BETWEEN),
            ("a list of the renewal's time", good, SECOND + DAY),
            ("a list of now", good, NOW),
            ("one of after the certificate's end", old, END + DAY),
            ("a key lost before the first stamp", bad, AFTER, START + DAY,
             *compromise),
            ("a key lost between them", bad, AFTER, BETWEEN, *compromise),
            ("superseded between them", bad, AFTER, BETWEEN, *superseded),
            ("a key lost after both", good, AFTER, SECOND + 30 * DAY,
             *compromise),
            ("superseded after both", good, AFTER, SECOND + 30 * DAY,
             *superseded),
            ("found out later, lost between", bad, AFTER, SECOND + 30 * DAY,
             *invalid_from(BETWEEN)),
            ("found out later, lost after both", good, AFTER,
             SECOND + 30 * DAY, *invalid_from(SECOND + 20 * DAY)),
            ("revoked, in a list after the end", bad, END + DAY, BETWEEN,
             *compromise)):
        said = story.judge(max(NOW, given[0] + DAY), story.listed(*given))
        is_said(what, said, *wanted)
        lists = [c["detail"] for c in said["checks"]
                 if c["rule"] == "time.list"]
        expect(len(lists) == 1 and lists[0].endswith("and counts") and
               f"list of {faked.text(given[0])}" in lists[0],
               f"{what}: the list is named: {lists}")


def newest(story):
    """The one that nothing renews: as of now."""
    at = FIRST + 20 * DAY
    good = "judged as of now"
    is_said("its own list still answers", story.judge(at, vault="once"),
            "PASSED", None, good, FIRST)
    is_said("its own list has ended", story.judge(BETWEEN, vault="once"),
            "INDETERMINATE", "ts.crl-old", "--tsa-crl", None)
    is_said("a list of now", story.judge(
        BETWEEN, story.listed(BETWEEN - DAY), vault="once"), "PASSED", None,
            good, FIRST)
    is_said("one that has ended too", story.judge(
        BETWEEN, story.listed(BETWEEN - 40 * DAY), vault="once"),
            "INDETERMINATE", "ts.crl-old", "--tsa-crl", None)
    is_said("revoked since", story.judge(
        BETWEEN, story.listed(BETWEEN - DAY, FIRST + DAY), vault="once"),
            "FAILED", "ts.revoked", "had been revoked by then", None)


def forms(story):
    """DER, and PEM with words around it; several in one file; none at all."""
    path = story.listed(NOW)
    with open(path, "rb") as file:
        pem = file.read()
    faked.run(NOW, "openssl", "crl", "-in", path, "-outform", "DER", "-out",
              "given.der")
    with open("around.pem", "wb") as out:
        out.write(b"The list of Avocet:\r\n" + pem.replace(b"\n", b"\r\n") +
                  b"and again\n" + pem)
    for one in ("given.der", "around.pem"):
        expect(story.judge(NOW, one)["verdict"] == "PASSED", one)
    keeper = (MUNIMENT, "-C", "v", "verify")
    expect(story.judge(NOW, words=keeper)["verdict"] == "INDETERMINATE",
           "muniment verify without")
    expect(story.judge(NOW, path, words=keeper)["verdict"] == "PASSED",
           "muniment verify with")
    for name, data in (("empty.crl", b""), ("words.crl", b"no list\n"),
                       ("cut.crl", pem[:-30]), ("root.crl", None),
                       ("damaged.crl", pem.replace(b"MI", b"M!", 1)),
                       ("one-cut.crl", pem + pem[:-30])):
        if data is None:
            shutil.copy("tsa/avocet.pem", name)
        else:
            with open(name, "wb") as out:
                out.write(data)
        done = story.judge(NOW, name, status=64)
        expect(f"'{name}'".encode() in done.stderr, f"{done.stderr}")
    done = story.judge(NOW, "nowhere.crl", status=3)
    expect(b"nowhere.crl" in done.stderr, f"{done.stderr}")


def strangers(story):
    """Lists that the token's issuer did not sign do not count, whatever they
    say and whatever name they give themselves."""
    os.mkdir("stranger")
    story.at = START
    other = Root("stranger", "avocet", "stranger", "http://nobody.invalid/",
                 3600, lambda *words: faked.run(
                     story.at, "openssl", *words, cwd="stranger").stdout)
    shutil.copy("tsa/avocet-stamps.pem", "stranger/avocet-stamps.pem")
    story.at = BETWEEN
    other.revoke("avocet-stamps")
    story.at = NOW
    path = other.publish()
    said = story.judge(NOW, path)
    is_said("by a namesake", said, "INDETERMINATE", "ts.crl-old", "--tsa-crl",
            SECOND)
    expect(any(c["rule"] == "time.list" and c["detail"].endswith(
        "does not count") for c in said["checks"]), "it is said")
    is_said("by a namesake, and the right one", story.judge(
        NOW, path, story.listed(NOW)), "PASSED", None, "judged as of", FIRST)


def parcel(story):
    """The report that goes with a parcel is made by the list too."""
    path = story.listed(NOW)
    for name, lists, verdict in (("without", (), "INDETERMINATE"),
                                 ("with", (path,), "PASSED")):
        # keys refuse a vault that is behind what they signed
        shutil.copytree("v", f"v-{name}")
        shutil.copytree("k", f"k-{name}")
        words = [MUNIMENT, "-C", f"v-{name}", "--keys", f"k-{name}", "export",
                 "RVK-0001", name, "--json"]
        for root in ("avocet", "curlew"):
            words += ["--tsa-trust", f"tsa/{root}.pem"]
        for one in lists:
            words += ["--tsa-crl", one]
        said = json.loads(faked.run(NOW, *words, check=False).stdout)
        expect(said["verdict"] == verdict, f"{name}: {said}")
        done = faked.run(NOW, *words[:6], "RVK-0001", "none", "--tsa-crl",
                         "words.crl", check=False)
        expect(done.returncode == 64 and b"'words.crl'" in done.stderr and
               not os.path.exists("none"), f"{done}")


def logged(story):
    """What a list stored with a later token says of an earlier one counts,
    though that one's own list is from before."""
    at = story.at = FIRST + 20 * DAY
    story.avocet.issue("avocet-second", "listed")
    story.avocet.publish()
    shutil.copytree("once", "well")
    shutil.copytree("k-once", "k-well")
    story.stamp(at, "avocet", "well", "k-well", "second")
    is_said("nothing is revoked", story.judge(at + DAY, vault="well"),
            "PASSED", None, "judged as of " + faked.text(at + 1), FIRST)
    story.at = FIRST + 10 * DAY
    story.avocet.revoke("avocet-stamps", "-crl_reason", "keyCompromise")
    story.at = at
    story.avocet.publish()
    story.stamp(at, "avocet", "once", "k-once", "second")
    is_said("revoked by a list stored later", story.judge(
        at + DAY, vault="once"), "FAILED", "ts.revoked",
            "had been revoked by then", at)


def main():
    before = faked.leavings()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        faked.start()
        story = Story()
        try:
            for part in (renewed, newest, forms, strangers, parcel, logged):
                part(story)
        finally:
            story.server.close()
            os.chdir("/")
            faked.tidy(before)
    passed()


main()
