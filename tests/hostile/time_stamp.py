#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""time_stamp.py MUNIMENT VERIFY PKI - the log's head stamped by real OpenSSL
authorities on loopback, and by every kind of bad one: what fails is named and
not stored, the others are, and the vault passes all the same."""
import base64
import glob
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "harness"))

from authority import Root, Server  # noqa: E402
from programs import (deposit, expect, files, fingerprint, init, must,  # noqa: E402
                      passed, run)

MUNIMENT, VERIFY, PKI = sys.argv[1:4]
ROOTS = ["tsa-root", "tsa-root2", "tsa-root3", "own-root"]


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    if os.path.exists(path):
        os.chmod(path, 0o644)
    with open(path, "wb") as file:
        file.write(data)


def openssl(*words):
    return must(["openssl", *words], cwd="pki")


class Story:
    def __init__(self):
        # serial numbers are counted in files beside the certificates; those of
        # another test may be written right now
        shutil.copytree(PKI, "pki")
        for path in glob.glob("pki/*.serial"):
            write(path, b"01\n")
        os.mkdir("extra")
        self.server = Server("pki", "extra")
        self.url, self.socks = self.server.url, self.server.socks
        self.make_authorities()
        init(MUNIMENT, "v", "k", "--prefix", "TST")
        os.mkdir("docs")
        self.add()
        self.trust = ["--trust", "vault:" + fingerprint(
            MUNIMENT, "v").removeprefix("vault:")]
        # one that judges what tokens prove has to be told whom to believe
        if b"--tsa-trust" in must([VERIFY, "--help"]):
            for root in ROOTS:
                self.trust += ["--tsa-trust", f"pki/{root}.pem"]

    def make_authorities(self):
        """A root of our own with what tests/pki does not have: certificates
        that have expired or are revoked, with a list that says so."""
        root = Root("pki", "own-root", "extra", self.url("file/own-root.crl"))
        root.issue("own-good", "plain")
        root.issue("own-listed", "listed")
        root.issue("own-revoked", "listed")
        root.issue("own-expired", "plain", "-startdate", "20200101000000Z",
                   "-enddate", "20210101000000Z")
        root.revoke("own-revoked")
        root.publish()

    # ---- what is done ----

    def add(self):
        self.count = getattr(self, "count", 0) + 1
        write("docs/a.txt", f"document {self.count}\n".encode())
        deposit(MUNIMENT, "v", "k", "docs")

    def words(self, *paths, more=(), roots=ROOTS):
        words = [MUNIMENT, "-C", "v", "--keys", "k", "time-stamp", "--tries",
                 "1"]
        for path in paths:
            words += ["--tsa", path if "//" in path else self.url(path)]
        for root in roots:
            words += ["--tsa-trust", f"pki/{root}.pem"]
        return words + list(more)

    def stamp(self, *paths, status=0, **more):
        done = run(self.words(*paths, **more))
        expect(done.returncode == status,
               f"{paths} gave {done.returncode}: {done.stdout} {done.stderr}")
        return done

    def judge(self, status, vault="v"):
        done = run([VERIFY, vault, "--json", *self.trust])
        expect(done.returncode == status,
               f"verify gave {done.returncode}, not {status}: "
               f"{done.stdout[-3000:]}{done.stderr}")
        return {(check["rule"], check["verdict"]): check["detail"]
                for check in json.loads(done.stdout)["checks"]}

    def asked(self):
        with urllib.request.urlopen(self.url("asked")) as got:
            return [bytes.fromhex(line.decode())
                    for line in got.read().split(b"\n") if line]

    def size(self):
        return int(read("v/log/checkpoint").split(b"\n")[1])


# ---- good ones ----

def three_authorities(story):
    size = story.size()
    head = read("v/log/checkpoint")
    story.judge(0)
    status = must([MUNIMENT, "-C", "v", "status", "--json"])
    expect(json.loads(status)["time_stamps_pending"] == size,
           "what no token covers is said")
    done = story.stamp("tsa/tsa4", "tsa/tsa2", "tsa/tsa3",
                       more=("--json",))
    said = json.loads(done.stdout)
    expect(said["stamped"] and said["tree_size"] == size
           and [a["stamped"] for a in said["authorities"]] == [True] * 3,
           f"three have stamped: {said}")
    folder = f"v/log/time-stamps/{size}"
    expect(read(f"{folder}/checkpoint") == head, "the head as it was")
    expect(sorted(files(folder)) == sorted(
        ["checkpoint"] + [f"{i}.{end}" for i in (1, 2, 3)
                          for end in ("tsq", "tst", "pem", "crl")]),
           "the files of three authorities, and nothing else")
    expect(not glob.glob("v/log/staged/*"), "no mark is left")
    rules = story.judge(0)
    expect(("time-stamp.files", "PASSED") in rules, "the files are bound")
    done = must([MUNIMENT, "-C", "v", "history"]).decode()
    expect(f"over its first {size} entries, time-stamped by 3 authorities"
           in done, f"the history tells it: {done}")
    must([MUNIMENT, "-C", "v", "index", "check"])
    status = json.loads(must([MUNIMENT, "-C", "v", "status", "--json"]))
    expect(status["time_stamps_pending"] == 0, "nothing is pending")
    expect(status["time_stamps_expire"] is not None, "how long it holds")
    # nothing is due: nobody is asked
    before, count = files("v"), len(story.asked())
    done = story.stamp("tsa/tsa2", more=("--pending",))
    expect(b"Nothing is due" in done.stdout, "it says so")
    done = story.stamp("tsa/tsa2", more=("--renew", "30"))
    expect(b"Nothing is to be renewed" in done.stdout, "it says so")
    expect(files("v") == before and len(story.asked()) == count,
           "nobody was asked")
    story.add()
    status = json.loads(must([MUNIMENT, "-C", "v", "status", "--json"]))
    expect(status["time_stamps_pending"] == 1, "one deposit is pending")
    story.stamp("tsa/tsa2", "tsa/tsa3", more=("--pending",))
    # an authority whose certificate has its 3500 days
    story.stamp("tsa/tsa2", "tsa/tsa3", more=("--renew", "36000"))
    story.judge(0)


def with_lists(story):
    """Its certificate names a list: that is fetched, and stored."""
    story.add()
    size = story.size()
    story.stamp("forged/own-listed", "forged/own-good")
    crl = read(f"v/log/time-stamps/{size}/1.crl")
    expect(crl == openssl("crl", "-in", "own-root.crl.pem"), "the list is stored")
    expect(read(f"v/log/time-stamps/{size}/2.crl") == b"", "none is needed")
    # through a proxy that looks names up itself; with an intermediate that
    # comes from the trust file
    issue = ["ca", "-config", "lists.cnf", "-gencrl"]
    for name in ("tsa-root", "tsa-middle"):
        write("pki/lists.cnf", f"""[ca]
