"""`python -m tests.fuzz --n 100000`: damage files of every format and count what is caught."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bases import BASES, PICTURES  # noqa: E402
from run import run  # noqa: E402


@click.command()
@click.option("--n", default=2000, show_default=True, help="Damaged files in all.")
@click.option("--seed", default=1, show_default=True)
@click.option("--format", "formats", multiple=True, type=click.Choice(sorted(BASES)), help="Only these formats.")
@click.option("--show", is_flag=True, help="Name every file that read as other data without a word.")
def main(n: int, seed: int, formats: tuple[str, ...], show: bool) -> None:
    """Print one line a format; end with 1 when anything crashed, hung, or too little was caught."""
    wanted = list(formats) or sorted(BASES)
    changed = silent = defects = unseen = 0
    click.echo(f"{'format':<12}{'tried':>8}{'same':>8}{'refused':>9}{'told':>7}{'silent':>8}{'caught':>9}{'lock':>8}{'slowest':>9}  defects")
    with tempfile.TemporaryDirectory() as folder:
        for name, tally in run(wanted, max(1, n // len(wanted)), seed, Path(folder)):
            f = tally.fates
            click.echo(f"{name:<12}{tally.tried:>8,}{f['same']:>8,}{f['refused']:>9,}{f['told']:>7,}{f['silent']:>8,}{tally.caught:>9.1%}{tally.seen_by_lock:>8,}{tally.slowest:>8.2f}s  {len(tally.defects)}")
            for line in [*tally.defects[:5], *(tally.silent if show else [])]:
                click.echo(f"    {line}")
            defects, unseen = defects + len(tally.defects), unseen + tally.tried - tally.seen_by_lock
            if name not in PICTURES:
                changed, silent = changed + tally.changed, silent + f["silent"]
    share = 1 - silent / changed if changed else 1.0
    click.echo(f"changed {changed:,}, of tables; caught without a reference {share:.1%}; missed by inputs.lock {unseen}; defects {defects}")
    sys.exit(int(defects > 0 or share < 0.85 or unseen > 0))


main()
