#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Valid parts in the wrong place, edited index rows, extra and missing files.

tamper.py MUNIMENT MUNIMENT-VERIFY

Makes two vaults of one origin and prefix, with two archives each, and then
everything that an adversary with all the files, but no key, would try.  Each
try has to end FAILED (exit 1) and, where said, under the rule that fits; each
starts from a fresh copy.  Prints how many tries were made; exits 1 if one of
them was not rejected.
"""
import itertools
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile

MUNIMENT, VERIFY = sys.argv[1:3]
ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
tries = 0
wrong = []


def run(*words):
    return subprocess.run(words, env=ENV, capture_output=True, check=False)


def must(*words):
    done = run(*words)
    if done.returncode != 0:
        sys.exit(f"tamper: {words} gave {done.returncode}: "
                 f"{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


def make_vault(folder, texts):
    vault, keys = f"{folder}/vault", f"{folder}/keys"
    must(MUNIMENT, "init", vault, "--keys", keys, "--no-passphrase",
         "--volatile", "--origin", "example.org/log", "--prefix", "TMP",
         "--as", "Keeper")
    for i, text in enumerate(texts):
        source = f"{folder}/in{i}"
        os.mkdir(source)
        for n, name in enumerate(("a.txt", "б.txt", "zip")):
            with open(f"{source}/{name}", "w", encoding="utf-8") as out:
                out.write(f"{text} {n}\n" * 20)
        with tarfile.open(f"{source}/inner.tar", "w") as inner:
            inner.add(f"{source}/a.txt", "档案/a.txt")
        os.symlink("nowhere", f"{source}/link")
        must(MUNIMENT, "-C", vault, "--keys", keys, "deposit", "--yes",
             "--case", f"case {i}", source)
    for words in custody(folder):
        must(MUNIMENT, "-C", vault, "--keys", keys, *words)
    return must(MUNIMENT, "-C", vault, "fingerprint", "--json")


def custody(folder):
    """Events that fill every column of the index, and stay PASSED."""
    must(MUNIMENT, "key", "new", "--keys", f"{folder}/other", "--as", "Other",
         "--no-passphrase", "--volatile", "--log-key-from", f"{folder}/keys")
    return (
        ("actor", "enrol", f"{folder}/other/actor.pem", "--role", "examiner"),
        ("record", "transfer", "TMP-0001", "--from", "Keeper", "--to", "Other",
         "--receipt", "TMP-0002/1"),
        ("record", "transfer", "TMP-0002", "--from", "Keeper", "--to", "Other"),
        ("record", "transfer", "TMP-0002", "--accept", "5",
         "--keys", f"{folder}/other"),
        ("record", "examination", "TMP-0001/1", "--by", "Other",
         "--started", "2026-01-02T03:04:05Z", "--ended",
         "2026-01-02T03:04:06Z", "--before", "passed", "--after", "passed"),
        ("record", "copy", "TMP-0001", "--kind", "working"),
        ("record", "fixity-check", "TMP-0001"),
        ("link", "TMP-0002/1", "--translation-of", "TMP-0001/1"),
        ("annotate", "TMP-0001/1", "title=Order no. 12", "exhibit=P-17"),
        ("annotate", "TMP-0002", "case=case 2"),
        ("actor", "revoke", "Other", "--reason", "retired"),
        ("withdraw", "TMP-0002", "--reason", "returned"))


def verify(*words):
    done = run(VERIFY, *words, "--json")
    if done.returncode not in (0, 1, 2):
        return done.returncode, {"checks": [], "verdict": "none"}
    return done.returncode, json.loads(done.stdout)


def expect_failed(what, words, rules=None):
    """The input is FAILED, and one failing rule is among `rules`."""
    global tries
    tries += 1
    code, report = verify(*words)
    failed = {c["rule"] for c in report["checks"] if c["verdict"] == "FAILED"}
    if code != 1 or report["verdict"] != "FAILED":
        wrong.append(f"{what}: exit {code}, {report['verdict']}")
    elif rules is not None and not failed & set(rules):
        wrong.append(f"{what}: failed as {sorted(failed)}, not {sorted(rules)}")


class Copy:
    """A fresh copy of a vault, gone at the end."""

    def __init__(self, vault):
        self.vault = vault

    def __enter__(self):
        self.folder = tempfile.mkdtemp(dir=SCRATCH)
        self.path = f"{self.folder}/vault"
        shutil.copytree(self.vault, self.path)
        subprocess.run(["chmod", "-R", "u+w", self.path], check=True)
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.folder)


# ---- archives whose parts were swapped ----

def members(path):
    """Name below the id's folder -> bytes, in order."""
    with tarfile.open(path) as tar:
        return {m.name.split("/", 1)[1]: tar.extractfile(m).read()
                for m in tar.getmembers()}


