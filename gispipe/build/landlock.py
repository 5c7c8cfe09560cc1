"""Let a Linux process see only named folders, for good: the kernel's Landlock, which binds root as well.

Source: Linux Documentation/userspace-api/landlock.rst; system calls 444–446 are the same on every architecture.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ABI_1 = (1 << 13) - 1
_REFER = 1 << 13
"""From version 2 of the interface on: give a file a name in another folder, when it may be read and written in both alike."""
_READ = (1 << 0) | (1 << 2) | (1 << 3)  # execute, read file, read directory
_FILE_ONLY = (1 << 0) | (1 << 1) | (1 << 2)
_NO_NEW_PRIVILEGES = 38


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def available() -> bool:
    """Return whether the running kernel can restrict this process."""
    return version() > 0


def version() -> int:
    """Return which version of the interface the running kernel has, 0 or less for none."""
    if not sys.platform.startswith("linux"):
        return 0
    return int(ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, ctypes.c_size_t(0), 1))


def restrict(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """Allow reading below `readable` and everything below `writable`; all else of the file system is closed to this process.

    Raises OSError when the kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    rights = _ABI_1 | (_REFER if version() > 1 else 0)
    handled = ctypes.c_uint64(rights)
    ruleset = libc.syscall(_CREATE, ctypes.byref(handled), ctypes.c_size_t(8), 0)
    _checked(ruleset)
    for paths, allowed in ((readable, _READ), (writable, rights)):
        for path in paths:
            _allow(libc, ruleset, path, allowed)
    _checked(libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    _checked(libc.syscall(_RESTRICT, ruleset, 0))
    os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    rule = _Rule(rights if path.is_dir() else rights & _FILE_ONLY, parent)
    _checked(libc.syscall(_ADD, ruleset, 1, ctypes.byref(rule), 0))
    os.close(parent)


def _checked(result: int) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
