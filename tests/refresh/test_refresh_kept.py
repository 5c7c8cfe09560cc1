"""What stays of the past: states by fiscal year, versions, releases, pinned years; and the journal of what was current."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from tinycity import command

from gispipe import releases, retention
from gispipe.catalogue import load_catalogue
from gispipe.errors import NoRoom, NotFound
from gispipe.history import State, catch_up, fiscal_year, read_states, state_of, write_states
from gispipe.model.city import Keep
from tests.refresh.yearcity import LOTS, lots


def states(*labels: str) -> list[State]:
    return [State(label, f"2020-01-{k + 1:02d}T00:00:00+09:00", f"r{k}", {"a": {"version": f"{k:016x}", "suffix": ".parquet"}}) for k, label in enumerate(labels)]


def test_the_last_states_stay_and_the_end_of_each_of_the_newest_years_and_of_pinned_ones() -> None:
    every = states("令和3年度", "令和3年度", "令和4年度", "令和4年度", "令和5年度", "令和6年度", "令和6年度", "令和7年度")

    assert [one.run for one in retention.kept_states(every, Keep(years=2, states=2, pinned=("令和3年度",)))] == ["r1", "r6", "r7"]
    assert [one.run for one in retention.kept_states(every, Keep(years=1, states=4))] == ["r4", "r5", "r6", "r7"]
    assert retention.kept_states(every, Keep(years=20, states=2)) == [one for one in every if one.run not in {"r0", "r2", "r5"}]


@pytest.mark.parametrize(("day", "year"), [((2026, 3, 31), "令和7年度"), ((2026, 4, 1), "令和8年度"), ((2019, 4, 1), "令和元年度"), ((2019, 3, 31), "2018年度"), ((2028, 12, 1), "令和10年度")])
def test_fiscal_years_begin_in_april(day: tuple[int, int, int], year: str) -> None:
    assert fiscal_year(dt.date(*day)) == year


def test_a_state_is_meant_by_label_time_or_place_in_the_row() -> None:
    every = states("令和1年度", "令和7年度", "令和7年度", "令和12年度")

    assert state_of(every, "令和7").run == "r2" and state_of(every, "令和1").run == "r0" and state_of(every, "now").run == "r3" and state_of(every, "前回").run == "r2"
    assert state_of(every, "2020-01-02").run == "r1"
    for name in ("令和2", "", "令和12年度末"):
        with pytest.raises(NotFound, match="令和7年度"):
            state_of(every, name)


def test_states_are_read_as_written_and_what_several_say_is_written_once(tmp_path: Path) -> None:
    (tmp_path / "store/internal").mkdir(parents=True)
    every = [*states("令和7年度", "令和8年度"), State("令和8年度", "2020-02-01", "r9", states("x")[0].layers, {"by": "試験", "reason": "理由"})]
    write_states(tmp_path, every)

    assert read_states(tmp_path) == every
    assert len(json.loads((tmp_path / "store/internal/states.json").read_text("utf-8"))["entries"]["a"]) == 2


def test_versions_that_no_state_names_go_and_those_of_kept_years_stay(city: Path) -> None:
    catalogue = load_catalogue(city)
    folder = city / "output/store/internal/parcel"
    before = {path.name for path in folder.iterdir()}
    spare = folder / "0123456789abcdef.parquet"
    spare.write_bytes(b"left by a run that was killed")

    retention.sweep(catalogue)
    assert {path.name for path in folder.iterdir()} == before and len(before) == 4  # of two years, before and after joins
    write_states(catalogue.output, read_states(catalogue.output)[1:])
    retention.sweep(catalogue)
    assert len(list(folder.iterdir())) == 2
    assert command(["diff", "--city", str(city), "--quiet", "now", "now"]) == 0


def test_old_releases_go_but_never_the_current_one_nor_one_served_within_a_day_nor_a_pinned_year(city: Path) -> None:
    output = city / "output"
    first, second = (one.name for one in releases.releases(output, "public"))
    for k in range(3):
        made = output / "public/releases" / f"made{k}"
        made.mkdir()
        os.utime(made, (2_000_000_000 + k,) * 2)

    assert releases.sweep(output, "public", 2, ()) == ["made0"]  # the first one was current a moment ago
    journal = json.loads((output / "public/published.json").read_text("utf-8"))
    assert [(one["digest"], one["label"]) for one in journal] == [(first, "令和7年度"), (second, "令和8年度")]
    for one in journal:
        one["at"] = one["at"].replace("20", "19", 1)
    (output / "public/published.json").write_text(json.dumps(journal))
    assert releases.sweep(output, "public", 2, ("令和7年度",)) == []
    assert releases.sweep(output, "public", 2, ()) == [first]
    assert releases.current(output, "public").name == second and not list((output / "public/releases").glob(".draft*"))


def test_without_a_journal_no_release_goes(city: Path) -> None:
    (city / "output/public/published.json").unlink()

    assert releases.sweep(city / "output", "public", 2, ()) == []


def test_a_switch_that_nobody_wrote_down_is_in_the_journal_of_the_next(city: Path) -> None:
    output = city / "output"
    first, second = (one.name for one in releases.releases(output, "public"))
    (output / "public/current").unlink()
    (output / "public/current").symlink_to(Path("releases") / first)

    assert [one.digest for one in releases.published(output, "public")] == [first, second, first]
    releases.switch(output, "public", second)
    assert [(one.digest, one.label) for one in releases.published(output, "public")] == [(first, "令和7年度"), (second, "令和8年度"), (first, ""), (second, "令和8年度")]


def test_a_state_that_was_not_written_down_is_caught_up(city: Path) -> None:
    output = city / "output"
    every = read_states(output)
    write_states(output, every[:1])

    state = catch_up(output, "later")
    assert state is not None and state.layers == every[1].layers
    assert catch_up(output, "again") is None


def test_a_disk_without_room_is_said_before_anything_is_read(city: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lots(city / "sources", LOTS[:200])
    monkeypatch.setattr("gispipe.room.shutil.disk_usage", lambda path: type("usage", (), {"free": 1000})())

    assert command(["refresh", "--city", str(city), "--quiet"]) == NoRoom.exit_status
    assert "are free" in capsys.readouterr().err
