"""Archives that nobody honest makes; every byte is written here."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

GOOD = b"name,value\na,1\n"
_DATE = (2026, 4, 1, 0, 0, 0)


def info(name: str, mode: int = 0o100644, system: int = 3) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, _DATE)
    made.external_attr, made.create_system, made.compress_type = mode << 16, system, zipfile.ZIP_DEFLATED
    return made


def packed(members: Sequence[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(info(name) if isinstance(name, str) else name, data)
    return out.getvalue()


def named(name: bytes) -> bytes:
    """Return an archive whose only member has this name, byte for byte."""
    placeholder = b"x" * len(name)
    return packed([(placeholder.decode(), GOOD)]).replace(placeholder, name)


def bomb(megabytes: int) -> bytes:
    """Return an archive in which a megabyte of zeros, a thousandfold compressed, comes many times over."""
    return packed([("a.csv", b"name\n" + b"0" * (megabytes << 20))])


def many(count: int) -> bytes:
    return packed([(f"{k}.csv", b"") for k in range(count)])


def nested(depth: int) -> bytes:
    data = packed([("a.csv", GOOD)])
    for _ in range(depth - 1):
        data = packed([("inner.zip", data)])
    return data


def lying(stated: int, real: int) -> bytes:
    """Return an archive that states `stated` bytes of a member that inflates to `real`."""
    data = bytearray(packed([("a.csv", b"name\n" + b"0" * real)]))
    size = struct.pack("<I", real + 5)
    place = data.find(size)
    while place >= 0:
        data[place:place + 4] = struct.pack("<I", stated)
        place = data.find(size, place + 4)
    return bytes(data)


def overlapping() -> bytes:
    """Return an archive with two entries in its directory for the bytes of one member."""
    data = packed([("a.csv", GOOD), ("b.csv", GOOD)])
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    out = bytearray(data)
    out[second + 42:second + 46] = out[first + 42:first + 46]
    return bytes(out)


def encrypted() -> bytes:
    data = bytearray(packed([("a.csv", GOOD)]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(mark) + place] |= 1
    return bytes(data)


def method(number: int) -> bytes:
    data = bytearray(packed([("a.csv", GOOD)]))
    for mark, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.find(mark) + place, number)
    return bytes(data)


def damaged() -> bytes:
    data = bytearray(packed([("a.csv", b"name\n" + bytes(range(48, 58)) * 500)]))
    data[45] ^= 0xFF
    return bytes(data)


def wrong_sum() -> bytes:
    data = packed([("a.csv", GOOD)])
    return data.replace(struct.pack("<I", zlib.crc32(GOOD)), b"\0\0\0\0")


ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a thousandfold": (lambda: bomb(60), "ArchiveBomb"), "twenty thousandfold in an archive": (lambda: packed([("b.zip", bomb(60))]), "ArchiveBomb"),
    "ten bombs": (lambda: packed([(f"{k}.zip", bomb(20)) for k in range(10)]), "ArchiveBomb"), "more than it states": (lambda: lying(100, 40 << 20), "Archive"),
    "too many members": (lambda: many(5_001), "ArchiveTooLarge"), "three deep": (lambda: nested(3), "ArchiveNested"), "six deep": (lambda: nested(6), "ArchiveNested"),
    "parent": (lambda: packed([("../a.csv", GOOD)]), "ArchivePath"), "parent inside": (lambda: packed([("a/../../b.csv", GOOD)]), "ArchivePath"),
    "absolute": (lambda: packed([("/etc/a.csv", GOOD)]), "ArchivePath"), "drive": (lambda: packed([("C:/a.csv", GOOD)]), "ArchivePath"),
    "backslash parent": (lambda: named(rb"..\a.csv"), "ArchivePath"), "backslash drive": (lambda: named(rb"C:\a.csv"), "ArchivePath"),
    "network share": (lambda: named(rb"\\host\a.csv"), "ArchivePath"), "only dots": (lambda: packed([("..", GOOD)]), "ArchivePath"),
    "name of no encoding": (lambda: named(b"\x81.csv"), "ArchivePath"),
    "symlink": (lambda: packed([(info("a.csv", 0o120777), b"/etc/passwd")]), "ArchiveLink"), "device": (lambda: packed([(info("a.csv", 0o020666), b"")]), "ArchiveLink"),
    "pipe": (lambda: packed([(info("a.csv", 0o010666), b"")]), "ArchiveLink"), "encrypted": (encrypted, "ArchiveEncrypted"),
    "same name twice": (lambda: packed([("a.csv", GOOD), ("A.CSV", GOOD)]), "ArchiveDoubled"), "shared bytes": (overlapping, "ArchiveDoubled"),
    "method nobody has": (lambda: method(97), "ArchiveMethod"), "damaged stream": (damaged, "ArchiveDamaged"), "wrong sum": (wrong_sum, "ArchiveDamaged"),
    "cut off": (lambda: packed([("a.csv", GOOD * 300)])[:-30], "ArchiveDamaged"), "only the end": (lambda: b"PK\x05\x06" + b"\xff" * 18, "ArchiveDamaged"),
    "only a beginning": (lambda: b"PK\x03\x04" + bytes(40), "ArchiveDamaged"), "no data at all": (lambda: packed([("readme.md", b"x")]), "UnreadableInput"),
}
