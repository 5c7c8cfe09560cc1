"""Each of the seven walls taken away: the leak comes further than it could before, another wall stops it, and what was published stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import taken
from taken import OWNER, without
from tinycity import CANARY, command, edit

from gispipe import releases
from gispipe.catalogue import load_catalogue
from gispipe.errors import DeclarationError, LeakStopped
from gispipe.gate import inspect_store
from gispipe.gate.artefacts import strings_of
from gispipe.intake import readers
from gispipe.store import Store

BUILD = ("build", "public")


@pytest.fixture
def leaks(run_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Give what runs the city without some walls, demands an exit status, and that the current releases are what they were; it returns what was said."""
    (folder := tmp_path / "taken").mkdir()

    def run(exit_status: int, *walls: Callable[[taken.Set], None], do: tuple[str, ...] = ("run",)) -> str:
        audiences = ("public", "internal") if exit_status else ("public",)  # what stays inside may say more than before
        before = {one: releases.current(run_city / "output", one) for one in audiences}  # type: ignore[arg-type]
        with monkeypatch.context() as patch:
            without(walls, folder, patch)
            if taken.no_side_doors in walls:
                patch.setattr("gispipe.gather.readers", readers)  # those of the session have their walls
            ended = command([*do, "--city", str(run_city), "--quiet"])
        said = capsys.readouterr().err
        assert ended == exit_status, said
        assert {one: releases.current(run_city / "output", one) for one in audiences} == before  # type: ignore[arg-type]
        assert CANARY not in said and OWNER not in said, "the message must not carry the secret on"
        for release in (run_city / "output/public/releases").iterdir():
            releases.verify(release)
        return said

    return run


def opened(city: Path, layer: str) -> set[str]:
    """Return the columns of a layer in the public store."""
    return set(Store(city / "output", "public").read(layer).frame.columns)


def quarantined(city: Path) -> str:
    """Return all texts of the draft that was put aside."""
    return "".join(text for path in (city / "output/quarantine").rglob("*") if path.suffix in (".json", ".html", ".pmtiles") for text in strings_of(path, path.name))


def test_1_open_by_default_is_caught_by_the_planted_string_at_the_gate(leaks: Callable[..., str], run_city: Path) -> None:
    edit(run_city / "layers/shelter.toml", "phone = { from", "phone = { pubilc = false, from")
    assert "did you mean 'public'" in leaks(20)
    assert "planted in internal data" in leaks(25, taken.closed_by_default)
    assert {"phone"} <= opened(run_city, "shelter") and {"memo"} <= opened(run_city, "flood") and {"owner"} <= opened(run_city, "parcel"), "the wall was away"
    assert CANARY in quarantined(run_city)


def test_2_undeclared_columns_are_left_behind_at_the_door(run_city: Path, leaks: Callable[..., str]) -> None:
    assert "地権者" not in Store(run_city / "output", "internal").read("parcel").frame.columns
    leaks(0, taken.undeclared_stay_out)
    entered = Store(run_city / "output", "internal").read("parcel").frame
    assert set(entered["地権者"]) == {CANARY}, "the wall was away"
    assert opened(run_city, "parcel") == {"lot", "worst"}


def test_2_and_4_undeclared_columns_that_pass_the_door_too_are_not_built_from(leaks: Callable[..., str], run_city: Path) -> None:
    assert "which is not public" in leaks(25, taken.undeclared_stay_out, taken.one_door)
    assert "地権者" in opened(run_city, "parcel"), "both walls were away"


def show(city: Path, shown: str) -> None:
    """Have the sites show their phone numbers: in the popup, in the search or as their label."""
    path = city / "layers/shelter.toml"
    text = path.read_text("utf-8")
    path.write_text("\n".join([shown, *(line for line in text.split("\n") if not line.startswith(f"{shown.split()[0]} ="))]), "utf-8")


def test_3_a_popup_of_a_closed_column_is_not_built(leaks: Callable[..., str], run_city: Path) -> None:
    show(run_city, 'popup = ["name", "phone"]')
    assert "'phone', which is not public" in leaks(20)
    assert "shown to the public is 'phone', which is not public" in leaks(25, taken.shown_are_open)
    assert opened(run_city, "shelter") == {"name", "capacity"}, "what the popup was to show is not there"


