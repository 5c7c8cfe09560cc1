"""The browser gives the answer of the command line: for every place, on borders too, and for entries of the register. `python -m tests.proof.cards` asks as many as one likes."""

from __future__ import annotations

from typing import Any

import pytest

from answering import Written, differing, entries, places, text_of
from askedcity import degrees_of

NOWHERE = [(89.0, 0.0), (0.0, 0.0), (135.0, 35.0)]


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_places_in_and_around_the_city_and_on_its_borders(audience: str, request: pytest.FixtureRequest) -> None:
    written: Written = request.getfixturevalue(audience)
    assert differing(written, [*places(written.answers, 160), *({"lat": lat, "lon": lon} for lat, lon in NOWHERE)]) == []


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_every_entry_of_the_register(audience: str, request: pytest.FixtureRequest) -> None:
    written: Written = request.getfixturevalue(audience)
    asked = entries(written.answers, 60)
    assert {item["hit"]["kind"] for item in asked} == {"lot", "address", "facility", "town"}
    assert len(asked) > 120
    assert differing(written, asked) == []


def test_a_coordinate_with_its_numbers_swapped_is_told_so(public: Written) -> None:
    lat, lon = map(float, degrees_of(100, 100).split(","))
    with public.page() as page:
        (told,) = public.ask(page, [{"lat": lon, "lon": lat}])
    assert told["error"] == "CardRefused" and "入れ替え" in told["hint"]["ja"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_card_in_lines_says_what_the_command_line_prints(public: Written, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    monkeypatch.setenv("GISPIPE_LANG", lang)
    items: list[dict[str, Any]] = [*places(public.answers, 50, seed=7), *entries(public.answers, 8, seed=8)]
    with public.page() as page:
        cards = public.ask(page, items)
        page.tab.evaluate("lang => gispipe.cardWords.load(cards.files, lang)", lang)
        said = page.tab.evaluate("([lang, all]) => all.map((card) => card.error ? null : gispipe.cardWords.lines(lang, card))", [lang, cards])
    told = [(item, card, lines) for item, card, lines in zip(items, cards, said, strict=True) if lines and card["hazards"]]
    assert len(told) > 30
    for item, card, parts in told:
        assert [line.removeprefix("・") for part in parts for line in part["lines"]] == [line.strip().removeprefix("・") for line in text_of(public.answers, item, card) if not line.startswith("──")]
