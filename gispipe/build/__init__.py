"""Store → a gated draft → a release."""

from gispipe.build.release import build_release

__all__ = ["build_release"]
