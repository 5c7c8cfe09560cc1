"""What another Python does beside the joins and answers of a run: the comparison with the last state, and the ways on foot. This module loads nothing that takes time.

One Python does one thing at a time: for a large city both take as long as all other answers of a refresh together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from gispipe.ahead import Ahead
from gispipe.errors import NeedsPerson
from gispipe.words import Words

if TYPE_CHECKING:
    from gispipe.answers.files import AnswerFiles
    from gispipe.audience import Tables
    from gispipe.catalogue import Catalogue
    from gispipe.refresh import Question, Verdict

BESIDE = Ahead("gispipe.beside_process")


def walked(catalogue: Catalogue, files: AnswerFiles, tables: Tables, before: AnswerFiles) -> dict[str, object]:
    """Have done what `save_walking` does; the other reads the tables from the store, where they must be by now."""
    return BESIDE.ask({"work": "walk", "city": _city(catalogue), "audience": files.audience, "now": dict(files.entries), "before": dict(before.entries)})


def compared(catalogue: Catalogue, question: Question) -> Verdict:
    """Have done what `verdict` does; the tables must be in the store."""
    from gispipe.refresh import Verdict

    said = BESIDE.ask({"work": "compare", "city": _city(catalogue), "question": asdict(question)})
    return Verdict(said["facts"], said["accepted"], NeedsPerson(said["stop"]["where"], Words(**said["stop"]["what"]), Words(**said["stop"]["todo"])) if said["stop"] else None)


def told(verdict: Verdict) -> Mapping[str, object]:
    """Return a verdict as the other process says it."""
    stop = verdict.stop
    return {"facts": verdict.facts, "accepted": verdict.accepted,
            "stop": None if stop is None else {"where": stop.where, "what": stop.what.both(), "todo": (stop.todo or Words("", "")).both()}}


def _city(catalogue: Catalogue) -> str:
    return str(catalogue.directory.resolve())
