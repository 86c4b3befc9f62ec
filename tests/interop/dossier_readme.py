#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every command that a dossier's README-VERIFY.txt prints, run as printed.

dossier_readme.py MUNIMENT MUNIMENT-VERIFY DOSSIER-FORMAT

The blocks are taken out of the file and run by sh in an unpacked parcel: with
the right anchors everything says OK; without one nothing does; with those of
another vault (a parcel made with keys on the spot) it fails; and a change
that a block claims to notice is noticed by it.  Once more with nothing but
shasum, as on macOS.  The line that the report prints for time-stamps is held
against the same lines, and run too.  PowerShell's blocks are parsed by pwsh where there is
one, else held against a strict pattern.
"""
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))
from programs import deposit, expect, fail, fingerprint, init, must, passed, run

MUNIMENT, VERIFY, FORMAT = sys.argv[1:4]
SHASUM = 'sha256sum() { shasum -a 256 "$@"; }\n'


def blocks(text):
    """(label, block): label is the line before, e.g. "Linux, macOS:"."""
    found, label, block = [], "", []
    for line in text.split("\n") + ["end"]:
        if line.startswith("  ") or (block and not line):
            block.append(line[2:])
            continue
        if block:
            found.append((label, "\n".join(block).strip() + "\n"))
            block = []
        if line:
            label = line
    return found


def sh(folder, block, path=None, **anchors):
    return subprocess.run(
        ["sh", "-c", block], cwd=folder, capture_output=True, check=False,
        stdin=subprocess.DEVNULL,
        env={"PATH": path or os.environ["PATH"], "LC_ALL": "C", **anchors})


def text_of(done):
    return (done.stdout + done.stderr).decode(errors="replace")


def ok(done):
    text = text_of(done)
    return (done.returncode == 0 and "FAILED" not in text
            and ("OK" in text or "Signature Verified Successfully" in text))


def stamp(base, keep):
    """Have the head stamped by an authority made on the spot."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    root, at = f"{base}/time-root.pem", f"{base}/time"
    must(["openssl", "req", "-x509", *key, "-keyout", f"{at}.root.key", "-out",
          root, "-subj", "/CN=root", "-days", "99", "-addext",
          "keyUsage=critical,keyCertSign"])
    must(["openssl", "req", "-new", *key, "-keyout", f"{at}.key", "-out",
          f"{at}.csr", "-subj", "/CN=authority"])
    with open(f"{at}.cnf", "w", encoding="ascii") as out:
        out.write("basicConstraints=critical,CA:FALSE\n"
                  "keyUsage=critical,digitalSignature\n"
                  "extendedKeyUsage=critical,timeStamping\n"
                  f"[here]\nserial={at}.serial\ndefault_policy=1.2.3\n"
                  "digests=sha256\nsigner_digest=sha256\n"
                  "ess_cert_id_alg=sha256\n")
    with open(f"{at}.serial", "w", encoding="ascii") as out:
        out.write("01\n")
    must(["openssl", "x509", "-req", "-in", f"{at}.csr", "-CA", root, "-CAkey",
          f"{at}.root.key", "-days", "90", "-extfile", f"{at}.cnf", "-out",
          f"{at}.pem"])
    must([*keep, "time-stamp", "--request", f"{at}.tsq"])
    must(["openssl", "ts", "-reply", "-config", f"{at}.cnf", "-section",
          "here", "-queryfile", f"{at}.tsq", "-inkey", f"{at}.key", "-signer",
          f"{at}.pem", "-out", f"{at}.tsr"])
    must([*keep, "time-stamp", "--response", f"{at}.tsr", "--tsa-trust", root])
    return root


