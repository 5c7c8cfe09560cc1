"""Parts of archives that come too short: they are asked for anew, and one that stays too short is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import open_page, serve_folder

CUT = """() => {
    const whole = window.fetch;
    window.cuts = 0;
    window.fetch = async (url, how = {}) => {
        const response = await whole(url, how);
        const range = (how.headers?.get ? how.headers.get("range") : how.headers?.Range) || "";
        if (response.status !== 206 || /^bytes=0-/.test(range) || (how.cache === "no-store" && !window.always)) return response;
        window.cuts += 1;
        return new Response((await response.arrayBuffer()).slice(0, 200), { status: 206, headers: response.headers });
    };
}"""

@pytest.mark.parametrize("always", [False, True], ids=["once", "always"])
def test_a_part_that_is_cut_off_is_asked_for_anew(updated: Path, always: bool) -> None:
    with serve_folder(updated / "before") as url, open_page(url + "maps/hazard.html", init=f"delete window.Worker; window.always = {str(always).lower()}; ({CUT})()") as page:
        page.ready()
        assert page.tab.evaluate("window.cuts") > 3 and page.errors == []
        told = page.tab.locator("#toast:not([hidden])").count()

        assert told == (1 if always else 0)
