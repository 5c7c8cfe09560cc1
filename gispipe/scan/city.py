"""From what was seen to a city directory: city.toml, one layer file for each source, plain styles, and maps by group."""

from __future__ import annotations

import collections
from dataclasses import dataclass
from pathlib import Path

from gispipe.errors import NotFound, UnreadableInput
from gispipe.scan.cityfile import city_text
from gispipe.scan.draft import OTHERS, Draft, drafts_of
from gispipe.scan.emit import layer_text
from gispipe.scan.look import Look, look_through
from gispipe.scan.pictures import heights
from gispipe.scan.place import Found, find_city
from gispipe.scan.sheets import together
from gispipe.scan.styles import COLOURS, style_text
from gispipe.scan.toml import remark, text
from gispipe.words import Words

WAITING = "確認待ち"
"""The map of layers about which something was guessed; staff only."""

_SHOWN = 6
"""Layers of a map that are visible at the start; more would hide each other."""


@dataclass(frozen=True)
class ScanReport:
    """What was written: layer files, how many a person must look at or complete first, files nobody could read with the reason."""

    layers: tuple[str, ...]
    doubtful: int
    pending: int
    unreadable: tuple[tuple[str, str], ...]


def scan_city(folder: Path, target: Path, *, name: str | None = None, code: str | None = None, public: bool = False) -> ScanReport:
    """Look through `folder` and write a city directory into `target`, which must not hold one yet.

    Everything is internal unless `public` says that the folder is open data already; even then doubtful layers and
    columns that sound personal stay closed. Known defects are accepted with the counts found, so that one more stops a
    run; what no run could use is declared `pending`. Raises UnreadableInput and NotFound; then nothing was written.
    """
    if not folder.is_dir():
        raise UnreadableInput(str(folder), Words("no such folder", "フォルダーがありません"))
    look = look_through(folder, leave_out=target)
    if not look.seen:
        what = Words("nothing readable in this folder", "読めるデータがありません")
        looked = Words("shapefile, GeoJSON, GeoPackage, FlatGeobuf, CSV and GeoTIFF are looked for", "シェープファイル・GeoJSON・GeoPackage・FlatGeobuf・CSV・GeoTIFF を探します")
        raise NotFound(str(folder), what, Words(looked.en + _some(look), looked.ja + _some(look)))
    found = find_city(look, folder, target, name, code)
    drafts = drafts_of(together(look.seen, folder), found, public)
    _write(target, found, drafts, look)
    return ScanReport(tuple(d.identity for d in drafts), sum(bool(d.doubts or d.guess.closed) for d in drafts), sum(d.pending is not None for d in drafts), tuple(look.unreadable))


def _some(look: Look) -> str:
    return "".join(f"\n  {remark(name)}: {why}" for name, why in look.unreadable[:20])


def _write(target: Path, found: Found, drafts: list[Draft], look: Look) -> None:
    for part in ("layers", "styles/maps"):
        (target / part).mkdir(parents=True, exist_ok=True)
    city = found.city
    (target / "city.toml").write_text(city_text(name=city.name, code=city.code, crs=city.crs, bounds=city.bounds, sources=city.sources, doubts=found.doubts), "utf-8")
    groups = collections.Counter(draft.group for draft in drafts)
    used: set[tuple[str, str]] = set()
    for number, draft in enumerate(drafts):
        style = None
        if draft.guess.geometry:
            colour = COLOURS[number % len(COLOURS)][0]
            style = f"{draft.guess.geometry}_{colour}"
            used.add((draft.guess.geometry, colour))
        (target / "layers" / f"{draft.identity}.toml").write_text(_layer_text(draft, style, _group(draft, groups)), "utf-8")
    for kind, colour in sorted(used):
        (target / "styles" / f"{kind}_{colour}.toml").write_text(style_text(kind, colour), "utf-8")
    for order, (group, members) in enumerate(_maps(drafts, groups).items(), 1):
        (target / "styles/maps" / f"map_{order:02d}.toml").write_text(_map_text(f"map_{order:02d}", group, members, order), "utf-8")
    if look.unreadable:
        (target / "unreadable.txt").write_text("".join(f"{remark(name)}\n  {why}\n" for name, why in look.unreadable), "utf-8")


RELIEF = ('draw     = "hillshade"          # 標高の格子を陰影図として描きます。段階の色で塗るなら "tint"（style に標高の段階を書きます）',)


def _group(draft: Draft, groups: collections.Counter[str]) -> str:
    return draft.group if draft.group and groups[draft.group] > 1 else OTHERS


def _maps(drafts: list[Draft], groups: collections.Counter[str]) -> dict[str, list[Draft]]:
    members: dict[str, list[Draft]] = collections.defaultdict(list)
    for draft in drafts:
        if draft.drawn:
            members[WAITING if draft.doubts else _group(draft, groups)].append(draft)
    return {group: members[group] for group in sorted(members, key=lambda g: (g == WAITING, g == OTHERS, g))}


def _map_text(identity: str, group: str, members: list[Draft], order: int) -> str:
    audience = "public" if all(d.audience == "public" for d in members) else "internal"
    vectors = [d for d in members if d.seen.delivered is not None]
    vectors.sort(key=lambda d: {"point": 0, "line": 1, "polygon": 2}[d.guess.geometry or "polygon"])
    pictures = [d.identity for d in members if d.seen.delivered is None]
    shown = [text(d.identity) if k < _SHOWN else f"{{ id = {text(d.identity)}, visible = false }}" for k, d in enumerate(vectors)]
    if not shown:
        shown, pictures = [text(p) for p in pictures], []
    lines = [f"id = {text(identity)}", f"title = {text(group)}", f"audience = {text(audience)}", f"order = {order}", "# 先に書いたレイヤーほど上に描き、凡例でも先に並べます",
             "layers = [", *(f"  {one}," for one in shown), "]"]
    return "\n".join(lines + ([f"backgrounds = {text(pictures)}"] if pictures else [])) + "\n"


def _layer_text(draft: Draft, style: str | None, group: str) -> str:
    delivered, source = draft.seen.delivered, draft.seen.source
    kind = "raster" if delivered is None else "vector" if draft.guess.geometry else "table"
    facts = [f"調査: {draft.seen.name}"]
    if delivered is not None:
        stated = "緯度・経度の列" if source.reader == "csv" else "GeoJSON の規則" if delivered.facts.get("crs_by_rule") else "推定" if source.crs else "ファイルの記載"
        facts += [f"{len(delivered):,} 行、文字コード {delivered.encoding or '（形式で決まる）'}" + (f"、座標系 {delivered.crs}（{stated}）" if kind == "vector" and delivered.crs else "")]
    return layer_text(identity=draft.identity, title=draft.title, kind=kind, guess=draft.guess, source=source, audience=draft.audience, style=style, group=group,
                      tileset=None, zoom=(10, 19) if kind == "raster" else (10, 16), extra=RELIEF if heights(draft.seen.sheets) else (), accept=draft.accept, facts=facts, doubts=(*draft.doubts, *draft.closed), pending=draft.pending)
