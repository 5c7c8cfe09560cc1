"""The refresh as a job of the system: what is written is what that system reads, whatever the city's folder is called."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from tinycity import command

from gispipe.schedule import Job, cron, systemd, windows

PATHS = ["/srv/gis/city", "/srv/市 役所/100% map", '/srv/a"b\'c;d$e']


def job(path: str, days: tuple[str, ...] = ()) -> Job:
    return Job(2, 30, days, ("/opt/gis pipe/bin/gispipe",), Path(path), "mizuhono", "ja")


@pytest.mark.parametrize("path", PATHS)
def test_cron_runs_the_command_as_it_is(path: str) -> None:
    (line,) = cron(job(path, ("mon", "sat"))).values()
    minute, hour, day, month, week, text = line.rstrip("\n").split(" ", 5)

    assert (minute, hour, day, month, week) == ("30", "2", "*", "*", "1,6")
    assert shlex.split(text.replace("\\%", "%")) == ["GISPIPE_LANG=ja", *job(path).command] and "%" not in text.replace("\\%", "")


@pytest.mark.parametrize("path", PATHS)
def test_the_task_of_windows_is_xml_with_the_command_in_it(path: str) -> None:
    (text,) = windows(job(path, ("sun",))).values()
    root = ET.fromstring(text.partition("\n")[2])
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    told = root.findtext(".//t:Arguments", namespaces=space)

    assert root.findtext(".//t:Command", namespaces=space) == "/opt/gis pipe/bin/gispipe" and root.find(".//t:Sunday", space) is not None
    assert told is not None and told.startswith("refresh --quiet --city ") and (('"' in told) == (" " in path or '"' in path))


@pytest.mark.parametrize("path", PATHS)
def test_the_units_of_systemd_hold_no_specifier_and_one_command(path: str, tmp_path: Path) -> None:
    units = systemd(job(path, ("mon",)))
    service, timer = units["gispipe-refresh-mizuhono.service"], units["gispipe-refresh-mizuhono.timer"]

    assert "OnCalendar=Mon *-*-* 02:30:00" in timer and "Persistent=true" in timer and service.count("ExecStart=") == 1
    assert "%" not in (service + timer).replace("%%", "") and "$" not in service.partition("ExecStart=")[2].replace("$$", "")
    verify = shutil.which("systemd-analyze")
    if verify is None:
        return
    for name, text in units.items():
        (tmp_path / name).write_text(text.replace("/opt/gis pipe/bin/gispipe", "/bin/true"), "utf-8")
    assert subprocess.run([verify, "verify", *map(str, (tmp_path / name for name in units))], capture_output=True, text=True, check=False).returncode == 0


@pytest.mark.parametrize("system", ["systemd", "cron", "windows"])
def test_the_command_writes_files_and_says_how_to_switch_it_on(city: Path, system: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["schedule", "--city", str(city), "--system", system, "--at", "3:05", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert all(Path(path).is_file() for path in told["files"]) and all(path in told["install"] for path in told["files"])
    assert told["command"][-4:] == ["refresh", "--quiet", "--city", str(city.resolve())]


@pytest.mark.parametrize("at", ["25:00", "2", "02:5", "aa:bb", "-1:00", "02:60"])
def test_what_is_no_time_is_refused(city: Path, at: str) -> None:
    assert command(["schedule", "--city", str(city), "--at", at]) == 2
