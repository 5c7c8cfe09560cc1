"""From what was seen to a city directory: city.toml, one layer file for each source, plain styles, and maps by group."""

from __future__ import annotations

import collections
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from gispipe.checks.findings import check
from gispipe.checks.rule import Subject
from gispipe.crs import LONLAT, transform
from gispipe.errors import Failure, NotFound, UnreadableInput
from gispipe.ingest import typed
from gispipe.model import Accepted, Audience, City, Layer
from gispipe.scan.emit import layer_text, text
from gispipe.scan.guess import Guess, guess
from gispipe.scan.look import Look, Seen, look_through
from gispipe.scan.sidecar import Sidecar, read_sidecar
from gispipe.scan.styles import COLOURS, style_text
from gispipe.scan.terms import layer_id
from gispipe.words import Words


WAITING = "確認待ち"
"""The map of layers about which something was guessed; staff only."""


@dataclass(frozen=True)
class Draft:
    """A layer about to be written."""

    identity: str
    title: str
    group: str
    seen: Seen
    guess: Guess
    sidecar: Sidecar
    accept: dict[str, Accepted]
    audience: Audience

    @property
    def doubtful(self) -> bool:
        """Something about the file was guessed: it stays closed until a person has looked."""
        return bool(self.seen.doubts)


@dataclass(frozen=True)
class ScanReport:
    """What was written: layer files, maps, and files nobody could read with the reason."""

    layers: tuple[str, ...]
    doubtful: int
    unreadable: tuple[tuple[str, str], ...]


def scan_city(folder: Path, target: Path, *, name: str | None = None, code: str | None = None, public: bool = False) -> ScanReport:
    """Look through `folder` and write a city directory into `target`, which must not hold one yet.

    Everything is internal unless `public` says that the folder is open data already; even then columns that sound
    personal stay closed. Known defects are accepted with the counts found, so that one more stops a run.
    """
    if not folder.is_dir():
        raise UnreadableInput(str(folder), Words("no such folder", "フォルダーがありません"))
    look = look_through(folder)
    if not look.seen:
        raise NotFound(str(folder), Words("nothing readable in this folder", "読めるデータがありません"),
                       Words("shapefile, GeoJSON, GeoPackage, CSV and GeoTIFF are looked for", "シェープファイル・GeoJSON・GeoPackage・CSV・GeoTIFF を探します"))
    city = _city(look, folder, target, name, code)
    drafts = _drafts(look, folder, city, public)
    _write(target, folder, city, drafts, look)
    return ScanReport(tuple(d.identity for d in drafts), sum(bool(d.seen.doubts or d.guess.closed) for d in drafts), tuple(look.unreadable))


def _city(look: Look, folder: Path, target: Path, name: str | None, code: str | None) -> City:
    """Find the plane CRS most files use, the area most features lie in, and the municipality's own code and name in the tables."""
    box = _area(look)
    systems = collections.Counter(seen.delivered.crs for seen in look.seen if seen.delivered is not None and seen.delivered.crs)
    plane = next((_jgd2011(crs) for crs, _ in systems.most_common() if _jgd2011(crs)), None) or _zone_of(box)
    found_code, found_name = _municipality(look)
    return City(id="city", name=name or found_name or folder.name, code=code or found_code or "999997", crs=plane, bounds=box, sources=_relative(folder, target))


def _jgd2011(crs: str) -> str | None:
    """Return the JGD2011 plane system of the same zone as a JGD2000 or JGD2011 one."""
    number = int(crs.removeprefix("EPSG:")) if crs.startswith("EPSG:") and crs[5:].isdigit() else 0
    if 2443 <= number <= 2461:
        return f"EPSG:{number - 2443 + 6669}"
    return crs if 6669 <= number <= 6687 else None


def _zone_of(box: tuple[float, float, float, float]) -> str:
    """Return the plane zone whose origin is nearest in longitude on the main islands (a prefecture decides; check it)."""
    origins = {6669: 129.5, 6670: 131.0, 6672: 133.5, 6671: 132.167, 6673: 134.333, 6674: 136.0, 6675: 137.167, 6676: 138.5, 6677: 139.833, 6678: 140.833, 6680: 142.25}
    centre = (box[0] + box[2]) / 2
    return f"EPSG:{min(origins, key=lambda code: abs(origins[code] - centre))}"


