"""Check that declarations agree with each other: styles exist, shown columns exist and may be shown, joins end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from gispipe.catalogue.levels import level_disagreements
from gispipe.catalogue.mistakes import Mistake, unknown_name
from gispipe.model import City, Column, Join, Layer, Map, Style, StyleClass
from gispipe.sensitive import private_classes
from gispipe.symbols import SYMBOLS
from gispipe.withheld import flag
from gispipe.words import Words

_STYLE, _COLUMN, _LAYER, _MAP = (Words("style", "スタイル"), Words("column", "列"), Words("layer", "レイヤー"), Words("map", "主題図"))


def disagreements(city: City | None, layers: Mapping[str, Layer], styles: Mapping[str, Style], maps: Mapping[str, Map],
                  files: Mapping[str, str], unread: Collection[str] = ()) -> list[Mistake]:
    """Return every contradiction between declarations that are each well-formed.

    `unread`: names like `layer:flood` whose own file has a mistake; that others then miss them is not said again.
    """
    found: list[Mistake] = []
    for layer in layers.values():
        file = files[f"layer:{layer.id}"]
        found += [Mistake(file, path, what) for path, what in _layer(layer, layers, styles)]
    found += [Mistake(files[f"layer:{layer.id}"], "level", what) for layer, what in level_disagreements(layers)]
    for style in styles.values():
        file = files[f"style:{style.id}"]
        found += [Mistake(file, path, what) for path, what in _style(style)]
    for one in maps.values():
        file = files[f"map:{one.id}"]
        found += [Mistake(file, path, what) for path, what in _map(one, layers)]
    if city is not None:
        found += [Mistake("city.toml", path, what) for path, what in _city(city, maps)]
    found += [Mistake(files[f"layer:{layer}"], "tileset", what) for layer, what in _shared_licences(layers)]
    kinds = {"layer": (_LAYER, layers), "style": (_STYLE, styles), "map": (_MAP, maps)}
    echoes = {unknown_name(kinds[kind][0], name, kinds[kind][1]) for kind, _, name in (one.partition(":") for one in unread)}
    return [mistake for mistake in found if mistake.what not in echoes]


def _shared_licences(layers: Mapping[str, Layer]) -> Iterator[tuple[str, Words]]:
    """Find licensed layers drawn into the archive of one that is not: the archive could only go out whole or not at all."""
    open_ones = {layer.archive(): layer.id for layer in layers.values() if not layer.licensed}
    for layer in layers.values():
        if layer.licensed and layer.archive() in open_ones:
            other = open_ones[layer.archive()]
            yield layer.id, Words(f"a licensed layer needs a tileset of its own; '{layer.archive()}' is also that of '{other}'",
                                  f"使用許諾のある地図は専用の tileset にしてください（「{layer.archive()}」は「{other}」も使っています）")


def check_digit(five: str) -> str:
    """Return the check digit of a 5-digit municipality code (modulus 11, weights 6 5 4 3 2)."""
    total = sum(int(digit) * weight for digit, weight in zip(five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10) if total >= 11 else str((11 - total) % 10)


def _city(city: City, maps: Mapping[str, Map]) -> Iterator[tuple[str, Words]]:
    if check_digit(city.code[:5]) != city.code[5]:
        right = city.code[:5] + check_digit(city.code[:5])
        yield "code", Words(f"check digit of '{city.code}' is wrong; '{right}' would be right",
                            f"「{city.code}」の検査数字が違います（正しくは「{right}」）")
    if city.default_map and city.default_map not in maps:
        yield "default_map", unknown_name(_MAP, city.default_map, maps)


def _layer(layer: Layer, layers: Mapping[str, Layer], styles: Mapping[str, Style]) -> Iterator[tuple[str, Words]]:
    columns = layer.all_columns()
    for path, column in _declared(layer):
        if column.in_ is not None:
            yield from _list_fits(f"{path}.in", column.type, column.in_)
        if column.limits is not None and column.type != "int":
            yield f"{path}.limits", Words("limits number the intervals: the column must be of type int", "limits は区分に番号を付けます。type は int にしてください")
        if column.counts is not None and column.type != "int":
            yield f"{path}.counts", Words("a number of people or households is whole: the column must be of type int", "人数・世帯数の列は type を int にしてください")
        if column.pattern is not None and not _compiles(column.pattern):
            yield f"{path}.pattern", Words(f"'{column.pattern}' is not a regular expression", f"「{column.pattern}」は正規表現として読めません")
    for name in layer.counts():
        if flag(name) in columns:
            yield f"columns.{flag(name)}", Words(f"this name is kept for where '{name}' is not shown; take another", f"「{flag(name)}」は「{name}」の秘匿を示す名前です。別の名前にしてください")
    yield from _joined_twice(layer)
    if layer.id.endswith("_label") and layer.id.removesuffix("_label") in layers:
        yield "id", Words(f"the tiles keep the name '{layer.id}' for the labels of another layer; take another id",
                          f"「{layer.id}」はタイルの中で別レイヤーの文字に使う名前です。別の id にしてください")
    yield from _private_classes(layer)
    for name in layer.key:
        if name not in layer.columns:
            yield "key", unknown_name(_COLUMN, name, layer.columns)
    shown = (("popup", layer.popup or ()), ("search", layer.search), ("label", (layer.label,) if layer.label else ()))
    for place, names in shown:
        yield from _shown(layer, place, names)
    for name in layer.popup_internal or ():
        if name not in columns:
            yield "popup_internal", unknown_name(_COLUMN, name, columns)
    if layer.style is None:
        if layer.kind == "vector":
            yield "style", Words("a vector layer needs a style", "ベクターレイヤーには style が必要です")
    elif layer.style not in styles:
        yield "", unknown_name(_STYLE, layer.style, styles)
    elif layer.kind == "raster":
        yield from _steps(layer, styles[layer.style])
    elif styles[layer.style].by is not None:
        yield from _shown(layer, "style", (styles[layer.style].by or "",), verb=Words("is drawn by", "の分類列に使う"))
    text = styles[layer.style].text if layer.style in styles else None
    if layer.label and text is not None and text.angle_column:
        yield from _shown(layer, "style", (text.angle_column,), verb=Words("is turned by", "の角度列に使う"))
    if layer.label and text is not None and text.size_column:
        yield from _shown(layer, "style", (text.size_column,), verb=Words("is sized by", "の大きさの列に使う"))
    yield from _answers(layer, layers)
    for name, join in layer.join.items():
        yield from _join(layer, name, join, layers)
    if _circular(layer.id, layers):
        yield "join", Words("joins go round in a circle", "結合が循環しています")


def _steps(layer: Layer, style: Style) -> Iterator[tuple[str, Words]]:
    """Check the style of a raster layer: height steps with a colour each, and only where they are drawn."""
    if layer.draw != "tint":
        yield "style", Words("a raster layer takes a style only with draw = \"tint\"", "画像レイヤーの style は draw = \"tint\" のときだけ使えます")
        return
    for number, step in enumerate(style.class_):
        if step.fill is None or (step.min is None and step.max is None):
            yield "style", Words(f"class {number + 1} of style '{style.id}' is no height step: it needs min or max, and fill",
                                 f"スタイル「{style.id}」の {number + 1} 番目の分類は標高の段階になっていません（min か max、および fill が必要です）")


def _answers(layer: Layer, layers: Mapping[str, Layer]) -> Iterator[tuple[str, Words]]:
    """Check what the answers about a place take from the layer: columns that exist, and open ones where the layer is public."""
    yield from _shown(layer, "zone.of", layer.zone.of)
    if layer.zone.surveyed is not None and layer.zone.surveyed not in layers:
        yield "zone.surveyed", unknown_name(_LAYER, layer.zone.surveyed, layers)
    elif layer.zone.surveyed is not None and layer.audience == "public" and layers[layer.zone.surveyed].audience != "public":
        yield "zone.surveyed", Words(f"layer '{layer.zone.surveyed}' is internal; the public could not be told 未調査", f"レイヤー「{layer.zone.surveyed}」は非公開のため、公開側で未調査と示せません")
    if layer.hazard is not None and (layer.geometry != "polygon" or layer.style is None):
        yield "hazard", Words("a hazard layer holds areas (geometry = \"polygon\") and has a style with classes", "災害のレイヤーは面（geometry = \"polygon\"）で、分類のあるスタイルが必要です")
    card = layer.card
    if card is None:
        return
    for place, names in (("name", card.name), ("kana", (card.kana,) if card.kana else ()), ("town", card.town), ("number", card.number),
                         ("designated", tuple(card.designated.values()))):
        yield from _shown(layer, f"card.{place}", names)
    for place, name in (("floors", card.floors), ("population", card.population)):
        if name is not None and name not in layer.all_columns():
            yield f"card.{place}", unknown_name(_COLUMN, name, layer.all_columns())
    for need in _NEEDS[card.role]:
        if not getattr(card, need):
            yield "card", Words(f"a layer with role = \"{card.role}\" must say '{need}'", f"role = \"{card.role}\" のレイヤーには「{need}」が必要です")


_NEEDS = {"parcel": ("town", "number"), "building": (), "address": ("town", "number"), "facility": ("name",), "town": ("name",), "district": ("name",),
          "neighborhood": ("name",), "gazetteer": ("town",), "site": ("name", "designated"), "shelter": ("name",), "road": (), "city": ()}
"""What each part in the answers cannot do without."""


def _private_classes(layer: Layer) -> Iterator[tuple[str, Words]]:
    """Say which sources of a public layer take classes that may never be public."""
    joined = {f"join.{name}.source.layer": join.source for name, join in layer.join.items() if join.source is not None}
    for place, source in ({"source.layer": layer.source} | joined).items() if layer.audience == "public" else ():
        private = private_classes(source.reader, source.layer)
        if private:
            yield place, Words(f"class {', '.join(private)} names owners or lots; a public layer may not take it",
                               f"分類 {', '.join(private)} は所有者や地番を表すため、公開レイヤーでは使えません")


def _declared(layer: Layer) -> Iterator[tuple[str, Column]]:
    yield from ((f"columns.{name}", column) for name, column in layer.columns.items())
    for join_name, join in layer.join.items():
        yield from ((f"join.{join_name}.columns.{name}", column) for name, column in join.columns.items())


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def _joined_twice(layer: Layer) -> Iterator[tuple[str, Words]]:
    seen: dict[str, str] = {}
    for join_name, join in layer.join.items():
        for name in join.columns:
            if name in join.on:
                continue  # a key that an earlier join brought; the ledger only has it too
            if name in seen and name not in layer.columns:
                yield f"join.{join_name}.columns.{name}", Words(f"'{name}' already comes from join '{seen[name]}'", f"列「{name}」は結合「{seen[name]}」でも作られます")
            seen.setdefault(name, join_name)


def _list_fits(place: str, kind: str, values: tuple[object, ...]) -> Iterator[tuple[str, Words]]:
    wanted = {"str": str, "int": int, "float": (int, float), "bool": bool, "date": str}[kind]
    for value in values:
        if not isinstance(value, wanted) or (isinstance(value, bool) and kind != "bool"):
            yield place, Words(f"{value!r} is not of type {kind}", f"{value!r} は型 {kind} の値ではありません")


def _shown(layer: Layer, place: str, names: tuple[str, ...], verb: Words | None = None) -> Iterator[tuple[str, Words]]:
    columns = layer.all_columns()
    says = verb or Words("shows", "に表示する")
    for name in names:
        if name not in columns:
            yield place, unknown_name(_COLUMN, name, columns)
        elif layer.audience == "public" and not columns[name].public:
            subject = "layer" if verb else place
            yield "", Words(f"{subject} {says.en} '{name}', which is not public", f"{place}{says.ja}列「{name}」は公開列ではありません")


def _join(layer: Layer, name: str, join: Join, layers: Mapping[str, Layer]) -> Iterator[tuple[str, Words]]:
    place = f"join.{name}"
    targets = join.layers if join.how == "count" else ((join.layer,) if join.layer else ())
    for column in join.columns:
        if column in layer.columns and column not in join.on:
            yield f"{place}.columns.{column}", Words(f"'{column}' is already a column of the layer", f"列「{column}」は既にあります")
    yield from _keys(layer, name, join)
    for target in targets:
        if target not in layers:
            yield f"{place}.layer", unknown_name(_LAYER, target, layers)
            continue
        yield from _taken(layer, place, join, layers[target])


def _keys(layer: Layer, name: str, join: Join) -> Iterator[tuple[str, Words]]:
    """Check the key columns: the layer's own or brought by a join that stands before, and open where they choose open values."""
    names = list(layer.join)
    before = dict(layer.columns)
    for earlier in names[:names.index(name)]:
        before |= {key: column for key, column in layer.join[earlier].columns.items() if key not in before and key not in layer.join[earlier].on}
    later = {key: other for other in names[names.index(name) + 1:] for key in layer.join[other].columns if key not in layer.join[other].on}
    opens = [column for column, declared in join.columns.items() if declared.public and column not in join.on] if layer.audience == "public" else []
    for key in join.on:
        if key not in before and key in later:
            yield f"join.{name}.on", Words(f"'{key}' is brought by join '{later[key]}', which stands later in the file; move [join.{later[key]}] before [join.{name}]",
                                           f"列「{key}」は後にある結合「{later[key]}」の列です。[join.{later[key]}] を [join.{name}] より前に置いてください")
        elif key not in before:
            yield f"join.{name}.on", unknown_name(_COLUMN, key, before)
        elif opens and not before[key].public:
            yield f"join.{name}.on", Words(f"'{opens[0]}' is public, but its rows are chosen by '{key}', which is not",
                                           f"「{opens[0]}」は公開列ですが、行を選ぶキー「{key}」は公開列ではありません")


