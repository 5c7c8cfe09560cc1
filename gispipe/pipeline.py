"""The whole flow on one screen: check, ingest, join, build, publish."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from gispipe import releases, retention
from gispipe.ahead import Ahead
from gispipe.backup.make import back_up
from gispipe.beside import compared
from gispipe.build import child
from gispipe.build.both import build, nothing_to_draw
from gispipe.catalogue import Catalogue
from gispipe.checks.examples import failed_examples
from gispipe.checks.findings import stale_acceptances
from gispipe.errors import DeclarationError, Failure, NeedsPerson, NotFound, all_of
from gispipe.gather import Gathered, gather
from gispipe.history import catch_up, read_states
from gispipe.inputs import changes, read_lock, write_lock
from gispipe.joins.result import Joined
from gispipe.keep import beside_ahead, keep
from gispipe.ledgers import KeptLedgers
from gispipe.model import AUDIENCES, Audience, Layer
from gispipe.rasters import sweep_drafts
from gispipe.refresh import Review, verdict
from gispipe.report import write_report
from gispipe.runs import Run
from gispipe.store import Store
from gispipe.unchanged import Sources, unchanged, write_made
from gispipe.words import Words


def run_all(run: Run, catalogue: Catalogue, locked: bool = False, label: str | None = None, review: Review | None = None) -> dict[Audience, Path]:
    """Do the main job: check, ingest, join, build both audiences and publish them; return the releases.

    With `locked` only the inputs of inputs.lock are taken; label and review as for `ingest`.

    Whatever fails, both `current` releases stay as they were: they are switched only after both are finished. When
    no map is public only the internal release is built, and an older public one stays. Raises NotFound when there is
    nothing to draw at all.
    """
    wanted = _audiences(run, catalogue)
    releases.room(catalogue.output, wanted)
    ingest(run, catalogue, locked=locked, label=label, review=review, ahead=[child.PUBLIC] if "public" in wanted else [])
    built = build(run, catalogue, wanted)
    states = read_states(catalogue.output)
    with run.stage(Words("publish", "公開の切り替え")):
        published = releases.switch_all(catalogue.output, {audience: release.name for audience, release in built.items()}, states[-1].label, run.is_public)
    run.facts["swept"] = retention.sweep(catalogue)
    if catalogue.city.backup:
        with run.stage(Words("backup", "バックアップ")):
            run.facts["backup"] = asdict(back_up(catalogue, catalogue.directory / catalogue.city.backup, run.told))
    return published


def check(run: Run, catalogue: Catalogue, locked: bool = False) -> Gathered:
    """Run examples and read and check every source; changes nothing but the report. Raises what would stop a run."""
    examples(run, catalogue)
    with tempfile.TemporaryDirectory(prefix="gispipe-") as folder:
        return _gather(run, catalogue, list(catalogue.layers.values()), Path(folder), locked, None)[0]


def examples(run: Run, catalogue: Catalogue) -> None:
    """Run every [[example]] of the layer files; raises DeclarationError with all that come out differently."""
    with run.stage(Words("examples", "例の検査")):
        failed = failed_examples(catalogue)
    if failed:
        raise DeclarationError(failed)


def ingest(run: Run, catalogue: Catalogue, ids: Sequence[str] = (), locked: bool = False, label: str | None = None, review: Review | None = None, ahead: Sequence[Ahead] = ()) -> None:
    """Read, check and join the named layers (all when none is named), put them into the stores and write inputs.lock.

    With `locked` a source that is not what the lock says stops the run before anything is stored. label: what the store's new state is called;
    review: compares it with the last one, and may stop it. ahead: what will be asked after it, started when what was delivered is good.
    """
    catch_up(catalogue.output, "", None)  # what was stored by a run that was killed, or before there were states
    unknown = [name for name in ids if name not in catalogue.layers]
    if unknown:
        from gispipe.catalogue.mistakes import unknown_name

        raise NotFound("gispipe ingest", unknown_name(Words("layer", "レイヤー"), unknown[0], catalogue.layers))
    layers = [catalogue.layers[name] for name in ids] if ids else list(catalogue.layers.values())
    keys = Sources(catalogue).keys(layers)
    if review is not None:  # the timer's run reads what is another than it was
        same = unchanged(catalogue, keys)
        run.facts["not_read_again"] = len(same)
        layers = [layer for layer in layers if layer.id not in same]
    catalogue.output.mkdir(parents=True, exist_ok=True)
    for left in catalogue.output.glob(".ingest-*"):  # drafts of a run that was killed; pictures of gigabytes may be among them
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".ingest-", dir=catalogue.output) as folder:
        with beside_ahead(catalogue, layers if review is not None else ()):
            gathered, rows = _gather(run, catalogue, layers, Path(folder), locked, Store(catalogue.output, "internal"))
        for process in ahead:
            process.start()
        with run.stage(Words("join and store", "結合と保存")):
            try:
                kept = keep(catalogue, gathered, run.told, None if review is None else lambda entries, beside: review.judge(run, catalogue, entries, label, compared if beside else verdict))
            except NeedsPerson:
                raise
            except Failure as failure:
                gathered.unreadable.append(failure)
                _report(run, catalogue, gathered, [failure], {}, rows)
                raise
    if not ids:
        sweep_drafts(Store(catalogue.output, "internal"))
        KeptLedgers(catalogue, Store(catalogue.output, "internal")).sweep()
    write_lock(catalogue.output, gathered.inputs, {layer.id for layer in catalogue.layers.values()} | {f"{layer.id}.{join}" for layer in catalogue.layers.values() for join in layer.join})
    write_made(catalogue, keys, [*gathered.tables, *gathered.pictures])
    state = catch_up(catalogue.output, run.id, label, review.accepted if review is not None else None)
    run.facts["state"] = state.label if state is not None else None
    run.facts["answers"] = asdict(kept.answers)
    _report(run, catalogue, gathered, [], kept.joins, rows, asdict(kept.answers))


def _gather(run: Run, catalogue: Catalogue, layers: list[Layer], folder: Path, locked: bool, store: Store | None) -> tuple[Gathered, list[dict[str, object]]]:
    with run.stage(Words("read and check", "読み取りと検査")):
        gathered = gather(catalogue, layers, folder, store=store, tell=run.told)
    changed = changes(read_lock(catalogue.output), gathered.inputs)
    run.facts["inputs_changed"] = [change.as_json() for change in changed]
    if changed and not locked:
        run.say(str(Words(f"{len(changed)} input files differ from last time (inputs.lock)", f"前回（inputs.lock）と違う入力ファイル: {len(changed)} 件")))
    failures, rows = gathered.failures(catalogue), _layer_rows(layers, gathered)
    failures += [change.failure() for change in changed] if locked else []
    _report(run, catalogue, gathered, failures, {}, rows)
    if failures:
        raise all_of(failures)
    return gathered, rows


def _report(run: Run, catalogue: Catalogue, gathered: Gathered, failures: list[Failure], joins: dict[str, dict[str, Joined]], rows: list[dict[str, object]],
            answers: dict[str, object] | None = None) -> None:
    read = [f for f in failures if f in gathered.unreadable]
    page = write_report(run.folder, catalogue, gathered.findings, read, joins, rows, answers)
    run.facts["findings"] = sum(finding.count for finding in gathered.findings)
    run.facts["stale_acceptances"] = {k: stale for k, one in gathered.tables.items() if (stale := stale_acceptances(one.layer, one.findings))}
    run.facts["report"] = page.name


def _layer_rows(layers: Sequence[Layer], gathered: Gathered) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for layer in layers:
        one = gathered.tables.get(layer.id)
        used = "; ".join(f"{o.source} → {o.target} ({o.accuracy:g} m)" for o in (one.operations if one else ()) if o.accuracy is not None)
        rows.append({"id": layer.id, "title": layer.title, "audience": layer.audience, "pending": layer.pending, "rows": one.rows if one else None,
                     "encoding": one.encoding if one else None, "operation": used or None, "told": one.told if one else {}})
    return rows


def _audiences(run: Run, catalogue: Catalogue) -> tuple[Audience, ...]:
    """Return the audiences that have something to draw, and say so when the public has not."""
    if not catalogue.maps_for("internal"):
        raise nothing_to_draw(catalogue, "internal")
    if catalogue.maps_for("public"):
        return AUDIENCES
    run.facts["skipped"] = {"public": NOTHING_PUBLIC.both()}
    run.say(str(NOTHING_PUBLIC))
    return ("internal",)


NOTHING_PUBLIC = Words("no map with data is public: only the internal release is built; whatever was published before stays as it is",
                       "公開の主題図（データのあるもの）がないため、庁内版だけを作ります。以前の公開版があればそのままです")
