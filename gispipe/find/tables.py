"""Tables that a page reads addresses by, taken from the programs that read them here, so that both have one source."""

from __future__ import annotations

import json

from gispipe.address.place import PREFECTURES
from gispipe.address.tongues import in_five_languages
from gispipe.address.variants import VARIANTS


def tables_script() -> bytes:
    """Return the script that gives a page these tables: groups of variants, names of prefectures, sentences."""
    groups: dict[str, str] = {}
    for other, first in VARIANTS.items():
        groups[first] = groups.get(first, first) + chr(other)
    tables = {"variants": " ".join(groups.values()), "prefectures": PREFECTURES, "sentences": in_five_languages()}
    text = json.dumps(tables, ensure_ascii=False, separators=(",", ":")).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"/* Tables of the address reader, as the programs that write the register have them. */\n(window.gispipe = window.gispipe || {{}}).tables = {text};\n".encode()