def _area(look: Look) -> tuple[float, float, float, float]:
    """Return the box around the features in degrees, leaving out the outermost half per cent of layers' centres, with a margin."""
    boxes = []
    for seen in look.seen:
        if seen.delivered is None or seen.delivered.geometry is None or not seen.delivered.crs:
            continue
        try:
            degrees, _ = transform(seen.delivered.geometry, seen.delivered.crs, LONLAT, seen.name, accept=20.0, lose=True)
        except Failure:
            continue
        boxes.append(shapely.bounds(degrees))
    if not boxes:
        return (122.5, 24.0, 153.9, 45.6)
    every = np.concatenate(boxes)
    every = every[np.isfinite(every).all(axis=1)]
    west, south = np.quantile(every[:, :2], 0.005, axis=0) - 0.02
    east, north = np.quantile(every[:, 2:], 0.995, axis=0) + 0.02
    return (max(round(float(west), 3), 122.0), max(round(float(south), 3), 20.0), min(round(float(east), 3), 154.0), min(round(float(north), 3), 46.0))


def _municipality(look: Look) -> tuple[str | None, str | None]:
    codes: collections.Counter[str] = collections.Counter()
    names: collections.Counter[str] = collections.Counter()
    for seen in look.seen:
        if seen.delivered is None:
            continue
        for column in seen.delivered.frame.columns:
            if re.search("地方公共団体コード|市区町村コード", column):
                codes.update(str(v) for v in seen.delivered.frame[column].dropna() if re.fullmatch(r"\d{6}", str(v)))
            if column in ("市区町村名", "地方公共団体名"):
                names.update(str(v) for v in seen.delivered.frame[column].dropna())
    return (codes.most_common(1)[0][0] if codes else None, names.most_common(1)[0][0] if names else None)


def _relative(folder: Path, target: Path) -> str:
    import os

    try:
        return Path(os.path.relpath(folder.resolve(), target.resolve())).as_posix()
    except ValueError:
        return folder.resolve().as_posix()


def _drafts(look: Look, folder: Path, city: City, public: bool) -> list[Draft]:
    taken: set[str] = set()
    drafts = []
    for seen in look.seen:
        sidecar = read_sidecar(seen.path.parent)
        shared = sum(other.path.parent == seen.path.parent for other in look.seen) > 1
        title = (sidecar.title if sidecar.title and not shared else None) or seen.path.stem
        identity = layer_id(title, seen.path.stem, taken)
        taken.add(identity)
        frame = seen.delivered.frame if seen.delivered is not None else None
        found = guess(frame, seen.delivered.geometry if seen.delivered else None, seen.source, sidecar, public) if frame is not None else Guess({}, (), None, (), None, ())
        group = re.split(r"[_（(]", title)[0] if re.search(r"[_（(]", title) else (seen.name.split("/")[0] if seen.name.count("/") > 1 else "")
        audience: Audience = "public" if public and not seen.doubts else "internal"
        drafts.append(Draft(identity, title, group, seen, found, sidecar, _accept(city, identity, seen, found), audience))
    return drafts


def _accept(city: City, identity: str, seen: Seen, found: Guess) -> dict[str, Accepted]:
    """Run the rules and return an acceptance, with the exact count, for each that would stop a run."""
    if seen.delivered is None:
        return {}
    layer = Layer(id=identity, title=identity, kind="vector" if found.geometry else "table", geometry=found.geometry, source=seen.source,  # type: ignore[arg-type]
                  columns=found.columns, key=found.key)
    table, misfits = typed(seen.delivered.frame, found.columns, "scan › columns", seen.name)
    geometry = None
    if found.geometry and seen.delivered.geometry is not None:
        try:
            geometry, _ = transform(seen.delivered.geometry, seen.delivered.crs or city.crs, city.crs, seen.name, accept=20.0, lose=True)
        except Failure:
            return {}
    subject = Subject(city, layer, None, seen.delivered, geometry, table, misfits)
    stopping = [f for f in check(subject) if f.status == "stopped" and f.code not in ("GP01", "GP02", "GP17")]
    return {f.code: Accepted(rows=f.count, reason=f"調査時に見つかった{f.count}件（{f.rule.sentence.ja}）。原因を確認してください") for f in stopping}


