"""Run the rules over a table and say what they found, where, and whether it stops the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from gispipe.checks import RULES
from gispipe.checks.rule import Found, Rule, Subject
from gispipe.errors import CrsError, Failure, RuleBroken, UnreadableInput
from gispipe.intake.delivered import Note
from gispipe.model import Layer
from gispipe.words import Words

LISTED = 2000
"""Places listed one by one for a finding; the count is always exact."""


@dataclass(frozen=True)
class Place:
    """Where: file, row as a person counts (1-based; for CSV the line), and the detail."""

    file: str
    row: int | None
    detail: str


@dataclass(frozen=True)
class Finding:
    """One rule broken in one layer. `status` says what follows: stopped, accepted in writing, or only a warning."""

    layer: str
    code: str
    status: Literal["stopped", "accepted", "warning"]
    count: int
    places: tuple[Place, ...]
    reason: str = ""

    @property
    def rule(self) -> Rule:
        return rule_of(self.code)

    def as_json(self) -> dict[str, object]:
        return {"layer": self.layer, "code": self.code, "status": self.status, "count": self.count, "reason": self.reason,
                "sentence": self.rule.sentence.both(), "todo": self.rule.todo.both(), "places": [asdict(place) for place in self.places]}


def rule_of(code: str) -> Rule:
    """Return the rule with a code."""
    return next(rule for rule in RULES if rule.code == code)


def check(subject: Subject, rules: Sequence[Rule] = RULES) -> list[Finding]:
    """Run rules over a subject in order and return what they found."""
    results = ((rule, rule.find(subject)) for rule in rules)
    return [_finding(subject, rule, found) for rule, found in results if len(found.rows)]


def _finding(subject: Subject, rule: Rule, found: Found) -> Finding:
    accepted = subject.layer.accept.get(rule.code) if rule.acceptable else None
    count = len(found.rows)
    if rule.level == "warning":
        status: Literal["stopped", "accepted", "warning"] = "warning"
    else:
        status = "accepted" if accepted and count <= accepted.rows else "stopped"
    notes = found.notes or [None] * count
    places = tuple(_place(subject, row, detail, note) for row, detail, note in zip(found.rows[:LISTED].tolist(), found.details, notes, strict=False))
    return Finding(subject.layer.id, rule.code, status, count, places, accepted.reason if accepted else "")


def _place(subject: Subject, row: int, detail: str, note: Note | None) -> Place:
    files = subject.delivered.files
    if row < 0:
        return Place(files[note.file].path if note else ", ".join(f.path for f in files[:3]), note.row or None if note else None, detail)
    return Place(files[int(subject.delivered.file[row])].path, int(subject.delivered.place[row]), detail)


def failure_of(finding: Finding, file: str) -> Failure:
    """Return the failure that a stopping finding ends the run with."""
    kind = {one.exit_status: one for one in (CrsError, UnreadableInput)}.get(finding.rule.exit_status, RuleBroken)
    first = finding.places[0]
    row = f":{first.row}" if first.row is not None else ""
    detail = f" [{first.detail}]" if first.detail else ""
    what = Words(f"{finding.code} {finding.rule.sentence.en}{detail}" + (f" ({finding.count:,} rows)" if finding.count > 1 else ""),
                 f"{finding.code} {finding.rule.sentence.ja}{detail}" + (f"（{finding.count:,} 件）" if finding.count > 1 else ""))
    return kind(f"{file} › {first.file}{row}", what, finding.rule.todo)


def stale_acceptances(layer: Layer, findings: Iterable[Finding]) -> list[str]:
    """Return the codes a layer file accepts although nothing was found: the acceptance can go."""
    return sorted(set(layer.accept) - {finding.code for finding in findings})
