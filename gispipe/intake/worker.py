"""The reader process: closed, limited, and able to hand back nothing but columns.

Started as `python -m gispipe.intake.worker` with the drivers it may not use named in its environment. Requests come
as JSON lines; tables go back as Arrow files beside the name given in the request, everything else as one JSON line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from gispipe.errors import Failure, of_disk


def serve() -> None:
    """Answer requests until standard input ends."""
    from gispipe.garbage import collect_seldom
    from gispipe.intake.limits import limit_process, limit_task

    limit_process()
    collect_seldom()
    for line in sys.stdin:
        request = json.loads(line)
        limit_task(request["seconds"])
        try:
            reply = _TASKS[request["task"]](request)
        except Failure as error:
            todo = error.todo.both() if error.todo else None
            reply = {"failure": type(error).__name__, "where": error.where, "what": error.what.both(), "todo": todo}
        except MemoryError:
            reply = {"crash": "memory"}
        except Exception as error:  # noqa: BLE001 — a reader's bug must not end the parent
            reply = {"system": [error.errno, error.strerror, str(error.filename or "")]} if of_disk(error) else {"crash": f"{type(error).__name__}: {error}"}
        _say(reply)


def _members(request: dict) -> dict:
    """Say which members of an archive are to be read; None for a plain file."""
    from gispipe.intake.delivery import is_archive, wanted_members
    from gispipe.model import Source

    path = Path(request["path"])
    if not is_archive(path):
        return {"members": None}
    return {"members": wanted_members(path, Source.model_validate(request["source"]), request["where"])}


def _look(request: dict) -> dict:
    """Say what a file is by content, and for an archive what each of its files is."""
    from gispipe.intake.content import identify
    from gispipe.intake.delivery import is_archive, kinds_inside

    path = Path(request["path"])
    return {"kind": identify(path), "members": kinds_inside(path, request["where"]) if is_archive(path) else None}


def _inventory(request: dict) -> dict:
    """Say what a file of several things holds."""
    from gispipe.intake.delivery import is_archive, plain_files, wanted_members
    from gispipe.intake.registry import FORMATS
    from gispipe.model import Source

    source, path = Source.model_validate(request["source"]), Path(request["path"])
    places = wanted_members(path, source, request["where"]) if is_archive(path) else None
    names: dict[str, int] = {}
    for file, where in plain_files(path, source, request["where"], places):
        for name, count in FORMATS[source.reader].lists(file, where).items():
            names[name] = names.get(name, 0) + count
    return {"names": names}


def _read(request: dict) -> dict:
    """Read a plain file, or members of an archive; each table is written out before the next is read."""
    from gispipe.intake.columnar import told, write_columns

    parts = []
    for delivered in _tables(request):
        path = Path(f"{request['answer']}.{len(parts)}")
        write_columns(path, delivered)
        parts.append({"path": str(path), "rows": len(delivered), **told(delivered)})
    return {"parts": parts}


def _tables(request: dict) -> Iterator:
    from gispipe.intake.delivered import NotWanted
    from gispipe.intake.delivery import plain_files
    from gispipe.intake.gaiji import with_gaiji
    from gispipe.intake.registry import FORMATS
    from gispipe.model import Source

    source = Source.model_validate(request["source"])
    for path, where in plain_files(Path(request["path"]), source, request["where"], request["members"]):
        try:
            read = FORMATS[source.reader].read(path, source, where)
        except NotWanted:
            continue
        yield from map(with_gaiji, read if isinstance(read, list) else [read])


def _picture(request: dict) -> dict:
    """Put the sheets of a raster layer together."""
    import tempfile

    from gispipe.intake.pictures import put_together
    from gispipe.model import Source

    source = Source.model_validate(request["source"])
    with tempfile.TemporaryDirectory(prefix="gispipe-") as folder:
        return put_together(_sheets(request, source, Path(folder)), source, request["where"], Path(request["answer"]), _told, request["made_of"])


def _told(done: int, whole: int) -> None:
    """Say how far a long task is; what asked for it reads such lines before the answer."""
    _say({"progress": [done, whole]})


def _say(document: dict) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


def _sheet(request: dict) -> dict:
    """Look at the head of every sheet in a delivered file."""
    import tempfile

    from gispipe.intake.pictures import look_at_sheet
    from gispipe.model import Source

    source = Source.model_validate(request["source"])
    with tempfile.TemporaryDirectory(prefix="gispipe-") as folder:
        return {"sheets": [look_at_sheet(path, source, where).as_json() for path, where in _sheets(request, source, Path(folder))]}


def _sheets(request: dict, source, folder: Path) -> list[tuple[Path, str]]:  # noqa: ANN001 — the model is imported late
    """Return every sheet as a plain file; those of archives are brought into `folder`."""
    from gispipe.intake.delivery import is_archive, plain_files, wanted_members
    from gispipe.intake.pictures import bring

    found: list[tuple[Path, str]] = []
    for path, name in ((Path(path), name) for path, name in request["files"]):
        if not is_archive(path):
            found.append((path, name))
            continue
        for member, where in plain_files(path, source, name, wanted_members(path, source, name)):
            found.append((bring(member, folder / str(len(found))), where))
    return found


_TASKS = {"picture": _picture, "sheet": _sheet, "members": _members, "read": _read, "look": _look, "inventory": _inventory}

if __name__ == "__main__":
    serve()
