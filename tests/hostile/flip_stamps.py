#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""flip_stamps.py MUNIMENT FLIP_STAMPS BITS - a small vault, stamped by two
authorities that do not know each other and that publish lists of what they
revoked; then flip_stamps.c changes each stored file of it, bit by bit."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))

from authority import Root, Server  # noqa: E402
from programs import deposit, init, must  # noqa: E402

MUNIMENT, FLIP = (os.path.abspath(p) for p in sys.argv[1:3])
BITS = sys.argv[3]


def make_vault(server):
    init(MUNIMENT, "v", "k", "--prefix", "FLS")
    with open("paper.txt", "w", encoding="ascii") as out:
        out.write("paper\n")
    deposit(MUNIMENT, "v", "k", "paper.txt")
    words, roots = [], []
    for name in ("avocet", "bunting"):
        root = Root("tsa", name, "lists", server.url(f"file/{name}.crl"))
        root.issue(f"{name}-stamps", "listed")
        root.publish()
        roots.append(root.path)
        words += ["--tsa", server.url(f"tsa/{name}-stamps"), "--tsa-trust",
                  root.path]
    must([MUNIMENT, "-C", "v", "--keys", "k", "time-stamp", *words])
    return roots


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    os.mkdir("tsa")
    os.mkdir("lists")
    loopback = Server("tsa", "lists")
    try:
        given = make_vault(loopback)
    finally:
        loopback.close()
    status = subprocess.run([FLIP, BITS, "v", *given], check=False).returncode
    os.chdir("/")
sys.exit(status)
