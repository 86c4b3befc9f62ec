#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Thirty-five years of one vault, as its keeper lives them.

decades.py MUNIMENT MUNIMENT-VERIFY

Everything is done by the finished program's own commands, under a clock that
libfaketime sets: sealed and stamped, the stamps renewed in time, the keeper's
key replaced before its certificate ends, a parcel handed out.  The authorities
are openssl's own.  Then the parcel is judged when all the certificates of those
days have expired, by the vault's fingerprint and the authorities' roots alone.
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
from programs import expect, files, passed  # noqa: E402

MUNIMENT, VERIFY = (os.path.abspath(p) for p in sys.argv[1:3])
START = 1772359200  # 2026-03-01T10:00:00Z
STAMPED = START + 10 * DAY
MISSING = "a later token over it, from before that, is missing"
SINCE = (f"no later than {faked.text(STAMPED + 1)}; authorities that agree, "
         "none sharing a key: ")


def later(years):
    return START + int(years * YEAR)


class Keeper:
    """A vault, its keys, and what its keeper does."""

    def __init__(self, vault, keys):
        self.vault, self.keys = vault, keys

    def does(self, at, *words):
        return faked.run(at, MUNIMENT, "-C", self.vault, "--keys", self.keys,
                         *words).stdout.decode()

    def copy(self, name):
        """The same, and what if."""
        shutil.copytree(self.vault, f"{name}/v")
        shutil.copytree(self.keys, f"{name}/k")
        return Keeper(f"{name}/v", f"{name}/k")

    def stamps(self, at, server, *names, more=()):
        words = ["time-stamp", "--tries", "1", *more]
        for name in names:
            words += ["--tsa", server.url(f"tsa/{name}-stamps"), "--tsa-trust",
                      f"tsa/{name}.pem"]
        return self.does(at, *words)

    def hands_out(self, at, name, *roots):
        self.does(at, "export", "DEC-0001", name, *believed(roots))
        return [f"{name}/{n}" for n in sorted(os.listdir(name))
                if n.endswith(".tar")]


def believed(roots):
    return [w for r in roots for w in ("--tsa-trust", f"tsa/{r}.pem")]


class Story:
    def __init__(self):
        os.mkdir("tsa")
        os.mkdir("lists")
        self.server = Server("tsa", "lists", env={
            **os.environ, "PATH": faked.path_with_openssl()})
        # two are over in five years, one in thirty; the last begins late
        self.roots = []
        for name, begins, years in (("avocet", 0, 5), ("bunting", 0, 5),
                                    ("curlew", 0, 30), ("diver", 20, 40)):
            root = Root("tsa", name, "lists", "http://nobody.invalid/",
                        int(years * 365.25), lambda *words, at=later(begins):
                        faked.run(at, "openssl", *words, cwd="tsa").stdout)
            root.issue(f"{name}-stamps", "plain")
            self.roots.append(name)
        write("paper.txt", "paper\n")
        faked.run(START, MUNIMENT, "init", "v", "--keys", "k",
                  "--no-passphrase", "--volatile", "--prefix", "DEC", "--as",
                  "Heron")
        self.keeper = Keeper("v", "k")
        self.keeper.does(START + DAY, "deposit", "--yes", "paper.txt")
        self.anchor = "vault:" + self.keeper.does(
            START, "fingerprint").split()[0].removeprefix("vault:")

    def judge(self, at, inputs, roots=None):
        done = faked.run(at, VERIFY, *inputs, "--trust", self.anchor, "--json",
                         *believed(self.roots if roots is None else roots),
                         check=False)
        expect(done.returncode in (0, 1, 2), f"{done}")
        return json.loads(done.stdout)


def is_said(what, said, verdict, *rules, words):
    broken = {c["rule"] for c in said["checks"] if c["verdict"] != "PASSED"}
    since = next(q for q in said["questions"] if q["question"] == "existed-by")
    text = since["because"] + " ".join(c["detail"] for c in said["checks"])
    expect(said["verdict"] == since["verdict"] == verdict and
           broken == set(rules) and words in text,
           f"{what}: {said['verdict']} by {broken}; '{words}' in {text}")


def never_renewed(story, keeper):
    """Its parcel says what is missing, as of ten years."""
    parcel = keeper.hands_out(later(4), "never", "avocet", "bunting")
    is_said("four years", story.judge(later(4.5), parcel), "PASSED",
            words=SINCE + "2")
    for inputs in (parcel, [keeper.vault]):
        is_said("ten years, no renewal", story.judge(later(10.5), inputs),
                "INDETERMINATE", "ts.expired", words=MISSING)


