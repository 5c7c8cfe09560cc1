"""Run a process whose calls to the system are looked at before the kernel makes them, and let some fail: whoever makes them, and in its children too.

Linux with user notification of seccomp (5.5), x86_64 or aarch64. The filter stands in the kernel, so it does not matter whether Python, Arrow, GDAL or
SQLite calls. What is written through mapped memory or io_uring is no such call and is not seen.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import select
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

AT, FD = "path", "descriptor"
_GENERIC = {"openat": 56, "write": 64, "pwrite64": 68, "writev": 66, "pwritev": 70, "sendfile": 71, "copy_file_range": 285, "fallocate": 47, "ftruncate": 46, "fsync": 82, "fdatasync": 83,
            "renameat": 38, "renameat2": 276, "linkat": 37, "symlinkat": 36, "mkdirat": 34, "unlinkat": 35, "utimensat": 88, "fchmodat": 53, "close": 57}
_X86 = {"openat": 257, "write": 1, "pwrite64": 18, "writev": 20, "pwritev": 296, "sendfile": 40, "copy_file_range": 326, "fallocate": 285, "ftruncate": 77, "fsync": 74, "fdatasync": 75,
        "renameat": 264, "renameat2": 316, "linkat": 265, "symlinkat": 266, "mkdirat": 258, "unlinkat": 263, "utimensat": 280, "fchmodat": 268, "close": 3,
        "open": 2, "creat": 85, "truncate": 76, "rename": 82, "link": 86, "symlink": 88, "mkdir": 83, "unlink": 87, "rmdir": 84, "chmod": 90}
_WHERE: dict[str, tuple[str, int, int]] = {
    "openat": (AT, 0, 1), "renameat": (AT, 2, 3), "renameat2": (AT, 2, 3), "linkat": (AT, 2, 3), "symlinkat": (AT, 1, 2), "mkdirat": (AT, 0, 1), "unlinkat": (AT, 0, 1), "utimensat": (AT, 0, 1),
    "fchmodat": (AT, 0, 1), "open": (AT, -1, 0), "creat": (AT, -1, 0), "truncate": (AT, -1, 0), "rename": (AT, -1, 1), "link": (AT, -1, 1), "symlink": (AT, -1, 1), "mkdir": (AT, -1, 0),
    "unlink": (AT, -1, 0), "rmdir": (AT, -1, 0), "chmod": (AT, -1, 0), "copy_file_range": (FD, 2, 0)}
"""Of which argument a call's file is: its path and the folder that it starts from (-1: the current one), or its descriptor. The others: the first, a descriptor."""
_MACHINES = {"x86_64": (0xC000003E, 317, _X86), "aarch64": (0xC00000B7, 277, _GENERIC)}
_ALLOW, _NOTIFY, _CONTINUE = 0x7FFF0000, 0x7FC00000, 1
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_PLAIN = {"pwrite64": "write", "writev": "write", "pwritev": "write", "sendfile": "write", "copy_file_range": "write", "fallocate": "write", "ftruncate": "truncate", "fdatasync": "fsync", "openat": "open",
          "creat": "open", "renameat": "rename", "renameat2": "rename", "linkat": "link", "symlinkat": "symlink", "mkdirat": "mkdir", "unlinkat": "unlink", "fchmodat": "chmod", "utimensat": "utime"}


@dataclass(frozen=True)
class Call:
    """A call that would change something: what it does, with which file, and which process makes it."""

    what: str
    path: str
    process: int


Decide = Callable[[Call], int]
"""Returns the number of the error with which a call fails, 0 to let the kernel make it."""


def missing() -> str:
    """Return what this machine lacks to supervise a process; nothing when it can."""
    if not sys.platform.startswith("linux") or platform.machine() not in _MACHINES:
        return "system calls are supervised on Linux, x86_64 and aarch64, only"
    try:
        return "" if supervise(lambda: 0, lambda call: 0) == 0 else "the supervised process did not end well"
    except OSError as error:
        return f"the kernel lets nobody supervise system calls here ({error.strerror})"


