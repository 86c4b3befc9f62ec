#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""muniment-verify, given what someone with time and means would give it.

as_the_state.py MUNIMENT MUNIMENT-VERIFY

Vaults of one's own keys under another's anchor, things that are no files where
files are due, databases that are traps, and files far too large or many.  Each
try has an exit status that it must end with, in bounded time and memory, with
output of plain ASCII, and without a byte of the vault changed.
"""
import base64
import hashlib
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

MUNIMENT, VERIFY = sys.argv[1:3]
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
SECONDS, MEGABYTES = 20, 512
wrong = []
tries = 0


def must(*words):
    done = subprocess.run(words, env=ENV, capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"as_the_state: {words}: "
                 f"{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def listing(path):
    """Names, sizes and times of all files: what a write would change."""
    found = []
    for where, folders, names in os.walk(path):
        for name in folders + names:
            state = os.lstat(os.path.join(where, name))
            found.append((where, name, state.st_mode, state.st_size,
                          state.st_mtime_ns))
    return sorted(found)


def expect(what, status, *words, rule=None, watch=None):
    """muniment-verify WORDS ends with one of `status`, and says `rule`."""
    global tries
    tries += 1
    before = listing(watch) if watch else None
    start = time.monotonic()
    try:
        done = subprocess.run([VERIFY, "--ascii", *words], env=ENV,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              check=False, timeout=SECONDS * 6,
                              preexec_fn=limit)
    except subprocess.TimeoutExpired:
        wrong.append(f"{what}: hangs")
        return
    said = done.stdout + done.stderr
    if done.returncode not in status:
        wrong.append(f"{what}: exit {done.returncode}, not {status}: "
                     f"{said[-600:].decode('latin-1')}")
    elif rule and rule.encode() not in done.stdout:
        wrong.append(f"{what}: does not say {rule}: "
                     f"{said[-600:].decode('latin-1')}")
    if any(c != 10 and not 32 <= c < 127 for c in said):
        wrong.append(f"{what}: prints what is no plain ASCII")
    if before is not None and listing(watch) != before:
        wrong.append(f"{what}: the vault was written to")
    if os.environ.get("SHOW"):
        print(f"{time.monotonic() - start:6.2f} s  exit {done.returncode}  "
              f"{what}", flush=True)


def make_vault(name, *options):
    must(MUNIMENT, "init", f"{name}/v", "--keys", f"{name}/k",
         "--no-passphrase", "--volatile", "--origin", "example.org/log",
         "--prefix", "STA", *options)
    os.mkdir(f"{name}/in")
    for i in range(3):
        with open(f"{name}/in/{i}.txt", "w", encoding="ascii") as out:
            out.write(name * i)
    for case in ("one", "two"):
        must(MUNIMENT, "-C", f"{name}/v", "--keys", f"{name}/k", "deposit",
             "--yes", "--case", case, "--receipt", f"{name}/{case}.receipt",
             f"{name}/in")
    must("chmod", "-R", "u+w", f"{name}/v")
    return must(MUNIMENT, "-C", f"{name}/v", "fingerprint").split("\n")[0]


class Copy:
    """A fresh copy of our vault; whatever is done to it has a status."""

    def __enter__(self):
        self.folder = tempfile.mkdtemp(dir=".")
        shutil.copytree("ours/v", f"{self.folder}/v")
        return f"{self.folder}/v"

    def __exit__(self, *_):
        shutil.rmtree(self.folder)


def judged(what, status, change, rule=None):
    with Copy() as vault:
        change(vault)
        expect(what, status, vault, "--trust", TRUST, rule=rule, watch=vault)


def write(path, data, mode="wb"):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, mode) as out:
        out.write(data)


# ---- anchors ----

def anchors():
    pem = "ours/v/certs/" + os.listdir("ours/v/certs")[0]
    theirs = "theirs/v/certs/" + os.listdir("theirs/v/certs")[0]
    for what, vault, trust in (
            ("another's vault", "theirs/v", [TRUST]),
            ("another's vault, our certificate", "theirs/v", [pem]),
            ("their anchor for ours", "ours/v", [THEIRS]),
            ("our anchor, their certificate", "ours/v", [TRUST, theirs]),
            ("their anchor, our certificate", "ours/v", [THEIRS, pem])):
        words = [w for t in trust for w in ("--trust", t)]
        expect(what, [1], vault, *words)
    expect("our anchor twice", [0], "ours/v", "--trust", TRUST, "--trust",
           TRUST)
    expect("either anchor, two vaults", [0], "ours/v", "theirs/v", "--trust",
           TRUST, "--trust", THEIRS)
    expect("one anchor, two vaults", [1], "ours/v", "theirs/v", "--trust",
           TRUST)
    with open(pem, "rb") as file:
        good = file.read()
    der = base64.b64decode(b"".join(good.split(b"\n")[1:-2]))
    for what, data in (("trailing bytes", der + b"\0"),
                       ("cut", der[:-1]), ("twice", der + der)):
        text = base64.b64encode(data)
        rows = [text[i:i + 64] for i in range(0, len(text), 64)]
        write("odd.pem", b"\n".join([b"-----BEGIN CERTIFICATE-----", *rows,
                                     b"-----END CERTIFICATE-----", b""]))
        expect(f"certificate with {what} as anchor", [1, 3, 64], "ours/v",
               "--trust", "odd.pem")
    must("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out",
         "ca.pem", "-subj", "/CN=authority", "-days", "30")
    expect("an authority as anchor", [1], "ours/v", "--trust", "ca.pem")
    for what in ("vault:", "vault:" + "0" * 63, "sha256:" + "g" * 64, "",
                 "/dev/zero", "/", "vault:" + "0" * 10 ** 5):
        expect(f"anchor {what[:20]!r}", [3, 64], "ours/v", "--trust", what)
    expect("anchor that ends the line", [3, 64], "ours/v", "--trust",
           "\33[2Jx\n")


# ---- inputs that are no archives ----

def inputs():
    write("sparse.tar", b"")
    os.truncate("sparse.tar", 1 << 26)
    write("empty.tar", b"")
    with open("ours/v/archives/STA-0001.tar", "rb") as file:
        good = file.read()
    write("STA-0001.tar", good)
    os.truncate("STA-0001.tar", 1 << 26)
    os.symlink("/dev/zero", "zero.tar")
    os.mkdir("folder.tar")
    for name, status in (("fifo", [3, 64]), ("/dev/zero", [3, 64]),
                         ("zero.tar", [3, 64]), ("folder.tar", [3, 64]),
                         ("absent", [3, 64]), ("sparse.tar", [1]),
                         ("empty.tar", [1]), ("/dev/null", [3, 64])):
        expect(f"input {name}", status, name, "--trust", TRUST)
    expect("an archive with zeros behind it", [1], "STA-0001.tar", "--trust",
           TRUST)
    for option in ("--checkpoint", "--receipt"):
        for name in ("fifo", "/dev/zero", "sparse.tar", "absent", "folder.tar"):
            expect(f"{option} {name}", [3, 64], "ours/v", "--trust", TRUST,
                   option, name)
        for data in (b"", b"\n" * 9000, b"x" * 100, good[:3000]):
            write("kept", data)
            expect(f"{option} of {len(data)} bytes", [64], "ours/v", "--trust",
                   TRUST, option, "kept")
    expect("another's receipt", [1], "ours/v", "--trust", TRUST, "--receipt",
           "theirs/one.receipt")
    expect("another's checkpoint", [1], "ours/v", "--trust", TRUST,
           "--checkpoint", "theirs/v/log/checkpoint")


# ---- a vault of wrong things ----

def replace_by(kind):
    def change(path):
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.move(path, path + ".elsewhere")
            os.rename(path + ".elsewhere", os.path.join(
                os.path.dirname(path), "..", "moved"))
        elif os.path.lexists(path):
            os.rename(path, os.path.join(os.path.dirname(path) if "/v/" not in
                                         path else path.split("/v/")[0],
                                         "moved"))
        moved = os.path.abspath(path.split("/v/")[0] + "/moved")
        if kind == "fifo":
            os.mkfifo(path)
        elif kind == "folder":
            os.mkdir(path)
        elif kind == "link":
            os.symlink(moved, path)
        else:
            os.symlink("/dev/zero", path)
    return change


def wrong_kinds():
    (bundle,) = os.listdir("ours/v/log/tile/entries/000.p")
    (pem,) = os.listdir("ours/v/certs")
    names = ["vault.json", "log/checkpoint", "archives/STA-0001.tar",
             f"log/tile/entries/000.p/{bundle}", f"log/tile/0/000.p/{bundle}",
             f"certs/{pem}", "log/statements/000001.json", "index.sqlite"]
    for name in names:
        for kind in ("fifo", "folder", "link", "zero"):
            judged(f"{name} is a {kind}", [1], lambda v, n=name, k=kind:
                   replace_by(k)(f"{v}/{n}"))
    for name in ("log", "archives", "certs", "log/tile", "log/statements"):
        for kind in ("link", "fifo"):
            judged(f"{name} is a {kind}", [1], lambda v, n=name, k=kind:
                   replace_by(k)(f"{v}/{n}"))
    for name in ("incoming", "crls"):
        for kind in ("link", "fifo", "zero"):
            judged(f"{name} is a {kind}", [1, 2], lambda v, n=name, k=kind:
                   replace_by(k)(f"{v}/{n}"))


def heads():
    with open("ours/v/log/checkpoint", "rb") as file:
        good = file.read()
    origin, _, rest = good.split(b"\n", 2)
    for size in (b"0", b"1", b"2", b"9223372036854775807",
                 b"9223372036854775808", b"18446744073709551616", b"-1",
                 b"03", b"3 ", b"9" * 8000):
        judged(f"a head of {size[:20].decode()} entries", [1], lambda v, s=size:
               write(f"{v}/log/checkpoint", origin + b"\n" + s + b"\n" + rest))
    judged("a head that is sparse", [1], lambda v: os.truncate(
        f"{v}/log/checkpoint", 1 << 42))
    judged("a bundle that is sparse", [1], lambda v: os.truncate(
        f"{v}/log/tile/entries/000.p/3", 1 << 42))
    judged("a tile that is sparse", [1], lambda v: os.truncate(
        f"{v}/log/tile/0/000.p/3", 1 << 42))
    judged("a statement of 1 MB", [1], lambda v: write(
        f"{v}/log/statements/000001.json", b"x" * 10 ** 6))
    judged("vault.json of 1 GB", [1], lambda v: os.truncate(
        f"{v}/vault.json", 1 << 30))


def many():
    def files(vault):
        for i in range(21000):
            write(f"{vault}/log/tile/9/x{i}", b"")

    def deep(vault):
        here = os.open(f"{vault}/log", os.O_RDONLY)
        for _ in range(3000):
            os.mkdir("d" * 200, dir_fd=here)
            below = os.open("d" * 200, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = below
        os.close(here)

    def names(vault):
        for name in (b"\33[2J\33[31m", b"a\nverdict: PASSED\n", b"\xff\xfe",
                     "\u202e\u2066".encode(), b"x" * 255, b"%s%n%s"):
            for folder in ("log", "certs", "archives", "."):
                with open(os.path.join(os.fsencode(f"{vault}/{folder}"), name),
                          "wb"):
                    pass

    judged("21000 files in the log", [1], files, "verification.too-many")
    with Copy() as vault:
        deep(vault)
        expect("deep folders in the log", [1], vault, "--trust", TRUST)
        subprocess.run(["rm", "-rf", vault], check=True)
    judged("names with escapes", [1], names)
    with Copy() as vault:
        names(vault)
        expect("names with escapes, --json", [1], vault, "--json", "--trust",
               TRUST)


# ---- the index ----

def in_database(*statements):
    def change(vault):
        db = sqlite3.connect(f"{vault}/index.sqlite")
        db.isolation_level = None
        for statement in statements:
            db.execute(statement)
        db.close()
    return change


def patch(offset, data):
    def change(vault):
        with open(f"{vault}/index.sqlite", "r+b") as file:
            file.seek(offset)
            file.write(data)
    return change


def hot_journal(vault):
    """A writer that was stopped in the middle of a transaction."""
    name = f"{vault}/index.sqlite"
    db = sqlite3.connect(name)
    db.isolation_level = None
    db.execute("PRAGMA cache_size = 1")
    db.execute("PRAGMA cache_spill = 1")
    db.execute("BEGIN EXCLUSIVE")
    db.execute("UPDATE event SET type = type || hex(zeroblob(9000))")
    db.execute("CREATE TABLE x AS SELECT hex(randomblob(500)) FROM event, "
               "event, event, event")
    for suffix in ("", "-journal"):
        shutil.copyfile(name + suffix, f"{vault}.kept{suffix}")
    db.execute("ROLLBACK")
    db.close()
    for suffix in ("", "-journal"):
        os.replace(f"{vault}.kept{suffix}", name + suffix)


def endless(root):
    """Interior pages that all name the next one: 100^8 ways to one leaf."""
    def change(vault):
        name = f"{vault}/index.sqlite"
        db = sqlite3.connect(name)
        size = db.execute("PRAGMA page_size").fetchone()[0]
        page = 1 if root is None else db.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?",
            (root,)).fetchone()[0]
        db.close()
        with open(name, "rb") as file:
            data = bytearray(file.read())
        at, head = (page - 1) * size, 100 if page == 1 else 0
        leaf = bytearray(data[at:at + size])
        last = len(data) // size
        if page == 1:  # the leaf moves: its cells stay where they are
            kept = leaf[100:108 + 2 * int.from_bytes(leaf[103:105], "big")]
            leaf[:100] = bytes(100)
            leaf[0:len(kept)] = kept
        levels = 8
        for level in range(levels):
            below = last + level + 1
            body = bytearray(size)
            start = head if level == 0 else 0
            if level == 0:
                body[:head] = data[at:at + head]
            cells = b"".join(below.to_bytes(4, "big") + bytes([n + 1])
                             for n in range(100))
            body[size - len(cells):] = cells
            body[start] = 5
            body[start + 3:start + 5] = (100).to_bytes(2, "big")
            body[start + 5:start + 7] = (size - len(cells)).to_bytes(2, "big")
            body[start + 8:start + 12] = below.to_bytes(4, "big")
            for n in range(100):
                body[start + 12 + 2 * n:start + 14 + 2 * n] = (
                    size - len(cells) + 5 * n).to_bytes(2, "big")
            if level == 0:
                data[at:at + size] = body
            else:
                data += body
        data += leaf
        data[28:32] = (len(data) // size).to_bytes(4, "big")
        data[92:96] = data[24:28]
        write(name, bytes(data))
    return change


def index():
    judged("a view", [1], in_database("CREATE VIEW v AS SELECT 1"))
    judged("an endless view as a table", [1], in_database(
        "ALTER TABLE event RENAME TO e",
        "CREATE VIEW event AS WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL "
        "SELECT x FROM a) SELECT * FROM a"))
    judged("a trigger", [1], in_database(
        "CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event; END"))
    judged("a value of 100 MB", [1], in_database(
        "UPDATE event SET type = hex(zeroblob(50000000))"), "index.")
    judged("a million rows more", [1], in_database(
        "CREATE TABLE more (a)", "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL "
        "SELECT x + 1 FROM a WHERE x < 300000) INSERT INTO more SELECT x "
        "FROM a"), "index.schema")
    judged("a write-ahead log wanted", [1], patch(18, b"\2\2"),
           "index.damaged")
    for name in ("-wal", "-shm"):
        judged(f"a {name} beside it", [1], lambda v, n=name: write(
            f"{v}/index.sqlite{n}", b"x" * 5000), "index.damaged")
    for name in ("-wal", "-shm", "-journal"):
        judged(f"a FIFO as {name}", [1], lambda v, n=name: os.mkfifo(
            f"{v}/index.sqlite{n}"), "index.damaged")
    judged("an empty index", [1], lambda v: write(f"{v}/index.sqlite", b""),
           "index.damaged")

    def empty_and_hot(vault):
        write(f"{vault}/index.sqlite", b"")
        write(f"{vault}/index.sqlite-journal", b"\xd9\xd5\x05\xf9" * 200)
    judged("an empty index, a journal", [1], empty_and_hot)
    judged("a journal of a stopped writer", [2], hot_journal,
           "index.unjudged")
    judged("a sparse index", [0, 1], lambda v: os.truncate(
        f"{v}/index.sqlite", 1 << 42))
    for root in ("event", "document", "document_sha256", None):
        judged(f"endless pages in {root or 'the schema'}", [1], endless(root))


def fingerprint_of_files():
    found = hashlib.sha256()
    for where, folders, names in os.walk("ours/v"):
        folders.sort()
        for name in sorted(names):
            with open(f"{where}/{name}", "rb") as file:
                found.update(f"{where}/{name}\n".encode() + file.read())
    return found.hexdigest()


def main():
    global TRUST, THEIRS
    os.mkdir("ours")
    os.mkdir("theirs")
    TRUST, THEIRS = make_vault("ours"), make_vault("theirs")
    os.mkfifo("fifo")
    before = fingerprint_of_files()
    expect("as made", [0], "ours/v", "--trust", TRUST)
    expect("as made, with receipts", [0], "ours/v", "--trust", TRUST,
           "--receipt", "ours/one.receipt", "--checkpoint",
           "ours/v/log/checkpoint")
    for part in (anchors, inputs, wrong_kinds, heads, many, index):
        part()
    if fingerprint_of_files() != before:
        wrong.append("the vault is not what it was")
    for line in wrong:
        print("WRONG:", line)
    print(f"{tries} tries, {len(wrong)} not as they should be")
    return 1 if wrong or tries < 130 else 0


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    status_at_end = main()
    os.chdir("/")
sys.exit(status_at_end)
