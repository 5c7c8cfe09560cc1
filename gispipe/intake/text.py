"""Decode text strictly: declared or proven, never guessed.

cp932 is used wherever a file says Shift_JIS: the narrower codec refuses or changes characters that municipal files
contain (①, 髙, 﨑).
"""

from __future__ import annotations

from gispipe.errors import UnreadableInput
from gispipe.words import Words

_ALIASES = {"shift_jis": "cp932", "shift-jis": "cp932", "sjis": "cp932", "shiftjis": "cp932", "ms932": "cp932", "windows-31j": "cp932",
            "ansi 932": "cp932", "932": "cp932", "cp932": "cp932", "utf8": "utf-8", "utf-8": "utf-8", "utf-8-sig": "utf-8", "utf_8": "utf-8",
            "65001": "utf-8", "euc-jp": "euc_jp", "euc_jp": "euc_jp", "ascii": "ascii", "us-ascii": "ascii"}
BOM = b"\xef\xbb\xbf"


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


def decode(data: bytes, declared: str | None, where: str) -> tuple[str, str]:
    """Return the text and the codec used.

    Raises UnreadableInput when nothing is declared and nothing proven, when a byte does not fit the declared
    encoding, or when the bytes prove another one.
    """
    found = proven(data)
    if declared is None:
        if found is None:
            raise UnreadableInput(where, Words("the encoding is not declared and not UTF-8", "文字コードの宣言がなく、UTF-8 でもありません"),
                                  Words('add encoding = "cp932" to [source] after looking at the text',
                                        "内容を確かめて [source] に encoding = \"cp932\" を書いてください"))
        return data.removeprefix(BOM).decode("utf-8"), found
    name = codec(declared, where)
    refuse_other(data, name, found, where)
    try:
        return data.removeprefix(BOM).decode(name), name
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UnreadableInput(f"{where}:{line}", Words(
            f"byte 0x{data[error.start]:02X} does not fit the declared encoding {name}",
            f"宣言された文字コード {name} では読めないバイト 0x{data[error.start]:02X} があります"), _advice(name)) from None


def refuse_other(data: bytes, declared: str, found: str | None, where: str) -> None:
    """Raise UnreadableInput when the bytes prove UTF-8 but cp932 is declared (it may decode into nonsense)."""
    if declared in ("cp932", "euc_jp") and found == "utf-8":
        raise UnreadableInput(where, Words(f"the text is UTF-8 but {declared} is declared", f"{declared} と宣言されていますが、内容は UTF-8 です"),
                              Words('write encoding = "utf-8"', "encoding = \"utf-8\" と書いてください"))


def _advice(name: str) -> Words:
    other = "cp932" if name == "utf-8" else "utf-8"
    return Words(f'the file may be {other}: correct encoding in [source]', f"{other} の可能性があります。[source] の encoding を直してください")
