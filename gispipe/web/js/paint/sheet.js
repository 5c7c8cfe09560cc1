/* What everything painted shares, in the page and beside it: sheets to paint on, and how sizes follow the zoom. */
(function (gp) {
  "use strict";

  /** A square canvas of some device pixels that nobody sees; it works without a page where the browser can. */
  gp.sheet = function (size) {
    if (typeof OffscreenCanvas === "function") return new OffscreenCanvas(size, size);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    return canvas;
  };

  /** Widths grow gently with the zoom, as on a paper map series; they are as declared at zoom 15. */
  gp.grow = (z, base, low, high) => Math.min(high, Math.max(low, base ** (z - 15)));

  gp.symbolSize = (one, z) => Math.round((one.size ?? 18) * gp.grow(z, 1.22, 0.5, 1.2));

  /** A class one pixel large has no sign: it is the place of a name, which may stand right on it. */
  gp.isNameOnly = (one) => one.size === 1;

  /** Pixels for a metre of ground at a zoom and a latitude. */
  gp.pixelsPerMetre = (zoom, lat) => (256 * 2 ** zoom) / (40075016.68557849 * Math.cos((lat * Math.PI) / 180));
})(window.gispipe = window.gispipe || {});
