"""The hazard card of a place: one answer from which page, paper, search and command line all speak."""

from __future__ import annotations

import sqlite3
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from gispipe.address import Found, Hit, Register, search
from gispipe.address.town import Town, read_towns
from gispipe.answers.advice import advice
from gispipe.answers.areas import areas_at
from gispipe.answers.around import Around, Near
from gispipe.answers.asked import Asked, namesakes
from gispipe.answers.exposure import NOTHING, Exposure, Exposures, Reached, ZoneRows
from gispipe.answers.facts import Facts
from gispipe.answers.files import SUBJECTS, TOUCH
from gispipe.answers.opened import answer_files, kept, outdated
from gispipe.answers.shapes import Shapes
from gispipe.answers.shelters import Shelters
from gispipe.answers.surveyed import surveyed
from gispipe.answers.tables import Rows
from gispipe.answers.zone_answers import CAUTION, ZoneLayer, combined, together
from gispipe.catalogue import Catalogue
from gispipe.crs import LONLAT, Projector, projector
from gispipe.errors import NotFound
from gispipe.garbage import collect_seldom
from gispipe.model import Audience, City, Layer
from gispipe.words import Words

if TYPE_CHECKING:
    from gispipe.address.columns import NumberColumns
    from gispipe.address.listing import Numbered

SCHEMA = "gispipe-card-1"
HOLDERS = ("parcel", "building")
Ground = tuple[list[dict[str, Any]], list[dict[str, Any]]]
"""What hazard layers say of a place, and the areas it is in, as a card has them."""
SWAPPED = Words("the order is lat,lon: swap the two numbers", "順序は「緯度,経度」です。2つの数を入れ替えてください")


def outside(city: City) -> Words:
    """Return what is said of a coordinate far from the city."""
    return Words(f"outside {city.name}", f"{city.name}の範囲外です")


def not_ours(city: City) -> Words:
    """Return what is said of a coordinate near the city, outside of its limits."""
    return Words(f"outside {city.name}: its maps say nothing of this place", f"{city.name}の区域の外です。この市の地図では分かりません")


