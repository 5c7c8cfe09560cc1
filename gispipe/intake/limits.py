"""Limits of a reader process. Where the platform has none (Windows), nothing is limited and `limited()` says so."""

from __future__ import annotations

MEMORY = 6 * 1024**3
CPU_SECONDS = 8
CPU_SECONDS_A_MEGABYTE = 2
"""The slowest reader takes an eighth of a second; a small file that takes ten is no honest file."""
MOST_CPU_SECONDS = 21_600
UNPACKED = 4
"""Times that a picture is given the time of other files: its pixels, read and packed again, are many for its bytes."""
INFLATED = 20
"""Times that an archive may be larger inside, for the time it is given."""
WALL_SECONDS = 86_400
PATIENCE = 4
"""Wall-clock seconds for each CPU second allowed: other work may need the cores."""
OPEN_FILES = 256
ARCHIVE_MEMBERS = 5_000
ARCHIVE_BYTES = 8 * 1000**3
ARCHIVE_RATIO = 200
ARCHIVE_DEPTH = 2
SMALL_ENOUGH = 16 * 1024**2
"""Bytes that no ratio makes a bomb: an empty grid or a blank form compresses a thousandfold."""


def limited() -> bool:
    """Return whether this platform can limit a process."""
    try:
        import resource  # noqa: F401
    except ImportError:
        return False
    return True


def limit_process() -> None:
    """Limit address space, open files and core dumps of this process for good."""
    if not limited():
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_task(seconds: int) -> None:
    """Allow the next request `seconds` of CPU beyond what the process has used."""
    if not limited():
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def allowed_seconds(size: int, archive: bool) -> int:
    """Return the CPU seconds for files of `size` bytes."""
    megabytes = size * (INFLATED if archive else 1) / 1e6
    return min(MOST_CPU_SECONDS, int(CPU_SECONDS + CPU_SECONDS_A_MEGABYTE * megabytes))
