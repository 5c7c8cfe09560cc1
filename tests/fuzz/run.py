"""Read damaged files of every format and say what became of them.

A damaged file is `same` when it reads as it was, `refused` by a named failure, `told` when a rule or the reader
noticed something, `silent` when it reads as other data without a word. A crash of a reader process, a hang, or any
other exception in the parent is a defect. With the digest of inputs.lock every damage is seen.
"""

from __future__ import annotations

import collections
import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import rasterio
import shapely
from bases import BASES, CITY_TOML, Base
from mutate import mutate

from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.errors import Failure
from gispipe.ingest import ingest_layer
from gispipe.intake import readers
from gispipe.intake.sandbox import Readers
from gispipe.model import Layer
from gispipe.rasters import Pictures, ingest_raster

STYLE = 'id = "x"\n[[class]]\nlabel = "図形"\nfill = "#cccccc"\nstroke = "#333333"\n'
HANG = 10.0


@dataclass
class Tally:
    """What became of the damaged files of one format."""

    fates: collections.Counter[str] = field(default_factory=collections.Counter)
    silent: list[str] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    seen_by_lock: int = 0
    slowest: float = 0.0

    @property
    def tried(self) -> int:
        return sum(self.fates.values())

    @property
    def changed(self) -> int:
        """Files that do not read as they were."""
        return self.tried - self.fates["same"]

    @property
    def caught(self) -> float:
        return 1 - self.fates["silent"] / self.changed if self.changed else 1.0


def prepare(folder: Path, base: Base) -> tuple[Catalogue, list[Path]]:
    """Write a city of one layer and its honest delivery."""
    for name, text in (("layers/x.toml", base.layer), ("styles/x.toml", STYLE)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "city.toml").write_text(CITY_TOML.replace('default_map = "hazard"\n', ""), "utf-8")
    (folder / "sources").mkdir()
    paths = base.write(folder / "sources")
    return load_catalogue(folder), paths


def read(group: Readers, catalogue: Catalogue) -> tuple[str, bool, str]:
    """Return a digest of the table, whether anything was noticed, and the digest that inputs.lock would hold."""
    layer = catalogue.layers["x"]
    if layer.kind == "raster":
        return _read_picture(group, catalogue, layer)
    one = ingest_layer(group, catalogue, layer)
    shapes = b"" if one.geometry is None else b"".join(bytes(wkb or b"-") for wkb in shapely.to_wkb(one.geometry))
    return hashlib.sha256(one.table.to_csv().encode() + shapes).hexdigest(), bool(one.findings), one.files[0].sha256


def _read_picture(group: Readers, catalogue: Catalogue, layer: Layer) -> tuple[str, bool, str]:
    with tempfile.TemporaryDirectory() as folder:
        one = ingest_raster(group, catalogue, layer, Pictures(Path(folder)))
        with rasterio.open(one.draft, driver="GTiff") as made:
            digest = hashlib.sha256(made.read().tobytes() + str((made.transform, made.crs)).encode()).hexdigest()
        one.draft.unlink()
    return digest, False, one.files[0].sha256


def damage(base: Base, format_: str, n: int, seed: int, folder: Path, group: Readers, tally: Tally) -> None:
    """Damage one file of a delivery `n` times."""
    catalogue, paths = prepare(folder / format_, base)
    whole = {path: path.read_bytes() for path in paths}
    honest, noticed, lock = read(group, catalogue)
    assert not noticed, f"{format_}: the honest file already breaks a rule"
    for k in range(n):
        rng = np.random.Generator(np.random.PCG64([seed, sorted(BASES).index(format_), k]))
        path = paths[int(rng.integers(len(paths)))]
        kind, data = mutate(whole[path], rng)
        if data == whole[path]:
            continue
        path.write_bytes(data)
        _judge(group, catalogue, f"{format_} {k} {kind} {path.suffix}", honest, lock, tally)
        path.write_bytes(whole[path])


def _judge(group: Readers, catalogue: Catalogue, name: str, honest: str, lock: str, tally: Tally) -> None:
    began = time.perf_counter()
    try:
        table, noticed, digest = read(group, catalogue)
        fate = "same" if table == honest else "told" if noticed else "silent"
        tally.seen_by_lock += digest != lock
    except Failure as failure:
        fate = "refused"
        tally.seen_by_lock += 1
        said = str(failure)
        if "the reader failed" in said or "reader died" in said:
            tally.defects.append(f"{name}: {said}")
    except Exception as error:  # noqa: BLE001 — this is what the program looks for
        fate = "crash"
        tally.defects.append(f"{name}: {type(error).__name__}: {error}")
    seconds = time.perf_counter() - began
    tally.slowest = max(tally.slowest, seconds)
    if seconds > HANG:
        tally.defects.append(f"{name}: {seconds:.1f} s")
    tally.fates[fate] += 1
    if fate == "silent":
        tally.silent.append(name)


def run(formats: list[str], each: int, seed: int, folder: Path, group: Readers | None = None) -> Iterator[tuple[str, Tally]]:
    """Yield the tally of each format; `group` reads, a reader of its own when none is given."""
    with contextlib.nullcontext(group) if group else readers(1) as reading:
        for name in formats:
            tally = Tally()
            damage(BASES[name], name, each, seed, folder, reading, tally)
            shutil.rmtree(folder / name)
            yield name, tally