def header(name, size):
    block = bytearray(512)
    block[0:len(name)] = name.encode()
    block[100:108] = b"000444 \0"
    block[108:116] = b"000000 \0"
    block[116:124] = b"000000 \0"
    block[124:136] = b"%011o " % size
    block[136:148] = b"00000000000 "
    block[156:157] = b"0"
    block[257:265] = b"ustar\x0000"
    block[329:337] = b"000000 \0"
    block[337:345] = b"000000 \0"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def write_archive(path, archive_id, parts):
    with open(path, "wb") as out:
        for name, data in parts.items():
            out.write(header(f"{archive_id}/{name}", len(data)))
            out.write(data + bytes(-len(data) % 512))
        out.write(bytes(1024))


def anchors(vault):
    return f"{os.path.dirname(vault)}/keys/actor.pem"


def swap_members():
    everything = {}
    for vault in VAULTS:
        for archive_id in ("TMP-0001", "TMP-0002"):
            everything[vault, archive_id] = members(
                f"{vault}/archives/{archive_id}.tar")
    # this writer makes what ours makes, or the test would test nothing
    for (vault, archive_id), parts in everything.items():
        write_archive(f"{SCRATCH}/again.tar", archive_id, parts)
        with open(f"{SCRATCH}/again.tar", "rb") as again, \
                open(f"{vault}/archives/{archive_id}.tar", "rb") as first:
            if again.read() != first.read():
                sys.exit("tamper: cannot write an archive again")
    parts_of = [p for p in everything[VAULTS[0], "TMP-0001"]
                if not p.startswith("data/")]
    for here, there in itertools.permutations(everything, 2):
        for part in parts_of:
            mine, theirs = everything[here], everything[there]
            if mine[part] == theirs[part]:
                continue
            changed = dict(mine)
            changed[part] = theirs[part]
            judge_swapped(here, changed, f"{part} of {there[1]}")
        pair = dict(everything[here])
        for part in ("seal/seal.json", "seal/seal.p7s", "seal/signer.pem"):
            pair[part] = everything[there][part]
        judge_swapped(here, pair, f"whole seal of {there[1]}")


def judge_swapped(where, parts, what):
    vault, archive_id = where
    path = f"{SCRATCH}/{archive_id}.tar"
    write_archive(path, archive_id, parts)
    expect_failed(f"{archive_id} alone with {what}",
                  (path, "--trust", anchors(vault)))
    with Copy(vault) as copy:
        shutil.copy(path, f"{copy}/archives/{archive_id}.tar")
        expect_failed(f"{archive_id} in its vault with {what}",
                      (copy, "--trust", FINGERPRINTS[vault]))