def _write(target: Path, folder: Path, city: City, drafts: list[Draft], look: Look) -> None:
    for part in ("layers", "styles/maps", "output"):
        (target / part).mkdir(parents=True, exist_ok=True)
    (target / "city.toml").write_text(_city_text(city, folder), "utf-8")
    groups = collections.Counter(d.group for d in drafts)
    used: set[tuple[str, str]] = set()
    for number, draft in enumerate(drafts):
        style = None
        if draft.guess.geometry:
            colour = COLOURS[number % len(COLOURS)]
            style = f"{draft.guess.geometry}_{colour[0]}"
            used.add((draft.guess.geometry, colour[0]))
        group = draft.group if groups[draft.group] > 1 else "その他"
        (target / "layers" / f"{draft.identity}.toml").write_text(_layer_text(draft, style, group), "utf-8")
    for kind, colour in sorted(used):
        (target / "styles" / f"{kind}_{colour}.toml").write_text(style_text(kind, colour), "utf-8")
    for order, (group, members) in enumerate(_maps(drafts, groups).items(), 1):
        (target / "styles/maps" / f"map_{order:02d}.toml").write_text(_map_text(f"map_{order:02d}", group, members, order), "utf-8")
    if look.unreadable:
        (target / "unreadable.txt").write_text("".join(f"{name}\n  {why}\n" for name, why in look.unreadable), "utf-8")


def _maps(drafts: list[Draft], groups: collections.Counter[str]) -> dict[str, list[Draft]]:
    members: dict[str, list[Draft]] = collections.defaultdict(list)
    for draft in drafts:
        if draft.guess.geometry or draft.seen.delivered is None:
            members[WAITING if draft.doubtful else draft.group if groups[draft.group] > 1 else "その他"].append(draft)
    return {group: members[group] for group in sorted(members, key=lambda g: (g == WAITING, g == "その他", g))}


def _map_text(identity: str, group: str, members: list[Draft], order: int) -> str:
    audience = "public" if all(d.audience == "public" for d in members) else "internal"
    vectors = [d for d in members if d.seen.delivered is not None]
    vectors.sort(key=lambda d: {"point": 0, "line": 1, "polygon": 2}[d.guess.geometry or "polygon"])
    pictures = [d.identity for d in members if d.seen.delivered is None]
    shown = [text(d.identity) if k < 6 else f"{{ id = {text(d.identity)}, visible = false }}" for k, d in enumerate(vectors)] or []
    if not shown:
        shown, pictures = [text(p) for p in pictures], []
    lines = [f"id = {text(identity)}", f"title = {text(group)}", f"audience = {text(audience)}", f"order = {order}", "# 先に書いたレイヤーほど上に描き、凡例でも先に並べます",
             "layers = [", *(f"  {one}," for one in shown), "]"]
    return "\n".join(lines + ([f"backgrounds = {text(pictures)}"] if pictures else [])) + "\n"


def _layer_text(draft: Draft, style: str | None, group: str) -> str:
    delivered = draft.seen.delivered
    kind = "raster" if delivered is None else "vector" if draft.guess.geometry else "table"
    facts = [f"調査: {draft.seen.name}"]
    if delivered is not None:
        crs_from = "緯度・経度の列" if draft.seen.source.reader == "csv" else "GeoJSON の規則" if delivered.facts.get("crs_by_rule") else "ファイルの記載"
        facts += [f"{len(delivered):,} 行、文字コード {delivered.encoding or '（表なし）'}" + (f"、座標系 {delivered.crs}（{crs_from}）" if delivered.geometry is not None else "")]
    doubts = [*draft.seen.doubts, *(f"列「{label}」は個人に関わる可能性があるため公開していません" for label in draft.guess.closed)]
    source = draft.seen.source
    if delivered is not None and delivered.crs and draft.seen.doubts and source.reader in ("shapefile",):
        source = source.model_copy(update={"crs": delivered.crs}) if any(d.startswith("crs") for d in draft.seen.doubts) else source
    return layer_text(identity=draft.identity, title=draft.title, kind=kind, guess=draft.guess, source=source, audience=draft.audience, style=style,
                      group=group, tileset=None, zoom=(10, 16) if kind == "vector" else (12, 17), accept=draft.accept, facts=facts, doubts=doubts)


def _city_text(city: City, folder: Path) -> str:
    return "\n".join([
        "# 市の基本情報。調査で見つけた値です。確認して直してください。",
        f"id       = {text(city.id)}", f"name     = {text(city.name)}", f"code     = {text(city.code)}      # 全国地方公共団体コード（6桁）",
        f"crs      = {text(city.crs)}    # 保存に使う平面直角座標系（系番号は都道府県で決まります）",
        f"bounds   = {text(list(city.bounds))}  # 市域を含む 西・南・東・北（度）。外れた図形は検査で止まります",
        f"sources  = {text(city.sources)}  # layers の path の起点", 'edition  = ""              # 例 "令和8年度版"', 'notice   = ""              # 全ページに出す一文', 'contact  = ""              # 担当課', "",
    ])
