"""Build, gate and seal a release of one audience; publishing it is another step."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gispipe import releases
from gispipe.build.closed import run_closed
from gispipe.build.kept import FOLDER
from gispipe.build.stage import CARDS, build_into
from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped
from gispipe.gate import compare_values
from gispipe.model import Audience
from gispipe.pyramids import prepare
from gispipe.runs import Tell, silent
from gispipe.store import Store


class Opened:
    """What the two builds of a run know of each other: the internal one takes over what the public one has done by then, and never the other way.

    expected: whether a public build is at work beside; one that ended, however it did, is no longer waited for.
    """

    def __init__(self, expected: bool = False) -> None:
        self._there = threading.Event()
        if not expected:
            self.end()

    def hear(self, done: str) -> None:
        """Hear of the public build what is done."""
        if done == CARDS:
            self._there.set()

    def end(self) -> None:
        """Say that nothing more comes of the public build."""
        self._there.set()

    def wait(self) -> None:
        """Wait until what can be taken over is there, or will not come."""
        self._there.wait()


def build_release(catalogue: Catalogue, audience: Audience, tell: Tell = silent, opened: Opened | None = None) -> tuple[Path, dict[str, object]]:
    """Return the finished release folder and what the build reported; `tell` hears of long work. opened: see there.

    The public one is built by a closed process; then its strings are compared with the internal store, where this
    process can read it. A draft the gate refuses is kept under output/quarantine for a person to look at, never served.
    """
    prepare(catalogue, audience, tell)
    opened = opened or Opened()
    draft = releases.open_draft(catalogue.output, audience)
    try:
        report = run_closed(catalogue, draft, opened.hear) if audience == "public" else build_into(draft, catalogue, audience, opened.wait)
        if audience == "public":
            with ThreadPoolExecutor(1) as pool:
                forced = pool.submit(releases.force, draft)  # the disk takes its time: meanwhile
                report["values_compared"] = _compare(draft, catalogue)
                forced.result()
        facts, cleared = report["facts"], report.pop("cleared")
        assert isinstance(facts, dict) and isinstance(cleared, dict)
        digest = releases.seal(draft, facts, cleared)
    except LeakStopped:
        _quarantine(draft, catalogue.output)
        raise
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return releases.settle(draft, digest, forced=audience == "public"), report


def _compare(draft: Path, catalogue: Catalogue) -> int | None:
    """Compare with internal values; None when the internal store is closed to this process too."""
    try:
        public, internal = (Store(catalogue.output, one).root / FOLDER for one in ("public", "internal"))
        return compare_values(draft, catalogue, public, internal / "compared.list", internal / "values.list")
    except PermissionError:
        return None


def _quarantine(draft: Path, output: Path) -> None:
    folder = output / "quarantine"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    shutil.move(draft, folder / draft.name.lstrip("."))
