"""`gispipe lookup lat,lon`: what every layer has at a place."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options
from gispipe.words import Words


@click.command("lookup", context_settings={"ignore_unknown_options": True})
@click.argument("query")
@options.city
@click.option("--audience", type=click.Choice(["public", "internal"]), default="public", show_default=True)
@options.as_json
@options.quiet
def command(query: str, city: Path, audience: str, as_json: bool, quiet: bool) -> None:
    """Say what every layer has at QUERY, a coordinate written as lat,lon in degrees."""
    from gispipe.lookup import CAUTION, AtPlace, look_up, parse_place

    place = parse_place(query)
    if place is None:
        raise click.BadParameter(str(Words("write a coordinate as lat,lon, for example 34.78,135.47", "「緯度,経度」で書いてください（例 34.78,135.47）")), param_hint="QUERY")
    catalogue = options.load(city)
    found = look_up(catalogue, audience, *place)  # type: ignore[arg-type]
    document = {"query": {"lat": place[0], "lon": place[1]}, "audience": audience, "city": catalogue.city.name, "fictitious": catalogue.city.fictitious,
                "layers": [one.as_json() for one in found], "caution": CAUTION.both()}

    def lines(one: AtPlace) -> list[str]:
        answer = one.answer()
        if answer is not None:
            return [f"{one.layer.title}: {answer}"]
        return [f"{one.layer.title}: " + _feature(feature) for feature in one.features]

    head = [f"{catalogue.city.name}{Words(' (fictitious city)', '（架空の市）') if catalogue.city.fictitious else ''}  {place[0]:.6f}, {place[1]:.6f}"]
    options.tell(document, head + [line for one in found for line in lines(one)] + [str(CAUTION)], as_json, quiet)


def _feature(feature: dict) -> str:
    values = "、".join(f"{feature['labels'][name]} {value}" for name, value in feature["values"].items() if value is not None)
    kind = f"【{feature['class']}】" if feature["class"] else ""
    away = f"（{feature['distance_m']:.0f} m）" if feature["distance_m"] else ""
    return f"{kind}{values}{away}" or "○"
