"""Every failure gispipe can end with: a code, an exit status and a sentence.

The sentence says file, place, what is wrong and what to do. Exit statuses are grouped by tens: 2x the input or a
declaration is wrong, 3x a release or another run is in the way, 4x something asked for is not there.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence

from gispipe.words import Words

__all__ = [
    "AlreadyRunning", "ArchiveBomb", "ArchiveDamaged", "ArchiveDoubled", "ArchiveEncrypted", "ArchiveLink", "ArchiveMethod", "ArchiveNested", "ArchivePath",
    "ArchiveTooLarge", "CrsError", "CutOff", "DeclarationError", "DiskFailed", "EmptyFile", "Failure", "JoinError", "LeakStopped", "NeedsPerson", "NoRoom", "NotFound", "NotJson",
    "PartsDisagree", "PlaceTaken", "ReleaseDamaged", "RuleBroken", "Several", "UnreadableInput", "VirtualFormat", "WrongFormat", "XmlBroken", "XmlEntities", "all_of", "exit_codes", "of_disk", "of_system",
]


class Failure(Exception):
    """A failure that a person can act on.

    `where` names the file and place, `what` says what is wrong, `todo` what to do next.
    """

    exit_status = 1
    code = "failure"
    meaning = Words("unexpected failure", "予期しない失敗")

    def __init__(self, where: str, what: Words, todo: Words | None = None) -> None:
        self.where = where
        self.what = what
        self.todo = todo
        super().__init__(where, what, todo)

    def __str__(self) -> str:
        head = f"{self.where}: " if self.where else ""
        tail = f" — {self.todo}" if self.todo else ""
        return f"{head}{self.what}{tail}"


class DeclarationError(Failure):
    """Mistakes in city.toml, layers/ or styles/; carries all of them at once."""

    exit_status = 20
    code = "declaration"
    meaning = Words("a declaration is wrong", "宣言ファイルの誤り")

    def __init__(self, mistakes: Sequence[object]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("", Words("", ""))

    def __str__(self) -> str:
        return "\n".join(str(mistake) for mistake in self.mistakes)


class UnreadableInput(Failure):
    exit_status = 21
    code = "input"
    meaning = Words("an input cannot be read", "入力ファイルが読めない")


class EmptyFile(UnreadableInput):
    code = "input.empty"


class WrongFormat(UnreadableInput):
    """The content is another format than the layer says."""

    code = "input.format"


class VirtualFormat(UnreadableInput):
    """The content points at other files (OGR and GDAL virtual formats, network links)."""

    code = "input.virtual"


class CutOff(UnreadableInput):
    """The file is shorter than it says itself."""

    code = "input.cut_off"


class PartsDisagree(UnreadableInput):
    """Files that belong together contradict each other."""

    code = "input.parts"


class NotJson(UnreadableInput):
    code = "input.json"


class XmlBroken(UnreadableInput):
    code = "input.xml"


class XmlEntities(UnreadableInput):
    """The XML has a DTD, which may define entities."""

    code = "input.xml_entities"


class ArchiveDamaged(UnreadableInput):
    code = "archive.damaged"


class ArchiveTooLarge(UnreadableInput):
    """Too many members or too many bytes."""

    code = "archive.too_large"


class ArchiveBomb(UnreadableInput):
    """A few bytes become very many."""

    code = "archive.bomb"


class ArchiveNested(UnreadableInput):
    code = "archive.nested"


class ArchivePath(UnreadableInput):
    """A member's path leads out of the archive."""

    code = "archive.path"


class ArchiveLink(UnreadableInput):
    code = "archive.link"


class ArchiveEncrypted(UnreadableInput):
    code = "archive.encrypted"


class ArchiveDoubled(UnreadableInput):
    """Two members have one name, or share their bytes."""

    code = "archive.doubled"


class ArchiveMethod(UnreadableInput):
    code = "archive.method"


