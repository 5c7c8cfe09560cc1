"""Hold what joins bring to the rules their columns declare: a declared check that nobody runs is worse than none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gispipe.catalogue import Catalogue
from gispipe.checks import RULES
from gispipe.checks.findings import check, failure_of
from gispipe.checks.rule import Rule, Subject
from gispipe.errors import all_of
from gispipe.intake.delivered import Delivered, SourceFile
from gispipe.model import Column, Layer, Style

_LEDGER = ("GP03", "GP17", "GP21", "GP30", "GP31", "GP32", "GP33")
_JOINED = ("GP31", "GP32", "GP33", "GP35")


def check_ledger(catalogue: Catalogue, layer: Layer, columns: Mapping[str, Column], delivered: Delivered, table: pd.DataFrame,
                 misfits: Mapping[str, np.ndarray], place: str) -> None:
    """Raise what a ledger's rows break: cut texts, ragged rows, types, lists, required values, patterns."""
    _stop(catalogue, layer, columns, delivered, table, dict(misfits), None, _LEDGER, place)


def check_joined(catalogue: Catalogue, layer: Layer, name: str, frame: pd.DataFrame, place: str) -> None:
    """Raise what joined values break: lists, required values, patterns, and a value without a class when the layer is drawn by it."""
    columns = {new: column for new, column in layer.join[name].columns.items() if new not in layer.columns and new not in layer.join[name].on}
    source = SourceFile(f"join.{name}", "", 0, len(frame))
    delivered = Delivered(frame[list(columns)], None, None, np.arange(1, len(frame) + 1), np.zeros(len(frame), int), (source,))
    _stop(catalogue, layer, columns, delivered, delivered.frame, {}, None, _JOINED[:3] if layer.join[name].how != "key" else (), place)
    style = catalogue.styles.get(layer.style or "")
    if style is not None and style.by in columns:
        _classes(catalogue, layer, columns, delivered, style, place)


def _classes(catalogue: Catalogue, layer: Layer, columns: Mapping[str, Column], delivered: Delivered, style: Style, place: str) -> None:
    """A feature nothing was joined to has no value and is not drawn; every value that is there needs a class."""
    there = np.flatnonzero(delivered.frame[style.by].notna())
    part = Delivered(delivered.frame.iloc[there].reset_index(drop=True), None, None, delivered.place[there], delivered.file[there], delivered.files)
    _stop(catalogue, layer, columns, part, part.frame, {}, style, _JOINED[3:], place)


def _stop(catalogue: Catalogue, layer: Layer, columns: Mapping[str, Column], delivered: Delivered, table: pd.DataFrame,
          misfits: dict[str, np.ndarray], style: Style | None, codes: Sequence[str], place: str) -> None:
    rules: list[Rule] = [rule for rule in RULES if rule.code in codes]
    subject = Subject(catalogue.city, layer.model_copy(update={"columns": dict(columns)}), style, delivered, None, table, misfits)
    stopped = [finding for finding in check(subject, rules) if finding.status == "stopped"]
    if stopped:
        raise all_of([failure_of(finding, place) for finding in stopped])
