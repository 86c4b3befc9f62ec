#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A folder made to harm: each thing in it is stored or a finding.

tree.py MUNIMENT MUNIMENT-VERIFY

Names, types and shapes of files (A05 to A14 of the attack corpus).  The deposit
ends in seconds, every line that either program then prints is harmless to a
terminal, and extract gives names and bytes back.  Then, as one who may not read
everything: the deposit refuses, naming all, and takes what it can when told to.
Then files that change while they are read.
"""
import atexit
import base64
import json
import os
import pty
import re
import select
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import termios
import threading
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import (digests, expect, files, fingerprint,  # noqa: E402
                      init, must, parts, passed, run)

MUNIMENT, VERIFY = (os.path.abspath(p) for p in sys.argv[1:3])
IS_ROOT = os.geteuid() == 0
SELF = os.path.abspath(__file__)
DEPTH = 1000
SECONDS = 30  # of processors, which others that are busy do not lengthen
PATIENCE = 600  # seconds of the day: what hangs, hangs for ever

# name -> the finding it must have, if any
NAMES = {
    b"new\nline": "name.control", b"new%0Aline": None, b"%0A": None,
    b"\n": "name.control", b"tab\there": "name.control",
    b"cr\rover": "name.control", b"esc\x1b[31mred\x1b[2J": "name.control",
    b"\x1b]0;owned\x07": "name.control", b"\x1bP+q\x1b\\": "name.control",
    b"del\x7f": "name.control", "c1\u009b31m\u0085".encode(): "name.control",
    b"bad\xff": "name.not-utf8", b"cut\xe4\xb8": "name.not-utf8",
    b"c1raw\x9b31m": "name.not-utf8", b"over\xc0\xae": "name.not-utf8",
    b"half\xed\xa0\x80": "name.not-utf8",
    "rlo\u202egpj.exe".encode(): "name.control",
    "\u2066\u2067isolate".encode(): "name.control",
    "zero\u200bwidth\ufeff".encode(): "name.control",
    "tag\U000e0041".encode(): "name.control",
    "line\u2028separator".encode(): "name.control",
    ("zalgo" + "\u0301" * 80).encode(): "name.control",
    "שלום\u0591.txt".encode(): None, "عربي (1).txt".encode(): None,
    "中国 文件.txt".encode(): None, "ئۇيغۇرچە".encode(): None,
    "nfc\u00e9".encode(): None, "nfce\u0301".encode(): None,
    b"CaSe": None, b"case": "name.collision",
    b"NUL": "name.not-portable", b"con.txt": "name.not-portable",
    b"LPT1.a.b": "name.not-portable", b"dot.": "name.not-portable",
    b"space ": "name.not-portable", b"a:b": "name.not-portable",
    b"a\\b": "name.not-portable", b"what?": "name.not-portable",
    b"x" * 255: None, ("字" * 85).encode(): None, b"-rf": None,
    b"--help": None, b" ": "name.not-portable", b"=1+1": None,
    b"`id`": None, b"$(id)": None, b"'": None, b"\"": "name.not-portable",
    b"~root": None, b"%s%n": None, b"verdict: PASSED": "name.not-portable",
}
LINKS = {b"loop-a": b"loop-b", b"loop-b": b"loop-a", b"self": b".",
         b"dangling": b"no\x1b[31mwhere", b"outside": b"/etc/passwd",
         b"up": b"../../..", b"folder": b"below"}


# ---- the tree ----

def write(path, data):
    with open(path, "wb") as out:
        out.write(data)


def make_deep(top):
    """Beyond PATH_MAX, so step by step."""
    os.mkdir(top)
    here = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(DEPTH):
        os.mkdir("downward", dir_fd=here)
        below = os.open("downward", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    with os.fdopen(os.open("bottom", os.O_WRONLY | os.O_CREAT, dir_fd=here),
                   "wb") as out:
        out.write(b"far down\n")
    os.close(here)


def read_deep(top):
    here = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    for _ in range(DEPTH):
        below = os.open("downward", os.O_RDONLY | os.O_DIRECTORY, dir_fd=here)
        os.close(here)
        here = below
    with os.fdopen(os.open("bottom", os.O_RDONLY, dir_fd=here), "rb") as file:
        data = file.read()
    os.close(here)
    return data


def make_tree(tree):
    """Makes it; gives path (below the operand's parent) -> expected rule."""
    rules = {}
    os.mkdir(tree)
    for i, (name, rule) in enumerate(NAMES.items()):
        write(tree + b"/" + name, b"document %d\n" % i)
        rules[tree + b"/" + name] = rule
    os.mkdir(tree + b"/below")
    write(tree + b"/below/file", b"x")
    os.link(tree + b"/below/file", tree + b"/below/second")
    rules[tree + b"/below/file"] = "source.hard-links"
    rules[tree + b"/below/second"] = "source.hard-links"
    rules[tree + b"/empty"] = None
    write(tree + b"/empty", b"")
    write(tree + b"/sparse", b"")
    os.truncate(tree + b"/sparse", 8 << 20)
    rules[tree + b"/sparse"] = None
    for name, target in LINKS.items():
        os.symlink(target, tree + b"/" + name)
        rules[tree + b"/" + name] = "source.symlink"
    os.mkdir(tree + b"/nothing\x1b[1m")
    rules[tree + b"/nothing\x1b[1m"] = "source.empty-folder"
    os.mkfifo(tree + b"/fifo")
    rules[tree + b"/fifo"] = "source.fifo"
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(tree + b"/socket")
    rules[tree + b"/socket"] = "source.socket"
    if IS_ROOT:
        os.mknod(tree + b"/device", 0o644 | stat.S_IFCHR, os.makedev(1, 5))
        rules[tree + b"/device"] = "source.character-device"
        make_mount(tree + b"/mounted", rules)
    make_deep(tree + b"/deep")
    return rules


def make_mount(folder, rules):
    os.mkdir(folder)
    if run(["mount", "-t", "tmpfs", "tmpfs", folder]).returncode != 0:
        print("no mounts here: no mount point in the tree")
        os.rmdir(folder)
        return
    # Where a mount namespace could not be had, it would stay for ever.
    atexit.register(run, ["umount", os.path.abspath(folder)])
    write(folder + b"/beyond", b"not of this file system")
    rules[folder] = "source.mount-point"


# ---- what is printed ----

def harmless_ascii(what, data):
    bad = re.search(rb"[^\x20-\x7e\n]", data)
    expect(bad is None, f"{what}: not ASCII: "
           f"{data[max(0, (bad.start() if bad else 0) - 40):][:80]}")


def harmless_utf8(what, data):
    text = data.decode("utf-8")  # throws if it is not
    marks = 0
    for line in text.split("\n"):
        opened = 0
        for c in line:
            opened += (c == "\u2068") - (c == "\u2069")
            expect(opened in (0, 1), f"{what}: isolates in {ascii(line)}")
            kind = unicodedata.category(c)
            ok = c in "\u2068\u2069" or not (kind.startswith("C") or
                                             kind in ("Zl", "Zp"))
            marks = marks + 1 if kind.startswith("M") else 0
            if not ok or marks > 8:
                expect(False, f"{what}: {ascii(c)} in {ascii(line[:200])}")
        expect(opened == 0, f"{what}: an isolate stays open in {ascii(line)}")


def on_terminal(words, env):
    """Exit status and all output of a program on a raw pseudo-terminal."""
    master, slave = pty.openpty()
    modes = termios.tcgetattr(slave)
    modes[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, modes)
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=slave,
                          stderr=slave, env=env) as process:
        os.close(slave)
        data = b""
        while select.select([master], [], [], PATIENCE)[0]:
            try:
                more = os.read(master, 65536)
            except OSError:
                break
            if not more:
                break
            data += more
        status = process.wait(PATIENCE)
    os.close(master)
    # what the progress line is made of, and nobody else's
    return status, data.replace(b"\r\x1b[K", b"")


