#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""asked.py MUNIMENT VERIFY - at a question on a terminal: what ends it, and
what it leaves behind."""
import array
import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import termios

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))

from programs import (deposit, expect, files, fingerprint, init, must,  # noqa: E402
                      parts, passed)

MUNIMENT, VERIFY = sys.argv[1:3]
BASE = [MUNIMENT, "-C", "v", "--keys", "k"]
SECONDS = 60  # of a busy machine; what hangs, hangs for ever


class Terminal:
    """A command on a terminal of its own, which is where it stops to ask."""

    def __init__(self, *words):
        self.master, self.slave = pty.openpty()
        self.modes = termios.tcgetattr(self.slave)
        self.shown = b""
        self.process = subprocess.Popen(
            [*BASE, *words], stdin=self.slave, stdout=self.slave,
            stderr=self.slave, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"})

    def read(self, seconds):
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        self.shown += os.read(self.master, 65536)
        return True

    def wait_for(self, text):
        while text not in self.shown:
            expect(self.read(SECONDS), f"never said {text}: {self.shown}")

    def type(self, text):
        os.write(self.master, text)

    def unread(self):
        """Bytes that were typed and that the next program would be given."""
        modes = termios.tcgetattr(self.slave)
        modes[3] &= ~termios.ICANON
        termios.tcsetattr(self.slave, termios.TCSANOW, modes)
        count = array.array("i", [0])
        fcntl.ioctl(self.slave, termios.FIONREAD, count)
        return count[0]

    def end(self):
        try:
            status = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            expect(False, f"it does not end: {self.shown}")
        while self.read(0):
            pass
        if status < 0:
            return status  # killed: whatever was typed is still there
        expect(termios.tcgetattr(self.slave) == self.modes,
               "the terminal is not as it was")
        left = self.unread()
        expect(left == 0, f"{left} bytes left to the shell: {self.shown}")
        os.close(self.master)
        os.close(self.slave)
        return status


def interrupted(question, said, *words):
    """However it is interrupted: nothing was done, and that is said."""
    before = files("v")
    for number in (None, signal.SIGTERM, signal.SIGHUP):
        terminal = Terminal(*words)
        terminal.wait_for(question)
        terminal.type(b"y")
        terminal.wait_for(question + b"y")  # its echo: it has arrived
        if number is None:
            terminal.type(b"\x03")
        else:
            terminal.process.send_signal(number)
        status = terminal.end()
        expect(status == 3, f"{words} {number}: exit {status}")
        expect(said in terminal.shown, f"{words}: {terminal.shown}")
        expect(files("v") == before, f"{words} {number} changed the vault")


def questions():
    interrupted(b"Deposit this? [y/N] ", b"nothing was deposited",
                "deposit", "docs")
    deposit(MUNIMENT, "v", "k", "docs", "--case", "a")
    interrupted(b"Destroy them? [y/N] ", b"nothing was withdrawn",
                "withdraw", "ASK-0001", "--reason", "r", "--destroy")
    interrupted(b"Erase it? [y/N] ", b"nothing was erased",
                "statement", "erase", "1")
    interrupted(b"Log it all the same? [y/N] ", b"nothing was logged",
                "record", "transfer", "ASK-0001", "--who", "court")


def write(path, text):
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def changed_meanwhile():
    """What is not as it was shown leaves a trace, and so does what was added."""
    os.makedirs("docs/empty")
    os.makedirs("docs-x")
    write("docs-x/x.txt", "x\n")
    os.symlink("nowhere", "docs-x/link")
    write("saved.txt", "B.TXT\n")  # put in the place of another like it
    times = os.stat("docs/b.txt").st_mtime_ns
    os.utime("saved.txt", ns=(times, times))
    terminal = Terminal("deposit", "docs", "docs-x")
    terminal.wait_for(b"[y/N] ")
    write("docs/a.txt", "1")
    write("docs/second.txt", "not in the archive\n")
    os.rename("saved.txt", "docs/b.txt")
    write("docs/empty/new.txt", "neither\n")
    terminal.type(b"y\n")
    expect(terminal.end() == 0, f"{terminal.shown}")
    expect(b"source.changed" in terminal.shown, "it is said")
    inside = parts("v/archives/ASK-0002.tar")
    lines = inside["metadata/findings.jsonl"].decode().splitlines()
    found = [(f["rule"], f.get("path", f.get("n")))
             for f in map(json.loads, lines)]
    expect(found == [("source.changed", "docs"),
                     ("source.symlink", "docs-x/link"),
                     ("source.empty-folder", "docs/empty"),
                     ("source.changed", "docs/empty"),
                     ("source.changed", 2)],
           f"found: {found}")
    said = deposit(MUNIMENT, "v", "k", "docs", "docs-x")
    expect([f["rule"] for f in said["findings"]] == ["source.symlink"],
           "what stays as it is, is not said to have changed")


def typed_meanwhile():
    """What others type after somebody was told what goes out stays back."""
    terminal = Terminal("export", "ASK-0001", "parcel")
    terminal.wait_for(b"[y/N] ")
    must([MUNIMENT, "-C", "v", "--keys", "k", "annotate", "ASK-0001",
          "note=heron at dusk"])
    terminal.type(b"y\n")
    expect(terminal.end() == 0, f"{terminal.shown}")
    statements = [n for n in parts("parcel/ASK-0001.dossier.tar")
                  if n.startswith("statements/")]
    expect(len(statements) == 1, f"{statements}")
    with open("parcel/ASK-0001.dossier.tar", "rb") as file:
        expect(b"heron at dusk" not in file.read(), "it is handed out")
    must([VERIFY, "parcel/ASK-0001.dossier.tar", "parcel/ASK-0001.tar",
          "--trust", fingerprint(MUNIMENT, "v")])


def main():
    os.makedirs("docs/deep")
    for name in ("a.txt", "b.txt", "deep/c.txt"):
        write(f"docs/{name}", f"{name}\n")
    init(MUNIMENT, "v", "k", "--prefix", "ASK")
    questions()
    changed_meanwhile()
    typed_meanwhile()
    must([VERIFY, "v", "--trust", fingerprint(MUNIMENT, "v")])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)
        main()
        os.chdir("/")
    passed()
