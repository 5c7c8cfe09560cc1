/* One feature of a tile: its shape stands in the corners of its layer, its attributes in the bytes of the tile. */
(function (gp) {
  "use strict";

  /** A corner as the placing of labels wants it. */
  class Dot {
    constructor(x, y) { this.x = x; this.y = y; }

    clone() { return new Dot(this.x, this.y); }

    mult(k) { this.x *= k; this.y *= k; return this; }

    add(other) { this.x += other.x; this.y += other.y; return this; }

    dist(other) { return Math.hypot(other.x - this.x, other.y - this.y); }
  }

  /** One feature: its own shape (rings `from`…`to` of its layer) and its own box, in pixels of the data tile. */
  gp.TileFeature = class {
    constructor(layer) {
      this.layer = layer;
      this.id = undefined;
      this.geomType = 0;
      this.tags = 0;
      this.tagsEnd = 0;
      this.from = this.to = 0;
      this.minX = this.minY = Infinity;
      this.maxX = this.maxY = -Infinity;
      this.kept = null;
    }

    get bbox() { return this; }

    get geom() { return this; }

    /** One attribute by its name, read by itself: most features are only painted. */
    attribute(name) { return this.kept ? this.kept[name] : this.layer.attribute(this, name); }

    get props() { return this.kept || (this.kept = this.layer.attributes(this)); }

    /** Its rings as lists of corners, one after the other. */
    * [Symbol.iterator]() {
      const { xy, ends } = this.layer;
      for (let ring = this.from; ring < this.to; ring++) {
        const corners = [];
        for (let k = ring ? ends[ring - 1] : 0; k < ends[ring]; k += 2) corners.push(new Dot(xy[k], xy[k + 1]));
        yield corners;
      }
    }

    map(make) { return Array.from(this, make); }
  };
})(window.gispipe = window.gispipe || {});