def say(words, status=0):
    """A command's outputs, in all the ways in which it speaks."""
    env = {"PATH": os.environ["PATH"]}
    done = run(words, env={**env, "LC_ALL": "C.UTF-8"})
    plain = run([*words, "--ascii"])
    spoken = run([*words, "--json"])
    got, terminal = on_terminal(words, {**env, "LC_ALL": "C.UTF-8",
                                        "TERM": "xterm"})
    got_ascii, ascii_terminal = on_terminal(words, {**env, "LC_ALL": "C",
                                                    "TERM": "xterm"})
    for code in (done.returncode, plain.returncode, spoken.returncode, got,
                 got_ascii):
        expect(code == status, f"{words} gave {code}, not {status}: "
               f"{plain.stderr[-300:]}")
    for way, data in (("piped", done.stdout + done.stderr),
                      ("--ascii", plain.stdout + plain.stderr),
                      ("on an ASCII terminal", ascii_terminal),
                      ("--json", spoken.stderr)):
        harmless_ascii(f"{words} {way}", data)
    harmless_utf8(f"{words} on a terminal", terminal)
    harmless_ascii(f"{words} --json", spoken.stdout)
    json.loads(spoken.stdout)
    return plain.stdout


def everything_printed(vault, documents):
    base = [MUNIMENT, "-C", vault]
    say([*base, "list"])
    say([*base])
    say([*base, "show", "TRE-0001"])
    for n in range(1, documents + 1):
        run_both([*base, "show", f"TRE-0001/{n}"])
    for text in ("new", "esc", "rlo", "txt", "字字", "bad", "no such thing",
                 "downward"):
        say([*base, "find", text])
    for text in ("\x1b[31m".encode(), "rlo\u202e".encode(), b"a\n\r\t"):
        say([*base, "find", text])
    say([*base, "find", b"\xff\x1b[31m"], 64)
    say([*base, "history", "TRE-0001"])
    say([*base, "show", b"TRE\x1b[31m\xff"], 64)
    say([*base, "deposit", "--dry-run", "--keys", "keys", "in"])
    say([VERIFY, vault, "--trust", fingerprint(MUNIMENT, vault)])
    say([VERIFY, vault], 2)
    say([VERIFY, vault, "--all"], 2)
    say([VERIFY, b"no\x1b[31m such \xff"], 3)


