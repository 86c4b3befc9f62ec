#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sixteen depositors at once, and readers who do not stop.

    together.py MUNIMENT MUNIMENT_VERIFY

No number twice, no lost entry; a reader is never refused, and never told that
the vault has FAILED.
"""

import json
import os
import shutil
import sys
import threading

from vault import Broken, Programs, demand, make_place, scratch_folder

DEPOSITORS = 16
ROUNDS = 2


def documents(folder, number):
    """One file that all have, and one of one's own."""
    mine = os.path.join(folder, f"in-{number}")
    os.mkdir(mine)
    for name, text in (("same.txt", "same\n"),
                       ("own.txt", f"of depositor {number}\n" * 1000)):
        with open(os.path.join(mine, name), "w", encoding="ascii") as file:
            file.write(text)
    return mine


def deposit(place, folder, number, results):
    command = place.deposit_command()[:-1] + ["--json",
                                              documents(folder, number)]
    for _ in range(ROUNDS):
        results.append(place.programs.run(*command))


def read(place, anchor, stop, told):
    """Verify and list in turn until told to stop."""
    while not stop.is_set():
        done = place.programs.run(place.programs.verify, place.vault,
                                  "--trust", anchor, "--json")
        bad = []
        if done.returncode not in (0, 2):
            bad = [(c["rule"], c["detail"]) for c in json.loads(
                done.stdout or '{"checks":[]}')["checks"]
                if c["verdict"] == "FAILED"]
        told.append(("verify", done.returncode, f"{done.stderr}{bad}"))
        done = place.muniment("list", "--json")
        told.append(("list", done.returncode, done.stderr))


def run(place, folder, anchor):
    results, told, stop = [], [], threading.Event()
    readers = [threading.Thread(target=read, args=(place, anchor, stop, told))
               for _ in range(2)]
    writers = [threading.Thread(target=deposit,
                                args=(place, folder, i, results))
               for i in range(DEPOSITORS)]
    for thread in readers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in readers:
        thread.join()
    return results, told


def judge(place, anchor, results, told):
    busy = [r for r in results if r.returncode == 3 and "use" in r.stderr]
    good = [json.loads(r.stdout) for r in results if r.returncode == 0]
    verdicts = {}
    for what, code, _ in told:
        verdicts[what, code] = verdicts.get((what, code), 0) + 1
    print(f"{len(results)} deposits: {len(good)} in, {len(busy)} told that "
          f"the vault is in use")
    for (what, code), count in sorted(verdicts.items()):
        print(f"  {what} while they worked -> exit {code}: {count}")
    for result in results:
        demand(result.returncode == 0 or result in busy,
               f"deposit exits {result.returncode}: {result.stderr}")
    for what, code, words in told:
        demand(code in (0, 2), f"{what} exits {code}: {words}")
    names = [r["archive"] for r in good]
    seqs = [r["log_index"] for r in good]
    demand(len(set(names)) == len(good), "a number was given twice")
    demand(len(set(seqs)) == len(good), "a log entry was given twice")
    place.expect_whole(1 + len(good))
    place.expect_no_litter()
    place.judge(anchor, clean=True)


def main():
    folder = scratch_folder()
    try:
        place = make_place(Programs(*sys.argv[1:3]), folder)
        anchor = place.anchor()
        results, told = run(place, folder, anchor)
        judge(place, anchor, results, told)
    except Broken as broken:
        print("BROKEN", broken)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
