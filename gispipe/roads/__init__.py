"""Walking to shelters: road centre lines made a network, the nearest shelters from everywhere, and the way to them."""

from gispipe.roads.drawing import Shown, drawn
from gispipe.roads.network import Network, Spot, build_network
from gispipe.roads.reach import Hazard, Listed, Reach, reach
from gispipe.roads.store import load, load_shown, save
from gispipe.roads.straight import Straight
from gispipe.roads.walk import WHY, Route, Walk, walks, walks_from, why_none

__all__ = ["WHY", "Hazard", "Listed", "Network", "Reach", "Route", "Shown", "Spot", "Straight", "Walk", "build_network", "drawn", "load", "load_shown", "reach", "save", "walks", "walks_from", "why_none"]
