#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""remember.py MUNIMENT VERIFY - heads that verifiers and keepers keep: what
they show of a rollback or a fork, and what is written where."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))

from programs import (deposit, expect, files, fingerprint, init, must,  # noqa: E402
                      passed, run)

MUNIMENT, VERIFY = sys.argv[1:3]


def add(vault="v", keys="k", text="text\n"):
    os.makedirs("docs", exist_ok=True)
    with open("docs/a.txt", "w", encoding="ascii") as file:
        file.write(text)
    deposit(MUNIMENT, vault, keys, "docs")


def state(folder):
    """Files, their bytes, and when they were last changed."""
    found = {}
    for here, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(here, name)
            now = os.lstat(path)
            found[path] = (now.st_mode, now.st_ino, now.st_size,
                           now.st_mtime_ns, now.st_ctime_ns)
    return found, files(folder)


def judge(status, anchor, vault="v", memory="mine"):
    done = run([VERIFY, vault, "--trust", anchor, "--remember", memory,
                "--json"])
    expect(done.returncode == status,
           f"gave {done.returncode}, not {status}: {done.stdout[-2500:]}"
           f"{done.stderr}")
    if status > 2:
        return {}
    return {c["rule"]: c for c in json.loads(done.stdout)["checks"]
            if c["rule"].startswith("log.")}


def head_name(vault="v"):
    log_key = json.loads(must(
        [MUNIMENT, "-C", vault, "fingerprint", "--json"]))["founding_log_key"]
    return hashlib.sha256(log_key.encode()).hexdigest() + ".checkpoint"


def remembered(anchor):
    before = state("v")
    rules = judge(0, anchor)
    name = head_name()
    expect(files("mine") == {name: files("v")["log/checkpoint"]},
           "the head is kept as it was found, and nothing else")
    expect("the first one" in rules["log.head-remembered"]["detail"],
           "the first sight of a log is said")
    expect("log.extends-kept" not in rules, "there was nothing before")
    expect(os.stat("mine").st_mode & 0o777 == 0o700, "it is ours alone")
    first = state("mine")
    rules = judge(0, anchor)
    expect(rules["log.extends-kept"]["verdict"] == "PASSED", "it extends")
    expect(state("mine") == first, "the same head is not written again")
    expect(state("v") == before, "the vault is not touched")
    must([VERIFY, "v", "--trust", anchor])
    expect(state("mine") == first, "unasked, nothing is written")


def grown(anchor):
    shutil.copytree("v", "old", symlinks=True)
    shutil.copytree("k", "old.keys")
    add(text="more\n")
    rules = judge(0, anchor)
    expect(rules["log.extends-kept"]["verdict"] == "PASSED", "it extends")
    expect(files("mine") == {head_name(): files("v")["log/checkpoint"]},
           "the newer head is kept in place of the older")


def attacked(anchor):
    kept = files("mine")[head_name()]
    rules = judge(1, anchor, "old")
    expect(rules["log.extends-kept"]["verdict"] == "FAILED"
           and "rolled back" in rules["log.extends-kept"]["detail"],
           "a rollback is named")
    found = files("mine")
    expect(found.pop(head_name()) == kept, "the kept head stays")
    expect(sorted(found.values())
           == sorted([kept, files("old")["log/checkpoint"]]),
           "both heads are evidence")
    expect(all(n.endswith((".remembered", ".found")) for n in found), found)
    again = state("mine")
    judge(1, anchor, "old")
    expect(state("mine") == again, "the same conflict is kept once")
    add("old", "old.keys", "another history\n")
    rules = judge(1, anchor, "old")
    expect("forked" in rules["log.extends-kept"]["detail"],
           "a fork is named")
    add("old", "old.keys", "that goes on\n")
    rules = judge(1, anchor, "old")
    expect("forked" in rules["log.extends-kept"]["detail"],
           "a longer fork is named")
    expect(files("mine")[head_name()] == kept, "the kept head stays")
    expect(len(files("mine")) == 7, "each conflict has its two heads")
    judge(0, anchor)


def not_remembered(anchor):
    """Nothing of which something failed is remembered."""
    other = "vault:" + "0" * 64
    judge(1, other, memory="fresh")
    expect(files("fresh") == {}, "another vault than was meant")
    path = "v/log/tile/0/000.p/3"
    with open(path, "rb") as file:
        good = file.read()
    os.chmod(path, 0o644)
    with open(path, "wb") as file:
        file.write(good[:-1] + bytes([good[-1] ^ 1]))
    judge(1, anchor, memory="fresh")
    expect(files("fresh") == {}, "a damaged log")
    with open(path, "wb") as file:
        file.write(good)
    # but an archive's damage says nothing about the log
    shutil.copytree("v", "hurt", symlinks=True)
    os.chmod("hurt/archives/TST-0001.tar", 0o644)
    with open("hurt/archives/TST-0001.tar", "ab") as file:
        file.write(b"x")
    judge(1, anchor, "hurt", memory="fresh")
    expect(list(files("fresh")) == [head_name()], "its head is remembered")
    # without an anchor it is remembered too: trust on first use
    done = run([VERIFY, "v", "--remember", "first"])
    expect(done.returncode == 2, "no anchor")
    expect(list(files("first")) == [head_name()], "remembered all the same")


