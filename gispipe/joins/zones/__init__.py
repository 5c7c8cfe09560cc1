"""Exact overlap of features with hazard zones: prepared once, asked for any number of features."""

from gispipe.joins.zones.disjoint import Stays
from gispipe.joins.zones.exposed import SLIVER, Exposed, Subjects, expose, ready, ready_from
from gispipe.joins.zones.kept import KeptZones, ready_polygons
from gispipe.joins.zones.prepared import Before, Ground, Zones, cut, prepare, zones_from

__all__ = ["SLIVER", "Before", "Exposed", "Ground", "KeptZones", "Stays", "Subjects", "Zones", "cut", "expose", "prepare", "ready", "ready_from", "ready_polygons", "zones_from"]
