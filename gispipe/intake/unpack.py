"""Open archives without believing them: names, counts and sizes are checked, and sizes again while inflating.

Limits hold for an archive with everything inside it: members, total bytes, compression ratio, nesting. What a member
is called never becomes a path: files are written under numbered names of our own.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gispipe.errors import (
    ArchiveBomb,
    ArchiveDamaged,
    ArchiveDoubled,
    ArchiveEncrypted,
    ArchiveLink,
    ArchiveMethod,
    ArchiveNested,
    ArchivePath,
    ArchiveTooLarge,
    UnreadableInput,
    of_disk,
)
from gispipe.intake.limits import ARCHIVE_BYTES, ARCHIVE_DEPTH, ARCHIVE_RATIO, SMALL_ENOUGH
from gispipe.words import Words

ARCHIVES = (".zip", ".kmz")
_CHUNK = 1 << 20
_ASK = Words("ask for the files in a plain ZIP", "通常の ZIP で受け取り直してください")
_BROKEN = Words("copy or request the archive again", "コピーし直すか、受け取り直してください")


@dataclass(frozen=True)
class Member:
    """A file of an archive: its directory entry, its readable name, and the archives it lies in (names, outermost first)."""

    info: zipfile.ZipInfo
    name: str
    within: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix.lower()

    @property
    def place(self) -> str:
        """The names from the outermost archive's inside to the file, for messages and for asking again."""
        return " › ".join((*self.within, self.name))


