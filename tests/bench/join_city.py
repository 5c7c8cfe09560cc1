"""All hazard joins of a city's store: every hazard layer × every parcel, building, address and facility, timed one by one."""

from __future__ import annotations

import importlib
import os
import resource
import time
from pathlib import Path

import numpy as np

SUBJECTS = ("parcel", "building", "address", "shelter", "emergency_site", "public_facility", "disaster_facility", "primary_school", "junior_high_school",
            "public_housing", "aed", "toilet", "station", "town")


def time_city(directory: Path) -> None:
    """Print seconds for each hazard layer (making ready, each subject layer) and their sum."""
    from tests.proof.city import read_city

    engine = importlib.import_module(os.environ.get("JOIN_ENGINE", "gispipe.joins.zones"))
    began = time.perf_counter()
    city = read_city(directory, SUBJECTS)
    read = time.perf_counter() - began
    print(" ".join(f"{name} {len(city.subjects[name]):,}" for name in SUBJECTS if name in city.subjects))
    began, cpu = time.perf_counter(), time.process_time()
    subjects = {name: engine.ready(city.subjects[name]) for name in SUBJECTS if name in city.subjects}
    total = time.perf_counter() - began
    print(f"{'subjects made ready':24} {total:6.2f} s   once for all hazards, as the pipeline does")
    for hazard, (zones, rank) in city.zones.items():
        steps = _one(engine, zones, rank, subjects)
        total += sum(steps.values())
        print(f"{hazard:24} {sum(steps.values()):6.2f} s   " + "  ".join(f"{name} {seconds:.2f}" for name, seconds in steps.items() if seconds >= 0.005), flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"all joins {total:.1f} s  cpu {time.process_time() - cpu:.1f} s  reading the store {read:.1f} s  peak {peak:.0f} MB")


def _one(engine: object, zones: np.ndarray, rank: np.ndarray, subjects: dict[str, object]) -> dict[str, float]:
    steps = {}
    began = time.perf_counter()
    ready = engine.prepare(zones, rank, None)  # type: ignore[attr-defined]
    steps["prepare"] = time.perf_counter() - began
    for name, shapes in subjects.items():
        began = time.perf_counter()
        engine.expose(shapes, ready)  # type: ignore[attr-defined]
        steps[name] = time.perf_counter() - began
    return steps
