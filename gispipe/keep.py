"""Join what was gathered and put it into both stores; the manifests change last, together."""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace

from gispipe.answers.files import AnswerFiles
from gispipe.answers.walking import save_walking
from gispipe.answers.write import SAVERS, AnswerReport, sweep, write_answers, write_registers
from gispipe.audience import InternalTable, PublicTable, in_open_order, publish
from gispipe.beside import BESIDE, walked
from gispipe.catalogue import Catalogue
from gispipe.errors import NotFound
from gispipe.gather import Gathered
from gispipe.geometry import usable
from gispipe.ingest import Ingested
from gispipe.intake import Delivered, readers
from gispipe.joins.declared import join_layer
from gispipe.joins.result import Joined
from gispipe.joins.zones import KeptZones
from gispipe.ledgers import KeptLedgers
from gispipe.model import Layer, Style
from gispipe.pyramids import make_pyramid
from gispipe.rasters import Picture
from gispipe.runs import Tell, silent
from gispipe.store import Store
from gispipe.words import Words

NO_DATA = Words("a join needs this layer, which has no data yet", "結合に必要なレイヤーのデータがまだありません")
MANY_ROADS, MANY_ROWS = 8000, 50_000
"""Roads from which the ways on foot, and rows of changed tables from which the comparison, are worth a process of its own, which takes a second to start."""
TAKE_OUT = Words("give it its data, or take the [join.…] that names it out of the other layer", "データを用意するか、このレイヤーを使う [join.…] を外してください")


@dataclass(frozen=True)
class Kept:
    """What the joins did, by layer and join, and what was done for the answers about places."""

    joins: dict[str, dict[str, Joined]]
    answers: AnswerReport


@dataclass(frozen=True)
class _Both:
    """The two stores and what their manifests will say."""

    internal: Store
    public: Store
    inside: dict[str, dict]
    outside: dict[str, dict]

    @classmethod
    def of(cls, catalogue: Catalogue) -> _Both:
        """Begin with what the stores have and the catalogue still declares with data."""
        declared = {layer.id: layer for layer in catalogue.layers.values() if layer.pending is None}
        internal, public = Store(catalogue.output, "internal"), Store(catalogue.output, "public")
        return cls(internal, public, {k: v for k, v in internal.manifest().items() if k in declared},
                   {k: v for k, v in public.manifest().items() if k in declared and declared[k].audience == "public"})


@dataclass(frozen=True)
class _Fresh:
    """The tables just made for each audience, and the joins behind them."""

    latest: dict[str, InternalTable]
    opened: dict[str, PublicTable]
    joins: dict[str, dict[str, Joined]]


Judge = Callable[[Mapping[str, dict], bool], None]
"""Takes what the internal manifest will say and whether `beside` is there to be asked, and raises what stops it from being said."""


def keep(catalogue: Catalogue, gathered: Gathered, tell: Tell = silent, judge: Judge | None = None) -> Kept:
    """Store the gathered layers and every layer that joins with one of them, and work out the answers about places.

    Until the manifests are replaced at the end, readers of the store see what was there before; what `judge` raises leaves them so.
    """
    both = _Both.of(catalogue)
    walks, compares = _many_walks(catalogue, gathered, both.inside), judge is not None and sum(one.rows for one in gathered.tables.values()) >= MANY_ROWS
    if walks or compares:
        BESIDE.start()
    try:
        with ThreadPoolExecutor(1) as tiler, ThreadPoolExecutor(SAVERS) as savers:  # pictures are tiled and tables packed beside joins and answers
            pictures = {k: tiler.submit(_keep_picture, both.internal, both.public, picture, catalogue.styles.get(picture.layer.style or ""), tell) for k, picture in gathered.pictures.items()}
            fresh = _keep_tables(catalogue, gathered, both, savers)
            judged = _Judged()
            if judge is not None:
                entries = both.inside | {k: _picture_entry(picture) | {"version": pictures[k].result()} for k, picture in gathered.pictures.items()}
                judged = _Judged(savers.submit(judge, entries, compares))
                if not compares:
                    judged.wait()
            with judged:
                files = AnswerFiles.of(catalogue, "internal", both.inside), AnswerFiles.of(catalogue, "public", both.outside)
                before = AnswerFiles.of(catalogue, "internal"), AnswerFiles.of(catalogue, "public")
                tables, opened = _Reading(both.internal, both.inside, fresh.latest), _Reading(both.public, both.outside, fresh.opened)
                registers = savers.submit(write_registers, catalogue, files, (tables, opened), before)
                walk = walked if walks else save_walking

                def open_ones(walked: Future[None]) -> None:
                    same = [k for k, table in fresh.opened.items() if _same_rows(fresh.latest[k], table)]
                    write_answers(catalogue, files[1], opened, before[1], files[0], same, walk, after=walked)

                answers = write_answers(catalogue, files[0], tables, before[0], walk=walk, go_on=judged.so_far, meanwhile=open_ones)
                answers.register = registers.result()
    finally:
        BESIDE.end()
    for layer_id, picture in gathered.pictures.items():
        both.inside[layer_id] = _picture_entry(picture) | {"version": pictures[layer_id].result()}
        if picture.layer.audience == "public":
            both.outside[layer_id] = both.inside[layer_id]
    both.internal.commit(both.inside)
    both.public.commit(both.outside)
    for one in files:
        sweep(one)
    return Kept(fresh.joins, answers)


