# SPDX-License-Identifier: BSD-2-Clause
"""The second verifier's archives: archive.md."""
import base64
import csv
import functools
import hashlib
import io
import os
import re

from second_bytes import (HEX32, HEX64, ID, NAT, ORIGIN, SIGNED, Certificate,
                          both_forms, canonical, check_cms, cms_parts, hexsha,
                          lines, need, one_line, read_pem, read_tar, root,
                          seconds, sha, stamp)

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                    "../../docs/format")

# ---- archive.md ----

PATHS = ("bagit.txt manifest-sha256.txt manifest-sha512.txt "
         "metadata/deposit.json metadata/documents.jsonl "
         "metadata/private.jsonl metadata/members.jsonl "
         "metadata/findings.jsonl metadata/inventory.csv README-VERIFY.txt "
         "bag-info.txt tagmanifest-sha256.txt tagmanifest-sha512.txt "
         "seal/signer.pem seal/seal.json seal/seal.p7s").split()
LIMITS = {k: NAT for k in (
    "identify_bytes inspect_depth inspect_members inspect_bytes "
    "inspect_nested_bytes inspect_ratio inspect_cpu_s").split()}
DEPOSIT = {"format": "muniment-deposit/1", "archive": ID,
           "tool": re.compile(r"[ -~]{0,64}"),
           "algorithms": ["sha256", "sha512"], "documents": range(1, 2 ** 63),
           "bytes": NAT, "members": NAT, "findings": NAT, "sandbox": bool,
           "times": bool, "limits": LIMITS, "padding_seed": HEX32}
RECORD = {"n": NAT, "file": str, "size": NAT, "sha256": HEX32,
          "sha512": HEX64, "media_type": re.compile(
              r"(?=.{1,127}\Z)[a-z0-9.+_-]+/[a-z0-9.+_-]+"),
          "private": {"name": HEX32, "path": HEX32, "times?": HEX32,
                      "description?": HEX32}, "salt": HEX32}
BYTES = {"bytes_b64": base64, "text?": str, "salt": HEX32}
PRIVATE = {
    "name": {"n": NAT, "field": "name", **BYTES},
    "path": {"n": NAT, "field": "path", **BYTES},
    "times": {"n": NAT, "field": "times", "modified_s": SIGNED,
              "modified_ns": range(0, 10 ** 9), "salt": HEX32},
    "description": {"n": NAT, "field": "description", "text": str,
                    "salt": HEX32}}
MEMBER = {"n": NAT, "m": NAT, "in": NAT, "name_b64": base64, "name?": str,
          "size": NAT, "sha256": HEX32, "sha512": HEX64}
RULES = re.findall(r"[a-z]+\.[a-z0-9-]+", " ".join(
    "source." + r for r in "symlink fifo socket character-device block-device "
    "mount-point empty-folder unreadable vanished too-deep too-long changed "
    "hard-links".split()) + " name.not-utf8 name.control name.not-portable "
    "name.collision identify.failed " + " ".join(
        "container." + r for r in "encrypted broken bomb too-deep too-many "
        "not-inspected died".split()))
LEFT_OUT = {"source.unreadable", "source.vanished", "source.too-deep",
            "source.too-long"}
FINDING = {"rule": re.compile("|".join(map(re.escape, RULES))), "n?": NAT,
           "m?": NAT, "path_b64?": base64, "path?": str,
           "target_b64?": base64, "target?": str,
           "detail": re.compile(r"[ -~]*")}
SEAL = {"format": "muniment-archive/1", "origin": ORIGIN, "vault": HEX32,
        "archive": ID, "after": HEX32, "sealed_at": seconds, "complete": bool,
        "document_root": HEX32, "tagmanifest_sha256": HEX32,
        "tagmanifest_sha512": HEX64, "nonce": HEX32}


@functools.lru_cache(maxsize=None)
def from_docs(heading, stop):
    """The indented text of a section of archive.md."""
    with open(f"{DOCS}/archive.md", encoding="utf-8") as page:
        part = page.read().split(heading, 1)[1].split(stop, 1)[0]
    rows = [r[4:] if r.startswith("    ") else r for r in part.split("\n")
            if r.startswith("    ") or r == ""]
    return "\n".join(rows).strip("\n") + "\n"


@functools.lru_cache(maxsize=None)
def escaped_points():
    found = set()
    for span in from_docs("follow Unicode's versions:", "A text cell").split():
        first, _, last = span.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return found


