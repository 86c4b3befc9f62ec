#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Cut the power after every step, and lose what was not synced.

    lose_unsynced.py MUNIMENT MUNIMENT_VERIFY deposit|init [--baseline]
        [--spare]

Killing a process cannot find a missing fsync: the kernel still has the bytes.
So one run is recorded by strace, and replayed in a model of a disk that keeps
only what it must: the bytes of a file as of its last fsync (none: no bytes),
the names of a folder as of the folder's last fsync.  After every step two
disks are made of it and judged: one that lost all it may lose, and one that
kept every name, but only the synced bytes.

Then each fsync in turn is left out of the record.  Unless at least one disk
breaks, nothing shows that this fsync is needed; which those are, is said.
Those that are known to be spare are tried only with --spare: nothing breaks,
so all the disks of each have to be judged.
"""

import argparse
import ast
import hashlib
import os
import re
import shutil
import sys

from vault import (Broken, Place, Programs, demand, make_documents, make_place,
                   scratch_folder)

CALLS = ("open,openat,creat,write,writev,pwrite64,pwritev,ftruncate,truncate,"
         "fallocate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,"
         "rmdir,mkdir,mkdirat,symlink,symlinkat,fsync,fdatasync,sendfile,"
         "copy_file_range,lseek")
ACKNOWLEDGED = ("Deposited as", "The vault is made")

# Syncs that no power cut was found to need, and why they stay.
SPARE = {
    "vault/log/tile/entries/000.p": "derived; the next command makes it again",
    "vault/log/tile/0/000.p": "derived; the next command makes it again",
    "vault/log/staged": "the removal; the next command removes it again",
    "keys/heads": "an older head still is one that the log extends",
    "vault/incoming/FLT-0002": "a second name, which is swept",
    "vault/log/staged/.1-*.tmp": "an init without vault.json starts anew",
    "vault/log/tile": "hashes are derived; the next command makes them again",
    "vault/log/tile/0": "likewise derived",
    "vault/certs": "the log has each certificate; the next command writes it",
    "vault/.unfinished": "the mark beside the keys is enough by itself",
    "keys": "what a finished init removes: a mark that binds nobody",
    "vault": "likewise",
}


class Node:
    def __init__(self, is_folder):
        self.is_folder = is_folder
        self.now = {} if is_folder else bytearray()
        self.durable = {} if is_folder else b""
        self.position = 0

    def sync(self):
        self.durable = dict(self.now) if self.is_folder else bytes(self.now)


class Disk:
    """What is there (now) and what a power cut leaves (durable)."""

    def __init__(self, top, source):
        """As source is now, under the path top."""
        self.top = top
        self.root = self.load(source)

    def load(self, path):
        node = Node(os.path.isdir(path))
        if node.is_folder:
            for name in os.listdir(path):
                node.now[name] = self.load(os.path.join(path, name))
        else:
            with open(path, "rb") as file:
                node.now = bytearray(file.read())
        node.sync()
        return node

    def has(self, path):
        return path == self.top or path.startswith(self.top + "/")

    def find(self, path):
        node = self.root
        for name in path[len(self.top):].split("/"):
            if name and node is not None:
                node = node.now.get(name)
        return node

    def split(self, path):
        folder, name = os.path.split(path)
        return self.find(folder).now, name

    def contents(self, lose_names):
        found = {}

        def walk(node, path):
            if not node.is_folder:
                found[path] = node.durable
                return
            found[path] = None
            names = node.durable if lose_names else node.now
            for name, below in names.items():
                walk(below, path + "/" + name)

        walk(self.root, "")
        return found


# ---- the record ----

def whole_lines(text):
    """strace -f cuts a call in two when another task gets in between."""
    begun = {}
    for line in text.splitlines():
        task, _, rest = line.partition(" ")
        rest = rest.strip()
        if rest.endswith("<unfinished ...>"):
            begun[task] = rest[:-len("<unfinished ...>")]
            continue
        match = re.match(r"<\.\.\. \w+ resumed>(.*)", rest)
        if match:
            rest = begun.pop(task) + match[1]
        yield rest


def parse(text):
    """(call, paths, data, result, rest of the line) of what succeeded."""
    for line in whole_lines(text):
        match = re.match(r"(\w+)\((.*)\)\s+= (\d+)(<([^>]*)>)?", line)
        if match is None:
            continue
        call, arguments, result, _, opened = match.groups()
        paths = re.findall(
            r'(?:(?:\d+|AT_FDCWD)<([^>]*)>)?(?:, )?("(?:[^"\\]|\\.)*")?',
            arguments)
        named = []
        for folder, name in paths:
            name = ast.literal_eval("b" + name) if name else None
            if folder or name:
                named.append((folder, name))
        yield call, named, arguments, int(result), opened


def join(folder, name):
    return os.path.normpath(os.path.join(folder or "/", name.decode()))


def apply(disk, step):
    """One call on the disk; what it did, or None."""
    call, named, arguments, result, opened = step
    if call in ("open", "openat", "creat"):
        if not disk.has(opened or "") or "O_CREAT" not in arguments:
            return None
        names, name = disk.split(opened)
        made = name not in names
        if made:
            names[name] = Node(False)
        names[name].position = 0
        if "O_TRUNC" in arguments:
            names[name].now = bytearray()
        return (call, opened) if made else None
    if call in ("mkdir", "mkdirat"):
        path = join(*named[0])
        if disk.has(path):
            names, name = disk.split(path)
            names[name] = Node(True)
            return call, path
        return None
    if call in ("unlink", "unlinkat", "rmdir"):
        path = join(*named[0])
        if disk.has(path):
            names, name = disk.split(path)
            del names[name]
            return call, path
        return None
    if call in ("rename", "renameat", "renameat2", "link", "linkat"):
        old, new = join(*named[0]), join(*named[1])
        demand(disk.has(old) == disk.has(new), "renamed across: " + old)
        if disk.has(old):
            names, name = disk.split(old)
            to, to_name = disk.split(new)
            to[to_name] = names[name]
            if call.startswith("rename"):
                del names[name]
            return call, new
        return None
    path = named[0][0] if named else ""
    if not disk.has(path) or "(deleted)" in path:
        return None
    node = disk.find(path)
    if call in ("fsync", "fdatasync"):
        node.sync()
    elif call == "write":
        put(node, node.position, named[0][1][:result])
        node.position += result
    elif call == "pwrite64":
        offset = int(arguments.rsplit(",", 1)[1])
        put(node, offset, named[0][1][:result])
    elif call == "ftruncate":
        size = int(arguments.rsplit(",", 1)[1])
        del node.now[size:]
        node.now.extend(bytes(size - len(node.now)))
    elif call != "lseek":
        raise Broken("the model does not know " + call)
    return (call, path) if call != "lseek" else None


def put(node, offset, data):
    node.now.extend(bytes(max(0, offset - len(node.now))))
    node.now[offset:offset + len(data)] = data


def record(place, command, path):
    done = place.programs.run(*command, wrap=[
        "strace", "-f", "-y", "-qq", "-s", "100000000", "-e",
        "trace=" + CALLS, "-o", path])
    demand(done.returncode == 0, "recorded: " + done.stderr)
    with open(path, encoding="latin-1") as file:
        return list(parse(file.read()))


# ---- disks ----

def is_acknowledgement(step):
    call, named, *_ = step
    return call == "write" and named and named[0][1] is not None and any(
        named[0][1].startswith(word.encode()) for word in ACKNOWLEDGED)


def replay(trial, without=()):
    """Every disk that a power cut can leave: (step, acknowledged, files)."""
    disk = trial.disk()
    acknowledged = False
    for number, step in enumerate(trial.steps):
        acknowledged = acknowledged or is_acknowledgement(step)
        if number in without or not (apply(disk, step) or
                                     is_acknowledgement(step)):
            continue
        for lose_names in (True, False):
            yield number, acknowledged, disk.contents(lose_names)


def digest(acknowledged, files):
    whole = hashlib.sha256(bytes([acknowledged]))
    for name, data in sorted(files.items()):
        whole.update(repr((name, data and hashlib.sha256(data).digest(),
                           data is None)).encode())
    return whole.digest()


def materialise(files, folder):
    for name, data in sorted(files.items()):
        if data is None:
            os.makedirs(folder + name, exist_ok=True)
        else:
            with open(folder + name, "wb") as file:
                file.write(data)


# ---- judging ----

class Trial:
    def __init__(self, programs, what, scratch):
        self.what = what
        self.scratch = scratch
        self.judged = {}
        if what == "deposit":
            self.base = make_place(programs, scratch)
            self.anchor = self.base.anchor()
            command = Place.deposit_command
        else:
            self.base = Place(programs, os.path.join(scratch, "base"),
                              make_documents(scratch))
            os.mkdir(self.base.folder)
            self.anchor = None
            command = Place.init_command
        self.kept = os.path.join(scratch, "kept")
        shutil.copytree(self.base.folder, self.kept)
        self.size = self.base.log_size()
        self.steps = record(self.base, command(self.base),
                            os.path.join(scratch, "trace"))
        self.final = self.base.files()
        self.check_model()
        shutil.rmtree(self.base.folder)

    def disk(self):
        return Disk(self.base.folder, self.kept)

    def check_model(self):
        disk = self.disk()
        for step in self.steps:
            apply(disk, step)
        for node_path, data in self.final.items():
            node = disk.find(os.path.join(self.base.folder, node_path))
            demand(node is not None, "the model lacks " + node_path)
            demand(data == "folder" or hashlib.sha256(
                node.now).hexdigest() == data, "the model has " + node_path)

    def judge(self, acknowledged, files):
        """None, or what is broken."""
        key = digest(acknowledged, files)
        if key not in self.judged:
            # Where it was: marks and the log name paths.
            folder, place = self.base.folder, self.base
            materialise(files, folder)
            try:
                if self.what == "deposit":
                    self.check_deposit(place, acknowledged)
                else:
                    self.check_init(place, acknowledged)
                self.judged[key] = None
            except Exception as broken:
                self.judged[key] = f"{type(broken).__name__}: {broken}"
            shutil.rmtree(folder)
        return self.judged[key]

    def check_deposit(self, place, acknowledged):
        before = self.size
        demand(place.log_size() - before in (0, 1), "log size")
        place.judge(self.anchor, clean=False, index_lags=True)
        if acknowledged:
            place.expect_whole(before)
            receipt = "keys/receipts/FLT-0002.receipt"
            demand(place.files().get(receipt) ==
                   self.final[receipt], "the receipt is lost")
        place.expect_works(self.anchor)

    def check_init(self, place, acknowledged):
        made = os.path.exists(os.path.join(place.vault, "vault.json"))
        demand(made or not acknowledged, "the vault is lost")
        again = place.programs.run(*place.init_command())
        if made:
            demand("vault already" in again.stderr, again.stderr)
        else:
            demand(again.returncode == 0, "init again: " + again.stderr)
        place.expect_works(place.anchor())


# ---- both questions ----

def baseline(trial):
    disks = broken = 0
    for number, acknowledged, files in replay(trial):
        known = len(trial.judged)
        why = trial.judge(acknowledged, files)
        disks += len(trial.judged) - known
        if why and len(trial.judged) > known:
            broken += 1
            print(f"BROKEN after step {number} {label(trial, number)}: "
                  f"{why.strip()[:300]}", flush=True)
    print(f"{trial.what}: {disks} different disks, {broken} broken")
    return broken == 0


def label(trial, number):
    step = trial.steps[number]
    paths = [join(f, n) if n and step[0] != "write" else f
             for f, n in step[1]]
    path = paths[-1] if paths else "?"
    path = os.path.relpath(path, trial.base.folder)
    path = re.sub(r"[0-9a-f]{64}", "*", path)
    return f"{step[0]} {path}"


def syncs(trial):
    """Those that had something to write, each with what came before it."""
    disk = trial.disk()
    for number, step in enumerate(trial.steps):
        if step[0] in ("fsync", "fdatasync") and disk.has(step[1][0][0]):
            node = disk.find(step[1][0][0])
            if node is not None and node.now != node.durable:
                yield number
        apply(disk, step)


def path_of(step):
    return step[1][0][0] if step[1] else None


def repetitions(trial, number):
    """This sync and all later ones of the same file or folder."""
    path = path_of(trial.steps[number])
    return {i for i, step in enumerate(trial.steps) if i >= number and
            step[0] in ("fsync", "fdatasync") and path_of(step) == path}


def needed(trial, without):
    """The disk that shows that these syncs are needed, or None."""
    disks = list(replay(trial, without))
    # What is acknowledged has most to lose.
    for _, acknowledged, files in reversed(disks):
        why = trial.judge(acknowledged, files)
        if why:
            return why
    return None


def prove(trial, try_spare):
    """Whether every sync is needed, or stays for a reason given above."""
    counts = {"needed": 0, "needed, or its repetition": 0, "spare": 0,
              "said to be spare": 0}
    unexplained = []
    for number in syncs(trial):
        name = label(trial, number)
        if "index.sqlite" in name or name.startswith("fdatasync"):
            continue  # SQLite's own
        if not try_spare and name.split(" ")[1] in SPARE:
            counts["said to be spare"] += 1
            continue
        verdict, why = "needed", needed(trial, {number})
        if why is None:
            verdict = "needed, or its repetition"
            why = needed(trial, repetitions(trial, number))
        if why is None:
            verdict = "spare"
            why = SPARE.get(name.split(" ")[1])
            if why is None:
                unexplained.append(name)
        counts[verdict] += 1
        print(f"  {name}: {verdict}: {str(why).strip()[:90]}", flush=True)
    print(f"{trial.what}: {sum(counts.values())} syncs with something to "
          f"write: " + ", ".join(f"{n} {v}" for v, n in counts.items()) +
          f"; {len(trial.judged)} different disks")
    for name in unexplained:
        print("UNEXPLAINED", name)
    return not unexplained


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("muniment")
    parser.add_argument("verify")
    parser.add_argument("what", choices=("deposit", "init"))
    parser.add_argument("--baseline", action="store_true")
    parser.add_argument("--spare", action="store_true")
    args = parser.parse_args()
    if shutil.which("strace") is None:
        print("strace is missing")
        return 77
    scratch = os.path.realpath(scratch_folder())
    try:
        trial = Trial(Programs(args.muniment, args.verify), args.what, scratch)
        good = baseline(trial)
        if not args.baseline:
            good = prove(trial, args.spare) and good
        return 0 if good else 1
    except Broken as broken:
        print("cannot start:", broken)
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
