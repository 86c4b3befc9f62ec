# SPDX-License-Identifier: BSD-2-Clause
"""The second verifier's bytes: json.md, cms.md, tar.md and Merkle trees."""
import base64
import calendar
import functools
import hashlib
import json
import re
import subprocess
import tempfile
import time


class Bad(Exception):
    """FAILED: the rule, and what is wrong."""


def need(truth, rule, text=""):
    if not truth:
        raise Bad(rule, text)


def sha(data):
    return hashlib.sha256(data).digest()


def hexsha(data):
    return hashlib.sha256(data).hexdigest()


# ---- json.md ----

HEX32 = re.compile(r"[0-9a-f]{64}")
HEX64 = re.compile(r"[0-9a-f]{128}")
ID = re.compile(r"[A-Z][A-Z0-9]{1,15}-(?!0000$)([0-9]{4}|[1-9][0-9]{4,11})")
ORIGIN = re.compile(r"[A-Za-z0-9._/-]{1,255}")
NAT = range(0, 2 ** 63)
SIGNED = range(-2 ** 63, 2 ** 63)


def seconds(text):
    need(re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}Z", text),
         "json", f"time {text}")
    try:
        at = calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:
        raise Bad("json", f"time {text}") from None
    need(at >= 0 and stamp(at) == text, "json", f"time {text}")
    return at


def stamp(at):
    t = time.gmtime(at)
    return (f"{t.tm_year:04}-{t.tm_mon:02}-{t.tm_mday:02}"
            f"T{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}Z")


def fits(value, kind):
    if isinstance(kind, re.Pattern):
        return isinstance(value, str) and kind.fullmatch(value) is not None
    if isinstance(kind, range):
        return type(value) is int and value in kind
    if kind is seconds:
        return isinstance(value, str) and seconds(value) is not None
    if isinstance(kind, dict):
        return isinstance(value, dict) and shaped(value, kind)
    if kind is base64:
        return isinstance(value, str) and unbase64(value) is not None
    if isinstance(kind, type):
        return type(value) is kind
    return value == kind and type(value) is type(kind)


def shaped(value, keys):
    """An object's keys in order, those with ? optional, and their values."""
    names = list(value)
    wanted = [k.rstrip("?") for k in keys]
    need(names == [k for k in wanted if k in names], "json", f"keys {names}")
    for key, kind in keys.items():
        if key.rstrip("?") in value:
            need(fits(value[key.rstrip("?")], kind), "json", f"value of {key}")
        else:
            need(key.endswith("?"), "json", f"{key} is absent")
    return True


def canonical(line, keys):
    """The object of one line without its LF."""
    try:
        value = json.loads(line.decode("utf-8"))
        again = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        same = again.encode("utf-8") == line
    except (ValueError, RecursionError):
        same = False
    need(same and isinstance(value, dict), "json", "not in canonical form")
    need(no_nul(value), "json", "U+0000")
    shaped(value, keys)
    return value


def no_nul(value):
    if isinstance(value, dict):
        return all(no_nul(v) for v in [*value, *value.values()])
    if isinstance(value, list):
        return all(map(no_nul, value))
    return not (isinstance(value, str) and "\0" in value)


def one_line(data, keys):
    need(data.endswith(b"\n") and data.count(b"\n") == 1, "json", "one line")
    return canonical(data[:-1], keys)


def lines(data):
    need(data == b"" or data.endswith(b"\n"), "json", "no LF at the end")
    found = data.split(b"\n")[:-1]
    need(all(len(f) <= 1048576 for f in found), "json", "line too long")
    return found


def unbase64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Bad("json", "base64") from None
    need(base64.b64encode(raw).decode() == text, "json", "base64")
    return raw


def both_forms(value, name, text):
    """Bytes given twice: name_b64 always, text when they are UTF-8."""
    raw = unbase64(value[name])
    try:
        words = raw.decode("utf-8")
    except UnicodeDecodeError:
        words = None
    need(value.get(text) == (None if words is None or "\0" in words
                             else words), "json", f"{text} of {name}")
    return raw


# ---- DER, certificates, cms.md ----

def der(tag, *parts):
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 | len(octets)]) + octets + body


def take(data, rule="certificate"):
    """Tag, contents, whole element, rest."""
    need(len(data) >= 2 and data[0] & 31 != 31, rule, "DER")
    size, start = data[1], 2
    if size >= 128:
        start = 2 + (size & 127)
        size = int.from_bytes(data[2:start], "big")
    end = start + size
    need(end <= len(data), rule, "DER is cut")
    need(data[:end] == der(data[0], data[start:end]), rule, "DER length")
    return data[0], data[start:end], data[:end], data[end:]


