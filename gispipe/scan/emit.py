"""Write declarations as TOML with comments for the clerk who edits them."""

from __future__ import annotations

from collections.abc import Sequence

from gispipe.model import Accepted, Column, Source
from gispipe.scan.guess import Guess
from gispipe.scan.toml import remark, text


def layer_text(*, identity: str, title: str, kind: str, guess: Guess, source: Source, audience: str, style: str | None, group: str, tileset: str | None,
               zoom: tuple[int, int], accept: dict[str, Accepted], facts: Sequence[str], doubts: Sequence[str], pending: str | None = None, extra: Sequence[str] = (), tail: Sequence[str] = ()) -> str:
    """Return the text of a layer file; `facts` and `doubts` become comments, `extra` top-level lines, `tail` further tables."""
    lines = [f"# {remark(fact)}" for fact in facts] + [f"# 要確認: {remark(doubt)}" for doubt in doubts]
    lines += [f"id       = {text(identity)}", f"title    = {text(title)}", f"kind     = {text(kind)}"]
    lines += [f"geometry = {text(guess.geometry)}"] if kind == "vector" and guess.geometry else []
    lines += [f"audience = {text(audience)}" + ("" if audience == "public" else "          # 公開してよいと確かめたら \"public\" に")]
    lines += [f"pending  = {text(pending)}  # 直したらこの行を消します"] if pending else []
    lines += [f"style    = {text(style)}"] if style else []
    lines += [f"group    = {text(group)}"] if group else []
    lines += [f"key      = {text(guess.key)}"] if guess.key else (["# key    = [\"…\"]            # 行を一意に決める列がありません。年次比較には key が要ります"] if kind == "vector" else [])
    lines += [f"zoom     = {text(list(zoom))}"]
    lines += [f"tileset  = {text(tileset)}"] if tileset else []
    lines += [f"label    = {text(guess.label)}"] if guess.label and kind == "vector" else []
    lines += [f"search   = {text(guess.search)}"] if guess.search and kind == "vector" else []
    lines += list(extra)
    lines += ["", "[source]", *_source(source), "", "[columns]", *_columns(guess.columns)]
    lines += [f"# 宣言していない列: {remark(', '.join(guess.left_out))}"] if guess.left_out else []
    if accept:
        lines += ["", "[accept]", *(f"{code} = {{ rows = {one.rows}, reason = {text(one.reason)} }}" for code, one in sorted(accept.items()))]
    return "\n".join([*lines, *tail]) + "\n"


def _source(source: Source) -> list[str]:
    fields = source.model_dump(exclude_defaults=True)
    width = max(len(name) for name in fields)
    return [f"{name:<{width}} = {text(value)}" for name, value in fields.items()]


def _columns(columns: dict[str, Column]) -> list[str]:
    width = max((len(name) for name in columns), default=0)
    return [f"{name:<{width}} = {_column(column)}" for name, column in columns.items()]


def _column(column: Column) -> str:
    parts = [f"from = {text(column.from_)}", f"type = {text(column.type)}", f"label = {text(column.label)}"]
    parts += ["public = true"] if column.public else []
    parts += ["required = true"] if column.required else []
    return "{ " + ", ".join(parts) + " }"
