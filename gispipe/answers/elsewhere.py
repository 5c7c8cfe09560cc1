"""Ways on foot worked out by another Python, beside everything else. This module loads nothing that takes time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gispipe.ahead import Ahead

if TYPE_CHECKING:
    from gispipe.answers.files import AnswerFiles
    from gispipe.audience import Tables
    from gispipe.catalogue import Catalogue

WALKING = Ahead("gispipe.answers.walking_process")


def walked_elsewhere(catalogue: Catalogue, files: AnswerFiles, tables: Tables, before: AnswerFiles) -> dict[str, object]:
    """Have done what `save_walking` does; the other reads the tables from the store, where they must be by now."""
    return WALKING.ask({"city": str(catalogue.directory.resolve()), "audience": files.audience, "now": dict(files.entries), "before": dict(before.entries)})
