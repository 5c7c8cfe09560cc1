"""A new city directory to edit: the demo city's declarations without anything of the demo city, every layer pending."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from gispipe.catalogue import Catalogue, load_catalogue
from gispipe.errors import NotFound
from gispipe.model import Layer
from gispipe.scan.cityfile import city_text
from gispipe.scan.toml import remark, text
from gispipe.scan.zones import zone_of_code
from gispipe.intake.registry import FORMATS
from gispipe.words import Words

PATTERN = Path(__file__).resolve().parents[2]
"""The repository: the demo city's directory, whose themes a new city starts with."""

JAPAN = (122.5, 24.0, 153.9, 45.6)
OWNER = "○○市"

RENAMED = {
    "星瀬川": "○○川", "鈴音川": "△△川", "Hoshise River": "River 1", "Suzune River": "River 2", "hoshise": "river1", "suzune": "river2",
    "星濑川": "○○川", "铃音川": "△△川", "호시세강": "○○강", "스즈네강": "△△강", "ほしせがわ": "○○がわ", "すずねがわ": "△△がわ",
    "霧原台一丁目": "○○町一丁目", "汐野一丁目": "○○町一丁目", "霧原": "○○",
    "mt_parcel_pos_city992011": "mt_parcel_pos_city*", "mt_parcel_city992011": "mt_parcel_city*", "99201-9901.zip": "*.zip", "99201_1.csv": "*_1.csv",
    "99201_2.csv": "*_2.csv", "99201_mizuhono-shi_2026_citygml.zip": "*.zip", "992011": "123450",
}
"""Names of the demo city that occur in its declarations, and what stands there instead."""

_KINDS = {"point": "点", "line": "線", "polygon": "面", None: ""}


