"""`gispipe lookup QUERY`: the hazards at an address, lot number, facility or coordinate, and where to go."""

from __future__ import annotations

from pathlib import Path

import click

from gispipe.cli import options


@click.command("lookup", context_settings={"ignore_unknown_options": True})
@click.argument("query")
@options.city
@click.option("--audience", type=click.Choice(["public", "internal"]), default="public", show_default=True)
@options.as_json
@options.quiet
def command(query: str, city: Path, audience: str, as_json: bool, quiet: bool) -> None:
    """Say which hazards reach QUERY and where to go from there.

    QUERY is an address, a lot number, the name of a facility, or a coordinate written as lat,lon in degrees.
    """
    from gispipe.answers.card import Answers
    from gispipe.answers.lookup import Unanswerable, look_up
    from gispipe.answers.text import card_lines

    try:
        card = look_up(Answers(options.load(city), audience), query)  # type: ignore[arg-type]
    except Unanswerable as error:
        raise click.BadParameter(str(error.why), param_hint="QUERY") from None
    options.tell(card, card_lines(card), as_json, quiet)
