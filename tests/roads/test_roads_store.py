"""The file of the walking network: the same bytes, the same answers, and plain words when it is damaged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely
from roads.nets import asked, net, points, zones

from gispipe.arrays import open_arrays, save_arrays
from gispipe.errors import NotFound, UnreadableInput
from gispipe.roads import Reach, load, save, walks
from gispipe.roads.tables import SITE, STEP

STREETS = [[(0, y), (400, y + 3)] for y in range(0, 401, 80)] + [[(x, 0), (x + 2, 400)] for x in range(0, 401, 80)]


def made(streets: list[list[tuple[int, int]]] = STREETS) -> Reach:
    return asked(net(*streets, flood=zones((90, 90, 200, 260), (300, -10, 330, 500))), points((5, 5), (395, 20), (250, 390), (150, 150)), "flood")


def test_an_opened_file_gives_the_same_walks(tmp_path: Path) -> None:
    answer = made()
    save(tmp_path / "walk.arrays", answer)
    opened = load(tmp_path / "walk.arrays")
    for place in shapely.points(np.random.default_rng(1).uniform(0, 400, (40, 2))):
        found, again = walks(answer, place, "flood"), walks(opened, place, "flood")
        assert len(found) == 3 and [walk[:-1] + walk.route for walk in found] == [walk[:-1] + walk.route for walk in again]
    assert opened.network.report == answer.network.report


def test_the_file_is_the_same_to_the_byte_whatever_the_order_of_lines(tmp_path: Path) -> None:
    for name, streets in (("a", STREETS), ("b", STREETS[::-1])):
        save(tmp_path / name, made(streets))
    save(tmp_path / "c", load(tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


def test_the_file_is_the_same_in_another_process_with_another_hash_seed(tmp_path: Path) -> None:
    script = "import sys; sys.path.insert(0, sys.argv[1]); from roads.test_roads_store import made; from gispipe.roads import save; from pathlib import Path; save(Path(sys.argv[2]), made())"
    for seed in ("1", "2"):
        subprocess.run([sys.executable, "-c", script, str(Path(__file__).parents[1]), str(tmp_path / seed)], check=True, env={"PYTHONHASHSEED": seed, "PATH": ""},
                       cwd=Path(__file__).parents[2])
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"walk\.arrays: the walking network is not there"):
        load(tmp_path / "walk.arrays")


@pytest.mark.parametrize("damage", [lambda whole: whole[:len(whole) // 2], lambda _: b"", lambda _: b"no archive", lambda whole: whole[:300] + b"\xff" * 400 + whole[700:]])
def test_a_damaged_file_is_named(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "walk.arrays"
    save(path, made())
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UnreadableInput, match=r"walk\.arrays: the walking network is damaged"):
        load(path)


@pytest.mark.parametrize(("part", "fact", "value"), [(".link", 0, 1 << STEP), ("", SITE, 85)], ids=["a way without end", "a site that is not there"])
def test_a_table_that_cannot_be_right_is_named_as_damage(tmp_path: Path, part: str, fact: int, value: int) -> None:
    path = tmp_path / "walk.arrays"
    save(path, made())
    arrays, facts = open_arrays(path)
    wrong = arrays[f"0.safe{part}"].copy()
    wrong[(..., fact) if part == "" else ...] = value
    save_arrays(path, arrays | {f"0.safe{part}": wrong, f"0.cross{part}": wrong}, facts)
    with pytest.raises(UnreadableInput, match="damaged"):
        walks(load(path), shapely.Point(0, 0), "flood")
