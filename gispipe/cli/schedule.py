"""`gispipe schedule`: write the files with which the operating system refreshes the city by night."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words, language


@click.command("schedule")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--system", "system", type=click.Choice(["systemd", "cron", "windows"]), default="windows" if os.name == "nt" else "systemd", show_default=True, help="Whose job it is.")
@click.option("--at", "at", default="02:30", show_default=True, metavar="HH:MM", help="When, by the clock of this machine.")
@click.option("--on", "days", multiple=True, type=click.Choice(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), help="Only on this day of the week; may be given several times.")
@options.city
@options.as_json
@options.quiet
def command(folder: Path | None, system: str, at: str, days: tuple[str, ...], city: Path, as_json: bool, quiet: bool) -> None:
    """Write a systemd timer, a line for cron or a task of Windows into FOLDER (default: output/schedule) and say how to switch it on. Changes nothing of the system itself."""
    from gispipe.schedule import ENCODINGS, STEPS, SYSTEMS, Job

    hour, _, minute = at.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(minute) == 2 and int(hour) < 24 and int(minute) < 60):
        raise click.BadParameter(str(Words(f"'{at}' is no time like 02:30", f"「{at}」は 02:30 のような時刻ではありません")), param_hint="--at")
    catalogue = options.load(city)
    job = Job(int(hour), int(minute), tuple(dict.fromkeys(days)), _program(), catalogue.directory.resolve(), catalogue.city.id, language())
    target = folder or catalogue.output / "schedule"
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for name, text in SYSTEMS[system](job).items():
        files.append(target / name)
        files[-1].write_text(text, ENCODINGS.get(system, "utf-8"))
    make, show = (step.format(files=" ".join(f'"{path}"' if " " in str(path) else str(path) for path in files), name=job.name) for step in STEPS[system])
    options.tell({"files": [str(path) for path in files], "command": list(job.command), "install": make, "show": show},
                 [*map(str, files), f"{Words('switch it on', '登録')}: {make}", f"{Words('look at it', '確認')}: {show}"], as_json, quiet)


def _program() -> tuple[str, ...]:
    """Return how this gispipe is called from anywhere: its own program, else this Python."""
    beside = Path(sys.executable).parent / ("gispipe.exe" if os.name == "nt" else "gispipe")
    found = str(beside) if beside.is_file() else shutil.which("gispipe")
    return (os.path.abspath(found),) if found else (sys.executable, "-c", "from gispipe.cli.main import main; main()")
