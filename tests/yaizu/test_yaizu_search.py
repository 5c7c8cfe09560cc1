"""The pages of Yaizu answer as its register does, over thousands of real names."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from pathlib import Path

from example import Yaizu

from gispipe.address import Register
from gispipe.answers.files import AnswerFiles

for name in ("address", "find"):
    sys.path.append(str(Path(__file__).resolve().parents[1] / name))

from asked import differences, opened, questions_of  # noqa: E402 - it needs the path above


def test_questions_about_real_names_are_answered_alike(yaizu: Yaizu, tmp_path: Path) -> None:
    shutil.copytree(yaizu.release("public") / "search", tmp_path / "search")
    register = Register(sqlite3.connect(AnswerFiles.of(yaizu.catalogue, "public").register()))
    questions = questions_of(register, 3, 2000)
    names = [name for name, in register.connection.execute("SELECT DISTINCT name FROM register_facility ORDER BY name")][::5]
    (index,) = (tmp_path / "search").glob("index-*.json")
    with opened(tmp_path) as page:
        assert differences(page, f"search/{index.name}", register, [*questions, *names]) == []