def make_parcel(scratch, name):
    """A vault with three archives, actors, and a parcel of two of them."""
    base = f"{scratch}/{name}"
    vault, keys = f"{base}/vault", f"{base}/keys"
    os.mkdir(base)
    init(MUNIMENT, vault, keys, "--prefix", "RDM", "--origin", "readme/log")
    for i in range(3):
        source = f"{base}/in{i}"
        os.mkdir(source)
        with open(f"{source}/a.txt", "w", encoding="utf-8") as out:
            out.write(f"{name} {i}\n")
        deposit(MUNIMENT, vault, keys, "--case", f"case {i}", source)
    keep = (MUNIMENT, "-C", vault, "--keys", keys)
    must([*keep, "record", "examination", "RDM-0001", "--note", "looked"])
    must([*keep, "record", "access", "RDM-0002", "--note", "other"])
    must([*keep, "key", "rotate", "--log-key"])
    roots = stamp(base, keep)
    said = must([*keep, "export", "RDM-0001", "RDM-0003", f"{base}/parcel",
                 "--withhold", "1", "--tsa-trust", roots])
    if b"as a stranger will: PASSED" not in said:
        fail(f"export: {said}")
    with open(f"{base}/parcel/2-report.html", "rb") as page:
        if b"of a type not known here" in page.read():
            fail("the report does not know a type of event")
    must(["tar", "-xf", f"{base}/parcel/RDM-0001.dossier.tar", "-C",
          f"{base}/parcel"])
    folder = f"{base}/parcel/dossier"
    must(["chmod", "-R", "u+w", folder])
    print_of = fingerprint(MUNIMENT, vault).removeprefix("vault:")
    log_key = json.loads(must([*keep, "fingerprint", "--json"]))["log_key"]
    certs = os.listdir(f"{folder}/certs")
    pinned = f"{base}/pinned.pem"
    shutil.copy(f"{folder}/certs/{certs[0]}", pinned)
    return folder, {"VAULT_FINGERPRINT": print_of, "LOG_KEY": log_key,
                    "PINNED": pinned, "TIME_ROOTS": roots}


def fresh(folder):
    """A copy of an unpacked parcel."""
    copy = tempfile.mkdtemp(dir=SCRATCH)
    shutil.copytree(os.path.dirname(folder), f"{copy}/parcel")
    return f"{copy}/parcel/dossier"


def flip(path, at=-1):
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        data[at] ^= 1
        file.seek(0)
        file.write(data)


def no_sha256sum(scratch):
    """A path with everything that the blocks use but sha256sum."""
    folder = f"{scratch}/mac"
    os.mkdir(folder)
    for name in ("sh openssl shasum perl grep head tail cut cat find sort "
                 "xargs expr cmp wc mv sed ls tr env date").split():
        found = shutil.which(name)
        if found is None:
            fail(f"{name} is not installed")
        os.symlink(found, f"{folder}/{name}")
    return folder


def judge_shell(here, anchors, other, foreign):
    shell = {i: b for i, (label, b) in enumerate(HERE)
             if "PowerShell" not in label and "macOS paste" not in label
             and b.startswith("(\n")}
    expect(len(shell) == 9, f"{len(shell)} shell blocks, not 9")
    mac = no_sha256sum(SCRATCH)
    for i, block in shell.items():
        done = sh(here, block, **anchors)
        expect(ok(done), f"block {i}: {text_of(done)}")
        done = sh(here, SHASUM + block, path=mac, **anchors)
        expect(ok(done), f"block {i} with shasum: {text_of(done)}")
        named = [a for a in anchors if f"${{{a}:?}}" in block]
        expect(len(named) == 1, f"block {i} names {named}")
        done = sh(here, block)
        expect(not ok(done) and b"OK" not in done.stdout,
               f"block {i} without an anchor: {text_of(done)}")
        # the parcel of others, with the anchors that were really handed out
        done = sh(other, block, **anchors)
        expect(not ok(done) and b": OK" not in done.stdout,
               f"block {i} on a parcel of others: {text_of(done)}")
        done = sh(here, block, **foreign)
        expect(not ok(done), f"block {i} with anchors of others")
    return list(shell.values())


