"""The synthetic demo city, written in the formats that Japanese cities hand over. Every name in it is invented."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from gispipe.demo.tables import DemoReport

__all__ = ["DemoReport", "write_city"]


def write_city(dest: Path, size: str = "small", seed: int = 20260401, progress: Callable[[str], None] | None = None) -> DemoReport:
    """Write all sources of the demo city below `dest`, byte for byte the same for the same size and seed.

    `size` is small (about 12,000 lots) or full (about 150,000); an unknown size is a ValueError.
    `progress` is called with a short text before each step.
    """
    from gispipe.demo.abr import write_registry
    from gispipe.demo.base_tables import base_tables, parcel_tables, town_tables
    from gispipe.demo.city import make_city
    from gispipe.demo.dm_map import write_base_map
    from gispipe.demo.facility_tables import facility_tables
    from gispipe.demo.frame import SIZES
    from gispipe.demo.hazard_tables import hazard_tables
    from gispipe.demo.house_map import house_map_tables
    from gispipe.demo.ledger import ledger_tables
    from gispipe.demo.national import write_national
    from gispipe.demo.offices import write_office_files
    from gispipe.demo.old_map import write_old_map
    from gispipe.demo.people import population_tables
    from gispipe.demo.photos import photos_aside
    from gispipe.demo.planning_tables import planning_tables
    from gispipe.demo.ponds import pond_tables
    from gispipe.demo.register_maps import write_register_maps
    from gispipe.demo.standard import toilet_tables
    from gispipe.demo.utility_tables import utility_tables
    from gispipe.demo.write import write_tables

    if size not in SIZES:
        raise ValueError(f"no such size: {size}; there are {', '.join(SIZES)}")
    say = progress or (lambda _: None)
    began = time.monotonic()
    dest = Path(dest)
    say("city")
    demo = make_city(SIZES[size], seed)
    counts: dict[str, int] = {}
    files: list[Path] = []
    with photos_aside(demo, dest) as photos:
        for name, make in (("base", base_tables), ("town", town_tables), ("parcel", parcel_tables), ("planning", planning_tables),
                           ("utility", utility_tables), ("facility", facility_tables), ("toilet", toilet_tables), ("hazard", hazard_tables), ("ledger", ledger_tables),
                           ("population", population_tables), ("house map", house_map_tables), ("pond", pond_tables)):
            say(name)
            tables = make(demo)
            files += write_tables(dest, tables)
            counts |= {table.path: table.rows() for table in tables}
        say("register")
        archive, counts["moj/99201-9901.zip"] = write_register_maps(demo, dest)
        files.append(archive)
        say("dm")
        sheets, elements = write_base_map(demo, dest)
        files += sheets
        counts |= elements
        for name, write in (("registry", write_registry), ("offices", write_office_files), ("national", write_national)):
            say(name)
            made, rows = write(demo, dest)
            files += made
            counts |= rows
        say("old map")
        files += write_old_map(demo, dest)
        say("photo")
        files += photos.result()
    total = sum(path.stat().st_size for path in files)
    names = tuple(path.relative_to(dest).as_posix() for path in files)
    return DemoReport(size, seed, counts, total, time.monotonic() - began, names)