def cell(raw):
    """A text cell of inventory.csv."""
    named = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    out = []
    while raw:
        for size in (1, 2, 3, 4):
            try:
                char = raw[:size].decode("utf-8")
                break
            except UnicodeDecodeError:
                char = None
        if char is None or len(char) != 1:
            out.append(f"\\x{raw[0]:02x}")
            raw = raw[1:]
            continue
        raw = raw[len(char.encode()):]
        if char in named:
            out.append(named[char])
        elif char < " " or char == "\x7f":
            out.append(f"\\x{ord(char):02x}")
        elif ord(char) in escaped_points():
            out.append(f"\\u{{{ord(char):04x}}}")
        else:
            out.append(char)
    text = "".join(out)
    first = text.lstrip(" ")[:1]
    return "'" + text if first and first in "=+-@'＋－＝＠" else text


def digest(kind, data):
    return hashlib.new(kind, data).hexdigest()


def list_digests(kind, names, part):
    return "".join(f"{digest(kind, part[n])}  {n}\n" for n in names).encode()


def tag_manifests(part):
    return {f"tagmanifest-{k}.txt": list_digests(
        k, PATHS[:11] + PATHS[13:14], part) for k in ("sha256", "sha512")}


def document_root(lines_of_records, padding_seed):
    leaves = [sha(b"\0" + x) for x in lines_of_records]
    seed = bytes.fromhex(padding_seed)
    while len(leaves) < 64 or len(leaves) & (len(leaves) - 1):
        leaves.append(sha(b"\0muniment-padding" + seed +
                          len(leaves).to_bytes(8, "big")))
    return root(leaves).hex()


