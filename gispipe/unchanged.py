"""Which layers need not be read again: their files, declarations and the programs that read them are what they were when they were stored.

`made.json` in the internal store says of what each version was made; it is believed only for the versions that the manifest names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from gispipe.catalogue import Catalogue
from gispipe.errors import Failure
from gispipe.finished import digests_of, finished
from gispipe.intake.source import companions, source_files
from gispipe.manifest import read_manifest, store_root
from gispipe.model import Layer, Source
from gispipe.shelf import key_of

NAME = "made.json"
_PROGRAMS = ("intake", "intake/dm/codes.csv", "intake/ksj/codes.toml", "checks", "joins", "address", "model", "ingest.py", "ledgers.py", "columns.py", "crs.py", "datum.py", "geometry.py", "ragged.py", "gather.py", "audience.py", "keep.py", "store.py", "rasters.py", "pyramids.py", "depths.py",
             "style_classes.py", "sensitive.py", "roads", "answers")
LIBRARIES = ("geopandas", "pandas", "numpy", "pyarrow", "pyogrio", "pyproj", "shapely", "rasterio", "fiona", "lxml", "python-calamine", "jgdtrans", "scipy")


class Sources:
    """What the sources of a city are now: a digest for each layer, None for one whose files cannot be found; every file is read once."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._digests: dict[Path, str] = {}

    def keys(self, layers: Iterable[Layer]) -> dict[str, str]:
        """Return by layer id a digest of everything that what is stored of it depends on; a layer whose files are not as they should be has none."""
        files = {layer.id: found for layer in layers if layer.pending is None and (found := self._files(layer)) is not None}
        every = sorted({path for found in files.values() for path, _ in found} - self._digests.keys())
        self._digests.update(zip(every, digests_of(every), strict=True))
        return {name: self._key(self._catalogue.layers[name], found) for name, found in files.items()}

    def _files(self, layer: Layer) -> list[tuple[Path, str]] | None:
        sources: list[Source] = [layer.source, *(join.source for join in layer.join.values() if join.source is not None)]
        try:
            found = [path for source in sources for path, _ in source_files(self._catalogue.sources, source, layer.id)]
            grid = self._catalogue.city.tky2jgd
            every = {side for path in found for side in companions(path)} | ({self._catalogue.sources / grid} if grid else set())
            return [(path, path.relative_to(self._catalogue.sources).as_posix()) for path in sorted(every)]
        except (Failure, OSError, ValueError):
            return None  # reading says what is wrong

    def _key(self, layer: Layer, files: list[tuple[Path, str]]) -> str:
        catalogue = self._catalogue
        style = catalogue.styles.get(layer.style or "")
        others = {name: catalogue.layers[name].model_dump(mode="json", by_alias=True) for join in layer.join.values() for name in (join.layer, *join.layers) if name and name in catalogue.layers}
        return key_of([layer.model_dump(mode="json", by_alias=True), style.model_dump(mode="json", by_alias=True) if style else None, others,
                       catalogue.city.model_dump(mode="json", exclude={"edition", "notice", "contact", "notify", "keep", "backup", "attribution"}),
                       [[name, self._digests[path]] for path, name in files]], *_PROGRAMS, libraries=LIBRARIES)


def read_made(output: Path) -> dict[str, dict[str, str]]:
    """Return what is known of how the stored layers were made; nothing when that cannot be read: then all are read again."""
    try:
        made = json.loads((store_root(output, "internal") / NAME).read_text("utf-8"))
        return {name: {key: str(value) for key, value in one.items()} for name, one in made.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def unchanged(catalogue: Catalogue, keys: Mapping[str, str]) -> set[str]:
    """Return the layers that are stored as reading them again would store them, files and all."""
    manifest, made = (read_manifest(store_root(catalogue.output, "internal")), read_made(catalogue.output))
    public = read_manifest(store_root(catalogue.output, "public"))
    found = set()
    for name, key in keys.items():
        entry, note = manifest.get(name), made.get(name)
        if entry is None or note is None or note != _note(entry, key):
            continue
        if all(_there(catalogue, audience, name, one) for audience, one in (("internal", entry), ("public", public.get(name))) if one is not None) and (name in public) == (catalogue.layers[name].audience == "public"):
            found.add(name)
    return found


def _there(catalogue: Catalogue, audience: str, layer: str, entry: Mapping[str, object]) -> bool:
    if audience == "public" and entry["kind"] == "raster":
        return True  # the public store has its tiles, which the build asks for
    folder = store_root(catalogue.output, audience) / layer  # type: ignore[arg-type]
    return all((folder / f"{entry[which]}{entry['suffix']}").is_file() for which in ("version", "base") if which in entry and (audience == "internal" or which == "version"))


def _note(entry: Mapping[str, object], key: str) -> dict[str, str]:
    return {"key": key, "base": str(entry.get("base", entry["version"]))}


def write_made(catalogue: Catalogue, keys: Mapping[str, str], read: Iterable[str]) -> None:
    """Write down of what the layers were made that were read just now; the others stay as they were."""
    manifest, made = read_manifest(store_root(catalogue.output, "internal")), read_made(catalogue.output)
    made = {name: one for name, one in made.items() if name in manifest and name not in set(read)}
    made |= {name: _note(manifest[name], keys[name]) for name in read if name in keys and name in manifest}
    with finished(store_root(catalogue.output, "internal") / NAME) as draft:
        draft.write_text(json.dumps(dict(sorted(made.items())), indent=1) + "\n", "utf-8")
