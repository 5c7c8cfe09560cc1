"""Firefox, by hand: `python -m tests.proof.firefox --city DIR [--pictures DIR]` opens every public map page and the page of text.

Needs Firefox and the package marionette_driver. Says for each page what was drawn, found and answered, and every error of its console;
ends with status 1 where something is amiss.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser import serve_folder

PREFERENCES = {"marionette.port": None, "browser.shell.checkDefaultBrowser": False, "datareporting.policy.dataSubmissionEnabled": False, "app.update.auto": False, "network.captive-portal-service.enabled": False,
               "network.connectivity-service.enabled": False, "intl.accept_languages": "ja", "ui.prefersReducedMotion": 1}
READY = """const [resolve] = arguments; const until = performance.now() + 25000;
    (async () => { for (;;) {
        if (document.documentElement.dataset.ready) break;
        if (performance.now() > until) { resolve('never ready: ' + document.body.innerText.slice(0, 200)); return; }
        await new Promise((done) => setTimeout(done, 50));
    }
    const gp = window.wrappedJSObject.gispipe;
    for (let calm = 0; gp.viewer && calm < 6; calm += 1) {
        await new Promise(requestAnimationFrame);
        for (let k = 0; k < gp.viewer.screens.length; k += 1) if (gp.viewer.screens[k].canvas.pending) calm = -1;  // what a page hands to a function of ours shows no getters
        if (performance.now() > until) { resolve('tiles never painted'); return; }
    }
    resolve('ready'); })();"""
COLOURS = """const seen = new Set(); let canvases = 0;
    for (const canvas of document.querySelectorAll('canvas.leaflet-tile, .leaflet-tile canvas, .folium-map canvas')) {
        if (!canvas.width) continue;
        canvases += 1;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        for (let k = 0; k < data.length; k += 404) if (data[k + 3]) seen.add(data[k] << 16 | data[k + 1] << 8 | data[k + 2]);
    }
    return [canvases, seen.size];"""
ERRORS = """const said = Services.console.getMessageArray().filter((one) => one instanceof Ci.nsIScriptError && !(one.flags & 1) && !/^(chrome|resource|moz-extension):/.test(one.sourceName))
    .map((one) => `${one.errorMessage} (${one.sourceName}:${one.lineNumber})`);
    const pages = Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage);
    const own = pages.getEvents().filter(({ level, filename }) => ['error', 'warn'].includes(level) && filename.startsWith('http:')).map((one) => `${one.level}: ${one.arguments}`);
    pages.clearEvents();
    Services.console.reset();
    return [...said, ...own];"""


@contextmanager
def firefox(width: int = 1280, height: int = 900) -> Iterator[Any]:
    """Start a Firefox of its own and give what drives it."""
    from marionette_driver.marionette import Marionette

    path = shutil.which("firefox-esr") or shutil.which("firefox")
    if not path:
        sys.exit("no Firefox on this machine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as profile:
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(port if value is None else value)});" for name, value in PREFERENCES.items()]
        (Path(profile) / "user.js").write_text("\n".join(lines), "utf-8")
        started = subprocess.Popen([path, "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile, f"--width={width}", f"--height={height}", "about:blank"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={"HOME": profile, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "MOZ_HEADLESS_WIDTH": str(width), "MOZ_HEADLESS_HEIGHT": str(height)})
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    time.sleep(0.3)
            driver = Marionette(host="127.0.0.1", port=port)
            driver.start_session()
            driver.timeout.script = 30
            yield driver
        finally:
            started.terminate()
            started.wait(20)


def errors(driver: Any) -> list[str]:
    with driver.using_context("chrome"):
        return list(driver.execute_script(ERRORS))


def picture(driver: Any, path: Path) -> None:
    import base64

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(driver.screenshot(full=False)))


def look_at_map(driver: Any, url: str, page: str, view: tuple[float, float, float]) -> list[str]:
    """Open a map, move it, search in it and ask it; return what is amiss."""
    z, lat, lon = view
    driver.navigate(url + page)
    said = driver.execute_async_script(READY)
    if said != "ready":
        return [said]
    amiss = []
    run = driver.execute_script
    run("const [z, lat, lon] = arguments; window.wrappedJSObject.gispipe.viewer.map.setView(window.wrappedJSObject.L.latLng(lat, lon), z);", script_args=(z, lat, lon))
    driver.execute_async_script(READY)
    canvases, colours = run(COLOURS)
    if canvases == 0 or colours < 2:
        amiss.append(f"nothing drawn: {canvases} canvases, {colours} colours")
    run("document.querySelector('.folium-map').focus(); document.querySelector('.folium-map').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));")
    until = time.monotonic() + 15
    while time.monotonic() < until and run("return !document.querySelector('#place-body .features') || !!document.querySelector('#place-body .wait');"):
        time.sleep(0.1)
    answer = run("return document.getElementById('place').innerText;")
    if not run("return Boolean(document.querySelector('#place-body .hcard'));"):
        amiss.append(f"no card: {answer[:120]!r}")
    if not run("return document.getElementById('toast').hidden;"):
        amiss.append(run("return document.getElementById('toast').innerText;"))
    return amiss


def look_for(driver: Any, text: str) -> int:
    """Type into the search box and return how many entries are listed."""
    driver.execute_script("const box = document.getElementById('search'); box.focus(); box.value = arguments[0]; box.dispatchEvent(new InputEvent('input', { bubbles: true }));", script_args=(text,))
    until = time.monotonic() + 15
    while time.monotonic() < until:
        count = driver.execute_script("return document.querySelectorAll('#search-list [aria-selected]').length;")
        if count:
            return int(count)
        time.sleep(0.1)
    return 0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--city", type=Path, required=True)
    options.add_argument("--pictures", type=Path, default=Path("firefox-pictures"))
    given = options.parse_args()
    folder = given.city / "output/public/current"
    site = json.loads((folder / "map.json").read_bytes())
    lon, lat = site["center"]
    index = json.loads((folder / site["search"]).read_bytes())
    town = str(index["towns"][0][0])
    bad = 0
    with serve_folder(folder) as url, firefox() as driver:
        driver.navigate(url + "index.html")
        driver.execute_script("const script = document.createElement('script'); script.textContent = 'window.inline = 1'; document.head.append(script); console.error('seen');")
        time.sleep(0.5)
        seen = errors(driver)
        if not any("inline" in line for line in seen):
            sys.exit(f"errors of the console are not seen: {seen}")  # the policy refuses inline scripts: this one must have been told
        for one in site["maps"]:
            amiss = look_at_map(driver, url, one["page"], (16, lat, lon))
            listed = look_for(driver, town)
            amiss += [] if listed else [f"nothing found for {town}"]
            picture(driver, given.pictures / f"{one['id']}.png")
            amiss += errors(driver)
            bad += bool(amiss)
            print(f"{one['id']}: " + ("; ".join(amiss) or f"drawn, card, {listed} found"), flush=True)
        driver.navigate(f"{url}{site['ask']}#{lat:.6f}/{lon:.6f}")
        said = driver.execute_async_script(READY)
        until = time.monotonic() + 15
        while time.monotonic() < until and driver.execute_script("return document.getElementById('placed').hidden;"):
            time.sleep(0.1)
        amiss = [*([] if said == "ready" else [said]), *(["no card"] if driver.execute_script("return !document.querySelector('#placed-card .hcard');") else []), *errors(driver)]
        picture(driver, given.pictures / "card.png")
        bad += bool(amiss)
        print(f"{site['ask']}: " + ("; ".join(amiss) or "card"), flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
