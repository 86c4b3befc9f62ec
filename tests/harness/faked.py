# SPDX-License-Identifier: BSD-2-Clause
"""Programs run as of another time, under a clock that libfaketime sets.

The programs empty their environment but for HOME, where libfaketime looks for
the time too; so it is said there, in a folder that start() makes.
"""
import glob
import os
import subprocess
import sys
import time

from programs import skip

LIBRARY = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
DAY = 86400
YEAR = 365 * DAY + DAY // 4
home = None


def leavings():
    """What libfaketime does not take away after a process that was killed or
    has left by _exit."""
    return set(glob.glob("/dev/shm/*faketime_s*_*"))


def tidy(before):
    """Of processes that are no more: another test may be running."""
    for path in leavings() - before:
        if not os.path.exists(f"/proc/{path.rpartition('_')[2]}"):
            os.unlink(path)


def start():
    """In the folder that the test works in; skips it without libfaketime."""
    global home
    if not LIBRARY:
        skip("libfaketime is not installed")
    home = os.path.abspath("home")
    os.makedirs(f"{home}/still")


def text(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def set_clock(at):
    """A clock that begins then, and one that stands still: what is written
    down by openssl must not depend on how busy the machine is."""
    words = text(at).replace("T", " ")[:-1]
    for folder, how in ((home, "@"), (f"{home}/still", "")):
        with open(f"{folder}/.faketimerc", "w", encoding="ascii") as out:
            out.write(how + words + "\n")


def run(at, *words, data=None, check=True, **more):
    set_clock(at)
    still = "/still" if words[0] == "openssl" else ""
    done = subprocess.run(
        words, input=data, capture_output=True, check=False, env={
            "PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC",
            "HOME": home + still, "LD_PRELOAD": LIBRARY[0],
            "ASAN_OPTIONS": "verify_asan_link_order=0"}, **more)
    if check and done.returncode != 0:
        sys.exit(f"{words}: {done.stderr.decode(errors='replace')}")
    return done


def path_with_openssl():
    """A PATH by which others, whose own clock is the machine's, run openssl as
    of the time that was set last."""
    folder = f"{home}/bin"
    os.mkdir(folder)
    openssl = next(f"{way}/openssl" for way in os.environ["PATH"].split(":")
                   if os.access(f"{way}/openssl", os.X_OK))
    with open(f"{folder}/openssl", "w", encoding="ascii") as out:
        out.write(f"#!/bin/sh\nexport HOME='{home}/still' TZ=UTC LC_ALL=C\n"
                  f"LD_PRELOAD='{LIBRARY[0]}' exec '{openssl}' \"$@\"\n")
    os.chmod(f"{folder}/openssl", 0o755)
    return f"{folder}:{os.environ['PATH']}"