def judge_noticing(here, anchors, shell):
    """What each part says that it notices."""
    (vault, pinned, signers, head, tree, listed, typed, archives,
     times) = shell

    def notices(block, change, what):
        folder = fresh(here)
        change(folder)
        done = sh(folder, block, **anchors)
        expect(not ok(done), f"not noticed: {what}: {text_of(done)}")

    notices(vault, lambda f: flip(f"{f}/entries/000000.p7m"), "entry 0")
    notices(pinned, lambda f: flip(f"{f}/entries/000000.json", 30), "line 0")
    for name in ("entries/000004.p7m", "entries/000004.json"):
        notices(signers, lambda f, n=name: flip(f"{f}/{n}", 200), name)
    notices(signers, lambda f: shutil.copy(anchors["PINNED"], f"{f}/x") and
            [os.unlink(f"{f}/certs/{c}") for c in os.listdir(f"{f}/certs")],
            "no certificate")
    notices(head, lambda f: flip(f"{f}/checkpoint", 20), "head")
    tile = [os.path.join(d, n) for d, _, ns in os.walk(f"{here}/tile/0")
            for n in ns][0].removeprefix(here)
    for at in range(0, os.path.getsize(here + tile), 32):
        notices(tree, lambda f, a=at: flip(f + tile, a), f"leaf at {at}")
    notices(tree, lambda f: flip(f"{f}/entries/000004.p7m"), "entry 4")
    notices(tree, lambda f: flip(f"{f}/checkpoint", 20), "root")
    notices(listed, lambda f: os.unlink(f"{f}/entries/000004.p7m"), "gone")
    notices(listed, lambda f: shutil.copy(f"{f}/entries/000004.p7m",
                                          f"{f}/entries/000002.p7m"), "more")
    notices(typed, lambda f: flip(f"{f}/statements/000004.json", 30), "typed")
    notices(archives, lambda f: flip(f"{f}/../RDM-0003.tar"), "archive")
    notices(archives, lambda f: os.unlink(f"{f}/../RDM-0003.tar"), "missing")
    (stamped,) = os.listdir(f"{here}/time-stamps")
    for name in ("checkpoint", "1.tsq", "1.tst"):
        notices(times, lambda f, n=name: flip(
            f"{f}/time-stamps/{stamped}/{n}", 60), f"time-stamp {name}")
    notices(times, lambda f: flip(f + tile, 32), "stamped leaf")
    expect(not ok(sh(here, times, AT="4000000000", **anchors)),
           "a certificate that has expired by then")
    done = sh(here, typed, **anchors)
    expect("statements/000001.json: withheld" in text_of(done),
           "what is withheld is said")


def judge_power(power):
    """Their syntax: by pwsh where it is, else brackets, quotes and words."""
    expect(len(power) == 2, f"{len(power)} PowerShell blocks, not 2")
    words = {"Get-FileHash", "Get-ChildItem", "Get-Content", "ConvertFrom-Json",
             "ForEach-Object"}
    for block in power:
        expect("$VAULT_FINGERPRINT" in block, "PowerShell without an anchor")
        if shutil.which("pwsh"):
            done = run(["pwsh", "-NoProfile", "-Command",
                        "$e = $null; $null = [System.Management.Automation."
                        "Language.Parser]::ParseInput($env:B, [ref]$null, "
                        "[ref]$e); $e.Count"],
                       env={**os.environ, "B": block})
            expect(done.stdout.strip() == b"0", text_of(done))
        bare = re.sub("'[^']*'", "''", block)
        bare = re.sub(r"`\n\s*", " ", bare)
        expect("`" not in bare, "a backtick that continues no line")
        closing, stack = {")": "(", "}": "{", "]": "["}, []
        for letter in bare:
            if letter in "([{":
                stack.append(letter)
            elif letter in closing:
                expect(stack and stack.pop() == closing[letter], block)
        expect(not stack and bare.count('"') % 2 == 0, block)
        used = set(re.findall(r"\b[A-Z][a-z]+-[A-Z][A-Za-z]+\b", bare))
        expect(used and used <= words, f"unknown: {used - words}")
        expect(set(re.findall(r"(?<![\w$])-(\w+)", bare)) <=
               {"Algorithm", "LiteralPath", "Raw", "eq", "ne"}, block)


def judge_text(here):
    with open(f"{here}/README-VERIFY.txt", "rb") as file:
        text = file.read()
    with open(FORMAT, encoding="utf-8") as file:
        expect(hashlib.sha256(text).hexdigest() in file.read(),
               "docs/format/dossier.md has not this text's digest")
    lines = text.decode("ascii").split("\n")
    expect(max(map(len, lines)) <= 78, "a line is too long")
    first = fresh(here) + "/../1-READ-FIRST.txt"
    with open(first, encoding="ascii") as file:
        page = file.read()
    expect(not re.search("[0-9a-f]{32}", page), "a fingerprint to trust")
    expect(page.count("\n") < 80, "more than a page")
    expect("--tsa-trust ROOT.pem" in page, "the roots are not asked for")
    return text.decode()


