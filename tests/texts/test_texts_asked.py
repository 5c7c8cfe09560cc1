"""Pages of text where answers are not plain: ground nobody surveyed, doors of one number, what stays inside, and what is made again."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from gispipe.answers.card import Answers
from gispipe.answers.many import Many
from gispipe.catalogue import load_catalogue
from gispipe.gate.artefacts import strings_of
from gispipe.model import Audience
from gispipe.roads import walks_from
from gispipe.roads.many import nearest_sites, spots
from gispipe.shelf import Shelf
from gispipe.web.texts import write_texts
from gispipe.web.towns import write as towns
from gispipe.web.towns.latin import latin_name
from gispipe.web.towns.runs import written as written_numbers
from asked_layers import LAYERS
from askedcity import deliver
from tinycity import CANARY, gispipe


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_many_places_at_once_are_judged_as_one_by_one(asked: Path, audience: Audience) -> None:
    answers = Answers(load_catalogue(asked), audience)
    many = Many(answers, answers.numbers())
    judged, column = many.judged(), {zone.layer.id: k for k, zone in enumerate(many.zones)}
    seen = set()
    for at in range(len(many.numbers.key)):
        for one in answers.words(answers.of(many.numbers.hit(at, "")))["hazards"]:
            if one["state"] == "no_data":
                continue
            place = at, column[one["id"]]
            assert judged.own[place] == (one["worst"]["rank"] if one["worst"] else -1)
            for role, ranks in judged.around.items():
                assert ranks[place] == max((part["class"]["rank"] for part in one["around"] if part["role"] == role), default=-1)
            assert one["state"] != "not_surveyed" or not judged.surveyed[place]
            assert one["state"] != "outside" or judged.surveyed[place]
            seen.add((one["state"], bool(one["around"])))
    assert {("inside", False), ("outside", True), ("not_surveyed", False)} <= seen and many.numbers.also


def test_the_nearest_site_of_many_places_is_that_of_each(asked: Path) -> None:
    answers = Answers(load_catalogue(asked), "public")
    ways = answers.shelters.reach
    assert ways is not None
    xy = Many(answers, answers.numbers()).xy + np.array([[0.0, 0.0]])
    xy = np.vstack([xy, xy + 137.0, xy[:3] + 5000.0])
    at = spots(ways.network, xy)
    for hazard in ways.hazards:
        found = nearest_sites(ways, at, hazard)
        for k, (x, y) in enumerate(xy.tolist()):
            walks = walks_from(ways, ways.network.spot(x, y), hazard)
            if not walks:
                assert found.site[k] == -1
            else:
                assert (found.site[k], found.safe[k]) == (walks[0].site, walks[0].safe) and abs(found.length_m[k] - walks[0].length_m) < 1e-3


def test_pages_of_the_public_hold_nothing_of_what_stays_inside(written: dict[str, Path]) -> None:
    told = {name: list(strings_of(path, name)) for name, path in ((p.name, p) for p in written["public"].rglob("*") if p.is_file())}
    assert any(name.startswith("t") or name.startswith("n") for name in told)
    for texts in told.values():
        assert not any(CANARY in text or "secret" in text or "計画" in text and "計画規模" not in text for text in texts)
    assert any("secret" in path.read_text("utf-8") for path in written["internal"].rglob("*.css")), "the office has the marks of its own layers"


def test_words_for_what_is_not_known_stand_on_the_pages(written: dict[str, Path]) -> None:
    pages = [path.read_text("utf-8") for path in (written["public"] / "towns").glob("[tn]*.html") if path.name.count(".") == 1]
    assert len(pages) == 2 and any("未調査" in text for text in pages) and all("区域外でも災害が起こることがあります" in text for text in pages)


def test_the_same_data_give_the_same_bytes_and_are_not_asked_again(asked: Path, written: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, shelf = load_catalogue(asked), tmp_path / "shelf"
    shelf.mkdir()
    write_texts(tmp_path / "a", catalogue, "public", Shelf(shelf))
    monkeypatch.setattr(towns, "town_pages", None)  # whoever asks now is refused
    write_texts(tmp_path / "b", catalogue, "public", Shelf(shelf))
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b") == _bytes(written["public"])


def test_a_change_elsewhere_leaves_the_pages_of_a_town_as_they_were(asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, city = tmp_path / "shelf", Path(shutil.copytree(asked, tmp_path / "city"))
    shelf.mkdir()
    write_texts(tmp_path / "a", load_catalogue(city), "public", Shelf(shelf))
    made: list[str] = []
    plain = towns._Made.town
    monkeypatch.setattr(towns._Made, "town", lambda self, key: made.append(key) or plain(self, key))
    layer = city / "layers" / "flood.toml"
    layer.write_text(layer.read_text("utf-8").replace("浸水想定区域", "浸水想定の区域", 1), "utf-8")
    write_texts(tmp_path / "b", load_catalogue(city), "public", Shelf(shelf))
    assert len(made) == 2, "a hazard's title stands on every page"
    made.clear()
    write_texts(tmp_path / "c", load_catalogue(city), "public", Shelf(shelf))
    assert made == [] and _bytes(tmp_path / "b") == _bytes(tmp_path / "c")


@pytest.mark.parametrize("left", [("town",), ("town", "flood"), ("town", "door"), ("town", "flood", "site"), ("flood",)], ids=lambda left: "+".join(left))
def test_a_city_with_few_layers_has_its_pages_too(tmp_path: Path, left: tuple[str, ...]) -> None:
    city = deliver(tmp_path / "city", {name: text for name, text in LAYERS.items() if name in left})
    for one in (city / "styles" / "maps").glob("*.toml"):
        one.write_text(f'id = "{one.stem}"\ntitle = "{one.stem}"\naudience = "public"\nlayers = [{", ".join(map(repr, left))}]\n'.replace("'", '"'), "utf-8")
    ended = gispipe("ingest", "--city", str(city))
    assert ended.returncode == 0, ended.stderr
    texts = write_texts(tmp_path / "out", load_catalogue(city), "public")
    assert (texts.towns is not None) == ("town" in left) and (tmp_path / "out" / "card.html").is_file()
    pages = {path.name for path in (tmp_path / "out").glob("towns/*.html")}
    of_numbers = {name for name in pages if name.endswith(".numbers.html")}
    assert len(pages - of_numbers) == (15 if "town" in left else 0) and bool(of_numbers) == ("door" in left)


@pytest.mark.parametrize(("keys", "told"), [
    (["1-1", "1-2", "1-3", "1-10", "2-5"], "1-(1–3, 10); 2-5"), (["12", "12-1", "12-2", "13", "甲5"], "12–13; 12-(1–2); 甲5"), (["10-1", "9-2", "1-4"], "1-4; 9-2; 10-1"), (["7-1-1", "7-1-2", "7-2"], "7-2; 7-1-(1–2)")])
def test_numbers_that_follow_each_other_are_told_by_the_ends(keys: list[str], told: str) -> None:
    assert written_numbers(keys) == told


@pytest.mark.parametrize(("name", "kana", "latin"), [
    ("朝茜町一丁目", "あさあかねまち1ちょうめ", "Asaakanemachi 1-chome"), ("青葉二丁目", "あおばにちょうめ", "Aoba 2-chome"), ("本郷", "ホンゴウ", "Hongou"), ("新町", "しんまち", "Shinmachi"),
    ("金井", "かんい", "Kan'i"), ("一色", "いっしき", "Isshiki"), ("八町", "はっちょう", "Hatchou"), ("城山十二丁目", "しろやま12ちょうめ", "Shiroyama 12-chome"), ("混在", "こんざいA", "")])
def test_readings_in_latin_letters(name: str, kana: str, latin: str) -> None:
    assert latin_name(name, kana) == latin
