#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Nothing of the depositor's machine gets in, and nothing typed gets sealed.

leak.py MUNIMENT

A deposit is made where every name is a canary: user, group, host, home, folders
above the operand, owner of the files, locale, time zone.  None of them may be
in any file of the vault or in the receipt, in any spelling.  What was typed may
be in the statement and in the index only.  As root the names are real ones, in
name spaces of the test's own.
"""
import os
import shutil
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import (entries, expect, files, must, parts, passed,  # noqa: E402
                      run, where)

MUNIMENT = os.path.abspath(sys.argv[1])
UID, GID, OWNER = 54321987, 54322986, 43219876
NAMES = {"user": "canaryuser", "group": "canarygroup", "host": "canaryhost",
         "owner": "canaryowner", "home": "canaryhome", "cwd": "canarycwd",
         "above": "canaryabove", "vault": "canaryvault", "keys": "canarykeys",
         "zone": "CanaryZone", "locale": "xx_CANARY", "agent": "canaryagent"}
TYPED = {"case": "canarycase", "note": "canarynote 字",
         "received-from": "canaryfrom", "received-on": "1999-04-03",
         "method": "canarymethod"}
IS_ROOT = os.geteuid() == 0


def make_tree(above):
    """A tree below a canary; what is in it may be stored, but no owner."""
    tree = f"{above}/handed"
    os.makedirs(f"{tree}/below")
    for name in ("storedname.txt", "below/other"):
        with open(f"{tree}/{name}", "w", encoding="utf-8") as out:
            out.write(f"{name}\n")
        os.utime(f"{tree}/{name}", ns=(987654321_123456789, 1714550400 * 10**9
                                       + 234567891))
    os.symlink("target", f"{tree}/link")
    if IS_ROOT:
        for name in ("storedname.txt", "below/other", "below", ""):
            os.chown(f"{tree}/{name}", OWNER, OWNER)
    return tree


def inside(place, command):
    """The command as canaryuser on canaryhost; as it is if not root."""
    if not IS_ROOT:
        return command
    for name, own, owner in (
            ("passwd", f"{NAMES['user']}:x:{UID}:{GID}:{NAMES['user']}:"
             f"{place}/{NAMES['home']}:/bin/sh",
             f"{NAMES['owner']}:x:{OWNER}:{OWNER}::/:/bin/sh"),
            ("group", f"{NAMES['group']}:x:{GID}:",
             f"{NAMES['owner']}:x:{OWNER}:")):
        with open(f"{place}/{name}", "w", encoding="utf-8") as out:
            out.write(f"root:x:0:0::/:/bin/sh\n{own}\n{owner}\n"
                      if name == "passwd" else f"root:x:0:\n{own}\n{owner}\n")
    return ["unshare", "-m", "-u", "sh", "-euc",
            'mount --bind "$0/passwd" /etc/passwd; '
            'mount --bind "$0/group" /etc/group; hostname "$1"; shift; '
            'exec "$@"', place, NAMES["host"], "setpriv", f"--reuid={UID}",
            f"--regid={GID}", "--clear-groups", *command]


def can_unshare(place):
    done = run(inside(place, ["id", "-un"]))
    return done.returncode == 0 and done.stdout.strip() == b"canaryuser"


def make_vault(place, inside_words):
    home, cwd = f"{place}/{NAMES['home']}", f"{place}/{NAMES['cwd']}"
    for folder in (home, cwd):
        os.mkdir(folder)
    tree = make_tree(f"{place}/{NAMES['above']}")
    if IS_ROOT:
        os.chmod(place, 0o755)
        for folder in (home, cwd):
            os.chown(folder, UID, GID)
    env = {"PATH": os.environ["PATH"], "HOME": home, "PWD": cwd,
           "USER": NAMES["user"], "LOGNAME": NAMES["user"],
           "HOSTNAME": NAMES["host"], "TZ": NAMES["zone"],
           "LC_ALL": NAMES["locale"], "LANG": NAMES["locale"],
           "SSH_CONNECTION": NAMES["agent"], "EMAIL": NAMES["agent"]}
    vault, keys = f"{home}/{NAMES['vault']}", f"{home}/{NAMES['keys']}"
    program = shutil.copy(MUNIMENT, f"{place}/program")  # anyone may run it
    typed = [w for k, v in TYPED.items() for w in (f"--{k}", v)]
    for words in (["init", vault, "--no-passphrase", "--volatile"],
                  ["-C", vault, "deposit", "--yes", *typed, tree],
                  ["-C", vault, "deposit", "--yes", "--no-times", *typed,
                   f"../{NAMES['above']}/handed"]):
        must(inside_words([program, *words, "--keys", keys]), env=env,
             cwd=cwd)
    return vault, keys, tree


def canaries(place, tree):
    found = {f"the {what}'s name": name for what, name in NAMES.items()}
    found["the path above"] = place
    found["the scratch folder"] = os.path.basename(place)
    ids = [UID, GID, OWNER] if IS_ROOT else []
    for number in ids:
        found[f"{number} in decimal"] = str(number)
        found[f"{number} in octal"] = f"{number:o}"
        found[f"{number}, little-endian"] = number.to_bytes(4, "little")
        found[f"{number}, big-endian"] = number.to_bytes(4, "big")
    if not IS_ROOT:
        found["this host's name"] = os.uname().nodename
    seen = os.stat(f"{tree}/storedname.txt")
    found["access time"] = "123456789"
    found["change time"] = f"{seen.st_ctime_ns % 10**9:09d}"
    found["kernel"] = os.uname().release
    return found


def everything(vault, keys):
    """All that a vault and its receipts hold: name -> bytes."""
    found = files(vault)
    for name, data in files(f"{keys}/receipts").items():
        found[f"receipt {name}"] = data
    for i, entry in enumerate(entries(vault)):
        found[f"entry {i}"] = entry
    return found


def leaks(place, found, tree):
    """Sentences: which canary is where."""
    told = set()
    for what, word in canaries(place, tree).items():
        for name, data in found.items():
            how = where(data, word)
            if how is not None:
                told.add(f"{what} is in {name}, {how}")
            if where(name.encode(), word) is not None:
                told.add(f"{what} names {name}")
    return told


def deposited(place):
    """(all of a vault that was made among canaries, the tree deposited)"""
    reach = IS_ROOT and can_unshare(place)
    if IS_ROOT and not reach:
        print("no name spaces here: names from the environment only")
    vault, keys, tree = make_vault(
        place, (lambda w: inside(place, w)) if reach else lambda w: w)
    return everything(vault, keys), tree


def no_leak(place, found, tree):
    """A few bytes are met by chance among random ones; not twice in a place."""
    told = leaks(place, found, tree)
    if told:
        with tempfile.TemporaryDirectory() as again:
            told &= leaks(again, *deposited(again))
    expect(not told, "; ".join(sorted(told)))


def main(place):
    found, tree = deposited(place)
    archives = [n for n in found if n.endswith(".tar")]
    expect(len(archives) == 2 and "index.sqlite" in found, "vault incomplete")
    no_leak(place, found, tree)
    for what, word in TYPED.items():
        seen = {n for n, data in found.items() if where(data, word)}
        allowed = {"index.sqlite", "log/statements/000001.json",
                   "log/statements/000002.json"}
        expect(seen <= allowed, f"--{what} is in {sorted(seen - allowed)}")
        expect("log/statements/000001.json" in seen,
               f"--{what} is not in its statement")

    # the same search finds what is stored, so it can find
    sealed = found[archives[0]]
    private = parts(f"{place}/{NAMES['home']}/{NAMES['vault']}/{archives[0]}"
                    )["metadata/private.jsonl"]
    expect(where(sealed, "storedname") == "as it is", "name not seen")
    expect(where(private.replace(b"storedname", b""), "storedname") ==
           "in base64", "name in base64 not seen")
    times = {n: where(found[n], "234567891") for n in archives}
    expect(sorted(times.values(), key=str) == [None, "as it is"],
           f"modification times with and without --no-times: {times}")


SCRATCH = tempfile.mkdtemp()
try:
    main(SCRATCH)
finally:
    shutil.rmtree(SCRATCH)
if not IS_ROOT:
    print("not root: names from the environment only")
passed()
