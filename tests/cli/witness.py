#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""witness.py MUNIMENT VERIFY - heads cosigned by witnesses that are honest,
broken or hostile, and what a verifier with a policy makes of it."""
import base64
import json
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))

from programs import (deposit, expect, files, fingerprint, init, must,  # noqa: E402
                      passed, run)
from witness import DASH, Key, Witness, key_id  # noqa: E402

MUNIMENT, VERIFY = sys.argv[1:3]


class Story:
    def __init__(self, folder):
        os.chdir(folder)
        init(MUNIMENT, "v", "k", "--prefix", "TST")
        self.keys = "k"
        self.add("v")
        self.anchor = fingerprint(MUNIMENT, "v")
        self.log_key = json.loads(must(
            [MUNIMENT, "-C", "v", "fingerprint", "--json"]))["log_key"]
        self.one = Witness("w1", "w.example/one")
        self.two = Witness("w2", "w.example/two")
        for witness in (self.one, self.two):
            witness.know(self.log_key)

    def add(self, vault, keys="k"):
        self.count = getattr(self, "count", 0) + 1
        os.makedirs("docs", exist_ok=True)
        with open("docs/a.txt", "w", encoding="ascii") as file:
            file.write(f"document {self.count}\n")
        deposit(MUNIMENT, vault, keys, "docs")

    def ask(self, *witnesses, vault="v", status=0, more=()):
        words = [MUNIMENT, "-C", vault, "checkpoint", *more]
        for witness in witnesses:
            words += ["--witness", f"{witness.url},{witness.vkey}"]
        done = run(words)
        expect(done.returncode == status,
               f"{words} gave {done.returncode}: {done.stderr}")
        return done

    def policy(self, quorum, log=True, more=""):
        with open("policy", "w", encoding="utf-8") as file:
            if log:
                file.write(f"log {self.log_key}\n")
            file.write(f"witness one {self.one.vkey} {self.one.url}\n"
                       f"witness two {self.two.vkey}\n{more}"
                       f"quorum {quorum}\n")

    def judge(self, status, *words, vault="v", anchor=True):
        """{rule: (verdict, detail)} of what the verifier says."""
        words = [VERIFY, vault, "--json", *words]
        if anchor:
            words += ["--trust", self.anchor]
        done = run(words)
        expect(done.returncode == status,
               f"{words} gave {done.returncode}: {done.stdout[-3000:]}"
               f"{done.stderr}")
        if not done.stdout or "checks" not in json.loads(done.stdout):
            return {}
        worst = {}
        order = ["PASSED", "INDETERMINATE", "FAILED"]
        for check in json.loads(done.stdout)["checks"]:
            verdict, detail = check["verdict"], check["detail"]
            old = worst.get(check["rule"], ("PASSED", ""))[0]
            if order.index(verdict) >= order.index(old):
                worst[check["rule"]] = (verdict, detail)
        return worst


def edit(path, data):
    os.chmod(path, 0o644)
    with open(path, "wb") as file:
        file.write(data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def honest(story):
    done = story.ask(story.one)
    note = read("v/log/witness/2/checkpoint")
    expect(done.stdout == note, "what is printed is what was stored")
    expect(note.startswith(read("v/log/checkpoint")), "the log's line first")
    path, headers, body = story.one.requests[-1]
    expect(path == "/w/add-checkpoint", "the path is the specification's")
    expect(body == b"old 0\n\n" + read("v/log/checkpoint"), "the body too")
    expect("User-Agent" not in headers, "who asks is not said")
    rules = story.judge(0)
    expect(rules["witness.unjudged"][0] == "PASSED", "no policy, no quorum")
    expect("witness.quorum" not in rules, "no policy, no quorum")
    story.policy("one")
    rules = story.judge(0, "--policy", "policy")
    expect(rules["witness.quorum"][0] == "PASSED", "one has cosigned")
    expect(rules["policy.log"][0] == "PASSED", "the log is named")
    story.judge(0, "--policy", "policy", anchor=False)
    story.policy("one", log=False)
    story.judge(2, "--policy", "policy", anchor=False)
    story.policy("two")
    rules = story.judge(2, "--policy", "policy")
    expect(rules["witness.quorum"][0] == "INDETERMINATE", "two has not")
    story.policy("none")
    story.judge(0, "--policy", "policy")


def growing(story):
    story.add("v")
    story.policy("one")
    rules = story.judge(2, "--policy", "policy")
    expect("covers the first 2 entries" in rules["witness.quorum"][1],
           "how far the witnesses go is said")
    story.ask(story.one, story.two)
    expect(story.one.requests[-1][2].startswith(b"old 2\n")
           and story.one.requests[-1][2].count(b"\n") > 6,
           "a proof from what the witness holds")
    note = read("v/log/witness/3/checkpoint").decode()
    expect(note.index("w.example/one") < note.index("w.example/two"),
           "both are there, in order")
    story.policy("both", more="group both all one two\n")
    rules = story.judge(0, "--policy", "policy")
    expect("2 witnesses" in rules["witness.quorum"][1], "both are counted")
    # again: the same head, a newer time, in place of the line before
    story.ask(story.one)
    expect(read("v/log/witness/3/checkpoint").decode().count(DASH) == 3,
           "one line a witness")
    # what we forgot, the witness says: 409, then once more from there
    shutil.rmtree("v/log/witness")
    count = len(story.one.requests)
    story.ask(story.one, story.two)
    asked = [r[2].split(b"\n")[0] for r in story.one.requests[count:]]
    expect(asked == [b"old 0", b"old 3"], f"asked again from there: {asked}")
    story.judge(0, "--policy", "policy")
    # by the policy alone: only one has a URL there
    count = len(story.two.requests)
    story.ask(more=("--policy", "policy"))
    expect(len(story.two.requests) == count, "no URL, not asked")
    done = story.ask(story.one, more=("--json",))
    said = json.loads(done.stdout)
    expect(said["witnesses"][0]["cosigned"] is True, "JSON says who")
    expect(said["checkpoint"].encode()
           == read("v/log/witness/3/checkpoint"), "and what")


def hostile(story):
    story.add("v")
    said = {
        "wrong signature": "not by the key that was given",
        "of another head": "not by the key that was given",
        "wrong name": "no cosignature by the key",
        "old": "more than a day from",
        "future": "more than a day from",
        "one bad of two": "not by the key that was given",
        "nothing": "no cosignature by the key",
        "no line": "not lines of cosignatures",
        "no line end": "not lines of cosignatures",
        "not base64": "not lines of cosignatures",
        "too many lines": "not lines of cosignatures",
        "huge": "http.too-large",
        "409 for ever": "409 twice",
        "409 of another type": "does not say of which size",
        "409 of no number": "does not say of which size",
        "409 far ahead": "log.stale",
        "409 beyond 64 bits": "does not say of which size",
        "409 the same": "forked",
        "500": "busy or broken (HTTP 500)",
        "429": "busy or broken (HTTP 429)",
        "302": "HTTP 302",
        "204": "HTTP 204",
        "422": "rewritten or forked",
        "400": "HTTP 400",
    }
    before = files("v")
    for mode, text in said.items():
        story.one.mode = mode
        count = len(story.one.requests)
        done = story.ask(story.one, status=3)
        error = done.stderr.decode()
        expect(text in error, f"{mode}: {error}")
        expect("\x1b" not in error, f"{mode}: escapes")
        expect(len([x for x in error.splitlines() if x]) == 1,
               f"{mode}: one sentence: {error}")
        expect(len(story.one.requests) - count <= 2, f"{mode}: asked twice")
        expect(files("v") == before, f"{mode}: the vault is as it was")
    # one that is broken does not keep the other from being asked
    story.ask(story.one, story.two, status=3)
    expect(b"w.example/two" in read("v/log/witness/4/checkpoint"),
           "the other was asked")
    story.one.mode = None
    story.one.logs.clear()
    expect(b"does not know this log" in story.ask(
        story.one, status=3).stderr, "404")
    story.one.know(story.log_key.split("+")[0] + "+x+"
                   + base64.b64encode(b"\x01" + bytes(32)).decode())
    expect(b"by another key" in story.ask(
        story.one, status=3).stderr, "403")
    story.one.know(story.log_key)
    dead = Witness("w3", "w.example/dead")
    dead.server.shutdown()
    dead.server.server_close()
    expect(b"no answer" in story.ask(dead, status=3).stderr, "nobody there")
    story.ask(story.one)
    story.judge(0, "--policy", "policy")


def typed(story):
    for words in (["--witness", story.one.url],
                  ["--witness", story.one.url + "," + story.log_key],
                  ["--witness", "ftp://x/," + story.one.vkey],
                  ["--witness", ",x"], ["--policy", "docs/a.txt"]):
        must([MUNIMENT, "-C", "v", "checkpoint", *words], status=64)
    before = len(story.one.requests)
    must([MUNIMENT, "-C", "v", "checkpoint", "--witness",
          f"{story.one.url},{story.one.vkey}", "--witness", "x"], status=64)
    expect(len(story.one.requests) == before, "nobody was asked")
    with open("bad", "w", encoding="ascii") as file:
        file.write("quorum x\n")
    done = run([VERIFY, "v", "--policy", "bad"])
    expect(done.returncode == 64 and b"line 1" in done.stderr,
           "a bad policy is named with its line")
    must([VERIFY, "v", "--policy", "absent"], status=3)
    rules = story.judge(2, "--policy", "policy",
                        vault="v/archives/TST-0001.tar")
    expect(rules["policy.unused"][0] == "INDETERMINATE", "no log, no policy")


def tampered(story):
    path = "v/log/witness/4/checkpoint"
    good = read(path)
    lines = good.splitlines(keepends=True)

    def judge(data, status, rule, verdict, *more):
        edit(path, data)
        rules = story.judge(status, *more)
        expect(rules[rule][0] == verdict, f"{rule}: {rules.get(rule)}")
        edit(path, good)

    policy = ("--policy", "policy")
    blob = bytearray(base64.b64decode(lines[5].split()[2]))
    blob[-1] ^= 1
    bad = (lines[5].rsplit(b" ", 1)[0] + b" " + base64.b64encode(blob)
           + b"\n")
    forged = b"".join(lines[:5] + [bad] + lines[6:])
    judge(forged, 1, "witness.signature", "FAILED", *policy)
    judge(forged, 0, "witness.unjudged", "PASSED")
    judge(b"".join(lines[:5] + lines[6:]), 2, "witness.quorum",
          "INDETERMINATE", *policy)
    for data in (good[:-1], good + b"\n", good + lines[5], b"",
                 b"".join(lines[:5]), good.replace(b"\n", b"\r\n"),
                 b"".join(lines[:5] + lines[6:] + lines[5:6]),
                 good + b"x" * 70000):
        judge(data, 1, "witness.malformed", "FAILED")
    judge(read("v/log/witness/3/checkpoint"), 1, "witness.extends", "FAILED")
    for name in ("x", "4/x", "04/checkpoint", "9/checkpoint", "checkpoint"):
        extra = os.path.join("v/log/witness", name)
        os.makedirs(os.path.dirname(extra), exist_ok=True)
        edit_new(extra, good)
        rules = story.judge(1)
        expect(rules["log.unexpected"][0] == "FAILED", name)
        os.remove(extra)
        if name in ("04/checkpoint", "9/checkpoint"):
            os.rmdir(os.path.dirname(extra))
    edit_new("v/log/witness/4/.checkpoint.tmp", b"half")
    rules = story.judge(2)
    expect(rules["log.litter"][0] == "INDETERMINATE", "a leftover is named")
    story.add("v")
    expect(not os.path.exists("v/log/witness/4/.checkpoint.tmp"),
           "the next writer tidies up")
    story.judge(0)
    os.remove(path)
    os.mkfifo(path)
    rules = story.judge(1)
    expect(rules["log.unexpected"][0] == "FAILED", "a FIFO is no checkpoint")
    os.remove(path)
    edit_new(path, good)
    story.judge(0)


def edit_new(path, data):
    with open(path, "wb") as file:
        file.write(data)


def forged_fork(story):
    """The log's own key signs another history of 3 entries, and a witness
    whose state was lost cosigns it."""
    log = Key("k/log.key")
    origin = story.log_key.split("+")[0]
    body = (f"{origin}\n3\n"
            f"{base64.b64encode(bytes(32)).decode()}\n").encode()
    blob = key_id(origin, 1, log.public) + log.sign(body)
    note = (body + b"\n" + f"{DASH} {origin} ".encode()
            + base64.b64encode(blob) + b"\n" + story.two.line(body, 1795428672))
    os.remove("k/log.key.in")
    path = "v/log/witness/3/checkpoint"
    good = read(path)
    edit(path, note)
    rules = story.judge(1)
    expect(rules["witness.extends"] == (
        "FAILED", "log/witness/3/checkpoint: it is over other entries"),
        f"a fork is named: {rules['witness.extends']}")
    edit(path, good)


def stale(story):
    """An older copy, and a fork grown on it with the real keys."""
    shutil.copytree("v", "v.old", symlinks=True)
    shutil.copytree("k", "k.old")
    story.add("v")
    story.ask(story.one)
    done = story.ask(story.one, vault="v.old", status=3)
    expect(b"log.stale" in done.stderr and b"older copy" in done.stderr,
           "the witness holds more than the old copy")
    story.add("v.old", keys="k.old")
    done = story.ask(story.one, vault="v.old", status=3)
    expect(b"log.stale" in done.stderr and b"forked" in done.stderr,
           f"the witness holds another head of that size: {done.stderr}")
    story.add("v.old", keys="k.old")
    done = story.ask(story.one, vault="v.old", status=3)
    expect(b"log.stale" in done.stderr and b"rewritten or forked"
           in done.stderr, f"the fork goes on: {done.stderr}")


def rotated(story):
    """The log's key is replaced: a witness that knows the new one goes on."""
    init(MUNIMENT, "r", "kr", "--prefix", "ROT")
    keep = [MUNIMENT, "-C", "r", "--keys", "kr"]
    witness = Witness("w3", "w.example/three")
    keys = []
    for _ in range(3):
        must([*keep, "key", "rotate", "--log-key"])
        keys.append(json.loads(must(
            [MUNIMENT, "-C", "r", "checkpoint", "--json"]))["log_key"])
        witness.know(keys[-1])
        story.ask(witness, vault="r")
        story.add("r", "kr")
        done = story.ask(witness, vault="r")
        name, number = keys[-1].split("+")[:2]
        blob = base64.b64encode(bytes.fromhex(number)).decode()[:5]
        expect(f"\n{DASH} {name} {blob}".encode() in done.stdout,
               f"the head is not by the key that is said: {done.stdout}")
        must([MUNIMENT, "-C", "r", "log", "publish", "pr"])
    expect(len(set(keys)) == 3, f"a replaced key was said again: {keys}")
    must([VERIFY, "r", "--trust", fingerprint(MUNIMENT, "r")])


def main():
    with tempfile.TemporaryDirectory() as folder:
        story = Story(folder)
        for act in (honest, growing, hostile, typed, tampered, forged_fork,
                    stale, rotated):
            act(story)
        os.chdir("/")
    passed()


main()
