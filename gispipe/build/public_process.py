"""The closed process that builds the public release: `python -m gispipe.build.public_process`, one request on standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gispipe.errors import DeclarationError, Failure


def main() -> None:
    """Close this process, build, answer in one JSON line."""
    request = json.loads(sys.stdin.read())
    try:
        reply = _build(Path(request["city"]), Path(request["draft"]), Path(request["scratch"]))
    except DeclarationError as error:
        reply = {"failure": "DeclarationError", "mistakes": [str(mistake) for mistake in error.mistakes]}
    except Failure as error:
        reply = {"failure": type(error).__name__, "where": error.where, "what": error.what.both(), "todo": error.todo.both() if error.todo else None}
    print(json.dumps(reply, ensure_ascii=False))


def _build(city: Path, draft: Path, scratch: Path) -> dict[str, object]:
    from gispipe.build.closed import close_this_process
    from gispipe.build.stage import build_into
    from gispipe.catalogue import load_catalogue
    from gispipe.garbage import collect_seldom

    collect_seldom()
    how = close_this_process(city, draft, scratch)
    return {"closed_by": how, **build_into(draft, load_catalogue(city), "public")}


if __name__ == "__main__":
    main()
