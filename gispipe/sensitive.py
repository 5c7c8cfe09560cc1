"""Classes of source data that name owners or lots: no public layer may take them, whatever its columns say."""

from __future__ import annotations

DM_CLASSES = {"8262": "地番", "8264": "所有者等の氏名", "8265": "不動産番号"}
"""Classes of land-survey sheets by code; they are read only when named one by one."""


def private_classes(reader: str, asked: str | None) -> list[str]:
    """Return the codes among what a source's `layer` asks for that may never be public."""
    if reader != "dm" or not asked:
        return []
    names = {token.rpartition(":")[2].strip() for token in asked.split("|")}
    return [code for code, name in DM_CLASSES.items() if {code, name} & names]
