"""A release exported with single tiles: the same tiles, a record that verifies, and never half of it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from tinycity import command, gispipe

from gispipe import releases
from gispipe.errors import NoRoom, PlaceTaken, ReleaseDamaged
from gispipe.export import Exported, export_site, site
from gispipe.tiles.unpack import listing
from gispipe.tiles.decode import decode_tile
from gispipe.tiles.read import iter_tiles


def style_of(folder: Path) -> dict[str, dict]:
    return json.loads((folder / json.loads((folder / "map.json").read_text())["style"]).read_text())


def silent(said: str) -> None:
    assert said


@pytest.fixture
def export(release: Path, finished_city: Path) -> Callable[[Path], Exported]:
    return lambda target: export_site(release, target, finished_city / "output", silent)


def test_every_tile_of_every_archive_is_a_file_unpacked_and_there_are_no_others(exported: Exported, release: Path) -> None:
    tilesets, expected = style_of(exported.folder)["tilesets"], set()
    for archive in release.glob("tiles/*.pmtiles"):
        (home,) = [one for one in tilesets.values() if one["url"] == f"tiles/{archive.stem}/"]
        for (z, x, y), data in iter_tiles(archive):
            file = exported.folder / home["url"] / f"{z}/{x}/{y}.{home['ending']}"
            assert file.read_bytes() == data
            assert home["ending"] != "mvt" or decode_tile(data)
            expected.add(file)
    assert expected == {path for path in (exported.folder / "tiles").rglob("*") if path.is_file()}
    assert exported.tiles == len(expected) > 20 and {one["ending"] for one in tilesets.values()} == {"mvt", "webp"}


def test_the_list_names_the_tiles_that_are_there_and_no_others(exported: Exported) -> None:
    import base64

    for tileset in style_of(exported.folder)["tilesets"].values():
        told = set()
        for zoom, (left, top, width, height, bits) in tileset["there"].items():
            table = [int(bit) for byte in base64.b64decode(bits) for bit in f"{byte:08b}"]
            told |= {f"{zoom}/{left + k % width}/{top + k // width}" for k, bit in enumerate(table[:width * height]) if bit}
        folder = exported.folder / tileset["url"]
        assert told == {path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob(f"*.{tileset['ending']}")}


def test_a_list_of_tiles_far_apart_has_a_bit_for_each(exported: Exported) -> None:
    import numpy as np

    assert listing(np.array([[3, 1, 2], [3, 4, 5], [0, 0, 0]])) == {"0": [0, 0, 1, 1, "gA=="], "3": [1, 2, 4, 4, "gAE="]}
    assert listing(np.zeros((0, 3), np.int64)) == {}


def test_pages_search_and_statistics_go_along_as_they_are_and_the_record_verifies(exported: Exported, release: Path) -> None:
    source, made = releases.verify(release), releases.verify(exported.folder)
    stay = {name: one for name, one in source["files"].items() if not name.startswith("tiles/") and name != "map.json" and not name.startswith(("style-", "maps/"))}
    assert {name: made["files"].get(name) for name in stay} == stay and "index.html" in stay and any(name.startswith("search/") for name in stay)
    assert made["export"] == {"kind": "tiles", "release": source["digest"]} and made["digest"] == exported.digest != source["digest"]
    assert {key: made[key] for key in ("inputs", "layers", "audience")} == {key: source[key] for key in ("inputs", "layers", "audience")}
    assert not list(exported.folder.rglob("*.pmtiles"))
    before, after = ((folder / "maps/hazard.html").read_text("utf-8") for folder in (release, exported.folder))
    (style,) = exported.folder.glob("style-*.json")
    assert ".pmtiles" in before and ".pmtiles" not in after and style.name in after and style.name not in before and before.splitlines()[20:] == after.splitlines()[20:]


def test_the_same_release_gives_the_same_export(exported: Exported, export: Callable[[Path], Exported], tmp_path: Path) -> None:
    assert export(tmp_path / "again").digest == exported.digest
    assert (tmp_path / "again/release.json").read_bytes() == (exported.folder / "release.json").read_bytes()


def test_the_command_says_files_and_bytes_before_and_names_the_release(finished_city: Path, release: Path, tmp_path: Path) -> None:
    ended = gispipe("export", "tiles", str(tmp_path / "site"), "--city", str(finished_city), "--release", release.name)
    assert ended.returncode == 0 and "vector tiles unpacked cost" in ended.stderr and "files" in ended.stdout
    count = sum(path.is_file() for path in (tmp_path / "site").rglob("*"))
    assert f"{count:,} files" in ended.stderr and f"{count:,} files" in ended.stdout
    assert json.loads((tmp_path / "site/release.json").read_text())["export"]["release"] == release.name


def test_a_release_that_is_not_there_is_refused_by_name(finished_city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for asked in ("0" * 24, "..", ""):
        assert command(["export", "tiles", str(tmp_path / "site"), "--city", str(finished_city), "--release", asked or "nothing"]) == 40
        assert "no such release" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


def test_an_internal_export_says_whom_it_is_for(finished_city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["export", "tiles", str(tmp_path / "staff"), "--audience", "internal", "--city", str(finished_city)]) == 0
    assert "none but staff" in capsys.readouterr().out
    assert (tmp_path / "staff/maps/parcels.html").exists()


@pytest.mark.parametrize("what", ["file", "folder", "link", "another record"])
def test_a_place_that_holds_something_else_is_refused_and_left_alone(what: str, export: Callable[[Path], Exported], exported: Exported, tmp_path: Path) -> None:
    target = tmp_path / "site"
    if what == "file":
        target.write_text("mine")
    elif what == "link":
        target.symlink_to(exported.folder, target_is_directory=True)
    else:
        target.mkdir()
        (target / "release.json").write_text('{"files": {}}' if what == "another record" else "")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(PlaceTaken, match="site: something stands there that is no earlier export"):
        export(target)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_earlier_export_is_replaced_but_not_with_files_somebody_added(export: Callable[[Path], Exported], tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.mkdir()  # an empty folder is as good as none
    export(target)
    (target / "map.json").write_text("damaged")
    (target / "notes.txt").write_text("mine")
    with pytest.raises(PlaceTaken, match=r"site/notes\.txt: this file was not exported and would be lost"):
        export(target)
    assert (target / "map.json").read_text() == "damaged"
    (target / "notes.txt").unlink()
    export(target)
    releases.verify(target)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("place", ["public/releases/new", "internal/site", "store/site"])
def test_nothing_is_exported_among_the_releases(place: str, export: Callable[[Path], Exported], finished_city: Path) -> None:
    with pytest.raises(PlaceTaken, match="gispipe's own"):
        export(finished_city / "output" / place)
    assert not (finished_city / "output" / place).exists()


def test_when_it_fails_half_way_the_earlier_export_stays_whole(export: Callable[[Path], Exported], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "site"
    export(target)
    before = releases.verify(target)

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(site, "unpack", full)
    with pytest.raises(OSError, match="No space left"):
        export(target)
    assert releases.verify(target) == before and [path.name for path in tmp_path.iterdir()] == ["site"]
    with pytest.raises(OSError, match="No space left"):
        export(tmp_path / "other")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_what_a_killed_export_left_is_swept_and_the_export_it_had_moved_aside_comes_back(export: Callable[[Path], Exported], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "site"
    export(target)
    os.rename(target, tmp_path / ".old-site")
    (tmp_path / ".draft-site").mkdir()
    (tmp_path / ".draft-site/half").write_text("half")
    monkeypatch.setattr(site, "unpack", lambda *arguments: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        export(target)
    releases.verify(target)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_disk_without_room_is_refused_before_anything_is_written(export: Callable[[Path], Exported], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gispipe.room.shutil.disk_usage", lambda path: SimpleNamespace(free=100_000))
    with pytest.raises(NoRoom, match=r"files need .* MB, and 0\.1 MB are free — make room"):
        export(tmp_path / "new" / "site")
    monkeypatch.setattr("gispipe.room.shutil.disk_usage", lambda path: SimpleNamespace(free=10**12))
    monkeypatch.setattr("gispipe.room._file_system", lambda path: (4096, 7))
    with pytest.raises(NoRoom, match="the disk takes 7 more files"):
        export(tmp_path / "new" / "site")
    assert not list(tmp_path.iterdir())


def test_a_damaged_release_is_not_exported(run_city: Path, tmp_path: Path) -> None:
    broken = releases.current(run_city / "output", "public")
    tile = next(broken.glob("tiles/*.pmtiles"))
    tile.write_bytes(tile.read_bytes()[:-1])
    with pytest.raises(ReleaseDamaged, match=tile.name):
        export_site(broken, tmp_path / "site", run_city / "output", silent)
    assert not list(tmp_path.glob("site*"))


def test_a_release_whose_pages_cannot_draw_single_tiles_is_not_exported(run_city: Path, tmp_path: Path) -> None:
    draft = releases.open_draft(run_city / "output", "public")
    (draft / "map.json").write_text('{"format": 1, "style": "style-0.json"}')
    old = releases.settle(draft, releases.seal(draft, {"audience": "public"}))
    with pytest.raises(ReleaseDamaged, match="cannot draw single tiles — run 'gispipe build'"):
        export_site(old, tmp_path / "site", run_city / "output", silent)
