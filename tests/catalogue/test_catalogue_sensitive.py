"""Classes that name owners or lots stay inside, however a layer asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tinycity import LAYERS, declare

from gispipe.catalogue import load_catalogue
from gispipe.errors import DeclarationError

SHEETS = """
id = "owner_note"
title = "注記"
kind = "vector"
geometry = "point"
audience = "AUDIENCE"
style = "depth"
[source]
reader = "dm"
path = "dm/*.dm"
layer = "LAYER"
[columns]
rank = { type = "int", public = true }
"""


def city(folder: Path, audience: str, layer: str) -> Path:
    tiny = declare(folder / "tiny")
    (tiny / "layers/owner_note.toml").write_text(SHEETS.replace("AUDIENCE", audience).replace("LAYER", layer), encoding="utf-8")
    return tiny


@pytest.mark.parametrize("layer", ["8264", "注記:8264", "8131|8262", "不動産番号"])
def test_a_public_layer_may_not_take_owners_or_lots(tmp_path: Path, layer: str) -> None:
    with pytest.raises(DeclarationError) as caught:
        load_catalogue(city(tmp_path, "public", layer))
    assert [str(one).partition(";")[2] for one in caught.value.mistakes] == [" a public layer may not take it"]


@pytest.mark.parametrize(("audience", "layer"), [("internal", "8264"), ("public", "8131"), ("public", "測量記録等")])
def test_other_layers_load(tmp_path: Path, audience: str, layer: str) -> None:
    assert set(load_catalogue(city(tmp_path, audience, layer)).layers) == {*LAYERS, "owner_note"}
