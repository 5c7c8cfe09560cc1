/* Hatches: 16 px patterns, because 16 divides the 256 px tile and the lines meet across tile borders. */
(function (gp) {
  "use strict";

  const SIZE = 16;
  const cache = new Map();

  const DRAW = {
    dots(c) { for (const [x, y] of [[4, 4], [12, 12]]) { c.beginPath(); c.arc(x, y, 1.5, 0, 7); c.fill(); } },
    circles(c) { for (const [x, y] of [[4, 4], [12, 12]]) { c.beginPath(); c.arc(x, y, 2.6, 0, 7); c.stroke(); } },
    lines(c) { diagonal(c, 1); },
    back(c) { diagonal(c, -1); },
    cross(c) { diagonal(c, 1); diagonal(c, -1); },
    grid(c) { DRAW.horizontal(c); DRAW.vertical(c); },
    horizontal(c) { for (const y of [4, 12]) segment(c, 0, y, SIZE, y); },
    vertical(c) { for (const x of [4, 12]) segment(c, x, 0, x, SIZE); },
    waves(c) {
      for (const y of [4, 12]) {
        c.beginPath();
        c.moveTo(-4, y);
        for (let x = -4; x < SIZE + 4; x += 8) c.bezierCurveTo(x + 2, y - 4, x + 6, y + 4, x + 8, y);
        c.stroke();
      }
    },
  };

  function diagonal(c, way) {
    for (let k = -SIZE; k <= 2 * SIZE; k += 8) segment(c, k, way > 0 ? SIZE : 0, k + SIZE, way > 0 ? 0 : SIZE);
  }

  function segment(c, x1, y1, x2, y2) {
    c.beginPath();
    c.moveTo(x1, y1);
    c.lineTo(x2, y2);
    c.stroke();
  }

  /** The ink of a hatch: the outline colour when there is one, else the fill made much darker. */
  gp.ink = function (one) {
    const base = one.stroke || one.fill || "#444444";
    const dark = one.stroke ? 0.8 : 0.5;
    return "#" + [1, 3, 5].map((at) => Math.round(parseInt(base.slice(at, at + 2), 16) * dark).toString(16).padStart(2, "0")).join("");
  };

  /** A repeating pattern in page pixels, drawn at the screen's own resolution; null for `none`. */
  gp.hatch = function (ctx, one, ratio) {
    const name = one.hatch;
    if (!name || name === "none" || !DRAW[name]) return null;
    const ink = gp.ink(one);
    const id = `${name} ${ink} ${ratio}`;
    if (!cache.has(id)) cache.set(id, tile(name, ink, ratio));
    const pattern = ctx.createPattern(cache.get(id), "repeat");
    pattern.setTransform(new DOMMatrix().scale(SIZE / cache.get(id).width));
    return pattern;
  };

  function tile(name, ink, ratio) {
    const canvas = gp.sheet(Math.round(SIZE * ratio));
    const c = canvas.getContext("2d");
    c.scale(canvas.width / SIZE, canvas.width / SIZE);
    c.strokeStyle = c.fillStyle = ink;
    c.lineWidth = 1;
    c.globalAlpha = 0.6;
    DRAW[name](c);
    return canvas;
  }
})(window.gispipe = window.gispipe || {});
