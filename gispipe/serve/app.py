"""A read-only server for a release: the path is looked up in the release's own list, never turned into a file name."""

from __future__ import annotations

import json
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
        return FileResponse(path, headers=headers, media_type=_TYPES.get(path.suffix, "application/octet-stream"))

    return Starlette(routes=[Route("/{name:path}", answer, methods=["GET", "HEAD"])], exception_handlers={500: _broken})


async def _broken(request: Request, error: Exception) -> Response:
    return PlainTextResponse("500", 500, headers={**_HEADERS, "Content-Security-Policy": CSP})


def serve(output: Path, audience: Audience, host: str, port: int) -> None:
    """Serve until stopped."""
    import uvicorn

    uvicorn.run(application(output, audience), host=host, port=port, log_level="warning", server_header=False, date_header=True, access_log=False)