def write_template(directory: Path, name: str | None = None, code: str | None = None, pattern: Path = PATTERN) -> list[str]:
    """Write city.toml, and layers, styles and maps for every theme, into `directory`; return the ids of the layers.

    Every layer is `pending`: declared, but skipped until its file is there. Raises NotFound when the declarations the
    template is made from are not beside the program.
    """
    if not (pattern / "city.toml").is_file():
        raise NotFound(str(pattern), Words("the declarations a new city starts with are not beside the program", "ひな型の元になる宣言がプログラムと同じ場所にありません"),
                       Words("run gispipe from its repository, or use --scan FOLDER", "gispipe をリポジトリから実行するか、--scan FOLDER を使ってください"))
    demo = load_catalogue(pattern)
    crs = zone_of_code(code) or "EPSG:6677"
    for folder in ("layers", "styles/maps", "sources"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    (directory / "city.toml").write_text(_city(demo, name, code, crs), "utf-8")
    for layer in demo.layers.values():
        (directory / "layers" / f"{_renamed(layer.id)}.toml").write_text(_layer(demo, layer, name or OWNER, crs), "utf-8")
        for path in _paths(layer):
            (directory / "sources" / path).parent.mkdir(parents=True, exist_ok=True)
    for style in demo.styles:
        _copy(demo, f"style:{style}", directory, "")
    for one in demo.maps.values():
        _copy(demo, f"map:{one.id}", directory, f"# 主題図「{one.title}」。layers は先に書いたものほど上に描き、凡例でも先に並べます\n")
    if "terms" in demo.files:
        _copy(demo, "terms", directory, "# この市だけの言葉の、ほかの言語での名前。どの市にもある言葉は gispipe が知っています\n")
    (directory / "README.md").write_text(_readme(name or OWNER, directory.name), "utf-8")
    return [_renamed(layer) for layer in demo.layers]


def _city(demo: Catalogue, name: str | None, code: str | None, crs: str) -> str:
    doubts = {"bounds": "日本全体になっています。市域を含む範囲に直すと、場所の誤りを検査で見つけられます"}
    doubts |= {} if name else {"name": "市町村名を書いてください"}
    doubts |= {} if code else {"code": "仮の値です", "crs": "仮の値（第IX系）です。系番号は都道府県で決まります"}
    return city_text(name=name or OWNER, code=code or "999997", crs=crs, bounds=JAPAN, sources="sources", default_map=demo.city.default_map,
                     attribution=name or OWNER, doubts=doubts)


def _renamed(words: str) -> str:
    for old, new in RENAMED.items():
        words = words.replace(old, new)
    return words


def _copy(demo: Catalogue, key: str, directory: Path, head: str) -> None:
    """Copy a style or a map; where a map starts is the demo city's own affair."""
    lines = [line for line in (demo.directory / demo.files[key]).read_text("utf-8").splitlines() if not re.match(r"#|(center|zoom)\s*=", line)]
    target = directory / _renamed(demo.files[key])
    target.write_text(head + _renamed("\n".join(lines)).strip("\n") + "\n", "utf-8")


def _layer(demo: Catalogue, layer: Layer, owner: str, crs: str) -> str:
    """Return a layer's text: the demo's declaration with a head, `pending`, and values of its own where the demo's were."""
    body: list[str] = []
    for line in (demo.directory / demo.files[f"layer:{layer.id}"]).read_text("utf-8").splitlines():
        if line.startswith("[") and not any(one.startswith("pending") for one in body):
            width = len(body[0].partition("=")[0])
            body[-1:-1] = [f"{'pending':<{width}}= {text(f'データ未配置：{_first_path(layer)} を置いたら、この行を消してください')}"]
        body += [] if line.startswith("#") else [_value(line, owner, crs)]
    return "\n".join([*_head(layer), _renamed("\n".join(body)).strip("\n")]) + "\n"


def _value(line: str, owner: str, crs: str) -> str:
    """Replace what is true of the demo city only: whose data, under what licence, as of when, in which plane system."""
    key = line.partition("=")[0].strip()
    if key == "attribution":
        return f"attribution = {text(owner)}  # 出典の書き方に合わせて直します"
    if key == "approval":
        return 'approval    = ""  # 測量法の承認番号（公共測量成果を使うとき）'
    if key == "license":
        return 'license     = ""  # 例 "CC-BY-4.0"'
    if key == "updated":
        return '# updated  = "2026-04-01"  # データの時点'
    return re.sub(r'"EPSG:\d+"', f'"{crs}"', line) + "  # ファイルの座標系に合わせます" if key == "crs" and "EPSG:6668" not in line else line


def _head(layer: Layer) -> Iterator[str]:
    """Yield the comment a clerk reads first: what to put where, and what else the layer needs."""
    crs = f"、座標系 {'緯度・経度' if layer.source.crs == 'EPSG:6668' else '平面直角座標系'}" if layer.source.crs else ""
    encoding = f"、文字コード {layer.source.encoding}" if layer.source.encoding else ""
    yield f"# {remark(_renamed(layer.title))}（{_KINDS[layer.geometry] or '画像'}）"
    yield f"# 置くもの: {_first_path(layer)}（{FORMATS[layer.source.reader].title.ja}{crs}{encoding}）"
    for join in layer.join.values():
        if join.source is not None:
            yield f"# 結合する台帳: sources/{_renamed(join.source.path)}（{'・'.join(join.on)} で結合。不要なら [join…] と、その列の表示指定を消します）"
    needed = dict.fromkeys(_renamed(one) for join in layer.join.values() for one in ([join.layer] if join.layer else []) + list(join.layers))
    if needed:
        yield f"# 位置で結合するレイヤー: {', '.join(needed)}（先にデータが要ります。不要なら [join…] と、その列の表示指定を消します）"
    yield "# 列名が違うときは [columns] の from を直します。public = true の列だけが公開版に出ます"


def _paths(layer: Layer) -> list[str]:
    return [_renamed(layer.source.path), *(_renamed(join.source.path) for join in layer.join.values() if join.source is not None)]


def _first_path(layer: Layer) -> str:
    return f"sources/{_renamed(layer.source.path)}"


def _readme(name: str, folder: str) -> str:
    return f"""# {remark(name)}の地図

1. `city.toml` の市町村名・コード・座標系・範囲を直します。
2. `sources/` にファイルを置きます。どこに何を置くかは `layers/*.toml` の先頭にあります。
3. そのレイヤーの `pending` の行を消し、列名を [columns] の from に合わせます。使わないテーマはそのままで構いません。
4. `gispipe check --city {remark(folder)}` で確かめ、`gispipe run --city {remark(folder)}` で地図を作ります。

`audience = "public"` のレイヤーの `public = true` の列だけが公開版に出ます。書かなければ庁内版だけです。
"""
