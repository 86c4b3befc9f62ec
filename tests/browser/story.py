# SPDX-License-Identifier: BSD-2-Clause
"""Vaults to be reported on: one with custody, and what a hostile depositor and
hostile names make of it."""
import hashlib
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
# pylint: disable=wrong-import-position
from programs import deposit, fail, fingerprint, init, must  # noqa: E402


def certificate(keys):
    """DER of an actor, in base64 as an event holds it, and its SHA-256."""
    with open(f"{keys}/actor.pem", encoding="ascii") as pem:
        text = "".join(pem.read().split("\n")[1:-2])
    der = must(["openssl", "x509", "-in", f"{keys}/actor.pem", "-outform",
                "DER"])
    return text, hashlib.sha256(der).hexdigest()


class Story:
    """A vault with two custodians; words are (muniment, append)."""

    def __init__(self, muniment, append, folder, name="Archive signer 2026-A",
                 second="Counsel, Den Haag office"):
        self.muniment, self.append_program = muniment, append
        self.vault, self.keys = f"{folder}/vault", f"{folder}/keys"
        self.second = f"{folder}/second"
        init(muniment, self.vault, self.keys, "--prefix", "XPF", "--as", name)
        init(muniment, f"{folder}/other", self.second, "--as", second)
        shutil.rmtree(f"{folder}/other")
        shutil.copy(f"{self.keys}/log.key", f"{self.second}/log.key")
        self.anchor = fingerprint(muniment, self.vault)
        self.actor = certificate(self.keys)[1]

    def deposit(self, *words):
        return deposit(self.muniment, self.vault, self.keys, *words)

    def append(self, kind, subject, detail, *typed, second=False):
        keys = self.second if second else self.keys
        dump = lambda o: json.dumps(o, separators=(",", ":")) if o else ""
        return must([self.append_program, self.vault, keys, kind,
                     dump(subject), dump(detail), *typed]).decode().strip()

    def enrol(self):
        text, sha256 = certificate(self.second)
        self.append("actor-enrolled", None,
                    {"role": "custodian", "certificate_b64": text})
        shutil.copy(f"{self.second}/actor.pem",
                    f"{self.vault}/certs/{sha256}.pem")
        return sha256

    def custody(self, archive):
        """Enrolment to withdrawal, all in order."""
        other = self.enrol()
        about = {"archive": archive}
        entry = self.append("transfer", about, {
            "step": "handed-over", "form": "countersigned",
            "from": self.actor, "to": other}, "purpose=for the hearing",
            "place=The Hague", "carrier=by hand")
        self.append("transfer", about, {"step": "accepted", "entry": entry},
                    second=True)
        self.append("examination", about, {
            "by": other, "started": "2026-05-01T09:00:00Z",
            "ended": "2026-05-01T17:00:00Z", "before": "passed",
            "after": "passed"}, "tool=write blocker", second=True)
        self.append("fixity-check", about, {"result": "failed"})
        self.append("fixity-check", about, {"result": "passed"})
        self.append("copy", about, {"kind": "working", "to": other},
                    second=True)
        self.append("annotation", about, {"keys": ["title", "exhibit"]},
                    "title=Orders of the 5th bureau", "exhibit=P-113")
        self.append("transfer", about, {
            "step": "handed-over", "form": "asserted", "from": other},
            "who=Registry of the court", second=True)
        self.append("migration", None, {"kind": "storage"})

    def forget_index(self):
        """What was appended here is not in it; a vault may be without."""
        os.remove(f"{self.vault}/index.sqlite")


def write(path, data=b"x\n"):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(data)


def many(folder, count):
    for i in range(count):
        write(f"{folder}/{i // 100:02}/letter {i:05}.txt", b"%d\n" % i)


HOSTILE = [
    "<script>alert(1)</script>.txt",
    "\"><img src=x onerror=alert(2)>.txt",
    "' onmouseover='alert(3).txt",
    "<bdi dir=rtl><style>body{display:none}<_style>.txt",
    "&lt;b&gt;&#60;i&#62;.txt",
    "-->]]><!--.txt",
    "javascript:alert(4).html",
    "\u202egpj.exe.txt",
    "Приказ № 12.txt",
    "机密 文件 第七号.pdf",
    "تقرير سري 2024.docx",
    "סודי ביותר.txt",
    "a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308.txt",
    "zero\u200bwidth\ufeff.txt",
    "line\nbreak\ttab\x1b[31m.txt",
    "x" * 250,
    "{{7*7}}${7*7}<%= 7*7 %>.txt",
    "\u2066isolate\u2069 left open\u2067.txt",
]


def hostile_names(folder):
    """Names as files; 5,000 marks go over several folders of one path."""
    for name in HOSTILE:
        write(f"{folder}/{name}")
    write(f"{folder}/not-utf8-".encode() + b"\xff\xfe\x80.txt")
    marks = "o" + "\u0301" * 100
    write(folder + "/" + "/".join([marks] * 17) + "/marks.txt")


__all__ = ["HOSTILE", "Story", "fail", "hostile_names", "many", "must",
           "write"]
