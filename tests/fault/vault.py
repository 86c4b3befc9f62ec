# SPDX-License-Identifier: BSD-2-Clause
"""A small vault to hurt, and what has to hold in it afterwards."""

import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import tempfile
import zipfile

# What hangs, hangs for ever; writers wait for each other, and a machine may be
# slow.
TIMEOUT_S = 900

# Rules under which the verifier may say that something lies about after a
# crash; the next command of a keeper removes it.
LEFTOVERS = {"log.litter", "log.unfinished", "archive.unlogged",
             "index.unjudged"}

INDEX_LAGS = {"index.behind"}

STATEMENT = ["--case", "Case 17"]


class Broken(Exception):
    """An invariant does not hold."""


def demand(holds, why):
    if not holds:
        raise Broken(why)


def scratch_folder():
    """In memory where there is room: thousands of small vaults are made."""
    shm = "/dev/shm"
    roomy = os.access(shm, os.W_OK) and shutil.disk_usage(shm).free > 1 << 30
    return tempfile.mkdtemp(prefix="muniment-fault-",
                            dir=shm if roomy else None)


def is_locked(path):
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(fd)


class Programs:
    def __init__(self, muniment, verify):
        self.muniment = os.path.abspath(muniment)
        self.verify = os.path.abspath(verify)

    def run(self, *args, wrap=(), env=None, **options):
        return subprocess.run([*wrap, *args], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, errors="replace",
                              timeout=TIMEOUT_S, env=env, **options)


