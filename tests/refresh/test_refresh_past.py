"""A layer as it was last year can be had as a file, and stands beside this year's on the map."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rasterio
from tinycity import command

from gispipe.catalogue import load_catalogue
from gispipe.store import Store
from tests.refresh.yearcity import LOTS

LAST_YEAR = """
id = "parcel_r7"
title = "地番（令和7年度）"
geometry = "polygon"
style = "lots"
[source]
reader = "gpkg"
path = "parcel_r7.gpkg"
attribution = "市"
license = "CC0-1.0"
[columns]
lot = { type = "str", label = "地番" }
"""
Said = pytest.CaptureFixture[str]


def past(city: Path, *arguments: str) -> int:
    return command(["export", "past", *arguments, "--city", str(city)])


def test_last_years_lots_are_what_they_were_and_can_be_a_layer_beside_this_years(city: Path, capsys: Said) -> None:
    file = city / "sources/parcel_r7.gpkg"
    assert past(city, "parcel", "令和7", str(file)) == 0
    assert f"{len(LOTS)} 件" in (told := capsys.readouterr().out) or f"{len(LOTS)} rows" in told
    (city / "layers/parcel_r7.toml").write_text(LAST_YEAR, "utf-8")

    assert command(["refresh", "--city", str(city), "--quiet"]) == 0, capsys.readouterr().err
    store = Store(load_catalogue(city).output, "internal")
    assert (len(store.read("parcel_r7").frame), len(store.read("parcel").frame)) == (240, 241)
    assert set(store.read("parcel_r7").frame["lot"]) == {name for name, _ in LOTS}


def test_a_picture_and_a_table_of_shapes_are_copies_that_may_be_changed(city: Path) -> None:
    for layer, name in (("photo", "photo.tif"), ("shelter", "shelter.parquet")):
        assert past(city, layer, "令和7年度", str(city / name), "--quiet") == 0
        kept = [path for path in (city / "output/store/internal" / layer).iterdir() if path.suffix == (city / name).suffix]
        assert any(path.read_bytes() == (city / name).read_bytes() and not path.samefile(city / name) for path in kept)
    with rasterio.open(city / "photo.tif") as picture:
        assert picture.count == 3


@pytest.mark.parametrize(("arguments", "status", "said"), [
    (("parcel", "令和1年度", "a.gpkg"), 40, "令和7年度"), (("nowhere", "令和7", "a.gpkg"), 40, "nowhere"), (("parcel", "令和7", "a.shp"), 2, ".gpkg"),
    (("parcel", "令和7", "output/store/a.gpkg"), 33, "gispipe"), (("parcel", "令和7", "there.gpkg"), 33, "there.gpkg")])
def test_what_cannot_be_written_is_said_and_nothing_is_lost(city: Path, capsys: Said, arguments: tuple[str, str, str], status: int, said: str) -> None:
    (city / "there.gpkg").write_bytes(b"mine")
    layer, state, file = arguments

    assert past(city, layer, state, str(city / file), "--quiet") == status
    assert said in (told := capsys.readouterr().err) and "Traceback" not in told
    assert (city / "there.gpkg").read_bytes() == b"mine" and not list(city.glob("a.*")) and not (city / "output/store/a.gpkg").exists()


def test_a_version_that_was_not_kept_is_said(city: Path, capsys: Said) -> None:
    states = json.loads((city / "output/store/internal/states.json").read_text("utf-8"))
    first = states["entries"]["parcel"][states["states"][0]["layers"]["parcel"]]
    (city / f"output/store/internal/parcel/{first['version']}.parquet").unlink()

    assert past(city, "parcel", "令和7", str(city / "a.gpkg"), "--quiet") == 40
    assert "backup" in (told := capsys.readouterr().err) or "バックアップ" in told