@pytest.mark.parametrize("shown", ['search = ["name", "phone"]', 'label = "phone"', 'card = { role = "facility", name = ["phone"] }', 'card = { role = "site", name = ["name"], designated = { flood = "phone" } }'])
def test_3_nor_a_search_a_label_or_a_name(run_city: Path, monkeypatch: pytest.MonkeyPatch, shown: str) -> None:
    show(run_city, shown)
    with pytest.raises(DeclarationError, match="'phone', which is not public"):
        load_catalogue(run_city)
    taken.shown_are_open(lambda where, name, what: monkeypatch.setattr(where, name, what))
    with pytest.raises(LeakStopped, match="shown to the public is 'phone', which is not public"):
        inspect_store(Store(run_city / "output", "public"), load_catalogue(run_city))


def test_a_layer_or_a_column_that_was_closed_since_is_not_built_from(run_city: Path) -> None:
    store = Store(run_city / "output", "public")
    assert inspect_store(store, load_catalogue(run_city)) == 4
    edit(run_city / "layers/shelter.toml", 'label = "収容人数", public = true', 'label = "収容人数"')
    with pytest.raises(LeakStopped, match="holds the column 'capacity'.*gispipe ingest"):
        inspect_store(store, load_catalogue(run_city))
    (run_city / "styles/maps/hazard.toml").write_text((run_city / "styles/maps/hazard.toml").read_text("utf-8").replace('"shelter", ', ""), "utf-8")
    edit(run_city / "layers/shelter.toml", 'audience = "public"', "")
    with pytest.raises(LeakStopped, match="holds a layer that is not public.*gispipe ingest"):
        inspect_store(store, load_catalogue(run_city))


def test_4_a_table_that_keeps_its_closed_columns_is_not_built_from(leaks: Callable[..., str], run_city: Path) -> None:
    assert "the public store holds the column" in leaks(25, taken.one_door)
    assert {"phone"} <= opened(run_city, "shelter") and CANARY in set(Store(run_city / "output", "public").read("shelter").frame["phone"]), "the wall was away"


def test_5_a_public_build_that_can_read_the_internal_store_is_caught_by_its_values_at_the_gate(leaks: Callable[..., str], run_city: Path) -> None:
    assert "a value of an internal column was found" in leaks(25, taken.two_processes, taken.careless, do=BUILD)
    assert OWNER in quarantined(run_city), "the wall was away"


def test_6_without_a_gate_the_closed_process_still_cannot_read_what_must_not_go_out(leaks: Callable[..., str], run_city: Path) -> None:
    assert "store/internal" in leaks(34, taken.gate, taken.careless, do=BUILD)
    assert not (run_city / "output/quarantine").exists()


def test_5_and_6_without_both_it_would_go_out(run_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the two tests above see stopped is a leak indeed."""
    without((taken.two_processes, taken.gate, taken.careless), tmp_path, monkeypatch)
    before = set((run_city / "output/public/releases").iterdir())
    assert command([*BUILD, "--city", str(run_city), "--quiet"]) == 0
    release, = set((run_city / "output/public/releases").iterdir()) - before
    assert OWNER in json.loads((release / "owners.json").read_text("utf-8"))["owners"]


def test_7_a_file_that_points_at_the_ledger_is_caught_by_the_planted_string_at_the_gate(leaks: Callable[..., str], run_city: Path) -> None:
    ledger = run_city / "sources/internal/ledger.csv"
    ledger.write_bytes(ledger.read_bytes().decode("cp932").encode("utf-8"))
    edit(run_city / "layers/parcel.toml", 'encoding = "cp932"', 'encoding = "utf-8"')
    layer = run_city / "layers/shelter.toml"
    text = layer.read_text("utf-8").replace('reader = "csv"\npath = "shelter.csv"\nx = "経度"\ny = "緯度"', 'reader = "gpkg"\npath = "shelter.gpkg"\ncrs = "EPSG:6668"').replace("名称", "所有者氏名")
    layer.write_text("\n".join(line for line in text.split("\n") if not line.startswith(("capacity", "phone"))), "utf-8")
    (run_city / "sources/shelter.gpkg").write_text(f"""<OGRVRTDataSource><OGRVRTLayer name="ledger"><SrcDataSource>{ledger}</SrcDataSource><LayerSRS>EPSG:6668</LayerSRS>
        <SrcSQL dialect="sqlite">SELECT "所有者氏名", MakePoint(135.4756, 34.7828) AS geometry FROM ledger</SrcSQL></OGRVRTLayer></OGRVRTDataSource>""", "utf-8")
    assert "virtual format that points at other files" in leaks(21)
    assert "planted in internal data" in leaks(25, taken.no_side_doors)
    assert OWNER in set(Store(run_city / "output", "public").read("shelter").frame["name"]), "the wall was away"
