/* The things of a drawing. A thing is never changed in place: a change makes a new one, so that undo is only going back. */
(function (gp) {
  "use strict";

  /** What a drawing may hold; a file beyond it is refused in one sentence. */
  gp.SKETCH_LIMITS = Object.freeze({ bytes: 10_000_000, features: 5000, corners: 200_000 });

  /** Eight colours that differ also for the colour-blind; each stands out, with its white border, from the map and from a photograph. */
  gp.PALETTE = Object.freeze([
    ["draw_colour_red", "#c8102e"], ["draw_colour_orange", "#b34700"], ["draw_colour_brown", "#6b4423"],
    ["draw_colour_green", "#00703c"], ["draw_colour_blue", "#0057b8"], ["draw_colour_purple", "#7a2a8f"],
    ["draw_colour_pink", "#b8286e"], ["draw_colour_black", "#1a1a1a"],
  ]);

  /** The colour of a new drawing: red would read as one more zone of a hazard map. */
  gp.USUAL = gp.PALETTE[4][1];

  gp.WIDTHS = Object.freeze([["draw_width_thin", 2], ["draw_width_normal", 4], ["draw_width_thick", 7], ["draw_width_thickest", 12]]);

  const FILL = 51;  // of 255: a fifth
  const LEAST = { point: 1, line: 2, area: 3 };
  let last = 0;

  /** The fewest corners a shape may have. */
  gp.leastCorners = (type) => LEAST[type];

  /**
   * Make a thing.
   * @param {Array<{type: string, rings: number[][][]}>} shapes `type` is point, line or area; an area's rings do not repeat their first position
   * @param {Object} [more] `name`, `note`, `label` (the name is written on the map), `colour`, `opacity` (0 to 255), `fill`, `fillOpacity`, `width` (px),
   *   `data` (pairs of a name and a value), `ref` (the id a GeoJSON file gave it)
   */
  gp.newThing = function (shapes, more = {}) {
    const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined && value !== null));
    const colour = given.colour || gp.USUAL;
    const plain = { name: "", note: "", label: false, opacity: 255, fillOpacity: FILL, width: 4, data: [] };
    return Object.freeze({ id: given.id || (last += 1), shapes, ...plain, ...given, colour, fill: given.fill || colour });
  };

  /** A thing with some of it replaced. */
  gp.changedThing = (thing, patch) => Object.freeze({ ...thing, ...patch });

  const KINDS = { point: "draw_kind_point", line: "draw_kind_line", area: "draw_kind_area", text: "draw_kind_text", group: "draw_kind_group" };

  /** The word for a kind of thing. */
  gp.kindWord = (kind) => gp.words.t(KINDS[kind]);

  /** What a thing is called in the list: point, line, area, text, or group when it has shapes of several kinds. */
  gp.kindOf = function (thing) {
    const types = new Set(thing.shapes.map(({ type }) => type));
    if (types.size > 1) return "group";
    return thing.label && types.has("point") ? "text" : [...types][0];
  };

  gp.cornersOf = (thing) => thing.shapes.reduce((sum, { rings }) => sum + rings.reduce((n, ring) => n + ring.length, 0), 0);

  /** Every position of a thing replaced by `change(position)`. */
  gp.mapPositions = (thing, change) => gp.changedThing(thing, {
    shapes: thing.shapes.map(({ type, rings }) => ({ type, rings: rings.map((ring) => ring.map(change)) })),
  });

  /** One ring of a thing replaced. */
  gp.withRing = (thing, shape, ring, positions) => gp.changedThing(thing, {
    shapes: thing.shapes.map((one, s) => (s !== shape ? one : { type: one.type, rings: one.rings.map((old, r) => (r === ring ? positions : old)) })),
  });

  /** The south-western and the north-eastern corner of things; null without any. */
  gp.thingsCorners = function (things) {
    let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const thing of things) for (const { rings } of thing.shapes) for (const ring of rings) for (const [lon, lat] of ring) {
      west = Math.min(west, lon); south = Math.min(south, lat); east = Math.max(east, lon); north = Math.max(north, lat);
    }
    return west <= east ? [[west, south], [east, north]] : null;
  };

  /** The sentence that refuses more than a drawing may hold, or null. */
  gp.beyondLimits = function (things) {
    if (things.length > gp.SKETCH_LIMITS.features) return new gp.SketchError("draw_too_many", { n: gp.SKETCH_LIMITS.features.toLocaleString("en-US") });
    const corners = things.reduce((sum, thing) => sum + gp.cornersOf(thing), 0);
    return corners > gp.SKETCH_LIMITS.corners ? new gp.SketchError("draw_too_many_corners", { n: gp.SKETCH_LIMITS.corners.toLocaleString("en-US") }) : null;
  };

  /** Text that XML can hold: control characters and halves of a surrogate pair are left out. */
  gp.plainText = (text) => String(text).replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/gu, "");

  /** A further datum of a thing as text. */
  gp.datumText = (value) => (value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

  /** A ring turned against the clock, or with it, beginning where it began. */
  gp.turned = function (ring, against) {
    const turn = gp.turnOf(ring);
    return turn === 0 || turn > 0 === against ? ring : [ring[0], ...ring.slice(1).reverse()];
  };

  const sizes = new WeakMap();

  const place = ([lon, lat]) => gp.words.t("coords", { lat: lat.toFixed(5), lon: lon.toFixed(5) });

  /** Length or area of a thing in writing; of points the place of the first. */
  gp.sizeOf = function (thing) {
    if (!sizes.has(thing.shapes)) {
      const areas = thing.shapes.filter(({ type }) => type === "area");
      const lines = thing.shapes.filter(({ type }) => type === "line");
      const area = areas.length ? gp.areaText(areas.reduce((sum, { rings }) => sum + gp.areaOf(rings), 0)) : "";
      const length = lines.length ? gp.lengthText(lines.reduce((sum, { rings }) => sum + gp.lengthOf(rings[0]), 0)) : "";
      sizes.set(thing.shapes, [area, length].filter(Boolean).join("　") || place(thing.shapes[0].rings[0][0]));
    }
    return sizes.get(thing.shapes);
  };
})(window.gispipe = window.gispipe || {});
