#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Documents bigger than a tar header's octal digits, and what is said of them.

big.py MUNIMENT MUNIMENT-VERIFY MEBIBYTES

One sparse document of that size goes in, is verified and listed by GNU tar,
bsdtar and Python, and comes out again; archive and what comes out are as sparse.
Meanwhile the progress line, on a terminal and for a path made to harm, holds
nothing but harmless letters.  Skipped where there is no room: muniment refuses
what would not fit if it were written out.
"""
import os
import pty
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import expect, fingerprint, init, must, passed, run, skip  # noqa: E402

MUNIMENT, VERIFY = (os.path.abspath(p) for p in sys.argv[1:3])
SIZE = int(sys.argv[3]) << 20
SPARSE = 4 << 20  # more than a few pieces around what is not zero
LINE = b"\r\x1b[K"


def terminal_errors(words):
    """Exit status and what is written to a terminal that is standard error."""
    master, slave = pty.openpty()
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=slave,
                          stdout=subprocess.DEVNULL,
                          env={"LC_ALL": "C"}) as process:
        os.close(slave)
        data = b""
        try:
            while more := os.read(master, 65536):
                data += more
        except OSError:
            pass  # how Linux says that nobody writes any more
        os.close(master)
        return process.wait(), data.replace(b"\r\n", b"\n")


def progress_is_harmless(archive, trust):
    folder = "x\x1b[31m" + "y" * 200
    os.makedirs(f"{folder}/{folder}")
    path = f"{folder}/{folder}/{os.path.basename(archive)}"
    os.link(archive, path)
    status, said = terminal_errors([VERIFY, path, "--trust", trust])
    expect(status == 2, f"alone: exit {status} {said[-200:]}")
    lines = said.split(LINE)
    expect(len(lines) > 2, f"no progress was shown: {said}")
    for line in lines:
        expect(all(0x20 <= b < 0x7f for b in line), f"progress says {line}")
        expect(len(line) < 160, f"a progress line has {len(line)} letters")


def make_document(path):
    """Bytes at both ends and in the middle, and holes between."""
    with open(path, "wb") as out:
        for at, text in ((0, b"first"), (SIZE // 2, b"mid"),
                         (SIZE - 5, b"last\n")):
            out.seek(at)
            out.write(text)


def stored(path):
    return os.stat(path).st_blocks * 512


def comes_out_again():
    started = time.monotonic()
    must([MUNIMENT, "-C", "vault", "extract", "--no-record",
          "BIG-0001", "out"])
    print(f"extract {time.monotonic() - started:.1f} s")
    must(["cmp", "in/big.bin", "out/in/big.bin"])
    expect(stored("out/in/big.bin") < SPARSE, "what comes out is not sparse")


def main():
    room = shutil.disk_usage(".").free
    if room < SIZE + (2 << 30):
        skip(f"{room >> 30} GiB are free, {(SIZE >> 30) + 2} are needed")
    os.mkdir("in")
    make_document("in/big.bin")
    if stored("in/big.bin") >= SPARSE:
        skip("this file system has no holes")
    init(MUNIMENT, "vault", "keys", "--prefix", "BIG")
    started = time.monotonic()
    must([MUNIMENT, "-C", "vault", "--keys", "keys", "deposit", "--yes", "in"])
    deposited = time.monotonic()
    done = run([VERIFY, "vault", "--trust", fingerprint(MUNIMENT, "vault")])
    expect(done.returncode == 0, f"verify: {done.stdout.decode()}")
    print(f"deposit {deposited - started:.1f} s, "
          f"verify {time.monotonic() - deposited:.1f} s")
    archive = "vault/archives/BIG-0001.tar"
    expect(stored(archive) < SPARSE,
           f"the archive occupies {stored(archive)} bytes")
    wanted = "BIG-0001/data/BIG-0001-000001.bin"
    with tarfile.open(archive) as tar:
        python = [(m.name, m.size) for m in tar.getmembers()]
    expect((wanted, SIZE) in python, "tarfile reads another size")
    for tool in ("tar", "bsdtar"):
        lines = must([tool, "-tvf", archive]).decode().splitlines()
        expect([line.split()[-1] for line in lines] == [n for n, _ in python],
               f"{tool} lists other names")
        (line,) = [li for li in lines if li.endswith(wanted)]
        expect(f" {SIZE} " in line, f"{tool} reads another size: {line}")
    (pem,) = os.listdir("vault/certs")
    progress_is_harmless(archive, f"vault/certs/{pem}")
    comes_out_again()


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    main()
    os.chdir("/")
passed()
