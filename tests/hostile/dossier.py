#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A parcel in an empty folder, and everything that can be done to it.

dossier.py MUNIMENT MUNIMENT-VERIFY

Two vaults with the same story (actors, transfers, checks, a key replaced, a
withdrawal), and the parcel of a case from each.  With nothing but the
fingerprint it is PASSED; with any one part changed, cut, dropped, doubled,
added, moved, or taken from another archive or vault it is FAILED, under a
rule that fits; what is left out on purpose is said; nothing of other archives
is in it.
"""
import base64
import os
import re
import shutil
import sys
import tarfile
import tempfile
import zipfile
from json import dumps, loads

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import entries, expect, fingerprint, init, must, passed, run, \
    where
from short_list import Exporter, events

MUNIMENT, VERIFY = sys.argv[1:3]
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": "/nonexistent"}


class Vault:
    def __init__(self, base):
        self.base, self.vault, self.keys = base, f"{base}/v", f"{base}/k"
        os.mkdir(base)
        init(MUNIMENT, self.vault, self.keys, "--prefix", "TST", "--origin",
             "example.org/log", "--as", "Heron")
        self.trust = ("--trust", fingerprint(MUNIMENT, self.vault))

    def do(self, *words, keys=None, status=0):
        return must([MUNIMENT, "-C", self.vault, "--keys",
                     keys or self.keys, *words], status, env=ENV)

    def deposit(self, text, *words):
        source = tempfile.mkdtemp(dir=self.base)
        for name in ("a.txt", "b.txt"):
            with open(f"{source}/{name}", "w", encoding="utf-8") as out:
                out.write(f"{text} {name}\n")
        self.do("deposit", "--yes", *words, source)

    def export(self, name, *words, status=0):
        self.do("export", *words, f"{self.base}/{name}", status=status)
        return f"{self.base}/{name}"


def story(base):
    """Issue by issue what happens to a case; gives its vault."""
    v = Vault(base)
    v.deposit("order", "--case", "T-17", "--note", "from the first source")
    v.deposit("secret", "--case", "T-99-canary", "--note", "canary-statement")
    v.deposit("translation", "--case", "T-17")
    v.deposit("taken back", "--case", "T-17")
    for name, role in (("Egret", "custodian"), ("Plover", "examiner"),
                       ("Rail", "counsel"), ("Wren", "keeper")):
        keys = f"{base}/k-{name}"
        must([MUNIMENT, "key", "new", "--keys", keys, "--as", name,
              "--no-passphrase", "--volatile", "--log-key-from", v.keys])
        v.do("actor", "enrol", f"{keys}/actor.pem", "--role", role)
    egret, plover, wren = (f"{base}/k-{n}" for n in ("Egret", "Plover", "Wren"))
    v.do("record", "transfer", "TST-0001", "--from", "Heron", "--to", "Egret",
         "--place", "Lviv")
    v.do("record", "transfer", "TST-0001", "--accept", "9", keys=egret)
    v.do("record", "access", "TST-0002", "--note", "canary-access")
    v.do("record", "transfer", "TST-0003", "--from", "Heron", "--who",
         "court registry")
    v.do("record", "examination", "TST-0001/2", "--before", "passed",
         "--after", "passed", keys=plover)
    stored = f"{v.vault}/archives/TST-0003.tar"
    os.chmod(stored, 0o644)
    with open(stored, "r+b") as file:
        file.seek(700)
        byte = file.read(1)
        file.seek(700)
        file.write(bytes([byte[0] ^ 1]))
    v.do("record", "fixity-check", "TST-0003", keys=wren, status=1)
    with open(stored, "r+b") as file:
        file.seek(700)
        file.write(byte)
    v.do("record", "fixity-check", "TST-0003", keys=wren)
    v.do("link", "TST-0003/1", "--translation-of", "TST-0001/1")
    v.do("annotate", "TST-0001/1", "exhibit=P-17")
    v.do("actor", "revoke", "Rail", "--reason", "retired")
    v.do("withdraw", "TST-0004", "--reason", "returned", "--yes")
    v.do("record", "copy", "TST-0002", "--kind", "working")
    return v


# ---- a dossier taken apart and put together again ----

def members(path):
    with tarfile.open(path) as tar:
        return [(m.name.removeprefix("dossier/"), tar.extractfile(m).read())
                for m in tar.getmembers()]


def header(name, size):
    block = bytearray(512)
    block[0:len(name)] = name.encode()
    for at, text in ((100, "000444 \0"), (108, "000000 \0"),
                     (116, "000000 \0"), (124, f"{size:011o} "),
                     (136, "00000000000 "), (156, "0"), (257, "ustar\x0000"),
                     (329, "000000 \0"), (337, "000000 \0")):
        block[at:at + len(text)] = text.encode()
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def write(path, parts):
    with open(path, "wb") as out:
        for name, data in parts:
            out.write(header(f"dossier/{name}", len(data)))
            out.write(data + bytes(-len(data) % 512))
        out.write(bytes(1024))


def verify(*words):
    done = run([VERIFY, *words, "--json"], env=ENV)
    expect(done.returncode in (0, 1, 2), f"{words}: {done.stderr}")
    return done.returncode, loads(done.stdout)["checks"]


def rules(checks, verdict="FAILED"):
    return {c["rule"] for c in checks if c["verdict"] == verdict}


class Parcel:
    """The archives and dossier that are judged; one part replaced a try."""

    def __init__(self, folder, trust):
        (self.dossier,) = [f"{folder}/{n}" for n in os.listdir(folder)
                           if n.endswith(".dossier.tar")]
        self.archives = sorted(f"{folder}/{n}" for n in os.listdir(folder)
                               if re.fullmatch(r"TST-\d+\.tar", n))
        self.trust, self.parts = trust, members(self.dossier)
        self.tries = 0

    def judge(self, parts):
        self.tries += 1
        write(f"{SCRATCH}/try.dossier.tar", parts)
        return verify(*self.archives, f"{SCRATCH}/try.dossier.tar",
                      *self.trust)

    def fails(self, what, parts, wanted=None):
        code, checks = self.judge(parts)
        failed = rules(checks)
        expect(code == 1, f"{what}: exit {code}")
        expect(wanted is None or failed & wanted,
               f"{what}: failed as {failed}, not {wanted}")

    def but(self, name, data):
        """All parts, one of them replaced, or with data None dropped."""
        return [(n, data if n == name else d) for n, d in self.parts
                if n != name or data is not None]


EVENT = {"event.included", "event.syntax", "event.signature", "log.readable"}
FITTING = {
    "README-VERIFY.txt": ({"dossier.differs"}, {"archive.structure",
                                                "archive.members"}),
    "certs/": ({"certs.differs"},) * 2,
    "checkpoint": ({"log.readable", "log.checkpoint", "log.root", "log.tile"},
                   {"log.readable"}),
    "dossier.json": ({"dossier.differs"}, {"dossier.incomplete"}),
    "entries/.p7m": (EVENT, {"dossier.incomplete", "log.readable"}),
    "entries/.json": ({"dossier.differs"}, {"dossier.incomplete"}),
    "proofs/": ({"dossier.proof"},) * 2,
    "statements/": ({"statement.differs"}, None),
    "tile/": ({"log.tile", "log.root", "event.included"}, {"log.tile"}),
}


def fitting(name, dropped):
    kind = name if name in FITTING else name.split("/")[0] + "/"
    if kind == "entries/":
        kind += name[name.rindex("."):]
    return FITTING[kind][dropped]


def single_parts(parcel, other, foreign):
    """Each part changed, cut, longer, dropped, doubled, taken from others."""
    for name, data in parcel.parts:
        wanted = fitting(name, False)
        for at in {0, len(data) // 2, len(data) - 1}:
            bad = data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]
            parcel.fails(f"{name} byte {at}", parcel.but(name, bad), wanted)
        parcel.fails(f"{name} cut", parcel.but(name, data[:-1]), wanted)
        parcel.fails(f"{name} longer", parcel.but(name, data + b"\n"), wanted)
        parcel.fails(f"{name} twice", [p for n, d in parcel.parts for p in
                                       [(n, d)] * (1 + (n == name))],
                     {"dossier.structure"})
        dropped = parcel.but(name, None)
        if not name.startswith("statements/"):
            parcel.fails(f"{name} dropped", dropped, fitting(name, True))
        else:
            code, checks = parcel.judge(dropped)
            expect(code == 0 and "statement.withheld" in rules(
                checks, "PASSED"), f"{name} withheld: {code}")
        for whose, parts in (("another archive", other),
                             ("another vault", foreign)):
            theirs = dict(parts).get(name)
            if theirs is not None and theirs != data:
                parcel.fails(f"{name} of {whose}", parcel.but(name, theirs),
                             wanted)


def exchanged(parcel):
    """Two parts of a kind, each under the name of the other."""
    names = [n for n, _ in parcel.parts]
    parts = dict(parcel.parts)
    for one, two in zip(names, names[1:] + names[:1]):
        if one.split("/")[0] != two.split("/")[0]:
            continue
        swapped = {**parts, one: parts[two], two: parts[one]}
        if swapped != parts:
            parcel.fails(f"{one} and {two}", list(swapped.items()))
    for one in names[1:-1]:
        late = [p for p in parcel.parts if p[0] != one]
        parcel.fails(f"{one} at the end", late + [(one, parts[one])],
                     {"dossier.structure"})


def unrecorded(parts):
    """The same, with a dossier.json that claims no hand-out."""
    head = loads(dict(parts)["dossier.json"])
    newest = max(int(n[8:14]) for n, _ in parts if n.endswith(".p7m"))
    time = loads(dict(parts)[f"entries/{newest:06d}.json"])["time"]
    head |= {"recorded": False, "as_of_entry": newest, "as_of": time}
    for archive in head["archives"]:
        archive.pop("hand_out", None)
    line = dumps(head, separators=(",", ":")).encode() + b"\n"
    return [(n, line if n == "dossier.json" else d) for n, d in parts]


def whole_entries(parcel, vault):
    """An entry with all that belongs to it left out, or one too many."""
    parts = dict(parcel.parts)
    head = loads(parts["dossier.json"])
    hand_outs = {a["hand_out"] for a in head["archives"]}
    seqs = sorted(int(n[8:14]) for n in parts if n.endswith(".p7m"))
    for seq in seqs:
        rest = [(n, d) for n, d in parcel.parts if f"/{seq:06d}." not in n]
        # without a hand-out, dossier.json speaks of one that is not there
        parcel.fails(f"entry {seq} left out", rest,
                     {"dossier.differs"} if seq in hand_outs else
                     {"dossier.incomplete", "log.readable"})
        if seq in hand_outs:
            code, checks = parcel.judge(unrecorded(rest))
            expect(code == 2 and "dossier.unlisted" in rules(
                checks, "INDETERMINATE"), f"hand-out {seq}: {code}, "
                f"{rules(checks)}")
        else:
            parcel.fails(f"entry {seq} left out, said to be unrecorded",
                         unrecorded(rest),
                         {"dossier.incomplete", "log.readable"})
    for seq, der in enumerate(entries(vault)):
        if seq in seqs:
            continue
        line = der[der.index(b'{"format"'):]
        line = line[:line.index(b"\n") + 1]
        more = sorted([*parcel.parts, (f"entries/{seq:06d}.p7m", der),
                       (f"entries/{seq:06d}.json", line)])
        # a deposit makes an archive of the dossier, of which the rest is not
        # there
        parcel.fails(f"entry {seq} of another archive", more,
                     {"dossier.differs"} if b'"type":"deposit"' in line else
                     {"dossier.unexpected"})
    bundle = b"".join(len(e).to_bytes(2, "big") + e for e in entries(vault))
    for name, data in (("x", b""), ("crls/a.crl", b""), ("checkpoints/3", b""),
                       ("witness/3", b""), ("entries/000002", b""),
                       ("certs/" + "0" * 64 + ".pem", b""), ("tile/1/000", b""),
                       ("tile/0/000.p/2", bytes(64)), ("README", b""),
                       (f"tile/entries/000.p/{seqs[-1] + 1}", bundle),
                       ("statements/000000.json", b""),
                       ("proofs/TST-0002.tlog-proof", b"")):
        parcel.fails(f"extra {name}", sorted([*parcel.parts, (name, data)]),
                     {"dossier.unexpected", "archive.members"})
    for key in ("origin", "vault", "size", "recorded", "as_of_entry", "as_of",
                "archive", "sha256", "deposit", "hand_out"):
        line = parts["dossier.json"].decode()
        bad = re.sub(rf'("{key}":)(true|"?)([^,"}}]*)',
                     lambda m: m[1] + ("false" if m[2] == "true" else
                                       m[2] + m[3][:-1] + "7"), line, count=1)
        if bad == line:
            bad = line.replace(f'"{key}"', f'"{key}x"', 1)
        parcel.fails(f"dossier.json {key}", parcel.but("dossier.json",
                                                       bad.encode()),
                     {"dossier.differs"})


def whole_files(parcel, foreign, v):
    """Archives and dossiers that do not belong together."""
    one, two = parcel.archives
    copy = f"{SCRATCH}/swap"
    os.makedirs(copy, exist_ok=True)
    shutil.copy(two, f"{copy}/TST-0001.tar")
    code, checks = verify(f"{copy}/TST-0001.tar", two, parcel.dossier,
                          *parcel.trust)
    expect(code == 1 and "archive.name" in rules(checks), "archive swapped")
    code, checks = verify(*foreign.archives, parcel.dossier, *parcel.trust)
    expect(code == 1 and "vault.anchored" in rules(checks), "foreign archives")
    code, checks = verify(*parcel.archives, foreign.dossier, *parcel.trust)
    expect(code == 1 and "vault.anchored" in rules(checks), "foreign dossier")
    code, checks = verify(f"{v.vault}/archives/TST-0002.tar", one, two,
                          parcel.dossier, *parcel.trust)
    expect(code == 2 and "archive.unlogged" in rules(checks, "INDETERMINATE"),
           "an archive that is not in the dossier")
    code, checks = verify(one, parcel.dossier, *parcel.trust)
    expect(code == 2 and rules(checks, "INDETERMINATE") ==
           {"archive.not-given"}, "an archive not given")
    code, checks = verify(one, two, parcel.dossier)
    expect(code == 2 and "anchor.none" in rules(checks, "INDETERMINATE"),
           "without an anchor")
    with open(parcel.dossier, "rb") as file:
        data = file.read()
    for cut in (1, 512, 1024, 1025, len(data) // 2, len(data) - 700):
        with open(f"{copy}/cut.tar", "wb") as out:
            out.write(data[:-cut])
        code, checks = verify(f"{copy}/cut.tar", *parcel.trust)
        expect(code == 1, f"cut by {cut}: {code}")
    with open(f"{copy}/cut.tar", "wb") as out:
        out.write(data + bytes(512))
    code, checks = verify(f"{copy}/cut.tar", *parcel.trust)
    expect(code == 1 and "dossier.structure" in rules(checks), "bytes after")


def left_out(v, parcel):
    """What is withheld, not recorded, not there; and what is kept."""
    both = ("TST-0001", "TST-0003")
    folder = v.export("withheld", *both, "--withhold", "1", "--withhold", "9")
    code, checks = verify(*Parcel(folder, v.trust).archives,
                          f"{folder}/TST-0001.dossier.tar", *v.trust)
    said = [c["detail"] for c in checks if c["rule"] == "statement.withheld"]
    expect(code == 0 and said == ["entry 1", "entry 9"], f"withheld: {said}")
    # nothing since: the record of that export is this one's, too
    again = v.export("again", *both, "--no-record", "--withhold", "1",
                     "--withhold", "9")
    with open(f"{folder}/TST-0001.dossier.tar", "rb") as a, \
            open(f"{again}/TST-0001.dossier.tar", "rb") as b:
        expect(a.read() == b.read(), "not the same bytes for the same entries")
    v.do("record", "access", "TST-0001", "--note", "later")
    folder = v.export("unrecorded", *both, "--no-record", "--without-archive")
    code, checks = verify(f"{folder}/TST-0001.dossier.tar", *v.trust)
    expect(code == 2 and rules(checks, "INDETERMINATE") ==
           {"dossier.unlisted", "archive.not-given"}, "not recorded")
    expect(sorted(os.listdir(folder)) == ["1-READ-FIRST.txt",
                                          "2-report.html",
                                          "TST-0001.dossier.tar"],
           "without archives")
    # the older parcel still is what it says: complete as of then
    code, checks = verify(*parcel.archives, parcel.dossier, *v.trust)
    expect(code == 0 and "dossier.as-of" in rules(checks, "PASSED"), "older")
    with open(f"{SCRATCH}/head", "wb") as out:
        out.write(open(f"{v.vault}/log/checkpoint", "rb").read())
    code, checks = verify(*parcel.archives, parcel.dossier, *v.trust,
                          "--checkpoint", f"{SCRATCH}/head")
    expect(code == 2 and "kept.unused" in rules(checks, "INDETERMINATE"),
           "a checkpoint that is newer than the dossier")
    proof = f"{SCRATCH}/proof"
    for data, wanted in ((dict(parcel.parts)["proofs/TST-0003.tlog-proof"],
                          0),):
        with open(proof, "wb") as out:
            out.write(data)
        code, checks = verify(*parcel.archives, parcel.dossier, *v.trust,
                              "--receipt", proof)
        expect(code == wanted and "receipt.holds" in rules(checks, "PASSED"),
               f"a receipt: {code}")


def twice(v, parcel, foreign):
    """The same archives handed out on two days, and all that is judged
    together: an archive belongs to both dossiers, and each has its say."""
    folder = v.export("newer", "TST-0001", "TST-0003")
    newer = f"{folder}/TST-0001.dossier.tar"
    older = f"{SCRATCH}/older.dossier.tar"
    copies = [f"{folder}/{os.path.basename(a)}" for a in parcel.archives]

    def judged(code, failed, open_, parts, *archives, more=(), trust=()):
        write(older, parts)
        for dossiers in ((older, newer), (newer, older)):
            got, checks = verify(*dossiers, *archives, *more, *v.trust, *trust)
            expect((got, rules(checks), rules(checks, "INDETERMINATE")) ==
                   (code, failed, open_), f"{dossiers} {archives}: {got} "
                   f"{rules(checks)} {rules(checks, 'INDETERMINATE')}")
        return checks

    for archives in (parcel.archives, copies + parcel.archives):
        checks = judged(0, set(), set(), parcel.parts, *archives)
        for rule in ("archive.digest", "archive.bound"):
            said = sorted((c["subject"], c["detail"].split("'")[1])
                          for c in checks if c["rule"] == rule)
            expect(said == sorted((a, d) for a in archives
                                  for d in (older, newer)), f"{rule}: {said}")
    expect(len([c for c in checks if c["rule"] == "dossier.as-of"]) == 2,
           "what each is complete as of")
    code, checks = verify(v.vault, *parcel.archives, parcel.dossier, *v.trust)
    expect(code == 0, f"beside the vault: {code} {rules(checks)}")
    # what one of them says or lacks by itself, the other does not make good
    head = loads(dict(parcel.parts)["dossier.json"])
    (hand_out, *_) = {a["hand_out"] for a in head["archives"]}
    seqs = [int(n[8:14]) for n, _ in parcel.parts if n.endswith(".p7m")]
    without = lambda seq: [p for p in parcel.parts  # noqa: E731
                           if f"/{seq:06d}." not in p[0]]
    judged(1, {"dossier.incomplete"}, set(), without(max(
        s for s in seqs if s < hand_out - 1)), *parcel.archives)
    judged(2, set(), {"dossier.unlisted"}, unrecorded([
        p for p in parcel.parts if not any(
            f"/{a['hand_out']:06d}." in p[0] for a in head["archives"])]),
           *parcel.archives)
    judged(2, set(), {"archive.not-given"}, parcel.parts, parcel.archives[0])
    # of another vault: it has archives of the same numbers, and others' trust
    judged(1, {"vault.anchored"}, {"archive.not-given"}, foreign.parts,
           *parcel.archives)
    judged(2, set(), {"archive.not-given"}, foreign.parts, *parcel.archives,
           trust=foreign.trust)
    # an archive that is another's is both dossiers' word against it
    with open(parcel.archives[0], "rb") as file:
        data = file.read()
    expect(data.count(b"order a.txt\n") == 1, "this test works")
    data = data.replace(b"order a.txt\n", b"order c.txt\n")
    with open(f"{folder}/spoilt", "wb") as out:
        out.write(data)
    write(older, parcel.parts)
    code, checks = verify(older, newer, f"{folder}/spoilt",
                          parcel.archives[1], *v.trust)
    expect(code == 1 and 2 == len([c for c in checks if c["verdict"] ==
                                   "FAILED" and c["rule"] ==
                                   "archive.digest"]), "spoilt")


def forked(v):
    """An entry that is right in all but that it stands in another tree: the
    vault copied with its keys, and something else signed there."""
    twin = Vault.__new__(Vault)
    twin.base, twin.trust = f"{SCRATCH}/twin", v.trust
    twin.vault, twin.keys = f"{twin.base}/v", f"{twin.base}/k"
    shutil.copytree(v.base, twin.base)
    seq = len(entries(v.vault))
    for vault, word in ((v, "this"), (twin, "that")):
        vault.do("record", "access", "TST-0001", "--note", word)
    here = Parcel(v.export("here", "TST-0001"), v.trust)
    there = members(twin.export("there", "TST-0001") + "/TST-0001.dossier.tar")
    mark = f"/{seq:06d}."
    expect(here.judge(here.parts)[0] == 0, "one side of a fork")
    here.fails("an entry of a fork", sorted(
        [p for p in here.parts if mark not in p[0]] +
        [p for p in there if mark in p[0]]), {"event.included"})


def twin_of(v, name):
    """The vault with its keys, as they are now."""
    twin = Vault.__new__(Vault)
    twin.base, twin.trust = f"{SCRATCH}/{name}", v.trust
    twin.vault, twin.keys = f"{twin.base}/v", f"{twin.base}/k"
    shutil.copytree(v.base, twin.base)
    must(["chmod", "-R", "u+w", twin.base])
    os.unlink(f"{twin.vault}/index.sqlite")
    return twin


def shortened(v, archive, *more):
    """A hand-out of an archive that keeps a revocation, and more, back: the
    vault it is logged in, what it hands out, and the seqs."""
    twin = twin_of(v, f"short-{archive}-{len(more)}")
    honest = members(f"{v.export(f'honest-{archive}-{len(more)}', archive)}/"
                     f"{archive}.dossier.tar")
    exporter = Exporter(twin.vault, twin.keys)
    (revoked,) = [e["seq"] for e in events(exporter.log)
                  if e["type"] == "actor-revoked"]
    gone = {revoked, *more}
    seq = exporter.hand_out(archive, exporter.due(archive) - gone)
    return twin, exporter.dossier(honest, gone), seq, revoked


def logged(twin, seq, fault):
    """The vault names the event, and nothing else; its honest exporter too."""
    code, checks = verify(twin.vault, *twin.trust)
    said = [(c["rule"], c["detail"]) for c in checks
            if c["verdict"] == "FAILED"]
    expect(code == 1 and said == [("event.hand-out", f"entry {seq}: {fault}")],
           f"a vault with a wrong list: {code} {said}")
    (archive,) = [e["subject"]["archive"] for e in events(entries(twin.vault))
                  if e["seq"] == seq]
    done = run([MUNIMENT, "-C", twin.vault, "--keys", twin.keys, "export",
                archive, f"{twin.base}/later"], env=ENV)
    expect(done.returncode == 3 and b"event.hand-out" in done.stderr,
           f"exported all the same: {done.stderr}")


def omitted(v, parcel):
    """A custodian signs that there are no other entries than these."""
    v.deposit("never handed out before")
    twin, parts, seq, revoked = shortened(v, "TST-0005")
    write(f"{SCRATCH}/short.dossier.tar", parts)
    fresh = f"{v.vault}/archives/TST-0005.tar"
    code, checks = verify(fresh, f"{SCRATCH}/short.dossier.tar", *v.trust)
    # docs/format/dossier.md, What it cannot show: nobody can tell from this
    # alone, and this is not a promise but a limit
    expect(code == 0, f"shortened: {code} {rules(checks)}")
    logged(twin, seq, f"it does not list entry {revoked}")
    # an entry about something else, and one that is not there yet
    twin = twin_of(v, "long")
    exporter = Exporter(twin.vault, twin.keys)
    (other, *_) = [e["seq"] for e in events(exporter.log) if
                   e.get("subject") == {"archive": "TST-0002"}]
    seq = exporter.hand_out("TST-0005", exporter.due("TST-0005") | {other})
    logged(twin, seq, f"it lists entry {other}, which is not there or about "
           "something else")
    # what an older hand-out of the same archive lists cannot be left out
    twin, parts, seq, revoked = shortened(v, "TST-0001")
    write(f"{SCRATCH}/short.dossier.tar", parts)
    code, checks = verify(f"{v.vault}/archives/TST-0001.tar",
                          f"{SCRATCH}/short.dossier.tar", *v.trust)
    expect(code == 1 and rules(checks) == {"event.hand-out"},
           f"left out, and listed before: {code} {rules(checks)}")
    logged(twin, seq, f"it does not list entry {revoked}")
    contradicted(v, parcel)


def contradicted(v, parcel):
    """Nor can it beside anything that shows it, unless that is left out too."""
    older = [e["seq"] for e in events(entries(v.vault)) if
             e.get("subject") == {"archive": "TST-0001"} and
             "entries" in e["detail"]]
    twin, parts, seq, revoked = shortened(v, "TST-0001", *older)
    short = f"{SCRATCH}/short.dossier.tar"
    write(short, parts)
    code, checks = verify(parcel.archives[0], short, *v.trust)
    expect(code == 0, f"all hand-outs left out: {code} {rules(checks)}")
    first = min(revoked, *older)
    for others, more in ((parcel.archives[1:] + [parcel.dossier], set()),
                         ([twin.vault], {"event.hand-out"})):
        for inputs in ((short, *others), (*others, short)):
            code, checks = verify(parcel.archives[0], *inputs, *v.trust)
            said = [(c["subject"], c["detail"]) for c in checks if
                    c["verdict"] == "FAILED" and
                    c["rule"] == "dossier.incomplete"]
            expect(code == 1 and said == [
                (short, f"entry {first}, which '{others[-1]}' has, is left "
                 "out")] and rules(checks) == {"dossier.incomplete"} | more
                   and "archive.not-given" not in rules(
                       checks, "INDETERMINATE"),
                   f"beside {others}: {code} {said} {rules(checks)}")


def reveals(parcel, v):
    """Nothing of the archives that were not handed out."""
    with open(parcel.dossier, "rb") as file:
        data = file.read()
    for word in ("T-99-canary", "canary-statement", "canary-access", "secret"):
        expect(where(data, word) is None, f"{word} is in the dossier")
    extra = [base64.b64decode(line) for line in
             re.findall(rb"\nextra ([A-Za-z0-9+/=]+)\n", data)]
    expect(len(extra) == 2, "proofs")
    for word in (b"TST-0002", b"TST-0004"):
        expect(not any(word in text for text in (data, *extra)),
               f"{word} is in the dossier")
    for seq, der in enumerate(entries(v.vault)):
        if b'"archive":"TST-0002"' in der:
            expect(f"entries/{seq:06d}.p7m" not in dict(parcel.parts),
                   f"entry {seq} is in the dossier")
    expect(where(data, "Lviv") and where(data, "TST-0001"), "this test works")


def zipped(folder):
    with zipfile.ZipFile(f"{folder}.zip") as file:
        expect(file.testzip() is None, "the zip's digests")
        base = os.path.basename(folder)
        expect(file.namelist() == [f"{base}/{n}" for n in
                                   sorted(os.listdir(folder))], "names")
        for info in file.infolist():
            with open(f"{os.path.dirname(folder)}/{info.filename}",
                      "rb") as one:
                expect(one.read() == file.read(info), info.filename)
            expect(info.compress_type == zipfile.ZIP_STORED, "stored")
    must(["unzip", "-tqq", f"{folder}.zip"])


with tempfile.TemporaryDirectory() as SCRATCH:
    V = story(f"{SCRATCH}/one")
    W = story(f"{SCRATCH}/two")
    OTHER = members(V.export("other", "TST-0002") + "/TST-0002.dossier.tar")
    FOLDER = V.export("parcel", "--case", "T-17", "--zip", "--to", "Egret")
    FOREIGN = Parcel(W.export("parcel", "--case", "T-17"), W.trust)
    PARCEL = Parcel(FOLDER, V.trust)
    EMPTY = tempfile.mkdtemp(dir=SCRATCH)
    shutil.copytree(FOLDER, f"{EMPTY}/p")
    CODE, CHECKS = verify(*(f"{EMPTY}/p/{n}" for n in os.listdir(f"{EMPTY}/p")
                            if n.endswith(".tar")), *V.trust)
    expect(CODE == 0, f"the parcel alone: {CODE} {rules(CHECKS)} "
           f"{rules(CHECKS, 'INDETERMINATE')}")
    expect([os.path.basename(a) for a in PARCEL.archives] ==
           ["TST-0001.tar", "TST-0003.tar"], "the withdrawn one is left out")
    write(f"{SCRATCH}/same", PARCEL.parts)
    with open(f"{SCRATCH}/same", "rb") as A, open(PARCEL.dossier, "rb") as B:
        expect(A.read() == B.read(), "cannot write a dossier again")
    zipped(FOLDER)
    reveals(PARCEL, V)
    single_parts(PARCEL, OTHER, FOREIGN.parts)
    exchanged(PARCEL)
    whole_entries(PARCEL, V.vault)
    whole_files(PARCEL, FOREIGN, V)
    left_out(V, PARCEL)
    twice(V, PARCEL, FOREIGN)
    forked(V)
    omitted(V, PARCEL)
    print(f"{PARCEL.tries} tries on {len(PARCEL.parts)} parts")
    expect(PARCEL.tries > 400, "too few tries")
    must(["chmod", "-R", "u+w", SCRATCH])
passed()