class Place:
    """One folder with vault/ and keys/ (in it), and in/ (beside it)."""

    def __init__(self, programs, folder, documents):
        self.programs = programs
        self.folder = folder
        self.vault = os.path.join(folder, "vault")
        self.keys = os.path.join(folder, "keys")
        self.documents = documents
        self.events = 0  # in the log, besides the vault's making and deposits
        self.unstated = 0  # of these, without a statement

    def copy(self, folder):
        shutil.copytree(self.folder, folder, symlinks=True)
        place = Place(self.programs, folder, self.documents)
        place.events, place.unstated = self.events, self.unstated
        return place

    def init_command(self):
        return [self.programs.muniment, "init", self.vault, "--keys",
                self.keys, "--no-passphrase", "--volatile", "--prefix", "FLT"]

    def deposit_command(self):
        return [self.programs.muniment, "-C", self.vault, "--keys", self.keys,
                "deposit", "--yes", *STATEMENT, self.documents]

    def keeper_command(self, *words):
        return [self.programs.muniment, "-C", self.vault, "--keys", self.keys,
                *words]

    def muniment(self, *args):
        return self.programs.run(self.programs.muniment, "-C", self.vault,
                                 *args)

    # ---- what is there ----

    def log_size(self):
        try:
            with open(os.path.join(self.vault, "log/checkpoint"),
                      encoding="utf-8") as file:
                return int(file.read().split("\n")[1])
        except FileNotFoundError:
            return 0

    def anchor(self):
        done = self.muniment("fingerprint")
        demand(done.returncode == 0, "fingerprint: " + done.stderr)
        return done.stdout.split("\n")[0]

    def archives(self):
        done = self.muniment("list", "--json")
        demand(done.returncode == 0, "list: " + done.stderr)
        return [a["archive"] for a in json.loads(done.stdout)["archives"]
                if a["present"]]

    def files(self):
        """Every file and folder with its digest, for comparison."""
        found = {}
        for top in (self.vault, self.keys):
            for folder, _, names in os.walk(top):
                found[os.path.relpath(folder, self.folder)] = "folder"
                for name in names:
                    path = os.path.join(folder, name)
                    with open(path, "rb") as file:
                        digest = hashlib.sha256(file.read()).hexdigest()
                    found[os.path.relpath(path, self.folder)] = digest
        return found

    def state(self):
        """All that a next command can meet here; None where that is not all,
        because somebody who lives still holds a lock."""
        found = []
        for top in (self.vault, self.keys):
            for folder, _, names in os.walk(top):
                for path in (folder, *(os.path.join(folder, n)
                                       for n in names)):
                    mode = os.lstat(path).st_mode
                    kept = None
                    if stat.S_ISREG(mode):
                        with open(path, "rb") as file:
                            kept = hashlib.sha256(file.read()).digest()
                    elif stat.S_ISLNK(mode):
                        kept = os.readlink(path)
                    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
                        if is_locked(path):
                            return None
                    found.append((os.path.relpath(path, self.folder), mode,
                                  kept))
        return tuple(sorted(found))

    # ---- what has to hold ----

    def root(self):
        """Of the authority that authority.py makes for one kind of sweep."""
        return os.path.join(os.path.dirname(self.documents), "root")

    def is_stamped(self):
        return os.path.exists(self.root())

    def judge(self, anchor, clean, index_lags=False):
        """The verifier's word: PASSED, or INDETERMINATE for leftovers."""
        roots = ["--tsa-trust", self.root()] if self.is_stamped() else []
        done = self.programs.run(self.programs.verify, "--json", self.vault,
                                 "--trust", anchor, *roots)
        demand(done.stdout, "verify: " + done.stderr)
        checks = json.loads(done.stdout)["checks"]
        bad = {c["rule"] for c in checks if c["verdict"] != "PASSED"}
        failed = [(c["rule"], c["subject"], c["detail"]) for c in checks
                  if c["verdict"] == "FAILED"]
        demand(done.returncode in (0, 2), f"verify: {failed}")
        allowed = set() if clean else set(LEFTOVERS)
        allowed |= INDEX_LAGS if index_lags else set()
        demand(bad <= allowed, f"verify: {bad}")
        return bad

    def expect_no_litter(self):
        statements = []
        for name in self.files():
            parts = name.split("/")
            demand(not any(p.startswith(".") for p in parts), "left: " + name)
            demand("staged" not in parts[:-1] and "incoming" not in parts[:-1],
                   "left: " + name)
            if parts[:2] == ["vault", "archives"] and len(parts) == 3:
                demand(re.fullmatch(r"FLT-\d{4}\.tar", parts[2]),
                       "left: " + name)
            if parts[:3] == ["vault", "log", "statements"] and len(parts) > 3:
                statements.append(parts[3])
            if len(parts) == 2:
                # what was asked of an authority waits for its answer
                demand(name in KNOWN or
                       name == "keys/requests" and self.is_stamped(),
                       "left: " + name)
        demand(len(statements) == self.log_size() - 1 - self.unstated,
               f"statements: {statements}")

    def expect_whole(self, count):
        """count deposits, each in store, log and index, with its receipt."""
        names = [f"FLT-{i:04}" for i in range(1, count + 1)]
        stored = sorted(os.listdir(os.path.join(self.vault, "archives")))
        demand(stored == [n + ".tar" for n in names], f"store: {stored}")
        demand(self.log_size() == count + 1 + self.events,
               f"log: {self.log_size()}")
        listed = sorted(self.archives())
        demand(listed == names, f"index: {listed}")

    def expect_works(self, anchor):
        """A next deposit works, and nothing is left over after it."""
        before = self.log_size()
        done = self.programs.run(*self.deposit_command())
        demand(done.returncode == 0, "next deposit: " + done.stderr)
        demand(self.log_size() == before + 1, "next deposit: log")
        self.expect_whole(before - self.events)
        self.expect_no_litter()
        self.judge(anchor, clean=True)


KNOWN = {"vault/archives", "vault/incoming", "vault/log", "vault/certs",
         "vault/crls", "vault/vault.json", "vault/index.sqlite",
         "keys/heads", "keys/receipts", "keys/log.key", "keys/actor.key",
         "keys/actor.pem"}


def make_documents(folder):
    """Two texts, and for each kind of inspecting worker what it looks into."""
    documents = os.path.join(folder, "in")
    os.mkdir(documents)
    for name, text in (("a.txt", "one\n"), ("b.txt", "two\n")):
        with open(os.path.join(documents, name), "w",
                  encoding="utf-8") as file:
            file.write(text)
    with open(os.path.join(documents, "c.gz"), "wb") as file:
        file.write(gzip.compress(b"three\n", mtime=0))
    with zipfile.ZipFile(os.path.join(documents, "d.zip"), "w") as file:
        file.writestr(zipfile.ZipInfo("four.txt"), "four\n")
    return documents


def make_place(programs, folder, deposits=1):
    """folder/in and folder/base, a vault with one deposit."""
    place = Place(programs, os.path.join(folder, "base"),
                  make_documents(folder))
    os.mkdir(place.folder)
    done = programs.run(*place.init_command())
    demand(done.returncode == 0, "init: " + done.stderr)
    for _ in range(deposits):
        done = programs.run(*place.deposit_command())
        demand(done.returncode == 0, "deposit: " + done.stderr)
    return place
