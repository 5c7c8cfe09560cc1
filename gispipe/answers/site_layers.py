"""Which layers hold evacuation sites, in which order their rows are numbered, and for what each kind serves."""

from __future__ import annotations

from gispipe.answers.files import AnswerFiles
from gispipe.model import Layer

STAY = "stay"
"""Not a hazard: where people stay afterwards, 指定避難所."""
DESIGNATED_AS = {"pond": "flood"}
"""Hazards that the law names no sites for, and the sites that serve: a dam breach is a flood."""


def site_layers(files: AnswerFiles) -> list[Layer]:
    """Return the layers of sites in the order in which their rows are numbered."""
    return files.role("site", "shelter")
