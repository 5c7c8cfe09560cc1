"""The Python that builds the public release. This module loads nothing that takes time."""

from __future__ import annotations

from gispipe.ahead import Ahead

PUBLIC = Ahead("gispipe.build.public_process", once=True)
