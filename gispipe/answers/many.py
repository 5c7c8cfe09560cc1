"""What the hazard layers say of many places at once: the worst rank each, as a card of one place says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import shapely

from gispipe.address.listing import Numbered
from gispipe.answers.card import HOLDERS, Answers
from gispipe.answers.files import REACH, SUBJECTS
from gispipe.answers.zone_answers import ZoneLayer
from gispipe.model import Layer

Pairs = tuple[np.ndarray, np.ndarray]
Wanted = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Says which pairs (k,) of a point's number and a row are asked about."""


@dataclass(frozen=True)
class Judged:
    """Ranks of places, (n, zones) each, -1 where there is nothing: of the place itself, and of lot and building around it where they are worse.

    surveyed: (n, zones), whether the place is in the areas that were surveyed.
    """

    own: np.ndarray
    around: dict[str, np.ndarray]
    surveyed: np.ndarray


class Many:
    """The numbers of a register as places, with what is known of each."""

    def __init__(self, answers: Answers, numbers: Numbered) -> None:
        self._answers, self.numbers = answers, numbers
        self._layers: list[Layer] = [answers.catalogue.layers[name] for name in numbers.layers]
        self.zones: list[ZoneLayer] = [zone for zone in answers.zone_layers if zone.layer.id in answers.files.entries]

    @cached_property
    def xy(self) -> np.ndarray:
        """Where the places are, (n, 2) metres: points exactly as delivered, as for a question."""
        xy = self._answers.planes(self.numbers.lat, self.numbers.lon)
        for number, layer in enumerate(self._layers):
            if layer.geometry == "point":
                shapes = self._answers.shapes(layer.id)
                mine = self.numbers.layer == number
                xy[mine] = shapes.box[shapes.first(self.numbers.feature[mine]), :2]
        return xy

    @cached_property
    def _points(self) -> np.ndarray:
        return shapely.points(self.xy)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._points)

    def judged(self) -> Judged:
        """Return what the hazard layers say of every place."""
        own = self._own()
        return Judged(own, {role: self._around(role, own) for role in HOLDERS}, self._surveyed())

    def _own(self) -> np.ndarray:
        own = np.full((len(self.xy), len(self.zones)), -1, dtype=np.int16)
        for number, layer in enumerate(self._layers):
            mine = np.flatnonzero(self.numbers.layer == number)
            if layer.card is not None and layer.card.role in SUBJECTS:
                worst = self._worst(layer)
                own[mine] = worst[self.numbers.feature[mine]]
                for at in mine[np.isin(mine, list(self.numbers.also))].tolist():
                    own[at] = worst[[int(self.numbers.feature[at]), *self.numbers.also[at]]].max(axis=0)
            else:
                own[mine] = self._at_points(mine)
        return own

    def _worst(self, layer: Layer) -> np.ndarray:
        """Return (features, zones) the worst ranks of a layer's features, the zones in our order."""
        exposures = self._answers.exposures(layer.id)
        return exposures.worst()[:, [exposures.zones.index(zone.layer.id) for zone in self.zones]]

    def _at_points(self, mine: np.ndarray) -> np.ndarray:
        """Return the worst ranks of the zones that points are in."""
        ranks = np.full((len(self.xy), len(self.zones)), -1, dtype=np.int16)
        wanted = np.zeros(len(self.xy), dtype=bool)
        wanted[mine] = True
        for number, zone in enumerate(self.zones):
            point, row = self._within(zone.layer, lambda point, _: wanted[point])
            rows = self._answers.zone_rows(zone.layer)
            np.maximum.at(ranks[:, number], point, np.array([rows.of(one)[0] for one in row.tolist()], dtype=np.int16))
        return ranks[mine]

    def _around(self, role: str, own: np.ndarray) -> np.ndarray:
        """Return the ranks of lots or buildings that the places are in, where they are worse than the place; the place itself is left out."""
        ranks = np.full_like(own, -1)
        for layer in self._answers.files.role(role):
            if layer.geometry != "polygon":
                continue
            worst = self._worst(layer)
            number = self.numbers.layers.index(layer.id) if layer.id in self.numbers.layers else -1
            place, row = self._within(layer, partial(self._worse, worst, own, number))
            order = np.argsort(place, kind="stable")
            begins = np.flatnonzero(np.append(True, place[order][1:] != place[order][:-1])[:len(order)])
            if len(begins):
                found = np.maximum.reduceat(worst[row[order]], begins, axis=0)
                ranks[place[order][begins]] = np.maximum(ranks[place[order][begins]], found)
        return np.where(ranks > own, ranks, np.int16(-1))

    def _worse(self, worst: np.ndarray, own: np.ndarray, layer: int, place: np.ndarray, row: np.ndarray) -> np.ndarray:
        """Return which features of a layer, by its number among those of the places, are worse off in anything than the places beside them, and not they themselves."""
        other = (self.numbers.layer[place] != layer) | (self.numbers.feature[place] != row)
        other[other] = (worst[row[other]] > own[place[other]]).any(axis=1)
        return other

    def _surveyed(self) -> np.ndarray:
        done = np.ones((len(self.xy), len(self.zones)), dtype=bool)
        for number, zone in enumerate(self.zones):
            of = zone.layer.zone.surveyed
            if of is not None:
                done[:, number] = False
                if of in self._answers.files.entries:
                    done[self._within(self._answers.catalogue.layers[of])[0], number] = True
        return done

    def _within(self, layer: Layer, wanted: Wanted = lambda point, row: np.ones(len(point), dtype=bool)) -> Pairs:
        """Return pairs of a point's number and the row of a shape that it is in or on, of those that are wanted; only shapes of which that is asked are opened."""
        shapes, reach = self._answers.shapes(layer.id), REACH["polygon"]
        owner = shapes.packed[2]
        piece, point = self._tree.query(shapely.box(*(shapes.box + np.array([-reach, -reach, reach, reach])).T))
        asked = wanted(point, owner[piece])
        piece, point = piece[asked], point[asked]
        number, which = np.unique(piece, return_inverse=True)
        opened = shapes.pieces(number)[0]
        shapely.prepare(opened)
        there = shapely.dwithin(opened[which.reshape(-1)], self._points[point], reach)
        return point[there], owner[piece[there]]
