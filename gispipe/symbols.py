"""The names a style may use for `symbol`; the drawing of each is data of the pages and the paper."""

from __future__ import annotations

SYMBOLS: frozenset[str] = frozenset("""
circle square triangle diamond star cross hexagon drop
shelter evacuation tsunami_building school junior_high city_hall fire police hospital toilet aed
bicycle station park water well warehouse helipad camera wifi library museum child welfare bus parking shop food hotel
onsen sight siren control_point triangulation benchmark sandbag recycle garbage factory sport community nursery house
accident tree boat
hazard_flood hazard_inland hazard_storm_surge hazard_tsunami hazard_landslide hazard_earthquake hazard_pond hazard_flood_history
""".split())
