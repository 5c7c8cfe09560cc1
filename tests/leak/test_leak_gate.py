"""Wall 6: the gate opens every artefact and stops what is not on the list."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image, PngImagePlugin
from tinycity import CANARY, X, Y, command, csv_file, edit, lonlat

from gispipe import releases
from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.crs import WEB, transform
from gispipe.errors import LeakStopped
from gispipe.finished import digest_of_file
from gispipe.gate import compare_values, inspect_release, secrets
from gispipe.gate.artefacts import strings_of
from gispipe.gate.compared import load_numbers, numbers_of, save_numbers
from gispipe.store import Store
from gispipe.tiles.encode import TileLayer, build_archive


@pytest.fixture
def draft(finished_city: Path, tmp_path: Path) -> Path:
    """A copy of a finished public release, as a draft that something went wrong with."""
    return Path(shutil.copytree(releases.current(finished_city / "output", "public"), tmp_path / "draft"))


@pytest.fixture
def catalogue(finished_city: Path) -> Catalogue:
    return load_catalogue(finished_city)


def stopped(draft: Path, catalogue: Catalogue, what: str) -> str:
    """Return the name of the file that is given as the reason."""
    with pytest.raises(LeakStopped, match=what) as caught:
        inspect_release(draft, catalogue, "public")
    assert caught.value.exit_status == 25 and CANARY not in str(caught.value), "the message must not carry the secret on"
    return caught.value.where


def the(draft: Path, pattern: str) -> Path:
    (only,) = draft.glob(pattern)
    return only


def archive(path: Path, layer: str, attributes: dict[str, list[object]]) -> None:
    points, _ = transform(np.array([shapely.Point(X, Y), shapely.Point(X + 50, Y)], dtype=object), "EPSG:6674", WEB, "test")
    build_archive(path, [TileLayer(layer, "point", points, np.array([1, 2], np.uint64), {k: np.array(v, dtype=object) for k, v in attributes.items()}, (14, 14))], name="t", attribution="")


def test_a_finished_release_passes_and_everything_in_it_was_opened(draft: Path, catalogue: Catalogue) -> None:
    inspected = inspect_release(draft, catalogue, "public")
    counts = inspected.counts
    assert inspected.digests == {name: one["sha256"] for name, one in releases.files_of(draft).items()} | {"release.json": digest_of_file(draft / "release.json")}
    assert counts["files"] == sum(p.is_file() for p in draft.rglob("*")) and counts["tiles"] > 10 and counts["strings"] > 100
    assert compare_values(draft, catalogue) > 20


@pytest.mark.parametrize("name", ["map.json", "index.html", "maps/hazard.html"])
def test_a_planted_string_is_found_in_any_text(draft: Path, catalogue: Catalogue, name: str) -> None:
    path = draft / name
    text = path.read_text("utf-8")
    path.write_text(text.replace("ハザードマップ", f"ハザードマップ{CANARY}", 1), "utf-8")
    assert path.read_text("utf-8") != text
    stopped(draft, catalogue, "planted in internal data")


def test_a_planted_string_is_found_behind_escapes(draft: Path, catalogue: Catalogue) -> None:
    (draft / "extra.json").write_text(json.dumps({"a": [{"b": CANARY}]}), "utf-8")
    assert stopped(draft, catalogue, "planted") == "extra.json"
    (draft / "extra.json").unlink()
    (draft / "extra.html").write_text("".join(f"&#{ord(c)};" for c in CANARY), "utf-8")
    assert stopped(draft, catalogue, "planted") == "extra.html"


def test_a_planted_string_is_found_in_the_name_of_a_file(draft: Path, catalogue: Catalogue) -> None:
    (draft / f"{CANARY}.txt").write_text("x")
    with pytest.raises(LeakStopped, match="planted"):
        inspect_release(draft, catalogue, "public")


def test_a_planted_string_is_found_in_tiles_and_in_the_tags_of_pictures(draft: Path, catalogue: Catalogue) -> None:
    archive(draft / "tiles/more.pmtiles", "shelter", {"name": ["あ", CANARY]})
    assert stopped(draft, catalogue, "planted") == "tiles/more.pmtiles"
    (draft / "tiles/more.pmtiles").unlink()
    tags = PngImagePlugin.PngInfo()
    tags.add_itxt("Author", CANARY)
    Image.new("RGB", (2, 2)).save(draft / "a.png", pnginfo=tags)
    assert stopped(draft, catalogue, "planted") == "a.png"


def test_a_closed_column_in_a_tile_is_stopped_by_its_name(draft: Path, catalogue: Catalogue) -> None:
    archive(draft / "tiles/more.pmtiles", "shelter", {"name": ["あ", "い"], "phone": ["1", "2"]})
    assert stopped(draft, catalogue, "layer 'shelter' carries 'phone', which is not public") == "tiles/more.pmtiles"


@pytest.mark.parametrize("layer", ["ledger", "parcel_owner"])
def test_a_layer_that_is_not_public_is_stopped_by_its_name(draft: Path, catalogue: Catalogue, layer: str) -> None:
    archive(draft / "tiles/more.pmtiles", layer, {"name": ["あ", "い"]})
    assert stopped(draft, catalogue, f"layer '{layer}' is not allowed") == "tiles/more.pmtiles"


def test_an_archive_that_cannot_be_judged_is_stopped(draft: Path, catalogue: Catalogue) -> None:
    path = next(draft.glob("tiles/shelter-*.pmtiles"))
    path.write_bytes(path.read_bytes() + b"more")
    assert stopped(draft, catalogue, "cannot read this file|cannot be judged") == f"tiles/{path.name}"


@pytest.mark.parametrize(("name", "content"), [("a.json", b"{"), ("a.html", b"\xff\xfe\x00"), ("a.png", b"no picture"), ("a.svg", "髙".encode("cp932"))])
def test_a_file_that_is_not_what_its_name_says_is_stopped(draft: Path, catalogue: Catalogue, name: str, content: bytes) -> None:
    (draft / name).write_bytes(content)
    assert stopped(draft, catalogue, "cannot read this file") == name


@pytest.mark.parametrize("name", ["notes.docx", "card.pdf", "table.parquet", "data.gpkg", "lots.shp", "lots.dbf", "photo.tif", "places.kml", "list.xlsx", "backup.zip", "run.log", "noname", "a.csv"])
def test_a_kind_of_file_nobody_can_open_may_not_leave(draft: Path, catalogue: Catalogue, name: str) -> None:
    (draft / name).write_bytes(b"anything")
    assert stopped(draft, catalogue, "the gate cannot open") == name


@pytest.mark.parametrize("where", ["popup", "style", "text", "angle", "layer"])
def test_a_style_that_names_a_closed_column_is_stopped(draft: Path, catalogue: Catalogue, where: str) -> None:
    path = the(draft, "style-*.json")
    document = json.loads(path.read_text("utf-8"))
    shelter = document["layers"]["shelter"]
    if where == "popup":
        shelter["popup"].append({"column": "phone", "label": "電話"})
    elif where == "style":
        shelter["style"]["by"] = "phone"
    elif where == "text":
        shelter["text"]["column"] = "phone"
    elif where == "angle":
        shelter["text"]["angle"] = "phone"
    else:
        document["layers"]["ledger"] = shelter
    path.write_text(json.dumps(document), "utf-8")
    assert stopped(draft, catalogue, "the style names columns of '(shelter|ledger)' that are not public") == path.name


def test_an_internal_value_is_found_without_any_canary(draft: Path, catalogue: Catalogue) -> None:
    (draft / "extra.json").write_text(json.dumps({"who": "持主003太郎"}), "utf-8")
    inspect_release(draft, catalogue, "public")
    with pytest.raises(LeakStopped, match="a value of an internal column was found") as caught:
        compare_values(draft, catalogue)
    assert "持主" not in str(caught.value)


def test_a_file_compared_before_is_compared_with_values_that_became_internal_since(draft: Path, catalogue: Catalogue, run_city: Path, tmp_path: Path) -> None:
    compared = tmp_path / "compared"
    edit(run_city / "layers/shelter.toml", 'title = "指定緊急避難場所"', 'title = "持主003太郎"')
    (draft / "extra.json").write_text(json.dumps({"title": "持主003太郎"}), "utf-8")
    assert compare_values(draft, load_catalogue(run_city), compared=compared) > 20
    held = compared.read_bytes()
    assert compare_values(draft, load_catalogue(run_city), compared=compared) > 20 and compared.read_bytes() == held
    with pytest.raises(LeakStopped, match="a value of an internal column was found"):  # the same files, and a title that no longer says it
        compare_values(draft, catalogue, compared=compared)


@pytest.mark.parametrize("damage", [lambda held: held[:len(held) // 2], lambda held: b"", lambda held: held.replace(b"rules", b"rulez")], ids=["cut", "empty", "other"])
def test_a_damaged_memory_of_what_was_compared_hides_nothing(draft: Path, catalogue: Catalogue, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    compared = tmp_path / "compared"
    assert compare_values(draft, catalogue, compared=compared) > 20
    compared.write_bytes(damage(compared.read_bytes()))
    (draft / "extra.json").write_text(json.dumps({"who": "持主003太郎"}), "utf-8")
    with pytest.raises(LeakStopped, match="a value of an internal column was found"):
        compare_values(draft, catalogue, compared=compared)


@pytest.mark.parametrize(("pattern", "damage"), [
    ("search/other*.json", lambda content: content[:-1]), ("search/index-*.json", lambda content: b""), ("map.json", lambda content: content + b"\xff}\n"),
    ("style-*.json", lambda content: b"{}}\n"), ("tiles/parcel-*.pmtiles", lambda content: content[:-2]), ("index.html", lambda content: b"\xff"),
], ids=["search", "empty", "bytes", "style", "tiles", "page"])
def test_what_stays_inside_is_not_read_for_its_texts_and_must_be_whole_all_the_same(finished_city: Path, catalogue: Catalogue, tmp_path: Path, pattern: str, damage: Callable[[bytes], bytes]) -> None:
    draft = Path(shutil.copytree(releases.current(finished_city / "output", "internal"), tmp_path / "draft"))
    whole = inspect_release(draft, catalogue, "internal")
    assert set(whole.digests) >= set(releases.files_of(draft)) and whole.counts["tiles"] > 10
    path = next(draft.glob(pattern))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(LeakStopped) as caught:
        inspect_release(draft, catalogue, "internal")
    assert caught.value.where == path.relative_to(draft).as_posix()


def test_a_table_that_stays_inside_must_reach_its_end(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("区域,件数\r\n青葉,3\r\n".encode("utf-8-sig"))
    assert strings_of(tmp_path / "a.csv", "a.csv", texts=False) == []
    (tmp_path / "a.csv").write_bytes("区域,件数\r\n青葉,3".encode("utf-8-sig"))
    with pytest.raises(LeakStopped, match="cannot read this file"):
        strings_of(tmp_path / "a.csv", "a.csv", texts=False)


@pytest.mark.parametrize("damage", [None, lambda held: held[:len(held) // 2], lambda held: b"", lambda held: held.replace(b"rules", b"rulez")], ids=["whole", "cut", "empty", "other"])
def test_remembered_numbers_of_tables_hide_nothing(draft: Path, catalogue: Catalogue, tmp_path: Path, damage: Callable[[bytes], bytes] | None) -> None:
    hidden = tmp_path / "hidden"
    count = compare_values(draft, catalogue, hidden=hidden)
    held = hidden.read_bytes()
    assert count == compare_values(draft, catalogue) > 20 and hidden.read_bytes() == held
    if damage:
        hidden.write_bytes(damage(held))
    (draft / "extra.json").write_text(json.dumps({"who": "持主003太郎"}), "utf-8")
    with pytest.raises(LeakStopped, match="a value of an internal column was found"):
        compare_values(draft, catalogue, hidden=hidden)


def test_a_column_that_was_open_is_closed_at_once_though_its_table_is_remembered(draft: Path, catalogue: Catalogue, run_city: Path, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    edit(run_city / "layers/shelter.toml", 'phone = { from', 'phone = { public = true, from')
    assert compare_values(draft, load_catalogue(run_city), hidden=hidden) < compare_values(draft, catalogue, hidden=hidden) == compare_values(draft, catalogue)


def test_a_table_that_changed_is_read_again(catalogue: Catalogue, draft: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden, asked = tmp_path / "hidden", []
    texts = Store.texts
    monkeypatch.setattr(Store, "texts", lambda self, layer, version: asked.append((layer, version)) or texts(self, layer, version))
    compare_values(draft, catalogue, hidden=hidden)
    every = asked[:]
    compare_values(draft, catalogue, hidden=hidden)
    assert asked == every and "parcel" in dict(every)
    held = load_numbers(hidden)
    save_numbers(hidden, {name.replace(f"parcel/{dict(every)['parcel']}", "parcel/0123456789abcdef"): numbers for name, numbers in held.items()})
    compare_values(draft, catalogue, hidden=hidden)
    assert asked == [*every, ("parcel", dict(every)["parcel"])] and load_numbers(hidden).keys() == held.keys()


def test_what_was_found_at_the_inspection_is_compared_without_opening_a_file_again(draft: Path, catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory, opened = tmp_path / "memory", []
    memory.mkdir()
    inspect_release(draft, catalogue, "public", memory)
    texts = secrets._texts
    monkeypatch.setattr(secrets, "_texts", lambda path, name, memory: opened.append(name) or texts(path, name, memory))
    assert compare_values(draft, catalogue, memory, tmp_path / "compared") > 20 and opened == []
    (draft / "extra.json").write_text(json.dumps({"who": "持主003太郎"}), "utf-8")
    with pytest.raises(LeakStopped, match="a value of an internal column was found"):  # new since the inspection
        compare_values(draft, catalogue, memory, tmp_path / "compared")
    assert set(opened) == {"extra.json"}
    inspect_release(draft, catalogue, "public", memory)
    with pytest.raises(LeakStopped, match="a value of an internal column was found"):  # inspected, and all others were not opened again
        compare_values(draft, catalogue, memory, tmp_path / "compared")
    (memory / "texts.list").write_bytes(b"")
    with pytest.raises(LeakStopped, match="a value of an internal column was found"):
        compare_values(draft, catalogue, memory, tmp_path / "compared")


def test_equal_texts_have_equal_numbers_and_half_a_character_is_no_value() -> None:
    texts = ["持主003太郎", "a", "", "a\x00b", *map(str, range(1000))]
    found = numbers_of(texts)
    assert len(found) == len(texts) and (found == numbers_of([*reversed(texts), "a", "\ud800"])).all()


def test_a_word_that_is_also_written_in_a_public_declaration_is_no_secret(draft: Path, catalogue: Catalogue, run_city: Path) -> None:
    edit(run_city / "layers/shelter.toml", 'title = "指定緊急避難場所"', 'title = "持主003太郎"')
    (draft / "extra.json").write_text(json.dumps({"title": "持主003太郎"}), "utf-8")
    assert compare_values(draft, load_catalogue(run_city)) > 20


def test_a_canary_in_an_open_value_stops_the_run_and_the_draft_is_put_aside(run_city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {one: releases.current(run_city / "output", one) for one in ("public", "internal")}  # type: ignore[arg-type]
    point = lonlat([shapely.Point(X + 100, Y + 100)])[0]
    csv_file(run_city / "sources/shelter.csv", [["名称", "経度", "緯度", "想定収容人数", "管理者電話"], [f"第一{CANARY}", f"{point.x:.8f}", f"{point.y:.8f}", "1", ""]])
    assert command(["ingest", "shelter", "--city", str(run_city), "--quiet"]) == 0
    assert command(["build", "public", "--city", str(run_city), "--quiet"]) == 25
    said = capsys.readouterr().err
    assert "planted in internal data" in said and CANARY not in said
    assert {one: releases.current(run_city / "output", one) for one in ("public", "internal")} == before  # type: ignore[arg-type]
    kept = list((run_city / "output/quarantine").iterdir())
    assert len(kept) == 1 and (run_city / "output/quarantine").stat().st_mode & 0o077 == 0
    assert not list((run_city / "output/public/releases").glob(".*"))
