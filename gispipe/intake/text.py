"""Decode text strictly: declared or proven, never guessed.

cp932 is used wherever a file says Shift_JIS: the narrower codec refuses or changes characters that municipal files
contain (①, 髙, 﨑). Its 9,604 two-byte codes decode to 9,206 characters: 398 codes stand twice in it (NEC and IBM
extensions) and give the same character, as Unicode has it only once.
"""

from __future__ import annotations

import re

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.mojibake import converted_twice, plausible_euc, plausible_utf8
from gispipe.words import Words

_ALIASES = {"shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "shiftjis": "cp932", "ms932": "cp932", "windows-31j": "cp932",
            "ansi 932": "cp932", "932": "cp932", "cp932": "cp932", "utf8": "utf-8", "utf-8": "utf-8", "utf-8-sig": "utf-8", "utf_8": "utf-8",
            "65001": "utf-8", "euc-jp": "euc_jp", "euc_jp": "euc_jp", "ascii": "ascii", "us-ascii": "ascii"}
BOM = b"\xef\xbb\xbf"
# single bytes that the codec passes on although cp932 has no character there
_NO_CODE = re.compile("[\x80\xa0\uf8f0-\uf8f3]")


def codec(name: str, where: str) -> str:
    """Return the codec for an encoding's name; raises UnreadableInput for one we do not read."""
    known = _ALIASES.get(name.strip().lower())
    if known is None:
        raise UnreadableInput(where, Words(f"unknown encoding '{name}'", f"文字コード「{name}」は扱えません"),
                              Words("use utf-8 or cp932", "utf-8 か cp932 を指定してください"))
    return known


def proven(data: bytes) -> str | None:
    """Return the encoding that the bytes themselves prove, or None: a BOM, pure ASCII, or multi-byte UTF-8."""
    if data.startswith(BOM):
        return "utf-8"
    if data.isascii():
        return "ascii"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def proof(data: bytes, declared: str | None) -> str:
    """Say how the encoding of a text that was read is known, for the facts of a reader."""
    if data.startswith(BOM):
        return "BOM"
    return "only ASCII" if data.isascii() else "proven UTF-8" if declared is None else "declared"


def decode(data: bytes, declared: str | None, where: str) -> tuple[str, str]:
    """Return the text and the codec used.

    Raises UnreadableInput when nothing is declared and nothing proven, when a byte does not fit the declared
    encoding, when the bytes prove another one, or when the text was converted twice.
    """
    found = proven(data)
    if declared is None:
        if found is None:
            raise UnreadableInput(where, Words("the encoding is not declared and not UTF-8", "文字コードの宣言がなく、UTF-8 でもありません"),
                                  Words('add encoding = "cp932" to [source] after looking at the text',
                                        "内容を確かめて [source] に encoding = \"cp932\" を書いてください"))
        name = found
    else:
        name = codec(declared, where)
        refuse_other(data, name, found, where)
    try:
        text = data.removeprefix(BOM).decode(name)
    except UnicodeDecodeError as error:
        raise _misfit(data, error.start + (len(BOM) if data.startswith(BOM) else 0), name, where) from None
    return _checked(text, data, name, where), name


def _checked(text: str, data: bytes, name: str, where: str) -> str:
    """Return a decoded text unless its declaration cannot be right after all."""
    if name == "utf-8":
        return _once(text, where)
    if name == "cp932" and not data.isascii():
        stray = _NO_CODE.search(text)
        if stray:
            raise _misfit(data, len(text[:stray.start()].encode("cp932")), name, where)
        if plausible_euc(data, text):
            raise UnreadableInput(where, Words("the text is EUC-JP but cp932 is declared", "cp932 と宣言されていますが、内容は EUC-JP です"),
                                  Words('write encoding = "euc-jp"', "encoding = \"euc-jp\" と書いてください"))
    return text


def _misfit(data: bytes, at: int, name: str, where: str) -> UnreadableInput:
    line = data.count(b"\n", 0, at) + 1
    known = Words("stated (BOM)", "BOM が示す") if data.startswith(BOM) else Words("declared", "宣言された")
    return UnreadableInput(f"{where}:{line}", Words(f"byte 0x{data[at]:02X} does not fit the {known.en} encoding {name}",
                                                    f"{known.ja}文字コード {name} では読めないバイト 0x{data[at]:02X} があります"), _advice(name))


def _once(text: str, where: str) -> str:
    """Return a UTF-8 text unless it is another text converted wrongly before."""
    twice = converted_twice(text)
    if twice is None:
        return text
    misread, really = twice
    raise UnreadableInput(where, Words(
        f"the text was converted twice: {really} bytes were read as {misread} and saved as UTF-8, so every Japanese character is broken",
        f"二重に変換された文字化けファイルです（{really} の文字を {misread} とみなして UTF-8 で保存したもの）"),
        Words(f'ask for the file as it was before, or convert it back (UTF-8 to {misread}) and declare encoding = "{really}"',
              f"変換前のファイルを受け取り直すか、UTF-8 から {misread} へ戻して encoding = \"{really}\" と書いてください"))


def refuse_other(data: bytes, declared: str, found: str | None, where: str) -> None:
    """Raise UnreadableInput when the bytes are UTF-8 but another encoding is declared (they may decode into nonsense).

    Half-width kana of cp932 can be valid UTF-8 by chance; the declaration is trusted where the UTF-8 reading is nothing
    that stands in a Japanese table.
    """
    if declared in ("cp932", "euc_jp") and found == "utf-8" and (data.startswith(BOM) or plausible_utf8(data.decode("utf-8"))):
        raise UnreadableInput(where, Words(f"the text is UTF-8 but {declared} is declared", f"{declared} と宣言されていますが、内容は UTF-8 です"),
                              Words('write encoding = "utf-8"', "encoding = \"utf-8\" と書いてください"))


def duplicates(data: bytes, text: str) -> int:
    """Count the characters of a cp932 text that stood under one of the 398 codes cp932 has twice."""
    again = text.encode("cp932")
    if again == data:
        return 0
    codes = np.frombuffer(text.encode("utf-32-le"), dtype="<u4")
    width = 2 - ((codes < 0x80) | ((codes >= 0xFF61) & (codes <= 0xFF9F))).astype(int)
    end = np.cumsum(width)
    other = np.frombuffer(again, np.uint8) != np.frombuffer(data, np.uint8)
    return int(np.count_nonzero(other[end - width] | other[end - 1]))


def _advice(name: str) -> Words:
    other = "cp932" if name == "utf-8" else "utf-8"
    return Words(f'the file may be {other}: correct encoding in [source]', f"{other} の可能性があります。[source] の encoding を直してください")
