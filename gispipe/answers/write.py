"""Keep the answers of both audiences: shapes by place, exposures, register and walks; only what is not there yet."""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Callable, Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from gispipe.answers.around import save_around
from gispipe.answers.carried import Changed, Stayed, Zone, changed_ground, taken_over
from gispipe.answers.exposing import Ranked, kept_before, kept_rows, kept_zones, ranked, save_exposure, save_ground, save_zone_rows, zones_of
from gispipe.answers.exposure import Exposure, save_exposures
from gispipe.answers.files import AnswerFiles, reach_of
from gispipe.answers.names import Read, same_names, save_register
from gispipe.answers.shapes import Shapes, save_shapes
from gispipe.answers.walking import save_sites, save_walking
from gispipe.answers.whole import is_whole
from gispipe.audience import Tables
from gispipe.catalogue import Catalogue
from gispipe.finished import finished
from gispipe.joins.zones import Exposed, Subjects, Zones, expose, ready_from
from gispipe.model import Layer
from gispipe.model.layer import REGISTERED

SAVERS = 4
"""Files written at a time: each waits for the disk, which the next exposure need not."""


WORTH = 0.2
"""Share of the features whose answers must be known already for them to be taken over."""


@dataclass
class AnswerReport:
    """What was done, for the report: files made and kept, invalid zones mended, features that only touch a zone by a sliver."""

    made: int = 0
    kept: int = 0
    mended: dict[str, int] = field(default_factory=dict)
    slivers: dict[str, int] = field(default_factory=dict)
    walking: dict[str, object] = field(default_factory=dict)
    register: dict[str, int] = field(default_factory=dict)


Walk = Callable[[Catalogue, AnswerFiles, Tables, AnswerFiles], dict[str, object]]
"""Does what `save_walking` does."""


def write_answers(catalogue: Catalogue, files: AnswerFiles, tables: Tables, before: AnswerFiles, twin: AnswerFiles | None = None, same: Collection[str] = (), walk: Walk = save_walking,
                  go_on: Callable[[], None] = lambda: None, meanwhile: Callable[[Future[None]], None] = lambda walked: None, after: Future[None] | None = None) -> AnswerReport:
    """Make every answer file that the audience's manifest asks for and that is not there.

    tables: the audience's own tables by layer. before: the audience's answers for the manifest that there was. twin: the answers of another audience; what concerns only layers whose rows are
    the same in both (those in `same`, and those whose kept shapes are alike) is copied from it. walk: works out the ways on foot, here or elsewhere. go_on: called
    now and then; raises what makes the rest needless. meanwhile: called when all is there but the ways, which take longest, with what will say that they are; after: of the
    twin's ways, which are waited for.
    """
    report = AnswerReport()
    work = _Work(catalogue, files, tables, before, twin, set(same), report, walk, after)
    with ThreadPoolExecutor(SAVERS) as savers:
        work.savers = savers
        walked = [*files.zones(), *files.role("road", "site", "shelter")]
        for layer in walked:
            go_on()
            work.shapes(layer)
        for zone in files.zones():
            work.zone_rows(zone)
        work.saved()
        walks = savers.submit(work.walks)  # before the others: nothing takes longer
        for layer in files.layers():
            if layer not in walked:
                work.shapes(layer)
        work.saved()
        work.beside(work.around)
        for zone in files.zones():
            go_on()
            work.exposures(zone)
        work.saved()
        for subject in files.subjects():
            work.together(subject)
        work.saved()
        meanwhile(walks)
        walks.result()
    return report


def write_registers(catalogue: Catalogue, files: tuple[AnswerFiles, AnswerFiles], tables: tuple[Tables, Tables], before: tuple[AnswerFiles, AnswerFiles]) -> dict[str, int]:
    """Make the registers that are not there; return how many entries each layer gave that was looked at. files, tables, before (the answers for the manifest that there was): internal, public.

    The public one is made of what is open and nothing else. When it says what the internal one would say it is copied into the internal store.
    """
    (internal, public), read = files, Read(catalogue.city.crs)
    counts = save_register(catalogue, public, tables[1], before[1], read) if not is_whole(public.register()) else {}
    if is_whole(internal.register()):
        return counts
    if not _registered_alike(internal, public, *tables):
        return save_register(catalogue, internal, tables[0], before[0], read)
    _copy(public.register(), internal.register())
    return counts