def where(anchor):
    for folder in ("v", "v/mine", "v/log/a/b", "v/../v/x", "link/x"):
        if not os.path.lexists("link"):
            os.symlink("v", "link")
        before = state("v")
        judge(64, anchor, memory=folder)
        expect(state("v") == before, f"nothing is written in {folder}")
    judge(3, anchor, memory="docs/a.txt")
    judge(0, anchor, memory="new/and/deep")
    expect(list(files("new/and/deep")) == [head_name()], "folders are made")


def hostile_memory(anchor):
    path = os.path.join("mine", head_name())
    with open(path, "rb") as file:
        good = file.read()
    for bad in (b"", b"x", good[:-1], good + b"x", good * 2, b"x" * 100000,
                good.replace(b"\n3\n", b"\n2\n"), good[:-6] + b"AAAA=\n",
                b"\x1b[2J" + good):
        with open(path, "wb") as file:
            file.write(bad)
        rules = judge(1, anchor)
        expect(rules["log.extends-kept"]["verdict"] == "FAILED", bad[:20])
        with open(path, "rb") as file:
            expect(file.read() == bad, "what is damaged is left alone")
    os.remove(path)
    os.symlink("/etc/passwd", path)
    judge(1, anchor)
    os.remove(path)
    os.mkfifo(path)
    judge(1, anchor)
    os.remove(path)
    os.mkdir(path)
    judge(1, anchor)
    os.rmdir(path)
    with open(path, "wb") as file:
        file.write(good)
    judge(0, anchor)


def together(anchor):
    """Many at once: one head, nothing half written."""
    words = [VERIFY, "v", "--trust", anchor, "--remember", "shared"]
    running = [subprocess.Popen(words, stdout=subprocess.DEVNULL)
               for _ in range(8)]
    expect([p.wait() for p in running] == [0] * 8, "all pass")
    expect(files("shared") == {head_name(): files("v")["log/checkpoint"]},
           "one head")


def saved():
    must([MUNIMENT, "-C", "old", "checkpoint", "--save", "a.checkpoint"])
    text = files("old")["log/checkpoint"]
    with open("a.checkpoint", "rb") as file:
        expect(file.read() == text, "the head is in the file")
    first = os.stat("a.checkpoint").st_ino
    must([MUNIMENT, "-C", "old", "checkpoint", "--save", "a.checkpoint"])
    expect(os.stat("a.checkpoint").st_ino == first, "not written again")
    add("old", "old.keys", "and on\n")
    said = json.loads(must([MUNIMENT, "-C", "old", "checkpoint", "--json",
                            "--save", "a.checkpoint"]))
    expect(said["saved"] is True, "the newer head took its place")
    with open("a.checkpoint", "rb") as file:
        newer = file.read()
    expect(newer == files("old")["log/checkpoint"], "whole")
    # the other history neither replaces it nor is replaced by it
    done = run([MUNIMENT, "-C", "v", "checkpoint", "--save", "a.checkpoint"])
    expect(done.returncode == 3 and b"log.stale" in done.stderr, done.stderr)
    with open("a.txt", "wb") as file:
        file.write(b"a letter\n")
    for name in ("a.txt", "docs", "absent/x"):
        must([MUNIMENT, "-C", "old", "checkpoint", "--save", name], status=3)
    os.symlink("a.checkpoint", "a.link")
    must([MUNIMENT, "-C", "old", "checkpoint", "--save", "a.link"], status=3)
    with open("a.txt", "rb") as file:
        expect(file.read() == b"a letter\n", "something else stays")
    with open("a.checkpoint", "rb") as file:
        expect(file.read() == newer, "the newest head stays")
    must([VERIFY, "old", "--checkpoint", "a.checkpoint"], status=2)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        init(MUNIMENT, "v", "k", "--prefix", "TST")
        add()
        anchor = fingerprint(MUNIMENT, "v")
        for act in (remembered, grown, attacked, not_remembered, where,
                    hostile_memory, together):
            act(anchor)
        saved()
        os.chdir("/")
    passed()


main()
