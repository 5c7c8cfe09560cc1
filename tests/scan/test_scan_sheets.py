"""The scan on folders of sheets: one layer a class over all sheets, and a run that reads them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from tinycity import X, Y, command, csv_file, lonlat

from gispipe.catalogue import load_catalogue
from gispipe.demo.dm import SheetFrame, sheet_bytes
from gispipe.demo.dm_records import Element
from gispipe.demo.fgd import feature_file
from gispipe.errors import UnreadableInput
from gispipe.intake import Readers, read_source
from gispipe.model import Source
from gispipe.scan import scan_city

SQUARE = [(1000, 1000), (1000, 9000), (9000, 9000), (9000, 1000), (1000, 1000)]


def sheet(number: str, west: float) -> bytes:
    frame = SheetFrame(number, 500, (west, Y, west + 400, Y + 300), unit=1)
    return sheet_bytes(frame, [Element(1, "3001", SQUARE), Element(2, "2101", [(0, 0), (200_000, 300_000)]), Element(5, "7312", at=(5000, 5000), value=3100)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    for place in ("dm", "fgd", "mixed"):
        (made / place).mkdir(parents=True)
    for k, number in enumerate(("06OC5708", "06OC5709")):
        (made / f"dm/{number}.dm").write_bytes(sheet(number, X + 400 * k))
        (made / f"mixed/{number}.xml").write_bytes(feature_file("BldA", lonlat([shapely.box(X + 30 * k, Y, X + 30 * k + 9, Y + 9)]), {"type": np.array(["普通建物"], object)}))
        (made / f"fgd/{number}.xml").write_bytes(feature_file(("BldA", "GCP")[k], lonlat([shapely.box(X, Y, X + 9, Y + 9) if k == 0 else shapely.Point(X, Y)]), {"type": np.array(["その他"], object)}))
    (made / "mixed/note.xml").write_text("<note/>")
    csv_file(made / "city.csv", [["全国地方公共団体コード", "名称"], ["271004", "大阪市"]])
    return made


def test_sheets_of_a_folder_are_one_layer_a_class(folder: Path, tmp_path: Path) -> None:
    scan_city(folder, tmp_path / "city", name="大阪市", code="271004")
    sources = {(one.source.reader, one.source.path, one.source.layer) for one in load_catalogue(tmp_path / "city").layers.values()}
    assert {("dm", "dm/*.dm", "面:3001"), ("dm", "dm/*.dm", "線:2101"), ("dm", "dm/*.dm", "点:7312")} <= sources
    assert not [path for reader, path, _ in sources if reader == "dm" and "*" not in path]
    assert {path for reader, path, _ in sources if reader == "fgd"} >= {"mixed/06OC5708.xml", "mixed/06OC5709.xml"}, "a folder with other XML keeps its files apart"


def test_a_run_reads_what_the_scan_found(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scan_city(folder, tmp_path / "city", name="大阪市", code="271004")
    assert command(["ingest", "--city", str(tmp_path / "city"), "--quiet"]) == 0, capsys.readouterr().err


def test_a_file_without_the_class_is_passed_over_where_others_have_it(folder: Path, reader_pair: Readers, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = read_source(reader_pair, folder, Source(reader="fgd", path="fgd/*.xml", layer="BldA"), "layers/x.toml")
    assert len(one) == 1 and [(f.path, f.rows) for f in one.inputs] == [("fgd/06OC5708.xml", 1), ("fgd/06OC5709.xml", 0)]
    with pytest.raises(UnreadableInput, match="nothing in the files is what the layer asks for"):
        read_source(reader_pair, folder, Source(reader="fgd", path="fgd/*.xml", layer="RdEdg"), "layers/x.toml")
