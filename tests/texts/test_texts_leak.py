"""The gate opens the pages of text as it opens every page."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped
from gispipe.gate import inspect_release


@pytest.mark.parametrize("name", ["towns/index.html", "towns/index.en.html", "card.html", "a town", "numbers", "a class mark"])
def test_a_string_planted_in_a_page_of_text_is_found(release: Path, catalogue: Catalogue, tmp_path: Path, name: str) -> None:
    draft = tmp_path / "draft"
    for part in ("towns", "assets"):
        shutil.copytree(release / part, draft / part)
    shutil.copy(release / "card.html", draft)
    found = {"a town": sorted((draft / "towns").glob("t*.ko.html"))[3:4], "numbers": sorted((draft / "towns").glob("*.numbers.html"))[5:6], "a class mark": sorted((draft / "assets").glob("text-*.css"))}.get(name, [draft / name])
    inspect_release(draft, catalogue, "public")
    text = found[0].read_text("utf-8")
    canary = catalogue.city.gate.canaries[0]
    found[0].write_text(text.replace("</p>", f"&#{ord(canary[0])};{canary[1:]}</p>", 1) if name != "a class mark" else text + f"/* {canary} */", "utf-8")
    with pytest.raises(LeakStopped, match="planted") as stopped:
        inspect_release(draft, catalogue, "public")
    assert stopped.value.where == found[0].relative_to(draft).as_posix() and canary not in str(stopped.value)


def test_public_pages_name_no_internal_layer_or_column(release: Path, catalogue: Catalogue) -> None:
    closed = {layer.title for layer in catalogue.layers.values() if layer.audience != "public"} - {layer.title for layer in catalogue.layers_for("public")}
    names = {f"z-{layer.id}-" for layer in catalogue.layers.values() if layer.audience != "public"}
    assert closed
    for path in [*sorted((release / "towns").glob("*.html")), release / "card.html", *(release / "assets").glob("text-*.css")]:
        text = path.read_text("utf-8")
        assert not any(title in text for title in closed if len(title) > 3) and not any(name in text for name in names), path.name
