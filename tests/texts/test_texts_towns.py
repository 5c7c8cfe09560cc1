"""A town's page says what `gispipe lookup` answers: every hazard, every site, every number, in every language."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from gispipe.answers.card import Answers
from gispipe.answers.lookup import look_up
from gispipe.catalogue import Catalogue
from gispipe.web.know.kinds import BAD, KINDS, SOME, kinds_of
from gispipe.web.words import LANGUAGES, table
from read import common, details, expanded, goals, keys_by_name, numbers, page, text

SAMPLED = 600
STATES = {"outside": "card_state_outside", "not_surveyed": "card_state_not_surveyed", "no_data": "card_state_no_data", "no_record": "card_state_no_record"}


@pytest.mark.parametrize("lang", list(LANGUAGES))
def test_every_page_of_a_town_says_what_lookup_answers(release: Path, answers: Answers, lang: str) -> None:
    words, pages = table(lang), keys_by_name(release)
    assert len(pages) > 60 and set(pages) == {name for name, in map(tuple, answers.rows.named(answers.catalogue.layers["town"])[0])}
    for name, key in pages.items():
        answer, node = look_up(answers, name), page(release, key, lang)
        assert answer["result"] == "town" and text(node.xpath("//h1")[0]) == name
        _hazards_are_told(answer, details(node), words, lang)
        _sites_are_told(answer, " ".join(goals(node)), words)
        for area in answer["areas"]:
            assert area["role"] == "town" or area["name"] in text(node.xpath("//*[@class='hc-areas']")[0])


def _hazards_are_told(answer: dict[str, Any], rows: list[tuple[str, str]], words: Any, lang: str) -> None:
    own = dict(rows[::-1])
    for one in answer["hazards"]:
        title = one["titles"].get(lang, one["title"])
        if one["state"] == "inside":
            for part in one["classes"]:
                label, percent = part["class"]["labels"].get(lang, part["class"]["label"]), int(part["share"] * 100 + 1e-9)
                share = words["card_share"].format(n=percent) if percent else words["card_share_little"]
                assert f"{label} {share}" in own[title], (title, own[title])
        else:
            assert title in own[words[STATES[one["state"]]]], title


def _sites_are_told(answer: dict[str, Any], told: str, words: Any) -> None:
    for one in answer["shelters"]:
        for site in one["on_foot"]:
            assert site["name"] in told
            assert words["card_walk"].format(n=f"{site['minutes']:,.0f}") in told
            assert site["safe"] or words["card_crossing"].format(n=f"{site['danger_m']:,.0f}") in told
        if one["none"]:
            assert words[f"card_{one['hazard']}"] in told or one["none"]


def test_every_number_says_what_lookup_answers(release: Path, answers: Answers, catalogue: Catalogue) -> None:
    pages, chosen = keys_by_name(release), random.Random(7)
    told = {(name, *number): said for name, key in pages.items() for number, said in numbers(release, key).items()}
    known = answers.numbers()
    assert len(told) == len(known.key) > 20_000 and not known.several
    for name, kind, key in chosen.sample(sorted(told), SAMPLED):
        block, _, rest = key.partition("-")
        question = f"{name}{block}番{rest}号" if kind == "住居表示" and rest else f"{name}{key} 地番" if kind == "地番" else f"{name}{key}"
        answer = look_up(answers, question)
        assert answer["result"] == "exact", question
        _number_is_told(answer, *told[name, kind, key])


def _number_is_told(answer: dict[str, Any], hazards: str, goal: str) -> None:
    """The page leaves out what all numbers of the town have in common, never what some have and others have not; the kinds are compared one by one."""
    kinds, words = kinds_of(answer["hazards"]), table("ja")
    for kind in kinds:
        title = words[f"card_{kind.hazard}"]
        for line in kind.lines:
            if line.answer["says"] != "duration" and title in hazards:
                assert (line.answer["title"] if line.titled else line.of["label"]) in hazards
    bad = [kind.hazard for kind in kinds if kind.level == BAD] or [kind.hazard for kind in kinds if kind.level == SOME]
    for one in answer["shelters"]:
        if one["hazard"] in bad and (one["on_foot"] or one["straight"]):
            site = (one["on_foot"] or one["straight"])[0]
            assert site["name"] in goal
            away, form = (site["minutes"], r"([\d,]+)(?:–([\d,]+))? min") if one["on_foot"] else (site["distance_m"], r"([\d,]+)(?:–([\d,]+))? m\b")
            assert any(int(first.replace(",", "")) <= round(away) <= int((last or first).replace(",", "")) for first, last in re.findall(form, goal)), (goal, away)
            assert (words["town_crosses"] in goal) or site.get("safe", True)
            assert (words["town_stands_in"] in goal) or not site["inside"]


def test_what_numbers_have_in_common_is_true_for_all_of_them(release: Path, answers: Answers) -> None:
    for name, key in list(keys_by_name(release).items())[::9]:
        same = common(release, key)
        for _, number in list(numbers(release, key))[:3]:
            for kind in kinds_of(look_up(answers, f"{name}{number} 地番" if "-" not in number else f"{name}{number}")["hazards"]):
                title = table("ja")[f"card_{kind.hazard}"]
                for line in kind.lines if title in same else ():
                    assert line.answer["says"] == "duration" or (line.answer["title"] if line.titled else line.of["label"]) in same


@pytest.mark.parametrize(("written", "keys"), [("1-(1–3, 8); 2-4", ["1-1", "1-2", "1-3", "1-8", "2-4"]), ("7, 9–10; 12-(1, 3–4); 甲5", ["7", "9", "10", "12-1", "12-3", "12-4", "甲5"])])
def test_numbers_are_read_back_as_they_were(written: str, keys: list[str]) -> None:
    assert list(expanded(written)) == keys


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "ja"])
def test_every_number_says_in_every_language_as_much_as_in_japanese(release: Path, lang: str) -> None:
    words, japanese = table(lang), table("ja")
    for key in list(keys_by_name(release).values())[::7]:
        plain, told = numbers(release, key), numbers(release, key, lang)
        assert plain.keys() == told.keys()
        for number, (hazards, goal) in plain.items():
            for word in [name for name in words if name.startswith("card_") and name.removeprefix("card_") in KINDS] + ["card_state_outside", "card_state_no_record", "town_of_ground"]:
                assert hazards.count(japanese[word]) <= told[number][0].count(words[word]), (key, number, word)
            for word in ("town_crosses", "town_stands_in"):
                assert goal.count(japanese[word]) == told[number][1].count(words[word])
            assert re.findall(r"[\d–,]+ (?:min|m)\b", goal) == re.findall(r"[\d–,]+ (?:min|m)\b", told[number][1])


@pytest.mark.parametrize("lang", ["en", "zh", "ko"])
def test_no_japanese_sentence_is_left_in_other_languages(release: Path, lang: str) -> None:
    strange = re.compile(r"[ぁ-ゖァ-ヺ]" if lang == "zh" else r"[ぁ-ゖァ-ヺ一-鿿]")
    for path in sorted((release / "towns").glob(f"*.{lang}.html")):
        node = lxml.html.fromstring(path.read_bytes())
        for other in node.xpath("//*[@lang and not(self::html)]"):
            if other.get("lang") != node.get("lang"):
                other.text = ""
                for child in list(other):
                    other.remove(child)
        told = node.xpath("//body")[0].text_content()  # a title cannot be marked as Japanese; it holds the town's name
        assert not strange.search(told), (path.name, strange.search(told))


def test_pages_of_text_run_no_script_and_their_links_lead_somewhere(release: Path) -> None:
    for path in [*sorted((release / "towns").glob("*.html"))[::7], release / "card.html", release / "index.html"]:
        node = lxml.html.fromstring(path.read_bytes())
        assert path.parent.name != "towns" or not node.xpath("//script")
        for link in node.xpath("//a/@href|//link/@href"):
            if not link.startswith("#"):
                assert (path.parent / link.split("#")[0]).resolve().is_file(), (path.name, link)