def _taken(layer: Layer, place: str, join: Join, other: Layer) -> Iterator[tuple[str, Words]]:
    """Check the columns a join takes: they exist, and nothing internal becomes public on the way."""
    asked = [(f"columns.{name}", column.from_ or name, column) for name, column in join.columns.items()]
    for where, source, column in asked:
        derived = source in _DERIVED.get(join.how, ())
        if not derived and source not in other.columns:
            yield f"{place}.{where}", unknown_name(_COLUMN, source, other.columns)
            continue
        if column.public and layer.audience == "public" and source in other.counts():
            yield f"{place}.{where}", Words(f"'{source}' of layer '{other.id}' counts people or households: the public sees it in that layer only, where small numbers are left out",
                                            f"レイヤー「{other.id}」の「{source}」は人数・世帯数です。少ない数を秘匿できるのはそのレイヤーだけなので、ここでは公開できません")
            continue
        open_there = other.audience == "public" and (derived or other.columns[source].public)
        if column.public and layer.audience == "public" and not open_there:
            yield f"{place}.{where}", Words(f"public, but '{source}' of layer '{other.id}' is not",
                                            f"公開とありますが、レイヤー「{other.id}」の「{source}」は公開列ではありません")
    opens = layer.audience == "public" and any(column.public for column in join.columns.values())
    for name in ([join.by] if join.by else []) + list(join.where):
        if name not in other.columns:
            yield place, unknown_name(_COLUMN, name, other.columns)
        elif opens and not other.columns[name].public:
            yield place, Words(f"chooses rows for public columns by '{name}' of layer '{other.id}', which is not public",
                               f"公開列の行選びに使う、レイヤー「{other.id}」の「{name}」は公開列ではありません")


