"""Spread a town's inhabitants over hazard classes in proportion to its addresses: whole persons, the total kept."""

from __future__ import annotations

import numpy as np


def spread(total: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return (g, k) whole shares of each total, by largest remainder (of equal ones the first gets one).

    total: (g,) and weight: (g, k) whole numbers from 0. A row without weight gets nothing.
    """
    whole = weight.sum(axis=1)
    divisor = np.maximum(whole, 1)[:, None]
    share, rest = np.divmod(total[:, None] * weight, divisor)
    missing = np.where(whole > 0, total - share.sum(axis=1), 0)
    order = np.argsort(-rest, axis=1, kind="stable")
    nth = np.empty_like(order)
    np.put_along_axis(nth, order, np.arange(weight.shape[1])[None, :], axis=1)
    return share + (nth < missing[:, None])


def by_town(people: np.ndarray, addresses: np.ndarray) -> np.ndarray:
    """Return (t + 1, c) inhabitants by town and class; the last row, outside of all towns, has none.

    people: (t,), -1 unknown; addresses: (t + 1, c) counts, whose last class takes the people of towns without addresses.
    """
    weight = addresses[:-1].copy()
    weight[weight.sum(axis=1) == 0, -1] = 1
    return np.vstack([spread(np.maximum(people, 0), weight), np.zeros((1, addresses.shape[1]), dtype=np.int64)])


def by_area(town_people: np.ndarray, addresses: np.ndarray) -> np.ndarray:
    """Return (d, c) inhabitants by another kind of area; a class has the same total as by town.

    town_people: (t + 1, c) as `by_town` gives them; addresses: (t + 1, c, d) counts. People of a town without an address
    belong to the last area, the outside.
    """
    towns, classes, areas = addresses.shape
    weight = addresses.reshape(-1, areas).copy()
    weight[weight.sum(axis=1) == 0, -1] = 1
    return spread(town_people.reshape(-1), weight).reshape(towns, classes, areas).sum(axis=0).T
