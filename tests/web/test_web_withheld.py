"""A count that is not shown because it is small has a mark in the popup, and below what it means in the reader's language."""

from __future__ import annotations

import json

import pytest

from gispipe.web import words
from tests.browser import open_page

TOLD = """async ([values, withheld]) => {
  const columns = [{ column: "people", label: "人口", type: "int", unit: "人", ...(withheld ? { withheld } : {}) }, { column: "name", label: "名称", type: "str", unit: "" }];
  const layer = { title: "町丁目", popup: columns, style: { by: null, classes: [], other: null } };
  const screen = { canvas: { pick: async () => [{ layer, loaded: true, features: values.map((people) => ({ props: { people, name: "青葉" } })) }] }, map: { getZoom: () => 15 },
    theme: { layers: [{ id: "town" }] }, style: { layers: { town: layer }, maps: { m: { layers: [{ id: "town" }] } } }, shown: { map: "m" } };
  const told = await window.gispipe.featuresAt(screen, null, 3);
  return [...told.querySelectorAll(".feature")].map((one) => ({ values: [...one.querySelectorAll("dd")].map((dd) => dd.textContent), note: one.querySelector(".note")?.textContent ?? null }));
}"""


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_a_mark_is_explained_and_numbers_beside_it_stay_numbers(address: str, lang: str) -> None:
    with open_page(f"{address}maps/flood.html#16/35.1008/136.2035/flood/base/-/{lang}") as opened:
        opened.ready()
        marked, number, few = opened.tab.evaluate(TOLD, [["×", "12345", "0"], "×"])
        plain, = opened.tab.evaluate(TOLD, [[12345], None])
        assert opened.console == [] and opened.errors == []
    assert marked == {"values": ["×", "青葉"], "note": words.table(lang)["withheld_note"].replace("{mark}", "×")}, json.dumps(marked, ensure_ascii=False)
    assert number == plain and number["values"][0].startswith("12,345") and number["note"] is None and few["values"][0].startswith("0")