def supervise(work: Callable[[], int], decide: Decide, patience: float = 120) -> int:
    """Do `work` in a process of its own, ask `decide` about every call that changes files, and return its exit status (negative: the signal that ended it)."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        _work(work, ours, theirs)
    theirs.close()
    said, handles, _, _ = socket.recv_fds(ours, 16, 1)
    if not handles:
        os.waitpid(child, 0)
        ours.close()
        raise OSError(int(said or b"22"), os.strerror(int(said or b"22")))
    status = _listen(handles[0], child, decide, patience)
    os.close(handles[0])
    ours.close()
    return status


def _work(work: Callable[[], int], ours: socket.socket, theirs: socket.socket) -> None:
    status = 99
    try:
        ours.close()
        try:
            listener = _install()
        except OSError as error:
            theirs.send(str(error.errno).encode())
            os._exit(1)
        socket.send_fds(theirs, [b"."], [listener])
        os.close(listener)
        theirs.close()
        status = work()
    finally:
        os._exit(status)


def _install() -> int:
    """Put the filter over this process, for good, and return where its calls are told."""
    machine, seccomp, numbers = _MACHINES[platform.machine()]
    program = [_load(4), struct.pack("<HBBI", 0x15, 1, 0, machine), _end(_ALLOW), _load(0)]  # of another machine's numbers nothing is known
    for name, number in numbers.items():
        block = _block(name)
        program += [_unless(number, len(block)), *block]
    program.append(_end(_ALLOW))
    packed = ctypes.create_string_buffer(b"".join(program))
    filter_ = struct.pack("<HxxxxxxQ", len(program), ctypes.addressof(packed))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(38, 1, 0, 0, 0)
    listener = libc.syscall(seccomp, 1, ctypes.c_ulong(8), filter_)
    if listener < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(listener)


def _block(name: str) -> list[bytes]:
    """Return what is asked of a call: opening for reading is nobody's business."""
    if name in ("open", "openat"):
        return [_load(16 + 8 * (1 if name == "open" else 2)), struct.pack("<HBBI", 0x45, 0, 1, _WRITING), _end(_NOTIFY), _end(_ALLOW)]
    return [_end(_NOTIFY)]


def _load(offset: int) -> bytes:
    return struct.pack("<HBBI", 0x20, 0, 0, offset)


def _unless(value: int, skipped: int) -> bytes:
    return struct.pack("<HBBI", 0x15, 0, skipped, value)


def _end(action: int) -> bytes:
    return struct.pack("<HBBI", 0x06, 0, 0, action)


def _listen(listener: int, child: int, decide: Decide, patience: float) -> int:
    """Answer every call until nobody is left to make one."""
    names = {number: name for name, number in _MACHINES[platform.machine()][2].items()}
    asked, until = select.poll(), time.monotonic() + patience
    asked.register(listener, select.POLLIN)
    notice = ctypes.create_string_buffer(80)
    while True:
        for _, event in asked.poll(1000):
            if event & select.POLLIN:
                _answer(listener, notice, names, decide)
            elif event & (select.POLLHUP | select.POLLERR):
                return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if time.monotonic() > until:
            os.kill(child, 9)
            until += patience


def _answer(listener: int, notice: ctypes.Array, names: dict[int, str], decide: Decide) -> None:
    ctypes.memset(notice, 0, 80)
    try:
        fcntl.ioctl(listener, _RECEIVE, notice)
    except OSError:  # who asked is gone
        return
    number, process, _, call, _, _, *arguments = struct.unpack("<QIIiIQ6Q", notice.raw)
    error = 0
    try:
        found = _told(names[call], process, arguments)
        error = decide(found) if found is not None else 0
    finally:
        answer = struct.pack("<QqiI", number, 0, -error, 0 if error else _CONTINUE)
        try:
            fcntl.ioctl(listener, _SEND, bytearray(answer))
        except OSError:  # likewise
            pass


def _told(name: str, process: int, arguments: list[int]) -> Call | None:
    kind, at, path_at = _WHERE.get(name, (FD, 0, 0))
    try:
        if kind == FD:
            path = os.readlink(f"/proc/{process}/fd/{arguments[at]}")
            if not path.startswith("/") or (name == "close" and not _written(process, arguments[at])):
                return None
        elif not arguments[path_at]:  # utimensat of a descriptor
            path = os.readlink(f"/proc/{process}/fd/{arguments[0]}")
        else:
            path = _text(process, arguments[path_at])
            start = "cwd" if at < 0 or ctypes.c_int32(arguments[at] & 0xFFFFFFFF).value < 0 else f"fd/{arguments[at]}"
            path = os.path.normpath(os.path.join(os.readlink(f"/proc/{process}/{start}"), path)) if not path.startswith("/") else os.path.normpath(path)
    except OSError:
        return None
    what = "rmdir" if name == "unlinkat" and arguments[2] & 0x200 else _PLAIN.get(name, name)
    return Call(what, path, process)


def _written(process: int, descriptor: int) -> bool:
    flags = Path(f"/proc/{process}/fdinfo/{descriptor}").read_text("ascii").split("flags:\t", 1)[1].split("\n", 1)[0]
    return bool(int(flags, 8) & (os.O_WRONLY | os.O_RDWR))


def _text(process: int, address: int) -> str:
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        memory.seek(address)
        found = b""
        while b"\0" not in found and len(found) < 4096:
            found += memory.read(min(256, 4096 - (address + len(found)) % 4096))
    return os.fsdecode(found.partition(b"\0")[0])
