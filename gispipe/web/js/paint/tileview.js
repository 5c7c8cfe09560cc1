/* The tiles of one tileset as the renderer wants them, fetched only where and when a visible layer needs them. */
(function (gp) {
  "use strict";

  const KEPT = 64;  // tiles; a 4K screen needs some 60

  /**
   * A view with the method that the renderer calls.
   *
   * One data tile serves two by two screen tiles (fewer requests, labels laid out over more room), but for zooms at which
   * a layer begins: it is not in the coarser tile, so there all layers come from the tiles of that very zoom.
   */
  gp.TileView = class {
    constructor(tileset, source) {
      Object.assign(this, { tileset, source, kept: new Map(), coming: new Map() });
      this.forget();
    }

    /** Forget what layers wanted. */
    forget() { this.ranges = []; this.begins = new Set(); }

    /** A layer wants this tileset from one zoom to another. */
    want(first, last) {
      this.ranges.push([first, last]);
      this.begins.add(first);
    }

    isWanted(z) { return this.ranges.some(([first, last]) => z >= first && z <= last); }

    /** The data tile for one screen tile, and how many pixels it is wide there; null where there can be nothing. */
    dataTile(z, x, y) {
      const dz = Math.min(this.begins.has(z) ? z : z - 1, this.tileset.maxzoom);
      if (dz < this.tileset.minzoom) return null;
      const f = 2 ** (z - dz);
      const tile = { z: dz, x: Math.floor(x / f), y: Math.floor(y / f) };
      return overlaps(tile, this.tileset.bounds) ? { tile, dim: 256 * f } : null;
    }

    /** What the renderer asks: the data of a screen tile, in pixels of that zoom. A tile that does not come is said and is empty. */
    async displayTile({ z, x, y }) {
      const place = this.isWanted(z) ? this.dataTile(z, x, y) : null;
      if (!place) return null;
      const data = await this.get(place.tile).catch((error) => {
        if (error.name === "AbortError") throw error;
        gp.tilesFailed(error);
        return new gp.TileData(null);
      });
      return { data: data.at(place.dim), z, dataTile: place.tile, scale: 1, dim: place.dim, origin: { x: place.tile.x * place.dim, y: place.tile.y * place.dim } };
    }

    /** A tile, asked for once; those of another zoom that are still on their way are given up. */
    get(tile) {
      const key = `${tile.z}/${tile.x}/${tile.y}`;
      const held = this.kept.get(key);
      if (held) {
        this.kept.delete(key);
        this.kept.set(key, held);
        return Promise.resolve(held);
      }
      for (const [other, { z, controller }] of this.coming) if (z !== tile.z) { controller.abort(); this.coming.delete(other); }
      if (!this.coming.has(key)) this.coming.set(key, this.fetch(tile, key));
      return this.coming.get(key).promise;
    }

    fetch({ z, x, y }, key) {
      const controller = new AbortController();
      const promise = this.source.getZxy(z, x, y, controller.signal).then((found) => {
        const data = new gp.TileData(found ? found.data : null);
        this.kept.set(key, data);
        if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
        return data;
      }).finally(() => { if (this.coming.get(key)?.controller === controller) this.coming.delete(key); });
      return { z, controller, promise };
    }

    /** Features of a layer at a point in pixels of the zoom; null where their tile did not come. */
    async pick(name, px, py, z, brush) {
      const place = this.dataTile(z, Math.floor(px / 256), Math.floor(py / 256));
      if (!place) return [];
      const data = await this.get(place.tile).catch((error) => { if (error.name !== "AbortError") gp.tilesFailed(error); return null; });
      if (!data) return null;
      const [x, y] = [px - place.tile.x * place.dim, py - place.tile.y * place.dim];
      return (data.layer(name, place.dim) || []).filter((feature) => gp.isHit(feature, x, y, brush));
    }
  };

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
