/* Symbols and words on the map. Both are placed by the same collision index, so neither covers the other. */
(function (gp) {
  "use strict";

  const FONT = '"BIZ UDPGothic","Noto Sans JP","Hiragino Sans","Yu Gothic UI",Meiryo,"Noto Sans CJK JP",sans-serif';

  /**
   * Places symbols. Two may touch a little; one that would cover another gives way to its dot (paint.js). Two signs of
   * one place (a school that is a shelter and an evacuation site) stand side by side.
   */
  gp.SymbolPlacer = class {
    constructor(layer, opacity) {
      this.layer = layer;
      this.opacity = opacity ?? 1;
      this.classOf = gp.classifier(layer.style);
    }

    place(layout, geom, feature) {
      const one = this.classOf(feature.props);
      if (!one || gp.isNameOnly(one) || !this.opacity) return undefined;
      const size = gp.symbolSize(one, layout.zoom);
      const reach = size * (layout.zoom >= 18 ? 0.42 : layout.zoom >= 15 ? 0.45 : 0.8);  // far out a crowd of signs would hide the map: most become dots
      return geom.map(([anchor]) => {
        const dx = layout.zoom >= 15 ? this.aside(layout.index, anchor, size, reach) : 0;
        return {
          anchor,
          bboxes: [around(anchor.x + dx, anchor.y, reach)],
          draw: (ctx) => { ctx.translate(dx, 0); ctx.globalAlpha = this.opacity; gp.drawSymbol(ctx, one, size, ctx.getTransform().a); },
          // a point on a border is in two tiles; without this it would stand beside itself
          deduplicationKey: `${this.layer.source_layer} ${feature.id ?? JSON.stringify(feature.props)}`,
          deduplicationDistance: size * 4,
        };
      });
    }

    /** How far to step aside for signs already standing on the very same place, in pixels. */
    aside(index, anchor, size, reach) {
      for (const dx of [0, size + 1, -size - 1, 2 * size + 2]) {
        const there = [...index.searchBbox(around(anchor.x + dx, anchor.y, reach), Infinity)];
        if (!there.some((label) => Math.hypot(label.anchor.x - anchor.x, label.anchor.y - anchor.y) < size * 0.4)) return dx;
      }
      return 0;
    }
  };

  const around = (x, y, reach) => ({ minX: x - reach, minY: y - reach, maxX: x + reach, maxY: y + reach });

  /** Places names: beside a point's symbol (below, right, left, above), in the middle of an area, along a line. */
  gp.TextPlacer = class {
    constructor(layer) {
      this.layer = layer;
      this.text = layer.text;
      this.classOf = gp.classifier(layer.style);
    }

    place(layout, geom, feature) {
      const raw = feature.props[this.text.column];
      if (raw === undefined || raw === null || raw === "" || !geom[0] || !geom[0][0]) return undefined;
      const size = this.size(layout.zoom, feature);
      const lines = gp.wrap(shortened(gp.readable(raw).normalize("NFC")), this.layer.geometry === "line" ? 40 : 11);
      const font = `${this.text.weight === "bold" ? "700" : "500"} ${size}px ${FONT}`;
      layout.scratch.font = font;
      const width = Math.max(...lines.map((line) => layout.scratch.measureText(line).width));
      const box = { lines, font, size, width, height: lines.length * size * 1.22 };
      const anchor = geom[0][0];
      if (this.layer.geometry === "line") return this.along(anchor, box, feature);
      const turn = this.layer.geometry === "point" && this.text.angle ? Number(feature.props[this.text.angle]) || 0 : 0;
      if (turn) return this.turned(anchor, box, -(turn * Math.PI) / 180, this.once(box, feature));
      const label = this.layer.geometry === "point" ? this.beside(layout, anchor, box, feature) : { anchor, ...this.spot(anchor, box, 0, 0, "center") };
      return label && [label];
    }

    /** Pixels: as declared, growing gently, or as high as the letters are on the ground, within what can be read and what fits. */
    size(zoom, feature) {
      const declared = this.text.size * gp.grow(zoom, 1.05, 0.9, 1.2);
      const metres = this.text.metres ? Number(feature.props[this.text.metres]) : NaN;
      if (!(metres > 0)) return declared;
      return Math.min(this.text.size * 2, Math.max(this.text.size * 0.8, metres * gp.pixelsPerMetre(zoom, gp.paintedLatitude)));
    }

    /** The first of four places where nothing more important stands. */
    beside(layout, anchor, box, feature) {
      const one = this.classOf(feature.props) || this.layer.style.classes[0];
      const reach = gp.symbolSize(one, layout.zoom) / 2 + 2;
      const tries = [
        [0, reach + box.height / 2, "center"], [reach + 2, 0, "left"], [-reach - 2, 0, "right"], [0, -reach - box.height / 2, "center"],
      ];
      for (const [dx, dy, align] of tries) {
        const spot = this.spot(anchor, box, dx, dy, align);
        if (!layout.index.bboxCollides(spot.bboxes[0], layout.order)) {
          // a point on a border is in two tiles, and one place may be in two layers: its name is written once
          return { anchor, ...spot, ...(this.once(box, feature) || { deduplicationKey: raw(box), deduplicationDistance: box.width / 2 + box.height + reach }) };
        }
      }
      return null;
    }

    spot(anchor, box, dx, dy, align) {
      const left = anchor.x + dx - (align === "left" ? 0 : align === "right" ? box.width : box.width / 2);
      const top = anchor.y + dy - box.height / 2;
      const bbox = { minX: left - 2, minY: top - 1, maxX: left + box.width + 2, maxY: top + box.height + 1 };
      return { bboxes: [bbox], draw: (ctx) => this.write(ctx, box, dx, dy, align) };
    }

    /** A name that stands for a stretch of land or sea (no sign) may be in the data many times: at most one in 280 px, as along a line. */
    once(box, feature) {
      const one = this.layer.geometry === "point" && this.classOf(feature.props);
      return one && gp.isNameOnly(one) ? { deduplicationKey: `${this.layer.source_layer} ${raw(box)}`, deduplicationDistance: APART } : undefined;
    }

    /** Road and river names, turned to their line, at most one in 280 px. */
    along(anchor, box, feature) {
      let angle = Number(feature.props[this.text.angle] ?? 0) || 0;
      angle = ((angle + 450) % 180) - 90;  // never upside down
      return this.turned(anchor, box, (-angle * Math.PI) / 180, { deduplicationKey: `${this.layer.source_layer} ${box.lines[0]}`, deduplicationDistance: APART });
    }

    /** A text in the middle of its place, turned by `radians` clockwise; small boxes along it keep others away. */
    turned(anchor, box, radians, once) {
      const cells = Math.max(1, Math.ceil(box.width / box.height));
      const bboxes = [];
      for (let k = 0; k < cells; k++) {
        const off = ((k + 0.5) / cells - 0.5) * box.width;
        const x = anchor.x + Math.cos(radians) * off;
        const y = anchor.y + Math.sin(radians) * off;
        const half = box.height / 2 + 1;
        bboxes.push({ minX: x - half, minY: y - half, maxX: x + half, maxY: y + half });
      }
      const draw = (ctx) => { ctx.rotate(radians); this.write(ctx, box, 0, 0, "center"); };
      return [{ anchor, bboxes, draw, ...(once || { deduplicationKey: raw(box), deduplicationDistance: box.width }) }];
    }

    write(ctx, box, dx, dy, align) {
      ctx.font = box.font;
      ctx.textAlign = align;
      ctx.textBaseline = "middle";
      ctx.lineJoin = "round";
      box.lines.forEach((line, k) => {
        const y = dy + (k - (box.lines.length - 1) / 2) * box.size * 1.22;
        if (this.text.halo) {
          ctx.strokeStyle = this.text.halo;
          ctx.lineWidth = 3.2;
          ctx.strokeText(line, dx, y);
        }
        ctx.fillStyle = this.text.color || "#333333";
        ctx.fillText(line, dx, y);
      });
    }
  };

  const APART = 280;  // pixels between two writings of one name

  const LONGEST = 45;  // letters: three lines; the whole text is in the popup

  const shortened = (name) => (name.length > LONGEST ? `${Array.from(name.slice(0, 2 * LONGEST)).slice(0, LONGEST).join("")}…` : name);

  const raw = (box) => box.lines.join("");

  /** Break a long name in two or three even lines; a half-width letter counts half; never in front of ー, 々 or a bracket's end. */
  gp.wrap = function (name, most) {
    const letters = Array.from(name);
    const weight = (letter) => (letter.codePointAt(0) < 0x2e80 ? 0.55 : 1);
    const total = letters.reduce((sum, letter) => sum + weight(letter), 0);
    const rows = Math.min(3, Math.ceil(total / most));
    if (rows < 2) return [name];
    const lines = [""];
    let length = 0;
    letters.forEach((letter) => {
      const stays = /[ー々）」』、。ぁぃぅぇぉっゃゅょァィゥェォッャュョ0-9a-zA-Z]/.test(letter);
      if (length >= total / rows && !stays && lines.length < rows) { lines.push(""); length = 0; }
      lines[lines.length - 1] += letter;
      length += weight(letter);
    });
    return lines.map((line) => line.trim()).filter(Boolean);
  };
})(window.gispipe = window.gispipe || {});