def judge_page(here, anchors):
    """The report's page prints the same lines for time-stamps, for a vault's
    log or a dossier's folder."""
    base = os.path.dirname(os.path.dirname(here))
    with open(f"{base}/parcel/2-report.html", encoding="utf-8") as file:
        page = file.read()
        expect("VAULT" not in page, "who has a dossier has no vault")
        (block,) = [html.unescape(c) for c in re.findall(
            r"<pre tabindex=\"0\"><code>(.*?)</code></pre>", page, re.S)
            if "openssl ts" in c]

    def of_tokens(text):
        return [line.strip().removesuffix(" ||").removesuffix(" &&")
                .removeprefix("if ") for line in text.split("\n")
                if re.match(r" *(openssl ts|-token_in|-attime) *", line)]

    with open(f"{here}/README-VERIFY.txt", encoding="ascii") as file:
        expect(of_tokens(block) == of_tokens(file.read()),
               f"the same lines: {of_tokens(block)}")
    expect(len(of_tokens(block)) == 7, f"{of_tokens(block)}")

    def judge(where, **more):
        return sh(where, block, **more)

    (stamped,) = os.listdir(f"{here}/time-stamps")
    for folder in ("dossier", "VAULT/log"):
        copy = tempfile.mkdtemp(dir=SCRATCH)
        shutil.copytree(f"{base}/vault", f"{copy}/VAULT")
        shutil.copytree(here, f"{copy}/dossier")
        shutil.copy(anchors["TIME_ROOTS"], f"{copy}/ROOTS.pem")
        must(["chmod", "-R", "u+w", copy])
        block = block.replace("cd dossier", f"cd {folder}")
        done = judge(copy)
        expect(done.returncode == 0 and b"FAILED" not in done.stdout and
               done.stdout.count(b"Verification: OK") == 2 and
               done.stdout.count(b"Time stamp: ") == 1,
               f"{folder}: {text_of(done)}")
        done = judge(copy, AT="4000000000")
        expect(done.returncode == 1 and b"FAILED" in done.stdout,
               f"{folder}, expired: {text_of(done)}")
        for name in ("checkpoint", "1.tsq", "1.tst"):
            path = f"{copy}/{folder}/time-stamps/{stamped}/{name}"
            flip(path, 60)
            done = judge(copy)
            expect(done.returncode == 1 and b"FAILED" in done.stdout,
                   f"{path}: {text_of(done)}")
            flip(path, 60)
        expect(judge(copy).returncode == 0, "restored")
        os.unlink(f"{copy}/ROOTS.pem")
        expect(judge(copy).returncode == 1, "without roots")


with tempfile.TemporaryDirectory() as SCRATCH:
    HERE_FOLDER, ANCHORS = make_parcel(SCRATCH, "real")
    OTHER_FOLDER, FOREIGN = make_parcel(SCRATCH, "made-up")
    HERE = blocks(judge_text(HERE_FOLDER))
    SHELL = judge_shell(HERE_FOLDER, ANCHORS, OTHER_FOLDER, FOREIGN)
    judge_noticing(HERE_FOLDER, ANCHORS, SHELL)
    judge_page(HERE_FOLDER, ANCHORS)
    judge_power([b for label, b in HERE if "PowerShell" in label])
    GREP = [b for _, b in HERE if b.startswith("grep")]
    expect(len(GREP) == 2 and sh(HERE_FOLDER, GREP[0]).returncode in (0, 1),
           "the list of enrolments")
    done = sh(HERE_FOLDER, GREP[1], **ANCHORS)
    FOUND = re.findall("[0-9a-f]{64}", text_of(done))
    expect(len(FOUND) == 3 and FOUND[0] != FOUND[1] == FOUND[2],
           f"the keys of the log: {text_of(done)}")
    FOUND = re.findall("[0-9a-f]{64}", text_of(sh(HERE_FOLDER, GREP[1])))
    expect(len(FOUND) == 2, "without a log key, none is compared with")
    # the one step that does it all, as printed
    WORDS = [b for _, b in HERE if b.startswith("muniment-verify")][0].split()
    LINE = f"cd .. && '{VERIFY}' " + " ".join(WORDS[1:]).replace(
        "FINGERPRINT", ANCHORS["VAULT_FINGERPRINT"]).replace(
            "ROOTS.pem", ANCHORS["TIME_ROOTS"])
    done = sh(HERE_FOLDER, LINE)
    expect(done.returncode == 0, text_of(done))
    expect(sh(OTHER_FOLDER, LINE).returncode == 1, "a parcel of others")
    expect(sh(OTHER_FOLDER, LINE.split(" --trust")[0]).returncode == 2,
           "without an anchor nothing is PASSED")
    must(["chmod", "-R", "u+w", SCRATCH])
passed()
