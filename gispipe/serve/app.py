"""A read-only server for a release: the path is looked up in the release's own list, never turned into a file name."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from gispipe import releases
from gispipe.model import Audience
from gispipe.web.csp import policy

CSP = policy((), "frame-ancestors 'none'")
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "X-Frame-Options": "DENY"}
_TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
          ".json": "application/json; charset=utf-8", ".pmtiles": "application/vnd.pmtiles", ".mvt": "application/vnd.mapbox-vector-tile", ".png": "image/png", ".webp": "image/webp",
          ".svg": "image/svg+xml", ".ico": "image/x-icon", ".woff2": "font/woff2", ".csv": "text/csv; charset=utf-8"}
_LONG, _NEVER = "public, max-age=31536000, immutable", "no-cache"


class _Listing:
    """The files of the current release and of those before it, so that an open page finds its own tiles after a switch."""

    def __init__(self, output: Path, audience: Audience) -> None:
        self._output, self._audience = output, audience
        self._stamp: object = None
        self._files: dict[str, Path] = {}
        self.headers: dict[str, str] = {**_HEADERS, "Content-Security-Policy": CSP}

    def find(self, name: str) -> Path | None:
        release = releases.current(self._output, self._audience)
        if release != self._stamp:
            self._files = self._read(release)
            self._stamp = release
        return self._files.get(name)

    def _read(self, current: Path) -> dict[str, Path]:
        files: dict[str, Path] = {}
        older = [r for r in releases.releases(self._output, self._audience) if r.resolve() != current][-4:]
        for release in (*older, current):
            try:
                record = json.loads((release / releases.RECORD).read_text("utf-8"))
            except (OSError, ValueError):
                continue
            if release == current:
                self.headers = {**_HEADERS, "Content-Security-Policy": policy(record.get("online", ()), "frame-ancestors 'none'")}
            names = [*record["files"], releases.RECORD] if release == current else [n for n in record["files"] if _hashed(n)]
            files.update({name: release / name for name in names})
        return files


def _hashed(name: str) -> bool:
    """Tell files named by a digest: they never change, so they may be kept for ever and served after a switch."""
    return name.startswith(("tiles/", "assets/", "style-", "search/"))


def application(output: Path, audience: Audience) -> Starlette:
    """Return the application for one audience's current release; it follows `current` without a restart."""
    listing = _Listing(output, audience)

    async def answer(request: Request) -> Response:
        name = request.path_params["name"] or "index.html"
        path = listing.find(name)
        if path is None:
            return PlainTextResponse("404", 404, headers=listing.headers)
        headers = {**listing.headers, "Cache-Control": _LONG if _hashed(name) else _NEVER}
        if audience == "internal":
            headers["Cache-Control"] = "no-store" if not _hashed(name) else "private, max-age=31536000, immutable"
        media_type = _TYPES.get(path.suffix, "application/octet-stream")
        return _at_once(path, request, headers, media_type) or FileResponse(path, headers=headers, media_type=media_type)

    return Starlette(routes=[Route("/{name:path}", answer, methods=["GET", "HEAD"])], exception_handlers={500: _broken})


_RANGE = re.compile(r"bytes=([0-9]{1,15})-([0-9]{1,15})")
_SMALL = 1 << 20
"""Bytes up to which an answer is read in one go: a page's first view asks for some sixty parts, and handing each to a thread takes longer than reading it."""


def _at_once(path: Path, request: Request, headers: Mapping[str, str], media_type: str) -> Response | None:
    """Return a small file or one small part of a file, with the headers that `FileResponse` gives; None for whatever else is asked for."""
    asked = request.headers.get("range")
    part = _RANGE.fullmatch(asked) if asked else None
    if request.method != "GET" or (asked and part is None) or "if-range" in request.headers:
        return None
    with path.open("rb", buffering=0) as file:
        stat = os.fstat(file.fileno())
        first, last = (int(part[1]), min(int(part[2]), stat.st_size - 1)) if part else (0, stat.st_size - 1)
        if first > last or last - first >= _SMALL:
            return None
        file.seek(first)
        content = file.read(last - first + 1)
    if len(content) != last - first + 1:
        return None
    like = FileResponse(path, headers=headers, media_type=media_type, stat_result=stat).headers
    told = {name: value for name, value in like.items() if name != "content-length"}
    if part:
        told["content-range"] = f"bytes {first}-{last}/{stat.st_size}"
    return Response(content, 206 if part else 200, headers=told)


async def _broken(request: Request, error: Exception) -> Response:
    return PlainTextResponse("500", 500, headers={**_HEADERS, "Content-Security-Policy": CSP})


def serve(output: Path, audience: Audience, host: str, port: int) -> None:
    """Serve until stopped."""
    import uvicorn

    uvicorn.run(application(output, audience), host=host, port=port, log_level="warning", server_header=False, date_header=True, access_log=False)