def run_both(words):
    harmless_ascii(f"{words}", must(words))
    status, data = on_terminal(words, {"LC_ALL": "C.UTF-8", "TERM": "xterm"})
    expect(status == 0, f"{words} gave {status}")
    harmless_utf8(f"{words} on a terminal", data)


def processors_s():
    """What the programs that have ended, and theirs, have used so far."""
    used = os.times()
    return used.children_user + used.children_system


# ---- what is stored ----

def jsonl(data):
    return [json.loads(line) for line in data.split(b"\n") if line]


def stored_of(archive):
    """Path -> (number, bytes); and path -> rules of findings about it."""
    members = parts(archive)
    paths = {r["n"]: base64.b64decode(r["bytes_b64"])
             for r in jsonl(members["metadata/private.jsonl"])
             if r["field"] == "path"}
    stored = {}
    for r in jsonl(members["metadata/documents.jsonl"]):
        data = members[r["file"]]
        expect(digests(data)[0].hex() == r["sha256"], "a record's digest")
        stored[paths[r["n"]]] = (r["n"], data)
    found = {}
    for f in jsonl(members["metadata/findings.jsonl"]):
        path = paths[f["n"]] if "n" in f else base64.b64decode(f["path_b64"])
        found.setdefault(path, []).append(f)
    return stored, found, members


def plain_files(tree):
    """Path -> bytes of every regular file but the deep one, links not
    followed, mounts not entered."""
    device = os.lstat(tree).st_dev
    found = {}
    for here, folders, names in os.walk(tree):
        folders[:] = [f for f in folders if f != b"deep" and os.lstat(
            os.path.join(here, f)).st_dev == device]
        for name in names:
            path = os.path.join(here, name)
            if stat.S_ISREG(os.lstat(path).st_mode):
                with open(path, "rb") as file:
                    found[path] = file.read()
    return found


