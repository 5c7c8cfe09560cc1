"""Which rows met is taken over only where the same question was answered before."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from gispipe.address.entries import CityName
from gispipe.joins.forms import Comparison
from gispipe.joins.key import join_by_key
from gispipe.joins.met import Met, key_of_join
from gispipe.joins.result import Joined

LEFT, RIGHT = ["東", "東", "西", None, "南"], ["東", "西", "北", "南 ", None]
NUMBERS = ["1-1", "2", "3", "4", "05"]


def asked(**changed: object) -> dict[str, object]:
    told = {"left": pd.DataFrame({"t": LEFT, "n": NUMBERS}, dtype=object), "right": pd.DataFrame({"t": RIGHT, "n": ["1-1", "3", "9", "5", "4"], "v": list("abcde")}, dtype=object),
            "on": ["t", "n"], "place": np.arange(2, 7), "how": Comparison("lot", False, CityName("県", "市"), ("東",)), "one_to_one": False, "named": np.array(list("pqrst"), dtype=object)}
    return told | changed


def other(side: str, column: str, at: int, value: object) -> dict[str, object]:
    frame = asked()[side].copy()  # type: ignore[attr-defined]
    frame.loc[at, column] = value
    return {side: frame}


CHANGES: dict[str, Callable[[], dict[str, object]]] = {
    "a key of the left": lambda: other("left", "n", 1, "22"),
    "a missing key of the left": lambda: other("left", "t", 1, None),
    "an empty text for none": lambda: other("left", "t", 3, ""),
    "a key of the right": lambda: other("right", "t", 0, "北"),
    "a row less": lambda: {"left": asked()["left"].iloc[:4], "named": asked()["named"][:4]},  # type: ignore[attr-defined, index]
    "the columns": lambda: {"on": ["n", "t"]},
    "rows as they are counted": lambda: {"place": np.arange(3, 8)},
    "no rows counted": lambda: {"place": None},
    "how keys are compared": lambda: {"how": Comparison("text")},
    "rooms": lambda: {"how": Comparison("lot", True, CityName("県", "市"), ("東",))},
    "the city": lambda: {"how": Comparison("lot", False, CityName("県", "町"), ("東",))},
    "its towns": lambda: {"how": Comparison("lot", False, CityName("県", "市"), ("東", "西"))},
    "one to one": lambda: {"one_to_one": True},
    "what rows are called": lambda: {"named": np.array(list("pqrsu"), dtype=object)},
    "nothing rows are called": lambda: {"named": None},
    "the kind of a column": lambda: {"left": asked()["left"].assign(n=asked()["left"]["n"].astype("category"))},  # type: ignore[index]
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_another_question_has_another_key(name: str) -> None:
    assert key_of_join(**asked()) == key_of_join(**asked()) != key_of_join(**asked(**CHANGES[name]()))  # type: ignore[arg-type]


def test_numbered_values_are_part_of_the_key() -> None:
    keys = {key_of_join(**asked(left=pd.DataFrame({"t": LEFT, "n": pd.Categorical(values)}))) for values in (["1", "2", "3", "4", "5"], ["1", "2", "3", "4", "6"])}  # type: ignore[arg-type]

    assert len(keys) == 2 and None not in keys


def test_keys_of_several_kinds_are_not_kept() -> None:
    assert key_of_join(**asked(**other("left", "n", 1, 2))) is None  # type: ignore[arg-type]


class Shelf:
    """Content by name and key, and how often some was made."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], bytes] = {}
        self.made = 0

    def __call__(self, name: str, key: str, make: Callable[[], bytes]) -> bytes:
        if (name, key) not in self.held:
            self.held[name, key], self.made = make(), self.made + 1
        return self.held[name, key]


def joined(told: dict[str, object], **kept: object) -> Joined:
    rest = {name: told[name] for name in ("one_to_one", "named")}
    return join_by_key(told["left"], told["right"], told["on"], ["v"], "w", told["place"], told["how"], **rest, **kept)  # type: ignore[arg-type]


def test_what_is_taken_over_is_what_would_be_found_and_columns_are_of_now() -> None:
    shelf, told = Shelf(), asked()
    for values in ("abcde", "vwxyz"):
        told["right"] = told["right"].assign(v=list(values))  # type: ignore[attr-defined]
        found, wanted = joined(told, content=shelf, name="x"), joined(told)
        assert found.columns.equals(wanted.columns)
        assert {k: v for k, v in vars(found).items() if k != "columns"} == {k: v for k, v in vars(wanted).items() if k != "columns"} and list(found.reasons) == list(wanted.reasons)
    assert shelf.made == 1 and wanted.unmatched and wanted.left_over

    joined(asked(**CHANGES["a key of the right"]()), content=shelf, name="x")
    assert shelf.made == 2


def test_what_met_is_packed_whole() -> None:
    shelf = Shelf()
    joined(asked(), content=shelf, name="x")
    (content,) = shelf.held.values()

    assert Met.unpacked(content).packed() == content
