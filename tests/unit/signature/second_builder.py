#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""second_builder.py DOCUMENT VECTOR... - docs/format/cms.md, taken at its word.

Builds each vector's object from certificate, content, time and value with
nothing but the grammar of that page, and holds the page's own worked example
against the first vector.  Shares no line with the C.
"""
import hashlib
import re
import sys


def element(tag, *contents):
    body = b"".join(contents)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def split(der):
    """The elements in der, one after the other."""
    parts = []
    while der:
        head, size = 2, der[1]
        if size & 0x80:
            head = 2 + (size & 0x7F)
            size = int.from_bytes(der[2:head], "big")
        parts.append((der[: head + size], der[head : head + size]))
        der = der[head + size :]
    return parts


def oid(text):
    return element(0x06, bytes.fromhex(text))


def build(form, certificate, content, time, value):
    tbs = split(split(split(certificate)[0][1])[0][1])
    serial, issuer = tbs[1][0], tbs[3][0]
    if bytes.fromhex("06052b81040022") in certificate:
        digest, d = hashlib.sha384, element(0x30, oid("608648016503040202"))
        s = element(0x30, oid("2a8648ce3d040303"))
    else:
        digest, d = hashlib.sha256, element(0x30, oid("608648016503040201"))
        s = element(0x30, oid("2a8648ce3d040302"))
        if bytes.fromhex("06082a8648ce3d030107") not in certificate:
            s = element(0x30, oid("2a864886f70d010101"), element(0x05))

    def attribute(name, content):
        return element(0x30, oid(name), element(0x31, content))

    digits = re.sub("[-T:]", "", time)
    when = (
        element(0x17, digits[2:].encode())
        if int(digits[:4]) < 2050
        else element(0x18, digits.encode())
    )
    name = element(0x30, element(0xA4, issuer))
    ident = element(
        0x30,
        d if digest is hashlib.sha384 else b"",
        element(0x04, digest(certificate).digest()),
        element(0x30, name, serial),
    )
    attributes = (
        attribute("2a864886f70d010903", oid("2a864886f70d010701"))
        + attribute("2a864886f70d010905", when)
        + attribute(
            "2a864886f70d010904", element(0x04, digest(content).digest())
        )
        + attribute(
            "2a864886f70d010910022f", element(0x30, element(0x30, ident))
        )
    )
    version = element(0x02, b"\x01")
    signer = element(
        0x30,
        version,
        element(0x30, issuer, serial),
        d,
        element(0xA0, attributes),
        s,
        element(0x04, value),
    )
    inside = b""
    if form == "enclosing":
        inside = element(0xA0, element(0x04, content))
    signed = element(
        0x30,
        version,
        element(0x31, d),
        element(0x30, oid("2a864886f70d010701"), inside),
        element(0xA0, certificate),
        element(0x31, signer),
    )
    return element(0x30, oid("2a864886f70d010702"), element(0xA0, signed))


def value_of(object_der):
    signed = split(split(split(object_der)[0][1])[1][1])[0][1]
    signer = split(split(split(signed)[4][1])[0][1])
    return signer[5][1]


def example_of(document):
    block = open(document, encoding="utf-8").read()
    block = block.split("## Example")[1].split("```")[1]
    return bytes.fromhex(re.sub(";[^\n]*", "", block))


def main():
    document, *vectors = sys.argv[1:]
    for number, path in enumerate(vectors):
        lines = dict(line.rstrip("\n").split(" ", 1) for line in open(path))
        expected = bytes.fromhex(lines["object"])
        built = build(
            lines["form"],
            bytes.fromhex(lines["certificate"]),
            bytes.fromhex(lines["content"]),
            lines["time"],
            value_of(expected),
        )
        if built != expected:
            sys.exit(f"{path}: the page gives other bytes")
        if number == 0 and example_of(document) != expected:
            sys.exit(f"{document}: the worked example is not {path}")


main()
