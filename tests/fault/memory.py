#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Memory runs out while evidence is judged.

    memory.py MUNIMENT MUNIMENT_VERIFY FAILING_MALLOC [RUNS]

In every run another allocation fails: that one alone, or all from it on.  Then
the verdict is the one it is with all memory there, and so is the report; or
there is none, but exit status 3 and a sentence.  Never another verdict, a
crash or a hang.  RUNS: of each case in each way; without it every allocation.
"""

import os
import re
import shutil
import subprocess
import sys

from vault import Broken, Programs, demand, make_place, scratch_folder

COULD_NOT = 3
TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def judge(command, library, at=0, goes_on=False):
    """Exit status, report without its time, what was said; allocations."""
    reader, writer = os.pipe()
    environment = {"LC_ALL": "C", "LD_PRELOAD": library, "FAIL_AT": str(at),
                   "FAIL_FD": str(writer), **({"FAIL_ON": ""} if goes_on
                                              else {})}
    try:
        done = subprocess.run(command, env=environment, pass_fds=[writer],
                              stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=60, check=False)
    finally:
        os.close(writer)
    with os.fdopen(reader, "rb") as count:
        return (done.returncode, TIME.sub(b"", done.stdout), done.stderr,
                int(count.read() or 0))


def sweep(name, command, library, runs, expect):
    untouched = judge(command, library)
    status, report, _, allocations = untouched
    demand(status == expect, f"{name}: untouched {untouched}")
    demand(allocations > 1000, f"{name}: {allocations} allocations")
    step = max(1, allocations // runs) if runs else 1
    refused = 0
    for goes_on in False, True:
        for at in range(1, allocations + 1, step):
            now = judge(command, library, at, goes_on)
            where = (f"{name}: allocation {at}"
                     f"{' and all after it' if goes_on else ''}: {now}")
            if now[0] == COULD_NOT:
                refused += 1
                demand(b"memory" in now[2] and now[2].endswith(b"\n"), where)
                demand(b"verdict" not in now[1], where)
            else:
                demand(now[:2] == (status, report), where)
    demand(refused > 0, f"{name}: memory never ran out")
    print(f"{name}: {allocations} allocations, {refused} runs without a "
          f"verdict", flush=True)


def damaged(archive, folder):
    """A copy in which one byte of a document is another."""
    copy = os.path.join(folder, os.path.basename(archive))
    with open(archive, "rb") as file:
        data = bytearray(file.read())
    data[data.index(b"one\n\0")] ^= 1
    with open(copy, "wb") as file:
        file.write(data)
    return copy


def cases(place, folder):
    """Name, command, exit status."""
    archives = os.path.join(place.vault, "archives")
    archive = os.path.join(archives, sorted(os.listdir(archives))[0])
    trust = ["--trust", place.anchor()]
    verify = place.programs.verify
    yield "vault", [verify, place.vault, *trust], 0
    yield "vault, JSON", [verify, place.vault, "--json", "--all", *trust], 0
    yield "archive alone", [verify, archive, *trust], 2
    yield "damaged", [verify, damaged(archive, folder), *trust], 1
    yield "keeper", place.keeper_command("verify", *trust), 0


def main():
    library = os.path.abspath(sys.argv[3])
    runs = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    folder = os.path.realpath(scratch_folder())
    try:
        place = make_place(Programs(*sys.argv[1:3]), folder)
        for name, command, expect in cases(place, folder):
            sweep(name, command, library, runs, expect)
    except Broken as why:
        print("BROKEN", str(why)[:3000])
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
