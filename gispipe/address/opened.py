"""A register that is open, and what of it is the same for every question."""

from __future__ import annotations

import sqlite3
from functools import cached_property

from gispipe.address.place import Municipality, read_city
from gispipe.address.town import Town, read_towns


class Register:
    """An open register: a process that stays keeps one and asks it often.

    connection: to a database that nobody writes to while it is asked. The municipality, the keys of
    towns and facilities and the towns asked for so far are read once and live as long as this object does; nothing of a
    question is kept.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._towns: dict[str, tuple[Town, ...]] = {}

    @cached_property
    def municipality(self) -> Municipality:
        return Municipality(read_city(self.connection))

    @cached_property
    def stems(self) -> frozenset[str]:
        """Return the names of all towns without their chome, as keys."""
        return frozenset(stem for stem, in self.connection.execute("SELECT DISTINCT stem FROM register_town"))

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.stems), default=0)

    @cached_property
    def facilities(self) -> frozenset[str]:
        """Return the names and readings of all facilities, as keys: few texts that are asked are one."""
        return frozenset(key for row in self.connection.execute("SELECT key, kana_key FROM register_facility") for key in row)

    def towns(self, stem: str) -> tuple[Town, ...]:
        """Return the towns of one of the stems."""
        if stem not in self._towns:
            self._towns[stem] = tuple(read_towns(self.connection, "WHERE t.stem = ?", (stem,)))
        return self._towns[stem]
