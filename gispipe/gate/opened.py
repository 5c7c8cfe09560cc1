"""What a public release is about to be built from: no table may have, and nothing may show, a column that nobody opened."""

from __future__ import annotations

from collections.abc import Iterator

from gispipe.catalogue import Catalogue
from gispipe.errors import LeakStopped
from gispipe.model import Layer, Style
from gispipe.store import Store
from gispipe.withheld import flag
from gispipe.words import Words

_AGAIN = Words("run 'gispipe ingest' for this layer", "このレイヤーを「gispipe ingest」でもう一度取り込んでください")


def inspect_store(store: Store, catalogue: Catalogue) -> int:
    """Compare the columns of every table of the public store, and all that is to be shown of it, with the declarations; return how many tables there are.

    What the door let through by mistake, or what was closed in a declaration since it was let through, is not read any further. Raises LeakStopped
    naming layer and column.
    """
    for layer in catalogue.layers_for("public"):
        closed = [name for name in _shown(layer, catalogue.styles.get(layer.style or "")) if name not in layer.public_columns()]
        if closed:
            raise LeakStopped(catalogue.files[f"layer:{layer.id}"], Words(f"shown to the public is '{closed[0]}', which is not public", f"公開側に表示する「{closed[0]}」は公開列ではありません"))
    entries = store.manifest()
    for name, entry in entries.items():
        layer = catalogue.layers.get(name)
        if layer is None or layer.audience != "public":
            raise LeakStopped(f"{store.audience} store › {name}", Words("the public store holds a layer that is not public", "公開用の保存先に、公開でないレイヤーがあります"), _AGAIN)
        if entry["kind"] == "raster":
            continue
        extra = sorted(store.columns(name, entry["version"]) - set(layer.public_columns()) - set(map(flag, layer.counts())))
        if extra:
            raise LeakStopped(f"{store.audience} store › {name}", Words(f"the public store holds the column '{extra[0]}', which is not public", f"公開用の保存先に、公開でない列「{extra[0]}」があります"), _AGAIN)
    return len(entries)


def _shown(layer: Layer, style: Style | None) -> Iterator[str]:
    """Yield the columns that readers see of a layer, find its features by, or could tell from how it is drawn."""
    yield from (*layer.popup_columns("public"), *layer.search, *layer.zone.of)
    if layer.card is not None:
        yield from (*layer.card.name, *layer.card.town, *layer.card.number, *([layer.card.kana] if layer.card.kana else ()), *layer.card.designated.values())
    if layer.label:
        yield layer.label
        yield from (name for name in ((style.text.angle_column, style.text.size_column) if style and style.text else ()) if name)
    if style is not None and style.by and layer.kind != "raster":
        yield style.by
