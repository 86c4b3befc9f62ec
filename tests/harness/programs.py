# SPDX-License-Identifier: BSD-2-Clause
"""What tests of the finished programs share: run, expect, look everywhere."""
import base64
import hashlib
import json
import os
import subprocess
import sys
import tarfile

SKIPPED = 77
checks = 0


def fail(text):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {text}")


def skip(text):
    print(f"skipped: {text}")
    sys.exit(SKIPPED)


def expect(truth, text):
    global checks
    checks += 1
    if not truth:
        fail(text)


def passed():
    print(f"{checks} checks passed")
    sys.exit(0)


def run(words, **more):
    """The finished process; its environment is C and nothing else."""
    more.setdefault("env", {"PATH": os.environ["PATH"], "LC_ALL": "C"})
    return subprocess.run(words, capture_output=True, check=False, **more)


def must(words, status=0, **more):
    done = run(words, **more)
    if done.returncode != status:
        fail(f"{words} gave {done.returncode}, not {status}: "
             f"{done.stdout.decode(errors='replace')[-2000:]} "
             f"{done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


def init(muniment, vault, keys, *words, **more):
    must([muniment, "init", vault, "--keys", keys, "--no-passphrase",
          "--volatile", *words], **more)


def deposit(muniment, vault, keys, *words, **more):
    return json.loads(must([muniment, "-C", vault, "--keys", keys, "deposit",
                            "--yes", "--json", *words], **more))


def fingerprint(muniment, vault):
    return must([muniment, "-C", vault, "fingerprint"]).decode().split()[0]


def files(folder):
    """Every file below a folder: path below it -> bytes."""
    found = {}
    for here, _, names in os.walk(os.fsencode(folder)):
        for name in names:
            path = os.path.join(here, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, os.fsencode(folder)).decode(
                    errors="surrogateescape")] = file.read()
    return found


def parts(archive):
    """Name below the archive id -> bytes."""
    with tarfile.open(archive) as tar:
        return {m.name.split("/", 1)[1]: tar.extractfile(m).read()
                for m in tar.getmembers()}


def entries(vault):
    """Log entries, from the one bundle that so small a log has."""
    folder = f"{vault}/log/tile/entries"
    (name,) = [os.path.join(d, f) for d, _, fs in os.walk(folder) for f in fs]
    with open(name, "rb") as bundle:
        data = bundle.read()
    found = []
    while data:
        size = int.from_bytes(data[:2], "big")
        found.append(data[2:2 + size])
        data = data[2 + size:]
    return found


def base64_of(needle):
    """What of base64(anything + needle + anything) is the same whatever the
    anything is: one text per alignment."""
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + needle)
        start = (8 * shift + 5) // 6
        yield coded[start:(8 * (shift + len(needle))) // 6]


def spellings(word):
    """A word as bytes in every form in which it might get out."""
    raw = word.encode() if isinstance(word, str) else word
    yield "as it is", raw
    yield "in hex", raw.hex().encode()
    for text in base64_of(raw):
        yield "in base64", text
    if isinstance(word, str):
        yield "in UTF-16LE", word.encode("utf-16-le")
        yield "in UTF-16BE", word.encode("utf-16-be")


def where(haystack, word):
    """How a word is spelt in these bytes, or None; letters of any case."""
    lower = haystack.lower()
    for how, needle in spellings(word):
        if how == "in base64":
            if needle in haystack:
                return how
        elif needle.lower() in lower:
            return how
    return None


def digests(data):
    return hashlib.sha256(data).digest(), hashlib.sha512(data).digest()
