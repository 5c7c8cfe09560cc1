"""What a page may load: its own release, and pictures of the hosts that the city allows."""

from __future__ import annotations

from collections.abc import Sequence


def policy(hosts: Sequence[str] = (), *more: str) -> str:
    """Return a content security policy; `more`: directives that only a server's header may give."""
    pictures = " ".join(["'self'", "data:", "blob:", *hosts])
    return "; ".join(["default-src 'none'", "script-src 'self'", "style-src 'self'", f"img-src {pictures}", "connect-src 'self'", "worker-src 'self'", "base-uri 'none'", "form-action 'none'", *more])
