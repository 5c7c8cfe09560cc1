"""Parts of archives: neighbours come by one request; what comes too short or from another place is asked for anew, and what stays so is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import OpenPage, open_page, serve_folder

CUT = """() => {
    const whole = window.fetch;
    window.cuts = 0;
    window.fetch = async (url, how = {}) => {
        const response = await whole(url, how);
        const range = (how.headers?.get ? how.headers.get("range") : how.headers?.Range) || "";
        if (response.status !== 206 || /^bytes=0-/.test(range) || (how.cache === "no-store" && !window.always)) return response;
        window.cuts += 1;
        return new Response((await response.arrayBuffer()).slice(0, 200), { status: 206, headers: response.headers });
    };
}"""

HERE = "delete window.Worker"  # then the page paints itself, and its own fetch can be listened to

# a file of 3 MB, byte k being k % 251, of which a pretended server sends parts; `asked` lists [first, last, how it may be kept]
SERVER = """async ({ does, wanted, given = [] }) => {
    const size = 3000000, asked = [], aborted = [];
    const bytes = (from, to) => Uint8Array.from({ length: to - from }, (_, k) => (from + k) % 251);
    const real = window.fetch;
    window.fetch = async (url, { headers, cache, signal }) => {
        const [first, last] = /^bytes=(\\d+)-(\\d+)$/.exec(headers.Range).slice(1).map(Number);
        asked.push([first, last, cache ?? null]);
        const end = Math.min(last + 1, does.small ?? size);
        const told = (from, to) => ({ ETag: '"a"', ...(does.silent ? {} : { "Content-Range": `bytes ${from}-${to - 1}/${does.small ?? size}` }) });
        if (does.whole) return new Response(bytes(0, does.whole), { status: 200, headers: { "Content-Length": String(does.whole) } });
        if (does.strict && last >= does.small) return new Response("", { status: 416, headers: { "Content-Range": `bytes */${does.small}` } });
        if (does.elsewhere && cache !== "no-store") return new Response(bytes(first + 9, end + 9), { status: 206, headers: told(first + 9, end + 9) });
        if (does.broken) return new Response("", { status: 503 });
        if (does.slow) return new Response(new ReadableStream({ async start(line) {
            line.enqueue(bytes(first, first + does.slow));
            signal.addEventListener("abort", () => { aborted.push(first); try { line.error(signal.reason); } catch { /* ended */ } });
            await window.more;
            try { line.enqueue(bytes(first + does.slow, end)); line.close(); } catch { /* given up */ }
        } }), { status: 206, headers: told(first, end) });
        return new Response(bytes(first, end), { status: 206, headers: told(first, end) });
    };
    window.more = new Promise((done) => { window.goOn = done; });
    const parts = new gispipe.Parts("https://city.invalid/a.pmtiles");
    const order = [];
    const one = async ([offset, length], k) => {
        const controller = new AbortController();
        if (given.includes(k)) window.setTimeout(() => controller.abort(), 30);
        try {
            const { data, etag } = await parts.getBytes(offset, length, controller.signal);
            order.push(k);
            return [data.byteLength, new Uint8Array(data).every((byte, at) => byte === (offset + at) % 251), etag ?? null];
        } catch (error) { order.push(k); return error.lasting || error.name; }
    };
    const all = Promise.all(wanted.map(one));
    await new Promise((done) => window.setTimeout(done, 120));
    const early = [...order];
    window.goOn();
    const answers = await all;
    if (does.again) answers.push(await one(wanted[0], 0));
    window.fetch = real;
    return { answers, asked, early, aborted };
}"""


@pytest.fixture(scope="module")
def page(updated: Path):
    with serve_folder(updated / "before") as url, open_page(url + "maps/hazard.html", init=HERE) as opened:
        opened.ready()
        yield opened


def ask(page: OpenPage, wanted: list[list[int]], given: list[int] | None = None, **does: object) -> dict:
    return page.tab.evaluate(SERVER, {"does": does, "wanted": wanted, "given": given or []})


@pytest.mark.parametrize("always", [False, True], ids=["once", "always"])
def test_a_part_that_is_cut_off_is_asked_for_anew(updated: Path, always: bool) -> None:
    with serve_folder(updated / "before") as url, open_page(url + "maps/hazard.html", init=f"{HERE}; window.always = {str(always).lower()}; ({CUT})()") as page:
        page.ready()
        assert page.tab.evaluate("window.cuts") >= 3 and page.errors == []
        told = page.tab.locator("#toast:not([hidden])").count()

        assert told == (1 if always else 0)


def test_neighbours_come_by_one_request_in_any_order_and_overlapping(page: OpenPage) -> None:
    got = ask(page, [[50000, 1000], [20000, 30000], [51000, 5], [60000, 100], [20500, 10]])

    assert got["asked"] == [[20000, 60099, None]]
    assert got["answers"] == [[1000, True, '"a"'], [30000, True, '"a"'], [5, True, '"a"'], [100, True, '"a"'], [10, True, '"a"']]


def test_what_lies_apart_or_is_too_much_for_one_request_is_asked_for_by_itself(page: OpenPage) -> None:
    got = ask(page, [[20000, 100], [20100 + 16384, 100], [20100 + 16384 + 100 + 16385, 100], [1000000, 900000], [1900000, 900000]])

    assert [one[:2] for one in got["asked"]] == [[20000, 36583], [52969, 53068], [1000000, 1899999], [1900000, 2799999]]
    assert all(good for _, good, _ in got["answers"])


def test_the_first_part_is_given_out_while_the_rest_is_on_its_way(page: OpenPage) -> None:
    got = ask(page, [[30000, 500], [30500, 900]], slow=700)

    assert got["early"] == [0] and [answer[:2] for answer in got["answers"]] == [[500, True], [900, True]] and len(got["asked"]) == 1


def test_a_part_that_is_given_up_stops_the_request_only_when_nobody_waits_for_the_rest(page: OpenPage) -> None:
    one = ask(page, [[30000, 500], [30500, 900]], given=[1], slow=300)
    both = ask(page, [[30000, 500], [30500, 900]], given=[0, 1], slow=300)

    assert one["answers"] == [[500, True, '"a"'], "AbortError"] and one["aborted"] == []
    assert both["answers"] == ["AbortError", "AbortError"] and both["aborted"] == [30000]


def test_an_answer_from_another_place_of_the_file_is_asked_for_anew_past_everything_kept(page: OpenPage) -> None:
    got = ask(page, [[30000, 500], [30500, 900]], elsewhere=True)

    assert got["asked"] == [[30000, 31399, None], [30000, 31399, "no-store"]] and [answer[:2] for answer in got["answers"]] == [[500, True], [900, True]]


@pytest.mark.parametrize("does", [{"small": 700}, {"small": 700, "silent": True}, {"small": 700, "strict": True}, {"whole": 700}], ids=["told", "untold", "strict", "whole"])
def test_the_head_of_a_file_that_is_smaller_than_a_head_is_all_of_it(page: OpenPage, does: dict) -> None:
    got = ask(page, [[0, 16384]], **does)

    assert got["answers"][0][:2] == [700, True]


def test_a_file_shorter_than_a_part_of_it_is_refused(page: OpenPage) -> None:
    assert ask(page, [[600, 300]], small=700)["answers"] == ["Error"]


def test_a_server_that_sends_the_whole_file_is_asked_once_and_no_more(page: OpenPage) -> None:
    got = ask(page, [[0, 16384]], whole=20000, again=True)

    assert got["answers"] == ["no_parts", "no_parts"] and len(got["asked"]) == 1


def test_an_error_of_the_server_reaches_all_who_wait_and_the_next_may_succeed(page: OpenPage) -> None:
    assert ask(page, [[30000, 500], [30500, 900]], broken=True)["answers"] == ["Error", "Error"]


def test_a_first_view_asks_each_archive_for_its_head_and_for_few_parts(updated: Path) -> None:
    with serve_folder(updated / "before") as url, open_page(url + "maps/hazard.html", init=HERE) as page:
        page.ready()
        names = page.tab.evaluate("performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.pmtiles'))")

    assert len(set(names)) >= 3 and max(names.count(name) for name in names) <= 3
