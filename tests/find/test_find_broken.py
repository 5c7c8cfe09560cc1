"""A file that is cut off, changed, missing or another's never gives a wrong answer, and the next try may succeed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from asked import files_of, opened
from spellings import CITY, register

ASK = """async ([index, text]) => {
    window.kept = window.kept || new gispipe.Register(location.origin + '/', index);
    try { const found = await window.kept.search(text); return [found.result, found.hits.length]; } catch (error) { return ['failed', String(error)]; }
}"""
HOUSES = [("霧原谷", f"{block}-{house}") for block in range(1, 60) for house in range(1, 30)]
CASES = [("index", "霧原谷1-2", "exact"), ("numbers", "霧原谷1-2", "exact"), ("places", "霧原谷", "town"), ("names", "霧原公園", "exact")]
DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "cut off": lambda content: content[:len(content) // 2], "empty": lambda content: b"", "missing": lambda content: None,
    "one digit changed": lambda content: re.sub(rb"[0-9]", lambda digit: b"7" if digit.group() == b"8" else b"8", content, count=1), "of another register": lambda content: content.replace("霧原".encode(), "月夜".encode()) + b" ", "no text": lambda content: b"\xff" + content[1:],
    "a page that says sorry": lambda content: b"<html>sorry</html>",
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(("kind", "text", "result"), CASES, ids=[case[0] for case in CASES])
def test_a_damaged_file_is_no_answer_and_is_asked_for_again(tmp_path: Path, kind: str, text: str, result: str, damage: str) -> None:
    index = files_of(register(CITY, ["霧原谷"], HOUSES, facilities=[("霧原公園", "きりはらこうえん")]), tmp_path)
    whole = {path: path.read_bytes() for path in (tmp_path / "search").glob(f"{kind}*.json")}
    for path, content in whole.items():
        other = DAMAGE[damage](content)
        path.unlink() if other is None else path.write_bytes(other)
    with opened(tmp_path) as page:
        assert page.tab.evaluate(ASK, [index, text])[0] == "failed"
        for path, content in whole.items():
            path.write_bytes(content)
        assert page.tab.evaluate(ASK, [index, text]) == [result, 1]


def test_what_is_kept_is_bounded_and_answers_stay_the_same(tmp_path: Path) -> None:
    towns = [f"{a}{b}町" for a in "霧月千夕鈴" for b in "原夜草凪音"]
    index = files_of(register(CITY, towns, [(town, f"{block}-{house}") for town in towns for block in range(1, 20) for house in range(1, 12)]), tmp_path)
    with opened(tmp_path) as page:
        found = page.tab.evaluate("""async ([index, towns]) => {
            const register = new gispipe.Register(location.origin + '/', index);
            register.files.room = 30000;
            const results = [];
            for (const town of [...towns, ...towns]) results.push((await register.search(`${town}7-3`)).hits[0].name);
            return [results, register.files.size, [...register.files.kept.keys()].length]; }""", [index, towns])
    assert found[0] == [f"{town}7-3" for town in [*towns, *towns]] and found[1] <= 60_000 and found[2] < 12
