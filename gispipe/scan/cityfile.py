"""Write city.toml with a comment above each key for the person who edits it."""

from __future__ import annotations

from collections.abc import Mapping

from gispipe.scan.toml import remark, text


def city_text(*, name: str, code: str, crs: str, bounds: tuple[float, float, float, float], sources: str, doubts: Mapping[str, str],
              default_map: str | None = None, attribution: str = "") -> str:
    """Return the text of a city.toml; `doubts` says by key what a person must look at."""
    entries: list[tuple[str, str, object]] = [
        ("半角英小文字の名前。変えなくて構いません", "id", "city"),
        ("市町村名。全ページに出ます", "name", name),
        ("全国地方公共団体コード（検査数字を含む6桁、引用符で囲みます）", "code", code),
        ("保存に使う平面直角座標系。系番号は都道府県で決まります（EPSG:6669 が第I系、6687 が第XIX系）", "crs", crs),
        ("市域を含む範囲。西・南・東・北（度）。外れた図形は検査で止まります", "bounds", list(bounds)),
        ("layers の path の起点になるフォルダー。このファイルからの相対パス", "sources", sources),
        ("版の名前。例 \"令和8年度版\"", "edition", ""),
        ("全ページに出す一文", "notice", ""),
        ("全ページに出す出典", "attribution", attribution),
        ("担当課", "contact", ""),
    ]
    if default_map:
        entries.append(("最初に開く主題図。styles/maps/ のファイルの id", "default_map", default_map))
    lines = ["# 市の基本情報"]
    for comment, key, value in entries:
        lines += ["", f"# {comment}", *([f"# 要確認: {remark(doubts[key])}"] if key in doubts else []), f"{key} = {text(value)}"]
    lines += ["", "# 公開側では、これに満たない人数・世帯数（0 を除く）を秘匿します。列に counts = \"people\" か counts = \"households\" と書きます",
              "[statistics]", "fewest_people = 10", "fewest_households = 3"]
    lines += ["", "# 台帳の見本行などに仕込んだ目印（6文字以上）。公開物に見つかれば公開を止めます", "[gate]", "canaries = []"]
    return "\n".join(lines) + "\n"
