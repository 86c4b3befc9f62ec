# SPDX-License-Identifier: BSD-2-Clause
"""A witness, written from C2SP tlog-witness, tlog-cosignature and signed-note
alone; Ed25519 is openssl's.  It can be told to misbehave."""
import base64
import hashlib
import http.server
import os
import subprocess
import threading
import time

DASH = "\u2014"
SPKI = bytes.fromhex("302a300506032b6570032100")


def openssl(*words, data=None):
    return subprocess.run(["openssl", *words], input=data, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE).stdout


def key_id(name, kind, public):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind])
                          + public).digest()[:4]


def vkey(name, kind, public):
    return (f"{name}+{key_id(name, kind, public).hex()}+"
            + base64.b64encode(bytes([kind]) + public).decode())


def parse_vkey(text):
    name, _, coded = text.split("+", 2)
    typed = base64.b64decode(coded)
    return name, typed[0], typed[1:]


class Key:
    """An Ed25519 key in a file; or the one that is there already."""

    def __init__(self, path):
        self.path = path
        if not os.path.exists(path):
            openssl("genpkey", "-algorithm", "ed25519", "-out", path)
        self.public = openssl("pkey", "-in", path, "-pubout", "-outform",
                              "DER")[-32:]

    def sign(self, message):
        with open(self.path + ".in", "wb") as file:
            file.write(message)
        return openssl("pkeyutl", "-sign", "-rawin", "-inkey", self.path,
                       "-in", self.path + ".in")


def verifies(folder, public, message, signature):
    names = [os.path.join(folder, n) for n in ("pub.der", "msg", "sig")]
    for name, data in zip(names, (SPKI + public, message, signature)):
        with open(name, "wb") as file:
            file.write(data)
    return subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform",
         "DER", "-inkey", names[0], "-in", names[1], "-sigfile", names[2]],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        check=False).returncode == 0


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def consistent(first, second, first_root, second_root, proof):
    """RFC 9162 section 2.1.4.2."""
    if first == 0:
        return not proof
    if first == second:
        return not proof and first_root == second_root
    proof = list(proof)
    if first & (first - 1) == 0:
        proof.insert(0, first_root)
    if not proof:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return fr == first_root and sr == second_root and sn == 0


class Witness:
    """One witness on a port of its own.  mode: what it does instead of what
    the specification says; None: nothing."""

    def __init__(self, folder, name):
        os.makedirs(folder, exist_ok=True)
        self.folder, self.name = folder, name
        self.key = Key(os.path.join(folder, "witness.pem"))
        self.other = Key(os.path.join(folder, "other.pem"))
        self.logs, self.heads = {}, {}
        self.mode = None
        self.requests = []
        self.flips = 0
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"witness": self})
        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever,
                         daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/w/"
        self.vkey = vkey(name, 4, self.key.public)

    def know(self, log_vkey):
        origin, kind, public = parse_vkey(log_vkey)
        assert kind == 1
        self.logs[origin] = public

    def line(self, body, when, key=None, name=None):
        key = key or self.key
        name = name or self.name
        message = b"cosignature/v1\ntime %d\n" % when + body
        blob = (key_id(name, 4, self.key.public) + when.to_bytes(8, "big")
                + key.sign(message))
        return f"{DASH} {name} {base64.b64encode(blob).decode()}\n".encode()

    def signed(self, origin, body, lines):
        """Whether the log's own line is among them."""
        want = key_id(origin, 1, self.logs[origin])
        for text in lines:
            dash, name, coded = text.split(" ")
            blob = base64.b64decode(coded, validate=True)
            if dash == DASH and name == origin and blob[:4] == want:
                return verifies(self.folder, self.logs[origin], body,
                                blob[4:])
        return False

    def answer(self, data):
        """(status, type, bytes) for a request's body."""
        request, note = data.split(b"\n\n", 1)
        old, *proof = request.decode("ascii").split("\n")
        word, old = old.split(" ")
        proof = [base64.b64decode(line, validate=True) for line in proof]
        if word != "old" or len(proof) > 63 or str(int(old)) != old:
            return 400, "text/plain", b""
        body, signatures = note.split(b"\n\n")
        body += b"\n"
        origin, size, root = body.decode().split("\n")[:3]
        size, old, root = int(size), int(old), base64.b64decode(root)
        if origin not in self.logs:
            return 404, "text/plain", b"who is that\n"
        if not self.signed(origin, body,
                           signatures.decode().splitlines()):
            return 403, "text/plain", b""
        if old > size:
            return 400, "text/plain", b""
        with self.lock:
            last, last_root = self.heads.get(origin, (0, None))
            conflict = (409, "text/x.tlog.size", b"%d\n" % last)
            if old != last:
                return conflict
            if old == size and root != last_root:
                return conflict
            if not consistent(old, size, last_root, root, proof):
                return 422, "text/plain", b""
            self.heads[origin] = (size, root)
        return 200, "text/plain", self.line(body, int(time.time()))

    def misbehave(self, data):
        body = data.split(b"\n\n", 2)[1] + b"\n"
        size = int(body.split(b"\n")[1])
        now = int(time.time())
        good = self.line(body, now)
        self.flips += 1
        plain = "text/plain"
        return {
            "wrong signature": (200, plain, self.line(body, now, self.other)),
            "of another head": (200, plain, self.line(b"x" + body, now)),
            "wrong name": (200, plain,
                           self.line(body, now, name="else.example")),
            "old": (200, plain, self.line(body, now - 3 * 86400)),
            "future": (200, plain, self.line(body, now + 3 * 86400)),
            "one bad of two": (200, plain,
                               good + self.line(body, now, self.other)),
            "nothing": (200, plain, b""),
            "no line": (200, plain, b"<html>hello</html>\n"),
            "no line end": (200, plain, good[:-1]),
            "not base64": (200, plain, good[:-5] + b"????\n"),
            "too many lines": (200, plain, good * 64),
            "huge": (200, plain, good + b"x" * 200000),
            "409 for ever": (409, "text/x.tlog.size",
                             b"%d\n" % (1 + self.flips % 2)),
            "409 of another type": (409, plain, b"1\n"),
            "409 of no number": (409, "text/x.tlog.size", b"-1\n"),
            "409 far ahead": (409, "text/x.tlog.size", b"99999\n"),
            "409 beyond 64 bits": (409, "text/x.tlog.size",
                                   b"18446744073709551616\n"),
            "409 the same": (409, "text/x.tlog.size", b"%d\n" % size),
            "500": (500, plain, b"\x1b[31mboom"),
            "429": (429, plain, b""),
            "302": (302, plain, b""),
            "204": (204, plain, b""),
            "422": (422, plain, b""),
            "400": (400, plain, b""),
        }[self.mode]


class _Handler(http.server.BaseHTTPRequestHandler):
    witness = None

    def do_POST(self):  # noqa: N802
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.witness.requests.append((self.path, dict(self.headers), data))
        if self.path != "/w/add-checkpoint":
            status, kind, body = 404, "text/plain", b""
        elif self.witness.mode:
            status, kind, body = self.witness.misbehave(data)
        else:
            status, kind, body = self.witness.answer(data)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/w/add-checkpoint")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_):
        pass
