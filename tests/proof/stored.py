"""The answers a city keeps: what pages, search and look-up read instead of computing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from gispipe.answers.exposure import Exposure
from gispipe.answers.files import AnswerFiles
from gispipe.catalogue import load_catalogue
from gispipe.model import Audience
from tests.proof.answer import Answer


def stored_subjects(directory: Path, audience: Audience) -> tuple[str, ...]:
    """Return the layers whose features the kept answers are about."""
    return tuple(layer.id for layer in AnswerFiles.of(load_catalogue(directory), audience).subjects())


def stored_answers(directory: Path, audience: Audience) -> Callable[[str, str], Answer]:
    """Return (subject layer, hazard layer) → the kept answer; ends with a sentence when one is missing."""
    catalogue = load_catalogue(directory)
    files = AnswerFiles.of(catalogue, audience)

    def ask(subject: str, hazard: str) -> Answer:
        path = files.exposure(subject, catalogue.layers[hazard])
        if not path.is_file():
            raise SystemExit(f"{path.name} is not there: the city keeps no answers for its current tables; run 'gispipe run' first")
        kept = Exposure(path)
        rows = kept.arrays
        return Answer(rows["owner"].astype(np.int64), rows["rank"].astype(np.int64), np.asarray(rows["area"], float), kept.worst())

    return ask