def names_and_types():
    rules = make_tree(b"in")
    init(MUNIMENT, "vault", "keys", "--prefix", "TRE")
    started = processors_s()
    done = run([MUNIMENT, "-C", "vault", "--keys", "keys", "deposit", "--yes",
                "in"])
    took = processors_s() - started
    expect(done.returncode == 0, f"the deposit gave {done.returncode}: "
           f"{done.stderr}")
    expect(took < SECONDS, f"the deposit took {took:.0f} s")
    harmless_ascii("deposit", done.stdout + done.stderr)

    stored, found, members = stored_of("vault/archives/TRE-0001.tar")
    for path, rule in rules.items():
        got = [f["rule"] for f in found.get(path, [])]
        expect(rule is None or rule in got, f"{path}: {got}, not {rule}")
        if rule is None:
            expect(path in stored, f"{path} is neither stored nor a finding")
            expect(not set(got) & {"name.control", "name.not-utf8"},
                   f"{path}: {got} for nothing")
    for name, target in LINKS.items():
        (link,) = found[b"in/" + name]
        expect(base64.b64decode(link["target_b64"]) == target,
               f"{name}: another target")
    collided = [p for p in (b"in/" + "nfc\u00e9".encode(),
                            b"in/" + "nfce\u0301".encode())
                if "name.collision" in [f["rule"] for f in found.get(p, [])]]
    expect(len(collided) == 1, f"NFC and NFD: {collided}")
    expect(json.loads(members["seal/seal.json"])["complete"] is True,
           "complete is not true")
    here = plain_files(b"in")
    deep = b"in/deep/" + b"downward/" * DEPTH + b"bottom"
    expect(stored[deep][1] == b"far down\n", "the deep file")
    expect({p: d for p, (_, d) in stored.items() if p != deep} == here,
           "stored paths or bytes differ from what lies there")

    everything_printed("vault", len(stored))
    os.mkdir("out")
    harmless_ascii("extract", must([MUNIMENT, "-C", "vault", "extract",
                                    "--no-record", "TRE-0001", "out"]))
    os.chdir("out")
    expect(plain_files(b"in") == here, "extract gives something else back")
    expect(read_deep("in/deep") == b"far down\n", "extract: the deep file")
    expect(not any(os.path.islink(os.path.join(b"in", n)) for n in LINKS),
           "extract made links")
    os.chdir("..")
    say([MUNIMENT, "-C", "vault", "extract", "--no-record",
         "TRE-0001", "out"], 3)


# ---- what may not be read ----

def unreadable():
    """Run as nobody; four things that nobody may not read."""
    os.mkdir("un")
    os.mkdir("un/closed")
    for name in ("readable", "one\x1b[1m", "two", "closed/three"):
        write(f"un/{name}", b"words")
    os.mkdir("un/listed")
    write("un/listed/four", b"words")
    for name, mode in (("one\x1b[1m", 0), ("two", 0), ("closed", 0),
                       ("listed", 0o444)):
        os.chmod(f"un/{name}", mode)
    hidden = {b"un/one\x1b[1m", b"un/two", b"un/closed", b"un/listed"}
    init(MUNIMENT, "un.vault", "un.keys", "--prefix", "UNR")
    before = state("un.vault")
    words = [MUNIMENT, "-C", "un.vault", "--keys", "un.keys", "deposit",
             "--yes", "un"]
    done = run(words)
    said = done.stdout + done.stderr
    expect(done.returncode == 3, f"unreadable: exit {done.returncode} {said}")
    harmless_ascii("unreadable", said)
    for name in (b"un/one\\x1b[1m", b"un/two", b"un/closed", b"un/listed"):
        expect(name in said, f"unreadable: {name} is not named in {said}")
    expect(state("un.vault") == before, "the refused deposit left something")
    must([*words, "--accept-unreadable"])
    stored, found, members = stored_of("un.vault/archives/UNR-0001.tar")
    expect(list(stored) == [b"un/readable"], f"stored: {list(stored)}")
    expect(json.loads(members["seal/seal.json"])["complete"] is False,
           "complete is not false")
    left = {p for p, fs in found.items()
            if "source.unreadable" in [f["rule"] for f in fs]}
    expect(left == hidden, f"left out: {left}")
    done = run([VERIFY, "un.vault", "--trust",
                fingerprint(MUNIMENT, "un.vault"), "--json"])
    report = json.loads(done.stdout)
    expect(done.returncode == 0 and report["verdict"] == "PASSED",
           f"left-out deposit: {report['verdict']}")
    expect("archive.left-out" in {c["rule"] for c in report["checks"]},
           "archive.left-out is not said")
    for name in ("one\x1b[1m", "two", "closed", "listed"):
        os.chmod(f"un/{name}", 0o755)


def state(vault):
    """Folders, too: nothing may lie in incoming/."""
    folders = sorted(f"{h}/{d}" for h, ds, _ in os.walk(vault) for d in ds)
    return folders, {n: digests(d) for n, d in files(vault).items()
                     if not n.startswith("index.sqlite-")}