def swap_files():
    """Files of one vault under the same name in another, and in one vault."""
    names = sorted(os.path.relpath(os.path.join(folder, f), VAULTS[0])
                   for folder, _, files in os.walk(VAULTS[0]) for f in files)
    for here, there in (VAULTS, VAULTS[::-1]):
        for name in names:
            source = f"{there}/{name}"
            if (not os.path.exists(source) or name == "index.sqlite"
                    or not os.path.exists(f"{here}/{name}")):
                continue
            with open(source, "rb") as a, open(f"{here}/{name}", "rb") as b:
                if a.read() == b.read():
                    continue
            with Copy(here) as copy:
                shutil.copy(source, f"{copy}/{name}")
                expect_failed(f"{name} of the other vault",
                              (copy, "--trust", FINGERPRINTS[here]))
        with Copy(here) as copy:
            shutil.rmtree(f"{copy}/log")
            shutil.copytree(f"{there}/log", f"{copy}/log")
            expect_failed("the other vault's log",
                          (copy, "--trust", FINGERPRINTS[here]))
    for a, b in (("TMP-0001", "TMP-0002"), ("TMP-0002", "TMP-0001")):
        with Copy(VAULTS[0]) as copy:
            shutil.copy(f"{VAULTS[0]}/archives/{a}.tar",
                        f"{copy}/archives/{b}.tar")
            expect_failed(f"{a} under the name of {b}",
                          (copy, "--trust", FINGERPRINTS[VAULTS[0]]))
            expect_failed(f"{a} alone under the name of {b}",
                          (f"{copy}/archives/{b}.tar", "--trust",
                           anchors(VAULTS[0])), {"archive.name"})
    with Copy(VAULTS[0]) as copy:
        log = f"{copy}/log/statements"
        first, second = sorted(os.listdir(log))[:2]
        os.rename(f"{log}/{first}", f"{log}/x")
        os.rename(f"{log}/{second}", f"{log}/{first}")
        os.rename(f"{log}/x", f"{log}/{second}")
        expect_failed("statements exchanged",
                      (copy, "--trust", FINGERPRINTS[VAULTS[0]]),
                      {"statement.differs"})


# ---- files too many and too few ----

def extra_and_missing():
    vault = VAULTS[0]
    trust = ("--trust", FINGERPRINTS[vault])
    for name in ("log/x", "log/tile/0/001", "log/tile/entries/000.p/99",
                 "log/statements/000000.json", "log/staged/a", "certs/x.pem",
                 "certs/" + "0" * 64 + ".pem", "crls/x.crl", "log/.hidden",
                 "log/tile/x", "log/witness/3/x", "log/checkpoint2"):
        with Copy(vault) as copy:
            os.makedirs(os.path.dirname(f"{copy}/{name}"), exist_ok=True)
            with open(f"{copy}/{name}", "wb") as out:
                out.write(b"x")
            if name == "log/staged/a":
                continue  # a write under way: named, not FAILED
            expect_failed(f"extra {name}", (copy, *trust),
                          {"log.unexpected"})
    names = [os.path.relpath(os.path.join(folder, f), vault)
             for folder, _, files in os.walk(vault) for f in files]
    for name in names:
        if name == "index.sqlite" or name.startswith("log/statements/"):
            continue
        with Copy(vault) as copy:
            os.unlink(f"{copy}/{name}")
            expect_failed(f"missing {name}", (copy, *trust))


# ---- the index ----

TEXTS = {"event": "index.event", "statement": "index.statement",
         "annotation": "index.annotation", "actor": "index.actor",
         "archive": "index.archive",
         "document": "index.document", "member": "index.member",
         "finding": "index.finding", "word": "index.text", "checkpoint": "index.checkpoint"}


def edit_index(what, sql, rules, vault=None):
    vault = vault or VAULTS[0]
    with Copy(vault) as copy:
        db = sqlite3.connect(f"{copy}/index.sqlite")
        try:
            for statement in sql:
                db.execute(statement)
            db.commit()
        except sqlite3.Error as error:
            db.close()
            return f"{what}: {error}"
        db.close()
        expect_failed(what, (copy, "--trust", FINGERPRINTS[vault]), rules)
    return None


def rows_for(db, table, primary, name, keys):
    """Where there are many columns: one row with a value there, one without."""
    if table != "event":
        return keys[:40]
    return [key for (key,) in itertools.chain.from_iterable(
        db.execute(f"SELECT {primary} FROM {table} WHERE {name} IS {null} "
                   "LIMIT 1").fetchall() for null in ("NULL", "NOT NULL"))]


