"""Titles and column names that stand beside the data: `config.yml` (name, category) and `attributes.csv`."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Sidecar:
    """title: the layer's published name; labels: column → published label, in order; label: the column to write on the map; listed: whether
    only the columns in `labels` are meant to be shown."""

    title: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    label: str | None = None
    listed: bool = False


def read_sidecar(folder: Path) -> Sidecar:
    """Read what stands beside the data in a folder; what is absent or unreadable gives nothing."""
    title = _title(folder / "config.yml")
    try:
        table = csv.DictReader(io.StringIO(_text(folder / "attributes.csv") or ""))
        rows, listed = list(table), "original_name" in (table.fieldnames or ())
    except csv.Error:
        rows, listed = [], False
    labels = {original: (row.get("display_name") or original).strip() for row in rows if (original := (row.get("original_name") or "").strip())}
    marked = next((row["original_name"].strip() for row in rows if row.get("original_name") and (row.get("label_flag") or "").strip() == "1"), None)
    return Sidecar(title, labels, marked, listed)


def _title(path: Path) -> str | None:
    """Return the `name:` of a flat config file (one `key: value` a line)."""
    found = re.search(r"^name:\s*(.+?)\s*$", _text(path) or "", re.MULTILINE)
    if not found:
        return None
    plain = found.group(1)
    plain = plain[1:-1] if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "'\"" else plain
    return re.sub(r"（\s*(.*?)\s*）", r"（\1）", plain) or None


def _text(path: Path) -> str | None:
    """Return a helper's text, UTF-8 or else cp932; None when there is no such file or it is neither."""
    if not path.is_file():
        return None
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
