/* Whether a shape lies under a point, in pixels of its data tile. */
(function (gp) {
  "use strict";

  /**
   * Tell whether a feature is hit at (x, y).
   * @param {number} brush pixels that a point or a line may be away; areas are hit inside only
   */
  gp.isHit = function (feature, x, y, brush) {
    const reach = feature.geomType === 3 ? 0 : brush;
    if (x < feature.minX - reach || x > feature.maxX + reach || y < feature.minY - reach || y > feature.maxY + reach) return false;
    const { xy, ends } = feature.layer;
    let inside = false;
    for (let ring = feature.from; ring < feature.to; ring++) {
      const begin = ring ? ends[ring - 1] : 0;
      if (feature.geomType === 3) inside = inside !== isInRing(xy, begin, ends[ring], x, y);
      else if (feature.geomType === 2 ? isNear(xy, begin, ends[ring], x, y, reach) : isNearPoint(xy, begin, ends[ring], x, y, reach)) return true;
    }
    return inside;
  };

  function isInRing(xy, begin, end, x, y) {
    let inside = false;
    for (let k = begin, before = end - 2; k < end; before = k, k += 2) {
      const [ax, ay, bx, by] = [xy[k], xy[k + 1], xy[before], xy[before + 1]];
      if ((ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
    return inside;
  }

  function isNear(xy, begin, end, x, y, reach) {
    for (let k = begin; k + 3 < end; k += 2) {
      const [ax, ay, dx, dy] = [xy[k], xy[k + 1], xy[k + 2] - xy[k], xy[k + 3] - xy[k + 1]];
      const square = dx * dx + dy * dy;
      const share = square ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
      if (Math.hypot(x - ax - share * dx, y - ay - share * dy) < reach) return true;
    }
    return false;
  }

  function isNearPoint(xy, begin, end, x, y, reach) {
    for (let k = begin; k < end; k += 2) if (Math.hypot(x - xy[k], y - xy[k + 1]) < reach) return true;
    return false;
  }
})(window.gispipe = window.gispipe || {});
