"""A canary in every internal place of a city, and everything that the public could get hold of opened: none is found, and every kind of thing is one in which it would be."""

from __future__ import annotations

import gzip
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from canarycity import make, mark
from everything import KINDS, of_file, pieces
from PIL import Image, PngImagePlugin
from starlette.testclient import TestClient
from tinycity import command, edit, gispipe

from gispipe import releases
from gispipe.catalogue import load_catalogue
from gispipe.errors import LeakStopped
from gispipe.gate import inspect_record
from gispipe.notify import outcome
from gispipe.serve.app import application

TABLES = ("flood", "town", "people", "school", "parcel", "ledger", "door", "hall", "walk", "site", "watch", "photo", "snap", "style", "map", "city", "terms")


@pytest.fixture(scope="module")
def planted(made_once, page_assets: Path) -> Path:  # type: ignore[no-untyped-def]
    """The city after `gispipe run`, with its canaries beside it; read it, never change it."""
    def fill(folder: Path) -> None:
        canaries = make(folder / "city")
        (folder / "canaries.json").write_text(json.dumps(canaries, ensure_ascii=False), "utf-8")
        ended = gispipe("run", "--city", str(folder / "city"))
        assert ended.returncode == 0, ended.stderr

    return made_once("planted", fill)


@pytest.fixture(scope="module")
def canaries(planted: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((planted / "canaries.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def everything(planted: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the public could get hold of, by kind."""
    city = planted / "city"
    release = releases.current(city / "output", "public")
    assert release is not None
    found = pieces(release)
    store = city / "output/store/public"
    found["store"] = "\n".join(text for path in (store / "manifest.json", *store.rglob("*.parquet")) for _, text in of_file(path, path.name))
    found["answers kept"] = "\n".join(_bytes(path) for path in [*(store / "answers").rglob("*"), *(store / "kept-pieces").rglob("*"), *(store / "kept-tiles").rglob("*")] if path.is_file())
    target = tmp_path_factory.mktemp("export") / "site"
    assert command(["export", "tiles", str(target), "--city", str(city), "--quiet"]) == 0
    exported = pieces(target)
    found["single tiles"] = exported.pop("single tiles")
    found["export"] = "\n".join(exported.values())
    asked = [gispipe("lookup", where, "--city", str(city), *more) for where in (f"{mark('town')}0", "34.7845,135.4765") for more in ([], ["--json"])]
    found["lookup"] = "\n".join(ended.stdout + ended.stderr for ended in asked)
    built = gispipe("build", "public", "--city", str(city), "--json")
    found["said on the way"] = built.stdout + built.stderr
    client = TestClient(application(city / "output", "public"), raise_server_exceptions=False)
    names = ["", "nothing", "tiles/nothing", "../internal/current/map.json", "data/statistics", "store/internal/manifest.json", f"internal/{found['names of files'][:3]}"]
    found["error pages"] = "\n".join(f"{answer.status_code} {dict(answer.headers)} {answer.text if answer.status_code != 200 else ''}" for answer in (client.get(f"/{name}") for name in names))
    told = outcome(load_catalogue(city).city, 0, "done", city / "output/reports/1", {"public": release.name})
    found["notice"] = json.dumps(asdict(told), ensure_ascii=False) + told.line
    return found


def _bytes(path: Path) -> str:
    """Return the bytes of a kept file as text; those of arrays and packed tiles unpacked."""
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as held:
            return "\n".join(held[name].tobytes().decode("utf-8", "ignore") for name in held.files)
    content = path.read_bytes()
    return (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8", "ignore")


def test_everything_was_opened(everything: dict[str, str], canaries: dict[str, str]) -> None:
    assert set(everything) == set(KINDS) and all(everything.values())
    assert {place.split(":")[0] for place in canaries} == set(TABLES) and len(set(canaries.values())) == len(canaries) > 140


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("kind", KINDS)
def test_no_canary_is_found(everything: dict[str, str], canaries: dict[str, str], kind: str, table: str) -> None:
    assert [place for place, canary in canaries.items() if place.startswith(f"{table}: ") and canary in everything[kind]] == []


SHOWN = {
    "tiles": (mark("hall"), mark("flood"), mark("town"), mark("walk"), mark("site")), "single tiles": (mark("hall"), mark("walk")), "archive metadata": ("試験用",), "pages": (mark("town"), "公開標地図"),
    "map.json": ("公開標地図",), "style and legends": (mark("hall"), mark("site")), "search": (mark("hall"), mark("town"), mark("walk")), "cards": (mark("flood"), mark("town"), mark("site")),
    "sources": (mark("parcel"), "parcel.gpkg"), "statistics": (f"{mark('town')}0", f"{mark('school')}0", "400"), "lists of statistics": (mark("town"), mark("flood")), "release.json": ("parcel.gpkg", "door.csv"),
    "names of files": ("tiles/hall-", "data/statistics/flood_town.csv"), "store": (mark("hall"), mark("flood"), "400"), "answers kept": (mark("town"),), "export": (mark("hall"), "公開標地図"), "lookup": (mark("town"), mark("flood"), "400"),
    "said on the way": ("public",), "error pages": ("404",), "notice": ("done", "小さな市"),
}
"""Open values, titles and names that each kind of thing shows."""


@pytest.mark.parametrize("kind", SHOWN)
def test_what_is_public_is_found_by_the_same_search(everything: dict[str, str], kind: str) -> None:
    assert [one for one in SHOWN[kind] if one not in everything[kind]] == []


@pytest.mark.parametrize("suffix", ["png", "webp", "jpg"])
def test_a_canary_in_the_tags_of_a_picture_would_be_found(tmp_path: Path, suffix: str) -> None:
    path, picture, tags, exif = tmp_path / f"a.{suffix}", Image.new("RGB", (8, 8)), PngImagePlugin.PngInfo(), Image.Exif()
    tags.add_itxt("Comment", "金糸雀000秘", zip=True)
    exif[0x010E] = "canary-000"
    picture.save(path, **({"pnginfo": tags} if suffix == "png" else {"exif": exif}))
    (_, said), = of_file(path, path.name)
    assert ("金糸雀000秘" if suffix == "png" else "canary-000") in said


def test_a_canary_in_a_program_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("// 金糸雀000秘", "utf-8")
    assert pieces(tmp_path)["programs"] == "// 金糸雀000秘"


def test_a_kind_of_file_nobody_looks_into_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(AssertionError, match="nobody would look into"):
        pieces(tmp_path)


def test_inside_every_canary_of_a_table_is_known(planted: Path, canaries: dict[str, str]) -> None:
    """The canaries are in the data: what the tests above do not find was there to be found."""
    store = planted / "city/output/store/internal"
    inside = "\n".join(text for path in store.rglob("*.parquet") for _, text in of_file(path, path.name))
    for table in ("flood", "town", "parcel", "door", "hall", "walk", "site", "watch"):
        missing = [place for place in (f"{table}: {what}" for what in ("text", "number", "real", "day")) if canaries[place] not in inside]
        assert missing == []
    assert canaries["ledger: owner"] in inside and canaries["ledger: tax"] in inside and canaries["people: women"] in inside and canaries["watch: who"] in inside
    assert [place for place in canaries if place.endswith(": undeclared") and canaries[place] in inside] == [], "nor did undeclared columns enter"


def test_beside_the_releases_nothing_is_public(planted: Path, canaries: dict[str, str]) -> None:
    """Reports, comparisons, locks and backups are the office's."""
    beside = planted / "city/output/public"
    assert {path.name for path in beside.iterdir()} == {"releases", "current", "published.json"}
    (_, said), = of_file(beside / "published.json", "published.json")
    assert said and [place for place, canary in canaries.items() if canary in said] == []


def test_the_name_of_a_public_file_that_is_planted_is_stopped(planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of an office may be named by a case; the record of a release and its pages of sources name the files of public layers."""
    city = Path(shutil.copytree(planted / "city", tmp_path / "city", symlinks=True))
    before = releases.current(city / "output", "public")
    edit(city / "city.toml", "canaries = []", 'canaries = ["金糸雀台帳777号"]')
    (city / "sources/door.csv").rename(city / "sources/金糸雀台帳777号.csv")
    edit(city / "layers/door.toml", 'path = "door.csv"', 'path = "金糸雀台帳777号.csv"')
    assert command(["run", "--city", str(city), "--quiet"]) == 25
    said = capsys.readouterr().err
    assert "planted in internal data" in said and "金糸雀台帳" not in said and releases.current(city / "output", "public") == before
    catalogue = load_catalogue(city)
    inspect_record({"inputs": {"door": [{"path": "金糸雀台帳777号.csv"}]}}, catalogue, "internal")
    with pytest.raises(LeakStopped, match="release.json: a string planted"):
        inspect_record({"inputs": {"door": [{"path": "金糸雀台帳777号.csv"}]}}, catalogue, "public")
