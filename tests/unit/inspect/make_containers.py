#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Make containers of every kind, and beside each what is to be found in it.

usage: make_containers.py DIR

For NAME there is NAME.expected, in the order the inspector has to tell:
  M number container size sha256 sha512 name-in-hex
  N member rule
Digests are Python's, of the bytes put in.  ZIPs are written here field by
field, because no tool writes the wrong ones.
"""
import bz2
import gzip
import hashlib
import io
import lzma
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import zlib

OUT = os.path.abspath(sys.argv[1])


class Expected:
    def __init__(self):
        self.lines = []
        self.count = 0

    def member(self, data, name, container=0):
        if isinstance(name, str):
            name = name.encode()
        self.count += 1
        self.lines.append('M %d %d %d %s %s %s' % (
            self.count, container, len(data),
            hashlib.sha256(data).hexdigest(),
            hashlib.sha512(data).hexdigest(), name.hex() or '-'))
        return self.count

    def note(self, member, rule):
        self.lines.append('N %d container.%s' % (member, rule))


def put(name, data, expected):
    with open(os.path.join(OUT, name), 'wb') as f:
        f.write(data)
    with open(os.path.join(OUT, name + '.expected'), 'w') as f:
        f.write(''.join(line + '\n' for line in expected.lines))


class Zip:
    """A ZIP in which every field can be a lie."""

    def __init__(self):
        self.body = b''
        self.listed = []

    def add(self, name, data, method=8, flags=0, local_name=None,
            local_flags=None, listed=True, crc=None, at=None, made=0x0314,
            mode=0o100644, late=False, zip64=False, packed=None, size=None):
        if isinstance(name, str):
            name = name.encode()
        if packed is None:
            if method == 8:
                c = zlib.compressobj(9, zlib.DEFLATED, -15)
                packed = c.compress(data) + c.flush()
            elif method == 12:
                packed = bz2.compress(data)
            else:
                packed = data
        if crc is None:
            crc = zlib.crc32(data)
        if size is None:
            size = len(data)
        if late:
            flags |= 8
        if local_flags is None:
            local_flags = flags
        own = name if local_name is None else local_name
        offset = len(self.body) if at is None else at
        sizes = (0, 0, 0) if late else (crc, len(packed), size)
        extra = b''
        if zip64:
            extra = struct.pack('<HHQQ', 1, 16, size, len(packed))
            sizes = (crc, 0xffffffff, 0xffffffff)
        if at is None:
            self.body += struct.pack('<4sHHHHHIIIHH', b'PK\3\4', 45,
                local_flags, method, 0, 0, *sizes, len(own), len(extra))
            self.body += own + extra + packed
            if late:
                self.body += struct.pack('<4sIII', b'PK\7\x08', crc,
                    len(packed), size)
        if listed:
            sizes = (len(packed), size)
            if zip64:
                sizes = (0xffffffff, 0xffffffff)
            self.listed.append(struct.pack('<4sHHHHHHIIIHHHHHII', b'PK\1\2',
                made, 45, flags, method, 0, 0, crc, *sizes, len(name),
                len(extra), 0, 0, 0, mode << 16, offset) + name + extra)
        return offset

    def end(self, comment=b'', count=None, zip64=False):
        directory = b''.join(self.listed)
        count = len(self.listed) if count is None else count
        out = self.body + directory
        at = len(self.body)
        if zip64:
            out += struct.pack('<4sQHHIIQQQQ', b'PK\6\6', 44, 45, 45, 0, 0,
                count, count, len(directory), at)
            out += struct.pack('<4sIQI', b'PK\6\7', 0,
                at + len(directory), 1)
            count, at = 0xffff, 0xffffffff
        return out + struct.pack('<4sHHHHIIH', b'PK\5\6', 0, 0,
            count & 0xffff, count & 0xffff, len(directory), at,
            len(comment)) + comment


def simple_zip(names, **more):
    z = Zip()
    for name, data in names:
        z.add(name, data, **more)
    return z.end()


def zips():
    gbk = '新疆警察文件'.encode('gb18030')
    cyrillic = 'Список.txt'.encode('cp1251')
    nfd = 'Cafe\u0301/e\u0301.txt'.encode()
    z, e = Zip(), Expected()
    for name, data, more in (
            (b'a.txt', b'first', {}),
            (b'folder/', b'', dict(mode=0o40755)),
            (b'folder/b', b'x' * 200000, dict(method=0)),
            (b'empty', b'', {}),
            (b'link', b'a.txt', dict(mode=0o120777)),
            (gbk, b'gbk', {}),
            (cyrillic, b'cp1251', {}),
            (nfd, b'nfd', {}),
            (nfd, b'nfd flagged', dict(flags=0x800)),
            (b'back\\slash', b'windows', dict(made=0x0014)),
            (b'\x1b[2J\n\xff', b'controls', {}),
            (b'nul\0name', b'nul', {}),
            (b'', b'nameless', {}),
            (b'../../etc/passwd', b'escape', {}),
            (b'bzip2', b'b' * 1000, dict(method=12)),
            (b'late', b'late' * 1000, dict(late=True)),
            (b'late stored', b'here: PK\7\x08', dict(late=True, method=0)),
            (b'wide', b'zip64' * 10, dict(zip64=True))):
        z.add(name, data, **more)
        if not name.endswith(b'/') and name != b'link':
            e.member(data, name)
    put('plain.zip', z.end(b'a comment'), e)
    put('wide-end.zip', z.end(zip64=True), e)
    put('nothing.zip', Zip().end(), Expected())

    one = Expected()
    one.member(b'data', 'name')
    damaged = Expected()
    damaged.note(0, 'broken')
    damaged.member(b'data', 'name')

    z = Zip()
    z.add('name', b'data')
    put('prefix.zip', b'PK\3\4 a stub, then ' + z.end(), damaged)
    put('wide-prefix.zip', b'PK\3\4 a stub, then ' + z.end(zip64=True), damaged)
    put('trailing.zip', z.end() + b'some bytes', damaged)
    put('fake-end.zip', z.end(Zip().end()), two_ends())
    z = Zip()
    z.add('name', b'data', local_name=b'eman')
    put('names-differ.zip', z.end(), damaged)
    z = Zip()
    z.add('name', b'data', local_flags=1)
    put('flags-differ.zip', z.end(), damaged)
    z = Zip()
    z.add('name', b'data')
    z.add('hidden', b'hidden', listed=False)
    put('hidden.zip', z.end(), damaged)
    z = Zip()
    at = z.add('name', b'data')
    z.add('name', b'data', at=at)
    put('overlap.zip', z.end(), damaged)
    z = Zip()
    z.add('name', b'data')
    put('wrong-count.zip', z.end(count=7), damaged)
    put('no-directory.zip', z.body, damaged)
    put('cut.zip', z.body + z.body[:20], damaged)
    for name, more, rule in (('encrypted.zip', dict(flags=1), 'encrypted'),
            ('method.zip', dict(method=9), 'not-inspected'),
            ('crc.zip', dict(crc=7), 'broken'),
            ('length.zip', dict(size=9999), 'broken'),
            ('garbage.zip', dict(packed=b'\xff' * 50), 'broken')):
        e = Expected()
        e.note(0, rule)
        e.member(b'data', 'good')
        z = Zip()
        z.add('bad', b'secret', **more)
        z.add('good', b'data')
        # Notes on the list come before members; on members, in place.
        put(name, z.end(), e)
    put_many()


def two_ends():
    # The last record is of an empty ZIP that claims to begin at 0: the
    # directory it describes ends where it stands itself.
    e = Expected()
    e.note(0, 'broken')
    e.note(0, 'broken')
    e.note(0, 'broken')
    return e


def put_many():
    """One hundred thousand and one members."""
    body, listed, e = [], [], Expected()
    offset = 0
    for i in range(100001):
        name = b'%06d' % i
        head = struct.pack('<HHHHHIIIHH', 45, 0, 0, 0, 0, 0, 0, 0, 6, 0)
        body.append(b'PK\3\4' + head + name)
        listed.append(b'PK\1\2' + struct.pack('<H', 0x0314) + head + struct.pack(
            '<HHHII', 0, 0, 0, 0o100644 << 16, offset) + name)
        offset += 36
        if i < 100000:
            e.member(b'', name)
    directory = b''.join(listed)
    e.lines.insert(0, 'N 0 container.too-many')
    put('many.zip', b''.join(body) + directory + struct.pack('<4sQHHIIQQQQ',
        b'PK\6\6', 44, 45, 45, 0, 0, 100001, 100001, len(directory), offset)
        + struct.pack('<4sIQI', b'PK\6\7', 0, offset + len(directory), 1)
        + struct.pack('<4sHHHHIIH', b'PK\5\6', 0, 0, 0xffff, 0xffff,
        len(directory), 0xffffffff, 0), e)


def nested():
    inner = simple_zip([('core', b'core')])
    levels = [inner]
    for i in range(5):
        levels.append(simple_zip([('level%d.zip' % i, levels[-1])]))
    e = Expected()
    number = 0
    for i in (4, 3, 2):
        number = e.member(levels[i], 'level%d.zip' % i, number)
    number = e.member(levels[1], 'level1.zip', number)
    e.note(number, 'too-deep')
    put('nested.zip', levels[5], e)

    # Members after a container come after that container's members.
    z, e = Zip(), Expected()
    for name, data in (('a', b'a'), ('b.zip', inner), ('c', b'c')):
        z.add(name, data)
        number = e.member(data, name)
        if name == 'b.zip':
            e.member(b'core', 'core', number)
    put('order.zip', z.end(), e)

    # A damaged container inside is noted at its member.
    z, e = Zip(), Expected()
    e.member(inner[:-30], 'cut.zip')
    e.note(1, 'broken')
    e.member(b'core', 'core', 1)
    z.add('cut.zip', inner[:-30])
    put('inner-cut.zip', z.end(), e)


def bombs():
    flat = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(1 << 20)
    packed = b''.join(flat.compress(zeros) for _ in range(60)) + flat.flush()
    crc = 0
    for _ in range(60):
        crc = zlib.crc32(zeros, crc)
    z = Zip()
    z.add('zeros', b'', packed=packed, size=60 << 20, crc=crc)
    small = z.end()
    z, e = Zip(), Expected()
    for i in range(40):
        z.add('%02d.zip' % i, small)
    data = z.end()
    # Each layer unpacks 1,000 to 1; two of them are a bomb.
    number = e.member(small, '00.zip')
    e.note(number, 'bomb')
    put('bomb.zip', data, e)


def tars():
    def build(fmt, names):
        out = io.BytesIO()
        e = Expected()
        with tarfile.open(fileobj=out, mode='w', format=fmt,
                encoding='utf-8', errors='surrogateescape') as t:
            for name, data in names:
                info = tarfile.TarInfo(
                    name.decode('utf-8', 'surrogateescape'))
                if data is None:
                    info.type = tarfile.DIRTYPE
                    t.addfile(info)
                    continue
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
                e.member(data, name)
            info = tarfile.TarInfo('link')
            info.type, info.linkname = tarfile.SYMTYPE, 'a'
            t.addfile(info)
            info = tarfile.TarInfo('hard')
            info.type, info.linkname = tarfile.LNKTYPE, 'a'
            t.addfile(info)
            info = tarfile.TarInfo('fifo')
            info.type = tarfile.FIFOTYPE
            t.addfile(info)
        return out.getvalue(), e

    nfd = 'e\u0301.txt'.encode()
    gbk = '新疆'.encode('gb18030')
    names = [(b'a', b'first'), (b'folder', None), (nfd, b'nfd'),
             (gbk, b'gbk'), (b'long/' * 40 + b'name', b'long'),
             (b'big', bytes(range(256)) * 2000)]
    for label, fmt in (('ustar', tarfile.USTAR_FORMAT),
            ('gnu', tarfile.GNU_FORMAT), ('pax', tarfile.PAX_FORMAT)):
        data, e = build(fmt, [n for n in names
            if label != 'ustar' or len(n[0]) < 90])
        put(label + '.tar', data, e)
        if label == 'gnu':
            put('gnu.tgz', gzip.compress(data), e)
            put('gnu.tar.bz2', bz2.compress(data), e)
            put('gnu.tar.xz', lzma.compress(data), e)
            if shutil.which('zstd'):
                put('gnu.tar.zst', subprocess.run(['zstd', '-q', '-c'],
                    input=data, stdout=subprocess.PIPE,
                    check=True).stdout, e)
    data, e = build(tarfile.USTAR_FORMAT, [(b'a', b'first')])
    e.note(0, 'broken')
    # Behind the first member there is half a header of nonsense.
    put('cut.tar', data[:1024] + b'x' * 400, e)


def streams():
    def gz(data, name=None, extra=None):
        flags = (8 if name is not None else 0) | (4 if extra else 0)
        out = b'\x1f\x8b\x08' + bytes([flags]) + bytes(4) + b'\0\3'
        if extra:
            out += struct.pack('<H', len(extra)) + extra
        if name is not None:
            out += name + b'\0'
        c = zlib.compressobj(9, zlib.DEFLATED, -15)
        return out + c.compress(data) + c.flush() + struct.pack(
            '<II', zlib.crc32(data), len(data))

    def one(label, packed, data, name):
        e = Expected()
        e.member(data, name)
        put(label, packed, e)

    text = b'some text\n' * 9999
    gbk = '新疆.txt'.encode('gb18030')
    one('named.gz', gz(text, gbk), text, gbk)
    one('extra.gz', gz(text, b'n', b'ab\2\0xy'), text, 'n')
    one('nameless.gz', gz(text), text, '')
    one('twice.gz', gz(b'one', b'n') + gz(b'two'), b'onetwo', 'n')
    one('text.bz2', bz2.compress(text), text, '')
    one('text.xz', lzma.compress(text), text, '')
    # The first block of a disk image is often empty; so is an empty tar's.
    zeros = bytes(2048) + b'image'
    one('zeros.gz', gz(zeros, b'disk.img'), zeros, 'disk.img')
    put('empty.gz', gz(b''), Expected())
    e = Expected()
    e.note(0, 'broken')
    put('cut.gz', gz(os.urandom(300000))[:200000], e)
    for label, start in (('not.xz', b'\xfd7zXZ\0'), ('not.gz', b'\x1f\x8b\x08'),
            ('not.7z', b'7z\xbc\xaf\x27\x1c'), ('not.cab', b'MSCF' + bytes(4)),
            ('not.bz2', b'BZh91AY&SY'), ('not.zip', b'PK\3\4'),
            ('not.zst', b'\x28\xb5\x2f\xfd'), ('not.cpio', b'070701'),
            ('not.lzh', b'\x20\x20-lh5-' + bytes(13) + b'\0'),
            # libarchive takes these for nothing it knows.
            ('not.iso', bytes(32769) + b'CD001'), ('not.tar', b'x' * 257 + b'ustar')):
        e = Expected()
        e.note(0, 'broken')
        if label == 'not.zip':
            e.note(0, 'broken')  # no directory, and no member either
        put(label, start + b'\xee' * 300, e)
    inner = simple_zip([('core', b'core')])
    e = Expected()
    e.member(inner, 'z.zip')
    e.member(b'core', 'core', 1)
    put('zip.gz', gz(inner, b'z.zip'), e)
    # A whole stream that unpacks to a thousand times its size is allowed,
    # gzip in gzip is not.
    c = gz(gz(bytes(100 << 20)))
    e = Expected()
    e.note(0, 'bomb')
    put('bomb.gz', c, e)


def by_tools():
    folder = os.path.join(OUT, 'tree')
    os.mkdir(folder)
    names = [('a.txt', b'first'), ('dir/b', b'second' * 1000),
             ('\u65b0\u7586.txt', b'unicode')]
    os.mkdir(os.path.join(folder, 'dir'))
    for name, data in names:
        with open(os.path.join(folder, name), 'wb') as f:
            f.write(data)

    def run(label, *command):
        if not shutil.which(command[0]):
            return
        path = os.path.join(OUT, label)
        subprocess.run([c.replace('@', path) for c in command] +
            [n for n, _ in names], cwd=folder, check=True,
            env=dict(os.environ, LC_ALL='C.UTF-8'),
            stdout=subprocess.DEVNULL)
        with open(path, 'rb') as f:
            data = f.read()
        e = Expected()
        if 'encrypted' in label:
            e.note(0, 'encrypted')
        else:
            for name, content in names:
                if label == 'files.ar':
                    name = name.split('/')[-1]
                e.member(content, name)
        put(label, data, e)

    run('files.7z', '7z', 'a', '-bd', '@')
    run('encrypted.7z', '7z', 'a', '-bd', '-psecret', '@')
    run('encrypted-list.7z', '7z', 'a', '-bd', '-psecret', '-mhe=on', '@')
    run('files.cpio', 'bsdtar', '--format', 'newc', '-cf', '@')
    run('files.ar', 'ar', 'rcD', '@')
    run('files.iso', 'bsdtar', '--format', 'iso9660', '-cf', '@')
    shutil.rmtree(folder)


zips()
nested()
bombs()
tars()
streams()
by_tools()
