"""What a person typed: a coordinate or words, or something no register can hold."""

from __future__ import annotations

import math
import re
import unicodedata

from gispipe.words import Words

LONGEST = 200
_NUMBERS = re.compile(r"[\s\d+-]*[.,;][\s\d.,;+-]*")
COORDINATE = Words("write a coordinate as lat,lon, for example 34.78,135.47", "座標は「緯度,経度」で書いてください（例 34.78,135.47）")


def parse_place(text: str) -> tuple[float, float] | None:
    """Return (lat, lon) for `lat,lon` in degrees (full-width digits and commas too), None for anything else.

    Raises ValueError for numbers that are no coordinate: one, three, not finite, or beyond the globe both ways round.
    """
    plain = unicodedata.normalize("NFKC", text).replace("、", ",")
    parts = plain.split(",")
    if len(parts) != 2:
        if _NUMBERS.fullmatch(plain):
            raise ValueError(text)
        return None
    try:
        lat, lon = (float(part) for part in parts)
    except ValueError:
        return None
    if "_" in text or not (math.isfinite(lat) and math.isfinite(lon)) or min(abs(lat), abs(lon)) > 90 or max(abs(lat), abs(lon)) > 180:
        raise ValueError(text)
    return lat, lon


def refusal(text: str) -> Words | None:
    """Return why a text cannot be a question at all, None when it can."""
    if not text.strip():
        return Words("write an address, a lot number, a name or lat,lon", "住所・地番・施設名または「緯度,経度」を入力してください")
    if len(text) > LONGEST:
        return Words(f"{len(text):,} characters; an address has at most {LONGEST}", f"{len(text):,} 文字あります。{LONGEST} 文字以内で入力してください")
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text.strip()):
        return Words("there are control characters in it; type it again", "制御文字が含まれています。入力し直してください")
    return None
