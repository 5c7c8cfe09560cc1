"""A real Chromium for tests: pages opened offline, with every request and console message written down.

One Chromium serves the tests of a folder, each page in a fresh profile; `let_go` ends it.

`with serve_folder(folder) as url, open_page(url + "index.html", 1280, 800) as page:` — then `page.requests`, `page.console`
and Playwright's own page as `page.tab`.
"""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
         "--disable-default-apps", "--mute-audio", "--hide-scrollbars")
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first is the same engine without windows and menus, which take longer to start than most tests."""


DRAWN = """async () => {
    for (let frame = 0; frame < 4; frame += 1) {
        await new Promise(requestAnimationFrame);
        const screens = window.gispipe.viewer?.screens ?? [];
        if (screens.some(({ canvas }) => canvas.pending)) frame = -1;
    }
    return true;
}"""


AXE = "async () => (await axe.run({resultTypes: ['violations']})).violations.map((v) => [v.impact, v.id, v.nodes.map((n) => n.target.join(' '))])"


@dataclass
class OpenPage:
    """One open tab and what it did so far."""

    tab: Any
    host: str
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def foreign(self) -> list[str]:
        """Return the requests that left the server under test; data: and blob: stay in the page."""
        return [u for u in self.requests if urlsplit(u).scheme not in ("data", "blob") and urlsplit(u).netloc != self.host]

    def ready(self, timeout: float = 20_000) -> OpenPage:
        """Wait until the viewer has started, and every tile of the view is drawn and stays so for four frames."""
        self.tab.wait_for_selector("html[data-ready=true]", timeout=timeout)
        self.tab.wait_for_function(DRAWN, timeout=timeout)
        return self

    def told(self) -> str:
        """Wait until a place that was asked about is answered; return what is told."""
        self.tab.wait_for_selector("#place[aria-busy=false]")
        return str(self.tab.inner_text("#place"))

    def violations(self) -> list[list[Any]]:
        """Return what axe-core finds in the page as it is now: impact, rule and nodes of each."""
        if not self.tab.evaluate("() => 'axe' in window"):
            from gispipe.web import assets

            self.tab.evaluate((assets.locate(tests=True) / "axe.min.js").read_text("utf-8"))  # through the debugger, which the page's own policy does not bind
        found: list[list[Any]] = self.tab.evaluate(AXE)
        return found

    def paints(self) -> OpenPage:
        """Bring the scripts that paint into the page itself, so that a test can call them."""
        self.tab.add_script_tag(url=self.tab.evaluate("document.documentElement.dataset.root + JSON.parse(document.documentElement.dataset.paint).url"))
        return self


def chromium() -> str:
    """Return the system's Chromium, or skip the test with a sentence."""
    for name in NAMES:
        path = shutil.which(name)
        if path:
            return path
    pytest.skip("no Chromium on this machine (install the package 'chromium' to run the browser tests)")


@dataclass
class _Held:
    """Chromium and what drives it, kept from page to page: starting them takes longer than most tests."""

    play: Any
    browser: Any


_held: list[_Held] = []


def _running() -> Any:
    """Return the running Chromium, started when there is none or it has died."""
    if _held and not _held[0].browser.is_connected():
        let_go()
    if not _held:
        path = chromium()
        sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install 'gispipe[test]')")
        play = sync.sync_playwright().start()
        _held.append(_Held(play, play.chromium.launch(executable_path=path, args=list(FLAGS))))
    return _held[0].browser


def let_go() -> None:
    """End Chromium; while it is driven no other event loop can run in this thread."""
    while _held:
        held = _held.pop()
        held.browser.close()
        held.play.stop()


@contextmanager
def open_page(url: str, width: int = 1280, height: int = 800, *, scale: float = 1, touch: bool = False, locale: str = "ja-JP",
              reduced_motion: bool = True, init: str | None = None) -> Iterator[OpenPage]:
    """Open a page in a fresh Chromium profile; `scale` is the device pixel ratio, `init` a script that runs before the page's own."""
    context = _running().new_context(viewport={"width": width, "height": height}, device_scale_factor=scale, has_touch=touch, locale=locale,
                                     reduced_motion="reduce" if reduced_motion else "no-preference")
    try:
        if init:
            context.add_init_script(init)
        page = OpenPage(context.new_page(), urlsplit(url).netloc)
        page.tab.on("request", lambda request: page.requests.append(request.url))
        page.tab.on("console", lambda message: page.console.append(f"{message.type}: {message.text}"))
        page.tab.on("pageerror", lambda error: page.errors.append(str(error)))
        page.tab.goto(url)
        yield page
        assert [line for line in page.console if "no words for" in line] == []
    finally:
        context.close()


@contextmanager
def serve_folder(folder: Path, headers: dict[str, str] | None = None, instead: Callable[[str], Any] | None = None) -> Iterator[str]:
    """Serve a release folder on a free local port, with byte ranges; yield its address with a slash at the end.

    `instead` gives the response to a path where it is another than the file, else None.
    """
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import FileResponse, PlainTextResponse, Response
    from starlette.routing import Route

    async def answer(request: Request) -> Response:
        other = instead(request.path_params["name"]) if instead else None
        if other is not None:
            return other  # type: ignore[no-any-return]
        path = (folder / request.path_params["name"]).resolve()
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return PlainTextResponse("404", 404)
        return FileResponse(path, headers=headers)

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))  # held from here on: a port that is let go for a moment may be another's
    port = listening.getsockname()[1]
    app = Starlette(routes=[Route("/{name:path}", answer)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listening.close()
