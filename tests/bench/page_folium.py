"""Write the page that folium.GeoJson makes of a city's lots, zones and sites: `python -m tests.bench.page_folium CITY FILE`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import folium
import geopandas

from gispipe.catalogue import load_catalogue
from gispipe.store import Store

PAINTED = "<script>requestAnimationFrame(() => requestAnimationFrame(() => { window.painted_ = performance.now(); }));</script>"


def main(city: Path, target: Path) -> None:
    catalogue = load_catalogue(city)
    store = Store(catalogue.output, "public")
    west, south, east, north = catalogue.city.bounds
    made = folium.Map(location=[(south + north) / 2, (west + east) / 2], zoom_start=15, tiles=None, prefer_canvas=True)
    for name in ("parcel", "flood_l2", "emergency_site"):
        shapes = geopandas.GeoSeries(store.read(name).geometry, crs=catalogue.city.crs).to_crs("EPSG:4326")
        folium.GeoJson(geopandas.GeoDataFrame(geometry=shapes[shapes.notna()]), name=name).add_to(made)
    page = made.get_root().render()
    page = re.sub(r'<script src="[^"]*leaflet(?:\.min)?\.js"></script>', '<script src="assets/leaflet.js"></script>', page)
    page = re.sub(r'<link rel="stylesheet" href="[^"]*leaflet(?:\.min)?\.css"\s*/>', '<link rel="stylesheet" href="assets/leaflet.css"/>', page)
    page = re.sub(r'<(?:script src|link rel="stylesheet" href)="https?://[^>]*>(?:</script>)?', "", page)  # what this page does not use
    target.write_text(page.replace("</html>", PAINTED + "</html>"), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