def children(data, rule="certificate"):
    found = []
    while data:
        tag, body, whole, data = take(data, rule)
        found.append((tag, body, whole))
    return found


def strict(data):
    """What DER fixes below the lengths, for the universal types."""
    for tag, body, _ in children(data):
        if tag & 32:
            strict(body)
        elif tag == 1:
            need(body in (b"\0", b"\xff"), "certificate", "BOOLEAN")
        elif tag in (2, 10):
            need(body and not (len(body) > 1 and (
                body[0] == 0 and body[1] < 128
                or body[0] == 255 and body[1] > 127)), "certificate", "INTEGER")
        elif tag == 3:
            need(body and body[0] < 8 and (len(body) > 1 or body[0] == 0) and
                 not body[-1] & ((1 << body[0]) - 1), "certificate", "BITS")
        elif tag == 5:
            need(body == b"", "certificate", "NULL")
        elif tag == 6:
            need(body and not body[-1] & 128, "certificate", "OID")


OID = {k: bytes.fromhex(v) for k, v in {
    "data": "06092a864886f70d010701", "signed": "06092a864886f70d010702",
    "ctype": "06092a864886f70d010903", "digest": "06092a864886f70d010904",
    "time": "06092a864886f70d010905", "ess": "060b2a864886f70d010910022f",
    "usage": "0603551d0f", "basic": "0603551d13", "eku": "0603551d25",
    "crl": "0603551d1f", "docsign": "06082b06010505070324"}.items()}
SHA256 = bytes.fromhex("300b0609608648016503040201")
SHA384 = bytes.fromhex("300b0609608648016503040202")
EC = bytes.fromhex("06072a8648ce3d0201")
P256 = (EC + bytes.fromhex("06082a8648ce3d030107"), "sha256", SHA256,
        bytes.fromhex("300a06082a8648ce3d040302"),
        0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551)
P384 = (EC + bytes.fromhex("06052b81040022"), "sha384", SHA384,
        bytes.fromhex("300a06082a8648ce3d040303"),
        int("f" * 48 + "c7634d81f4372ddf581a0db248b0a77a"
            "ecec196accc52973", 16))
RSA = (bytes.fromhex("06092a864886f70d0101010500"), "sha256", SHA256,
       bytes.fromhex("300d06092a864886f70d0101010500"), 0)
GOOD_SIGNATURES = [bytes.fromhex(x) for x in (
    "06082a8648ce3d040302", "06082a8648ce3d040303", "06082a8648ce3d040304",
    "06092a864886f70d01010b", "06092a864886f70d01010c",
    "06092a864886f70d01010d", "06032b6570", "06032b6571",
    "060960864801650304030a", "060960864801650304030b",
    "060960864801650304030c", "060960864801650304030e",
    "060960864801650304030f", "0609608648016503040310")]