class Answers:
    """Everything one audience can be told about places; open it once and ask often."""

    def __init__(self, catalogue: Catalogue, audience: Audience) -> None:
        self.catalogue, self.audience = catalogue, audience
        self.files = answer_files(catalogue, audience)
        self.rows = Rows(self.files)
        self._shapes: dict[str, Shapes] = {}
        self._here: tuple[tuple[float, float], dict[str, Near]] = ((float("nan"), 0.0), {})
        self._zone_rows: dict[str, ZoneRows] = {}
        self._exposures: dict[tuple[str, str], Exposure] = {}
        self._together: dict[str, Exposures] = {}

    def open(self) -> Answers:
        """Open every file now, for a process that stays and is asked often; what is missing is known at once.

        Python then looks for garbage seldom and never among what was opened: that search took 50 ms of one question in 150.
        """
        _ = self._register, self._around, self._facts, self._to_plane
        self.shelters.know()
        for subject in self.files.subjects():
            self.exposures(subject.id)
        for zone in self.files.zones():
            self.zone_rows(zone)
        collect_seldom()
        return self

    def find(self, text: str) -> Found:
        """Return what the register has for a text."""
        register = self._register
        try:
            return search(register, text)
        except sqlite3.Error as error:
            raise outdated(self.files) from error

    def at(self, lat: float, lon: float) -> Asked:
        """Return a place by coordinate (degrees, JGD2011 = WGS 84 here); raises NotFound outside the city."""
        west, south, east, north = self.catalogue.city.bounds
        if not (west <= lon <= east and south <= lat <= north):
            swapped = west <= lat <= east and south <= lon <= north
            raise NotFound(f"{lat:g},{lon:g}", outside(self.catalogue.city), SWAPPED if swapped else None)
        place = Asked(lat, lon, *self._plane(lat, lon))
        limits = [layer for layer in self.files.role("city") if layer.geometry == "polygon"]
        if limits and not any(self.near(layer, place.x, place.y) for layer in limits):
            raise NotFound(f"{lat:g},{lon:g}", not_ours(self.catalogue.city))
        return place

    def of(self, hit: Hit, town: bool = False) -> Asked:
        """Return the place of an entry of the register; of a town its middle, or with `town` its whole ground."""
        one = hit.entry
        whole = town and hit.kind == "town" and self.catalogue.layers[one.layer].geometry == "polygon"
        if hit.kind in ("town", "block") and not whole:
            return Asked(one.lat, one.lon, *self._plane(one.lat, one.lon))
        layer = self.catalogue.layers[one.layer]
        x, y = self._spot(layer, one.feature) if layer.geometry == "point" else self._plane(one.lat, one.lon)
        return Asked(one.lat, one.lon, x, y, layer, one.feature, namesakes(self.rows, layer, one.feature) if whole else hit.also)

    def card(self, place: Asked) -> dict[str, Any]:
        """Return hazards, what to do, shelters, areas and facts of a place, without the question."""
        return {**self.told(place), "layers": self._facts.at(place.x, place.y)}

    def told(self, place: Asked) -> dict[str, Any]:
        """Return the card without the facts: the part that the pages' script answers too."""
        hazards, shelters = self._hazards(place), self.shelters.of(place)
        return {"hazards": hazards, "advice": advice(hazards, shelters), "shelters": shelters, "areas": areas_at(self, place.x, place.y),
                "caution": CAUTION.both(), "sources": self.sources}

    def ground(self, place: Asked) -> Ground:
        """Return what hazard layers say of a place, and the areas it is in: what lies there is looked for once."""
        return self._hazards(place), areas_at(self, place.x, place.y)

    def words(self, place: Asked, ground: Ground | None = None) -> dict[str, Any]:
        """Return a card as far as pages of text tell it: nothing of other layers, and no lines of the ways. ground: of this place, where it is known."""
        (hazards, areas), shelters = ground or self.ground(place), self.shelters.of(place, lines=False)
        return {"hazards": hazards, "advice": advice(hazards, shelters), "shelters": shelters, "areas": areas, "layers": [], "caution": CAUTION.both(), "sources": self.sources}

    def numbers(self, columns: NumberColumns | None = None) -> Numbered:
        """Return the house numbers and lots of the register; columns: of the same register, where somebody has read them already."""
        from gispipe.address.listing import read_numbers

        return read_numbers(self._register.connection, columns)

    def towns(self) -> list[Town]:
        """Return the towns of the register."""
        return read_towns(self._register.connection, "", ())

    def blank(self, place: Asked | None = None) -> dict[str, Any]:
        """Return a card without an answer about hazards: only the areas of a place, when one is given."""
        return {"hazards": [], "advice": [], "shelters": [], "areas": areas_at(self, place.x, place.y) if place else [], "layers": [], "caution": CAUTION.both(), "sources": self.sources}

    def near(self, layer: Layer, x: float, y: float) -> Near:
        """Return row and distance of the layer's features that a point of the plane is in or on, by row."""
        return sorted(one for one in self.everything(x, y).get(layer.id, ()) if one[1] <= TOUCH)

    def everything(self, x: float, y: float) -> dict[str, Near]:
        """Return by layer row and distance of the features within the layer's reach of a point of the plane, remembering the last point."""
        if self._here[0] != (x, y):
            self._here = ((x, y), dict(zip(self._around[0], self._around[1].at(x, y), strict=True)))
        return self._here[1]

    @cached_property
    def _around(self) -> tuple[list[str], Around]:
        """The index of what is where, with the layers in its order."""
        layers = [layer.id for layer in self.files.layers()]
        return layers, kept(self.files, lambda: Around(self.files.around(), [self.shapes(layer) for layer in layers]))

    def shapes(self, layer: str) -> Shapes:
        if layer not in self._shapes:
            self._shapes[layer] = kept(self.files, lambda: Shapes(self.files.shapes(layer)))
        return self._shapes[layer]

    def exposure(self, subject: str, zone: Layer) -> Exposure:
        if (subject, zone.id) not in self._exposures:
            self._exposures[subject, zone.id] = kept(self.files, lambda: Exposure(self.files.exposure(subject, zone)))
        return self._exposures[subject, zone.id]

    def exposures(self, subject: str) -> Exposures:
        """Return what all hazard layers say of a layer's features, by feature."""
        if subject not in self._together:
            self._together[subject] = kept(self.files, lambda: Exposures(self.files.exposures(subject)))
        return self._together[subject]

    @cached_property
    def _register(self) -> Register:
        path = self.files.register()
        return kept(self.files, lambda: Register(sqlite3.connect(f"file:{path.as_posix()}?mode=ro&immutable=1", uri=True, check_same_thread=False)))

    @cached_property
    def zone_layers(self) -> list[ZoneLayer]:
        """Return the hazard layers the audience may see, also those without data."""
        wanted = [layer for layer in self.catalogue.layers_for(self.audience) if layer.hazard is not None]
        return [ZoneLayer(layer, self.catalogue.styles.get(layer.style or "")) for layer in wanted]

    def zone_rows(self, zone: Layer) -> ZoneRows:
        if zone.id not in self._zone_rows:
            self._zone_rows[zone.id] = kept(self.files, lambda: ZoneRows(self.files.zone(zone)))
        return self._zone_rows[zone.id]

    @cached_property
    def _facts(self) -> Facts:
        return Facts(self)

    @cached_property
    def shelters(self) -> Shelters:
        """The evacuation sites and the ways to them."""
        zones: dict[str, list[tuple[ZoneLayer, dict[str, Exposure]]]] = {}
        for zone in self.zone_layers:
            if zone.layer.id in self.files.entries:
                zones.setdefault(str(zone.layer.hazard), []).append((zone, {layer.id: self.exposure(layer.id, zone.layer) for layer in self.files.role("site", "shelter")}))
        return kept(self.files, lambda: Shelters(self.files, self.rows, zones).open())

    @cached_property
    def sources(self) -> list[dict[str, Any]]:
        """Where what is told comes from."""
        return [{"layer": layer.id, "title": layer.title, "attribution": layer.source.attribution, "license": layer.source.license, "updated": layer.updated}
                for layer in self.files.layers() if layer.hazard is not None or layer.card is not None]

    def planes(self, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
        """Return coordinates (n,) in degrees as (n, 2) metres of the plane."""
        return np.column_stack(self._to_plane(lon, lat))

    def _plane(self, lat: float, lon: float) -> tuple[float, float]:
        x, y = self._to_plane(lon, lat)
        return float(x), float(y)

    @cached_property
    def _to_plane(self) -> Projector:
        return projector(LONLAT, self.catalogue.city.crs)

    def _holders(self, place: Asked) -> list[tuple[Layer, int]]:
        """Return the parcels and buildings the place is in, itself left out."""
        found = [(layer, row) for layer in self.files.role(*HOLDERS) if layer.geometry == "polygon" for row, _ in self.near(layer, place.x, place.y)]
        return [one for one in found if one != (place.layer, place.row)]

    def _hazards(self, place: Asked) -> list[dict[str, Any]]:
        """Answer for the feature that was asked (else the point), and say when what it stands in is worse off."""
        around = [(layer.card.role, layer.title, self.exposures(layer.id).of(row)) for layer, row in self._holders(place) if layer.card is not None]
        own = None
        if place.layer is not None and place.layer.card is not None and place.layer.card.role in SUBJECTS:
            own = [self.exposures(place.layer.id).of(row) for row in place.ground]
        size = None if own is None else self._size(place)
        return [self._zone(zone, place, size, own, around) for zone in self.zone_layers]

    def _zone(self, zone: ZoneLayer, place: Asked, size: float | None, own: list[dict[str, Reached]] | None, around: list[tuple[str, str, dict[str, Reached]]]) -> dict[str, Any]:
        """Answer for one hazard layer; own: what reaches the rows of the feature that was asked; around: role, title and what reaches what it stands in."""
        name = zone.layer.id
        if name not in self.files.entries:
            return zone.answer(None, None, True, [])
        if own is not None:
            reached = combined([one.get(name, NOTHING) for one in own])
        else:
            rows = self.zone_rows(zone.layer)
            reached = together([rows.of(row) for row, _ in self.near(zone.layer, place.x, place.y)])
        worst = reached.ranks[0][0] if reached.ranks else -1  # 0 is a value without a class of its own
        worse = [{"role": role, "title": title, "class": zone.class_of(others[name].ranks[0][0])} for role, title, others in around
                 if name in others and others[name].ranks[0][0] > worst]
        return zone.answer(reached, size, surveyed(self, zone.layer, place), worse)

    def _spot(self, layer: Layer, row: int) -> tuple[float, float]:
        """Return where a point feature is, exactly: degrees and back would miss the edge it may stand on."""
        import shapely

        x, y = shapely.get_coordinates(self.shapes(layer.id).of(row))[0].tolist()
        return x, y

    def _size(self, place: Asked) -> float | None:
        """Return the ground of the feature that was asked in m², None for a point."""
        if place.layer is None or place.layer.geometry != "polygon":
            return None
        import shapely

        return sum(float(shapely.area(self.shapes(place.layer.id).of(row)).sum()) for row in place.ground)
