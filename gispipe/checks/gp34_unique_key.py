"""GP34: the key of a layer must be unique."""

from __future__ import annotations

from gispipe.checks.rule import NOTHING, Found, Rule, Subject, found, subject
from gispipe.model import Column
from gispipe.words import Words

RULE = Rule(
    "GP34", "error",
    Words("the key stands more than once", "キーが重複しています"),
    Words("delete or renumber the repeated row, or name a better key", "重複した行を直すか、別のキーを指定してください"),
    find=lambda subject: _find(subject), counterexample=lambda: _counterexample(),
)


def _find(subject: Subject) -> Found:
    if not subject.layer.key:
        return NOTHING
    keys = subject.table[list(subject.layer.key)]
    repeated = keys.duplicated(keep="first").to_numpy()
    return found(repeated, lambda row: " ".join(f"{name}={keys[name].iloc[row]}" for name in keys.columns))


def _counterexample() -> Subject:
    return subject({"id": Column(type="int")}, {"id": ["1", "2", "1"]}, key=("id",))
