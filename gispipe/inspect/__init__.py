"""Say of any file what it is: format, coordinate system, encoding, counts, columns, defects, and which layer reads it."""

from gispipe.inspect.describe import Description, describe
from gispipe.inspect.recognise import Thing, recognise

__all__ = ["Description", "Thing", "describe", "recognise"]
