"""Wall and CPU seconds and peak memory of a process and all below it, from Linux's /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

EVERY = 0.1  # seconds between looks at the memory
TICK = os.sysconf("SC_CLK_TCK")
KB = 1024 / 1e6  # MB of the kilobytes that the kernel counts


class Meter:
    """Watch a process and all below it until `end`, which returns wall and CPU seconds and the peak memory in MB (sum of proportional shares)."""

    def __init__(self, pid: int) -> None:
        self._pid, self._largest, self._over = pid, 0.0, threading.Event()
        self._cpu, self._began = _cpu(pid), time.perf_counter()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def end(self) -> dict[str, float]:
        wall, cpu = time.perf_counter() - self._began, _cpu(self._pid) - self._cpu
        self._over.set()
        self._thread.join()
        return {"wall": wall, "cpu": cpu, "peak": self._largest}

    def _look(self) -> None:
        while True:
            self._largest = max(self._largest, sum(_share_mb(pid) for pid in tree(self._pid)))
            if self._over.wait(EVERY):
                return


def tree(pid: int) -> list[int]:
    """Return a process and all its descendants that are alive."""
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                todo += [int(child) for child in children.read_text().split()]
            except OSError:  # the thread has ended meanwhile
                continue
    return found


def _cpu(pid: int) -> float:
    """Return the CPU seconds of a tree until now, those of its ended processes included."""
    total = 0
    for one in tree(pid):
        try:
            words = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(word) for word in words[11:15])  # user, system and the same of children waited for
    return total / TICK


def _share_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # the process has ended meanwhile
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * KB


class Stopped(RuntimeError):
    """A command failed or took longer than it was given."""


def timed(command: list[str], out: Path, limit: float) -> dict[str, float]:
    """Run a command with its output in a file; return what it used. Raises Stopped when it fails or takes more seconds than `limit`."""
    began, over, late = time.perf_counter(), threading.Event(), threading.Event()
    with out.open("wb") as file, out.with_suffix(".err").open("wb") as errors:
        process = subprocess.Popen(command, stdout=file, stderr=errors, start_new_session=True)
        meter = Meter(process.pid)
        guard = threading.Thread(target=_interrupt, args=(process.pid, limit, over, late), daemon=True)
        guard.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        except KeyboardInterrupt:  # the benchmark itself is stopped: its engine stands in a session of its own and would run on
            threading.Thread(target=_end, args=(process.pid, over)).start()
            process.wait()
            over.set()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - began
    over.set()
    guard.join()
    peak = max(meter.end()["peak"], used.ru_maxrss * KB)
    if late.is_set():
        raise Stopped(f"stopped after {limit:,.1f} s")
    if status:
        words = out.with_suffix(".err").read_text(errors="replace").strip().splitlines()
        raise Stopped(f"failed: {words[-1] if words else f'exit code {process.returncode}'}")
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peak": peak}


def _interrupt(pid: int, limit: float, over: threading.Event, late: threading.Event) -> None:
    """End a command that takes too long; asked first, since a server's folder is taken away then."""
    if over.wait(limit):
        return
    late.set()
    _end(pid, over)


def _end(pid: int, over: threading.Event) -> None:
    """Ask a command and all it started to end; kill what is left after half a minute, or when the command is over."""
    for ask, wait in ((signal.SIGINT, 30.0), (signal.SIGKILL, 0.0)):
        try:
            os.killpg(pid, ask)
        except ProcessLookupError:
            return
        over.wait(wait)
