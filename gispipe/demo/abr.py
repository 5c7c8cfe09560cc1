"""Write the demo city's part of the address base registry and of the reference points of towns, in their published shape."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import shapely

from gispipe.demo.city import Demo
from gispipe.demo.frame import CITY, CODE
from gispipe.demo.places import stem
from gispipe.demo.workbook import zipped
from gispipe.demo.write import lonlat

PREFECTURE = "架空県"
TOWN = ["lg_code", "machiaza_id", "machiaza_type", "pref", "pref_kana", "pref_roma", "county", "county_kana", "county_roma", "city", "city_kana", "city_roma", "ward", "ward_kana", "ward_roma", "oaza_cho", "oaza_cho_kana", "oaza_cho_roma", "chome", "chome_kana", "chome_number", "koaza", "koaza_kana", "koaza_roma", "machiaza_dist", "rsdt_addr_flg", "rsdt_addr_mtd_code", "oaza_cho_aka_flg", "koaza_aka_code", "oaza_cho_gsi_uncmn", "koaza_gsi_uncmn", "status_flg", "wake_num_flg", "efct_date", "ablt_date", "src_code", "post_code", "remarks"]
TOWN_POS = ["lg_code", "machiaza_id", "rsdt_addr_flg", "rep_lon", "rep_lat", "rep_srid", "rep_scale", "rep_src_code", "plygn_fname", "plygn_kcode", "plygn_fmt", "plygn_srid", "plygn_scale", "plygn_src_code", "pos_oaza_cho_chome_code", "pos_data_mnt_year", "cns_bnd_s_area_kcode", "cns_bnd_year"]
PARCEL = ["lg_code", "machiaza_id", "prc_id", "city", "ward", "oaza_cho", "chome", "koaza", "machiaza_dist", "prc_num1", "prc_num2", "prc_num3", "rsdt_addr_flg", "prc_rec_flg", "prc_area_code", "efct_date", "ablt_date", "src_code", "remarks", "real_prop_num"]
PARCEL_POS = ["lg_code", "machiaza_id", "prc_id", "rep_lon", "rep_lat", "rep_srid", "rep_scale", "rep_src_code", "plygn_fname", "plygn_kcode", "plygn_fmt", "plygn_srid", "plygn_scale", "plygn_src_code", "moj_map_city_code", "moj_map_oaza_code", "moj_map_chome_code", "moj_map_koaza_code", "moj_map_spare_code", "moj_map_brushid"]
ISJ = ["都道府県コード", "都道府県名", "市区町村コード", "市区町村名", "大字町丁目コード", "大字町丁目名", "緯度", "経度", "原典資料コード", "大字・字・丁目区分コード"]
_BEGAN = "2026-04-01"


def write_registry(demo: Demo, dest: Path) -> tuple[list[Path], dict[str, int]]:
    """Write towns, parcels and their positions as zipped CSV below `dest`; return the files and their rows."""
    tables = {"mt_town_pref99": _towns(demo), "mt_town_pos_pref99": _town_positions(demo), **_parcels(demo)}
    files, counts = [], {}
    for name, (header, rows) in tables.items():
        path = dest / f"abr/{name}.csv.zip"
        files.append(_written(path, {f"{name}.csv": _csv(header, rows).encode()}))
        counts[path.relative_to(dest).as_posix()] = len(rows)
    path = dest / "isj/99000-17.0b.zip"
    rows = _reference_points(demo)
    files.append(_written(path, {"99000-17.0b\\99_2023.csv": _csv(ISJ, rows, csv.QUOTE_ALL, "\r\n").encode("cp932")}))
    return files, counts | {"isj/99000-17.0b.zip": len(rows)}


def _written(path: Path, members: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zipped(members))
    return path


def _csv(header: list[str], rows: list[list[object]], quoting: int = csv.QUOTE_MINIMAL, end: str = "\n") -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _filled(header: list[str], **values: object) -> list[object]:
    """Return a row by column name, empty where nothing is given."""
    return [values.get(name, "") for name in header]


def _points(shapes: np.ndarray) -> list[list[float]]:
    return shapely.get_coordinates(lonlat(shapely.point_on_surface(shapes))).tolist()


def _numbers(demo: Demo) -> list[tuple[str, str, int]]:
    """Return machiaza_id, name without chome, and chome number of each town."""
    return [(str(code)[5:], stem(name), int(str(code)[9:])) for code, name in zip(demo.towns.code, demo.towns.name, strict=True)]


def _towns(demo: Demo) -> tuple[list[str], list[list[object]]]:
    rows = [_filled(TOWN, lg_code=CODE, machiaza_id=town, machiaza_type=2 if chome else 1, pref=PREFECTURE, city=CITY, oaza_cho=oaza, chome=name.removeprefix(oaza),
                    chome_number=chome or "", rsdt_addr_flg=1, rsdt_addr_mtd_code=1, oaza_cho_aka_flg=0, koaza_aka_code=0, status_flg=1, wake_num_flg=1, efct_date=_BEGAN, src_code=0)
            for (town, oaza, chome), name in zip(_numbers(demo), demo.towns.name.tolist(), strict=True)]
    return TOWN, rows


def _town_positions(demo: Demo) -> tuple[list[str], list[list[object]]]:
    """Return town positions in two coordinate systems row by row, as the registry has them (the same place to the centimetre here)."""
    rows = [_filled(TOWN_POS, lg_code=CODE, machiaza_id=town, rsdt_addr_flg=1, rep_lon=f"{x:.6f}", rep_lat=f"{y:.6f}", rep_srid="EPSG:4612" if k % 3 else "EPSG:6668",
                    rep_scale=25000, rep_src_code=1, pos_data_mnt_year=2026)
            for k, ((town, _, _), (x, y)) in enumerate(zip(_numbers(demo), _points(demo.towns.shape), strict=True))]
    return TOWN_POS, rows


def _parcels(demo: Demo) -> dict[str, tuple[list[str], list[list[object]]]]:
    """Return the parcels, and positions for two of three, as a city between two surveys has them."""
    lots, numbers, names = demo.lots, _numbers(demo), demo.towns.name.tolist()
    places = _points(lots.lot)
    towns = demo.block_town[lots.lot_block].tolist()
    rows, positions, seen = [], [], set()
    for k, (town, number) in enumerate(zip(towns, demo.lot_number.tolist(), strict=True)):
        machiaza, oaza, _ = numbers[town]
        parts = [*str(number).split("-"), "", ""][:3]
        parcel = "".join(part.zfill(5) for part in parts)
        if (machiaza, parcel) in seen:
            continue
        seen.add((machiaza, parcel))
        rows.append(_filled(PARCEL, lg_code=CODE, machiaza_id=machiaza, prc_id=parcel, city=CITY, oaza_cho=oaza, chome=names[town].removeprefix(oaza), prc_num1=parts[0], prc_num2=parts[1],
                            prc_num3=parts[2], rsdt_addr_flg=1, prc_rec_flg=1, efct_date=_BEGAN, src_code=1))
        if k % 3:
            positions.append(_filled(PARCEL_POS, lg_code=CODE, machiaza_id=machiaza, prc_id=parcel, rep_lon=f"{places[k][0]:.9f}", rep_lat=f"{places[k][1]:.9f}", rep_srid="EPSG:6668",
                                     rep_scale=500, rep_src_code=1, plygn_srid="EPSG:6668", plygn_scale=500, plygn_src_code=1, moj_map_city_code=CODE[:5]))
    return {f"mt_parcel_city{CODE}": (PARCEL, rows), f"mt_parcel_pos_city{CODE}": (PARCEL_POS, positions)}


def _reference_points(demo: Demo) -> list[list[object]]:
    return [[CODE[:2], PREFECTURE, CODE[:5], CITY, f"{CODE[:5]}{town}", name, f"{y:.6f}", f"{x:.6f}", 0, 3 if chome else 1]
            for (town, _, chome), name, (x, y) in zip(_numbers(demo), demo.towns.name.tolist(), _points(demo.towns.shape), strict=True)]
