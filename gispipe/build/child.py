"""The Python that builds the public release, started ahead: it loads its programs while this one does, and waits to be asked.

This module loads nothing that takes time.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys

_waiting: list[subprocess.Popen[str]] = []


def start_ahead() -> None:
    """Start the process that `ask` will use; it ends with this one when nobody asks."""
    if not _waiting:
        _waiting.append(_started())


def ask(request: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Give a request to the process that waits, else to a new one, and return how it ended."""
    process = _waiting.pop() if _waiting else _started()
    with process:
        try:
            out, said = process.communicate(json.dumps(request))
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, said)


def _started() -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-P", "-m", "gispipe.build.public_process", str(os.getpid())], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True, encoding="utf-8", env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})


@atexit.register
def _end() -> None:
    while _waiting:
        process = _waiting.pop()
        process.kill()
        with contextlib.suppress(OSError), process:
            process.wait()
