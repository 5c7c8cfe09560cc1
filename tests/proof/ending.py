"""How a proof that makes its own city ends: one line of numbers, what is amiss below it, and status 1 when anything is."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

SHOWN = 30
"""Lines of what is amiss that are printed."""
NOT_HERE = 77
"""Exit status of a proof that this machine cannot make."""


def end(numbers: str, amiss: Sequence[str], home: Path | None, begin: float) -> int:
    """Print the numbers, how long it took since `begin` and what is amiss, remove the proof's folder where it has one, and return the exit status."""
    print(f"{numbers}; {time.perf_counter() - begin:.0f} s")
    for one in amiss[:SHOWN]:
        print("  " + one)
    if len(amiss) > SHOWN:
        print(f"  and {len(amiss) - SHOWN} more")
    if home is not None:
        shutil.rmtree(home, ignore_errors=True)
    return bool(amiss)
