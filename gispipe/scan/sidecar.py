"""Titles and column names that stand beside the data: `config.yml` (name, category) and `attributes.csv`."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Sidecar:
    """title: the layer's published name; labels: column → published label, in order; label: the column to write on the map."""

    title: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    label: str | None = None
    listed: bool = False


def read_sidecar(folder: Path) -> Sidecar:
    """Read what stands beside the data in a folder; absent files give an empty Sidecar."""
    title = _title(folder / "config.yml")
    path = folder / "attributes.csv"
    if not path.is_file():
        return Sidecar(title)
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    labels = {row["original_name"].strip(): (row.get("display_name") or row["original_name"]).strip() for row in rows if row.get("original_name")}
    marked = next((row["original_name"].strip() for row in rows if (row.get("label_flag") or "").strip() == "1"), None)
    return Sidecar(title, labels, marked, True)


def _title(path: Path) -> str | None:
    """Return the `name:` of a flat config file (one `key: value` a line)."""
    if not path.is_file():
        return None
    found = re.search(r"^name:\s*(.+?)\s*$", path.read_text("utf-8-sig"), re.MULTILINE)
    return re.sub(r"（\s*(.*?)\s*）", r"（\1）", found.group(1)) if found else None
