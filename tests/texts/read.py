"""A page of a town as a reader has it: its parts as plain text, its numbers one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import lxml.html

SUFFIX = {"ja": ".html", "easy": ".easy.html", "en": ".en.html", "zh": ".zh.html", "ko": ".ko.html"}


def page(folder: Path, key: str, lang: str = "ja") -> lxml.html.HtmlElement:
    return lxml.html.fromstring((folder / "towns" / f"{key}{SUFFIX[lang]}").read_bytes())


def text(node: lxml.html.HtmlElement) -> str:
    return re.sub(r"\s+", " ", node.text_content()).strip()


def keys_by_name(folder: Path) -> dict[str, str]:
    """Return the stem of the page of every town by its name, from the list of towns."""
    index = page(folder, "index")
    return {text(link.xpath("./b")[0]): link.get("href").removesuffix(".html") for link in index.xpath("//section[@class='row']//a")}


def details(node: lxml.html.HtmlElement) -> list[tuple[str, str]]:
    return [(text(row.xpath("./dt")[0]), text(row.xpath("./dd")[0])) for row in node.xpath("//*[contains(@class,'hc-details')]//dl/div")]


def goals(node: lxml.html.HtmlElement) -> list[str]:
    return [text(one) for one in node.xpath("//*[contains(@class,'hc-go')]//li")]


Said = tuple[str, str]


def numbers(folder: Path, key: str, lang: str = "ja") -> dict[tuple[str, str], Said]:
    """Return of a town's page of numbers by kind (住居表示, 地番) and number what it says in a language of hazards, and of the places to go to."""
    path = folder / "towns" / f"{key}.numbers.html"
    if not path.is_file():
        return {}
    node = lxml.html.fromstring(path.read_bytes())
    means = {text(term): text(term.getnext()) for term in node.xpath(f"//section[@id='{lang}']/dl/dt")}
    found = {}
    for group in node.xpath("//main/ul/li[dl]"):
        said = "、".join(means[figure] for one in group.xpath("./p") for figure in text(one).split())
        for term in group.xpath("./dl/dt"):
            after = term.getnext()
            goal = "、".join(re.sub("^[A-Z]+", lambda mark: means[mark.group()], one) for one in _ways(after)) if after is not None and after.tag == "dd" else ""
            for mark in term.xpath("./i"):
                for number in expanded(mark.tail.strip()):
                    found[mark.text, number] = said, goal
    return found


def common(folder: Path, key: str, lang: str = "ja") -> str:
    """Return what a town's page of numbers says of all of them."""
    path = folder / "towns" / f"{key}.numbers.html"
    told = [text(one) for one in lxml.html.fromstring(path.read_bytes()).xpath(f"//section[@id='{lang}']/p")] if path.is_file() else []
    return "".join(one for one in told if one.startswith("どの番号も"))


def _ways(node: lxml.html.HtmlElement) -> list[str]:
    return re.split(r", (?=[A-Z]+ )", text(node).removeprefix("→ "))


def expanded(written: str) -> Iterator[str]:
    """Return the numbers that a text such as 1-(1–3, 8); 2-4; 甲5 stands for."""
    for block in written.split("; "):
        if match := re.fullmatch(r"((?:\d+-)*)\((.+)\)", block):
            yield from (f"{match.group(1)}{n}" for part in match.group(2).split(", ") for n in _run(part))
        else:
            for part in block.split(", "):
                yield from map(str, _run(part)) if re.fullmatch(r"\d+(–\d+)?", part) else [part]


def _run(part: str) -> range:
    first, _, last = part.partition("–")
    return range(int(first), int(last or first) + 1)
