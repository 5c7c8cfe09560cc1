"""layers/ + styles/ → one checked, immutable Catalogue.

`load_catalogue` reads every declaration, reports every mistake at once and returns nothing half-checked.
"""

from gispipe.catalogue.load import Catalogue, load_catalogue
from gispipe.catalogue.mistakes import Mistake

__all__ = ["Catalogue", "Mistake", "load_catalogue"]
