#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""No parser has in its memory what the program knows.

memory.py MUNIMENT

A deposit is made where everything around it is a canary: the program's path,
its environment, the folders, what is typed, the name and the text of another
document.  It is stopped while it works, and memory and registers of every
process that parses, or that such processes are forked from, are searched for
any piece of a canary: text that passes through a vector register leaves 16 bytes
or more of itself.  The same search finds each canary in the program's own
memory.  When the program is killed, they all are gone; and where the nursery
was, nothing is deposited.
"""
import ctypes
import glob
import gzip
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import expect, files, init, must, passed, skip  # noqa: E402

MUNIMENT = os.path.abspath(sys.argv[1])
CANARY = {what: os.urandom(24).hex() for what in (
    "program", "home", "environment", "cwd", "vault", "keys",
    "above", "name", "text", "case", "note", "statement")}
# one of them lies in any 16 bytes of it
PIECES = {what: [word[at:at + 13].encode() for at in range(0, 36, 4)]
          for what, word in CANARY.items()}
# who is to be there: a fresh worker beside the template it comes from
FAMILY = ["gunzip", "identify", "inspect", "inspect", "nursery"]
PIECE_MAX = 1 << 30  # a sanitizer maps terabytes


def comm(pid):
    with open(f"/proc/{pid}/comm", encoding="ascii") as file:
        return file.read().strip()


def children(pid):
    """pid -> name of those that parse, or will."""
    found = {}
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                child = int(path.split("/")[2])
                found[child] = comm(child)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return {p: n for p, n in found.items() if n in FAMILY}


def memory(pid):
    """All that can be read of it, piece by piece."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, \
            open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for line in maps:
            start, end = (int(x, 16) for x in line.split()[0].split("-"))
            if line.split()[1][0] != "r" or end - start > PIECE_MAX:
                continue
            try:
                mem.seek(start)
                yield mem.read(end - start)
            except (OSError, ValueError, OverflowError):
                continue  # [vvar], [vsyscall]


class Vector(ctypes.Structure):
    """struct iovec"""
    _fields_ = [("base", ctypes.c_void_p), ("len", ctypes.c_size_t)]


def registers(pid):
    """As the kernel keeps them for a process that is stopped."""
    attach, detach, get_set, all_of_x86 = 16, 17, 0x4204, 0x202
    area = ctypes.create_string_buffer(1 << 16)
    vector = Vector(ctypes.addressof(area), len(area))
    libc = ctypes.CDLL(None, use_errno=True)
    ptrace = libc.ptrace
    ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p,
                       ctypes.c_void_p]
    expect(ptrace(attach, pid, None, None) == 0,
           f"{pid}: {os.strerror(ctypes.get_errno())}")
    os.waitpid(pid, 0x40000000)  # __WALL
    got = ptrace(get_set, pid, all_of_x86, ctypes.addressof(vector))
    said = os.strerror(ctypes.get_errno())
    ptrace(detach, pid, None, signal.SIGSTOP)
    expect(got == 0, f"{pid}: {said}")
    return area.raw[:vector.len]


def found_in(pid):
    places = [*memory(pid)]
    size = sum(map(len, places))
    expect(size > 1 << 20, f"{pid}: {size} bytes of memory only")
    if platform.machine() == "x86_64":
        places.append(registers(pid))
    return {what for what, pieces in PIECES.items()
            if any(piece in place for place in places for piece in pieces)}


def make_tree(folder):
    os.makedirs(folder)
    with open(f"{folder}/{CANARY['name']}.txt", "w", encoding="utf-8") as out:
        out.write(f"The {CANARY['text']} is in this document.\n" * 40)
    # more than the lasting worker takes, and seconds of work for a fresh one
    with open(f"{folder}/n.gz", "wb") as out, \
            gzip.GzipFile("", "wb", 1, out, 0) as packed:
        for _ in range(1000):
            packed.write(bytes(1 << 20))