default_ca=x
[x]
database=lists.db
certificate={name}.pem
private_key={name}.key
default_md=sha256
default_crl_days=30
""".encode())
        write("pki/lists.db", b"")
        openssl(*issue, "-out", "list.pem")
        write(f"extra/{name}.crl",
              openssl("crl", "-in", "list.pem", "-outform", "DER"))
    size = story.size()
    story.stamp("http://tsa.example/tsa/tsa1", more=(
        "--proxy", f"socks5h://127.0.0.1:{story.socks}"))
    expect(read(f"v/log/time-stamps/{size}/1.crl").count(b"BEGIN") == 2,
           "the lists of both issuers")
    story.judge(0)


def strangers_agree(story):
    """Every token stored, by the line of docs/format/time-stamp.md."""
    count = 0
    for token in sorted(glob.glob("v/log/time-stamps/*/*.tst")):
        base = token[:-4]
        done = [run(["openssl", "ts", "-verify", "-queryfile", base + ".tsq",
                     "-in", token, "-token_in", "-CAfile", f"pki/{root}.pem",
                     "-untrusted", base + ".pem", "-attime",
                     str(int(time.time()))]).returncode for root in ROOTS]
        expect(done.count(0) == 1, f"{token}: {done}")
        count += 1
    expect(count >= 9, f"{count} tokens are there")


def what_leaves(story):
    before = len(story.asked())
    story.add()
    heads = []
    for _ in range(2):
        heads.append(hashlib.sha256(read("v/log/checkpoint")).digest())
        # the same head twice: one batch has two of one authority
        story.stamp("tsa/tsa2", "tsa/tsa2")
    sent = story.asked()[before:]
    nonces = set()
    for i, request in enumerate(sent):
        top, _, query = request.partition(b"\r\n\r\n")
        expect(top.split(b"\r\n") == [
            b"POST /tsa/tsa2 HTTP/1.1",
            b"Host: 127.0.0.1:%d" % story.server.port,
            b"Content-Type: application/timestamp-query",
            b"Content-Length: %d" % len(query)], f"only this is sent: {top}")
        nonce = query[-19:-3]
        expect(query == bytes.fromhex("304b0201013031300d0609608648016503040201"
                                      "05000420") + heads[i // 2]
               + b"\x02\x10" + nonce + b"\x01\x01\xff",
               f"a digest of a head, and a nonce: {query.hex()}")
        nonces.add(nonce)
    expect(len(sent) == 4 and len(nonces) == 4, "each has its own nonce")
    gets = [r for r in story.asked() if r.startswith(b"GET")]
    expect(gets, "lists were fetched")
    for get in gets:
        lines = get.rstrip(b"\r\n").split(b"\r\n")
        expect(len(lines) == 2 and lines[1].startswith(b"Host: "),
               f"nothing is said when a list is fetched: {lines}")


# ---- bad ones ----

def bad_answers(story):
    with open("extra/other", "wb") as file:
        query = openssl("ts", "-query", "-digest", "ab" * 32, "-sha256",
                        "-cert")
        write("pki/q", query)
        file.write(openssl("ts", "-reply", "-config", "tsa2.cnf",
                           "-queryfile", "q"))
    closed = "http://127.0.0.1:1/"
    cases = [
        ("tsa/tsa1/other-nonce", "ts.nonce"), ("tsa/tsa1/no-nonce", "ts.nonce"),
        ("tsa/tsa1/other-imprint", "ts.imprint"), ("replay/other", "ts.imprint"),
        ("tsa/tsa1/sha1", "ts.algorithm"), ("tsa/tsa1/trailing", "ts.encoding"),
        ("tsa/tsa1/token", "ts.encoding"),
        ("tsa/tsa1/no-certificate", "ts.encoding"),
        ("tsa/tsa-sha1", "ts.algorithm"),
        ("forged/tsa-no-eku", "ts.eku"), ("forged/tsa-not-critical", "ts.eku"),
        ("forged/own-expired", "ts.expired"),
        ("forged/own-revoked", "ts.revoked"),
        ("type/application/timestamp-reply", "ts.encoding"),
        ("type/text/html", "http.type"), ("chunked/1600", "http.too-large"),
        ("endless", "http.too-large"), ("status/500", "http.status"),
        ("status/404", "http.status"), ("status/302", "http.status"),
        ("cut", "http.broken"), ("close", "http.broken"),
        ("garbage", "http.broken"), (closed, "http.connect"),
        ("http://nobody.invalid/", "http.resolve"),
    ]
    # none of them alone leaves a trace
    before = files("v")
    done = story.stamp("tsa/tsa1/other-nonce", closed, status=3)
    expect(b"nothing was stored" in done.stderr, "it says so")
    done = story.stamp("tsa/tsa2", status=3, roots=["tsa-root"])
    expect(b"(ts.untrusted)" in done.stderr, "another root")
    done = story.stamp("tsa/tsa2", status=3, more=("--tsa-policy", "1.9.9"))
    expect(b"(ts.status)" in done.stderr, "a rejection inside HTTP 200")
    os.rename("extra/own-root.crl", "extra/away")
    done = story.stamp("forged/own-listed", status=3)
    expect(b"(ts.crl-missing)" in done.stderr, "no list is to be had")
    os.rename("extra/away", "extra/own-root.crl")
    expect(files("v") == before, "nothing of it is stored")
    story.judge(0)
    # all together, at most 16 a command, with two good ones among them
    for start in range(0, len(cases), 14):
        among_good_ones(story, cases[start:start + 14])
    # time enough for the good ones on a busy machine, but with ten seconds or
    # more silence is found slow before its time is over; whichever bound of the
    # drip is met first
    among_good_ones(story, [("drip", "http.slow http.timeout"),
                            ("silent", "http.timeout")], "--timeout", "7")


def among_good_ones(story, cases, *more):
    story.add()
    size = story.size()
    paths = ["tsa/tsa2"] + [path for path, _ in cases] + ["tsa/tsa3"]
    said = story.stamp(*paths, status=3, more=more).stderr.decode()
    for path, rules in cases:
        lines = [line for line in said.splitlines() if f"{path}':" in line]
        expect(len(lines) == 1 and any(f"({rule})" in lines[0]
                                       for rule in rules.split()),
               f"{path}: {rules} in {lines or said}")
    expect(len(said.splitlines()) == len(cases), f"no more: {said}")
    expect(len(files(f"v/log/time-stamps/{size}")) == 1 + 2 * 4,
           "the good ones are stored, the bad ones not")
    story.judge(0)


def wrong_words(story):
    before = files("v")
    for words in ((), ("--tsa", "ftp://a/"), ("--tsa", "http://a/"),
                  ("--request", "x", "--tsa", "http://a/"),
                  ("--tsa", "http://a/", "--tsa-trust", "pki/tsa2.pem"),
                  ("--tsa", "http://a/", "--tsa-trust", "pki/tsa-root2.pem",
                   "--renew", "0"),
                  ("--tsa", "http://a/", "--tsa-trust", "pki/tsa-root2.pem",
                   "--tsa-policy", "x")):
        done = run([MUNIMENT, "-C", "v", "--keys", "k", "time-stamp", *words])
        expect(done.returncode == 64 and done.stderr, f"{words}: {done}")
    done = run([MUNIMENT, "-C", "v", "--keys", "k", "time-stamp", "--tsa",
                "http://a/", "--tsa-trust", "docs/a.txt"])
    expect(done.returncode == 3 and b"docs/a.txt" in done.stderr, f"{done}")
    expect(files("v") == before, "nothing is changed")


# ---- an air gap ----

def air_gap(story):
    story.add()
    size, head = story.size(), read("v/log/checkpoint")
    before = files("v")
    must(story.words(roots=[], more=("--request", "one.tsq", "--request",
                                     "two.tsq")))
    expect(files("v") == before, "the vault is as it was")
    expect(run(story.words(roots=[], more=("--request", "one.tsq")))
           .returncode == 3, "a file is not written over")
    for name, authority in (("one", "tsa2"), ("two", "tsa3")):
        query = read(f"{name}.tsq")
        expect(hashlib.sha256(head).digest() in query, "over the head")
        answer = urllib.request.urlopen(urllib.request.Request(
            story.url(f"tsa/{authority}"), data=query)).read()
        write(f"{name}.tsr", answer)
    # meanwhile the log has grown
    story.add()
    before = files("v")
    write("bad.tsr", read("one.tsr") + b"x")
    done = run(story.words(more=("--response", "bad.tsr")))
    expect(done.returncode == 3 and b"(ts.encoding)" in done.stderr, f"{done}")
    write("bad.tsr", read("extra/other"))
    done = run(story.words(more=("--response", "bad.tsr")))
    expect(done.returncode == 3 and b"(ts.imprint)" in done.stderr, f"{done}")
    expect(files("v") == before, "a bad answer changes nothing")
    must(story.words(more=("--response", "one.tsr", "--response", "two.tsr")))
    folder = f"v/log/time-stamps/{size}"
    expect(read(f"{folder}/checkpoint") == head, "the head of then")
    expect(read(f"{folder}/1.tsq") == read("one.tsq"), "the query as sent")
    expect(not glob.glob("k/requests/*"), "nothing waits any more")
    done = run(story.words(more=("--response", "one.tsr")))
    expect(done.returncode == 3 and b"--request" in done.stderr, f"{done}")
    story.judge(0)
    status = json.loads(must([MUNIMENT, "-C", "v", "status", "--json"]))
    expect(status["time_stamps_pending"] == 1, "the deposit since")


def unsigned(story):
    """A head with one flipped bit in its signature: no query is made over it,
    and no answer over it is taken, once the head is itself again."""
    story.add()
    head = read("v/log/checkpoint")
    key = base64.b64decode(head.split()[-1])
    bad = head.replace(base64.b64encode(key),
                       base64.b64encode(key[:-1] + bytes([key[-1] ^ 1])))
    expect(bad != head, "a bit is flipped")
    write("v/log/checkpoint", bad)
    done = run(story.words(roots=[], more=("--request", "never.tsq")))
    expect(done.returncode == 3 and b"not signed" in done.stderr, f"{done}")
    expect(not os.path.exists("never.tsq") and not glob.glob("k/requests/*"),
           "no query is made")
    write("v/log/checkpoint", head)
    must(story.words(roots=[], more=("--request", "good.tsq")))
    (kept,) = glob.glob("k/requests/*")
    os.remove(kept)
    query = read("good.tsq").replace(hashlib.sha256(head).digest(),
                                     hashlib.sha256(bad).digest())
    write(f"k/requests/{hashlib.sha256(query).hexdigest()}",
          base64.b64encode(query) + b"\n" + bad)
    os.chmod(glob.glob("k/requests/*")[0], 0o600)
    write("bad.tsr", urllib.request.urlopen(urllib.request.Request(
        story.url("tsa/tsa2"), data=query)).read())
    before = files("v")
    done = run(story.words(more=("--response", "bad.tsr")))
    expect(done.returncode == 3 and b"not signed" in done.stderr, f"{done}")
    expect(files("v") == before, "nothing is stored")
    os.remove(glob.glob("k/requests/*")[0])
    story.stamp("tsa/tsa2")
    story.judge(0)


# ---- damage ----

def every_file_counts(story):
    """A flipped bit, a missing file, one too many: FAILED, by its rule."""
    folder = min(glob.glob("v/log/time-stamps/*"), key=os.path.getmtime)
    chance = random.Random(1)
    for path in sorted(glob.glob(f"{folder}/*")):
        good = read(path)
        places = {len(good) - 1, chance.randrange(len(good))} if good else {}
        for place in sorted(places):
            bad = bytearray(good)
            bad[place] ^= 1 << chance.randrange(8)
            write(path, bytes(bad))
            rules = story.judge(1)
            expect(rules.get(("time-stamp.files", "FAILED"))
                   == f"{path[2:]} differs", f"{path} at {place}: {rules}")
        if not good:
            write(path, b"x")
            expect(("time-stamp.files", "FAILED") in story.judge(1), path)
        os.remove(path)
        expect(story.judge(1).get(("time-stamp.files", "FAILED"))
               == f"{path[2:]} is missing", path)
        write(path, good)
    for extra in (f"{folder}/4.tsq", f"{folder}/x", f"{folder}/01.tsq",
                  "v/log/time-stamps/1/checkpoint",
                  "v/log/time-stamps/999/1.tst"):
        os.makedirs(os.path.dirname(extra), exist_ok=True)
        write(extra, b"")
        expect(story.judge(1).get(("log.unexpected", "FAILED")) == extra[2:],
               extra)
        os.remove(extra)
    story.judge(0)


def killed(story):
    """Dead at any moment, it leaves nothing that the next writer does not
    tidy up, and a vault that a verifier does not fail."""
    for wait_s in (0.05, 0.12, 0.2, 0.3):
        process = subprocess.Popen(
            story.words("forged/own-good", "forged/own-listed"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = run([VERIFY, "v", *story.trust])
        expect(done.returncode in (0, 2), f"{wait_s}: {done.stdout[-2000:]}")
        story.add()
    story.judge(0)
    # a writer that died between its files and its event
    write("v/log/staged/time-stamps-3", b"")
    os.makedirs("v/log/time-stamps/3", exist_ok=True)
    had = os.path.exists("v/log/time-stamps/3/checkpoint")
    if not had:
        write("v/log/time-stamps/3/checkpoint", b"half")
    rules = story.judge(2)
    expect(("log.litter", "INDETERMINATE") in rules, f"{rules}")
    story.add()
    expect(os.path.exists("v/log/time-stamps/3/checkpoint") == had, "tidied")
    story.judge(0)


with tempfile.TemporaryDirectory() as scratch:
    os.chdir(scratch)
    tale = Story()
    try:
        for part in (three_authorities, with_lists, what_leaves, bad_answers,
                     wrong_words, air_gap, unsigned, strangers_agree,
                     every_file_counts, killed):
            part(tale)
    finally:
        tale.server.close()
        os.chdir("/")
passed()
