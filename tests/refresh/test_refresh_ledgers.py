"""A ledger that is what it was is not read again beside a layer that is not, and is the very same table."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from tinycity import command

from gispipe import gather, ledgers
from gispipe.catalogue import load_catalogue
from gispipe.intake import Delivered, readers
from gispipe.ledgers import FOLDER, KeptLedgers
from gispipe.store import Store
from tests.refresh.test_refresh_unchanged import digests, refresh
from tests.refresh.yearcity import LOTS, ledger, lots


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which ledgers are read, as they are."""
    seen: list[str] = []
    whole = ledgers.read_source
    monkeypatch.setattr(ledgers, "read_source", lambda group, root, source, file: (seen.append(source.path), whole(group, root, source, file))[1])
    return seen


def moved(city: Path) -> None:
    """One lot lies a little further east."""
    name, shape = LOTS[7]
    lots(city / "sources", [*LOTS[:7], (name, shapely.transform(shape, lambda xy: xy + np.array([0.2, 0]))), *LOTS[8:]])


def edited(city: Path, name: str, old: str, new: str) -> None:
    path = city / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert new in path.read_text("utf-8")


LEDGER = "internal/ledger.csv"
CHANGES: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "nothing of it": (lambda city: None, []),
    "its file": (lambda city: ledger(city / "sources", [[name, f"持主{k:03d}次郎" if k == 3 else f"持主{k:03d}太郎"] for k, (name, _) in enumerate(LOTS)]), [LEDGER]),
    "its declaration": (lambda city: edited(city, "layers/parcel.toml", 'path = "internal/ledger.csv"', 'path = "internal/ledger.*"'), ["internal/ledger.*"]),
    "a file beside it": (lambda city: (city / "sources/internal/ledger.cpg").write_text("cp932"), [LEDGER]),
    "what is kept is damaged": (lambda city: [path.write_bytes(path.read_bytes()[:-9]) for path in (city / "output/store/internal" / FOLDER / "files").iterdir()], [LEDGER]),
    "what is kept is gone": (lambda city: shutil.rmtree(city / "output/store/internal" / FOLDER), [LEDGER]),
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_a_ledger_is_read_when_it_changed_and_the_result_is_that_of_reading_everything(city: Path, tmp_path: Path, read: list[str], name: str) -> None:
    change, wanted = CHANGES[name]
    moved(city)
    change(city)
    whole = Path(shutil.copytree(city, tmp_path / "whole", symlinks=True))
    (whole / "output/store/internal/made.json").unlink()
    shutil.rmtree(whole / "output/store/internal" / FOLDER, ignore_errors=True)

    assert refresh(city) == 0 and read == wanted
    assert command(["run", "--city", str(whole), "--quiet"]) == 0
    assert digests(city) == digests(whole)


def test_other_programs_read_the_ledger_again(city: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    moved(city)
    whole = ledgers.key_of
    monkeypatch.setattr(ledgers, "key_of", lambda inputs, *made_by, libraries=(): whole([inputs, "other"], *made_by, libraries=libraries))

    assert refresh(city) == 0 and read == [LEDGER]


def test_a_kept_ledger_is_the_table_that_was_read(city: Path) -> None:
    catalogue = load_catalogue(city)
    layer, kept = catalogue.layers["parcel"], KeptLedgers(catalogue, Store(catalogue.output, "internal"))
    with readers(1) as group:
        one, other = kept.read(group, layer, "ledger"), KeptLedgers(catalogue, None).read(group, layer, "ledger")

    assert one.data.equals(other.data, check_metadata=True) and (one.place == other.place).all() and (one.file == other.file).all()  # type: ignore[union-attr]
    assert [getattr(one, name) for name in ("shapes", "crs", "files", "encoding", "notes", "facts", "crs_of", "inputs")] == [
        getattr(other, name) for name in ("shapes", "crs", "files", "encoding", "notes", "facts", "crs_of", "inputs")]


def test_a_ledger_that_was_replaced_while_it_was_read_is_not_kept(city: Path, read: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, whole = load_catalogue(city), ledgers.read_source
    shutil.rmtree(city / "output/store/internal" / FOLDER)

    def late(*asked: object) -> Delivered:
        ledger(city / "sources", [[name, "別の人"] for name, _ in LOTS])
        return whole(*asked)  # type: ignore[arg-type]

    first = (city / "sources" / LEDGER).read_bytes()
    with readers(1) as group:
        kept = KeptLedgers(catalogue, Store(catalogue.output, "internal"))
        with monkeypatch.context() as patched:
            patched.setattr(ledgers, "read_source", late)
            kept.read(group, catalogue.layers["parcel"], "ledger")
        (city / "sources" / LEDGER).write_bytes(first)
        found = kept.read(group, catalogue.layers["parcel"], "ledger")

    assert "別の人" not in set(found.values("所有者氏名")) and read.count(LEDGER) >= 1


def test_a_ledger_that_is_no_longer_declared_goes(city: Path) -> None:
    folder = city / "output/store/internal" / FOLDER
    assert sorted(path.stem for path in folder.glob("*.json")) == ["parcel.ledger", "parcel.ledger.met"]
    text = (city / "layers/parcel.toml").read_text("utf-8")
    (city / "layers/parcel.toml").write_text(text[:text.index("[join.ledger]")] + text[text.index("[join.depth]"):], "utf-8")

    assert command(["ingest", "--city", str(city), "--quiet"]) == 0
    assert list(folder.glob("*.json")) == []


def test_the_public_store_keeps_no_ledger(city: Path) -> None:
    assert not list((city / "output/store/public").rglob(f"{FOLDER}*"))
    with pytest.raises(ValueError, match="internal"):
        KeptLedgers(load_catalogue(city), Store(city / "output", "public"))


def test_checking_without_a_store_keeps_nothing(city: Path, read: list[str], tmp_path: Path) -> None:
    catalogue = load_catalogue(city)
    shutil.rmtree(city / "output/store/internal" / FOLDER)
    gather.gather(catalogue, [catalogue.layers["parcel"]], tmp_path, 1)

    assert read == [LEDGER] and not (city / "output/store/internal" / FOLDER).exists()
