/* The tiles of one tileset as protomaps-leaflet wants them, fetched only where and when a visible layer needs them. */
(function (gp) {
  "use strict";

  /**
   * A view with the two methods the renderer calls.
   *
   * One data tile serves two by two screen tiles (`diff` 1: fewer requests, labels laid out over more room). A layer
   * that starts exactly at the shown zoom is not in the coarser tile; for that zoom there is a second view (`diff` 0).
   */
  gp.TileView = class {
    constructor(tileset, diff, source) {
      this.tileset = tileset;
      this.diff = diff;
      this.wanted = () => false;
      this.cache = new protomapsL.TileCache(new protomapsL.PmtilesSource(source, true), 256 << diff);
    }

    /** The data tile and its place for one screen tile; null where there can be nothing. */
    dataTile(z, x, y) {
      const dz = Math.min(z - this.diff, this.tileset.maxzoom);
      if (dz < this.tileset.minzoom) return null;
      const f = 2 ** (z - dz);
      const tile = { z: dz, x: Math.floor(x / f), y: Math.floor(y / f) };
      if (!overlaps(tile, this.tileset.bounds)) return null;
      return { tile, dim: 256 * f, scale: 2 ** (z - this.diff - dz) };
    }

    async getDisplayTile(coords) {
      const place = this.wanted(coords.z) ? this.dataTile(coords.z, coords.x, coords.y) : null;
      if (!place) return { data: new Map(), z: coords.z, dataTile: { ...coords }, scale: 1, dim: 256, origin: corner(coords, 256) };
      const data = await this.cache.get(place.tile).catch((error) => {
        if (error.name === "AbortError") throw error;
        gp.tilesFailed(error);
        return new Map();
      });
      return { data, z: coords.z, dataTile: place.tile, scale: place.scale, dim: place.dim, origin: corner(place.tile, place.dim) };
    }

    /** Features at a point, `brush` in page pixels; null while their tile is not loaded. */
    pick(latlng, z, brush) {
      const point = L.CRS.EPSG3857.latLngToPoint(latlng, z);
      const place = this.dataTile(z, Math.floor(point.x / 256), Math.floor(point.y / 256));
      if (!place) return [];
      if (!this.cache.cache.has(`${place.tile.x}:${place.tile.y}:${place.tile.z}`)) return null;
      return this.cache.queryFeatures(latlng.lng, latlng.lat, place.tile.z, brush / place.scale);
    }
  };

  const corner = (tile, dim) => ({ x: tile.x * dim, y: tile.y * dim });

  function overlaps(tile, bounds) {
    if (!bounds) return true;
    const n = 2 ** tile.z;
    const west = (tile.x / n) * 360 - 180;
    const east = ((tile.x + 1) / n) * 360 - 180;
    const lat = (y) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI;
    const slack = (east - west) * 0.05;  // points and labels just outside still reach in
    return bounds[0] <= east + slack && bounds[2] >= west - slack && bounds[1] <= lat(tile.y) + slack && bounds[3] >= lat(tile.y + 1) - slack;
  }
})(window.gispipe = window.gispipe || {});