@contextlib.contextmanager
def beside_ahead(catalogue: Catalogue, layers: Iterable[Layer]) -> Iterator[None]:
    """Have what `keep` asks beside itself load its programs while some layers are read that had many rows the last time; it ends when they cannot be read."""
    stored = Store(catalogue.output, "internal").manifest()
    if sum(stored[layer.id].get("rows") or 0 for layer in layers if layer.id in stored) >= MANY_ROWS:
        BESIDE.start()
    try:
        yield
    except BaseException:
        BESIDE.end()
        raise


@dataclass(frozen=True)
class _Judged:
    """The comparison with the last state, which may still be at work: nothing may count before it ended well, and what it raises is said before what else went wrong."""

    asked: Future[None] | None = None

    def wait(self) -> None:
        """Wait for it; raises what it raises."""
        if self.asked is not None:
            self.asked.result()

    def so_far(self) -> None:
        """Raise what it raised, if it has ended; what was asked of `beside` meanwhile is given up."""
        if self.asked is not None and self.asked.done() and self.asked.exception() is not None:
            BESIDE.end()
            self.wait()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self.wait()


def _many_walks(catalogue: Catalogue, gathered: Gathered, stored: Mapping[str, dict]) -> bool:
    """Return whether the ways on foot are other ones now, and many."""
    roads = [layer.id for layer in catalogue.layers.values() if layer.card is not None and layer.card.role == "road"]
    rows = sum(gathered.tables[name].rows if name in gathered.tables else stored[name]["rows"] for name in roads if name in gathered.tables or name in stored)
    return rows >= MANY_ROADS and any(one.layer.hazard is not None or one.layer.card is not None and one.layer.card.role in ("road", "site", "shelter") for one in gathered.tables.values())


def _keep_tables(catalogue: Catalogue, gathered: Gathered, both: _Both, savers: ThreadPoolExecutor) -> _Fresh:
    """Write the tables as gathered, joined and opened to the public, and what the manifests will say of them."""
    declared, crs = catalogue.layers, catalogue.city.crs
    latest = {k: in_open_order(InternalTable(k, one.table, one.geometry), declared[k]) for k, one in gathered.tables.items()}
    both.inside.update({k: _entry(one) for k, one in gathered.tables.items()})
    plain = {k: savers.submit(both.internal.write, table, crs) for k, table in latest.items()}
    before, joins = _BeforeJoins(dict(latest), both.internal, both.inside), {}
    for layer in _to_join(catalogue, gathered, both.inside):
        latest[layer.id], joins[layer.id] = _join(catalogue, layer, gathered, before)
    joined = {k: savers.submit(_write_after, plain.get(k), both.internal, latest[k], crs) for k in joins}
    opened = {k: publish(table, declared[k], catalogue.city.statistics) for k, table in latest.items() if declared[k].audience == "public"}
    shown = {k: savers.submit(both.public.write, table, crs) for k, table in opened.items()}
    for k, base in plain.items():
        both.inside[k] |= {"base": base.result(), "version": base.result()}
    for k, version in joined.items():
        both.inside[k] |= {"version": version.result(), "joins": {name: done.counts for name, done in joins[k].items()}}
    both.outside.update({k: _public_entry(both.inside[k]) | {"version": version.result()} for k, version in shown.items()})
    return _Fresh(latest, opened, joins)


@dataclass(frozen=True)
class _Reading:
    """The tables of a store as its manifest will have them: those just made, else read."""

    store: Store
    entries: Mapping[str, dict]
    fresh: Mapping[str, InternalTable | PublicTable]

    def __call__(self, layer_id: str) -> InternalTable | PublicTable:
        return self.fresh[layer_id] if layer_id in self.fresh else self.store.read_version(layer_id, self.entries[layer_id]["version"])


