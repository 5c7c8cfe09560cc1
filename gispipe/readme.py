"""The tables of the READMEs, made from the code: `python -m gispipe.readme` writes them anew, a test compares them."""

from __future__ import annotations

import re
from pathlib import Path

from gispipe.checks import RULES
from gispipe.cli.main import COMMANDS
from gispipe.errors import exit_codes
from gispipe.intake.registry import FORMATS

ROOT = Path(__file__).resolve().parents[1]
FILES = {ROOT / "README.md": "en", ROOT / "README.ja.md": "ja"}
_HEADS = {
    "commands": {"en": ("command", "does"), "ja": ("コマンド", "内容")},
    "exit codes": {"en": ("exit", "meaning"), "ja": ("終了コード", "意味")},
    "rules": {"en": ("rule", "level", "finds", "what to do"), "ja": ("規則", "扱い", "見つけるもの", "どうするか")},
    "readers": {"en": ("reader", "format"), "ja": ("reader", "形式")},
}
_LEVELS = {"error": {"en": "stops, unless accepted in the layer file", "ja": "停止（レイヤーで了承すれば続行）"}, "warning": {"en": "reported", "ja": "報告のみ"}}


def tables(language: str) -> dict[str, str]:
    """Return name → Markdown table in `en` or `ja`."""
    rows = {
        "commands": [(f"`gispipe {name}`", getattr(words, language)) for name, words in COMMANDS.items()],
        "exit codes": [(str(code), getattr(words, language)) for code, words in exit_codes().items()],
        "rules": [(rule.code, _LEVELS[rule.level][language], getattr(rule.sentence, language), getattr(rule.todo, language)) for rule in RULES],
        "readers": [(f"`{name}`", getattr(fmt.title, language)) for name, fmt in FORMATS.items()],
    }
    return {name: _table(_HEADS[name][language], lines) for name, lines in rows.items()}


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def filled(text: str, language: str) -> str:
    """Return a README's text with every table between its markers made anew."""
    for name, table in tables(language).items():
        text = re.sub(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m, table=table: f"{m[1]}{table}\n{m[2]}", text, flags=re.DOTALL)
    return text


def main() -> None:
    """Write the tables into both READMEs."""
    for path, language in FILES.items():
        path.write_text(filled(path.read_text("utf-8"), language), "utf-8")


if __name__ == "__main__":
    main()
