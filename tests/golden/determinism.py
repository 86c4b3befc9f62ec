#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two people, two machines, one tree: the same bytes.

determinism.py MUNIMENT-FIXED

With clock and randomness fixed, everything of a vault is the same whoever makes
it, where, in which locale, and however the file system lists the files.
"""
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import expect, files, must, passed  # noqa: E402

MUNIMENT = os.path.abspath(sys.argv[1])
IS_ROOT = os.geteuid() == 0
NAMES = ["a.txt", "b/c.txt", "b.txt", "Ü/文件.txt", "z", "empty", "b/ф.zip"]
MTIME = 1714550400_123456789


def make_tree(parent, names, owner, mode):
    """The same tree, its files made in another order."""
    tree = f"{parent}/tree"
    for name in names:
        path = f"{tree}/{name}"
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write("" if name == "empty" else f"{name}\n" * 5000)
        os.chmod(path, mode)
        os.utime(path, ns=(MTIME, MTIME))
        if IS_ROOT:
            os.chown(path, owner, owner)
    os.makedirs(f"{tree}/nothing", exist_ok=True)
    os.symlink("a.txt", f"{tree}/link")
    return tree


def make_vault(place, as_nobody, env, umask, host):
    """init and deposit; the vault's files."""
    command = []
    program = shutil.copy(MUNIMENT, f"{place}/program")  # nobody may run it
    if IS_ROOT and host is not None:
        command += ["unshare", "-u", "sh", "-c",
                    'hostname "$0" 2>/dev/null; exec "$@"', host]
    if as_nobody:
        command += ["setpriv", "--reuid=65534", "--regid=65534",
                    "--clear-groups"]
        os.chown(place, 65534, 65534)
    cwd = f"{place}/cwd"
    os.makedirs(cwd)
    os.chmod(cwd, 0o755)
    more = {"cwd": cwd, "umask": umask}
    for seed, words in (
            ("1", ["init", f"{place}/vault", "--no-passphrase", "--volatile"]),
            ("2", ["-C", f"{place}/vault", "deposit", "--yes", "--case", "one",
                   f"{place}/tree"])):
        must([*command, program, *words, "--keys", f"{place}/keys"],
             env={"PATH": os.environ["PATH"], "MUNIMENT_FIXED_SEED": seed,
                  "MUNIMENT_FIXED_CLOCK": "1790000000", **env}, **more)
    found = files(f"{place}/vault")
    found.update((f"keys/{n}", b) for n, b in files(f"{place}/keys").items())
    return found


def main():
    shm = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    one = tempfile.mkdtemp(dir="/tmp")
    two = tempfile.mkdtemp(dir=shm, prefix="another-place-")
    try:
        make_tree(one, NAMES, 12345, 0o644)
        make_tree(two, NAMES[::-1], 65534, 0o444)
        os.chmod(two, 0o755)
        first = make_vault(one, False, {
            "LC_ALL": "C", "TZ": "UTC", "HOME": "/root"}, 0o077, "one")
        second = make_vault(two, IS_ROOT, {
            "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai", "HOME": "/nowhere",
            "LANG": "tr_TR.UTF-8", "USER": "x", "LOGNAME": "x",
            "HOSTNAME": "x", "TMPDIR": two}, 0o002, "two")
    finally:
        shutil.rmtree(one)
        shutil.rmtree(two)
    expect(sorted(first) == sorted(second),
           f"other files: {sorted(set(first) ^ set(second))}")
    expect(sum(n.startswith("archives/") for n in first) == 1, "no archive")
    for name in sorted(first):
        expect(first[name] == second[name], f"{name} differs")
    if not IS_ROOT:
        print("not root: one user, one host name only")
    passed()


main()
