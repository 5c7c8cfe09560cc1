"""Documentation that cannot rot: tables are made from the code, every command is named and has help."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from gispipe import __version__
from gispipe.cli.main import COMMANDS, cli
from gispipe.readme import FILES, filled, tables

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("path", list(FILES), ids=lambda path: path.name)
def test_the_tables_of_the_readme_are_those_of_the_code(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == filled(text, FILES[path]), "run: python -m gispipe.readme"
    for name, table in tables(FILES[path]).items():
        assert table in text, f"{path.name} has no place for the table '{name}'"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_help_with_its_options(name: str) -> None:
    result = CliRunner().invoke(cli, [name, "--help"])
    assert result.exit_code == 0
    assert "Options:" in result.output and len(result.output.splitlines()) > 4


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").splitlines()
    named = [line for line in lines if line.strip().startswith('"') and (">=" in line)]
    assert len(named) >= 20
    assert [line for line in named if "#" not in line] == []


def test_the_lock_files_pin_every_package_with_hashes_and_name_no_host() -> None:
    for name in ("requirements.lock", "requirements-npm.lock"):
        text = (ROOT / name).read_text("utf-8")
        pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert pins and all("==" in pin for pin in pins)
        assert text.count("--hash=sha256:") >= len(pins)
        assert "://" not in text


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = (ROOT / "requirements.lock").read_text("utf-8").lower().replace("_", "-")
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    missing = [name for name in wanted if f"{name.split('>=')[0].lower().replace('_', '-')}==" not in locked]
    assert missing == []


def test_the_version_is_said_once() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == __version__