def start(place):
    home, cwd = f"{place}/{CANARY['home']}", f"{place}/{CANARY['cwd']}"
    program = f"{place}/{CANARY['program']}"
    tree = f"{place}/{CANARY['above']}/handed"
    vault, keys = f"{place}/{CANARY['vault']}", f"{place}/{CANARY['keys']}"
    for folder in (home, cwd, program):
        os.mkdir(folder)
    make_tree(tree)
    statement = f"{place}/statement.json"
    with open(statement, "w", encoding="utf-8") as out:
        out.write('{"place": "%s"}' % CANARY["statement"])
    shutil.copy(MUNIMENT, f"{program}/muniment")
    init(MUNIMENT, vault, keys)
    # glibc takes the tunables out of the row that the kernel laid out
    env = {"PATH": os.environ["PATH"], "HOME": home,
           "GLIBC_TUNABLES": "glibc.malloc.tcache_count=3", "PWD": cwd,
           "CANARY": CANARY["environment"]}
    return subprocess.Popen(
        [f"{program}/muniment", "-C", vault, "deposit", "--yes", "--keys",
         keys, "--case", CANARY["case"], "--note", CANARY["note"],
         "--statement", statement, tree], env=env, cwd=cwd,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(program, names):
    """Its children, once they have these names."""
    end = time.monotonic() + 60
    while time.monotonic() < end and program.poll() is None:
        family = children(program.pid)
        if sorted(family.values()) == names:
            return family
        time.sleep(0.002)
    expect(False, f"never together: {names}")


def stop_family(program):
    """Everybody stopped in the middle of it; pid -> name."""
    wait_for(program, FAMILY)
    time.sleep(0.3)  # the youngest is at work, too
    for pid in (program.pid, *wait_for(program, FAMILY)):
        os.kill(pid, signal.SIGSTOP)
    time.sleep(0.1)
    return children(program.pid)


def expect_gone(pids):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        alive = [p for p in pids if os.path.exists(f"/proc/{p}")]
        if not alive:
            return
        time.sleep(0.01)
    expect(False, f"still alive after their program: {alive}")


def without_nursery(place):
    """The program waits for a passphrase while its nursery is killed."""
    vault, keys, secret = f"{place}/vault", f"{place}/keys", f"{place}/secret"
    with open(secret, "w", encoding="ascii") as out:
        out.write("five words of some length\n")
    must([MUNIMENT, "init", vault, "--keys", keys, "--volatile",
          "--passphrase-file", secret])
    before = files(vault)
    with subprocess.Popen(
            [MUNIMENT, "-C", vault, "deposit", "--yes", "--keys", keys,
             "--passphrase-fd", "0", __file__], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as program:
        family = wait_for(program, ["nursery"])
        os.kill(*family, signal.SIGKILL)
        said = program.communicate(b"five words of some length\n", 60)
        said = said[1].decode()
    expect(program.returncode == 3, f"no nursery: {program.returncode}")
    expect("the nursery of the workers died" in said, said)
    expect(files(vault) == before, "no nursery: the vault is another")


def main(place, program):
    family = stop_family(program)
    expect(sorted(family.values()) == FAMILY,
           f"not seen at work together: {sorted(family.values())}")
    seen = found_in(program.pid)
    expect(seen == set(CANARY), f"not in the program: {set(CANARY) - seen}")
    for pid, name in family.items():
        allowed = {"text"} if name == "identify" else set()
        found = found_in(pid) - allowed
        expect(not found, f"in the memory of {name}: {sorted(found)}")
        expect(os.readlink(f"/proc/{pid}/cwd") == "/", f"{name}: cwd")
    program.kill()
    program.wait()
    expect_gone(family)
    without_nursery(place)


if os.geteuid() != 0:
    skip("only root may read other processes' memory")
SCRATCH = tempfile.mkdtemp()
PROGRAM = start(SCRATCH)
try:
    main(SCRATCH, PROGRAM)
finally:
    PROGRAM.kill()
    PROGRAM.wait()
    shutil.rmtree(SCRATCH)
passed()
