"""A mistake in a declaration: file, key path, what is wrong and the nearest right word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gispipe.model import Declared
from gispipe.words import Words


@dataclass(frozen=True)
class Mistake:
    """One mistake; prints as `file › key.path: what`."""

    file: str
    path: str
    what: Words

    def __str__(self) -> str:
        place = f"{self.file} › {self.path}" if self.path else self.file
        return f"{place}: {self.what}"


def near(word: object, allowed: Iterable[object]) -> str | None:
    """Return the allowed word that `word` was most likely meant to be."""
    close = difflib.get_close_matches(str(word), [str(one) for one in allowed], n=1, cutoff=0.6)
    return close[0] if close else None


def unknown_name(kind: Words, name: object, allowed: Iterable[object]) -> Words:
    """Say that no such thing exists, and which one may have been meant."""
    guess = near(name, allowed)
    return Words(
        f"no {kind.en} named '{name}'" + (f"; did you mean '{guess}'?" if guess else ""),
        f"「{name}」という{kind.ja}はありません" + (f"（「{guess}」の誤りではありませんか）" if guess else ""),
    )


_KNOWN = {
    "path_escapes": Words("a path must stay inside the city's source folder: relative, without '..', drive or '/vsi'",
                          "パスは入力フォルダーの中に限ります（相対パスで、「..」・ドライブ名・「/vsi」は使えません）"),
    "geometry_missing": Words("a vector layer must say geometry = \"point\", \"line\" or \"polygon\"",
                              "ベクターレイヤーには geometry = \"point\" / \"line\" / \"polygon\" の指定が必要です"),
    "zoom_order": Words("zoom must be [smallest, largest]", "zoom は [最小, 最大] の順に書いてください"),
    "mail_needs_from": Words("mail_to needs mail_from, the address of the sender", "mail_to には差出人 mail_from が必要です"),
    "licensed_inside": Words("a licensed layer stays inside: delete audience = \"public\" or licensed = true",
                             "使用許諾のある地図（licensed = true）は庁内だけで使えます。audience = \"public\" か licensed = true のどちらかを消してください"),
    "draw_needs_heights": Words("draw = \"hillshade\" and draw = \"tint\" need kind = \"raster\" and a source of heights (fgd_dem or geotiff)",
                                "draw = \"hillshade\"・draw = \"tint\" は、標高の画像（kind = \"raster\"、reader は fgd_dem か geotiff）でだけ使えます"),
    "collar_needs_pictures": Words("collar belongs to the sheets of a picture (kind = \"raster\")", "collar は画像（kind = \"raster\"）の図郭外の色で、画像でだけ使えます"),
    "tint_needs_style": Words("draw = \"tint\" needs a style whose classes are height steps (min, max, fill)",
                              "draw = \"tint\" には、標高の段階（min・max・fill）を書いた style が必要です"),
    "style_needs_by": Words("a style with several classes must name the column they go by (by = \"…\")",
                            "分類が2つ以上あるスタイルには、分類する列を by = \"…\" で指定してください"),
    "class_without_value": Words("every class needs value, values or min/max", "各分類には value・values・min/max のいずれかが必要です"),
    "severity_for_all": Words("either every class says its severity or none does", "severity は、すべての分類に書くか、どれにも書かないかのどちらかにしてください"),
    "join_by_place_has_no_key": Words("match and one_to_one belong to a join by key (how = \"key\")", "match と one_to_one はキーによる結合（how = \"key\"）でだけ使えます"),
    "rooms_without_address": Words("rooms belongs to match = \"address\"", "rooms は match = \"address\" のときだけ使えます"),
    "address_in_one_column": Words("match = \"address\" compares one column that holds the whole address; for town and number in columns of their own use match = \"lot\"",
                                   "match = \"address\" は住所全体が入った1列で比べます。町名と番号が別の列なら match = \"lot\" を使ってください"),
    "limits_rise": Words("limits must rise: each larger than the one before", "limits は小さい順に書いてください"),
    "example_outcome": Words("an example has either out or error", "例には out か error のどちらか一方を書いてください"),
    "bounds_outside_japan": Words("bounds must be [west, south, east, north] in degrees, inside Japan",
                                  "bounds は日本国内の [西, 南, 東, 北]（度）で書いてください"),
}

_KINDS = {
    "missing": Words("is missing", "が必要です"),
    "string_type": Words("must be text in quotes", "は引用符で囲んだ文字列で書いてください"),
    "int_parsing": Words("must be a whole number", "は整数で書いてください"),
    "int_type": Words("must be a whole number", "は整数で書いてください"),
    "float_parsing": Words("must be a number", "は数値で書いてください"),
    "bool_parsing": Words("must be true or false", "は true か false で書いてください"),
    "bool_type": Words("must be true or false", "は true か false で書いてください"),
    "dict_type": Words("must be a table", "は表（[…]）で書いてください"),
    "model_type": Words("must be a table", "は表（[…]）で書いてください"),
    "tuple_type": Words("must be a list [ … ]", "はリスト [ … ] で書いてください"),
}


def from_pydantic(file: str, model: type[BaseModel], error: ValidationError) -> list[Mistake]:
    """Turn pydantic's findings into our sentences, one for each."""
    return [_mistake(file, model, detail) for detail in error.errors()]


