"""Readers in the middle of a publish: nobody mixes two releases, nobody reads what cannot be read."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import pytest
from tinycity import command

from gispipe import releases


def read_all(output: Path, audience: str) -> str:
    """Read a release as a page does: map.json by the pointer, then what it names, by names that hold a digest; return which release it was."""
    current = output / audience / "current"
    site = json.loads((current / "map.json").read_bytes())
    style_name = site["style"]
    style = (current / style_name).read_bytes()
    assert hashlib.sha256(style).hexdigest().startswith(style_name.rpartition("-")[2].partition(".")[0]), style_name
    for tileset in json.loads(style)["tilesets"].values():
        if tileset["url"].endswith(".pmtiles"):
            archive = (current / tileset["url"]).read_bytes()
            assert hashlib.sha256(archive).hexdigest().startswith(tileset["url"].rpartition("-")[2].partition(".")[0]), tileset["url"]
    return str(style_name)


@pytest.mark.parametrize("audience", ["public", "internal"])
def test_sixty_four_readers_and_a_hundred_publishes(city: Path, audience: str) -> None:
    output = city / "output"
    first, second = (one.name for one in releases.releases(output, audience))  # type: ignore[arg-type]
    known = {json.loads((output / audience / "releases" / one / "map.json").read_bytes())["style"] for one in (first, second)}
    ended, seen, failed = threading.Event(), [], []

    def reader() -> None:
        while not ended.is_set():
            try:
                seen.append(read_all(output, audience))
            except FileNotFoundError:
                seen.append("asked anew")  # the release was switched between two files: the page finds the new map.json, and asks again
            except (AssertionError, ValueError, OSError) as error:
                failed.append(repr(error))

    threads = [threading.Thread(target=reader) for _ in range(64)]
    for one in threads:
        one.start()
    for k in range(100):
        releases.switch(output, audience, (first, second)[k % 2])  # type: ignore[arg-type]
    ended.set()
    for one in threads:
        one.join()

    assert failed == [] and set(seen) <= {*known, "asked anew"}
    assert len(seen) > 200 and seen.count("asked anew") < len(seen) / 2
    assert len(releases.published(output, audience)) == 102  # type: ignore[arg-type]


def test_rollback_takes_less_than_a_second_and_gives_the_same_bytes(city: Path) -> None:
    output = city / "output"
    for _ in range(5):
        before = releases.current(output, "public").name
        assert command(["rollback", "public", "--city", str(city), "--quiet"]) == 0
        back = releases.current(output, "public")
        assert back.name != before and releases.verify(back)["digest"] == back.name
        assert command(["publish", "public", before, "--city", str(city), "--quiet"]) == 0
