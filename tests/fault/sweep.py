#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Kill a command at every system call, and fail every one of them.

    sweep.py MUNIMENT MUNIMENT_VERIFY COMMAND [--every N] [--jobs N]

COMMAND is init, deposit, or one that logs an event: record, rotate (the
signer's key), rotate-log (the log's), export, time-stamp.

strace counts the calls of the main thread (one sweep) and those of the
helpers (another: the signer, the workers and the threads; there the main
thread is hit too, at its own call of that number).  Each point runs on a copy
of a vault of its own.  What is counted is what strace says it did: an
injection that did not fire proves nothing.

Calls that change something are all taken; of the others every N-th.  Where
not every call is taken, those that change something are killed each, and
failed each in one of the two ways, in turn.

A state that was judged once, byte for byte and mode for mode the same, is not
judged again: about half of all faults come before anything was changed.
"""

import argparse
import collections
import concurrent.futures
import os
import re
import shutil
import signal
import sys

from authority import have_answered
from vault import (Broken, Place, Programs, demand, make_documents, make_place,
                   scratch_folder)

CHANGING = {
    "write", "writev", "pwrite64", "ftruncate", "fallocate", "fsync",
    "fdatasync", "rename", "renameat", "renameat2", "link", "linkat", "unlink",
    "unlinkat", "rmdir", "mkdir", "mkdirat", "fchmod", "fchmodat", "flock",
    "sendto", "sendmsg", "clone", "clone3", "copy_file_range", "exit_group"}
# strace cannot make these fail, or they do not return.  A close that strace
# fails leaves the descriptor open, which Linux never does: then both ends of a
# pipe wait for each other.  brk never returns an error but the old break, so
# the C library takes an injected one for a very high break.  A kill of one's
# own child cannot fail, nor can waking a thread: where strace keeps it from
# being done, somebody waits for ever.
NO_ERROR = {"exit_group", "exit", "rt_sigreturn", "execve", "close", "brk",
            "kill", "futex"}
KINDS = {"KILL": "signal=KILL", "EIO": "error=EIO", "ENOSPC": "error=ENOSPC"}
# Where the dynamic linker gets no first page of memory, it dies by itself; the
# main thread is hit there whoever else is.
LINKER_DIES = ("mmap", 1)
# Sentences by which a command that fails says that the deposit is in.
SAYS_LAG = ("the index was not updated", "the index was not brought up")
SAYS_IN = ("deposited as", "in the log", "may be in the log",
           "the copy is recorded", "the rotation is logged")

# States after which everything that has to hold was seen to hold.
JUDGED = set()

Point = collections.namedtuple("Point", "call number kind follow")


def trace(programs, command, path, follow):
    done = programs.run(*command, wrap=strace(path, follow))
    demand(done.returncode == 0, "traced: " + done.stderr)
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def strace(path, follow, *options):
    return ["strace", "-qq", *(["-f"] if follow else []), "-o", path, *options]


def count_calls(text, follow):
    """For each call how often it was made, by the busiest of the tasks."""
    tasks = collections.defaultdict(collections.Counter)
    main = None
    for line in text.splitlines():
        match = re.match(r"(\d+ +)?(\w+)\(", line)
        if match is None:
            continue
        main = main or match[1]
        tasks[match[1]][match[2]] += 1
    if follow:
        del tasks[main]
    counts = collections.Counter()
    for task in tasks.values():
        for call, number in task.items():
            counts[call] = max(counts[call], number)
    return counts


def points_of(counts, follow, every):
    turn = 0
    for call, most in sorted(counts.items()):
        for number in range(1, most + 1):
            for kind in KINDS:
                if kind != "KILL" and call in NO_ERROR:
                    continue
                turn += 1
                if every == 1 or turn % every == 0 or (
                        call in CHANGING and not follow and
                        kind in ("KILL", ("EIO", "ENOSPC")[number % 2])):
                    yield Point(call, number, kind, follow)


def inject(place, command, point):
    """Run command with the fault; (fired, what it did)."""
    path = os.path.join(place.folder, "trace")
    done = place.programs.run(*command, wrap=strace(
        path, point.follow, "-e", "trace=" + point.call, "-e",
        f"inject={point.call}:{KINDS[point.kind]}:when={point.number}"))
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    os.unlink(path)
    mark = "killed by SIGKILL" if point.kind == "KILL" else "(INJECTED)"
    # what it said may be what the fault kept from being written
    done.unheard = re.search(r"write\(2, .*\(INJECTED\)", text) is not None
    return mark in text, done


def died_loading(point, done):
    """The dynamic linker gave up, whatever it says; nothing of ours has run,
    and nothing of ours exits so."""
    return done.returncode == 127 or (
        done.returncode == -signal.SIGSEGV and
        (point.call, point.number) == LINKER_DIES)


# ---- what is logged: a deposit, or an event ----

def says_lag(done):
    return any(sentence in done.stderr for sentence in SAYS_LAG)


def check_logged(place, point, done, anchor, before, event):
    """I1, I2, I3, I5 on what a deposit, or an event, left behind."""
    grown = place.log_size() - before
    demand(grown in (0, 1), f"log grew by {grown}")
    if event is not None:
        place.events += grown
        place.unstated += 0 if event.has_statement else grown
    # What is derived may wait for the next command: the log's tidying, and
    # the index, whose lag is said.
    index_lags = done.returncode != 0 or says_lag(done)
    state = place.state()
    is_new = state is None or (state, index_lags) not in JUDGED
    if is_new:
        place.judge(anchor, clean=False, index_lags=index_lags)
    if done.returncode == 0:
        demand(grown == 1, "exit 0, and it is not in")
        demand(event is not None or "receipt" in done.stdout,
               "exit 0, and no receipt")
        if not says_lag(done):
            place.expect_whole(before + grown - 1 - place.events)
    elif done.returncode > 0 and not died_loading(point, done):
        demand(done.returncode == 3, f"exit {done.returncode}: {done.stderr}")
        demand(done.stderr.strip() or done.unheard, "failed without a word")
        demand(grown == 0 or done.unheard or
               any(s in done.stderr for s in SAYS_IN),
               "in, and does not say so: " + done.stderr)
    elif done.returncode < 0:
        demand(point.kind == "KILL" or died_loading(point, done),
               f"crashed: {done.returncode}: {done.stderr}")
    if is_new:
        if event is not None:
            event.check(place, done)
        place.expect_works(anchor)
        JUDGED.add((state, index_lags))


def deposit_point(base, folder, point, anchor):
    place = base.copy(folder)
    before = place.log_size()
    fired, done = inject(place, place.deposit_command(), point)
    if fired:
        check_logged(place, point, done, anchor, before, None)
    return fired, done.returncode


def nothing_more(_place, _done):
    pass


def rotation_is_finished(*words):
    """A rotation that was cut short is finished by saying the same again."""
    def check(place, _done):
        if not any(".next." in name for name in os.listdir(place.keys)):
            return
        before = place.log_size()
        told = place.programs.run(*place.deposit_command(), "--dry-run")
        demand("key rotate" in told.stderr or told.returncode == 0,
               "does not say what to do: " + told.stderr)
        again = place.programs.run(*place.keeper_command(*words))
        demand(again.returncode == 0, "rotate again: " + again.stderr)
        place.events += place.log_size() - before
        place.unstated += place.log_size() - before
    return check


def parcel_is_whole(place, done):
    """The parcel is there and verifies, or is not there at all."""
    parcel = os.path.join(place.folder, "parcel")
    demand(done.returncode != 0 or os.path.isdir(parcel), "no parcel")
    if not os.path.exists(parcel):
        return
    judged = place.programs.run(
        place.programs.verify, os.path.join(parcel, "FLT-0001.dossier.tar"),
        os.path.join(parcel, "FLT-0001.tar"), "--trust", place.anchor())
    demand(judged.returncode == 0, "parcel: " + judged.stdout)


# has_statement: whether the event has one beside the log; check: what has to
# hold besides
Event = collections.namedtuple("Event", "words has_statement check")

def beside(place, name):
    return os.path.join(os.path.dirname(place.documents), name)


ROTATE = ["key", "rotate", "--as", "Heron"]
ROTATE_LOG = ["key", "rotate", "--log-key"]
EVENTS = {
    "record": Event(lambda place: ["record", "access", "FLT-0001",
                                   "--purpose", "court"], True, nothing_more),
    "rotate": Event(lambda place: ROTATE, False,
                    rotation_is_finished(*ROTATE)),
    "rotate-log": Event(lambda place: ROTATE_LOG, False,
                        rotation_is_finished(*ROTATE_LOG)),
    "export": Event(lambda place: ["export", "FLT-0001", os.path.join(
        place.folder, "parcel")], False, parcel_is_whole),
    "time-stamp": Event(lambda place: [
        "time-stamp", "--tsa-trust", beside(place, "root"), "--response",
        beside(place, "answer")], False, nothing_more),
}


def event_point(event):
    def check(base, folder, point, anchor):
        place = base.copy(folder)
        before = place.log_size()
        fired, done = inject(place, place.keeper_command(
            *event.words(place)), point)
        if fired:
            check_logged(place, point, done, anchor, before, event)
        return fired, done.returncode
    return check


# ---- init ----

def init_point(base, folder, point, _anchor):
    """Either there is a whole vault, or the same init works now."""
    os.mkdir(folder)
    place = Place(base.programs, folder, base.documents)
    fired, done = inject(place, place.init_command(), point)
    if not fired:
        return fired, done.returncode
    made = os.path.exists(os.path.join(place.vault, "vault.json"))
    demand(done.returncode in (0, 3, -9) or died_loading(point, done),
           f"exit {done.returncode}")
    demand(done.returncode != 0 or made, "exit 0, and there is no vault")
    demand(done.returncode != 3 or not made or done.unheard or
           "the vault is made" in done.stderr,
           "exit 3, and there is a vault: " + done.stderr)
    state = place.state()
    if state is not None and state in JUDGED:
        return fired, done.returncode
    again = place.programs.run(*place.init_command())
    if made:
        demand(again.returncode == 3 and "vault already" in again.stderr,
               "init on a vault: " + again.stderr)
    else:
        demand(again.returncode == 0, "init again: " + again.stderr)
    place.expect_works(place.anchor())
    JUDGED.add(state)
    return fired, done.returncode


# ---- all ----

def one(job):
    check, base, folder, point, anchor = job
    try:
        fired, code = check(base, folder, point, anchor)
        return point, fired, code, None
    except Exception as broken:  # whatever it is, it is this point's
        return point, True, None, f"{type(broken).__name__}: {broken}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(programs, what, folder):
    if what != "init":
        base = make_place(programs, folder)
        if what == "time-stamp":
            have_answered(base, folder)
        traced = base.copy(os.path.join(folder, "traced"))
        return base, base.anchor(), traced, (
            deposit_point if what == "deposit" else event_point(EVENTS[what]))
    base = Place(programs, os.path.join(folder, "base"),
                 make_documents(folder))
    os.mkdir(base.folder)
    traced = Place(programs, os.path.join(folder, "traced"), base.documents)
    return base, None, traced, init_point


def all_points(programs, what, traced, folder, every):
    points = []
    for follow in (False, True):
        shutil.rmtree(traced.folder, ignore_errors=True)
        if what == "init":
            os.mkdir(traced.folder)
            command = traced.init_command()
        else:
            Place(programs, os.path.join(folder, "base"),
                  traced.documents).copy(traced.folder)
            command = traced.deposit_command() if what == "deposit" else (
                traced.keeper_command(*EVENTS[what].words(traced)))
        counts = count_calls(trace(programs, command, os.path.join(
            folder, "trace"), follow), follow)
        points += points_of(counts, follow, every)
    return points


def tell(result):
    """At once: the test may be ended by its time limit."""
    point, _, _, why = result
    if why:
        where = "any task" if point.follow else "main thread"
        print(f"BROKEN {point.kind} at {point.call} {point.number} "
              f"({where}): {why.strip()[:300]}", flush=True)
    return result


def say(results, what):
    fired = [r for r in results if r[1]]
    broken = [r for r in results if r[3]]
    codes = collections.Counter(
        (r[0].kind, "killed" if r[2] == -9 else f"exit {r[2]}")
        for r in fired if not r[3])
    print(f"{what}: {len(results)} points, {len(fired)} fired, "
          f"{len({r[0].call for r in fired})} different system calls, "
          f"{len(broken)} broken")
    for (kind, code), number in sorted(codes.items()):
        print(f"  {kind:6} -> {code:8} {number}")
    # Random parts make a run differ a little from the traced one.
    return not broken and len(fired) * 10 >= len(results) * 8


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("muniment")
    parser.add_argument("verify")
    parser.add_argument("what", choices=("init", "deposit", *EVENTS))
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", help="CALL:NUMBER:KIND[:any task]")
    args = parser.parse_args()
    if shutil.which("strace") is None:
        print("strace is missing")
        return 77
    programs = Programs(args.muniment, args.verify)
    folder = scratch_folder()
    try:
        base, anchor, traced, check = prepare(programs, args.what, folder)
        points = all_points(programs, args.what, traced, folder, args.every)
        if args.only:
            call, number, kind, *follow = args.only.split(":")
            points = [Point(call, int(number), kind, bool(follow))]
        with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
            results = [tell(result) for result in pool.map(one, (
                (check, base, os.path.join(folder, str(i)), point, anchor)
                for i, point in enumerate(points)))]
    except Broken as broken:
        print("cannot start:", broken)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if say(results, args.what) else 1


if __name__ == "__main__":
    sys.exit(main())