class RuleBroken(Failure):
    exit_status = 22
    code = "rule"
    meaning = Words("a rule is broken", "検査規則に反するデータがある")


class CrsError(Failure):
    exit_status = 23
    code = "crs"
    meaning = Words("a coordinate reference system is missing, wrong or too inexact", "座標系がない・違う・精度が足りない")


class JoinError(Failure):
    exit_status = 24
    code = "join"
    meaning = Words("a join is not one-to-one", "結合が一対一にならない")


class LeakStopped(Failure):
    exit_status = 25
    code = "leak"
    meaning = Words("internal data was stopped on its way out", "非公開データの流出を止めた")


class NeedsPerson(Failure):
    exit_status = 26
    code = "person"
    meaning = Words("the refresh needs a person", "更新に担当者の確認が要る")


class ReleaseDamaged(Failure):
    exit_status = 30
    code = "release"
    meaning = Words("a release is damaged", "公開物が壊れている")


class AlreadyRunning(Failure):
    exit_status = 31
    code = "running"
    meaning = Words("another run is at work", "別の処理が実行中")


class NoRoom(Failure):
    exit_status = 32
    code = "room"
    meaning = Words("the disk has not enough room", "ディスクの空きが足りない")


class PlaceTaken(Failure):
    exit_status = 33
    code = "taken"
    meaning = Words("something else stands where the result should go", "書き込み先に別のものがある")


class DiskFailed(Failure):
    exit_status = 34
    code = "disk"
    meaning = Words("a file cannot be written or read", "ファイルの読み書きに失敗した")


class NotFound(Failure):
    exit_status = 40
    code = "not_found"
    meaning = Words("what was asked for is not there", "指定されたものがない")


class Several(Failure):
    """Failures of several layers at once; ends with the exit status of the first."""

    code = "several"

    def __init__(self, failures: Sequence[Failure]) -> None:
        self.failures = tuple(failures)
        super().__init__("", Words("", ""))
        self.exit_status = failures[0].exit_status

    def __str__(self) -> str:
        return "\n".join(str(failure) for failure in self.failures)


def all_of(failures: Sequence[Failure]) -> Failure:
    """Return the one failure, or all of them as one."""
    return failures[0] if len(failures) == 1 else Several(failures)


_FULL = (errno.ENOSPC, errno.EDQUOT)


OF_DISK = (*_FULL, errno.EIO, errno.EROFS, errno.EACCES, errno.EPERM)
"""Errors that are the disk's or of rights, never of what a file holds."""


def of_disk(error: BaseException) -> bool:
    """Return whether an error is one of the disk or of rights."""
    return isinstance(error, OSError) and error.errno in OF_DISK


def of_system(error: OSError, published: bool = False) -> Failure:
    """Return what an error of the operating system means to a person: no room, or a file that cannot be written or read.

    published: the maps had been switched before it came.
    """
    where = str(error.filename or "")
    maps = Words("the new maps are public, what follows was not done", "新しい地図は公開済みですが、その後の処理が終わっていません") if published else Words("nothing was published", "公開内容は変わっていません")
    if error.errno in _FULL:
        return NoRoom(where, Words(f"the disk is full; {maps.en}", f"ディスクがいっぱいです。{maps.ja}"), Words("make room and run again", "空きを作ってから、もう一度実行してください"))
    said = error.strerror or str(error)
    return DiskFailed(where, Words(f"{said}; {maps.en}", f"{said}。{maps.ja}"), Words("look at the disk and the rights of this file, then run again", "ディスクの状態とファイルの権限を確かめて、もう一度実行してください"))


def exit_codes() -> dict[int, Words]:
    """Return every exit status with its meaning, in order; the README's table is made from it."""
    table = {0: Words("done", "正常終了"), 2: Words("wrong arguments", "引数の誤り")}
    table.update({cls.exit_status: cls.meaning for cls in Failure.__subclasses__() if cls is not Several})
    return dict(sorted(table.items()))