class Certificate:
    def __init__(self, data):
        need(len(data) <= 16384, "certificate", "too large")
        tag, body, _, rest = take(data)
        strict(data)
        need(tag == 0x30 and not rest, "certificate", "not one element")
        parts = children(body)
        need([p[0] for p in parts] == [0x30, 0x30, 3], "certificate", "shape")
        fields = children(parts[0][1])
        need(fields and fields[0][2] == bytes.fromhex("a003020102"),
             "certificate", "not version 3")
        need([f[0] for f in fields[1:7]] == [2] + [0x30] * 5, "certificate",
             "fields")
        self.data, self.fingerprint = data, hexsha(data)
        self.serial, self.algorithm, self.issuer = [
            f[2] for f in fields[1:4]]
        need(self.algorithm == parts[1][2], "certificate", "two algorithms")
        self.start, self.end = map(self.when, self.two(fields[4][1]))
        self.key = fields[6][2]
        self.extensions(fields[7:])
        self.kind = self.judge_key()

    @staticmethod
    def two(data):
        found = children(data)
        need(len(found) == 2, "certificate", "dates")
        return found

    @staticmethod
    def when(element):
        tag, body, _ = element
        text = body.decode("latin-1")
        if tag == 0x17 and re.fullmatch(r"[0-9]{12}Z", text):
            text = ("19" if text >= "50" else "20") + text
        else:
            need(tag == 0x18 and re.fullmatch(r"[0-9]{14}Z", text) and
                 text >= "2050", "certificate", "date")
        t = [int(text[0:4])] + [int(text[i:i + 2]) for i in range(4, 14, 2)]
        try:
            return calendar.timegm(time.strptime(text, "%Y%m%d%H%M%SZ"))
        except ValueError:
            raise Bad("certificate", f"date {t}") from None

    def extensions(self, rest):
        self.extension, critical = {}, {}
        for tag, body, _ in rest:
            need(tag == 0xa3, "certificate", "unique identifiers")
            for _, each, _ in children(take(body)[1]):
                parts = children(each)
                need(1 < len(parts) < 4 and parts[-1][0] == 4,
                     "certificate", "extension")
                name = parts[0][2]
                need(name not in self.extension,
                     "certificate.extension-unknown", "twice")
                need(len(parts) == 2 or parts[1][2] == b"\1\1\xff",
                     "certificate", "critical")
                self.extension[name] = parts[-1][1]
                critical[name] = len(parts) == 3
        need(all(n in (OID["usage"], OID["basic"], OID["eku"])
                 for n, c in critical.items() if c),
             "certificate.extension-unknown")

    def judge_key(self):
        algorithm, bits = self.two(take(self.key)[1])
        for kind in (P256, P384, RSA):
            if algorithm[1] == kind[0]:
                break
        else:
            raise Bad("certificate.key-weak", "algorithm")
        need(bits[1][0] == 0, "certificate.key-weak", "bits")
        if kind is RSA:
            n, e = [int.from_bytes(x[1], "big")
                    for x in self.two(take(bits[1][1:])[1])]
            need(3072 <= n.bit_length() <= 8192 and e % 2 and e >= 65537 and
                 e.bit_length() <= 64, "certificate.key-weak", "RSA")
            self.octets = (n.bit_length() + 7) // 8
        else:
            need(bits[1][1] == 4 and len(bits[1]) ==
                 (66 if kind is P256 else 98), "certificate.key-weak", "point")
        return kind

    def may_sign(self):
        basic = self.extension.get(OID["basic"])
        need(basic is None or children(take(basic)[1])[:1] == [],
             "certificate.is-ca")
        usage = self.extension.get(OID["usage"])
        need(usage is not None, "certificate.usage", "no keyUsage")
        tag, bits, _, rest = take(usage)
        need(tag == 3 and not rest and len(bits) > 1 and bits[1] & 128,
             "certificate.usage", "no digitalSignature")
        eku = self.extension.get(OID["eku"])
        need(eku is None or eku == der(0x30, OID["docsign"]),
             "certificate.usage", "extendedKeyUsage")
        need(take(take(self.algorithm)[1])[2] in GOOD_SIGNATURES,
             "certificate.signature-weak")


@functools.lru_cache(maxsize=None)
def openssl_verifies(key, digest, message, value):
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", key), ("message", message), ("v", value)):
            with open(f"{folder}/{name}", "wb") as out:
                out.write(data)
        words = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey",
                 "key", "-keyform", "DER", "-in", "message", "-sigfile", "v"]
        if digest:
            words += ["-digest", digest]
        return subprocess.run(words, cwd=folder, capture_output=True,
                              check=False).returncode == 0


def cms_object(cert, content, at, value, enclosing):
    _, digest, d, s, _ = cert.kind
    h = lambda data: hashlib.new(digest, data).digest()  # noqa: E731
    ess = b"" if digest == "sha256" else d
    text = stamp(at).translate({ord(c): None for c in "-:T"}).encode()
    when = der(0x17, text[2:]) if at < 2524608000 else der(0x18, text)
    attributes = b"".join((
        der(0x30, OID["ctype"], der(0x31, OID["data"])),
        der(0x30, OID["time"], der(0x31, when)),
        der(0x30, OID["digest"], der(0x31, der(4, h(content)))),
        der(0x30, OID["ess"], der(0x31, der(0x30, der(0x30, der(
            0x30, ess, der(4, h(cert.data)), der(
                0x30, der(0x30, der(0xa4, cert.issuer)), cert.serial))))))))
    info = der(0x30, OID["data"],
               der(0xa0, der(4, content)) if enclosing else b"")
    signer = der(0x30, b"\2\1\1", der(0x30, cert.issuer, cert.serial), d,
                 der(0xa0, attributes), s, der(4, value))
    signed = der(0x30, b"\2\1\1", der(0x31, d), info, der(0xa0, cert.data),
                 der(0x31, signer))
    return der(0x30, OID["signed"], der(0xa0, signed)), der(0x31, attributes)


def cms_parts(data):
    """Certificate, content (None when detached), value; by position."""
    rule = "cms.encoding"

    def step(body, *tags):
        found = children(body, rule)
        need([f[0] for f in found] == list(tags), rule, "shape")
        return [f[1] for f in found]

    need(len(data) <= 65535, rule, "too large")
    (whole,) = step(data, 0x30)
    _, signed = step(whole, 6, 0xa0)
    (signed,) = step(signed, 0x30)
    _, _, info, cert, signers = step(signed, 2, 0x31, 0x30, 0xa0, 0x31)
    content = None
    if len(children(info, rule)) == 2:
        (content,) = step(step(info, 6, 0xa0)[1], 4)
    (signer,) = step(signers, 0x30)
    return cert, content, step(signer, 2, 0x30, 0x30, 0xa0, 0x30, 4)[5]


