#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""loopback.py [DIR [FILES]] - a server on 127.0.0.1 that answers well or badly.

What it does is in the path asked for.  Prints one line, the ports of HTTP,
SOCKS 5 and HTTPS (0 without DIR/loopback.pem and .key), and lives until its
standard input ends, so that it never outlives the test that started it.
/file/NAME is a file of FILES; /tsa/NAME[/WAY] a time-stamp authority that DIR
has a NAME.cnf for (tests/pki); /forged/NAME one that signs with NAME.pem
whatever that is good for.  What authorities and files were asked is in the
answer to /asked.
"""
import contextlib
import fcntl
import os
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time

DIR = sys.argv[1] if len(sys.argv) > 1 else None
EXTRA = sys.argv[2] if len(sys.argv) > 2 else None
seen_by_proxy = []
asked_so_far = []
counts = {}
lock = threading.Lock()
CHUNK = b"10000\r\n" + b"x" * 65536 + b"\r\n"


def head(status=200, kind="text/plain", more=""):
    return ("HTTP/1.1 %d Word\r\nContent-Type: %s\r\n%s"
            % (status, kind, more)).encode()


def whole(body, status=200, kind="text/plain", more=""):
    return (head(status, kind, more)
            + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def repeat(send, piece, pause_s=0.0):
    while True:
        send(piece)
        time.sleep(pause_s)


def asked_otherwise(query, way):
    """The query, as an authority that stamps something else would have it."""
    imprint = query[query.index(b"\x04\x20") + 2:][:32]
    options = {"no-nonce": ["-sha256", "-no_nonce", "-cert"],
               "other-nonce": ["-sha256", "-cert"],
               "no-certificate": ["-sha256"],
               "other-imprint": ["-sha256", "-cert"],
               "sha1": ["-sha1", "-cert"]}.get(way)
    if options is None:
        return query
    if way == "other-imprint":
        imprint = imprint[::-1]
    if way == "sha1":
        imprint = imprint[:20]
    return subprocess.run(["openssl", "ts", "-query", "-digest",
                           imprint.hex()] + options, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


@contextlib.contextmanager
def serial_numbers():
    """They are counted in files that all threads share, and all servers of one
    folder: openssl finds none in a file that another is about to write."""
    with lock:
        folder = os.open(DIR, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)


def stamp(parts, query):
    """What `openssl ts -reply` says to query, with a fault of the given way."""
    name, way = parts[0], parts[1] if len(parts) > 1 else ""
    with tempfile.TemporaryDirectory() as folder:
        asked = os.path.join(folder, "q")
        answer_file = os.path.join(folder, "r")
        with open(asked, "wb") as out:
            out.write(asked_otherwise(query, way))
        command = ["openssl", "ts", "-reply", "-config", name + ".cnf",
                   "-queryfile", asked, "-out", answer_file]
        if way == "token":
            command += ["-token_out"]
        with serial_numbers():
            subprocess.run(command, cwd=DIR, check=True,
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        with open(answer_file, "rb") as got:
            reply = got.read()
    return reply + b"\0" if way == "trailing" else reply


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    length = (bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big"))
    return bytes([tag]) + length + body


def forge(name, query):
    """A token by any certificate: `openssl ts` would refuse to make it."""
    imprint = query[query.index(b"\x04\x20") + 2:][:32]
    nonce = query[-21:-3]  # INTEGER, before BOOLEAN TRUE
    info = der(0x30, b"\x02\x01\x01", bytes.fromhex("06042a030401"),
               der(0x30, der(0x30, bytes.fromhex("0609608648016503040201"),
                             b"\x05\x00"), der(4, imprint)),
               b"\x02\x01\x07",
               der(0x18, time.strftime("%Y%m%d%H%M%SZ",
                                       time.gmtime()).encode()), nonce)
    made = subprocess.run(
        ["openssl", "cms", "-sign", "-binary", "-nodetach", "-nosmimecap",
         "-cades", "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-outform",
         "DER", "-md", "sha256", "-signer", name + ".pem", "-inkey",
         name + ".key"], cwd=DIR, check=True, input=info,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return der(0x30, b"\x30\x03\x02\x01\x00", made)


def answer(path, request, body, send):
    word, *parts = path.strip("/").split("/")
    number = int(parts[0]) if parts and parts[0].isdigit() else 0
    if word == "echo":
        send(whole(request))
    elif word == "bytes":
        send(whole(b"x" * number))
    elif word == "chunked":
        send(head(more="Transfer-Encoding: chunked\r\n") + b"\r\n")
        for _ in range(number):
            send(CHUNK)
        send(b"0\r\n\r\n")
    elif word == "endless":
        send(head(more="Transfer-Encoding: chunked\r\n") + b"\r\n")
        repeat(send, CHUNK)
    elif word == "headers":
        send(head())
        repeat(send, b"X-More: " + b"x" * 1000 + b"\r\n")
    elif word == "drip":
        send(head(kind="application/timestamp-reply") + b"\r\n")
        repeat(send, b"x", 0.2)
    elif word == "silent":
        time.sleep(600)
    elif word == "status":
        send(whole(b"words", number, more="Location: /echo\r\n"))
    elif word == "type":
        send(whole(b"words", kind="/".join(parts)))
    elif word == "cut":
        send(head() + b"Content-Length: 1000\r\n\r\nonly this")
    elif word == "garbage":
        send(b"this is no answer\r\n\r\n")
    elif word == "busy":
        with lock:
            counts[path] = counts.get(path, 0) + 1
            is_late = counts[path] > number
        send(whole(b"done", 200 if is_late else 503))
    elif word == "proxied":
        send(whole("\n".join(seen_by_proxy).encode()))
    elif word == "file":
        asked_so_far.append(request.hex().encode())
        folder = EXTRA or DIR
        with open(os.path.join(folder, os.path.basename(parts[0])),
                  "rb") as got:
            send(whole(got.read(), kind="application/pkix-crl"))
    elif word == "asked":
        send(whole(b"\n".join(asked_so_far)))
    elif word == "tsa":
        asked_so_far.append(request.hex().encode())
        send(whole(stamp(parts, body), kind="application/timestamp-reply"))
    elif word == "forged":
        asked_so_far.append(request.hex().encode())
        send(whole(forge(parts[0], body), kind="application/timestamp-reply"))
    elif word == "replay":  # what some other query was answered
        with open(os.path.join(EXTRA, parts[0]), "rb") as got:
            send(whole(got.read(), kind="application/timestamp-reply"))
    # else: close without a word


class Web(socketserver.BaseRequestHandler):
    def handle(self):
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.request.recv(65536)
            if not more:
                return
            data += more
        start, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in start.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        while len(body) < length:
            body += self.request.recv(65536)
        path = start.split(b" ")[1].decode()
        try:
            answer(path, start + b"\r\n\r\n" + body, body,
                   self.request.sendall)
        except OSError:
            pass  # whoever asked had enough


class TlsWeb(Web):
    def setup(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(DIR, "loopback.pem"),
                                os.path.join(DIR, "loopback.key"))
        self.request = context.wrap_socket(self.request, server_side=True)


def copy(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Socks(socketserver.BaseRequestHandler):
    """RFC 1928, as much as is needed; every name leads to the web server."""

    def handle(self):
        peer = self.request
        peer.recv(2 + 255)
        peer.sendall(b"\x05\x00")
        wanted = peer.recv(4 + 256 + 2)
        kind = wanted[3]
        name = wanted[5:-2].decode() if kind == 3 else wanted[4:-2].hex()
        seen_by_proxy.append("%d %s" % (kind, name))
        if name == "refused.example":
            peer.sendall(b"\x05\x05\x00\x01" + b"\0" * 6)
            return
        server = socket.create_connection(web.server_address)
        peer.sendall(b"\x05\x00\x00\x01" + b"\0" * 6)
        back = threading.Thread(target=copy, args=(server, peer), daemon=True)
        back.start()
        copy(peer, server)
        back.join()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass  # a refused handshake is what some tests are about


def serve(handler):
    server = Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


web = serve(Web)
socks = serve(Socks)
has_tls = DIR and os.path.exists(os.path.join(DIR, "loopback.pem"))
tls = serve(TlsWeb) if has_tls else None
print(web.server_address[1], socks.server_address[1],
      tls.server_address[1] if tls else 0, flush=True)
sys.stdin.read()
os._exit(0)
