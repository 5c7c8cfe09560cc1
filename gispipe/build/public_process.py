"""The closed process that builds the public release: `python -m gispipe.build.public_process PARENT`, one request on standard input, for which it waits."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from gispipe.ahead import Hear, answer
from gispipe.arrow import spare_pandas
from gispipe.build.closed import close_this_process
from gispipe.build.stage import build_into
from gispipe.cards import write as cards  # noqa: F401 - what `build_into` loads when it comes to it is loaded here while this process waits
from gispipe.catalogue import load_catalogue
from gispipe.garbage import collect_seldom
from gispipe.statistics import write  # noqa: F401 - likewise
from gispipe.web import pages, site, texts  # noqa: F401 - likewise


def _build(request: dict[str, Any], hear: Hear) -> dict[str, object]:
    """Close this process and build."""
    city, draft, scratch = (Path(request[name]) for name in ("city", "draft", "scratch"))
    collect_seldom()
    spare_pandas()
    os.environ.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(scratch)))
    tempfile.tempdir = None  # to be looked for again
    how = close_this_process(city, draft, scratch)
    return {"closed_by": how, **build_into(draft, load_catalogue(city), "public", hear=hear)}


if __name__ == "__main__":
    answer(_build)
