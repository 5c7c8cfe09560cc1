"""The pairs of a DXF file, a group code and a value a line each: checked before a driver that may not come back from a broken one."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from gispipe.errors import UnreadableInput
from gispipe.words import Words

_AGAIN = Words("save it again as ASCII DXF", "ASCII 形式の DXF で保存し直してください")
_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$"


def check_pairs(text: str, where: str) -> None:
    """Raise UnreadableInput, naming the line, where a group code is none or a real number is none."""
    lines = pa.array(text.rstrip().split("\n"), type=pa.large_string())
    codes, values = lines[0::2], lines[1::2]
    if "\0" in text or len(lines) % 2:
        raise _broken(where, text.count("\n", 0, text.index("\0")) + 1 if "\0" in text else len(lines))
    plain = pc.match_substring_regex(codes, r"^\s*-?\d{1,4}\s*$")
    if not pc.all(plain).as_py():
        raise _broken(where, 2 * plain.index(False).as_py() + 1)
    number = pc.utf8_trim_whitespace(codes).cast(pa.int32())
    real = pc.or_(pc.and_(pc.greater_equal(number, 10), pc.less(number, 60)), pc.and_(pc.greater_equal(number, 210), pc.less(number, 240)))
    wrong = pc.and_(real, pc.invert(pc.match_substring_regex(values, _NUMBER)))
    if pc.any(wrong).as_py():
        raise _broken(where, 2 * wrong.index(True).as_py() + 2)


def outside(text: str) -> list[str]:
    """Return the names of blocks that are references to other drawings (flag 4 or 8 of group 70)."""
    section = re.search(r"\n[ ]*2[ ]*\r?\n[ ]*BLOCKS[ ]*\r?\n(.*?)\n[ ]*0[ ]*\r?\n[ ]*ENDSEC", text, re.DOTALL)
    lines = [line.strip() for line in section[1].split("\n")] if section else []
    blocks: list[dict[str, str]] = []
    inside = False
    for code, value in zip(lines[0::2], lines[1::2], strict=False):
        if code == "0":
            inside = value == "BLOCK"
            blocks += [{}] if inside else []
        elif inside:
            blocks[-1].setdefault(code, value)
    return [block.get("2", "") for block in blocks if re.fullmatch(r"\d{1,6}", block.get("70", "")) and int(block["70"]) & 12]


def _broken(where: str, line: int) -> UnreadableInput:
    return UnreadableInput(f"{where}:{line}", Words("the drawing is broken here: no group code or number", "図面ファイルが壊れています（グループコードか数値がありません）"), _AGAIN)
