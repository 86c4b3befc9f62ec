#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Two verifiers, one of them written from the documents alone, must agree.

second.py MUNIMENT MUNIMENT-VERIFY [TRIES]

Deposits a small tree twice and lets both judge it.  Then, with fixed seeds:
damages copies (bits, cuts, swapped and dropped files), which both have to
reject; changes what an archive or an event says, with everything that depends
on it made again and signed with the right key, where both have to give the
same verdict, whichever it is; and changes one thing alone after another, so
that a check that nothing else repeats is seen to be there.  Events of
custody: second_events.py.
"""
import base64
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import types

import second_archive
import second_bytes as sb
import second_events
import second_verifier
from second_signer import ENV, Signer, log_key, must, write_log

MUNIMENT, VERIFY = sys.argv[1:3]
TRIES = int(sys.argv[3]) if len(sys.argv) > 3 else 90
wrong = []
tally = {}


def ours(path, trust):
    done = subprocess.run([VERIFY, path, "--trust", trust, "--json"], env=ENV,
                          capture_output=True, check=False)
    if done.returncode not in (0, 1, 2):
        return f"exit {done.returncode}", done.stderr.decode("latin-1")
    said = json.loads(done.stdout)
    return said["verdict"], " ".join(
        f"{c['rule']} ({c['detail']})" for c in said["checks"]
        if c["verdict"] != "PASSED")


def theirs(path, trust):
    try:
        return second_verifier.judge([path], [trust])
    except Exception as error:  # a verifier that dies has judged nothing
        return "died", repr(error)


def both(what, path, trust, wanted=None, rule=""):
    """Both say the same, and `wanted` if that is given, because of `rule`."""
    first, second = ours(path, trust), theirs(path, trust)
    tally[first[0]] = tally.get(first[0], 0) + 1
    if (first[0] != second[0] or wanted not in (None, first[0]) or
            rule not in first[1] or rule not in second[1]):
        wrong.append(f"{what}\n  first: {first}\n  second: {second}")


# ---- damage ----

def damage(rnd, vault, copy):
    """Changes one file of a copy; says what it did."""
    names = sorted(os.path.relpath(os.path.join(where, f), vault)
                   for where, _, files in os.walk(vault) for f in files
                   if f != "index.sqlite")
    name = rnd.choice(names)
    path = f"{copy}/{name}"
    with open(path, "rb") as file:
        data = bytearray(file.read())
    how = rnd.choice(("flip", "flip", "cut", "grow", "swap", "drop", "hole"))
    at = rnd.randrange(len(data))
    if how == "flip":
        data[at] ^= 1 << rnd.randrange(8)
    elif how == "cut":
        del data[at:]
    elif how == "grow":
        data += rnd.choice((b"\n", b"\0", bytes(512), data[-512:]))
    elif how == "hole":
        del data[at:at + rnd.choice((1, 2, 512))]
    elif how == "swap":
        alike = [n for n in names if n != name and
                 os.path.dirname(n) == os.path.dirname(name)]
        with open(f"{vault}/{rnd.choice(alike or names)}", "rb") as file:
            other = file.read()
        if other == data:
            return None
        data = other
    os.unlink(path)
    if how != "drop":
        with open(path, "wb") as file:
            file.write(data)
    elif "statements" in name:
        return None  # withheld, which is allowed
    return f"{how} {name} at {at}"


def damage_all(vault, trust, tries):
    done = 0
    for seed in range(tries):
        copy = tempfile.mkdtemp(dir=".") + "/v"
        shutil.copytree(vault, copy)
        what = damage(random.Random(seed), vault, copy)
        if what:
            both(f"seed {seed}: {what}", copy, trust, "FAILED")
            done += 1
        shutil.rmtree(os.path.dirname(copy))
    return done


# ---- changes, signed ----

VALUES = [0, 1, 2, 3, 7, -1, 2 ** 63 - 1, 2 ** 63, True, False, None, "", "x",
          "a\nb", "\0", "\x7f", "\x85", "é", "0" * 64, "A" * 64, "data/x", [],
          {}, 1.5, "1970-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "9" * 12,
          "2027-01-01T00:00:60Z", "text/plain", "text", "a//b", "TMP-1",
          "STR-0001", "STR-0002", "STR-00001", "name.control",
          "source.unreadable", "container.died", "source.symlink",
          "bmFtZQ==", "bmFtZR==", "bmFtZQ", "L2E=", "Li4=", "AA==", "/w=="]


def change(rnd, value):
    """Another value, or one that is changed somewhere inside."""
    if isinstance(value, dict) and value and rnd.random() < 0.9:
        key = rnd.choice(list(value))
        how = rnd.random()
        items = list(value.items())
        if how < 0.75:
            return {k: change(rnd, v) if k == key else v for k, v in items}
        if how < 0.85:
            return {k: v for k, v in items if k != key}
        if how < 0.92:
            rnd.shuffle(items)
            return dict(items)
        return {**value, rnd.choice(("m", "n", "target", "x", "clock")):
                rnd.choice(VALUES)}
    if type(value) is int and rnd.random() < 0.5:
        return value + rnd.choice((-1, 1))
    if isinstance(value, str) and value and rnd.random() < 0.5:
        at = rnd.randrange(len(value))
        return value[:at] + rnd.choice("0aA.-/é ") + value[at + 1:]
    return rnd.choice(VALUES)


def write(value):
    return json.dumps(value, ensure_ascii=False,
                      separators=(",", ":")).encode()


def change_lines(rnd, data):
    rows = data.split(b"\n")[:-1]
    if not rows:
        return rnd.choice((b"\n", b"{}\n"))
    i, how = rnd.randrange(len(rows)), rnd.random()
    if how < 0.75:
        rows[i] = write(change(rnd, json.loads(rows[i])))
    elif how < 0.8:
        rows.insert(i, rows[i])
    elif how < 0.88:
        del rows[i]
    elif how < 0.95:
        j = rnd.randrange(len(rows))
        rows[i], rows[j] = rows[j], rows[i]
    else:
        rows[i] = rows[i].replace(b'":', rnd.choice((b'": ', b'" :')), 1)
    return b"".join(r + b"\n" for r in rows)


def repair(parts):
    """Makes again what hangs on the lines, where they can be read at all."""
    try:
        rows = parts["metadata/private.jsonl"].split(b"\n")[:-1]
        digests = {}
        for row in rows:
            value = json.loads(row)
            digests.setdefault(value["n"], {})[value["field"]] = sb.hexsha(row)
        records = [json.loads(r) for r in
                   parts["metadata/documents.jsonl"].split(b"\n")[:-1]]
        for record in records:
            record["private"] = digests[record["n"]]
        parts["metadata/documents.jsonl"] = b"".join(
            write(r) + b"\n" for r in records)
        deposit = json.loads(parts["metadata/deposit.json"])
        for name in ("members", "findings"):
            deposit[name] = parts[f"metadata/{name}.jsonl"].count(b"\n")
        parts["metadata/deposit.json"] = write(deposit) + b"\n"
    except (KeyError, TypeError, ValueError):
        pass
    judged = second_archive.Archive.__new__(second_archive.Archive)
    judged.part, judged.id = parts, "STR-0001"
    judged.payload = [x for x in parts.items() if x[0].startswith("data/")]
    try:
        judged.read_metadata()
        judged.check_documents()
        judged.check_members()
        parts["metadata/inventory.csv"] = judged.inventory()
    except sb.Bad:
        pass


def seal_again(signer, parts, rnd):
    made = second_archive.tag_manifests(parts)
    parts.update(made)
    seal = json.loads(parts["seal/seal.json"])
    try:
        leaves = parts["metadata/documents.jsonl"].split(b"\n")[:-1]
        seal["document_root"] = second_archive.document_root(
            leaves, json.loads(parts["metadata/deposit.json"])["padding_seed"])
    except (KeyError, TypeError, ValueError):
        pass
    for kind in ("sha256", "sha512"):
        seal[f"tagmanifest_{kind}"] = second_archive.digest(
            kind, parts[f"tagmanifest-{kind}.txt"])
    if rnd is not None:
        seal = change(rnd, seal)
    at = 0
    try:
        at = sb.seconds(seal["sealed_at"])
    except (sb.Bad, KeyError, TypeError):
        at = 1800000000
    parts["seal/seal.json"] = write(seal) + b"\n"
    parts["seal/seal.p7s"] = signer.cms(parts["seal/seal.json"], at, False)


def write_archive(path, parts):
    with open(path, "wb") as out:
        for name, data in parts.items():
            out.write(sb.header(f"STR-0001/{name}".encode(), len(data)))
            out.write(data + bytes(-len(data) % 512))
        out.write(bytes(1024))


def members(vault):
    with tarfile.open(f"{vault}/archives/STR-0001.tar") as tar:
        return {m.name.split("/", 1)[1]: tar.extractfile(m).read()
                for m in tar.getmembers()}


def change_archives(vault, signer):
    good = members(vault)
    trust = f"sha256:{signer.certificate.fingerprint}"
    os.mkdir("changed")
    path = "changed/STR-0001.tar"
    parts = dict(good)
    repair(parts)
    if parts != good:
        sys.exit("second: what is made again is not what was made")
    seal_again(signer, parts, None)
    write_archive(path, parts)
    both("sealed again, unchanged", path, trust, "INDETERMINATE")
    targets = [f"metadata/{n}" for n in (
        "deposit.json", "documents.jsonl", "private.jsonl", "members.jsonl",
        "findings.jsonl")]
    for seed in range(TRIES):
        rnd = random.Random(seed)
        parts = dict(good)
        target = rnd.choice(targets + ["seal/seal.json"])
        if target != "seal/seal.json":
            parts[target] = change_lines(rnd, parts[target])
            if rnd.random() < 0.9:
                repair(parts)
        try:
            seal_again(signer, parts,
                       rnd if target == "seal/seal.json" else None)
        except UnicodeEncodeError:
            continue
        write_archive(path, parts)
        both(f"sealed again, seed {seed}: {target}", path, trust)
        if wrong and wrong[-1].startswith(f"sealed again, seed {seed}:"):
            wrong[-1] += "\n  now: " + repr(difference(good, parts, target))


# ---- one thing alone ----

def other(value):
    """Another value of the same form and length."""
    if isinstance(value, (bool, int)):
        return not value if isinstance(value, bool) else value + 1
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
        return str(int(value[:4]) - 1) + value[4:]
    return value[:-1] + ("1" if value[-1] != "1" else "2")


def each_line_alone(good):
    """Parts in which one member says something else, in the same form."""
    for name in ("bagit.txt", "README-VERIFY.txt", "bag-info.txt",
                 "manifest-sha256.txt", "manifest-sha512.txt",
                 "metadata/inventory.csv"):
        data = bytearray(good[name])
        at = max(i for i, byte in enumerate(data) if byte in b"0123456789")
        data[at] = ord(other(chr(data[at])))
        yield name, {**good, name: bytes(data)}
    name = "metadata/documents.jsonl"
    rows = good[name].split(b"\n")
    table = "metadata/inventory.csv"
    for key in ("sha256", "sha512", "size"):
        record = json.loads(rows[1])
        was, record[key] = record[key], other(record[key])
        data = b"\n".join([rows[0], write(record), *rows[2:]])
        row = good[table] if key == "size" else good[table].replace(
            was.encode(), record[key].encode())
        yield f"{name}: {key}", {**good, name: data, table: row}


def each_seal_alone(signer, good):
    for key in ("archive", "complete", "document_root", "tagmanifest_sha256",
                "tagmanifest_sha512"):
        parts = dict(good)
        seal = json.loads(parts["seal/seal.json"])
        at = sb.seconds(seal["sealed_at"])
        seal[key] = other(seal[key])
        parts["seal/seal.json"] = write(seal) + b"\n"
        parts["seal/seal.p7s"] = signer.cms(parts["seal/seal.json"], at, False)
        yield f"seal: {key}", parts


def each_tag_manifest_alone(signer, good):
    """The seal is over it, and it over something else."""
    for kind in ("sha256", "sha512"):
        parts = dict(good)
        name = f"tagmanifest-{kind}.txt"
        data = parts[name].decode()
        parts[name] = (other(data[:1]) + data[1:]).encode()
        seal = json.loads(parts["seal/seal.json"])
        seal[f"tagmanifest_{kind}"] = second_archive.digest(kind, parts[name])
        parts["seal/seal.json"] = write(seal) + b"\n"
        parts["seal/seal.p7s"] = signer.cms(
            parts["seal/seal.json"], sb.seconds(seal["sealed_at"]), False)
        yield name, parts


def change_archives_alone(vault, signer):
    good = members(vault)
    trust = f"sha256:{signer.certificate.fingerprint}"
    path = "changed/STR-0001.tar"
    for what, parts in each_line_alone(good):
        seal_again(signer, parts, None)
        write_archive(path, parts)
        both(f"alone: {what}", path, trust, "FAILED")
    for what, parts in (*each_seal_alone(signer, good),
                        *each_tag_manifest_alone(signer, good)):
        write_archive(path, parts)
        both(f"alone: {what}", path, trust, "FAILED")


def each_event_alone(event):
    for key in ("seq", "prev", "origin", "vault", "actor", "time",
                "statement"):
        yield key, {**event, key: other(event[key])}
    for key, value in event["subject"].items():
        yield key, {**event, "subject": {**event["subject"],
                                         key: other(value)}}


def change_logs_alone(vault, keys, signer, trust):
    first = second_verifier.Vault(vault)
    key = log_key(keys, first.key)
    event = json.loads(sb.cms_parts(first.entries[2])[1])
    for what, changed in [("nothing", event), *each_event_alone(event)]:
        copy = tempfile.mkdtemp(dir=".") + "/v"
        shutil.copytree(vault, copy)
        os.unlink(f"{copy}/index.sqlite")
        entry = signer.cms(write(changed) + b"\n",
                           sb.seconds(changed["time"]), True)
        write_log(copy, [*first.entries[:2], entry], first.origin,
                  [(key, first.key)])
        both(f"event alone: {what}", copy, trust,
             "PASSED" if what == "nothing" else "FAILED")
        shutil.rmtree(os.path.dirname(copy))


def difference(good, parts, target):
    return [x for x in parts[target].split(b"\n")
            if x not in good[target].split(b"\n")]


# ---- a log of other events ----

def change_logs(vault, keys, signer, trust):
    first = second_verifier.Vault(vault)
    key = log_key(keys, first.key)
    events = [sb.cms_parts(e)[1] for e in first.entries]
    for seed in range(TRIES):
        rnd = random.Random(seed)
        copy = tempfile.mkdtemp(dir=".") + "/v"
        shutil.copytree(vault, copy)
        os.unlink(f"{copy}/index.sqlite")
        entries = first.entries[:2]
        event = json.loads(events[2])
        if seed:
            if rnd.random() < 0.15:
                event["type"] = rnd.choice(("accession", "x", "transfer",
                                            "vault-created", "UPPER"))
            elif rnd.random() < 0.3:
                event["detail"] = {"clock": rnd.choice((
                    event["time"], "2026-01-01T00:00:00Z",
                    "2025-12-31T23:59:59Z", 7))}
                if rnd.random() < 0.5:
                    event["time"] = json.loads(events[1])["time"]
            else:
                event = change(rnd, event)
        try:
            at = sb.seconds(event["time"])
        except (sb.Bad, KeyError, TypeError):
            at = 1800000000
        content = write(event) + b"\n"
        entries.append(signer.cms(content, at, True))
        write_log(copy, entries, first.origin, [(key, first.key)])
        both(f"log, seed {seed}: {content.decode('latin-1')}", copy, trust)
        shutil.rmtree(os.path.dirname(copy))


# ---- what was kept ----

def kept_forms(name, other):
    """What somebody may hand in as that file, and what is said of it."""
    with open(name, "rb") as file:
        good = file.read()
    with open(other, "rb") as file:
        yield file.read(), "REFUSED"
    yield good, "PASSED"
    for bad in (b"", b"\n", b"\x89PNG\r\n\x1a\n" + bytes(64), good + b"x",
                good.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + good,
                good + "— a AAAA\n".encode()):
        yield bad, "REFUSED"
    for at in range(20, len(good), 37):
        yield good[:at], "REFUSED"
    yield good[:good.rindex("—".encode())], "REFUSED"
    # a signature that is another's is for the verdict
    blob = good.rstrip(b"\n").rpartition(b" ")[2]
    raw = bytearray(sb.unbase64(blob.decode()))
    raw[40] ^= 1
    yield good.replace(blob, base64.b64encode(raw)), "FAILED"
    yield good + f"— a {base64.b64encode(raw).decode()}\n".encode(), "PASSED"


def change_kept(trust):
    """Both refuse what is no checkpoint or receipt, and judge the others."""
    for option, name, other in (
            ("--checkpoint", "v/log/checkpoint", "receipt1"),
            ("--receipt", "receipt1", "v/log/checkpoint")):
        for data, wanted in kept_forms(name, other):
            with open("kept", "wb") as file:
                file.write(data)
            first = subprocess.run(
                [VERIFY, "v", "--trust", trust, option, "kept"],
                capture_output=True, check=False)
            given = [[data], []] if option == "--checkpoint" else [[], [data]]
            second = second_verifier.judge(["v"], [trust], *given)
            status = {"PASSED": 0, "FAILED": 1, "REFUSED": 64}[wanted]
            if first.returncode != status or second[0] != wanted:
                wrong.append(f"{option} {data[:80]} {wanted}\n  first: "
                             f"{first.returncode} {first.stderr}\n"
                             f"  second: {second}")


def make():
    os.makedirs("in/deep")
    for name, text in (("a.txt", "a"), ("deep/б.PDF", "b"), ("empty", ""),
                       ("-n.c++", "d"), ("=cmd|x\ny.t", "lf"),
                       ("\udcff\u202e\\.z", "raw")):
        with open(os.fsencode(f"in/{os.fsdecode(name.encode('utf-8', 'surrogateescape'))}"),
                  "w", encoding="utf-8") as out:
            out.write(text)
    with tarfile.open("in/t.tar", "w") as inner:
        inner.add("in/deep/б.PDF", "x/б.PDF")
        inner.add("in/a.txt", "=1+1")
    os.symlink("a.txt", "in/link")
    os.mkfifo("in/fifo")
    os.mkdir("in/nothing")
    must(MUNIMENT, "init", "v", "--keys", "k", "--no-passphrase", "--volatile",
         "--prefix", "STR", "--origin", "example.org/log")
    for number in (1, 2):
        must(MUNIMENT, "-C", "v", "--keys", "k", "deposit", "--yes", "--case",
             f"case {number}", "--receipt", f"receipt{number}", "in")
    must("chmod", "-R", "u+w", "v")
    return must(MUNIMENT, "-C", "v", "fingerprint").decode().split("\n")[0]


def main():
    trust = make()
    both("as made", "v", trust, "PASSED")
    both("as made, another anchor", "v", "vault:" + "0" * 64, "FAILED")
    both("as made, digits alone", "v", trust[6:], "PASSED")
    both("as made, other digits alone", "v", "0" * 64, "FAILED",
         "vault.anchored")
    said = second_verifier.judge(["v"], [trust], [open(
        "v/log/checkpoint", "rb").read()], [open(f"receipt{i}", "rb").read()
                                            for i in (1, 2)])
    if said[0] != "PASSED":
        wrong.append(f"receipts: {said}")
    change_kept(trust)
    (pem,) = os.listdir("v/certs")
    with open(f"v/certs/{pem}", "rb") as file:
        certificate = sb.Certificate(sb.read_pem(file.read())[0])
    signer = Signer("k", certificate)
    damaged = damage_all("v", trust, TRIES)
    change_archives("v", signer)
    change_archives_alone("v", signer)
    change_logs("v", "k", signer, trust)
    change_logs_alone("v", "k", signer, trust)
    damaged += second_events.run(types.SimpleNamespace(
        program=MUNIMENT, verify=VERIFY, wrong=wrong, must=must, both=both,
        signer=Signer, write=write, write_log=write_log, log_key=log_key,
        change=change, damage_all=damage_all, tar=tarfile.open), TRIES)
    print("\n".join(wrong))
    print(f"{damaged} damaged, {tally}: {len(wrong)} disagreements")
    return 1 if wrong or damaged < TRIES * 1.1 else 0


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    status = main()
    os.chdir("/")
sys.exit(status)