def _mistake(file: str, model: type[BaseModel], detail: ErrorDetails) -> Mistake:
    place = [str(part) for part in detail["loc"] if part not in ("[key]",)]
    kind = detail["type"]
    if kind == "extra_forbidden":
        return Mistake(file, ".".join(place[:-1]), _unknown_key(model, detail["loc"][:-1], place[-1]))
    if kind == "value_error":
        known = str(detail["ctx"]["error"])
        return Mistake(file, ".".join(place), _KNOWN[known] if known in _KNOWN else _join_needs(known))
    if kind == "literal_error":
        allowed = str(detail["ctx"]["expected"]).replace(" or ", ", ").replace("'", "")
        guess = near(detail["input"], allowed.split(", "))
        return Mistake(file, ".".join(place), Words(
            f"'{detail['input']}' is not one of: {allowed}" + (f"; did you mean '{guess}'?" if guess else ""),
            f"「{detail['input']}」は使えません。使える値: {allowed}" + (f"（「{guess}」の誤りではありませんか）" if guess else "")))
    if kind == "string_pattern_mismatch":
        pattern = detail["ctx"]["pattern"]
        return Mistake(file, ".".join(place), Words(f"'{detail['input']}' does not have the form {pattern}",
                                                    f"「{detail['input']}」は形式 {pattern} に合いません"))
    known_kind = _KINDS.get(kind)
    return Mistake(file, ".".join(place), known_kind or Words(detail["msg"], detail["msg"]))


def _join_needs(code: str) -> Words:
    if code.startswith("join_needs:"):
        _, how, name = code.split(":")
        return Words(f"a join with how = \"{how}\" needs '{name}'", f"how = \"{how}\" の結合には「{name}」が必要です")
    return Words(code, code)


def _unknown_key(model: type[BaseModel], path: tuple[int | str, ...], key: str) -> Words:
    allowed = _allowed_keys(model, path)
    guess = near(key, allowed)
    listing = ", ".join(allowed)
    return Words(
        f"unknown key '{key}'; " + (f"did you mean '{guess}'? " if guess else "") + f"allowed: {listing}",
        f"「{key}」というキーはありません" + (f"（「{guess}」の誤りではありませんか）" if guess else "") + f"。使えるキー: {listing}",
    )


def _allowed_keys(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Walk the model along `path` and return the keys it allows there."""
    current: object = model
    named = False  # the part before was a table of names: this one is a name, not a field
    for part in path:
        annotation = None if named else _annotation(current, part)
        named = annotation is not None and "dict[" in str(annotation)
        current = current if annotation is None else _innermost(annotation)
    fields = getattr(current, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _annotation(current: object, part: int | str) -> object:
    """Return what a field of a model is declared as, None when there is no such field."""
    for name, field in getattr(current, "model_fields", {}).items():
        if part in (name, field.alias):
            return field.annotation
    return None


def _innermost(annotation: object) -> object:
    """Return the declared model inside `dict[…]`, `tuple[…]`, `X | None` or `Annotated`, else the annotation."""
    if isinstance(annotation, type) and issubclass(annotation, Declared):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _innermost(argument)
        if isinstance(found, type) and issubclass(found, Declared):
            return found
    return annotation
