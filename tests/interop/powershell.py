#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a dossier's README-VERIFY.txt prints for PowerShell is PowerShell.

powershell.py MUNIMENT

Judged by a parser that others made for editors: each block is without an
error, and with one of its signs taken out it is not.  Skipped (77) where node
or the parser is missing; to have it:

    npm install --prefix DIR --ignore-scripts \
        web-tree-sitter@0.25.10 tree-sitter-powershell@0.26.4

and DIR/node_modules in NODE_PATH.
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# What a slip of the pen would lose, at its first place (the parser takes a lone
# apostrophe for a part of a word).
SIGNS = (")", "}", '"')


def blocks(text):
    found, under_way = [], False
    for line in text.split("\n"):
        if line == "Windows, in PowerShell:":
            found.append([])
            under_way = True
        elif under_way and line.startswith("  "):
            found[-1].append(line[2:])
        elif under_way and line:
            under_way = False
    return ["\n".join(lines) + "\n" for lines in found]


def parse(texts):
    done = subprocess.run(
        ["node", "--liftoff-only",  # else it optimizes for minutes
         os.path.join(HERE, "powershell.cjs")], check=False,
        input=json.dumps(texts).encode(), stdout=subprocess.PIPE, timeout=120)
    if done.returncode == 77:
        print("skipped: there is no parser of PowerShell (NODE_PATH)")
        sys.exit(77)
    return json.loads(done.stdout)


def readme(muniment):
    """That of a parcel made for the purpose."""
    def run(*words):
        subprocess.run([muniment, *words], check=True, cwd=scratch,
                       stdout=subprocess.DEVNULL)

    with tempfile.TemporaryDirectory() as scratch:
        with open(f"{scratch}/a.txt", "w", encoding="utf-8") as file:
            file.write("one\n")
        run("init", "v", "--keys", "k", "--no-passphrase", "--volatile",
            "--prefix", "PSH")
        run("-C", "v", "--keys", "k", "deposit", "--yes", "a.txt")
        run("-C", "v", "--keys", "k", "export", "PSH-0001", "parcel")
        name = glob.glob(f"{scratch}/parcel/*.dossier.tar")[0]
        with tarfile.open(name) as parcel:
            inside = [member for member in parcel.getnames()
                      if member.endswith("README-VERIFY.txt")]
            return parcel.extractfile(inside[0]).read().decode()


if shutil.which("node") is None:
    print("skipped: there is no node")
    sys.exit(77)
parse([])
PRINTED = blocks(readme(sys.argv[1]))
PLANTED = [block.replace(sign, "", 1)
           for block in PRINTED for sign in SIGNS if sign in block]
ANSWERS = parse(PRINTED + PLANTED)
if len(PRINTED) != 2:
    sys.exit(f"{len(PRINTED)} blocks, not 2")
for block, is_right in zip(PRINTED + PLANTED, ANSWERS):
    if is_right != (block in PRINTED):
        sys.exit(("an error in:\n" if block in PRINTED else
                  "no error was found in:\n") + block)
print(f"{len(PRINTED)} blocks are right; {len(PLANTED)} slips were found")
