"""TOML values and comments that always load again, whatever a file or column is called."""

from __future__ import annotations

import json
import unicodedata


def text(value: object) -> str:
    """Return a TOML value; JSON's escapes are TOML's for strings, and control characters never stand raw."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(text(one) for one in value) + "]"
    return str(value)


def remark(words: str) -> str:
    """Return words as one line that may stand in a comment: no line break, no control character, nothing UTF-8 cannot hold."""
    one_line = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in words)
    return " ".join(one_line.encode("utf-8", "replace").decode("utf-8").split())


def writable(words: str) -> bool:
    """Return whether TOML can hold the words exactly; half a surrogate pair it cannot."""
    try:
        words.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
