"""Licensed maps are given out tile by tile: one request for an archive would copy the whole licence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from gispipe.build.tilesets import LICENSED, Tileset
from gispipe.catalogue import Catalogue
from gispipe.tiles.unpack import listing, plan_folder, unpack


def taken_apart(draft: Path, catalogue: Catalogue, tilesets: Iterable[Tileset]) -> list[Tileset]:
    """Put single tiles in place of the archives of licensed layers; return all tilesets as the pages must know them."""
    return [_apart(draft, one) if any(catalogue.layers[layer].licensed for layer in one.layers) else one for one in tilesets]


def _apart(draft: Path, tileset: Tileset) -> Tileset:
    archive = draft / "tiles" / tileset.file
    folder = plan_folder(archive)
    unpack(folder, draft / LICENSED)
    archive.unlink()
    return replace(tileset, file=folder.name, single={"ending": folder.ending, "there": listing(folder.tiles)})
