"""Nothing is answered from data that did not come, or are not those of the release; the same input gives the same files."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from answering import Written, entries, places, write
from askedcity import degrees_of
from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped
from gispipe.gate.allowed import allowed_names
from gispipe.gate.artefacts import strings_of
from gispipe.gate.cards import inspect_cards, texts_of_numbers
from gispipe.shelf import Shelf
from tinycity import CANARY


@pytest.fixture
def copy(public: Written, tmp_path: Path) -> Written:
    """The public cards, to be damaged."""
    return replace(public, folder=Path(shutil.copytree(public.folder, tmp_path / "copy")))


def place(east: float, north: float) -> dict[str, float]:
    lat, lon = map(float, degrees_of(east, north).split(","))
    return {"lat": lat, "lon": lon}


def files(written: Written, kind: str) -> list[Path]:
    return sorted((written.folder / "cards").glob(f"{kind}-*.json"))


def refused(written: Written) -> list[dict[str, str]]:
    with written.page() as page:
        told = written.ask(page, [place(50, 70), place(250, 200)])
    assert all("hazards" not in one for one in told)
    return told


@pytest.mark.parametrize("kind", ["ground", "roads", "way", "index"])
@pytest.mark.parametrize("harm", ["gone", "cut", "flipped", "other"])
def test_a_file_that_is_not_the_releases_gives_no_answer(copy: Written, kind: str, harm: str) -> None:
    for path in files(copy, kind):
        content = path.read_bytes()
        if harm == "gone":
            path.unlink()
        elif harm == "cut":
            path.write_bytes(content[:len(content) // 2])
        elif harm == "flipped":  # another digit, still a document
            at = next(k for k in range(len(content) // 2, len(content)) if 48 <= content[k] < 57)
            path.write_bytes(content[:at] + bytes([content[at] + 1]) + content[at + 1:])
        else:
            path.write_bytes(b'{"at":[0,0,1024],"zones":[],"surveyed":[],"limits":[],"areas":[],"named":[],"holders":[],"entries":[]}\n')
    assert {one["error"] for one in refused(copy)} == {"CardsMissing"}


def test_a_file_that_comes_later_is_read_then(copy: Written) -> None:
    moved = [(path, path.rename(path.with_suffix(".away"))) for path in files(copy, "ground")]
    with copy.page() as page:
        assert [one.get("error") for one in copy.ask(page, [place(50, 70)])] == ["CardsMissing"]
        for path, away in moved:
            away.rename(path)
        assert [len(one["hazards"]) > 0 for one in copy.ask(page, [place(50, 70)])] == [True]


def test_digests_are_worked_out_without_the_browsers_help(public: Written) -> None:
    texts = ["", "abc", "区域外" * 50, "x" * 55, "x" * 56, "x" * 64, "y" * 5000]
    with public.page() as page:
        told = page.tab.evaluate("texts => texts.map((text) => Array.from(gispipe.sha256Here(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, '0')).join(''))", texts)
    assert told == [hashlib.sha256(text.encode()).hexdigest() for text in texts]


def test_the_same_store_gives_the_same_bytes_and_the_shelf_gives_them_again(public: Written, catalogue: Catalogue, tmp_path: Path) -> None:
    def bytes_of(folder: Path) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in (folder / "cards").iterdir()}

    for name in ("first", "second"):
        shelf = Shelf(tmp_path / "shelf")
        (tmp_path / name).mkdir()
        written = write(tmp_path / name, catalogue, "public", shelf)
        shelf.sweep()
        assert written.address == public.address
        assert bytes_of(tmp_path / name) == bytes_of(public.folder)
    assert {path.stem for path in (tmp_path / "shelf").glob("*.json")} == {"cards", "cards-ground", "cards-roads", "cards-roadside", "cards-ways", "cards-towns-town"}


def test_every_file_is_named_by_its_bytes_and_named_by_the_index(public: Written) -> None:
    index = json.loads((public.folder / public.address).read_text("utf-8"))
    named = {f"{kind}-{digest}" for kind, part in (("ground", "ground"), ("roads", "roads"), ("way", "ways")) for digest in index[part]["files"] if digest}
    named |= {f"rows-{digest}" for digests in index["rows"]["files"].values() for digest in digests} | {f"towns-{digest}" for one in index["towns"].values() for digest in one["files"]}
    named |= {Path(address).stem for address in index["sentences"].values()} | {Path(public.address).stem}
    there = {path.stem: path.read_bytes() for path in (public.folder / "cards").iterdir()}
    assert named == there.keys()
    assert all(hashlib.sha256(content).hexdigest().startswith(name.rsplit("-", 1)[1]) for name, content in there.items())


def test_public_cards_hold_nothing_of_the_inside(public: Written, internal: Written, catalogue: Catalogue) -> None:
    texts = {text for path in (public.folder / "cards").iterdir() for text in strings_of(path, path.name)}
    assert not any(CANARY in text for text in texts)
    hidden = {layer.id for layer in catalogue.layers.values() if layer.audience == "internal"}
    assert hidden and not hidden & texts
    assert hidden & {text for path in (internal.folder / "cards").iterdir() for text in strings_of(path, path.name)}
    columns = {name for layer in catalogue.layers.values() for name in layer.all_columns() if name not in layer.public_columns()}
    opened = {name for layer in catalogue.layers.values() for name in layer.public_columns()}
    assert columns - opened and not (columns - opened) & texts


def test_the_gate_stops_an_index_that_names_a_closed_layer(public: Written, internal: Written, catalogue: Catalogue) -> None:
    allowed = allowed_names(catalogue, "public")
    inspect_cards(public.folder / public.address, public.address, allowed)
    with pytest.raises(LeakStopped, match="is not allowed"):
        inspect_cards(internal.folder / internal.address, internal.address, allowed)


def test_numbers_are_read_past_and_nothing_else(public: Written) -> None:
    for path in (public.folder / "cards").iterdir():
        content = path.read_bytes()
        quick = texts_of_numbers(content)
        if path.name.split("-")[0] in ("ground", "roads", "way", "rows"):
            assert quick is not None and set(quick) == set(re.findall(r'"([^"]*)"', content.decode()))
            assert texts_of_numbers(content.replace(b"]", b',"x"]', 1)) is None
            assert texts_of_numbers(content[:-2]) is None


def test_a_small_city_is_told_in_one_square_of_each_kind(public: Written) -> None:
    with public.page() as page:
        public.ask(page, [*places(public.answers, 40, seed=3), *entries(public.answers, 4, seed=4)])
        assert not page.foreign()
    assert 1 <= len(files(public, "ground")) <= 8


def test_bounds_as_wide_as_the_country_add_no_square(catalogue: Catalogue, tmp_path: Path) -> None:
    told = []
    for name, bounds in (("near", catalogue.city.bounds), ("wide", (122.0, 20.0, 154.0, 46.0))):
        other = replace(catalogue, city=catalogue.city.model_copy(update={"bounds": bounds}))
        (tmp_path / name).mkdir()
        written = write(tmp_path / name, other, "public")
        index = json.loads((written.folder / written.address).read_bytes())
        told.append([len(index[grid]["roots"]) for grid in ("ground", "roads")])
        with written.page() as page:
            (card,) = written.ask(page, [place(50, 70)])
        assert card["hazards"]
    assert told[0] == told[1]
