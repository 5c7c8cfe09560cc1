"""The scan on real files: what it writes loads, and reading them ends well or with named reasons."""

from __future__ import annotations

from pathlib import Path

import pytest
from gispipe.catalogue import load_catalogue
from gispipe.scan import scan_city
from tinycity import command

FOLDERS = ("city_chino_devperm", "muni_csv")


@pytest.mark.parametrize("name", FOLDERS)
def test_a_real_folder_is_declared_and_can_be_read(shared_data: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if not (shared_data / name).is_dir():
        pytest.skip(f"{name} is not among the shared data")
    report = scan_city(shared_data / name, tmp_path / "city")
    catalogue = load_catalogue(tmp_path / "city")
    assert set(catalogue.layers) == set(report.layers) and {one.audience for one in catalogue.layers.values()} == {"internal"}
    ended = command(["ingest", "--city", str(tmp_path / "city"), "--quiet"])
    assert ended == 0, capsys.readouterr().err
