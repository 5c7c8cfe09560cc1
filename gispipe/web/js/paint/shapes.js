/* Areas, lines and dots of one layer on one canvas tile. */
(function (gp) {
  "use strict";

  let spare = null;  // one sheet for half-transparent layers, reused by every tile

  const SIDE = 256;
  const MARGIN = 24;  // pixels round a tile in which a line's own width may reach in
  const CORNERS = 3000;  // one path for all of a class is slow to fill, one for each shape slow to start

  /**
   * Collects a layer's shapes by class while the renderer walks the tile, and paints them when told to.
   *
   * Why not paint at once: a whole class is one path (fast), edges of all lines come before all cores (junctions stay
   * open), and a layer's opacity is applied once, so that overlapping areas do not add up to a colour no legend has.
   */
  gp.LayerPainter = class {
    constructor(layer, patterns, opacity) {
      this.layer = layer;
      this.patterns = patterns;
      this.opacity = opacity ?? layer.style.opacity ?? 1;
      this.classes = gp.allClasses(layer.style);
      this.by = layer.style.by;
      this.classOf = gp.valueClassifier(layer.style);
      this.batches = new Map();
    }

    /** Called by the renderer for every feature of the tile. */
    draw(ctx, shape, z, feature) {
      const one = this.classOf(this.by ? feature.attribute(this.by) : null);
      if (!one) return;
      this.z = z;
      this.transform = ctx.getTransform();
      const list = this.batches.get(one);
      if (list) list.push(feature);
      else this.batches.set(one, [feature]);
    }

    /** Paint what was collected. */
    flush(ctx) {
      if (!this.batches.size) return;
      const { a, e, f } = this.transform;
      this.window = { left: -e / a - MARGIN, top: -f / a - MARGIN, right: -e / a + SIDE + MARGIN, bottom: -f / a + SIDE + MARGIN };
      const direct = this.opacity >= 1;
      const target = direct ? ctx : blank(ctx.canvas);
      target.save();
      target.setTransform(this.transform);
      target.lineJoin = target.lineCap = "round";
      this[this.layer.geometry](target);
      target.restore();
      if (!direct) {
        ctx.save();
        ctx.setTransform(1, 0, 0, 1, 0, 0);
        ctx.globalAlpha = this.opacity;
        ctx.drawImage(target.canvas, 0, 0);
        ctx.restore();
      }
      this.batches.clear();
    }

    polygon(ctx) {
      const ratio = this.transform.a;
      const painted = this.inOrder().map(([one, features]) => [one, this.paths(features, true)]);
      for (const [one, paths] of painted) {
        const hatch = this.patterns ? gp.hatch(ctx, one, ratio) : null;
        for (const path of paths) {
          if (one.fill) { ctx.fillStyle = one.fill; ctx.fill(path); }
          if (hatch) { ctx.fillStyle = hatch; ctx.fill(path); }
        }
      }
      for (const [one, paths] of painted) {
        const width = (one.width ?? 1) * gp.grow(this.z, 1.2, 0.4, 1.3);
        if (one.stroke && width) this.stroke(ctx, one.dash && one.dash.length ? this.paths(this.batches.get(one), false) : paths, one.stroke, width, one.dash);
      }
    }

    line(ctx) {
      const grow = gp.grow(this.z, 1.28, 0.4, 3);
      const painted = this.inOrder().map(([one, features]) => [one, this.paths(features, !(one.dash && one.dash.length))]);
      for (const [one, paths] of painted) {
        if (one.casing) this.stroke(ctx, paths, one.casing, (one.width ?? 1) * grow + 2 * (one.casing_width ?? 1), null);
      }
      for (const [one, paths] of painted) this.stroke(ctx, paths, one.stroke || one.fill || "#555555", (one.width ?? 1) * grow, one.dash);
    }

    /** A small dot for every point: what is left of a symbol that found no room. */
    point(ctx) {
      for (const [one, features] of this.inOrder().filter(([one]) => !gp.isNameOnly(one))) {
        const radius = Math.min(3, (one.size ?? 14) / 4) * gp.grow(this.z, 1.12, 0.7, 1.1);
        ctx.lineWidth = 1.2;
        ctx.fillStyle = one.fill || "#3366AA";
        ctx.strokeStyle = "#FFFFFF";
        for (const feature of features) {
          for (const [point] of feature) {
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

    stroke(ctx, paths, color, width, dash) {
      ctx.strokeStyle = color;
      ctx.lineWidth = width;
      ctx.setLineDash(dash || []);
      if (dash && dash.length) ctx.lineCap = "butt";
      for (const path of paths) ctx.stroke(path);
      ctx.setLineDash([]);
      ctx.lineCap = "round";
    }

    /** Paths of some thousand corners each; `cut` leaves out what lies outside of the tile (not for dashes, which would begin elsewhere). */
    paths(features, cut) {
      const { left, top, right, bottom } = this.window;
      const paths = [];
      let [path, corners] = [new Path2D(), 0];
      for (const feature of features) {
        const over = cut && (feature.minX < left || feature.minY < top || feature.maxX > right || feature.maxY > bottom);
        corners += over ? cutTrace(path, feature, this.window) : trace(path, feature);
        if (corners > CORNERS) {
          paths.push(path);
          [path, corners] = [new Path2D(), 0];
        }
      }
      if (corners) paths.push(path);
      return paths;
    }
  };

  // Rings of areas end where they begin; closing a path besides would measure all of it again for every ring.

  function trace(path, { layer, from, to }) {
    const { xy, ends } = layer;
    let k = from ? ends[from - 1] : 0;
    const begin = k;
    for (let ring = from; ring < to; ring++) {
      path.moveTo(xy[k], xy[k + 1]);
      for (k += 2; k < ends[ring]; k += 2) path.lineTo(xy[k], xy[k + 1]);
    }
    return (k - begin) / 2;
  }

  /**
   * Of corners one behind the other that all lie beyond the same side of the window only the first and the last are
   * drawn: between them nothing reaches in, and what is inside of an area stays inside.
   */
  function cutTrace(path, { layer, from, to }, { left, top, right, bottom }) {
    const { xy, ends } = layer;
    const side = (k) => (xy[k] < left ? 1 : xy[k] > right ? 2 : 0) | (xy[k + 1] < top ? 4 : xy[k + 1] > bottom ? 8 : 0);
    let [k, drawn] = [from ? ends[from - 1] : 0, 0];
    for (let ring = from; ring < to; ring++) {
      path.moveTo(xy[k], xy[k + 1]);
      let [beyond, waiting] = [side(k), -1];
      for (k += 2; k < ends[ring]; k += 2) {
        const now = side(k);
        if (waiting >= 0 && !(beyond & now)) {
          path.lineTo(xy[waiting], xy[waiting + 1]);
          drawn++;
          beyond = side(waiting);
          waiting = -1;
        }
        if (beyond & now) {
          beyond &= now;
          waiting = k;
          continue;
        }
        path.lineTo(xy[k], xy[k + 1]);
        drawn++;
        beyond = now;
      }
      if (waiting >= 0) path.lineTo(xy[waiting], xy[waiting + 1]);
      drawn += 2;
    }
    return drawn;
  }

  function blank(like) {
    if (!spare) spare = gp.sheet(like.width).getContext("2d");
    if (spare.canvas.width !== like.width) spare.canvas.width = spare.canvas.height = like.width;
    spare.setTransform(1, 0, 0, 1, 0, 0);
    spare.clearRect(0, 0, like.width, like.height);
    return spare;
  }
})(window.gispipe = window.gispipe || {});
