"""The reader process: closed, limited, and able to hand back nothing but columns.

Started as `python -m gispipe.intake.worker` with the drivers it may not use named in its environment. Requests come
as JSON lines; a table goes back as an Arrow file in the folder of the request, a failure as one JSON line.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

from gispipe.errors import Failure


def serve() -> None:
    """Answer requests until standard input ends."""
    from gispipe.intake.limits import limit_process, limit_task
    from gispipe.intake.registry import FORMATS

    limit_process()
    for line in sys.stdin:
        request = json.loads(line)
        limit_task()
        try:
            reply = _read(request, FORMATS)
        except Failure as error:
            todo = error.todo.both() if error.todo else None
            reply = {"failure": type(error).__name__, "where": error.where, "what": error.what.both(), "todo": todo}
        except MemoryError:
            reply = {"crash": "memory"}
        except Exception as error:  # noqa: BLE001 — a reader's bug must not end the parent
            reply = {"crash": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(reply) + "\n")
        sys.stdout.flush()


def _read(request: dict, formats: dict) -> dict:
    from gispipe.intake.columnar import write_columns
    from gispipe.model import Source

    source = Source.model_validate(request["source"])
    delivered = formats[source.reader].read(Path(request["path"]), source, request["where"])
    write_columns(Path(request["answer"]), delivered)
    return {"rows": len(delivered), "crs": delivered.crs, "encoding": delivered.encoding, "facts": delivered.facts,
            "files": [asdict(one) for one in delivered.files], "notes": [asdict(note) for note in delivered.notes]}


if __name__ == "__main__":
    serve()