def _same_rows(inside: InternalTable, outside: PublicTable) -> bool:
    """Return whether both tables have the very same shapes in the same order, so that what is known of a row holds for both."""
    return inside.geometry is not None and outside.geometry is not None and all(map(operator.is_, inside.geometry, outside.geometry))


def _to_join(catalogue: Catalogue, gathered: Gathered, inside: Mapping[str, dict]) -> list[Layer]:
    """Return the stored layers with joins that were gathered themselves or take from a gathered layer."""
    fresh = set(gathered.tables)
    return [layer for layer in catalogue.layers.values() if layer.id in inside and layer.join
            and (layer.id in fresh or fresh & {t for join in layer.join.values() for t in (join.layer, *join.layers) if t})]


@dataclass
class _BeforeJoins:
    """Tables before joins: gathered now, else stored. `mended` ones, for the other side of a join, are made once."""

    fresh: Mapping[str, InternalTable]
    internal: Store
    inside: Mapping[str, dict]
    make_ready: KeptZones = field(default_factory=KeptZones)
    _mended: dict[str, InternalTable] = field(default_factory=dict)

    def table(self, layer_id: str) -> InternalTable:
        if layer_id in self.fresh:
            return self.fresh[layer_id]
        return _stored(self.internal, self.inside, layer_id, "base")

    def mended(self, layer_id: str) -> InternalTable:
        if layer_id not in self._mended:
            table = self.table(layer_id)
            self._mended[layer_id] = table if table.geometry is None else replace(table, geometry=usable(table.geometry)[0])
        return self._mended[layer_id]


def _join(catalogue: Catalogue, layer: Layer, gathered: Gathered, before: _BeforeJoins) -> tuple[InternalTable, dict[str, Joined]]:
    kept = KeptLedgers(catalogue, before.internal)

    def ledgers(of: Layer, name: str) -> Delivered:
        if (of.id, name) not in gathered.ledgers:
            with readers(1) as group:
                gathered.ledgers[of.id, name] = kept.read(group, of, name)
        return gathered.ledgers[of.id, name]

    return join_layer(catalogue, layer, before.table(layer.id), before.mended, ledgers, before.make_ready, kept.content)


def _stored(store: Store, entries: Mapping[str, dict], layer_id: str, which: str) -> InternalTable:
    if layer_id not in entries:
        raise NotFound(f"layers: {layer_id}", NO_DATA, TAKE_OUT)
    table = store.read_version(layer_id, entries[layer_id][which])
    assert isinstance(table, InternalTable)
    return table


def _entry(one: Ingested) -> dict[str, object]:
    return {"kind": one.layer.kind, "suffix": ".parquet", "rows": one.rows, "encoding": one.encoding,
            "operations": [operation.as_json() for operation in one.operations], "files": [asdict(f) for f in one.files],
            "findings": {f.code: {"rows": f.count, "accepted": f.reason or None} for f in one.findings}}


def _public_entry(entry: dict) -> dict[str, object]:
    """Return what the public may know of a layer: nothing of its joins, whose sources may be internal, and not why a defect was accepted, which staff wrote for staff."""
    return {key: entry[key] for key in ("kind", "suffix", "rows", "operations", "files")} | {"findings": {code: {"rows": found["rows"]} for code, found in entry["findings"].items()}}


def _picture_entry(picture: Picture) -> dict[str, object]:
    return {"kind": "raster", "suffix": ".tif", "rows": None, "encoding": None, "crs": picture.crs, "size": [picture.width, picture.height], "drawable": picture.drawable,
            "operations": [], "files": [asdict(f) for f in picture.files], "findings": {}}


def _write_after(before: Future[str] | None, store: Store, table: InternalTable, crs: str) -> str:
    """Write a joined table once the plain one of the same layer is written: both have one draft."""
    if before is not None:
        before.result()
    return store.write(table, crs)


def _keep_picture(internal: Store, public: Store, picture: Picture, style: Style | None, tell: Tell) -> str:
    """Keep a picture with its tiles and return its version; the public store gets the tiles of what it may show."""
    layer = picture.layer
    version = picture.version or internal.keep_file(layer.id, picture.draft, ".tif")
    if picture.drawable:
        tiles = make_pyramid(internal, layer, style, version, tell)
        if layer.audience == "public":
            public.adopt(layer.id, tiles)
    return version
