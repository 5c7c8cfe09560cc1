"""Texts of fixed columns: bytes joined first, decoded after."""

from __future__ import annotations

from gispipe.errors import UnreadableInput
from gispipe.words import Words


def decoded(data: bytes, encoding: str, where: str) -> str:
    """Return a text without the blanks that fill its field; raises UnreadableInput naming the byte that does not fit."""
    try:
        return data.rstrip(b" \x00").decode(encoding)
    except UnicodeDecodeError as error:
        byte = data[error.start]
        raise UnreadableInput(where, Words(f"byte 0x{byte:02X} in a text does not fit {encoding}", f"文字列に {encoding} では読めないバイト 0x{byte:02X} があります"),
                              Words("correct encoding in [source], or ask which characters of its own the office uses",
                                    "[source] の encoding を直すか、外字の有無を確認してください")) from None


def seven_bit(data: bytes) -> str | None:
    """Return the text of kanji written as two bytes below 0x80 without any escape (EUC less its high bits), None when it is none."""
    body = data.rstrip(b" \x00")
    if not body or len(body) % 2 or min(body) < 0x21 or max(body) > 0x7E:
        return None
    try:
        return bytes(byte | 0x80 for byte in body).decode("euc_jp")
    except UnicodeDecodeError:
        return None


def note_text(data: bytes, count: int, kanji: bool, encoding: str, where: str) -> tuple[str, bool]:
    """Return the text of an annotation and whether it came in 7-bit kanji.

    Proof of 7-bit kanji: the element says it is kanji, every byte is below 0x80, and there are twice as many bytes as
    the characters it announces.
    """
    if kanji and data.isascii() and count and len(data.rstrip(b" \x00")) == 2 * count:
        text = seven_bit(data)
        if text is not None:
            return text, True
    return decoded(data, encoding, where), False
