/* Positions of a drawing: longitude, latitude and sometimes a height, with the digits that a file wrote them in. */
(function (gp) {
  "use strict";

  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;
  const PLAIN = /^-?(0|[1-9]\d*)(\.\d+)?$/;  // what KML and JSON both take as it stands
  const LONGEST = 40;

  /** A position is never changed in place, so the digits it was read in can be kept beside it. */
  const written = new WeakMap();

  /** The refusal of a file, with the words the reader is told. */
  gp.SketchError = class extends Error {
    constructor(key, values) {
      super(key);
      Object.assign(this, { key, values });
    }
  };

  /**
   * Make a position out of numbers.
   * @returns {number[]|null} [lon, lat] or [lon, lat, height], null when it is not on the globe
   */
  gp.position = function (lon, lat, height) {
    if (![lon, lat].every(Number.isFinite) || Math.abs(lon) > 180 || Math.abs(lat) > 90) return null;
    return Object.freeze(Number.isFinite(height) ? [lon + 0, lat + 0, height + 0] : [lon + 0, lat + 0]);
  };

  /** Make a position out of the digits of a file, which are kept. Null when they are no numbers or not on the globe. */
  gp.writtenPosition = function (texts) {
    if (texts.length < 2 || texts.length > 3 || !texts.every((text) => NUMBER.test(text) && text.length <= LONGEST)) return null;
    const position = gp.position(...texts.map(Number));
    if (position && texts.some((text, k) => text !== gp.decimal(position[k]))) written.set(position, texts);
    return position;
  };

  /** The digits of a position: those of the file it came from, else the shortest that give the same numbers. */
  gp.positionTexts = function (position) {
    const kept = written.get(position);
    return position.map((number, k) => (kept && PLAIN.test(kept[k]) ? kept[k] : gp.decimal(number)));
  };

  /** Whether two positions lie at the same place. */
  gp.samePlace = (a, b) => a[0] === b[0] && a[1] === b[1];

  /** A position moved by degrees, rounded to a millimetre. */
  gp.moved = function (position, lon, lat) {
    const to = (number) => Number(number.toFixed(8));
    return gp.position(to(position[0] + lon), to(position[1] + lat), position[2]) || position;
  };
})(window.gispipe = window.gispipe || {});
