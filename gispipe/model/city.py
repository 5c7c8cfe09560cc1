"""City: the municipality, its coordinate system and where its files are."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from gispipe.model.basics import Declared, Identifier, Names, inside


class GateRules(Declared):
    """What the gate looks for besides names."""

    canaries: tuple[Annotated[str, Field(min_length=6)], ...] = ()


class Keep(Declared):
    """What stays when something newer has come. What counts now always stays, and so does what was served within the last day."""

    releases: int = Field(5, ge=2, description="finished releases of each audience")
    years: int = Field(3, ge=1, description="labels (年度) of which the store keeps every layer as it was at the end of each")
    states: int = Field(10, ge=2, description="last states of the store that stay whatever their label")
    pinned: tuple[str, ...] = Field((), description="labels (年度) of which state and releases always stay")
    reports: int = Field(100, ge=1, description="reports of runs")
    backups: int = Field(10, ge=1, description="snapshots in the backup")


class Notify(Declared):
    """Whom a refresh tells how it ended, besides its exit status, log and report."""

    when: Literal["problem", "always"] = "problem"
    webhook: str = Field("", description="address that gets a JSON document by POST", pattern=r"^(https?://\S+)?$")
    mail_to: tuple[str, ...] = ()
    mail_from: str = ""
    smtp: str = Field("localhost:25", description="mail server and port", pattern=r"^[^\s:]+:\d{1,5}$")

    @model_validator(mode="after")
    def _somebody_writes(self) -> Notify:
        if self.mail_to and not self.mail_from:
            raise ValueError("mail_needs_from")
        return self


class Statistics(Declared):
    """From how many on a count by small area is shown to the public (秘匿); smaller ones, but for zero, are not. 1 shows all."""

    fewest_people: int = Field(10, ge=1, description="people")
    fewest_households: int = Field(3, ge=1, description="households")

    def fewest(self, what: Literal["people", "households"]) -> int:
        """Return the smallest number that may be shown."""
        return self.fewest_people if what == "people" else self.fewest_households


class City(Declared):
    """The municipality and where its files are."""

    id: Identifier
    name: str
    code: Annotated[str, Field(pattern=r"^\d{6}$", description="6-digit municipality code with check digit")]
    crs: Annotated[str, Field(pattern=r"^EPSG:\d+$")]
    bounds: tuple[float, float, float, float]
    sources: str = "sources"
    tky2jgd: str = Field("", description="the grid TKY2JGD.par in the source folder, for files on the old Tokyo datum")
    prefecture: str = Field("", description="as it is written before the city in an address")
    names: Names
    fictitious: bool = False
    edition: str = ""
    default_map: Identifier | None = None
    notice: str = ""
    attribution: str = ""
    contact: str = ""
    online: tuple[Literal["gsi_std", "gsi_pale", "gsi_photo"], ...] = Field((), description="backgrounds of the net (地理院タイル) that readers of the public pages may choose; none is ever asked for unchosen")
    gate: GateRules = Field(default_factory=GateRules)
    statistics: Statistics = Field(default_factory=Statistics)
    keep: Keep = Field(default_factory=Keep)
    notify: Notify = Field(default_factory=Notify)
    backup: str = Field("", description="folder, also on another machine's disk, that gets a copy of everything after each refresh; from the city directory when it is relative")

    @field_validator("tky2jgd")
    @classmethod
    def _grid_inside(cls, path: str) -> str:
        return inside(path) if path else path

    @field_validator("bounds")
    @classmethod
    def _bounds(cls, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        west, south, east, north = box
        if not (122 <= west < east <= 154 and 20 <= south < north <= 46):
            raise ValueError("bounds_outside_japan")
        return box
