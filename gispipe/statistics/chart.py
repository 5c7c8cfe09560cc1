"""Draw one hazard layer's bars for the yearly report: a picture with the same bytes for the same numbers.

Everything is placed in inches by measured text, so that nothing overlaps or is cut off at any number of towns.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as File

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from PIL import Image

from gispipe.model import City, Layer
from gispipe.statistics.bars import Bars, Panel, bars_of
from gispipe.statistics.counted import Counted
from gispipe.statistics.ink import ink_of
from gispipe.statistics.lettering import Align, Lettering, width

WIDTH, MARGIN, DPI = 9.0, 0.3, 110
BAR, PITCH = 0.17, 0.25
GREY, BLACK = "#6B6B6B", "#1A1A1A"


def draw(counted: Counted, city: City, path: File) -> File | None:
    """Write the chart of a hazard layer as PNG and return its path; None where there is nothing to draw."""
    bars = bars_of(counted)
    if bars is None:
        return None
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the settings of the person who runs this
        mpl.rcParams["hatch.linewidth"] = 0.6
        sheet = _Sheet(bars)
        height = sheet.lay_out(counted.zone.layer, city)
        sheet.figure.set_size_inches(WIDTH, height)
        sheet.axes.set(xlim=(0, WIDTH), ylim=(-height, 0))
        sheet.figure.set_dpi(DPI)
        sheet.canvas.draw()
        Image.fromarray(np.asarray(sheet.canvas.buffer_rgba())[:, :, :3]).save(path, "PNG", compress_level=3)  # nothing but the picture: no date, no program
    return path


@dataclass(frozen=True)
class _Columns:
    """Where names end, where bars begin and end, in inches."""

    left: float
    right: float


class _Sheet:
    """A page in inches from its upper left corner; y grows downwards as a negative number."""

    def __init__(self, bars: Bars) -> None:
        self.bars, self.y = bars, -MARGIN
        self.figure = Figure()
        self.canvas = FigureCanvasAgg(self.figure)
        self.letters = {BLACK: Lettering(), GREY: Lettering()}
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.inks = [ink_of(row) for row in bars.rows.listed]
        self.boxes: list[list[list[tuple[float, float]]]] = [[] for _ in self.inks]

    def lay_out(self, layer: Layer, city: City) -> float:
        """Draw everything and return the height it takes, in inches."""
        what, counter = self.bars.unit
        self.lines(f"{city.name}　{layer.title}", 14, BLACK, 0.32)
        self.lines(f"区分別の{what}の割合（％）　右の数字：区域内の{what}数／全{what}数（{counter}）", 9, BLACK, 0.2)
        self.lines("　".join(part for part in (city.edition, f"データの時点：{layer.updated}" if layer.updated else "", city.notice) if part), 9, GREY, 0.2)
        self.y -= 0.1
        self.legend()
        names = [name for panel in self.bars.panels for name in panel.names]
        columns = _Columns(MARGIN + 0.08 + min(max((width(name, 8.5) for name in names), default=0.5), 3.2), WIDTH - MARGIN - 0.15 - self.widest_total())
        for panel in self.bars.panels:
            self.panel(panel, columns)
        self.y -= 0.05
        for text in self.notes(layer):
            self.lines(text, 7.5, GREY, 0.16)
        self.write()
        return -self.y + MARGIN - 0.1

    def notes(self, layer: Layer) -> list[str]:
        kinds = "・".join(panel.title for panel in self.bars.panels)
        order = f"{kinds}は、軽い区分から1、2、3…の重みを付けた件数の多い順（上位20と、その他）。{self.bars.unit[0]}は最も重い区分に1回だけ数える。"
        return [order, f"出典：{layer.source.attribution}" if layer.source.attribution else "", "区域外でも災害が起こることがあります。"]

    def text(self, x: float, y: float, text: str, size: float, colour: str, align: Align = "left") -> None:
        self.letters[colour].put(x, y, text, size, align)

    def write(self) -> None:
        """Draw all gathered boxes and letters: a hatch is drawn once for all boxes of its class."""
        for corners, ink in zip(self.boxes, self.inks, strict=True):
            if corners:
                path = Path.make_compound_path(*(Path(box, closed=True) for box in corners))
                self.axes.add_artist(PathPatch(path, facecolor=ink.fill, edgecolor=ink.edge, linewidth=0.5, hatch=ink.hatch or None))
        for colour, letters in self.letters.items():
            outlines = letters.path()
            if outlines is not None:
                self.axes.add_artist(PathPatch(outlines, facecolor=colour, linewidth=0))  # an artist: nobody needs the limits of all these curves

    def lines(self, text: str, size: float, colour: str, step: float) -> None:
        """Write a text over the whole width, broken where the line is full."""
        while text:
            end = len(text)
            while end > 1 and width(text[:end], size) > WIDTH - 2 * MARGIN:
                end -= 1
            self.text(MARGIN, self.y - step / 2, text[:end], size, colour)
            self.y, text = self.y - step, text[end:]

    def legend(self) -> None:
        x, box = MARGIN, 0.36
        for c, row in enumerate(self.bars.rows.listed):
            if row.kind == "unspread":
                continue
            need = box + 0.08 + width(row.label, 8.5) + 0.22
            if x + need > WIDTH - MARGIN + 0.22 and x > MARGIN:
                x, self.y = MARGIN, self.y - 0.25
            self.box(c, x, x + box, self.y - 0.11)
            self.text(x + box + 0.08, self.y - 0.11, row.label, 8.5, BLACK)
            x += need
        self.y -= 0.34

    def panel(self, panel: Panel, columns: _Columns) -> None:
        """Draw one kind of area: title, scale, a bar for each."""
        self.text(MARGIN, self.y - 0.12, f"{panel.title}別", 10.5, BLACK)
        span, top = columns.right - columns.left, self.y - 0.3
        bottom, marks = top - PITCH * len(panel.names), []
        for share in (0, 25, 50, 75, 100):
            x = columns.left + span * share / 100
            marks.append([(x, top), (x, bottom)])
            self.text(x, self.y - 0.2, f"{share}", 7.5, GREY, "center")
        self.axes.add_collection(LineCollection(marks, color="#D0D0D0", linewidth=0.6, zorder=0), autolim=False)
        whole = panel.counts.sum(axis=1)
        edges = panel.counts.cumsum(axis=1) / whole.clip(1)[:, None] * span + columns.left
        for k, c in zip(*panel.counts.nonzero(), strict=True):
            self.box(int(c), edges[k, c - 1] if c else columns.left, edges[k, c], top - PITCH * (k + 0.5))
        for k, name in enumerate(panel.names):
            self.name(name, columns.left - 0.08, top - PITCH * (k + 0.5))
            self.text(WIDTH - MARGIN, top - PITCH * (k + 0.5), self.total(panel, k), 8, BLACK, "right")
        self.y = bottom - 0.2

    def name(self, name: str, right: float, y: float) -> None:
        """Write the name of an area left of its bar; one that is too long is written smaller, so that it stays whole."""
        self.text(right, y, name, 8.5 * min(1.0, 3.2 / width(name, 8.5)) if name else 8.5, BLACK, "right")

    def total(self, panel: Panel, k: int) -> str:
        return f"{panel.counts[k, self.bars.inside].sum():,} / {panel.counts[k].sum():,}"

    def widest_total(self) -> float:
        return max((width(self.total(panel, k), 8) for panel in self.bars.panels for k in range(len(panel.names))), default=0.5)

    def box(self, c: int, left: float, right: float, middle: float) -> None:
        low, high = middle - BAR / 2, middle + BAR / 2
        self.boxes[c].append([(left, low), (right, low), (right, high), (left, high), (left, low)])
