"""Tell which of two readings of the same bytes a person wrote: for declared encodings that also decode as another.

Nothing here decides what a text says; it only finds that a declaration is doubtful or that a file was converted twice.
"""

from __future__ import annotations

import re

import numpy as np

_KANA = re.compile("[ぁ-んァ-ヶ]")
_JAPANESE = re.compile("[ぁ-んァ-ヶ々〇一-龥]")
_HALF_WIDTH = re.compile("[｡-ﾟ]")
_ODD_HALF_WIDTH = re.compile("(?<![ｳｶ-ﾄﾊ-ﾎ])[ﾞﾟ]|(?<![ｦ-ﾟ])[ｧ-ｯｰ]|[､｡･｢｣]{2}")
_TWICE = (("latin-1", "cp932"), ("cp1252", "cp932"), ("latin-1", "utf-8"), ("cp1252", "utf-8"))


def converted_twice(text: str) -> tuple[str, str] | None:
    """Return (misread as, really) when a UTF-8 text is another encoding's bytes read as Latin-1 and saved again, else None.

    The file `170003_aed.csv` of a prefecture is such a one: its header begins with the bytes C2 91 53 C2.
    """
    sample = text[:200_000]
    foreign = re.findall(r"[^\x00-\x7f]", sample)
    if not foreign or sum(map(_beyond_latin, foreign)):
        return None
    for misread, really in _TWICE:
        try:
            again = sample.encode(misread).decode(really, "ignore" if len(sample) < len(text) else "strict")
        except UnicodeError:
            continue
        japanese = len(_JAPANESE.findall(again))
        if japanese >= 2 and 2 * japanese >= len(re.findall(r"[^\x00-\x7f]", again)):
            return misread, really
    return None


def _beyond_latin(character: str) -> bool:
    """Tell whether neither Latin-1 nor Windows-1252 has a character."""
    if ord(character) < 0x100:
        return False
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return True
    return False


def plausible_utf8(text: str) -> bool:
    """Tell whether the UTF-8 reading of bytes that are also cp932 can be what was meant.

    It can when half of its characters beyond ASCII are East Asian or general symbols, or when cp932 has every one of
    them; bytes of half-width kana read as UTF-8 give accented and control characters that no Japanese table has.
    """
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    codes = codes[codes >= 0x80]
    private = ((codes >= 0xE000) & (codes <= 0xF8FF)) | (codes >= 0xF0000)
    if 2 * np.count_nonzero((codes >= 0x2000) & ~private) >= len(codes):
        return True
    try:
        "".join(map(chr, np.unique(codes).tolist())).encode("cp932")
    except UnicodeEncodeError:
        return False
    return not private.any()


def plausible_euc(data: bytes, text: str) -> bool:
    """Tell whether bytes declared as cp932, whose reading is `text`, are rather EUC-JP: kana there, odd half-width kana here."""
    half = len(_HALF_WIDTH.findall(text))
    if not half:
        return False
    try:
        other = data.decode("euc_jp")
    except UnicodeDecodeError:
        return False
    foreign = len(re.findall(r"[^\x00-\x7f]", other))
    return 20 * len(_KANA.findall(other)) >= foreign > 0 or bool(_ODD_HALF_WIDTH.search(text))