def open_archive(path: Path, where: str, most: int, within: tuple[str, ...] = ()) -> tuple[zipfile.ZipFile, list[Member]]:
    """Open an archive and return it with its files, checked and in the order of their names.

    Raises UnreadableInput for whatever an honest archive has no need of: more than `most` members, links and devices,
    paths that lead out, the same name twice, encryption, members that share their bytes, sizes beyond the limits.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError) as error:
        raise ArchiveDamaged(where, Words(f"the archive is damaged: {error}", f"圧縮ファイルが壊れています: {error}"), _BROKEN) from None
    try:
        infos = archive.infolist()
        _check_size(infos, path.stat().st_size, where, most)
        members = [Member(info, _name(info, where), within) for info in infos]
        _check_names(members, where)
    except UnreadableInput:
        archive.close()
        raise
    return archive, sorted((m for m in members if not m.name.endswith("/")), key=lambda m: m.name)


def _check_size(infos: list[zipfile.ZipInfo], size: int, where: str, most: int) -> None:
    if len(infos) > most:
        raise ArchiveTooLarge(where, Words(f"{len(infos):,} members in the archive, more than {most:,}", f"圧縮ファイルの中身が {len(infos):,} 件あり、上限 {most:,} 件を超えます"),
                              Words("split the delivery", "分割して渡してください"))
    total = sum(info.file_size for info in infos)
    if total > ARCHIVE_BYTES:
        raise ArchiveTooLarge(where, Words(f"{total / 1e9:,.1f} GB in the archive, more than {ARCHIVE_BYTES / 1e9:,.0f} GB", f"展開すると {total / 1e9:,.1f} GB になり、上限 {ARCHIVE_BYTES / 1e9:,.0f} GB を超えます"),
                              Words("split the delivery", "分割して渡してください"))
    if total > max(SMALL_ENOUGH, size * ARCHIVE_RATIO):
        raise ArchiveBomb(where, Words(f"{size:,} bytes would become {total:,}: a compression bomb", f"{size:,} バイトが {total:,} バイトに膨らむ圧縮ファイル（圧縮爆弾）です"), _ASK)
    spans = sorted((info.header_offset, info.header_offset + info.compress_size) for info in infos if info.compress_size)
    if any(after[0] < before[1] for before, after in zip(spans, spans[1:], strict=False)):
        raise ArchiveDoubled(where, Words("members of the archive share their bytes", "圧縮ファイルの中身が互いに重なっています"), _ASK)


def _name(info: zipfile.ZipInfo, where: str) -> str:
    """Return a member's name: UTF-8 where flagged or proven, else cp932; a backslash divides folders as in some official archives."""
    if info.flag_bits & 0x800:
        name = info.orig_filename
    else:
        raw = info.orig_filename.encode("cp437")
        for encoding in ("utf-8", "cp932"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            raise ArchivePath(where, Words(f"a member's name is neither UTF-8 nor cp932: {raw[:40].hex(' ')}", f"UTF-8 でも cp932 でもないファイル名があります: {raw[:40].hex(' ')}"), _ASK)
    return name.replace("\\", "/")


def _check_names(members: list[Member], where: str) -> None:
    seen: set[str] = set()
    for member in members:
        wrong = _wrong_with(member, seen)
        if wrong is not None:
            kind, what = wrong
            raise kind(f"{where} › {member.name[:120]!r}", what, _ASK)
        seen.add(member.name.casefold())


def _wrong_with(member: Member, seen: set[str]) -> tuple[type[UnreadableInput], Words] | None:
    name, info = member.name, member.info
    mode = info.external_attr >> 16
    if name.startswith("/") or ":" in name or ".." in name.split("/") or "\0" in name or not name.strip("/. "):
        return ArchivePath, Words("the path leads out of the archive", "アーカイブの外を指すパスです")
    if info.flag_bits & 0x1:
        return ArchiveEncrypted, Words("the member is encrypted", "暗号化されています")
    if info.create_system == 3 and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return ArchiveLink, Words("the member is a link or a device", "リンクまたはデバイスファイルです")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        return ArchiveMethod, Words(f"compression method {info.compress_type} is not read", f"圧縮方式 {info.compress_type} には対応していません")
    return (ArchiveDoubled, Words("the name comes twice", "同じ名前が二つあります")) if name.casefold() in seen else None


def extract(archive: zipfile.ZipFile, member: Member, target: Path, where: str) -> Path:
    """Write one member to `target`, counting what really comes out; raises UnreadableInput for damage and for lies."""
    written, most = 0, max(SMALL_ENOUGH, member.info.compress_size * ARCHIVE_RATIO)
    try:
        with archive.open(member.info) as source, target.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > min(most, ARCHIVE_BYTES):
                    raise ArchiveBomb(f"{where} › {member.name}", Words("it inflates far beyond its size: a compression bomb", "展開すると異常に大きくなる圧縮ファイル（圧縮爆弾）です"), _ASK)
                sink.write(chunk)
    except UnreadableInput:
        raise
    except Exception as error:  # noqa: BLE001 — zipfile, zlib, bz2 and lzma each have errors of their own
        if of_disk(error):  # no room for what comes out
            raise
        raise ArchiveDamaged(f"{where} › {member.name}", Words(f"the member is damaged: {error}", f"中のファイルが壊れています: {error}"), _BROKEN) from None
    return target


def start_of(archive: zipfile.ZipFile, member: Member, size: int, where: str) -> bytes:
    """Return the first `size` bytes of a member; raises UnreadableInput when it is damaged there."""
    try:
        with archive.open(member.info) as source:
            return source.read(size)
    except Exception as error:  # noqa: BLE001 — see extract
        raise ArchiveDamaged(f"{where} › {member.name}", Words(f"the member is damaged: {error}", f"中のファイルが壊れています: {error}"), _BROKEN) from None


def walk(path: Path, where: str, most: int, folder: Path) -> Iterator[tuple[zipfile.ZipFile, list[Member]]]:
    """Yield the archive and then every archive inside it, each open with its files; `folder` takes the inner ones, one at a time.

    Raises UnreadableInput where archives lie deeper than anyone packs them, or the whole is too large.
    """
    archive, members = open_archive(path, where, most)
    total = sum(member.info.file_size for member in members)
    with archive:
        yield archive, [member for member in members if member.suffix not in ARCHIVES]
        for member in (member for member in members if member.suffix in ARCHIVES):
            inner = extract(archive, member, folder / "inner.zip", where)
            opened, files = open_archive(inner, f"{where} › {member.name}", most, (member.name,))
            with opened:
                total += sum(file.info.file_size for file in files)
                _not_deeper(files, total, f"{where} › {member.name}")
                yield opened, files
            inner.unlink()


def _not_deeper(files: list[Member], total: int, where: str) -> None:
    deeper = next((file for file in files if file.suffix in ARCHIVES), None)
    if deeper is not None:
        raise ArchiveNested(f"{where} › {deeper.name}", Words(f"an archive in an archive in an archive; at most {ARCHIVE_DEPTH} are opened", f"圧縮ファイルが {ARCHIVE_DEPTH} 重を超えて入れ子になっています"), _ASK)
    if total > ARCHIVE_BYTES:
        raise ArchiveTooLarge(where, Words(f"more than {ARCHIVE_BYTES / 1e9:,.0f} GB in the archive", f"展開すると上限 {ARCHIVE_BYTES / 1e9:,.0f} GB を超えます"), Words("split the delivery", "分割して渡してください"))
