"""inputs.lock: every source's file, digest, bytes and rows, and a run that insists on them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from tinycity import command


@pytest.fixture
def city(run_city: Path) -> Path:
    """The tiny city after a run."""
    return run_city


def lock(city: Path) -> dict[str, list[dict[str, object]]]:
    return json.loads((city / "output/inputs.lock").read_text("utf-8"))["sources"]


def test_the_lock_names_every_file_with_digest_bytes_and_rows(city: Path) -> None:
    sources = lock(city)
    assert {"flood", "parcel", "parcel.ledger"} <= set(sources)
    ledger = sources["parcel.ledger"][0]
    data = (city / "sources" / str(ledger["path"])).read_bytes()
    assert ledger["sha256"] == hashlib.sha256(data).hexdigest() and ledger["size"] == len(data) and ledger["rows"] == len(data.splitlines()) - 1


def test_the_same_inputs_give_the_same_lock_and_the_same_tables(city: Path) -> None:
    before = (city / "output/inputs.lock").read_bytes(), sorted(p.name for p in (city / "output/store").rglob("*.parquet"))
    assert command(["ingest", "--city", str(city), "--quiet", "--locked"]) == 0
    assert before == ((city / "output/inputs.lock").read_bytes(), sorted(p.name for p in (city / "output/store").rglob("*.parquet")))


def change_one_digit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    place = next(k for k in range(len(data) - 1, 0, -1) if chr(data[k]).isdigit())
    data[place] = ord("1") if data[place] != ord("1") else ord("2")
    path.write_bytes(data)


def test_a_locked_run_stops_at_one_changed_digit_that_no_rule_can_see(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = city / "sources" / str(lock(city)["parcel.ledger"][0]["path"])
    before = (city / "output/inputs.lock").read_bytes()
    change_one_digit(source)
    capsys.readouterr()
    assert command(["check", "--city", str(city), "--quiet", "--locked"]) == 21
    said = capsys.readouterr().err
    assert "parcel.ledger" in said and "not the file of inputs.lock" in said and "--locked" in said
    assert (city / "output/inputs.lock").read_bytes() == before
    assert command(["ingest", "--city", str(city)]) == 0
    assert "1 input files differ from last time" in capsys.readouterr().err and (city / "output/inputs.lock").read_bytes() != before


def test_a_broken_lock_is_named(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (city / "output/inputs.lock").write_text("{}")
    assert command(["check", "--city", str(city), "--quiet"]) == 21
    assert "inputs.lock: not readable as a lock" in capsys.readouterr().err
