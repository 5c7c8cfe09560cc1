"""Walk through a folder: files that may hold data, and what is there but cannot be looked into, each with the reason."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gispipe.scan.toml import writable
from gispipe.words import Words

DATA = {".shp", ".geojson", ".json", ".topojson", ".csv", ".xlsx", ".gpkg", ".fgb", ".xml", ".gml", ".dm", ".kml", ".dxf", ".zip", ".kmz", ".tif", ".tiff", ".jpg", ".jpeg"}
HELPERS = {"attributes.csv", "config.yml"}
_BESIDE = {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".qmd", ".fix", ".tfw", ".tifw", ".wld", ".ovr", ".msk"}
_NO_DATA = {".md", ".txt", ".yml", ".yaml", ".toml", ".html", ".htm", ".css", ".ini", ".db", ".lock", ".sha256", ""}
_ARCHIVES = {".7z", ".lzh", ".gz", ".tgz", ".rar"}


@dataclass
class Found:
    """data: files that may hold data, by name; left: (name, why) of what is not looked into; described: folders with helpers."""

    data: list[Path] = field(default_factory=list)
    left: list[tuple[str, Words]] = field(default_factory=list)
    described: list[Path] = field(default_factory=list)


def walk(folder: Path, leave_out: Path | None = None) -> Found:
    """Find the files under `folder`, without hidden ones, `leave_out`, and what city directories have put out."""
    result = Found()
    for path in _files(folder, leave_out):
        name = path.relative_to(folder).as_posix()
        suffix = path.suffix.lower()
        if path.name in HELPERS:
            result.described += [path.parent] if path.parent not in result.described else []
        elif suffix in DATA:
            why = _refused(path, name, folder)
            result.left += [(name, why)] if why else []
            result.data += [] if why else [path]
        elif (why := _unread(path, suffix)) is not None:
            result.left.append((name, why))
    return result


def _files(folder: Path, leave_out: Path | None) -> Iterator[Path]:
    outside = leave_out.resolve() if leave_out is not None else None
    for place, folders, names in os.walk(folder):
        here = Path(place)
        made = {"output"} if "city.toml" in names else set()
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in made and (here / f).resolve() != outside)
        yield from (here / name for name in sorted(names) if not name.startswith("."))


def _refused(path: Path, name: str, folder: Path) -> Words | None:
    """Return why a declaration cannot name this file: its path would be refused or misread."""
    if not writable(name):
        return Words("the name is not UTF-8; rename the file", "ファイル名が UTF-8 ではありません。名前を変えてください")
    if ":" in name or name.startswith(("~", "\\")) or name.lower().startswith("/vsi") or ".." in name.replace("\\", "/").split("/"):
        return Words("a path in a declaration may not hold ':', '..' or begin with '~'; rename the file", "宣言の path に「:」「..」や先頭の「~」は使えません。名前を変えてください")
    if not path.resolve().is_relative_to(folder.resolve()):
        return Words("it is a link that leads out of the folder; put the file itself there", "フォルダーの外を指すリンクです。ファイルの実体を置いてください")
    return None


def _unread(path: Path, suffix: str) -> Words | None:
    """Return why a file that holds no known data is named nevertheless, None for what belongs to another file or holds none."""
    if suffix in _ARCHIVES:
        return Words("archives other than ZIP are not opened; unpack it first", "ZIP 以外の圧縮ファイルは開きません。展開してください")
    if suffix in (".dbf", ".shx") and not any(path.with_suffix(end).exists() for end in (".shp", ".SHP", ".Shp")):
        return Words("part of a shapefile whose .shp is missing", "シェープファイルの一部ですが、.shp がありません")
    if suffix in _BESIDE or suffix in _NO_DATA or path.name.lower().endswith((".shp.xml", ".aux.xml", ".tif.xml")):
        return None
    return Words(f"no reader for {suffix} yet; export it as CSV, GeoJSON or shapefile", f"{suffix} はまだ読めません。CSV・GeoJSON・シェープファイルに出力してください")
