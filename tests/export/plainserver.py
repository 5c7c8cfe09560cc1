"""A file server that knows no byte ranges: it answers every request with the whole file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from gispipe.serve.app import CSP


@dataclass
class PlainServer:
    """Its address, and what it was asked: path and status of the answer."""

    address: str = ""
    asked: list[tuple[str, int]] = field(default_factory=list)


class _Handler(SimpleHTTPRequestHandler):
    """Python's own file server, which does not know Range, under the strict policy of our pages."""

    def __init__(self, *arguments: object, log: PlainServer, **more: object) -> None:
        self.log = log
        super().__init__(*arguments, **more)  # type: ignore[arg-type]

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", CSP)
        super().end_headers()

    def log_request(self, code: object = "-", size: object = "-") -> None:
        self.log.asked.append((self.path, int(code)))  # type: ignore[call-overload]

    def log_message(self, format: str, *arguments: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def plain_server(folder: Path) -> Iterator[PlainServer]:
    """Serve a folder on a free local port without byte ranges."""
    log = PlainServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, log=log, directory=str(folder))) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        log.address = f"http://127.0.0.1:{server.server_address[1]}/"
        yield log
        server.shutdown()
