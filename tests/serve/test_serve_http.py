"""The server: byte ranges, strict headers, and no path that is not in the release's own list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from gispipe import releases
from gispipe.serve import application

SPELLINGS = ["../release.json", "..%2frelease.json", "%2e%2e/city.toml", "%2e%2e%2fcity.toml", "..%5ccity.toml", "..\\city.toml", "//etc/passwd", "/etc/passwd", "%2fetc%2fpasswd", "///etc/passwd",
             "maps/../../../city.toml", "maps/..%2f..%2f..%2fcity.toml", "map.json%00", "map.json%00.html", "%00", "map.json/", "./map.json/.", "maps", "maps/", "MAP.JSON", "map.json::$DATA",
             "C:/Windows/win.ini", "file:///etc/passwd", "tiles/..", ".draft-1/map.json", "releases", "current/map.json", "map.json;x=1", "..%252frelease.json", "%c0%ae%c0%ae/city.toml",
             "....//city.toml", "tiles%2f..%2fmap.json", "~root", "con", "map.json%20", "map.json%2e", "\u2025/city.toml", "a" * 4000]


@pytest.fixture
def client(finished_city: Path) -> Iterator[TestClient]:
    with TestClient(application(finished_city / "output", "public")) as made:
        yield made


def tiles(city: Path) -> str:
    record = json.loads((releases.current(city / "output", "public") / "release.json").read_text())
    return next(name for name in record["files"] if name.endswith(".pmtiles"))


def test_every_file_of_the_release_is_served_byte_for_byte(client: TestClient, finished_city: Path) -> None:
    folder = releases.current(finished_city / "output", "public")
    for name in releases.verify(folder)["files"]:
        answer = client.get("/" + name)
        assert answer.status_code == 200 and answer.content == (folder / name).read_bytes(), name
    assert client.get("/").content == (folder / "index.html").read_bytes() and client.get("/release.json").status_code == 200


def test_ranges_are_answered_as_the_standard_says(client: TestClient, finished_city: Path) -> None:
    name = tiles(finished_city)
    whole = (releases.current(finished_city / "output", "public") / name).read_bytes()
    for asked, begin, end in (("0-126", 0, 127), ("127-", 127, len(whole)), ("-16", len(whole) - 16, len(whole)), (f"5-{len(whole) + 999}", 5, len(whole)), ("0-0", 0, 1)):
        answer = client.get("/" + name, headers={"Range": f"bytes={asked}"})
        assert answer.status_code == 206 and answer.content == whole[begin:end], asked
        assert answer.headers["content-range"] == f"bytes {begin}-{end - 1}/{len(whole)}" and answer.headers["content-length"] == str(end - begin)
    answer = client.get("/" + name, headers={"Range": f"bytes={len(whole)}-"})
    assert answer.status_code == 416 and answer.headers["content-range"].endswith(f"*/{len(whole)}")
    assert client.get("/" + name, headers={"Range": "chapters=1-2"}).status_code in (200, 400, 416)


def test_a_range_of_another_version_is_not_mixed_in(client: TestClient, finished_city: Path) -> None:
    name = tiles(finished_city)
    tag = client.get("/" + name).headers["etag"]
    assert client.get("/" + name, headers={"Range": "bytes=0-9", "If-Range": tag}).status_code == 206
    assert client.get("/" + name, headers={"Range": "bytes=0-9", "If-Range": '"another"'}).status_code == 200


@pytest.mark.parametrize("name", ["", "map.json", "maps/hazard.html", "nothing-here"])
def test_every_answer_carries_the_strict_headers(client: TestClient, name: str) -> None:
    headers = client.get("/" + name).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"


def test_what_never_changes_may_be_kept_and_what_points_at_it_may_not(client: TestClient, finished_city: Path) -> None:
    assert "immutable" in client.get("/" + tiles(finished_city)).headers["cache-control"]
    for name in ("map.json", "index.html", "maps/hazard.html", "release.json"):
        assert client.get("/" + name).headers["cache-control"] == "no-cache"
    with TestClient(application(finished_city / "output", "internal")) as internal:
        assert internal.get("/map.json").headers["cache-control"] == "no-store"
        style = internal.get("/map.json").json()["style"]
        assert "public" not in internal.get("/" + style).headers["cache-control"]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_path_leads_out_of_the_list(client: TestClient, spelling: str) -> None:
    answer = client.request("GET", "http://testserver/" + spelling)
    if answer.status_code == 200:
        assert answer.request.url.path in ("/", "/release.json", "/map.json"), "the client itself cleaned the path before sending it"
        return
    assert answer.status_code == 404 and answer.text == "404"


@pytest.mark.parametrize("path", [b"/../city.toml", b"/..%2fcity.toml", b"//map.json", b"/\x00", b"/map.json\x00", b"/..\\city.toml", b"/%2e%2e/%2e%2e/etc/passwd"])
def test_paths_that_no_client_would_send_are_not_found_either(finished_city: Path, path: bytes) -> None:
    import asyncio
    from urllib.parse import unquote_to_bytes

    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": unquote_to_bytes(path).decode("latin-1"), "raw_path": path, "query_string": b"", "headers": [], "root_path": "",
             "scheme": "http", "server": ("x", 80), "client": ("y", 1), "http_version": "1.1", "asgi": {"version": "3.0"}}
    asyncio.run(application(finished_city / "output", "public")(scope, receive, send))  # type: ignore[arg-type]
    assert sent[0]["status"] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_can_be_sent_to_it(client: TestClient, method: str) -> None:
    assert client.request(method, "/map.json").status_code == 405


def test_head_is_get_without_the_body(client: TestClient) -> None:
    head, get = client.head("/map.json"), client.get("/map.json")
    assert head.status_code == 200 and head.content == b"" and head.headers["content-length"] == get.headers["content-length"] and head.headers["etag"] == get.headers["etag"]


def test_it_follows_current_and_still_has_the_tiles_of_the_release_before(run_city: Path) -> None:
    output = run_city / "output"
    old = releases.current(output, "public")
    draft = releases.open_draft(output, "public")
    (draft / "map.json").write_text('{"new": true}')
    (draft / "index.html").write_text("new")
    digest = releases.seal(draft, {"edition": "next"})
    releases.settle(draft, digest)
    with TestClient(application(output, "public")) as client:
        assert client.get("/map.json").content == (old / "map.json").read_bytes()
        style = client.get("/map.json").json()["style"]
        releases.switch(output, "public", digest)
        assert client.get("/map.json").json() == {"new": True} and client.get("/").text == "new"
        assert client.get("/" + tiles_of(old)).content == (old / tiles_of(old)).read_bytes() and client.get("/" + style).status_code == 200
        assert client.get("/maps/hazard.html").status_code == 404, "pages are of the current release only"


def tiles_of(release: Path) -> str:
    return next(p.relative_to(release).as_posix() for p in sorted(release.glob("tiles/*.pmtiles")))


def test_a_file_that_is_there_but_not_in_the_record_is_not_served(run_city: Path) -> None:
    folder = releases.current(run_city / "output", "public")
    (folder / "secret.json").write_text("{}")
    with TestClient(application(run_city / "output", "public")) as client:
        assert client.get("/secret.json").status_code == 404


def test_the_public_server_has_nothing_of_the_internal_release(client: TestClient, finished_city: Path) -> None:
    internal = releases.verify(releases.current(finished_city / "output", "internal"))["files"]
    public = releases.verify(releases.current(finished_city / "output", "public"))["files"]
    only_internal = [name for name in internal if name not in public]
    assert any(name.startswith("tiles/parcel-") for name in only_internal) and "maps/parcels.html" in only_internal
    assert {client.get("/" + name).status_code for name in only_internal} == {404}


def test_before_anything_is_published_it_says_so_without_details(tmp_path: Path) -> None:
    with TestClient(application(tmp_path, "public"), raise_server_exceptions=False) as client:
        answer = client.get("/")
        assert answer.status_code in (404, 500, 503) and str(tmp_path) not in answer.text and "Traceback" not in answer.text
