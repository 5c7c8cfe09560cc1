"""Key joins, hazards by place, nearest places: arrays in, arrays out."""

from gispipe.joins.declared import join_layer
from gispipe.joins.result import Joined

__all__ = ["Joined", "join_layer"]
