"""Fixtures shared by the tests: a tiny city, the shared real data when they are there, and a neutral environment."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from hypothesis import settings
from tinycity import declare, deliver, gispipe

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

    from gispipe.intake import Readers

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY))  # so that `tests.browser` is found however pytest is started
settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")

SHARED = REPOSITORY.parent / "shared" / "data"


@pytest.fixture(autouse=True)
def neutral_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak English and start from no setting of the person who runs the tests."""
    for name in ("GISPIPE_LANG", "GISPIPE_DATA", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("the shared real data are not beside this checkout")
    return SHARED


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A tiny city directory with declarations and sources."""
    return deliver(declare(tmp_path / "tiny"))


@pytest.fixture(scope="session")
def page_assets() -> Path:
    """The JavaScript packages of the pages; a full build needs them."""
    from gispipe.errors import Failure
    from gispipe.web.assets import locate

    try:
        return locate()
    except Failure as missing:
        pytest.skip(f"the pages' JavaScript packages are not installed: {missing}")


MadeOnce = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Give a folder of a name, filled by whichever worker of the run asks first; read it, never change it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)  # a worker that failed half-way
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def finished_city(made_once: MadeOnce, page_assets: Path) -> Path:
    """A tiny city after `gispipe run`; read it, never change it."""
    def make(folder: Path) -> None:
        ended = gispipe("run", "--city", str(deliver(declare(folder))))
        assert ended.returncode == 0, ended.stderr

    return made_once("tiny", make)


@pytest.fixture(scope="session")
def finished_demo(made_once: MadeOnce, page_assets: Path) -> Path:
    """The demo city after `gispipe demo`; read it, never change it."""
    def make(folder: Path) -> None:
        ended = gispipe("demo", "--city", str(folder), timeout=900)
        assert ended.returncode == 0, ended.stderr

    return made_once("finished_demo", make)


@pytest.fixture(scope="session")
def asked_city(made_once: MadeOnce) -> Path:
    """The city that is asked about (tests/answers/askedcity.py) after `gispipe ingest`; read it, never change it."""
    sys.path.append(str(REPOSITORY / "tests" / "answers"))
    from askedcity import deliver as deliver_asked

    def make(folder: Path) -> None:
        ended = gispipe("ingest", "--city", str(deliver_asked(folder)))
        assert ended.returncode == 0, ended.stderr

    return made_once("asked", make)


@pytest.fixture
def run_city(finished_city: Path, tmp_path: Path) -> Path:
    """A copy of the finished city that a test may change."""
    return Path(shutil.copytree(finished_city, tmp_path / "run", symlinks=True))


@pytest.fixture(scope="session")
def reader_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    """Two reader processes for the whole session, with a folder of their own: that of the run that asks first goes with it."""
    from gispipe.intake import readers

    with pytest.MonkeyPatch.context() as outside:
        folder = str(tmp_path_factory.mktemp("readers"))
        outside.setattr("tempfile.tempdir", folder)
        for name in ("TMPDIR", "TMP", "TEMP"):
            outside.setenv(name, folder)
        group = readers(2)
        entered = group.__enter__()
    with contextlib.ExitStack() as stack:
        stack.push(group)
        yield entered


@pytest.fixture(autouse=True)
def warm_readers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs inside this process use readers that are already up: starting them takes longer than most runs."""
    @contextlib.contextmanager
    def up(count: int | None = None) -> Iterator[Readers]:
        yield request.getfixturevalue("reader_pair")

    for module in ("gather", "keep", "scan.look"):
        monkeypatch.setattr(f"gispipe.{module}.readers", up)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None]:
    """End the browser after the last test of a folder."""
    yield
    if "tests.browser" in sys.modules and (nextitem is None or _folder(nextitem.nodeid) != _folder(item.nodeid)):
        sys.modules["tests.browser"].let_go()


LONGEST_FIRST = ("web", "yaizu", "survive", "faults", "cards", "find", "texts", "hostile", "tiles", "refresh", "demo", "intake", "scan", "answers", "cli")
"""Folders to begin with: a long one begun last would leave the other worker idle."""


def _folder(item: str) -> str:
    return item.removeprefix("tests/").split("/")[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST_FIRST.index(folder) if (folder := _folder(item.nodeid)) in LONGEST_FIRST else len(LONGEST_FIRST))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Keep every folder of tests on one worker, so that what a folder prepares once is prepared once."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFolder(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _folder(nodeid)

    return ByFolder(config, log)
