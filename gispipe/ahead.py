"""Work that is given to another Python, started ahead: it loads its programs while this one does something else, and waits to be asked.

This module loads nothing that takes time.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from gispipe import errors
from gispipe.words import Words


Hear = Callable[[str], None]


@dataclass(frozen=True)
class _Child:
    """A process that waits or is at work, and what it says besides its answers."""

    process: subprocess.Popen[str]
    said: IO[str]

    def asked(self, request: str, last: bool, hear: Hear) -> dict[str, Any] | None:
        """Give a request and return what answers it, None from a process that ended before; after the `last` request it ends. hear: as for `Ahead.ask`."""
        assert self.process.stdin is not None and self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(request + "\n")
            self.process.stdin.close() if last else self.process.stdin.flush()
        while (reply := _read(self.process.stdout.readline())) is not None and "step" in reply:
            hear(reply["step"])
        if last:
            self.process.wait()
        return reply

    def ended(self) -> str:
        """Wait for the end and return the last of what was said."""
        self.process.wait()
        self.said.seek(0)
        return self.said.read()[-4000:]


class Ahead:
    """The one process of a module that calls `answer`. once: it answers one request and ends; the next is for another process."""

    def __init__(self, module: str, once: bool = False) -> None:
        self._module, self._once = module, once
        self._child: _Child | None = None
        self._asking = threading.Lock()
        atexit.register(self.end)

    def start(self) -> None:
        """Start the process that `ask` will use; it ends with this one, or with the thread that started it."""
        if self._child is None or self._child.process.poll() is not None:  # it may have ended while it waited: with its thread, or for want of memory
            self.end()
            self._child = self._started()

    def ask(self, request: Mapping[str, object], hear: Hear = lambda done: None) -> dict[str, Any]:
        """Give a request to the process that waits, else to a new one, and return its answer; raises the failure it ended with. Who asks meanwhile, waits.

        hear: called with what the process says is done of its work.
        """
        with self._asking:
            self.start()
            child = self._child
            assert child is not None
            try:
                reply = child.asked(json.dumps(request), self._once, hear)
                if reply is None:
                    raise RuntimeError(f"{self._module} ended with {child.process.wait()}:\n{child.ended()}")
            except BaseException:
                self.end()
                raise
            if self._once:
                self.end()
        if "failure" in reply:
            raise _failure(reply)
        return reply

    def end(self) -> None:
        """End the process, if there is one: also in the middle of its work."""
        child, self._child = self._child, None
        if child is not None:
            child.process.kill()
            with contextlib.suppress(OSError), child.said, child.process:
                child.process.wait()

    def _started(self) -> _Child:
        said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - closed with its process; a pipe that nobody empties would stop it
        return _Child(subprocess.Popen([sys.executable, "-P", "-m", self._module, str(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
                                       text=True, encoding="utf-8", env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}), said)


def answer(work: Callable[[dict[str, Any], Hear], dict[str, object]]) -> None:
    """In the process that was started: wait for requests and answer each in one JSON line, until there are no more. work: takes a request and what to call with the name of
    something that is done before the rest."""
    _end_with(int(sys.argv[1]))
    with os.fdopen(os.dup(1), "w") as told:
        os.dup2(2, 1)  # what a library prints is no answer
        for asked in sys.stdin:
            print(json.dumps(_answered(lambda request: work(request, lambda done: print(json.dumps({"step": done}), file=told, flush=True)), asked)), file=told, flush=True)


def _answered(work: Callable[[dict[str, Any]], dict[str, object]], asked: str) -> dict[str, object]:
    try:
        return work(json.loads(asked))
    except errors.DeclarationError as error:
        return {"failure": "DeclarationError", "mistakes": [str(mistake) for mistake in error.mistakes]}
    except errors.Failure as error:
        return {"failure": type(error).__name__, "where": error.where, "what": error.what.both(), "todo": error.todo.both() if error.todo else None}
    except OSError as error:
        return {"failure": "OSError", "errno": error.errno, "said": error.strerror or str(error), "file": str(error.filename or "")}


def _read(line: str) -> dict[str, Any] | None:
    """Return what `answer` wrote; None when there is no whole answer."""
    try:
        return json.loads(line)  # type: ignore[no-any-return]
    except ValueError:
        return None


def _failure(reply: Mapping[str, Any]) -> Exception:
    """Return what `answer` said that went wrong."""
    if reply["failure"] == "DeclarationError":
        return errors.DeclarationError(reply["mistakes"])
    if reply["failure"] == "OSError":
        return OSError(reply["errno"], reply["said"], reply["file"])
    kind = getattr(errors, reply["failure"])
    return kind(reply["where"], Words(**reply["what"]), Words(**reply["todo"]) if reply["todo"] else None)  # type: ignore[no-any-return]


def _end_with(parent: int) -> None:
    """Have the kernel end this process with the one that started it: nobody sweeps a draft that somebody still writes (Linux).

    parent: its number as it said itself; when it died while this process was loading its programs, it is no longer the parent.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)


_PR_SET_PDEATHSIG = 1
