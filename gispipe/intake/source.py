"""Find a source's files inside the city's source folder and read them all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from gispipe.errors import CrsError, DeclarationError, UnreadableInput
from gispipe.intake.csv_table import GEOGRAPHIC
from gispipe.intake.delivered import Delivered
from gispipe.intake.digest import Fingerprint
from gispipe.intake.registry import FORMATS
from gispipe.intake.sandbox import Readers, nothing_wanted
from gispipe.intake.stack import stack
from gispipe.model import Source
from gispipe.words import Words


def source_files(root: Path, source: Source, file: str) -> list[tuple[Path, str]]:
    """Return the source's files with their names relative to `root`, sorted by name.

    `file` is the declaring file, for messages. Raises UnreadableInput when there is none or a link leads outside, and
    DeclarationError for a reader nobody wrote.
    """
    if source.reader not in FORMATS:
        from gispipe.catalogue.mistakes import Mistake, unknown_name

        raise DeclarationError([Mistake(file, "source.reader", unknown_name(Words("reader", "読み取り形式"), source.reader, FORMATS))])
    base = root.resolve()
    paths = _matching(root, source.path)
    if not paths:
        raise UnreadableInput(f"{file} › source.path", Words(f"no file at {source.path} under {root}", f"{root} の下に {source.path} がありません"),
                              Words("put the file there or correct the path", "ファイルを置くか、path を直してください"))
    for path in (part for path in paths for part in (path, *_beside(path))):
        if not path.resolve().is_relative_to(base):
            raise UnreadableInput(f"{file} › source.path", Words(f"{path.name} is a link that leads out of the source folder; it is refused",
                                                                 f"{path.name} は入力フォルダーの外を指すリンクのため、受け付けません"),
                                  Words("put the file itself there", "ファイルの実体を置いてください"))
    return [(path, path.relative_to(root).as_posix()) for path in paths]


def _matching(root: Path, pattern: str) -> list[Path]:
    literal = root / pattern
    if literal.is_file():
        return [literal]
    try:
        return sorted(p for p in root.glob(pattern) if p.is_file()) if _has_wildcard(pattern) else []
    except ValueError:  # '**' glued to a name is no pattern
        return []


def _beside(path: Path) -> list[Path]:
    """Return the links among the files a reader may open along with this one: they are part of the source."""
    sides = (path.with_suffix(suffix) for small in _SIDES for suffix in (small, small.upper()))
    return [side for side in sides if side.is_symlink()]


def companions(path: Path) -> list[Path]:
    """Return a source's file and every other that a reader may open along with it: those of the same stem, and what says of a folder what is in it."""
    stem = f"{path.name.partition('.')[0]}."
    return sorted(side for side in path.parent.iterdir() if side == path or ((side.name.startswith(stem) or side.name.startswith("KS-META")) and side.is_file()))


_SIDES = (".shx", ".dbf", ".prj", ".cpg", ".tfw", ".tifw", ".wld", ".ovr", ".msk")


def _has_wildcard(path: str) -> bool:
    return any(mark in path for mark in "*?[")


def read_source(group: Readers, root: Path, source: Source, file: str) -> Delivered:
    """Read every file of a source through the reader processes, side by side, and put them together in their order.

    The CRS is the file's own, else the declared one (for points of a CSV or workbook: JGD2011 longitude and latitude). Raises CrsError
    when a file contradicts the declaration or the files contradict each other.
    """
    files = source_files(root, source, file)
    with ThreadPoolExecutor(max(1, min(group.count, len(files)))) as pool:
        read = list(pool.map(lambda one: _one_file(group, source, file, *one), files))
    if not any(map(len, read)):
        raise nothing_wanted(source, f"{file} › source")
    systems = {frozenset(part.crs for part in parts if _placed(part)) for parts in read} - {frozenset()}
    if len(systems) > 1:
        listing = ", ".join(sorted({str(name) for names in systems for name in names}))
        raise CrsError(f"{file} › source.path", Words(f"the files have different coordinate systems: {listing}", f"ファイルによって座標系が違います: {listing}"),
                       Words("make one layer for each", "座標系ごとにレイヤーを分けてください"))
    passed_over = tuple(Fingerprint([path]).of(name, 0) for parts, (path, name) in zip(read, files, strict=True) if not parts)
    whole = stack([part for parts in read for part in parts])
    return FORMATS[source.reader].together(replace(whole, inputs=(*whole.inputs, *passed_over)), source)


def _placed(part: Delivered) -> bool:
    """Tell whether any row of a part claims a place on earth; drawings in a local system (任意座標系) do not."""
    return part.facts.get("placed") != 0


def _one_file(group: Readers, source: Source, file: str, path: Path, name: str) -> list[Delivered]:
    """Read one delivered file and note which file it was, as it came."""
    parts = [_with_crs(part, source, part.files[0].path, file) for part in group.read_parts(path, source, name)]
    if not parts:
        return []
    _alike(parts, source, name)
    whole = parts[0].files if len(parts) == 1 and parts[0].files[0].path == name else (Fingerprint([path]).of(name, sum(map(len, parts))),)
    return [replace(part, inputs=whole if k == 0 else ()) for k, part in enumerate(parts)]


def _alike(parts: list[Delivered], source: Source, name: str) -> None:
    """Raise UnreadableInput when an archive holds unlike tables and the source does not say which."""
    first = set(parts[0].names)
    other = next((part for part in parts if not first & set(part.names) and first), None)
    if source.member is None and other is not None:
        members = [part.files[0].path.rpartition(" › ")[2] for part in parts]
        listing = ", ".join(members[:8]) + (" …" if len(members) > 8 else "")
        raise UnreadableInput(name, Words(f"the archive holds tables that have nothing in common: {listing}", f"圧縮ファイルの中に、列の異なるデータが混ざっています: {listing}"),
                              Words('name one with member = "…" in [source]', "[source] に member = \"…\" を書いて選んでください"))


def _with_crs(delivered: Delivered, source: Source, name: str, file: str) -> Delivered:
    if delivered.shapes is None:
        return delivered
    stated = None if delivered.facts.get("crs_by_rule") and source.crs else delivered.crs
    declared = source.crs or (GEOGRAPHIC if source.reader in ("csv", "xlsx") else None)
    if stated and source.crs and not _equal(stated, source.crs):
        raise CrsError(name, Words(f"the file says {stated}, the layer says {source.crs}", f"ファイルの座標系は {stated} ですが、レイヤーには {source.crs} とあります"),
                       Words(f"correct crs in {file} or ask for the file again", f"{file} の crs を直すか、受け取り直してください"))
    return replace(delivered, crs=stated or declared)


def _equal(one: str, other: str) -> bool:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    if one == other:
        return True
    try:
        return bool(CRS.from_user_input(one).equals(CRS.from_user_input(other), ignore_axis_order=True))
    except CRSError:
        return False
