"""Run the examples that layer files carry: an input row and the row, or the named error, that must come of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gispipe.catalogue import Catalogue, Mistake
from gispipe.checks import RULES
from gispipe.checks.rule import Subject
from gispipe.columns import cast
from gispipe.intake.delivered import Delivered, SourceFile
from gispipe.model import Example, Layer
from gispipe.words import Words

VALUE_RULES = tuple(rule for rule in RULES if rule.code in ("GP30", "GP31", "GP32", "GP33", "GP35", "GP37"))


def failed_examples(catalogue: Catalogue) -> list[Mistake]:
    """Return a mistake for every example that does not come out as written."""
    failed = []
    for layer in catalogue.layers.values():
        for k, example in enumerate(layer.example):
            wrong = _run(catalogue, layer, example)
            if wrong is not None:
                failed.append(Mistake(catalogue.files[f"layer:{layer.id}"], f"example.{k} ({example.name})", wrong))
    return failed


def _run(catalogue: Catalogue, layer: Layer, example: Example) -> Words | None:
    wanted = {name: column for name, column in layer.columns.items() if (column.from_ or name) in example.in_}
    unknown = [key for key in example.in_ if key not in {column.from_ or name for name, column in layer.columns.items()}]
    if unknown:
        return Words(f"no column is made from '{unknown[0]}'", f"「{unknown[0]}」から作る列がありません")
    found, row = _outcome(catalogue, layer.model_copy(update={"columns": wanted, "key": ()}), example)
    if example.error is not None:
        return None if example.error in found else Words(f"expected {example.error}, got {', '.join(found) or 'no error'}",
                                                         f"{example.error} になるはずが、{', '.join(found) or 'エラーなし'}でした")
    if found:
        return Words(f"expected a row, got {', '.join(found)}", f"行になるはずが、{', '.join(found)} でした")
    assert example.out is not None
    differing = {key: row.get(key) for key, value in example.out.items() if row.get(key) != value}
    return Words(f"expected {example.out}, got {differing}", f"{example.out} になるはずが、{differing} でした") if differing else None


def _outcome(catalogue: Catalogue, layer: Layer, example: Example) -> tuple[list[str], dict[str, object]]:
    given = {key: (value.strip() or None) if isinstance(value, str) else value for key, value in example.in_.items()}  # as every reader does
    frame = pd.DataFrame({key: np.array([value, None], dtype=object)[:1] for key, value in given.items()}, index=range(1), dtype=object)
    results = {name: cast(frame[column.from_ or name].to_numpy(), column) for name, column in layer.columns.items()}
    table = pd.DataFrame({name: values for name, (values, _) in results.items()}, index=range(1))
    delivered = Delivered(frame, None, None, np.array([1]), np.array([0]), (SourceFile("example", "", 0, 1),))
    style = catalogue.styles.get(layer.style or "")
    subject = Subject(catalogue.city, layer, style if style and style.by in table.columns else None, delivered, None, table,
                      {name: misfit for name, (_, misfit) in results.items()})
    found = [rule.code for rule in VALUE_RULES if len(rule.find(subject).rows)]
    row = {name: None if pd.isna(value) else value.item() if isinstance(value, np.generic) else value for name, value in table.iloc[0].items()}
    return found, row
