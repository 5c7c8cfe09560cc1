"""Cut a sheet's bytes into records of 84 bytes, whatever ends its lines and whatever its texts are written in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gispipe.errors import UnreadableInput
from gispipe.intake.text import BOM, codec, proven, refuse_other
from gispipe.words import Words

WIDTH = 84
_END = b"\x1a"


@dataclass(frozen=True)
class Records:
    """The records of a file: (n, 84) bytes, texts in `encoding` (cp932 or ascii), and how the encoding is known."""

    lines: np.ndarray
    encoding: str
    delivered_in: str
    encoding_by: str
    line_end: str

    def record(self, index: int) -> bytes:
        """Return one record as bytes."""
        return self.lines[index].tobytes()


def cut(data: bytes, declared: str | None, where: str) -> Records:
    """Return the records; raises UnreadableInput for one of another length, naming it.

    UTF-8 files are turned into cp932 first: columns are bytes of cp932, and a line whose width differs after that may
    only differ by blanks at its end.
    """
    name, by = _encoding(data, declared, where)
    data = data.removeprefix(BOM).rstrip(_END)
    if name == "utf-8":
        return Records(_fitted(_reencoded(data, where), where), "cp932", name, by, "LF" if b"\r\n" not in data else "CRLF")
    for end, label in ((b"\r\n", "CRLF"), (b"\n", "LF")):
        lines = _equal(data, end)
        if lines is not None:
            return Records(lines, name, name, by, label)
    return Records(_by_line(data, where), name, name, by, "mixed")


def _encoding(data: bytes, declared: str | None, where: str) -> tuple[str, str]:
    """Declared, else proven, else cp932, which the standard for these files asks for."""
    if declared is not None:
        name = codec(declared, where)
        refuse_other(data, name, proven(data), where)
        return name, "declared"
    found = proven(data)
    if data.startswith(BOM):
        return "utf-8", "BOM"
    return (found, "proven " + {"utf-8": "UTF-8", "ascii": "ASCII"}[found]) if found else ("cp932", "DM standard (Shift_JIS), read as cp932")


def _equal(data: bytes, end: bytes) -> np.ndarray | None:
    """Return the records when every line has 84 bytes and this end (the last may lack it)."""
    step = WIDTH + len(end)
    whole = data if data.endswith(end) else data + end
    if len(whole) % step:
        return None
    table = np.frombuffer(whole, dtype=np.uint8).reshape(-1, step)
    if not (table[:, WIDTH:] == np.frombuffer(end, dtype=np.uint8)).all() or whole.count(b"\n") != len(table):
        return None
    return table[:, :WIDTH]


def _by_line(data: bytes, where: str) -> np.ndarray:
    lines = [line.rstrip(b"\r") for line in data.split(b"\n")]
    while lines and not lines[-1]:
        lines.pop()
    for k, line in enumerate(lines, 1):
        if len(line) != WIDTH:
            raise _wrong_width(where, k, len(line))
    return np.frombuffer(b"".join(lines), dtype=np.uint8).reshape(-1, WIDTH)


def _wrong_width(where: str, record: int, width: int) -> UnreadableInput:
    return UnreadableInput(f"{where}:{record}", Words(f"the record has {width} bytes; a DM record has {WIDTH}",
                                                      f"レコードの長さが {width} バイトです（DM は {WIDTH} バイト固定）"),
                           Words("the file is cut off or was changed by an editor; ask for it again", "途中で切れたか編集で壊れています。受け取り直してください"))


def _reencoded(data: bytes, where: str) -> list[bytes]:
    try:
        return data.decode("utf-8").encode("cp932").splitlines()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise UnreadableInput(where, Words(f"a text cannot be read as UTF-8 with the characters of cp932 (position {error.start:,})",
                                           f"UTF-8 として、または cp932 の文字として扱えない文字があります（位置 {error.start:,}）"),
                              Words("ask for the sheet in cp932", "cp932（Shift_JIS）で受け取ってください")) from None


def _fitted(lines: list[bytes], where: str) -> np.ndarray:
    for k, line in enumerate(lines, 1):
        if len(line) > WIDTH and line[WIDTH:].strip(b" "):
            raise _wrong_width(where, k, len(line))
    return np.frombuffer(b"".join(line[:WIDTH].ljust(WIDTH) for line in lines), dtype=np.uint8).reshape(-1, WIDTH)
