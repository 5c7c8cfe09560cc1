"""What is said of a walking network that cannot be right."""

from __future__ import annotations

from gispipe.errors import UnreadableInput
from gispipe.words import Words

AGAIN = Words("make it again from the road layer", "道路レイヤーから作り直してください")


def damaged(where: str) -> UnreadableInput:
    """Return the failure; where: the file, or what was asked of it."""
    return UnreadableInput(where, Words("the walking network is damaged", "徒歩経路のファイルが壊れています"), AGAIN)
