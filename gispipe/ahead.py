"""Work that is given to another Python, started ahead: it loads its programs while this one does something else, and waits to be asked once.

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
from collections.abc import Callable, Mapping
from typing import Any

from gispipe import errors
from gispipe.words import Words


class Ahead:
    """Processes of one module that calls `answer`: one at most waits to be asked."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._waiting: list[subprocess.Popen[str]] = []
        atexit.register(self.end)

    def start(self) -> None:
        """Start the process that `ask` will use; it ends with this one, or with the thread that started it, when nobody asks."""
        if not self._waiting:
            self._waiting.append(self._started())

    def ask(self, request: Mapping[str, object]) -> dict[str, Any]:
        """Give a request to the process that waits, else to a new one, and return its answer; raises the failure it ended with."""
        process = self._waiting.pop() if self._waiting else None
        if process is None or process.poll() is not None:  # none waits, or it ended while it did: with its thread, or for want of memory
            process = self._started()
        with process:
            try:
                out, said = process.communicate(json.dumps(request))
            except BaseException:
                process.kill()
                raise
        try:
            reply = json.loads(out.splitlines()[-1])
        except (IndexError, ValueError):
            raise RuntimeError(f"{self._module} ended with {process.returncode}:\n{said[-4000:]}") from None
        if "failure" in reply:
            raise _failure(reply)
        return reply  # type: ignore[no-any-return]

    def end(self) -> None:
        """End the process that waits, if there is one."""
        while self._waiting:
            process = self._waiting.pop()
            process.kill()
            with contextlib.suppress(OSError), process:
                process.wait()

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-P", "-m", self._module, str(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, encoding="utf-8", env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})


def answer(work: Callable[[dict[str, Any]], dict[str, object]]) -> None:
    """In the process that was started: wait for the request and answer it, in one JSON line; nothing when nothing is asked."""
    _end_with(int(sys.argv[1]))
    asked = sys.stdin.read()
    if not asked:
        return
    try:
        reply = work(json.loads(asked))
    except errors.DeclarationError as error:
        reply = {"failure": "DeclarationError", "mistakes": [str(mistake) for mistake in error.mistakes]}
    except errors.Failure as error:
        reply = {"failure": type(error).__name__, "where": error.where, "what": error.what.both(), "todo": error.todo.both() if error.todo else None}
    except OSError as error:
        reply = {"failure": "OSError", "errno": error.errno, "said": error.strerror or str(error), "file": str(error.filename or "")}
    print(json.dumps(reply, ensure_ascii=False))


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
