"""Invented names: common words of nature and season put together; no real city has this set."""

from __future__ import annotations

import numpy as np

HEADS = [("汐波", "しおなみ"), ("夕凪", "ゆうなぎ"), ("星瀬", "ほしせ"), ("鈴音", "すずね"), ("霧原", "きりはら"), ("葦辺", "あしべ"), ("風待", "かぜまち"),
         ("月夜", "つきよ"), ("花影", "はなかげ"), ("雲雀", "ひばり"), ("千草", "ちぐさ"), ("青羽", "あおば"), ("白露", "しらつゆ"), ("朝茜", "あさあかね"),
         ("萌黄", "もえぎ"), ("木漏", "こもれ"), ("虹見", "にじみ"), ("若鮎", "わかあゆ"), ("麦風", "むぎかぜ"), ("薄紅", "うすべに"), ("雪待", "ゆきまち"),
         ("螢川", "ほたるかわ"), ("桂葉", "かつらば"), ("藤波", "ふじなみ")]
TAILS = {
    "commercial": [("中央", "ちゅうおう"), ("元町", "もとまち")],
    "dense": [("町", "ちょう"), ("通", "どおり"), ("小路", "こうじ")],
    "residential": [("野", "の"), ("里", "さと"), ("園", "その"), ("町", "まち")],
    "suburb": [("原", "はら"), ("野", "の"), ("本郷", "ほんごう"), ("新田", "しんでん")],
    "hillside": [("台", "だい"), ("丘", "おか"), ("坂", "さか")],
    "industrial": [("浜", "はま"), ("埠頭", "ふとう"), ("港町", "みなとまち")],
    "farm": [("新田", "しんでん"), ("原", "はら"), ("沢", "さわ"), ("谷", "たに")],
    "forest": [("山", "やま"), ("奥", "おく"), ("谷", "たに")],
}
DIGITS = "〇一二三四五六七八九"


def kanji(number: int) -> str:
    """Return a number from 1 to 99 in kanji, as a chome is written."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十") + (DIGITS[ones] if ones else "")


def district_names(kinds: list[str], rng: np.random.Generator) -> list[tuple[str, str]]:
    """Give each district a name and its reading that no other has, fitting its kind."""
    used: set[str] = set()
    names = []
    for kind in kinds:
        pool = [(h + t, hk + tk) for h, hk in HEADS for t, tk in TAILS[kind] if h + t not in used]
        if not pool:
            pool = [(side + h + t, sk + hk + tk) for side, sk in (("東", "ひがし"), ("西", "にし"), ("南", "みなみ"), ("北", "きた"))
                    for h, hk in HEADS for t, tk in TAILS[kind] if side + h + t not in used]
        # a head already in use elsewhere is taken only when nothing else is left
        fresh = [p for p in pool if not any(p[0][:2] == u[:2] for u in used)]
        name = (fresh or pool)[int(rng.integers(len(fresh or pool)))]
        used.add(name[0])
        names.append(name)
    return names


# surnames that nobody bears, so that no row of the ledger can be taken for a person
SURNAMES = ["架空沢", "見本山", "例示川", "仮野原", "試田畑", "模擬林", "想定島", "雛形谷", "習作坂", "演習瀬"]
GIVEN = ["一郎", "花子", "次郎", "松子", "三郎", "竹子", "四郎", "梅子", "五郎", "桜子", "六郎", "楓子"]
FIRMS = ["株式会社架空製作所", "見本不動産株式会社", "例示商事有限会社", "仮想運輸株式会社"]
