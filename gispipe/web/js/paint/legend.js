/* Legend: swatches painted by the very code that paints the map, so that they cannot disagree. */
(function (gp) {
  "use strict";

  const WIDTH = 34;
  const HEIGHT = 22;

  /** A picture of one class, for sighted readers; its label stands beside it. */
  gp.swatch = function (layer, one, patterns, width) {
    const ratio = Math.max(2, window.devicePixelRatio || 1);
    const wide = width || WIDTH;
    const shape = layer.geometry || "polygon";  // a raster's steps are areas
    const canvas = gp.el("canvas", { class: `swatch ${shape}`, "aria-hidden": "true" });
    canvas.width = wide * ratio;
    canvas.height = HEIGHT * ratio;
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    PAINT[shape](ctx, one, layer.style.opacity ?? 1, patterns, ratio, wide);
    return canvas;
  };

  const PAINT = {
    polygon(ctx, one, opacity, patterns, ratio, wide) {
      ctx.globalAlpha = opacity;
      if (one.fill) { ctx.fillStyle = one.fill; ctx.fillRect(0, 0, wide, HEIGHT); }
      const hatch = patterns ? gp.hatch(ctx, one, ratio) : null;
      if (hatch) { ctx.fillStyle = hatch; ctx.fillRect(0, 0, wide, HEIGHT); }
      const width = Math.min(4, one.stroke ? one.width ?? 1 : 0);
      if (width) {
        ctx.strokeStyle = one.stroke;
        ctx.lineWidth = width;
        ctx.setLineDash(one.dash || []);
        ctx.strokeRect(width / 2, width / 2, wide - width, HEIGHT - width);
      }
    },
    line(ctx, one, opacity, patterns, ratio, wide) {
      const width = Math.min(9, one.width ?? 1);
      ctx.globalAlpha = opacity;
      if (one.casing) stroke(ctx, one.casing, width + 2 * (one.casing_width ?? 1), [], wide);
      stroke(ctx, one.stroke || one.fill || "#555555", width, one.dash || [], wide);
    },
    point(ctx, one, opacity, patterns, ratio, wide) {
      ctx.translate(wide / 2, HEIGHT / 2);
      gp.drawSymbol(ctx, one, Math.min(HEIGHT - 3, Math.max(11, one.size ?? 18)), ratio);
    },
  };

  function stroke(ctx, color, width, dash, wide) {
    ctx.strokeStyle = color;
    ctx.lineWidth = width;
    ctx.setLineDash(dash);
    ctx.beginPath();
    ctx.moveTo(0, HEIGHT / 2);
    ctx.lineTo(wide, HEIGHT / 2);
    ctx.stroke();
  }

  /** The classes of one layer as a list; joined to a ramp where they are steps of one thing. */
  gp.classList = function (layer, patterns) {
    const classes = gp.allClasses(layer.style);
    const ramp = (layer.geometry || "polygon") === "polygon" && classes.length > 2;
    return gp.el("ul", { class: ramp ? "classes ramp" : "classes" }, ...classes.map((one) =>
      gp.el("li", {}, gp.swatch(layer, one, patterns), gp.el("span", one.label ? gp.words.said(one, "label") : gp.words.said(layer)))));
  };
})(window.gispipe = window.gispipe || {});
