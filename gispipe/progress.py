"""How far long work is: on a terminal in one line that renews itself, elsewhere a plain line now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from gispipe.words import Words

Told = Callable[[int, int], None]
"""Takes what is done and all there is to do, in the same unit."""


@dataclass
class Progress:
    """Tells of long work from several threads. `show` takes a line; `every`: seconds between two of them, nothing is said of shorter work."""

    show: Callable[[str], None]
    every: float = 30.0
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, what: Words) -> Told:
        """Return what to call with (done, all) whenever a part of `what` is done."""
        began = last = self.clock()
        first: int | None = None

        def told(done: int, whole: int) -> None:
            nonlocal last, first
            with self._lock:
                now = self.clock()
                first = done if first is None else first
                if now - last < self.every:
                    return
                last = now
                self.show(str(_line(what, done, whole, now - began, done - first)))

        return told


def _line(what: Words, done: int, whole: int, seconds: float, since: int) -> Words:
    """Say how much is done and, from what was done `since` the work began here, about how long the rest takes."""
    share = f"{what} {done:,} / {whole:,} ({100 * done // max(whole, 1)} %)"
    if since <= 0:
        return Words(share, share)
    minutes = max(1, round(seconds * (whole - done) / since / 60))
    return Words(f"{share}, about {minutes} min left", f"{share} 残り約 {minutes} 分")