class Archive:
    """One archive, judged; what a log holds against is left in fields."""

    def __init__(self, data, name=None):
        parts = read_tar(data)
        need(parts, "archive.members", "none")
        self.id = parts[0][0].split("/")[0]
        need(ID.fullmatch(self.id), "archive.members", "id")
        need(all(p.startswith(self.id + "/") for p, _ in parts),
             "archive.members", "folder")
        parts = [(p[len(self.id) + 1:], d) for p, d in parts]
        self.payload = [x for x in parts if x[0].startswith("data/")]
        need([p for p, _ in parts] == ["bagit.txt"] +
             [p for p, _ in self.payload] + PATHS[1:], "archive.members")
        need(self.payload, "archive.members", "no document")
        if name is not None:
            need(name == self.id + ".tar", "archive.name")
        self.part = dict(parts)
        self.digest = hexsha(data)
        self.read_metadata()
        self.check_fixed()
        self.check_documents()
        self.check_members()
        self.check_findings()
        need(self.part["metadata/inventory.csv"] == self.inventory(),
             "metadata.agrees", "inventory.csv")
        self.check_seal()

    def read_metadata(self):
        part = self.part
        self.deposit = one_line(part["metadata/deposit.json"], DEPOSIT)
        self.leaves = lines(part["metadata/documents.jsonl"])
        self.records = [canonical(x, RECORD) for x in self.leaves]
        self.private = []
        for line in lines(part["metadata/private.jsonl"]):
            field = re.match(rb'\{"n":[0-9]+,"field":"([a-z]+)"', line)
            need(field and field[1].decode() in PRIVATE, "metadata.syntax")
            self.private.append((line, canonical(
                line, PRIVATE[field[1].decode()])))
        self.members = [canonical(x, MEMBER)
                        for x in lines(part["metadata/members.jsonl"])]
        self.findings = [canonical(x, FINDING)
                         for x in lines(part["metadata/findings.jsonl"])]

    def check_fixed(self):
        part, total = self.part, sum(len(d) for _, d in self.payload)
        need(part["bagit.txt"] == b"BagIt-Version: 1.0\n"
             b"Tag-File-Character-Encoding: UTF-8\n", "metadata.syntax")
        need(part["bag-info.txt"] == f"External-Identifier: {self.id}\n"
             f"Payload-Oxum: {total}.{len(self.payload)}\n".encode(),
             "metadata.agrees", "bag-info.txt")
        readme = from_docs("each line ended by LF.", "\0")
        need(part["README-VERIFY.txt"].decode("latin-1") ==
             readme.replace("@ID@", self.id), "metadata.syntax", "readme")
        for kind in ("sha256", "sha512"):
            need(part[f"manifest-{kind}.txt"] == list_digests(
                kind, [p for p, _ in self.payload], part),
                 "manifest.disagrees")
        for file, made in tag_manifests(part).items():
            need(part[file] == made, "tagmanifest.disagrees")
        d = self.deposit
        need((d["archive"], d["documents"], d["bytes"], d["members"],
              d["findings"]) == (self.id, len(self.payload), total,
                                 len(self.members), len(self.findings)),
             "metadata.agrees", "deposit.json")

    def check_documents(self):
        need(len(self.records) == len(self.payload), "metadata.agrees")
        private, before = list(self.private), b""
        width = max(6, len(str(len(self.payload))))
        for i, (record, (file, data)) in enumerate(
                zip(self.records, self.payload), 1):
            need((record["n"], record["file"], record["size"],
                  record["sha256"], record["sha512"]) ==
                 (i, file, len(data), hexsha(data),
                  hashlib.sha512(data).hexdigest()), "metadata.agrees")
            record["number"] = f"{self.id}-{i:0{width}}"
            for field, digest in record["private"].items():
                need(private, "metadata.agrees", "private.jsonl")
                line, value = private.pop(0)
                need(value["n"] == i and value["field"] == field and
                     hexsha(line) == digest, "metadata.agrees", "private")
                record[field] = value
            name, path = [both_forms(record[f], "bytes_b64", "text")
                          for f in ("name", "path")]
            need(0 < len(path) <= 65536 and b"\0" not in path and
                 not {b"", b".", b".."} & set(path.split(b"/")) and
                 path > before and name == path.split(b"/")[-1],
                 "metadata.agrees", "path")
            need(self.deposit["times"] == ("times" in record),
                 "metadata.agrees", "times")
            words = record.get("description", {"text": "x"})["text"]
            need(0 < len(words.encode()) <= 1024 and not any(
                c < " " or "\x7f" <= c <= "\x9f" for c in words),
                 "metadata.agrees", "description")
            record["raw"], before = (name, path), path
            end = name.rpartition(b".")
            end = end[2].lower() if end[0] else b""
            if not re.fullmatch(rb"[a-z0-9]{1,8}", end):
                end = b""
            need(file == f"data/{record['number']}" +
                 ("." + end.decode() if end else ""), "metadata.agrees", file)
        need(not private, "metadata.agrees", "private.jsonl")

    def check_members(self):
        n = m = 0
        for member in self.members:
            need(n <= member["n"] <= len(self.records), "metadata.agrees")
            m = m + 1 if member["n"] == n else 1
            n = member["n"]
            need(n > 0 and member["m"] == m and member["in"] < m,
                 "metadata.agrees", "members.jsonl")
            member["raw"] = both_forms(member, "name_b64", "name")
            need(len(member["raw"]) <= 65536, "metadata.agrees")

    def check_findings(self):
        before = ()
        for f in self.findings:
            raw = {}
            for key in ("path", "target"):
                if key + "_b64" in f:
                    raw[key] = both_forms(f, key + "_b64", key)
                else:
                    need(key not in f, "metadata.syntax", "finding")
            need(("n" in f) != ("path" in raw), "metadata.agrees", "finding")
            need("n" not in f or 0 < f["n"] <= len(self.records),
                 "metadata.agrees", "finding")
            need("m" not in f or "n" in f and f["m"] > 0, "metadata.agrees")
            place = (f.get("n", 0), raw.get("path", b""), f.get("m", 0),
                     RULES.index(f["rule"]))
            need(place >= before, "metadata.agrees", "order of findings")
            before = place
        self.left_out = any(f["rule"] in LEFT_OUT for f in self.findings)

    def inventory(self):
        rows = [["number", "name", "path", "size", "modified", "media_type",
                 "sha256", "sha512"]]
        members = list(self.members)
        for r in self.records:
            at = r["times"]["modified_s"] if "times" in r else -1
            rows.append([r["number"], *map(cell, r["raw"]), r["size"],
                         stamp(at) if 0 <= at < 253402300800 else "",
                         r["media_type"], r["sha256"], r["sha512"]])
            while members and members[0]["n"] == r["n"]:
                m = members.pop(0)
                above = f".m{m['in']:04}" if m["in"] else ""
                rows.append([f"{r['number']}.m{m['m']:04}", cell(m["raw"]),
                             r["number"] + above, m["size"], "", "",
                             m["sha256"], m["sha512"]])
        out = io.StringIO(newline="")
        csv.writer(out, quoting=csv.QUOTE_ALL,
                   lineterminator="\r\n").writerows(rows)
        return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")

    def check_seal(self):
        part = self.part
        seal = self.seal = one_line(part["seal/seal.json"], SEAL)
        need(seal["archive"] == self.id and
             seal["document_root"] == document_root(
                 self.leaves, self.deposit["padding_seed"]) and
             seal["tagmanifest_sha256"] ==
             hexsha(part["tagmanifest-sha256.txt"]) and
             seal["tagmanifest_sha512"] ==
             hashlib.sha512(part["tagmanifest-sha512.txt"]).hexdigest(),
             "seal.binds")
        need(seal["complete"] != self.left_out, "archive.complete")
        chain = read_pem(part["seal/signer.pem"])
        need(len(chain) <= 8, "metadata.syntax", "chain")
        cert, _, _ = cms_parts(part["seal/seal.p7s"])
        need(cert == chain[0], "cms.certificate")
        self.signer = Certificate(cert)
        at = seconds(seal["sealed_at"])
        check_cms(part["seal/seal.p7s"], self.signer, part["seal/seal.json"],
                  at, False)
        need(self.signer.start <= at <= self.signer.end,
             "certificate.valid-then")
