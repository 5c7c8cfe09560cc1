"""Which elements of a sheet a layer takes: classes by code, name or group, and one kind of geometry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from gispipe.errors import UnreadableInput
from gispipe.intake.dm.codes import KINDS, SENSITIVE, TEXT, codes, groups, habit
from gispipe.words import Words

EVERYTHING = "*"


@dataclass(frozen=True)
class Wanted:
    """What `source.layer` asks for. `codes`: classes named one by one; `layers`: whole groups by two digits; `kind`: 面, 線, 点 or 注記."""

    codes: frozenset[str]
    layers: frozenset[str]
    everything: bool
    kind: str

    def takes(self, code: str) -> bool:
        """Tell whether a class is wanted; sensitive ones only when named."""
        return code in self.codes or code not in SENSITIVE and (self.everything or code[:2] in self.layers)

    def would_take(self, code: str) -> bool:
        """Tell whether a sensitive class was left out only for being sensitive."""
        return code in SENSITIVE and code not in self.codes and (self.everything or code[:2] in self.layers)


def wanted(layer: str | None, there: Iterable[tuple[str, str, int]], where: str) -> Wanted:
    """Return what a source's `layer` selects, for example `3001`, `普通建物`, `建物`, `線:2101|2103`, `注記`.

    there: (code, name, count) of what the sheet holds, for the message. A group wins over a class of the same name.
    Raises UnreadableInput when nothing is named, a name is unknown or means several classes, or the kinds differ.
    """
    tokens = [token.strip() for token in (layer or "").split("|") if token.strip()]
    if not tokens:
        raise _listing(where, Words("a DM sheet holds many classes; the layer must say which it takes", "DM には多くの分類が入っています。どれを使うかの指定がありません"), there)
    parts = [_one(token, there, where) for token in tokens]
    kinds = {kind for _, _, kind in parts}
    if len(kinds) > 1:
        raise UnreadableInput(where, Words(f"'{layer}' mixes kinds of geometry ({', '.join(sorted(kinds))}); one layer has one",
                                           f"「{layer}」には図形の種類（{'・'.join(sorted(kinds))}）が混ざっています。1レイヤーは1種類です"),
                              Words("put one of 面: 線: 点: 注記: in front", "先頭に 面: 線: 点: 注記: のどれかを付けてください"))
    return Wanted(frozenset().union(*(c for c, _, _ in parts)), frozenset(la for _, la, _ in parts if la and la != EVERYTHING),
                  any(la == EVERYTHING for _, la, _ in parts), kinds.pop())


def _one(token: str, there: Iterable[tuple[str, str, int]], where: str) -> tuple[frozenset[str], str, str]:
    """Return (codes, group, kind) of one name with or without its kind in front."""
    front, colon, rest = token.partition(":")
    kind = front.strip() if colon else None
    name = rest.strip() if colon else token
    if kind is not None and kind not in KINDS:
        raise _listing(where, Words(f"'{kind}' is no kind of geometry; there are {', '.join(KINDS)}", f"「{kind}」という図形の種類はありません（{'・'.join(KINDS)}）"), there)
    if name == EVERYTHING and kind:
        return frozenset(), EVERYTHING, kind
    group = name if name in groups() else _by_group().get(name)
    if group:
        return frozenset(), group, kind or (TEXT if group in ("81", "82") else habit(group))
    named = [name] if name.isdigit() and len(name) == 4 else list(_by_name().get(name, ()))
    if len(named) == 1:
        known = codes().get(named[0])
        return frozenset(named), "", kind or (known.kind if known else habit(named[0][:2]))
    if named:
        raise UnreadableInput(where, Words(f"'{name}' is the name of several classes: {', '.join(named)}", f"「{name}」という分類が複数あります: {', '.join(named)}"),
                              Words("write the code", "分類コードで書いてください"))
    raise _listing(where, Words(f"there is no class '{name}'", f"「{name}」という分類はありません"), there)


@lru_cache(maxsize=1)
def _by_group() -> dict[str, str]:
    return {group: layer for layer, group in groups().items()}


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for code in codes().values():
        found[code.name] = (*found.get(code.name, ()), code.code)
    return found


def _listing(where: str, what: Words, there: Iterable[tuple[str, str, int]]) -> UnreadableInput:
    some = [f"{code} {name} ({count:,})" for code, name, count in there][:60]
    return UnreadableInput(where, Words(f"{what.en}; there are: {', '.join(some) or '-'}", f"{what.ja}。ある分類: {'、'.join(some) or 'なし'}"),
                           Words('name a code, class or group with layer in [source], for example layer = "面:3001"',
                                 "[source] の layer に分類コード・分類名・グループを書いてください（例: layer = \"面:3001\"）"))
