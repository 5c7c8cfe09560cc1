"""The colours of pictures whose pixels are numbers in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import rasterio


def colour_table(source: rasterio.DatasetReader) -> np.ndarray:
    """Return the colour table of the first band as uint8 of shape (256, 3)."""
    table = np.zeros((256, 3), np.uint8)
    for index, colour in source.colormap(1).items():
        table[index] = colour[:3]
    return table
