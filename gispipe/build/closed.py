"""Build the public release in a process that cannot read the internal store.

Linux: Landlock, which binds root too; else, as root, an empty file system mounted over the internal store in the
child's own mount namespace; else, for an ordinary user, the store's access rights are taken away meanwhile. Where a
platform has none of these (Windows) the report says that the wall was not built.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from gispipe import errors
from gispipe.ahead import Hear
from gispipe.build import child, landlock
from gispipe.build.kept import FOLDER, PIECES
from gispipe.catalogue import Catalogue
from gispipe.words import Words


def run_closed(catalogue: Catalogue, draft: Path, hear: Hear) -> dict[str, object]:
    """Build into `draft` in a closed child and return its report; raises the child's own failure. hear: as of `build_into`."""
    with tempfile.TemporaryDirectory(prefix="gispipe-public-") as scratch, _rights_taken(catalogue.output / "store" / "internal"):
        return child.PUBLIC.ask({"city": str(catalogue.directory.resolve()), "draft": str(draft.resolve()), "scratch": scratch}, hear)


def takes_rights() -> bool:
    """Return whether closing the internal store closes it to every process of this user, so that nothing else may need it meanwhile."""
    return os.name == "posix" and os.geteuid() != 0 and not landlock.available()


@contextlib.contextmanager
def _rights_taken(store: Path) -> Iterator[None]:
    """For an ordinary user without Landlock: no access to the internal store while the child is at work."""
    ordinary = takes_rights() and store.is_dir()
    before = store.stat().st_mode & 0o7777 if ordinary else 0
    if ordinary:
        store.chmod(0)
    try:
        yield
    finally:
        if ordinary:
            store.chmod(before)


def close_this_process(city: Path, draft: Path, scratch: Path) -> str:
    """Close the internal store to the calling process and return how; raises LeakStopped when it can still be read."""
    internal = city / "output" / "store" / "internal"
    how = _close(city, draft, scratch, internal)
    if _readable(internal):
        if os.name == "posix":
            raise errors.LeakStopped(str(internal), Words("the public build could still read the internal store; nothing was built",
                                                          "公開用の処理から庁内データが読める状態のため、中止しました"),
                                     Words("run as an ordinary user, or on Linux 5.13 or newer", "一般ユーザーで実行するか、Linux 5.13 以降で実行してください"))
        return "none"
    return how


def _close(city: Path, draft: Path, scratch: Path, internal: Path) -> str:
    if landlock.available():
        landlock.restrict(*_folders(city, draft, scratch))
        return "landlock"
    if os.name == "posix" and os.geteuid() == 0 and internal.is_dir():
        _cover(internal)
        return "mount"
    return "mode"


def _folders(city: Path, draft: Path, scratch: Path) -> tuple[list[Path], list[Path]]:
    """Return what the public build may read and what it may write: programs, declarations, the public store; its draft and what is kept for the next build."""
    from gispipe.web.assets import locate

    package = Path(__file__).resolve().parents[1]
    programs = [Path(sys.prefix), Path(sys.base_prefix), package, Path(sys.executable).resolve().parent.parent]
    programs += [Path(p) for p in ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc", "/proc", "/sys", "/opt", "/nix")]
    programs = [p for p in programs if not city.is_relative_to(p.resolve())]  # a city under /opt: /opt as a whole stays closed
    city_files = [city / "city.toml", city / "layers", city / "styles", city / "output" / "store" / "public"]
    public = city / "output" / "store" / "public"
    kept = [public / name for name in (FOLDER, PIECES) if public.is_dir()]
    for one in kept:
        one.mkdir(exist_ok=True)
    return [*programs, *city_files, locate()], [draft, scratch, *kept, Path("/dev")]


def _cover(folder: Path) -> None:
    """Mount an empty, unreadable file system over a folder for this process only (needs root)."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(0x20000) or libc.mount(b"none", b"/", None, 0x44000, None):
        return
    libc.mount(b"tmpfs", str(folder).encode(), b"tmpfs", 1, b"size=4k,mode=000")


def _readable(folder: Path) -> bool:
    try:
        return any(True for _ in os.scandir(folder))
    except OSError:
        return False
