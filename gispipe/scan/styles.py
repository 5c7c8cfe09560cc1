"""Plain styles a scan starts with: a handful of calm colours for each geometry kind."""

from __future__ import annotations

COLOURS = (("blue", "#1F6FB2"), ("green", "#2F7D4F"), ("orange", "#C2651B"), ("purple", "#7A4F9E"), ("red", "#B5323A"), ("teal", "#1C7C80"), ("brown", "#80603A"), ("pink", "#B04A86"))


def style_text(kind: str, colour: str) -> str:
    """Return the text of a plain style for a geometry kind in one of COLOURS."""
    value = dict(COLOURS)[colour]
    drawn = {
        "point": f'symbol = "circle"\nsize = 9\nfill = "{value}"\nstroke = "#FFFFFF"\nwidth = 1.2',
        "line": f'stroke = "{value}"\nwidth = 2.2',
        "polygon": f'fill = "{value}"\nstroke = "{value}"\nwidth = 1.2',
    }[kind]
    opacity = "opacity = 0.35\n" if kind == "polygon" else ""
    return f'id = "{kind}_{colour}"\n{opacity}\n[[class]]\nlabel = ""\n{drawn}\n\n[text]\ncolor = "#26323D"\nsize = 12\nmin_zoom = 15\n'
