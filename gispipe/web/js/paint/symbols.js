/* Symbols: our own pictograms out of symbols.json, drawn once per size and colour and then copied. */
(function (gp) {
  "use strict";

  const cache = new Map();
  let drawings = {};

  gp.useSymbols = (table) => { drawings = table.symbols; };

  /** Draw a class's symbol centred at the origin; `size` is its height in page pixels. */
  gp.drawSymbol = function (ctx, one, size, ratio) {
    const picture = rendered(one.symbol || "circle", one.fill || "#3366AA", one.stroke || "#FFFFFF", size, ratio);
    const side = picture.width / ratio;
    ctx.drawImage(picture, -side / 2, -side / 2, side, side);
  };

  function rendered(name, fill, stroke, size, ratio) {
    const id = [name, fill, stroke, size, ratio].join(" ");
    if (!cache.has(id)) cache.set(id, render(drawings[name] || drawings.circle, fill, stroke, size, ratio));
    return cache.get(id);
  }

  function render(drawing, fill, stroke, size, ratio) {
    const margin = 3;
    const canvas = gp.sheet(Math.ceil((size + 2 * margin) * ratio));
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    ctx.translate(margin, margin);
    ctx.scale(size / 24, size / 24);
    const thin = 24 / size;
    if (drawing.frame) {
      const frame = frames[drawing.frame]();
      edge(ctx, frame, "#FFFFFF", 3 * thin);
      ctx.fillStyle = fill;
      ctx.fill(frame);
      parts(ctx, drawing.parts, "#FFFFFF", fill);
    } else {
      // a bare sign gets a light edge so that it stands clear of whatever lies under it
      for (const part of drawing.parts) if (!part.cut) edge(ctx, path(part), stroke, (part.w || 0) + 2.6 * thin);
      parts(ctx, drawing.parts, fill, stroke);
    }
    return canvas;
  }

  const frames = {
    square() { const p = new Path2D(); p.roundRect(0, 0, 24, 24, 5); return p; },
    disc() { const p = new Path2D(); p.arc(12, 12, 12, 0, 2 * Math.PI); return p; },
  };

  function edge(ctx, shape, color, width) {
    ctx.strokeStyle = color;
    ctx.lineWidth = width;
    ctx.lineJoin = ctx.lineCap = "round";
    ctx.stroke(shape);
  }

  function parts(ctx, list, color, ground) {
    for (const part of list) {
      const shape = path(part);
      if (part.w) edge(ctx, shape, part.cut ? ground : color, part.w);
      else { ctx.fillStyle = part.cut ? ground : color; ctx.fill(shape); }
    }
  }

  /** One primitive of a drawing, in a 24 × 24 box, y down. The list is closed so that paper can draw the same. */
  function path(part) {
    const p = new Path2D();
    if (part.disc) p.arc(part.disc[0], part.disc[1], part.disc[2], 0, 2 * Math.PI);
    else if (part.rect) p.roundRect(...part.rect.slice(0, 4), part.rect[4] || 0);
    else if (part.arc) p.arc(part.arc[0], part.arc[1], part.arc[2], radians(part.arc[3]), radians(part.arc[4]));
    else {
      const points = part.poly || part.line;
      for (let k = 0; k < points.length; k += 2) p[k ? "lineTo" : "moveTo"](points[k], points[k + 1]);
      if (part.poly) p.closePath();
    }
    return p;
  }

  const radians = (degrees) => (degrees * Math.PI) / 180;
})(window.gispipe = window.gispipe || {});