def _registered_alike(internal: AnswerFiles, public: AnswerFiles, tables: Tables, opened: Tables) -> bool:
    """Return whether the registers of both audiences say the same: they have the same layers with the same names at the same places."""
    layers = internal.role(*REGISTERED)
    return [layer.id for layer in layers] == [layer.id for layer in public.role(*REGISTERED)] and all(same_names(layer, tables(layer.id), opened(layer.id)) for layer in layers)


def sweep(files: AnswerFiles) -> None:
    """Remove answer files that no manifest asks for any more."""
    wanted = {path.name for path in files.all()}
    for path in files.folder.iterdir() if files.folder.is_dir() else ():
        if path.name not in wanted:
            path.unlink()


def _copy(source: Path, target: Path) -> None:
    """Copy a finished file in one step."""
    with finished(target) as draft:
        shutil.copyfile(source, draft)


@dataclass
class _Work:
    catalogue: Catalogue
    files: AnswerFiles
    tables: Tables
    before: AnswerFiles
    twin: AnswerFiles | None
    same: set[str]
    report: AnswerReport
    walk: Walk
    after: Future[None] | None
    asked: dict[str, Subjects] = field(default_factory=dict)
    stayed: dict[str, Stayed] = field(default_factory=dict)
    changed: dict[str, Changed | None] = field(default_factory=dict)
    savers: ThreadPoolExecutor | None = None
    saving: list[Future[None]] = field(default_factory=list)

    def beside(self, write: Callable[..., None], *what: Any) -> None:
        """Have a file written beside what goes on, for whoever waits for `saved`: the disk takes several at once in little more than the time of one."""
        assert self.savers is not None
        self.saving.append(self.savers.submit(write, *what))

    def saved(self) -> None:
        """Wait for what is being written; raises what writing did."""
        for done in self.saving:
            done.result()
        self.saving.clear()

    def shapes(self, layer: Layer) -> None:
        path = self.files.shapes(layer.id)
        if not is_whole(path):
            if self.twin is not None and layer.id in self.same:
                self.beside(_copy, self.twin.shapes(layer.id), path)
            else:
                table = self.tables(layer.id)
                mended = save_shapes(path, np.full(len(table.frame), None, object) if table.geometry is None else table.geometry, layer.hazard is None,
                                     self.before.shapes(layer.id) if layer.id in self.before.entries else None)
                if mended:
                    self.report.mended[layer.id] = mended

    def around(self) -> None:
        """Keep what is where in all layers; their shapes must be there."""
        if not is_whole(self.files.around()):
            layers, then = self.files.layers(), {self.before.shapes(layer.id).name: number for number, layer in enumerate(self.before.layers())}
            save_around(self.files.around(), [(Shapes(self.files.shapes(layer.id)), reach_of(layer)) for layer in layers], self.before.around(),
                        [then.get(self.files.shapes(layer.id).name, -1) for layer in layers])

    def exposures(self, zone: Layer) -> None:
        """Ask every subject for one hazard layer; its zones are made ready only when somebody has to ask."""
        ready: tuple[Zones, Ranked] | None = None
        for subject in self.files.subjects():
            path = self.files.exposure(subject.id, zone)
            if is_whole(path):
                self.report.kept += 1
                continue
            if self.twin is not None and self._alike(subject) and self._alike(zone):
                self.beside(_copy, self.twin.exposure(subject.id, zone), path)
            else:
                ready = ready or self._zones(zone)
                self._save(subject, zone, self._carried(subject, zone, *ready) or expose(self._asked(subject), ready[0]), ready[1])
            self.report.made += 1

    def together(self, subject: Layer) -> None:
        """Keep what all hazard layers say of a subject side by side; the single answers must be there."""
        path = self.files.exposures(subject.id)
        if is_whole(path):
            return
        if self.twin is not None and self.twin.zones() == self.files.zones() and all(self._alike(layer) for layer in (subject, *self.files.zones())):
            self.beside(_copy, self.twin.exposures(subject.id), path)
        else:
            exposures = {zone.id: Exposure(self.files.exposure(subject.id, zone)) for zone in self.files.zones()}
            save_exposures(path, exposures, Shapes(self.files.shapes(subject.id)).features)

    def walks(self) -> None:
        """Keep the sites and the ways to them; shapes and rows of the zones must be there."""
        if not is_whole(self.files.sites()):
            save_sites(self.files, self.tables)
        if not self.files.walkable() or is_whole(self.files.walking()) and is_whole(self.files.streets()):
            return
        if self.after is not None:
            self.after.result()
        if self.twin is not None and self.walks_alike(self.twin):
            _copy(self.twin.walking(), self.files.walking())
            _copy(self.twin.streets(), self.files.streets())
        else:
            self.report.walking = self.walk(self.catalogue, self.files, self.tables, self.before)

    def zone_rows(self, zone: Layer) -> None:
        path = self.files.zone(zone)
        if is_whole(path):
            return
        if self.twin is not None and zone.id in self.same:
            self.beside(_copy, self.twin.zone(zone), path)
        else:
            save_zone_rows(path, self._ranked(zone))

    def _alike(self, layer: Layer) -> bool:
        """Return whether a layer's rows are the same in both audiences: known, or seen from shapes kept earlier."""
        if self.twin is None or layer.id not in self.twin.entries:
            return False
        if layer.id not in self.same and filecmp.cmp(self.twin.shapes(layer.id), self.files.shapes(layer.id), shallow=False):
            self.same.add(layer.id)
        return layer.id in self.same

    def walks_alike(self, twin: AnswerFiles) -> bool:
        """Return whether roads, sites and zones are the same in both audiences, so that the ways on foot are too."""
        both = [{layer.id: layer for layer in (*files.role("road", "site", "shelter"), *files.zones())} for files in (twin, self.files)]
        return both[0].keys() == both[1].keys() and all(self._alike(layer) for layer in both[1].values())

    def _ranked(self, zone: Layer) -> Ranked:
        return ranked(zone, self.catalogue.styles.get(zone.style or ""), self.tables(zone.id).frame)

    def _zones(self, zone: Layer) -> tuple[Zones, Ranked]:
        """Return the zones of a hazard layer with the ranks and groups of its rows; their ground is kept."""
        rows, shapes, path = kept_rows(self.files.zone(zone)), Shapes(self.files.shapes(zone.id)), self.files.ground(zone)
        if is_whole(path):
            return kept_zones(path, rows, shapes), rows
        changed, ground = self._changed(zone, rows), self.before.ground(zone) if zone.id in self.before.entries else None
        if changed is not None and ground is not None and is_whole(ground):
            then = Shapes(self.before.shapes(zone.id))
            zones = zones_of(rows, shapes, kept_before(ground, kept_rows(self.before.zone(zone)), then, shapes, changed.was))
        else:
            zones = zones_of(rows, shapes)
        self.beside(save_ground, path, zones)
        return zones, rows

    def _changed(self, zone: Layer, rows: Ranked) -> Changed | None:
        """Return how a hazard layer differs from what was kept of it; None where nothing was, or it cannot be told."""
        if zone.id not in self.changed:
            there = zone.id in self.before.entries and all(is_whole(path) for path in (self.before.shapes(zone.id), self.before.zone(zone)))
            self.changed[zone.id] = changed_ground(*(Zone(Shapes(files.shapes(zone.id)), told) for files, told in (
                (self.before, kept_rows(self.before.zone(zone))), (self.files, rows)))) if there else None
        return self.changed[zone.id]

    def _asked(self, subject: Layer) -> Subjects:
        if subject.id not in self.asked:
            shapes = Shapes(self.files.shapes(subject.id))
            self.asked[subject.id] = ready_from(*shapes.all(), shapes.features)
        return self.asked[subject.id]

    def _save(self, subject: Layer, zone: Layer, exposed: Exposed, rows: Ranked) -> None:
        if len(exposed.sliver):
            self.report.slivers[f"{subject.id} × {zone.id}"] = len(exposed.sliver)
        self.beside(save_exposure, self.files.exposure(subject.id, zone), exposed, rows.names)

    def _carried(self, subject: Layer, zone: Layer, zones: Zones, rows: Ranked) -> Exposed | None:
        """Return the answers with those taken over that cannot have changed; None where too few can, or nothing was kept."""
        if not (subject.id in self.before.entries and zone.id in self.before.entries):
            return None
        kept, changed = self.before.exposure(subject.id, zone), self._changed(zone, rows)
        if changed is None or not (is_whole(kept) and is_whole(self.before.shapes(subject.id))):
            return None
        if subject.id not in self.stayed:
            then, now = self.before.shapes(subject.id), self.files.shapes(subject.id)
            self.stayed[subject.id] = Stayed.of(Shapes(then) if then != now else None, Shapes(now))
        stayed = self.stayed[subject.id]
        away = stayed.away_from(changed.boxes)
        if away.sum() < WORTH * len(away):
            return None
        fresh = expose(ready_from(*stayed.shapes.some(~away), len(away)), zones.near(stayed.box[~away]))
        return taken_over(Exposure(kept), rows, np.where(away, stayed.was, -1), fresh)
