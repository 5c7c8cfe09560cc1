"""Build, gate and seal a release of one audience; publishing it is another step."""

from __future__ import annotations

import shutil
from pathlib import Path

from gispipe import releases
from gispipe.build.closed import run_closed
from gispipe.build.kept import FOLDER
from gispipe.build.stage import build_into
from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped
from gispipe.gate import compare_values
from gispipe.model import Audience
from gispipe.pyramids import prepare
from gispipe.runs import Tell, silent
from gispipe.store import Store


def build_release(catalogue: Catalogue, audience: Audience, tell: Tell = silent) -> tuple[Path, dict[str, object]]:
    """Return the finished release folder and what the build reported; `tell` hears of long work.

    The public one is built by a closed process; then its strings are compared with the internal store, where this
    process can read it. A draft the gate refuses is kept under output/quarantine for a person to look at, never served.
    """
    prepare(catalogue, audience, tell)
    draft = releases.open_draft(catalogue.output, audience)
    try:
        report = run_closed(catalogue, draft) if audience == "public" else build_into(draft, catalogue, audience)
        if audience == "public":
            report["values_compared"] = _compare(draft, catalogue)
        facts, cleared = report["facts"], report.pop("cleared")
        assert isinstance(facts, dict) and isinstance(cleared, dict)
        digest = releases.seal(draft, facts, cleared)
    except LeakStopped:
        _quarantine(draft, catalogue.output)
        raise
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return releases.settle(draft, digest), report


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
