"""Wall 5: the public build cannot read the internal store, and does not need to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tinycity import command, edit

from gispipe import releases
from gispipe.ahead import Ahead
from gispipe.build import closed, landlock
from gispipe.build.release import build_release
from gispipe.catalogue import load_catalogue
from gispipe.errors import Failure, LeakStopped

on_landlock = pytest.mark.skipif(not landlock.available(), reason="this kernel has no Landlock")

PROBE = """
import json, os, sys
from pathlib import Path
from gispipe.build.closed import close_this_process
city, draft, scratch = map(Path, sys.argv[1:4])
how = close_this_process(city, draft, scratch)
found = {}
for name, path in {name: Path(path) for name, path in json.loads(sys.argv[4]).items()}.items():
    try:
        found[name] = len(path.read_bytes()) if path.is_file() else len(os.listdir(path))
    except OSError as error:
        found[name] = type(error).__name__
for name, path in (("write draft", draft / "x"), ("write scratch", scratch / "x"), ("write city", city / "x"), ("write store", city / "output/store/public/x")):
    try:
        path.write_text("x"); found[name] = "written"
    except OSError as error:
        found[name] = type(error).__name__
(kept := city / "output/store/public/kept-pieces/probe").write_text("x")
for name, path in (("link kept", kept), ("link declaration", next((city / "layers").iterdir()))):
    try:
        os.link(path, draft / name); found[name] = "linked"
    except OSError as error:
        found[name] = type(error).__name__
print(json.dumps({"how": how, "found": found}))
"""


@on_landlock
def test_the_closed_process_sees_the_public_store_and_nothing_internal(run_city: Path, tmp_path: Path) -> None:
    (draft := tmp_path / "draft").mkdir()
    (scratch := tmp_path / "scratch").mkdir()
    internal = run_city / "output/store/internal"
    (tmp_path / "hard").mkdir()
    os.symlink(internal, tmp_path / "hard/link")
    looked = {"manifest": internal / "manifest.json", "folder": internal, "table": next(internal.rglob("*.parquet")), "ledger": run_city / "sources/internal/ledger.csv",
              "sources": run_city / "sources", "link": tmp_path / "hard/link/manifest.json", "detour": run_city / "layers/../output/store/internal/manifest.json",
              "internal release": run_city / "output/internal/current/map.json", "home": Path.home(),
              "public": run_city / "output/store/public/manifest.json", "layers": run_city / "layers"}
    ended = subprocess.run([sys.executable, "-c", PROBE, str(run_city), str(draft), str(scratch), json.dumps({k: str(v) for k, v in looked.items()})],
                           capture_output=True, text=True, check=False)
    reply = json.loads(ended.stdout)
    assert reply["how"] == "landlock"
    found = reply["found"]
    assert found.pop("public") > 100 and found.pop("layers") == 4
    assert (found.pop("write draft"), found.pop("write scratch")) == ("written", "written")
    assert found.pop("link kept") == ("linked" if landlock.version() > 1 else "OSError") and found.pop("link declaration") != "linked"
    assert set(found.values()) == {"PermissionError"}, found


def test_a_process_that_could_still_read_builds_nothing(run_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed, "_close", lambda *_: "nothing at all")
    with pytest.raises(LeakStopped, match="could still read the internal store"):
        closed.close_this_process(run_city, tmp_path, tmp_path)


def test_a_folder_of_programs_that_holds_the_city_stays_closed(run_city: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "base_prefix", str(run_city.parent))
    readable, writable = closed._folders(run_city, run_city / "d", run_city / "s")
    internal = run_city / "output/store/internal"
    assert not any(internal.is_relative_to(folder) for folder in (*readable, *writable))


@pytest.mark.parametrize("name", ["json.py", "gispipe/__init__.py"])
def test_programs_in_the_folder_where_one_works_are_not_run(run_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("raise SystemExit('another program of this name')", "utf-8")
    monkeypatch.chdir(tmp_path)
    release, _ = build_release(load_catalogue(run_city), "public")
    assert release.name == releases.current(run_city / "output", "public").name


def test_the_release_is_the_same_with_the_internal_store_closed_or_gone(run_city: Path) -> None:
    catalogue = load_catalogue(run_city)
    expected = releases.current(catalogue.output, "public").name
    internal = catalogue.output / "store/internal"
    internal.chmod(0)
    try:
        closed_release, report = build_release(catalogue, "public")
    finally:
        internal.chmod(0o755)
    assert closed_release.name == expected and report["closed_by"] in ("landlock", "mount", "mode")
    internal.rename(run_city / "elsewhere")
    gone, _ = build_release(catalogue, "public")
    assert gone.name == expected, "byte for byte: the name is the digest of every file"
    releases.verify(gone)


def test_a_change_in_internal_values_alone_does_not_change_the_public_release(run_city: Path) -> None:
    before = releases.current(run_city / "output", "public").name
    internal = (run_city / "output/store/internal/manifest.json").read_text()
    ledger = run_city / "sources/internal/ledger.csv"
    ledger.write_bytes(ledger.read_bytes().replace("持主003太郎".encode("cp932"), "持主花子".encode("cp932")))
    edit(run_city / "layers/parcel.toml", 'label = "所有者"', 'label = "所有者氏名"')
    assert command(["ingest", "parcel", "--city", str(run_city), "--quiet"]) == 0
    assert (run_city / "output/store/internal/manifest.json").read_text() != internal
    assert build_release(load_catalogue(run_city), "public")[0].name == before


def test_a_process_started_ahead_ends_when_nobody_asks(tmp_path: Path) -> None:
    """Also where the command stops at a mistake in a declaration, before anything is built."""
    told = subprocess.run([sys.executable, "-c", "from gispipe.build.child import PUBLIC; PUBLIC.start(); first = PUBLIC._child; PUBLIC.start(); print(*{first.process.pid, PUBLIC._child.process.pid})"],
                          capture_output=True, text=True, check=True, timeout=60)
    number, = told.stdout.split()
    with pytest.raises(ProcessLookupError):
        os.kill(int(number), 0)


def test_a_request_goes_to_the_process_that_waits_and_else_to_a_new_one(tmp_path: Path) -> None:
    ahead = Ahead("gispipe.build.public_process", once=True)
    ahead.start()
    first = ahead._child
    assert first is not None
    nowhere = {"city": str(tmp_path / "none"), "draft": str(tmp_path), "scratch": str(tmp_path)}
    said = []
    for turn in range(3):
        if turn == 2:  # one that waits may end before it is asked
            ahead.start()
            assert ahead._child is not None
            ahead._child.process.kill()
            ahead._child.process.wait()
        with pytest.raises(Failure) as failed:
            ahead.ask(nowhere)
        said.append(str(failed.value))
    assert first.process.returncode == 0 and ahead._child is None
    assert said == [said[0]] * 3, "there is no city there"
