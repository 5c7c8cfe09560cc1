"""Write findings.json and index.html into the folder of a run: how many, which file, which row, what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from gispipe.catalogue import Catalogue
from gispipe.checks.findings import Finding
from gispipe.errors import Failure
from gispipe.joins.reasons.words import REASONS
from gispipe.joins.result import Joined
from gispipe.joins.zones import SLIVER


def write_report(folder: Path, catalogue: Catalogue, findings: Sequence[Finding], failures: Sequence[Failure] = (),
                 joins: dict[str, dict[str, Joined]] | None = None, layers: Sequence[dict[str, object]] = (),
                 answers: Mapping[str, object] | None = None) -> Path:
    """Write the two files and return the page; values in the page are escaped by the template engine."""
    folder.mkdir(parents=True, exist_ok=True)
    findings = sorted(findings, key=lambda f: ("stopped", "accepted", "warning").index(f.status))
    join_rows = [_join(layer, name, done) for layer, all_done in (joins or {}).items() for name, done in all_done.items()]
    document = {"city": catalogue.city.name, "findings": [f.as_json() for f in findings], "failures": [_failure(f) for f in failures],
                "joins": join_rows, "layers": list(layers), "answers": answers}
    (folder / "findings.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    page = folder / "index.html"
    page.write_text(_render(catalogue, findings, failures, join_rows, layers, answers), "utf-8")
    return page


def _failure(failure: Failure) -> dict[str, object]:
    return {"code": failure.code, "exit": failure.exit_status, "where": failure.where,
            "what": failure.what.both() or str(failure), "todo": failure.todo.both() if failure.todo else None, "text": str(failure)}


def _join(layer: str, name: str, done: Joined) -> dict[str, object]:
    return {"layer": layer, "join": name, **done.counts, "reasons": done.reasons, "spare_reasons": done.spare_reasons,
            "unmatched_rows": [one.as_json() for one in done.unmatched], "unused_rows": [one.as_json() for one in done.left_over]}


def _render(catalogue: Catalogue, findings: Sequence[Finding], failures: Sequence[Failure], joins: list[dict], layers: Sequence[dict],
            answers: Mapping[str, object] | None) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("gispipe.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    titles = {layer.id: layer.title for layer in catalogue.layers.values()}
    return environment.get_template("report.html").render(
        city=catalogue.city, findings=findings, failures=failures, joins=joins, layers=layers, titles=titles, reasons=REASONS, answers=answers, sliver=SLIVER,
        files={key.split(":", 1)[1]: value for key, value in catalogue.files.items() if key.startswith("layer:")}, shown=50,
        stopped=sum(f.status == "stopped" for f in findings), accepted=sum(f.status == "accepted" for f in findings),
        warnings=sum(f.status == "warning" for f in findings))