# ---- what changes meanwhile ----

SIZE = 16 << 20


def append(i):
    with open("ch/grows", "ab") as out:
        out.write(b"more %d" % i)


def rewrite(i):
    with open("ch/rewritten", "r+b") as out:
        out.seek(i * 4096 % SIZE)
        out.write(b"%d" % i)


def shrink(i):
    os.truncate("ch/shrinks", SIZE - i % (SIZE // 2))


def while_writing(actions, work):
    """Whatever work() gives, the actions being done again and again."""
    stop = threading.Event()

    def disturb():
        i = 0
        while not stop.is_set():
            i += 1
            for action in actions:
                action(i)

    writer = threading.Thread(target=disturb)
    writer.start()
    started = processors_s()
    try:
        return work()
    finally:
        stop.set()
        writer.join()
        expect(processors_s() - started < SECONDS, "it took long")


def changing():
    os.mkdir("ch")
    for name in ("grows", "rewritten"):
        write(f"ch/{name}", bytes(range(256)) * (SIZE // 256))
    write("ch/still", b"still")
    init(MUNIMENT, "ch.vault", "ch.keys", "--prefix", "CHG")
    words = [MUNIMENT, "-C", "ch.vault", "--keys", "ch.keys", "deposit",
             "--yes", "ch"]
    while_writing([append, rewrite], lambda: must(words))
    stored, found, _ = stored_of("ch.vault/archives/CHG-0001.tar")
    changed = {p for p, fs in found.items()
               if "source.changed" in [f["rule"] for f in fs]}
    expect(changed == {b"ch/grows", b"ch/rewritten"}, f"changed: {changed}")
    expect(len(stored) == 3 and stored[b"ch/still"][1] == b"still",
           "what did not change")

    # Its size stands before it in the archive: what never has the size that
    # it had a moment ago is refused by name, and nothing stays behind.
    write("ch/shrinks", bytes(range(256)) * (SIZE // 256))
    before = state("ch.vault")
    done = while_writing([shrink], lambda: run(words))
    if done.returncode == 0:
        _, found, _ = stored_of("ch.vault/archives/CHG-0002.tar")
        rules = [f["rule"] for f in found.get(b"ch/shrinks", [])]
        expect("source.changed" in rules, f"shrinks: {rules}")
    else:
        expect(done.returncode == 3 and b"ch/shrinks" in done.stderr,
               f"shrinks: exit {done.returncode} {done.stderr}")
        expect(state("ch.vault") == before, "shrinks: something stayed")
    expect(run([VERIFY, "ch.vault", "--trust",
                fingerprint(MUNIMENT, "ch.vault")]).returncode == 0,
           "changing files: not PASSED")


def again(words, what):
    """Run a part of this test in a process of its own."""
    done = subprocess.run([*words, sys.executable, "-B", SELF, MUNIMENT,
                           VERIFY, what], check=False)
    expect(done.returncode == 0, f"{what} failed")


def as_nobody(part):
    """The same without rights; nobody need not be able to start Python."""
    child = os.fork()
    if child == 0:
        if IS_ROOT:
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
        part()
        os._exit(0)  # what fails has left with another status
    _, status = os.waitpid(child, 0)
    expect(status == 0, f"{part.__name__} failed")


def all_parts():
    global MUNIMENT, VERIFY
    scratch = tempfile.mkdtemp()
    os.chmod(scratch, 0o755)
    os.chdir(scratch)
    MUNIMENT = shutil.copy(MUNIMENT, f"{scratch}/muniment")
    VERIFY = shutil.copy(VERIFY, f"{scratch}/muniment-verify")
    try:
        own = ["unshare", "-m"] if IS_ROOT and run(
            ["unshare", "-m", "true"]).returncode == 0 else []
        for part in ("names_and_types", "changing"):
            os.mkdir(part)
            os.chdir(part)
            again(own, part)
            os.chdir(scratch)
        os.mkdir("unreadable")
        if IS_ROOT:
            os.chown("unreadable", 65534, 65534)
        os.chdir("unreadable")
        as_nobody(unreadable)
    finally:
        os.chdir("/")
        subprocess.run(["rm", "-rf", scratch], check=False)


if len(sys.argv) > 3:
    {"names_and_types": names_and_types, "changing": changing}[sys.argv[3]]()
else:
    all_parts()
passed()
