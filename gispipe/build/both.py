"""The releases of the audiences that were asked for, built side by side."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gispipe.build.closed import takes_rights
from gispipe.build.release import Opened, build_release
from gispipe.catalogue import Catalogue
from gispipe.errors import NotFound
from gispipe.model import AUDIENCES, Audience
from gispipe.runs import Run
from gispipe.words import Words


def build(run: Run, catalogue: Catalogue, wanted: Sequence[Audience] = AUDIENCES) -> dict[Audience, Path]:
    """Build, gate and seal the releases of the audiences, side by side; return their folders, not yet current.

    Raises NotFound when an audience has no map to draw.
    """
    for audience in wanted:
        if not catalogue.maps_for(audience):
            raise nothing_to_draw(catalogue, audience)
    with run.stage(_named(wanted)):
        if takes_rights() or len(wanted) == 1:
            return {audience: _build(run, catalogue, audience) for audience in wanted}
        opened = Opened(expected=True)
        with ThreadPoolExecutor(1) as pool:  # the public one is another process anyway
            public = pool.submit(_build, run, catalogue, "public", opened)
            public.add_done_callback(lambda _: opened.end())
            internal = _build(run, catalogue, "internal", opened)
            return {"internal": internal, "public": public.result()}


def _named(wanted: Sequence[Audience]) -> Words:
    if len(wanted) > 1:
        return Words("build both audiences", "庁内版・公開版の作成")
    return Words(f"build {wanted[0]}", "公開版の作成" if wanted[0] == "public" else "庁内版の作成")


def _build(run: Run, catalogue: Catalogue, audience: Audience, opened: Opened | None = None) -> Path:
    release, report = build_release(catalogue, audience, run.told, opened)
    for layer in report["undrawn"]:  # type: ignore[attr-defined]
        file = catalogue.files[f"layer:{layer}"]
        run.say(str(Words(f"{audience}: {file}: nothing of this layer is on the map; see the report", f"{audience}: {file}: 地図に描かれる図形がありません（検査結果をご覧ください）")))
    run.facts[f"build_{audience}"] = {key: value for key, value in report.items() if key != "facts"} | {"digest": release.name}
    return release


def nothing_to_draw(catalogue: Catalogue, audience: Audience) -> NotFound:
    """Say what is missing before a map can be built: data, or a map that names a layer with data."""
    if all(layer.pending is not None for layer in catalogue.layers.values()):
        return NotFound(str(catalogue.directory / "layers"), Words("no layer has data yet: every layer is marked pending", "データのあるレイヤーがまだありません（すべて pending です）"),
                        Words(f"put a file under {catalogue.sources.resolve()} and delete 'pending' in its layer file", f"{catalogue.sources.resolve()} にファイルを置き、そのレイヤーの pending の行を消してください"))
    return NotFound(str(catalogue.directory / "styles" / "maps"), Words(f"no {audience} map names a layer that has data", "データのあるレイヤーを載せた主題図がありません" if audience == "internal" else "データのあるレイヤーを載せた公開の主題図がありません"),
                    Words("name the layer in a file under styles/maps", "styles/maps のファイルの layers にレイヤーを書いてください"))
