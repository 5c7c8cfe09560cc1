"""How the register offices write a map, as patterns over bytes: what a pattern lets through is well-formed by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from gispipe.intake.mojxml.parts import PLACE, QUALITY
from gispipe.intake.mojxml.walk import CONSTITUENTS

_BLANK = rb"[\t\r\n ]*+"
_ID = rb"([A-Za-z0-9_.\-]++)"
_NUMBER = rb"(-?+\d{1,9}+(?:\.\d{1,9}+)?+)"
_TEXT = rb"((?:[^<>&\x00-\x1f\xef]++|\xef(?!\xbf[\xbe\xbf]))++)"  # U+FFFE and U+FFFF are UTF-8 but no characters of XML
_REST = rb"|([\s\S]++)"


@dataclass(frozen=True)
class Patterns:
    """One pattern for each kind of element, its last group whatever does not fit; `ring` finds the holes in a surface."""

    point: re.Pattern[bytes]
    curve: re.Pattern[bytes]
    surface: re.Pattern[bytes]
    ring: re.Pattern[bytes]


@cache
def theme_pattern(name: str) -> tuple[list[str], re.Pattern[bytes], re.Pattern[bytes]]:
    """Return the columns of a theme in the order in which they stand, its pattern, and one for a whole run of it that keeps nothing.

    Any text may be absent.
    """
    if name == "筆":
        block = b"((?:" + _BLANK + f"<{CONSTITUENTS}>(?:[^<>&]|<(?!/?{CONSTITUENTS}|!|\\?)[^<>&]*+>)*+</{CONSTITUENTS}>".encode() + b")*+)"
        inside = [*map(_leaf, PLACE), _shape(), *map(_leaf, QUALITY), block]
        names, begin = ["id", *PLACE, "形状", *QUALITY, CONSTITUENTS], b'<' + name.encode() + b' id="' + _ID + b'">'
    else:
        names = {"基準点": ["名称", "形状", "基準点種別", "埋標区分"], "筆界点": ["点番名", "形状"]}.get(name, ["形状", "線種別"])
        inside, begin = [_shape() if column == "形状" else _leaf(column) for column in names], b"<" + name.encode() + b">"
    one = _BLANK + begin + b"".join(inside) + _BLANK + f"</{name}>".encode()
    whole = re.sub(rb"\((?!\?)", b"(?:", one)
    return names, re.compile(one + _REST), re.compile(b"(?:" + whole + b")*+" + _BLANK)


def _leaf(name: str) -> bytes:
    """Return the pattern of a text that may be absent or empty."""
    tag = name.encode()
    return b"(?:" + _BLANK + b"<" + tag + b"(?:>" + _TEXT + b"?+</" + tag + b">|/>))?+"


def _shape() -> bytes:
    return _BLANK + '<形状 idref="'.encode() + _ID + b'"/>'


@cache
def space_patterns(prefix: str) -> Patterns:
    """Return the patterns of points, curves (two positions each) and surfaces under the prefix of the geometry's name space."""
    def pattern(*steps: bytes | str) -> bytes:
        return _BLANK + _BLANK.join(step.encode() if isinstance(step, str) else step for step in steps).replace(b"@", re.escape(prefix).encode() + b":GM_")

    xy = (_value(prefix, "X"), _value(prefix, "Y"))
    column = pattern(r"<@PointArray\.column>", b"<@Position\\.(?:indirect>" + pattern(b'<@PointRef\\.point idref="' + _ID + b'"/>', r"</@Position\.indirect>")
                     + b"|direct>" + pattern(*xy, r"</@Position\.direct>") + b")", r"</@PointArray\.column>")
    sides = b'((?:' + pattern(rb'<@CompositeCurve\.generator idref="[A-Za-z0-9_.\-]++"/>') + b")++)"
    outer, inner = (pattern(rf"<@SurfaceBoundary\.{kind}>", "<@Ring>") + sides + pattern("</@Ring>", rf"</@SurfaceBoundary\.{kind}>") for kind in ("exterior", "interior"))
    point = pattern(b'<@Point id="' + _ID + b'">', r"<@Point\.position>", _plain(prefix, "<", "DirectPosition"), *xy, _plain(prefix, "</", "DirectPosition"),
                    r"</@Point\.position>", "</@Point>")
    curve = pattern(b'<@Curve id="' + _ID + b'">', rb"<@OrientablePrimitive\.orientation>([+\-])</@OrientablePrimitive\.orientation>",
                    b'<@OrientablePrimitive\\.primitive idref="' + _ID + b'"/>', r"<@Curve\.segment>", "<@LineString>", r"<@LineString\.controlPoint>"
                    ) + column + column + pattern(r"</@LineString\.controlPoint>", "</@LineString>", r"</@Curve\.segment>", "</@Curve>")
    surface = pattern(b'<@Surface id="' + _ID + b'">', r"<@Surface\.patch>", "<@Polygon>", r"<@Polygon\.boundary>", "<@SurfaceBoundary>"
                      ) + outer + b"((?:" + inner.replace(b"((?:", b"(?:(?:") + b")*+)" + pattern("</@SurfaceBoundary>", r"</@Polygon\.boundary>", "</@Polygon>", r"</@Surface\.patch>",
                                                                                              "</@Surface>")
    return Patterns(re.compile(point + _REST), re.compile(curve + _REST), re.compile(surface + _REST), re.compile(inner))


def _plain(prefix: str, opening: str, name: str) -> bytes:
    return f"{opening}{re.escape(prefix)}:{name}>".encode()


def _value(prefix: str, name: str) -> bytes:
    return _plain(prefix, "<", name) + _NUMBER + _plain(prefix, "</", name)
