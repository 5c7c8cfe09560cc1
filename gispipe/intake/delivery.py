"""From a delivered file to the plain files a reader takes: itself, or the members of an archive that fit the reader."""

from __future__ import annotations

import fnmatch
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from gispipe.errors import UnreadableInput
from gispipe.intake.content import identify, identify_bytes
from gispipe.intake.registry import FORMATS, Format
from gispipe.intake.unpack import Member, extract, start_of, walk
from gispipe.model import Source
from gispipe.words import Words

_HEAD = 65536
_SIDES = {".shp": (".shx", ".dbf", ".prj", ".cpg"), ".tif": (".tfw", ".prj"), ".tiff": (".tfw", ".tifw", ".prj"), ".jpg": (".jgw", ".jpgw", ".prj"), ".jpeg": (".jgw", ".prj")}
_META = "KS-META"
"""Official archives carry one description beside their data, from which a reader may learn the coordinate system."""


def is_archive(path: Path) -> bool:
    """Return whether a delivered file is an archive to be opened before its reader (a workbook is none)."""
    return identify(path) == "zip"


def wanted_members(path: Path, source: Source, where: str) -> list[str]:
    """Return the places of an archive's members that the source's reader takes, in order.

    Those that `source.member` names; else those with the first of the format's endings under which any fits by
    content. Raises UnreadableInput when there is none, with what the archive holds instead.
    """
    fmt = FORMATS[source.reader]
    found: dict[str, list[str]] = {}
    every: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gispipe-") as folder:
        for archive, members in walk(path, where, fmt.members, Path(folder)):
            every += [member.place for member in members]
            for member in members:
                if _named(member, source, fmt) and _fits(archive, member, source.reader, fmt, where):
                    found.setdefault("" if source.member else member.suffix, []).append(member.place)
    for suffix in ("",) if source.member else fmt.suffixes:
        if suffix in found:
            return found[suffix]
    raise _nothing(fmt, source, every, where)


def kinds_inside(path: Path, where: str) -> list[dict[str, object]]:
    """Return place, kind by content and bytes of every file of an archive."""
    found: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="gispipe-") as folder:
        for archive, members in walk(path, where, _MOST, Path(folder)):
            found += [{"place": member.place, "kind": _kind(archive, member, where), "bytes": member.info.file_size} for member in members]
    return found


_MOST = max(fmt.members for fmt in FORMATS.values())


def _named(member: Member, source: Source, fmt: Format) -> bool:
    if source.member is None:
        return member.suffix in fmt.suffixes
    names = (member.name, member.place, PurePosixPath(member.name).name)
    return any(fnmatch.fnmatchcase(name, source.member) for name in names)


def _fits(archive: zipfile.ZipFile, member: Member, reader: str, fmt: Format, where: str) -> bool:
    return _kind(archive, member, where) in (fmt.contents or (reader,))


def _kind(archive: zipfile.ZipFile, member: Member, where: str) -> str:
    head = start_of(archive, member, _HEAD, where)
    tail = b"" if head[:4] != b"PK\x03\x04" else _all(archive, member)[-_HEAD:]
    return identify_bytes(head, tail)


def _all(archive: zipfile.ZipFile, member: Member) -> bytes:
    return archive.read(member.info) if member.info.file_size < 1 << 28 else b""


def _nothing(fmt: Format, source: Source, every: Sequence[str], where: str) -> UnreadableInput:
    listing = ", ".join(every[:8]) + (" …" if len(every) > 8 else "") or "-"
    if source.member is not None:
        return UnreadableInput(where, Words(f"nothing in the archive fits member = '{source.member}'; it holds: {listing}", f"member =「{source.member}」に合うファイルが圧縮ファイルの中にありません。中身: {listing}"),
                               Words("correct member in [source]", "[source] の member を直してください"))
    return UnreadableInput(where, Words(f"no {fmt.title.en} in the archive; it holds: {listing}", f"圧縮ファイルの中に{fmt.title.ja}がありません。中身: {listing}"),
                           Words("correct reader in [source] or the file", "[source] の reader かファイルを直してください"))


def plain_files(path: Path, source: Source, where: str, places: Sequence[str] | None) -> Iterator[tuple[Path, str]]:
    """Yield each file to read with its name for messages: the delivered file, or the members at `places`, one on disk at a time."""
    if places is None:
        yield path, where
        return
    wanted = set(places)
    with tempfile.TemporaryDirectory(prefix="gispipe-") as folder:
        for archive, members in walk(path, where, FORMATS[source.reader].members, Path(folder)):
            for member in members:
                if member.place in wanted:
                    place = Path(folder, "member")
                    place.mkdir()
                    yield _bring(archive, member, members, place, where), f"{where} › {member.place}"
                    shutil.rmtree(place)


def _bring(archive: zipfile.ZipFile, member: Member, members: list[Member], place: Path, where: str) -> Path:
    """Write a member and the files that belong to it into a folder of their own, under their last names."""
    path = PurePosixPath(member.name)
    stem = path.stem if len(path.stem.encode()) <= 200 else "member"
    for other in members:
        beside = PurePosixPath(other.name)
        if beside.parent == path.parent and beside.stem == path.stem and other.suffix in _SIDES.get(member.suffix, ()):
            extract(archive, other, place / f"{stem}{other.suffix}", where)
        elif beside.name.startswith(_META) and beside.name != path.name and len(beside.name.encode()) <= 200:
            extract(archive, other, place / beside.name, where)
    return extract(archive, member, place / f"{stem}{path.suffix}", where)
