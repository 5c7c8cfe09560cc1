"""Numbers written in kanji, positional (三〇二) and multiplicative (二十五), read as decimal digits."""

from __future__ import annotations

import re

_DIGIT = dict(zip("〇零一二三四五六七八九壱弐参", "00123456789123", strict=True))
_TIMES = {"十": 10, "拾": 10, "百": 100, "千": 1000}
NUMERALS = "".join(_DIGIT) + "".join(_TIMES)
_D = f"[{''.join(_DIGIT)}]"
# one number at a time: the longest multiplicative one, else digits up to where a multiplicative one begins
_NUMBER = (rf"{_D}?千(?:{_D}?百)?(?:{_D}?[十拾])?{_D}?|{_D}?百(?:{_D}?[十拾])?{_D}?|{_D}?[十拾]{_D}?|{_D}+?(?={_D}[十拾百千])|{_D}+")
ONE_NUMBER = re.compile(rf"[0-9]+|(?=[{NUMERALS}])(?:{_NUMBER})")
"""One number of a text, in ASCII digits or in kanji; of a run of numerals the first: 十三一 is 十三 and 一."""


def decimal(number: str) -> str:
    """Return one number, in ASCII digits or in kanji, as decimal digits without leading zeros."""
    if number.isascii():
        return number.lstrip("0") or "0"
    if _TIMES.keys().isdisjoint(number):
        return "".join([_DIGIT[c] for c in number]).lstrip("0") or "0"
    total, digit = 0, ""
    for c in number:
        if c in _TIMES:
            total, digit = total + int(digit or "1") * _TIMES[c], ""
        else:
            digit = _DIGIT[c]
    return str(total + int(digit or "0"))


def kanji(number: int) -> str:
    """Return a number from 1 to 99 in kanji, as a chome is written."""
    tens, ones = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    return ("" if tens == 0 else "十" if tens == 1 else digits[tens] + "十") + (digits[ones] if ones else "")
