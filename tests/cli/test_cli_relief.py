"""Heights on the map from declaration to release: drawn as declared, made once, made anew when the declaration changes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from PIL import Image
from rasterio.transform import from_origin
from tinycity import CRS, LAYERS, MAPS, STYLES, X, Y, command, declare, deliver, edit

from gispipe.catalogue import load_catalogue
from gispipe.errors import DeclarationError, UnreadableInput
from gispipe.gather import gather
from gispipe.keep import keep
from gispipe.scan.city import scan_city
from gispipe.store import Store
from gispipe.tiles import read

RELIEF = '''
id = "relief"
title = "陰影"
kind = "raster"
audience = "public"
draw = "hillshade"
zoom = [12, 15]
[source]
reader = "geotiff"
path = "dem/*.tif"
'''
TINT = RELIEF.replace('"relief"', '"tint"').replace('draw = "hillshade"', 'draw = "tint"\nstyle = "steps"')
STEPS = '''
id = "steps"
by = "height"
[[class]]
max = 20
label = "20m未満"
fill = "#88AA66"
[[class]]
min = 20
label = "20m以上"
fill = "#CC9966"
'''


def heights(city: Path) -> Path:
    """Deliver a slope that rises to the east, of 5 m cells, from 0 to 60 m."""
    path = city / "sources/dem/a.tif"
    path.parent.mkdir(parents=True, exist_ok=True)
    ground = np.broadcast_to(np.linspace(0, 60, 160, dtype=np.float32), (120, 160))
    with rasterio.open(path, "w", driver="GTiff", width=160, height=120, count=1, dtype="float32", nodata=-9999, crs=CRS, transform=from_origin(X, Y + 600, 5, 5)) as out:
        out.write(ground, 1)
    return path


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """The tiny city with a hillshade and a tint as backgrounds."""
    maps = MAPS | {"hazard": MAPS["hazard"].replace('["photo"]', '["photo", "relief", "tint"]')}
    made = deliver(declare(tmp_path / "tiny", LAYERS | {"relief": RELIEF, "tint": TINT}, STYLES | {"steps": STEPS}, maps))
    heights(made)
    return made


def taken_in(city: Path) -> Store:
    catalogue = load_catalogue(city)
    layers = [layer for layer in catalogue.layers.values() if layer.kind == "raster"]
    folder = city / "drafts"
    folder.mkdir(exist_ok=True)
    gathered = gather(catalogue, layers, folder, store=Store(catalogue.output, "internal"))
    assert not gathered.unreadable
    keep(catalogue, gathered)
    return Store(catalogue.output, "public")


def mistakes(city: Path) -> str:
    with pytest.raises(DeclarationError) as caught:
        load_catalogue(city)
    return "\n".join(str(one) for one in caught.value.mistakes)


def test_heights_reach_the_public_store_as_tiles_only_and_are_put_together_once(city: Path) -> None:
    public = taken_in(city)
    inside = Store(city / "output", "internal")
    assert {path.suffix for name in ("relief", "tint", "photo") for path in (public.root / name).iterdir()} == {".pmtiles"}
    assert inside.manifest()["relief"]["version"] == inside.manifest()["tint"]["version"], "the same heights"
    assert len(list((inside.root / ".pictures").iterdir())) == 2, "photo and heights"
    (archive,) = (public.root / "relief").iterdir()
    read.verify(archive)
    shades = [np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")) for (z, _, _), data in read.iter_tiles(archive) if z == 15]
    solid = np.concatenate([one[one[..., 3] == 255] for one in shades])
    assert len(solid) > 5000 and np.ptp(solid[:, :3].astype(int), axis=1).max() <= 4 and np.percentile(solid[:, 0], [5, 95]).tolist() == pytest.approx([223, 223], abs=8)


def test_nothing_is_made_again_while_nothing_changes(city: Path) -> None:
    taken_in(city)
    files = {path: path.stat().st_mtime_ns for store in ("internal", "public") for path in (city / "output/store" / store).rglob("*.*") if path.suffix in (".tif", ".pmtiles")}
    taken_in(city)
    assert {path: path.stat().st_mtime_ns for path in files} == files


def test_other_colours_or_zooms_are_built_without_a_new_ingest(city: Path, page_assets: Path) -> None:
    assert command(["run", "--city", str(city), "--quiet"]) == 0
    edit(city / "styles/steps.toml", "#CC9966", "#AA5533")
    edit(city / "layers/relief.toml", "zoom = [12, 15]", "zoom = [11, 14]")
    assert command(["build", "public", "--city", str(city), "--quiet"]) == 0
    (release,) = [one for one in (city / "output/public/releases").iterdir() if one.resolve() != (city / "output/public/current").resolve()]
    (style,) = (json.loads(path.read_text("utf-8")) for path in release.glob("style-*.json"))
    assert style["tilesets"]["relief"]["minzoom"] == 11 and style["tilesets"]["relief"]["maxzoom"] <= 14
    assert [one["fill"] for one in style["layers"]["tint"]["style"]["classes"]] == ["#88AA66", "#AA5533"] and style["layers"]["tint"]["draw"] == "tint"
    assert style["maps"]["hazard"]["backgrounds"] == ["photo", "relief", "tint"]


@pytest.mark.parametrize(("file", "old", "new", "said"), [
    ("layers/relief.toml", 'draw = "hillshade"', 'draw = "hilshade"', "'hilshade' is not one of: picture, hillshade, tint; did you mean 'hillshade'?"),
    ("layers/relief.toml", 'kind = "raster"', 'kind = "table"', "need kind = \"raster\" and a source of heights"),
    ("layers/relief.toml", 'reader = "geotiff"', 'reader = "jpeg"', "need kind = \"raster\" and a source of heights"),
    ("layers/tint.toml", 'style = "steps"\n', "", "needs a style whose classes are height steps"),
    ("styles/steps.toml", 'fill = "#88AA66"\n', "", "class 1 of style 'steps' is no height step"),
    ("layers/relief.toml", "[source]", 'style = "steps"\n[source]', "takes a style only with draw = \"tint\""),
    ("layers/relief.toml", 'draw = "hillshade"\n', "", None),
    ("layers/flood.toml", "[source]", '[source]\ncollar = "black"', "collar belongs to the sheets of a picture"),
])
def test_a_wrong_declaration_is_said_with_what_is_right(city: Path, file: str, old: str, new: str, said: str | None) -> None:
    edit(city / file, old, new)
    if said is not None:
        assert said in mistakes(city)
        return
    catalogue = load_catalogue(city)
    folder = city / "drafts"
    folder.mkdir()
    (failure,) = gather(catalogue, [catalogue.layers["relief"]], folder).unreadable
    assert isinstance(failure, UnreadableInput) and "heights or measurements" in str(failure) and 'write draw = "hillshade"' in str(failure)


def test_elevation_tiles_on_a_map_without_a_way_to_draw_them_are_a_mistake_of_the_map(city: Path) -> None:
    edit(city / "layers/relief.toml", 'reader = "geotiff"', 'reader = "fgd_dem"')
    edit(city / "layers/relief.toml", 'draw = "hillshade"\n', "")
    assert "styles/maps/hazard.toml › backgrounds: 'relief' holds heights" in mistakes(city)


@pytest.mark.parametrize(("bands", "pixels", "said"), [(3, "uint16", "colours of uint16"), (5, "uint8", "5 bands of uint8 are measurements"), (3, "uint8", "needs one band of heights")])
def test_pictures_that_cannot_be_drawn_are_refused_by_name(city: Path, bands: int, pixels: str, said: str) -> None:
    with rasterio.open(city / "sources/dem/a.tif", "w", driver="GTiff", width=50, height=50, count=bands, dtype=pixels, crs=CRS, transform=from_origin(X, Y + 600, 5, 5)) as out:
        out.write(np.full((bands, 50, 50), 90, pixels))
    if said != "needs one band of heights":
        edit(city / "layers/relief.toml", 'draw = "hillshade"\n', "")
    catalogue = load_catalogue(city)
    folder = city / "drafts"
    folder.mkdir()
    (failure,) = gather(catalogue, [catalogue.layers["relief"]], folder).unreadable
    assert isinstance(failure, UnreadableInput) and said in str(failure) and str(failure).startswith("layers/relief.toml")


def test_a_scan_declares_an_elevation_grid_as_hillshade(city: Path, tmp_path: Path) -> None:
    scan_city(city / "sources", tmp_path / "scanned")
    (text,) = [path.read_text("utf-8") for path in (tmp_path / "scanned/layers").glob("*.toml") if "dem/" in path.read_text("utf-8")]
    assert 'draw     = "hillshade"' in text and "pending" not in text
    load_catalogue(tmp_path / "scanned")
