"""The closed process that builds the public release: `python -m gispipe.build.public_process PARENT`, one request on standard input, for which it waits."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from gispipe.arrow import spare_pandas
from gispipe.build.closed import close_this_process
from gispipe.build.stage import build_into
from gispipe.cards import write as cards  # noqa: F401 - what `build_into` loads when it comes to it is loaded here while this process waits
from gispipe.catalogue import load_catalogue
from gispipe.errors import DeclarationError, Failure
from gispipe.garbage import collect_seldom
from gispipe.statistics import write  # noqa: F401 - likewise
from gispipe.web import pages, site, texts  # noqa: F401 - likewise


def main() -> None:
    """Close this process, build, answer in one JSON line; nothing when nothing is asked."""
    _end_with(int(sys.argv[1]))
    asked = sys.stdin.read()
    if not asked:
        return
    request = json.loads(asked)
    try:
        reply = _build(Path(request["city"]), Path(request["draft"]), Path(request["scratch"]))
    except DeclarationError as error:
        reply = {"failure": "DeclarationError", "mistakes": [str(mistake) for mistake in error.mistakes]}
    except Failure as error:
        reply = {"failure": type(error).__name__, "where": error.where, "what": error.what.both(), "todo": error.todo.both() if error.todo else None}
    except OSError as error:
        reply = {"failure": "OSError", "errno": error.errno, "said": error.strerror or str(error), "file": str(error.filename or "")}
    print(json.dumps(reply, ensure_ascii=False))


def _end_with(parent: int) -> None:
    """Have the kernel end this process with the one that started it: nobody sweeps a draft that somebody still writes (Linux).

    parent: its number as it said itself; when it died while this process was loading its programs, it is no longer the parent.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)


_PR_SET_PDEATHSIG = 1


def _build(city: Path, draft: Path, scratch: Path) -> dict[str, object]:
    collect_seldom()
    spare_pandas()
    os.environ.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(scratch)))
    tempfile.tempdir = None  # to be looked for again
    how = close_this_process(city, draft, scratch)
    return {"closed_by": how, **build_into(draft, load_catalogue(city), "public")}


if __name__ == "__main__":
    main()