def check_cms(data, cert, content, at, enclosing):
    _, inside, value = cms_parts(data)
    need((inside is not None) == enclosing, "cms.encoding", "form")
    cert.may_sign()
    built, message = cms_object(cert, content, at, value, enclosing)
    need(built == data, "cms.encoding", "not the one encoding")
    if cert.kind is RSA:
        need(len(value) == cert.octets, "cms.signature", "length")
    else:
        strict(value)
        tag, body, _, rest = take(value, "cms.signature")
        numbers = children(body, "cms.signature")
        need(tag == 0x30 and not rest and [n[0] for n in numbers] == [2, 2],
             "cms.signature", "form")
        r, s = [int.from_bytes(x[1], "big", signed=True) for x in numbers]
        n = cert.kind[4]
        need(0 < r < n and 0 < s <= (n - 1) // 2, "cms.signature", "range")
    need(openssl_verifies(cert.key, cert.kind[1], message, value),
         "cms.signature")


def read_pem(data):
    """The certificates of a file in canonical PEM."""
    found = []
    for part in re.findall(rb"-----BEGIN CERTIFICATE-----\n([^-]*)\n"
                           rb"-----END CERTIFICATE-----\n", data):
        found.append(unbase64(part.replace(b"\n", b"").decode("latin-1")))
    need(found and b"".join(map(write_pem, found)) == data, "certificate",
         "not canonical PEM")
    return found


def write_pem(data):
    text = base64.b64encode(data)
    rows = [text[i:i + 64] for i in range(0, len(text), 64)]
    return b"\n".join([b"-----BEGIN CERTIFICATE-----", *rows,
                       b"-----END CERTIFICATE-----", b""])


# ---- merkle ----

def node(left, right):
    return sha(b"\1" + left + right)


def root(leaves):
    """RFC 6962: MTH over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:split]), root(leaves[split:]))


def inclusion(index, size, leaf, proof):
    """RFC 9162 section 2.1.3.2."""
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        need(sn != 0, "receipt.holds", "proof too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "receipt.holds", "proof too short")
    return r


# ---- tar.md ----

def block(path, size_field, kind):
    fields = ((0, path), (100, b"000444 \0"), (108, b"000000 \0"),
              (116, b"000000 \0"), (124, size_field), (136, b"00000000000 "),
              (148, b" " * 8), (156, kind), (257, b"ustar\x0000"),
              (329, b"000000 \0"), (337, b"000000 \0"))
    out = bytearray(512)
    for offset, data in fields:
        out[offset:offset + len(data)] = data
    out[148:156] = b"%06o\0 " % sum(out)
    return bytes(out)


def header(path, size):
    if size < 2 ** 33:
        return block(path, b"%011o " % size, b"0")
    folder, _, name = path.rpartition(b"/")
    above = (folder + b"/" if folder else b"") + b"PaxHeader/" + name
    record = b" size=%d\n" % size
    record = b"%d" % (len(record) + 2) + record
    field = (b"%012o" % size if size < 2 ** 36
             else b"\x80" + size.to_bytes(11, "big"))
    return (block(above, b"%011o " % len(record), b"x") +
            record.ljust(512, b"\0") + block(path, field, b"0"))


def read_tar(data):
    """(path, contents) in order."""
    rule, at, found = "archive.structure", 0, []
    while data[at:at + 512] != bytes(512):
        length = 1536 if data[at + 156:at + 157] == b"x" else 512
        head = data[at:at + length]
        need(len(head) == length, rule, "cut")
        path = head[-512:][:100].split(b"\0")[0]
        field = head[-512:][124:136]
        if field[0] & 128:
            size = int.from_bytes(field[1:], "big")
        else:
            digits = field.rstrip(b" ")
            need(re.fullmatch(rb"[0-7]+", digits), rule, "size")
            size = int(digits, 8)
        need(size < 2 ** 63 and len(path) <= 90 and
             re.fullmatch(rb"[A-Za-z0-9._/-]+", path) and
             not {b"", b".", b".."} & set(path.split(b"/")), rule, "path")
        need(header(path, size) == head, rule, "header")
        at += length
        end = at + size + -size % 512
        need(end <= len(data), rule, "cut")
        need(not any(data[at + size:end]), rule, "padding")
        found.append((path.decode(), data[at:at + size]))
        at = end
    need(data[at:] == bytes(1024), rule, "end")
    return found
