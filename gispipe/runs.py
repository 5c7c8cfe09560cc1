"""A run: one at a time, timed by stage, with a folder of its own for reports."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from gispipe.errors import AlreadyRunning, of_system
from gispipe.finished import DRAFT, sweep
from gispipe.manifest import store_root
from gispipe.model import AUDIENCES
from gispipe.progress import Progress, Told
from gispipe.words import Words

Say = Callable[[str], None]
Tell = Callable[[Words], Told]
"""Takes what long work is called and returns what it calls with (done, all)."""


def silent(what: Words) -> Told:
    """Tell nobody."""
    return lambda done, whole: None


@dataclass
class Run:
    """The run at work. `stages` grows: name, seconds, peak memory in MB; `facts` is what run.json will also say.

    `live` is there on a terminal only: it shows a line that the next one replaces.
    """

    folder: Path
    say: Say
    live: Say | None = None
    stages: list[dict[str, object]] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    published: bool = False

    def is_public(self) -> None:
        """Remember that the maps are switched: what fails from here on fails after it."""
        self.published = True

    @property
    def id(self) -> str:
        return self.folder.name

    @contextlib.contextmanager
    def stage(self, name: Words) -> Iterator[None]:
        """Time a stage and say so when it is done."""
        started = time.perf_counter()
        yield
        seconds = time.perf_counter() - started
        self.stages.append({"stage": name.en, "seconds": round(seconds, 2), "peak_mb": peak_memory()})
        self.say(f"{name} … {seconds:.1f} s")

    def told(self, what: Words) -> Told:
        """Return what to call with (done, all) while long work goes on."""
        progress = Progress(self.live, 0.5) if self.live else Progress(self.say)
        return progress.of(what)

    def write(self) -> None:
        """Write run.json."""
        self.folder.mkdir(parents=True, exist_ok=True)
        document = {"run": self.id, "stages": self.stages, **self.facts}
        (self.folder / "run.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def peak_memory() -> float | None:
    """Return the largest resident size so far of this process and of any child it waited for, in MB; None on Windows."""
    try:
        import resource
    except ImportError:
        return None
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return round(max(own, child) / 1024, 1)


@contextlib.contextmanager
def one_run(output: Path, say: Say, live: Say | None = None) -> Iterator[Run]:
    """Hold the city's lock for a run; raises AlreadyRunning at once when another holds it."""
    output.mkdir(parents=True, exist_ok=True)
    lock = FileLock(output / ".lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise AlreadyRunning(str(output), Words("another run is at work here", "別の処理がこの市で実行中です"),
                             Words("wait until it ends", "終わるまでお待ちください")) from None
    try:
        _recover(output)
        run = Run(_folder(output / "reports"), say, live)
        try:
            with _scratch(output):
                yield from _reported(run)
        except BrokenPipeError:  # whoever listened is gone; no disk
            raise
        except OSError as error:
            raise of_system(error, run.published) from error
    finally:
        lock.release()


_SCRATCH = ".scratch-"
"""How the names of a run's folders for what it needs only meanwhile begin."""
_TEMPORARY = ("TMPDIR", "TMP", "TEMP")


@contextlib.contextmanager
def _scratch(output: Path) -> Iterator[None]:
    """Have this process and its children put what they need only meanwhile below `output`, where the next run removes what is left when they are killed.

    Tables on their way from the readers have owners' names in them: in the system's folder they would stay, and the disk would be another than the one asked for room.
    """
    folder = tempfile.mkdtemp(prefix=_SCRATCH, dir=output.resolve())  # for this user alone
    before, was = {name: os.environ.get(name) for name in _TEMPORARY}, tempfile.tempdir
    os.environ.update(dict.fromkeys(_TEMPORARY, folder))
    tempfile.tempdir = folder
    try:
        yield
    finally:
        tempfile.tempdir = was
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        shutil.rmtree(folder, ignore_errors=True)


def _reported(run: Run) -> Iterator[Run]:
    """Give the run and write its report; when it fails, the failure says more than that its report cannot be written."""
    try:
        yield run
    except BaseException:
        with contextlib.suppress(OSError):
            run.write()
        raise
    run.write()


def _recover(output: Path) -> None:
    """Put right what a run that was killed may have left: the internal store closed to everybody, drafts."""
    internal = store_root(output, "internal")
    if os.name == "posix" and internal.is_dir() and internal.stat().st_uid == os.geteuid() and not internal.stat().st_mode & 0o700:
        internal.chmod(stat.S_IMODE(internal.parent.stat().st_mode) | 0o700)  # the public build takes the rights away where it has no other wall
    for left in output.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    sweep(output / "store")
    for left in (path for audience in AUDIENCES for name in (f"{DRAFT}*", ".current-*") for path in (output / audience).glob(name)):
        left.unlink()


def _folder(reports: Path) -> Path:
    stamp = dt.datetime.now().strftime("%Y%m%dT%H%M%S")
    for k in range(1, 1000):
        folder = reports / (stamp if k == 1 else f"{stamp}-{k}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    return reports / f"{stamp}-{os.getpid()}"
