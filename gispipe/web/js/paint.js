/* Areas, lines and dots of one layer on one canvas tile. */
(function (gp) {
  "use strict";

  let spare = null;  // one canvas for half-transparent layers, reused by every tile

  /** Widths grow gently with the zoom, as on a paper map series; they are as declared at zoom 15. */
  gp.grow = (z, base, low, high) => Math.min(high, Math.max(low, base ** (z - 15)));

  /**
   * Collects a layer's shapes by class while the renderer walks the tile, and paints them when told to.
   *
   * Why not paint at once: a whole class is one path (fast), edges of all lines come before all cores (junctions stay
   * open), and a layer's opacity is applied once, so that overlapping areas do not add up to a colour no legend has.
   */
  gp.LayerPainter = class {
    constructor(layer, patterns) {
      this.layer = layer;
      this.patterns = patterns;
      this.classes = gp.allClasses(layer.style);
      this.classOf = gp.classifier(layer.style);
      this.batches = new Map();
    }

    /** Called by the renderer for every feature of the tile. */
    draw(ctx, geom, z, feature) {
      const one = this.classOf(feature.props);
      if (!one) return;
      this.z = z;
      this.transform = ctx.getTransform();
      const list = this.batches.get(one);
      if (list) list.push(geom);
      else this.batches.set(one, [geom]);
    }

    /** Paint what was collected. */
    flush(ctx) {
      if (!this.batches.size) return;
      const opacity = this.layer.style.opacity ?? 1;
      const direct = opacity >= 1;
      const target = direct ? ctx : blank(ctx.canvas);
      target.save();
      target.setTransform(this.transform);
      target.lineJoin = target.lineCap = "round";
      this[this.layer.geometry](target);
      target.restore();
      if (!direct) {
        ctx.save();
        ctx.setTransform(1, 0, 0, 1, 0, 0);
        ctx.globalAlpha = opacity;
        ctx.drawImage(target.canvas, 0, 0);
        ctx.restore();
      }
      this.batches.clear();
    }

    polygon(ctx) {
      const ratio = this.transform.a;
      for (const [one, geoms] of this.inOrder()) {
        const hatch = this.patterns ? gp.hatch(ctx, one, ratio) : null;
        for (const path of paths(geoms, true)) {
          if (one.fill) { ctx.fillStyle = one.fill; ctx.fill(path); }
          if (hatch) { ctx.fillStyle = hatch; ctx.fill(path); }
        }
      }
      for (const [one, geoms] of this.inOrder()) {
        const width = (one.width ?? 1) * gp.grow(this.z, 1.2, 0.4, 1.3);
        if (one.stroke && width) this.stroke(ctx, geoms, one.stroke, width, one.dash, true);
      }
    }

    line(ctx) {
      const grow = gp.grow(this.z, 1.28, 0.4, 3);
      for (const [one, geoms] of this.inOrder()) {
        if (one.casing) this.stroke(ctx, geoms, one.casing, (one.width ?? 1) * grow + 2 * (one.casing_width ?? 1), null, false);
      }
      for (const [one, geoms] of this.inOrder()) {
        this.stroke(ctx, geoms, one.stroke || one.fill || "#555555", (one.width ?? 1) * grow, one.dash, false);
      }
    }

    /** A small dot for every point: what is left of a symbol that found no room. */
    point(ctx) {
      for (const [one, geoms] of this.inOrder().filter(([one]) => !gp.isNameOnly(one))) {
        const radius = Math.min(3, (one.size ?? 14) / 4) * gp.grow(this.z, 1.12, 0.7, 1.1);
        ctx.lineWidth = 1.2;
        ctx.fillStyle = one.fill || "#3366AA";
        ctx.strokeStyle = "#FFFFFF";
        for (const geom of geoms) {
          for (const [point] of geom) {
            ctx.beginPath();
            ctx.arc(point.x, point.y, radius, 0, 2 * Math.PI);
            ctx.fill();
            ctx.stroke();
          }
        }
      }
    }

    /** Classes as declared: a later one lies over an earlier one. */
    inOrder() {
      return this.classes.filter((one) => this.batches.has(one)).map((one) => [one, this.batches.get(one)]);
    }

    stroke(ctx, geoms, color, width, dash, closed) {
      ctx.strokeStyle = color;
      ctx.lineWidth = width;
      ctx.setLineDash(dash || []);
      if (dash && dash.length) ctx.lineCap = "butt";
      for (const path of paths(geoms, closed)) ctx.stroke(path);
      ctx.setLineDash([]);
      ctx.lineCap = "round";
    }
  };

  /** Paths of some thousand corners each: one path for all is slow to fill, one per feature slow to start. */
  function* paths(geoms, closed) {
    let path = new Path2D();
    let corners = 0;
    for (const geom of geoms) {
      for (const ring of geom) {
        for (let k = 0; k < ring.length; k++) path[k ? "lineTo" : "moveTo"](ring[k].x, ring[k].y);
        if (closed) path.closePath();
        corners += ring.length;
      }
      if (corners > 3000) {
        yield path;
        path = new Path2D();
        corners = 0;
      }
    }
    if (corners) yield path;
  }

  function blank(like) {
    if (!spare) spare = document.createElement("canvas").getContext("2d");
    if (spare.canvas.width !== like.width) spare.canvas.width = spare.canvas.height = like.width;
    spare.setTransform(1, 0, 0, 1, 0, 0);
    spare.clearRect(0, 0, like.width, like.height);
    return spare;
  }
})(window.gispipe = window.gispipe || {});
