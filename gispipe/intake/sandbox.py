"""Keep reader processes, give them files, and survive whatever a file does to them."""

from __future__ import annotations

import contextlib
import glob
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from gispipe import errors
from gispipe.intake import limits
from gispipe.intake.columnar import read_columns
from gispipe.intake.delivered import Delivered
from gispipe.intake.registry import OGR_DRIVERS
from gispipe.intake.stack import stack
from gispipe.model import Source
from gispipe.progress import Told
from gispipe.words import Words


def closed_environment() -> dict[str, str]:
    """Return the environment of a reader: no driver but the declared formats', no network, plain locale."""
    import pyogrio

    skip = sorted(set(pyogrio.list_drivers()) - OGR_DRIVERS)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH") if name in os.environ}
    return kept | {"OGR_SKIP": ",".join(skip), "GDAL_SKIP": "VRT,DERIVED,HTTP,WMS,WCS", "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
                   "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR", "GDAL_CACHEMAX": "256", "CPL_LOG_ERRORS": "OFF", "PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


class ReaderProcess:
    """One reader child; restarted after a crash, killed after its wall-clock limit."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._child: subprocess.Popen[str] | None = None

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-P", "-m", "gispipe.intake.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True, encoding="utf-8", env=self._environment)

    def ask(self, request: dict, where: str, told: Told | None = None) -> dict:
        """Have one task done; `told` hears how far it is; raises the reader's own failure, or UnreadableInput when the reader died on it."""
        if self._child is None or self._child.poll() is not None:
            self._child = self._start()
        child = self._child
        assert child.stdin is not None and child.stdout is not None
        request["seconds"] = seconds = _seconds(request)
        alarm = threading.Timer(min(limits.WALL_SECONDS, limits.PATIENCE * seconds), child.kill)
        alarm.start()
        try:
            child.stdin.write(json.dumps(request) + "\n")
            child.stdin.flush()
            line = child.stdout.readline()
            while line.startswith('{"progress"') and line.endswith("\n"):
                if told:
                    told(*json.loads(line)["progress"])
                line = child.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            alarm.cancel()
        if not line.endswith("\n"):
            self.close()
            raise errors.UnreadableInput(where, Words("the reader died on this file (time, memory or a broken file)",
                                                      "読み取り中に処理が落ちました（時間・メモリーの上限、またはファイルの破損）"),
                                         Words("check the file with the tool that made it", "作成元のソフトでファイルを確認してください"))
        return _checked(json.loads(line), where)

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
            self._child.kill()
            self._child.wait()
            self._child = None


def nothing_wanted(source: Source, where: str) -> errors.UnreadableInput:
    """Return the failure for files that are sound but hold nothing of what the layer asks for."""
    return errors.UnreadableInput(where, Words(f"nothing in the files is what the layer asks for (layer = '{source.layer}')", f"ファイルの中に、指定された layer =「{source.layer}」がありません"),
                                  Words("correct layer in [source]", "[source] の layer を直してください"))


def _seconds(request: dict) -> int:
    """Return the CPU seconds a request may take, by the bytes of its files and of what lies beside them under the same names."""
    paths = [Path(path) for path, _ in request["files"]] if "files" in request else [Path(request["path"])]
    size = sum(side.stat().st_size for path in paths for side in path.parent.glob(f"{glob.escape(path.stem)}.*") if side.is_file())
    size *= limits.UNPACKED if request["task"] == "picture" else 1
    return limits.allowed_seconds(size, any(path.suffix.lower() in (".zip", ".kmz", ".xlsx") for path in paths))


def _checked(reply: dict, where: str) -> dict:
    if "failure" in reply:
        kind = getattr(errors, reply["failure"])
        raise kind(reply["where"], Words(**reply["what"]), Words(**reply["todo"]) if reply["todo"] else None)
    if "system" in reply:
        raise OSError(*reply["system"])
    if "crash" in reply:
        raise errors.UnreadableInput(where, Words(f"the reader failed: {reply['crash']}", f"読み取りに失敗しました: {reply['crash']}"),
                                     Words("check the file with the tool that made it", "作成元のソフトでファイルを確認してください"))
    return reply


class Readers:
    """A few reader processes side by side; its methods may be called from several threads."""

    def __init__(self, count: int, folder: Path) -> None:
        environment = closed_environment()
        self._all = [ReaderProcess(environment) for _ in range(count)]
        self._free: Queue[ReaderProcess] = Queue()
        for process in self._all:
            self._free.put(process)
        self.count = count
        self._folder = folder
        self._serial = iter(range(1, 1 << 62))

    def read(self, path: Path, source: Source, where: str) -> Delivered:
        """Read one delivered file whole, the members of an archive under each other; raises UnreadableInput when none is wanted."""
        parts = self.read_parts(path, source, where)
        if not parts:
            raise nothing_wanted(source, where)
        return stack(parts)

    def read_parts(self, path: Path, source: Source, where: str) -> list[Delivered]:
        """Read one delivered file: a table for it, or one for each member of an archive, read side by side, in their order.

        None at all when the file is sound but holds nothing of what `source.layer` asks for.
        """
        members = self._ask("members", path, source, where)["members"]
        return self._share(path, source, where, members) if members and len(members) > 1 else self._read(path, source, where, members)

    def look(self, path: Path, where: str) -> dict:
        """Return what a file is: `kind` by content and, for an archive, `members` with place, kind and bytes of each file."""
        return self._ask("look", path, Source(reader="csv", path="-"), where)

    def inventory(self, path: Path, source: Source, where: str) -> dict[str, int]:
        """Return the things inside a file of several (classes, kinds, sheets, tables) with their counts."""
        names: dict[str, int] = self._ask("inventory", path, source, where)["names"]
        return names

    def picture(self, files: Sequence[tuple[Path, str]], source: Source, declared: str, draft: Path, told: Told | None = None, made_of: str | None = None) -> dict:
        """Have the sheets of a raster layer put together into `draft`; returns crs, width, height, bands and kind of pixels.

        With `made_of`, a name for the sheets' content, a draft that a killed run left under it is gone on with.
        """
        asked = {"files": [(str(path.resolve()), name) for path, name in files], "answer": str(draft), "made_of": made_of}
        return self._do(self._request("picture", source, declared) | asked, declared, told)

    def sheets(self, path: Path, source: Source, where: str) -> list[dict]:
        """Return the heads of the pictures in a delivered file."""
        found: list[dict] = self._do(self._request("sheet", source, where) | {"files": [(str(path.resolve()), where)]}, where)["sheets"]
        return found

    def _share(self, path: Path, source: Source, where: str, members: list[str]) -> list[Delivered]:
        """Give every process its share of the members, a run of neighbours each."""
        count = min(len(self._all), len(members))
        shares = [members[k * len(members) // count:(k + 1) * len(members) // count] for k in range(count)]
        with ThreadPoolExecutor(count) as pool:
            return [part for parts in pool.map(lambda share: self._read(path, source, where, share), shares) for part in parts]

    def _read(self, path: Path, source: Source, where: str, members: list[str] | None) -> list[Delivered]:
        reply = self._ask("read", path, source, where, members)
        parts = []
        for part in reply["parts"]:
            answer = Path(part["path"])
            parts.append(read_columns(answer, part))
            with contextlib.suppress(OSError):
                answer.unlink()
        return parts

    def _ask(self, task: str, path: Path, source: Source, where: str, members: list[str] | None = None) -> dict:
        return self._do(self._request(task, source, where) | {"path": str(path.resolve()), "members": members, "answer": str(self._folder / f"{next(self._serial)}.arrow")}, where)

    def _request(self, task: str, source: Source, where: str) -> dict:
        return {"task": task, "source": source.model_dump(mode="json"), "where": where}

    def _do(self, request: dict, where: str, told: Told | None = None) -> dict:
        """Have a task done by the next free process."""
        process = self._free.get()
        try:
            return process.ask(request, where, told)
        finally:
            self._free.put(process)

    def close(self) -> None:
        for process in self._all:
            process.close()


@contextlib.contextmanager
def readers(count: int | None = None) -> Iterator[Readers]:
    """Keep `count` reader processes for a while (as many as there are cores, at most eight)."""
    count = count or min(os.cpu_count() or 1, 8)
    with tempfile.TemporaryDirectory(prefix="gispipe-") as folder:
        group = Readers(count, Path(folder))
        try:
            yield group
        finally:
            group.close()