def one_renewal(story, keeper):
    """In ten years everybody's certificates of the first day are over."""
    server = story.server
    before = files(keeper.vault)
    said = keeper.stamps(later(3), server, "curlew", more=("--renew", "365"))
    expect("Nothing is to be renewed" in said and
           files(keeper.vault) == before, f"it is early: {said}")
    keeper.stamps(later(4), server, "curlew", more=("--renew", "365"))
    expect(len(files(keeper.vault)) > len(before), "it was renewed")
    parcel = keeper.hands_out(later(4.5), "once", *story.roots[:3])
    for inputs in (parcel, [keeper.vault]):
        is_said("ten years", story.judge(later(10.5), inputs), "PASSED",
                words=SINCE + "1")
    sizes = sorted(map(int, os.listdir(f"{keeper.vault}/log/time-stamps")))
    step_by_step(story, [keeper.vault], sizes[1])
    without_parts(story, parcel, sizes[0])
    is_said("ten years, the renewal is not believed", story.judge(
        later(10.5), parcel, story.roots[:2]), "INDETERMINATE", "ts.expired",
            "ts.untrusted", words=MISSING)
    is_said("ten years, nobody is believed", story.judge(
        later(10.5), parcel, ()), "INDETERMINATE", "time.trust", words="")
    is_said("thirty-five years, one renewal", story.judge(later(35), parcel),
            "INDETERMINATE", "ts.expired", words=MISSING)


def two_renewals(story, keeper):
    """A certificate for signing lasts ten years: a new key, in time, twice."""
    keeper.does(later(9), "key", "rotate", "--as", "Heron 2035")
    keeper.does(later(18), "key", "rotate", "--as", "Heron 2044")
    keeper.stamps(later(20.5), story.server, "diver")
    parcel = keeper.hands_out(later(21), "twice", *story.roots)
    for inputs in (parcel, [keeper.vault]):
        is_said("thirty-five years", story.judge(later(35), inputs), "PASSED",
                words=SINCE + "1")
        is_said("a hundred years", story.judge(later(100), inputs),
                "INDETERMINATE", "ts.expired", words=MISSING)
    is_said("thirty-five years, the second is not believed", story.judge(
        later(35), parcel, story.roots[:3]), "INDETERMINATE", "ts.expired",
            "ts.untrusted", words=MISSING)


def page_of(story, at, inputs):
    faked.run(at, VERIFY, *inputs, "--trust", story.anchor,
              *believed(story.roots), "--report", "page.html", check=False)
    with open("page.html", encoding="utf-8") as file:
        text = file.read()
    os.unlink("page.html")
    return text.replace("<bdi>", "").replace("</bdi>", "")


def step_by_step(story, inputs, renewal_size):
    """The page tells why, from the newest back to the oldest."""
    page = page_of(story, later(10.5), inputs)
    told = page[page.index('<h2 id="time">'):
                page.index('<h2 id="documents">')]
    for words in ("by &#39;avocet-stamps&#39;: states "
                  f"{faked.text(STAMPED)}",
                  "by &#39;curlew-stamps&#39;: states "
                  f"{faked.text(later(4))}",
                  f"judged as of {faked.text(later(4) + 1)}, by when a token "
                  f"over {renewal_size} entries had been made",
                  "DEC-0001.tar", "time.archive"):
        expect(words in told, f"the page does not say: {words}\n{told}")
    expect(told.index("curlew") < told.index("avocet"),
           "the page does not begin with the newest")
    certificates = page[page.index('<h2 id="certificates">'):]
    for name in ("avocet-stamps", "avocet", "curlew"):
        expect(f">{name}<" in certificates or f"{name}</" in certificates,
               f"the page has not the certificate of {name}")


def without_parts(story, parcel, size):
    """A dossier whose tokens were changed, or are gone."""
    (path,) = [p for p in parcel if p.endswith(".dossier.tar")]
    rest = [p for p in parcel if p != path]
    with open(path, "rb") as file:
        whole = file.read()
    at = whole.index(f"dossier/time-stamps/{size}/2.tst".encode())
    length = int(whole[at + 124:at + 135], 8)

    def fails(what, data):
        with open("changed.tar", "wb") as out:
            out.write(data)
        said = story.judge(later(21), ["changed.tar", *rest])
        expect(said["verdict"] == "FAILED" and "time-stamp.files" in {
            c["rule"] for c in said["checks"] if c["verdict"] == "FAILED"},
            f"{what}: {said['verdict']}")

    for off in (0, 200, length - 1):
        data = bytearray(whole)
        data[at + 512 + off] ^= 4
        fails(f"a token in the dossier changed at {off}", data)
    # the member is gone: header and blocks
    fails("a token is not in the dossier",
          whole[:at] + whole[at + 512 + (length + 511) // 512 * 512:])


def too_late(story, keeper):
    """A renewal after the end renews nothing."""
    keeper.stamps(later(5.5), story.server, "curlew")
    is_said("renewed too late", story.judge(later(6), [keeper.vault]),
            "INDETERMINATE", "ts.expired",
            words=f"no later than {faked.text(later(5.5) + 1)}")


def main():
    before = faked.leavings()
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        faked.start()
        story = Story()
        try:
            keeper = story.keeper
            keeper.stamps(STAMPED, story.server, "avocet", "bunting")
            never_renewed(story, keeper.copy("a"))
            too_late(story, keeper.copy("b"))
            one_renewal(story, keeper)
            two_renewals(story, keeper)
        finally:
            story.server.close()
            os.chdir("/")
            faked.tidy(before)
    passed()


main()
