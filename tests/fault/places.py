#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A vault put back from an older copy, one in two copies, and bad places.

    places.py MUNIMENT MUNIMENT_VERIFY

Each is refused with the documented exit status and one sentence, and the vault
is, file by file, as it was.
"""

import os
import resource
import shutil
import subprocess
import sys

from vault import Broken, Programs, demand, make_place, scratch_folder


def attempt(place, expect, **options):
    """A deposit that has to fail without a trace; what it said."""
    before = place.files()
    done = subprocess.run(place.deposit_command(), text=True,
                          stderr=subprocess.PIPE, timeout=60, check=False,
                          **{"stdin": subprocess.DEVNULL,
                             "stdout": subprocess.DEVNULL, **options})
    demand(done.returncode == expect,
           f"exit {done.returncode}, not {expect}: {done.stderr}")
    after = place.files()
    changed = {n for n in before.keys() | after.keys()
               if before.get(n) != after.get(n)}
    demand(not changed, f"changed: {sorted(changed)}")
    demand(done.stderr.count("\n") == 1, "not one sentence: " + done.stderr)
    return done.stderr


def deposit(place):
    done = place.programs.run(*place.deposit_command())
    demand(done.returncode == 0, done.stderr)


def swap_vault(place, other):
    """The keys stay, the vault is replaced."""
    shutil.rmtree(place.vault)
    shutil.copytree(other, place.vault)


# ---- copies ----

def older_copy(place):
    copy = place.folder + "-older"
    shutil.copytree(place.vault, copy)
    deposit(place)
    swap_vault(place, copy)
    said = attempt(place, 3)
    demand("log.stale" in said and "newe" in said, said)


def fork(place):
    """Both copies went on with the same keys; the one signed first is not
    continued, though it is not shorter."""
    copy, keys = place.folder + "-fork", place.folder + "-keys"
    shutil.copytree(place.vault, copy)
    shutil.copytree(place.keys, keys)
    deposit(place)
    other = place.folder + "-first"
    shutil.copytree(place.vault, other)
    shutil.rmtree(place.keys)
    shutil.copytree(keys, place.keys)
    swap_vault(place, copy)
    deposit(place)
    swap_vault(place, other)
    said = attempt(place, 3)
    demand("log.stale" in said, said)


# ---- places ----

def file_size_limit(place):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    said = attempt(place, 3, preexec_fn=limit)
    demand("arge" in said or "ig" in said, said)


def full_disk(place):
    """A file system with no room left; needs the right to mount."""
    mounted = place.folder + "-small"
    os.mkdir(mounted)
    if os.system(f"mount -t tmpfs -o size=600k none '{mounted}' 2>/dev/null"):
        return "skipped: no right to mount"
    try:
        inside = place.copy(os.path.join(mounted, "it"))
        try:
            with open(os.path.join(mounted, "filler"), "wb") as file:
                while True:
                    file.write(bytes(1024))
                    file.flush()
        except OSError:
            pass
        said = attempt(inside, 3)
        demand("room" in said or "space" in said, said)
    finally:
        os.system(f"umount '{mounted}'")
    return None


def read_only(place):
    mounted = place.folder + "-ro"
    os.mkdir(mounted)
    if os.system(f"mount --bind '{place.folder}' '{mounted}' 2>/dev/null && "
                 f"mount -o remount,ro,bind '{mounted}' 2>/dev/null"):
        return "skipped: no right to mount"
    try:
        inside = type(place)(place.programs, mounted, place.documents)
        said = attempt(inside, 3)
        demand("ead-only" in said, said)
        done = place.programs.run(place.programs.verify, inside.vault,
                                  "--trust", place.anchor())
        demand(done.returncode == 0, "verify read-only: " + done.stdout)
        demand(inside.archives() == place.archives(), "list read-only")
    finally:
        os.system(f"umount '{mounted}'")
    return None


def full_output(place):
    """In, and it says so, but not with exit status 0."""
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run(place.deposit_command(), stdout=full, text=True,
                              stdin=subprocess.DEVNULL, timeout=60,
                              stderr=subprocess.PIPE, check=False)
        demand(done.returncode == 3 and "deposited as" in done.stderr,
               f"deposit >/dev/full: {done.returncode} {done.stderr}")
        for command in ([place.programs.muniment, "-C", place.vault, "list"],
                        [place.programs.verify, place.vault]):
            done = subprocess.run(command, stdout=full, text=True, timeout=60,
                                  stderr=subprocess.PIPE, check=False)
            demand(done.returncode == 3 and done.stderr,
                   f"{command} >/dev/full: {done.returncode}")


def closed_descriptors(place):
    """No file of the vault may become descriptor 0, 1 or 2."""
    for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
        before = place.log_size()
        done = subprocess.run(["sh", "-c", f'"$@" {closed}', "sh",
                               *place.deposit_command()], timeout=60,
                              stdout=subprocess.PIPE, check=False)
        out_is_closed = ">&-" in closed.replace("2>&-", "")
        demand(done.returncode == (3 if out_is_closed else 0),
               f"deposit {closed}: exit {done.returncode}")
        demand(place.log_size() == before + 1, f"deposit {closed}: log")


CASES = (older_copy, fork, file_size_limit, full_disk, read_only, full_output,
         closed_descriptors)
# What refuses a vault for good cannot be asked to take a next deposit.
REFUSED = (older_copy, fork)


def main():
    folder = os.path.realpath(scratch_folder())
    broken = 0
    try:
        base = make_place(Programs(*sys.argv[1:3]), folder)
        anchor = base.anchor()
        for case in CASES:
            place = base.copy(os.path.join(folder, case.__name__))
            try:
                note = case(place)
                if case not in REFUSED:
                    place.expect_works(anchor)
                print(case.__name__, note or "holds", flush=True)
            except Broken as why:
                broken += 1
                print(case.__name__, "BROKEN", str(why).strip()[:500])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