_DERIVED = {"nearest": ("@distance",), "count": ("@count",)}


def _circular(start: str, layers: Mapping[str, Layer]) -> bool:
    seen, todo = set(), [start]
    while todo:
        layer = layers.get(todo.pop())
        for join in layer.join.values() if layer else ():
            for target in (*join.layers, *([join.layer] if join.layer else [])):
                if target == start:
                    return True
                if target not in seen:
                    seen.add(target)
                    todo.append(target)
    return False


def _style(style: Style) -> Iterator[tuple[str, Words]]:
    seen: set[object] = set()
    every: list[tuple[str, StyleClass]] = [(f"class.{i}", c) for i, c in enumerate(style.class_)]
    if style.other:
        every.append(("other", style.other))
    for place, one in every:
        if one.symbol is not None and one.symbol not in SYMBOLS:
            yield f"{place}.symbol", unknown_name(Words("symbol", "記号"), one.symbol, SYMBOLS)
        for value in one.takes() or ():
            if (type(value), value) in seen:
                yield place, Words(f"value {value!r} stands in two classes", f"値 {value!r} が2つの分類にあります")
            seen.add((type(value), value))


def _map(one: Map, layers: Mapping[str, Layer]) -> Iterator[tuple[str, Words]]:
    places = [("layers", entry.id) for entry in one.layers] + [("base", i) for i in one.base] + [("backgrounds", i) for i in one.backgrounds]
    for place, name in places:
        if name not in layers:
            yield place, unknown_name(_LAYER, name, layers)
        elif one.audience == "public" and layers[name].audience != "public":
            yield "", Words(f"{place} names '{name}', which is not a public layer", f"{place} の「{name}」は公開レイヤーではありません")
        elif place == "backgrounds" and layers[name].kind != "raster":
            yield place, Words(f"'{name}' is not a raster layer", f"「{name}」は画像（raster）レイヤーではありません")
        elif layers[name].source.reader == "fgd_dem" and layers[name].draw == "picture":
            yield place, Words(f"'{name}' holds heights; a map shows them with draw = \"hillshade\" or draw = \"tint\" in its layer file",
                               f"「{name}」は標高の数値です。地図に載せるには、そのレイヤーに draw = \"hillshade\" か draw = \"tint\" を書いてください")