def edit_rows():
    db = sqlite3.connect(f"{VAULTS[0]}/index.sqlite")
    refused = []
    for table, rule in TEXTS.items():
        columns = db.execute(f"PRAGMA table_info({table})").fetchall()
        keys = [k for (k,) in db.execute(
            f"SELECT {columns[0][1]} FROM {table}")]
        for key in keys[:40]:
            where = f"WHERE {columns[0][1]} = {key}"
            edit_index(f"delete {table} {key}",
                       [f"DELETE FROM {table} {where}"],
                       {rule, "index.ahead"})
        for column in columns:
            name, kind = column[1], column[2]
            for key in rows_for(db, table, columns[0][1], name, keys):
                where = f"WHERE {columns[0][1]} = {key}"
                new = {"INTEGER": f"coalesce({name}, 0) + 1",
                       "TEXT": f"coalesce({name}, '') || 'x'",
                       "BLOB": f"CAST(coalesce({name}, x'') || 'x' AS BLOB)"
                       }[kind]
                refused.append(edit_index(
                    f"edit {table} {key} {name}",
                    [f"UPDATE {table} SET {name} = {new} {where}"],
                    {rule, "index.extra", "index.ahead", "index.damaged"}))
        refused.append(edit_index(
            f"add to {table}",
            [f"CREATE TEMP TABLE t AS SELECT * FROM {table} LIMIT 1",
             f"UPDATE t SET {columns[0][1]} = 7777777"]
            + (["UPDATE t SET id = 'TMP-0009'"] if table == "archive" else [])
            + [f"INSERT INTO {table} SELECT * FROM t"],
            {"index.extra", "index.ahead"}))
    db.close()
    for line in filter(None, refused):
        print("not possible in SQLite:", line)


def edit_schema():
    for what, sql in (
            ("a view", "CREATE VIEW v AS SELECT * FROM document"),
            ("a table", "CREATE TABLE extra (a)"),
            ("a trigger", "CREATE TRIGGER t AFTER INSERT ON document BEGIN "
                          "SELECT 1; END"),
            ("an index dropped", "DROP INDEX document_sha256"),
            ("application_id", "PRAGMA application_id = 1"),
            ("user_version", "PRAGMA user_version = 1")):
        edit_index(what, [sql], {"index.schema"})


def damage_index():
    size = os.path.getsize(f"{VAULTS[0]}/index.sqlite")
    for offset in range(0, size, max(1, size // 60)):
        with Copy(VAULTS[0]) as copy:
            with open(f"{copy}/index.sqlite", "r+b") as file:
                file.seek(offset)
                byte = file.read(1)
                file.seek(offset)
                file.write(bytes([byte[0] ^ 0x41]))
            code, report = verify(copy, "--trust", FINGERPRINTS[VAULTS[0]])
            if code not in (0, 1):
                wrong.append(f"index byte {offset}: exit {code}")


def main():
    global SCRATCH, VAULTS, FINGERPRINTS
    with tempfile.TemporaryDirectory() as SCRATCH:
        VAULTS, FINGERPRINTS = [], {}
        for name in ("one", "two"):
            os.mkdir(f"{SCRATCH}/{name}")
            said = json.loads(make_vault(f"{SCRATCH}/{name}",
                                         (f"{name} first", f"{name} second")))
            vault = f"{SCRATCH}/{name}/vault"
            VAULTS.append(vault)
            FINGERPRINTS[vault] = "vault:" + said["vault"].removeprefix(
                "vault:")
            code, report = verify(vault, "--trust", FINGERPRINTS[vault])
            if code != 0:
                sys.exit(f"tamper: the vault as made is {report}")
        swap_members()
        swap_files()
        extra_and_missing()
        edit_rows()
        edit_schema()
        damage_index()
        subprocess.run(["chmod", "-R", "u+w", SCRATCH], check=True)
    for line in wrong:
        print("NOT REJECTED:", line)
    print(f"{tries} tries, {len(wrong)} not rejected as they should be")
    return 1 if wrong or tries < 300 else 0


sys.exit(main())
