"""PLATEAU CityGML: city objects as rows, matched by local names, since the same object differs between versions 1 to 4."""

from gispipe.intake.citygml.reader import list_classes, read_citygml

__all__ = ["list_classes", "read_citygml"]
