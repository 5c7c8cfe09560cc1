"""Terms: Japanese words and sentences of the declarations with their names in other languages."""

from __future__ import annotations

from pydantic import ConfigDict, RootModel

from gispipe.model.basics import Translations


class Terms(RootModel[dict[str, Translations]]):
    """Japanese text → its names by language, for every title, label, group and description that says just this."""

    model_config = ConfigDict(frozen=True)
