"""Make points of two columns of text, and say of every row without one why."""

from __future__ import annotations

import struct

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gispipe.errors import UnreadableInput
from gispipe.intake.rows import Rows, texts
from gispipe.words import Words

_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$"
_POINT = struct.pack("<BI", 1, 1)
LONGITUDE, LATITUDE = (122.0, 154.0), (20.0, 46.0)
"""Where Japan lies, in degrees."""


def points(rows: Rows, x: str | None, y: str | None) -> pa.Array:
    """Return (n,) points as WKB; rows whose cells are no numbers get none and are noted under GP11.

    Raises UnreadableInput, listing what there is, when a column is missing.
    """
    for role, name in (("x", x), ("y", y)):
        if name is None or name not in rows.table.column_names:
            there = ", ".join(rows.table.column_names)
            raise UnreadableInput(rows.file.path, Words(f"no column '{name}' for {role}; there are: {there}", f"{role} の列「{name}」がありません。ある列: {there}"),
                                  Words("correct x and y in [source]", "[source] の x・y を直してください"))
    assert x and y
    east, north = numbers(rows, x), numbers(rows, y)
    missing = np.flatnonzero(~(np.isfinite(east) & np.isfinite(north)))
    one, other = texts(rows.table[x]).take(missing).to_pylist(), texts(rows.table[y]).take(missing).to_pylist()
    rows.note("GP11", missing, [f"{x}={a!r} {y}={b!r}" for a, b in zip(one, other, strict=True)])
    return wkb(east, north)


def degrees(rows: Rows, x: str, y: str) -> pa.Array:
    """Return (n,) points of longitude and latitude in Japan as WKB; every other row is noted with its reason under GP11.

    Swapped pairs are named, never swapped back; sexagesimal texts are named, never converted.
    """
    lon, lat = numbers(rows, x), numbers(rows, y)
    inside = within(lon, LONGITUDE) & within(lat, LATITUDE)
    bad = np.flatnonzero(~inside)
    cells = [texts(rows.table[name]).take(bad).to_pylist() for name in (x, y)]
    rows.note("GP11", bad, [f"{_reason(a, b, lon[k], lat[k])}: {x}={a or ''} {y}={b or ''}" for k, a, b in zip(bad, *cells, strict=True)])
    if len(bad):
        rows.facts["without_coordinates"] = len(bad)
    return wkb(np.where(inside, lon, np.nan), np.where(inside, lat, np.nan))


def within(values: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Return the mask of values between two limits; NaN is outside."""
    return (values >= limits[0]) & (values <= limits[1])


def _reason(a: str | None, b: str | None, lon: float, lat: float) -> str:
    if not a or not b:
        return "座標なし / no coordinates"
    if np.isnan(lon) or np.isnan(lat):
        return "度分秒の表記 / degrees, minutes, seconds" if set(a + b) & set("度分秒°′″'’") else "数値でない / not a number"
    if LATITUDE[0] <= lon <= LATITUDE[1] and LONGITUDE[0] <= lat <= LONGITUDE[1]:
        return "緯度と経度が逆 / latitude and longitude swapped"
    return "日本の範囲外 / outside Japan"


def numbers(rows: Rows, name: str) -> np.ndarray:
    """Return a column of decimal texts as float64, NaN for what is none."""
    column = texts(rows.table[name])
    plain = pc.match_substring_regex(column, _NUMBER)
    values = pc.if_else(plain, column, None).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.where(np.isfinite(values), values, np.nan)


def wkb(x: np.ndarray, y: np.ndarray) -> pa.Array:
    """Return points as an Arrow array of WKB, null where a coordinate is NaN."""
    there = np.isfinite(x) & np.isfinite(y)
    body = np.zeros(int(there.sum()), dtype=[("head", "V5"), ("x", "<f8"), ("y", "<f8")])
    body["head"], body["x"], body["y"] = np.frombuffer(_POINT, "V5")[0], x[there], y[there]
    offsets = np.concatenate([[0], np.cumsum(there)]).astype(np.int64) * body.itemsize
    valid = np.packbits(there, bitorder="little")
    return pa.Array.from_buffers(pa.large_binary(), len(x), [pa.py_buffer(valid.tobytes()), pa.py_buffer(offsets.tobytes()), pa.py_buffer(body.tobytes())],
                                 null_count=int((~there).sum()))
