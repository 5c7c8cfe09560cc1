"""A refresh reads only what is another than it was, and stores and publishes the very same as a run that reads everything."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tinycity import command

from gispipe import gather
from tests.refresh.yearcity import LOTS, ledger, lots, shelters


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which layers are read, as they are."""
    seen: list[str] = []
    whole, picture = gather.ingest_layer, gather.ingest_raster
    monkeypatch.setattr(gather, "ingest_layer", lambda group, catalogue, layer: (seen.append(layer.id), whole(group, catalogue, layer))[1])
    monkeypatch.setattr(gather, "ingest_raster", lambda group, catalogue, layer, pictures: (seen.append(layer.id), picture(group, catalogue, layer, pictures))[1])
    return seen


def refresh(city: Path) -> int:
    return command(["refresh", "--city", str(city), "--quiet"])


def digests(city: Path) -> dict[str, object]:
    output = city / "output"
    return {"current": [os.readlink(output / one / "current") for one in ("public", "internal")],
            "stores": [json.loads((output / "store" / one / "manifest.json").read_text("utf-8")) for one in ("public", "internal")]}


def test_nothing_is_read_when_nothing_changed(city: Path, read: list[str]) -> None:
    before = digests(city)

    assert refresh(city) == 0 and read == [] and digests(city) == before


CHANGES: dict[str, tuple[Callable[[Path], object], set[str]]] = {
    "a source": (lambda city: shelters(city / "sources", count=62), {"shelter"}),
    "a ledger": (lambda city: ledger(city / "sources", [[name, f"持主{k:03d}太郎"] for k, (name, _) in enumerate(LOTS[:238])]), {"parcel"}),
    "a declaration": (lambda city: (city / "layers/flood.toml").write_text((city / "layers/flood.toml").read_text("utf-8").replace('label = "河川"', 'label = "河川名"'), "utf-8"), {"flood", "parcel"}),
    "a style": (lambda city: (city / "styles/depth.toml").write_text((city / "styles/depth.toml").read_text("utf-8").replace("0.7", "0.6"), "utf-8"), {"flood"}),
    "a file beside a source": (lambda city: (city / "sources/flood/flood.cpg").write_text("cp932"), {"flood"}),
    "a world file": (lambda city: (city / "sources/photo/photo.tfw").write_text((city / "sources/photo/photo.tfw").read_text() + "\n"), {"photo"}),
    "the bounds of the city": (lambda city: (city / "city.toml").write_text((city / "city.toml").read_text("utf-8").replace("135.4,", "135.41,"), "utf-8"), {"flood", "parcel", "photo", "shelter"}),
    "a version that is gone": (lambda city: [path.unlink() for path in (city / "output/store/internal/shelter").glob("*.parquet")], {"shelter"}),
    "what is known of how they were made": (lambda city: (city / "output/store/internal/made.json").write_text("{"), {"flood", "parcel", "photo", "shelter"}),
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_what_changed_is_read_and_the_result_is_that_of_reading_everything(city: Path, tmp_path: Path, read: list[str], name: str) -> None:
    change, layers = CHANGES[name]
    change(city)
    whole = Path(shutil.copytree(city, tmp_path / "whole", symlinks=True))
    (whole / "output/store/internal/made.json").unlink()

    assert refresh(city) == 0 and set(read) == layers
    assert command(["run", "--city", str(whole), "--quiet"]) == 0
    assert digests(city) == digests(whole)


def test_a_source_that_is_gone_is_said_as_ever(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (city / "sources/shelter.csv").unlink()

    assert refresh(city) == 21 and "shelter.csv" in capsys.readouterr().err


def test_a_wrong_delivery_is_read_and_stopped_again_and_again(city: Path, read: list[str]) -> None:
    lots(city / "sources", LOTS[:100])

    assert [refresh(city), refresh(city)] == [26, 26] and read == ["parcel", "parcel"]
