/* What is at a place: the shapes of one square's file, asked at full precision. On a border counts as in. */
(function (gp) {
  "use strict";

  const OPEN = -1;  // stands for the number of rings: a line, or a point

  /**
   * Read an outline from a run of numbers and say whether a place is in or on it.
   * @param {object} run standing before the number of rings; stands behind the outline afterwards
   * @param {number} x, y the place in steps @param {number} touch steps beside a border that still count
   */
  gp.reaches = function (run, x, y, touch) {
    const rings = run.next();
    const { numbers } = run;
    let { at } = run;
    let inside = false;
    let near = false;
    for (let ring = 0; ring < (rings === OPEN ? 1 : rings); ring += 1) {
      const count = numbers[at++];
      const [firstX, firstY] = [numbers[at], numbers[at + 1]];
      let [fromX, fromY] = [firstX, firstY];
      const sides = rings === OPEN ? Math.max(count - 1, 1) : count;
      at += 2;
      for (let side = 1; side <= sides; side += 1) {
        const last = side === count;
        const toX = last ? firstX : fromX + numbers[at];
        const toY = last ? firstY : fromY + numbers[at + 1];
        if (!last) at += 2;
        if ((fromY > y) !== (toY > y) && x < (toX - fromX) * (y - fromY) / (toY - fromY) + fromX) inside = !inside;
        if (!near && Math.min(fromX, toX) <= x + touch && Math.max(fromX, toX) >= x - touch && Math.min(fromY, toY) <= y + touch && Math.max(fromY, toY) >= y - touch) {
          near = beside(x - fromX, y - fromY, toX - fromX, toY - fromY) <= touch;
        }
        [fromX, fromY] = [toX, toY];
      }
    }
    run.at = at;
    return near || (inside && rings !== OPEN);
  };

  /** How far a place (from the beginning of a straight line) is from it. */
  function beside(offX, offY, alongX, alongY) {
    const share = Math.min(Math.max((offX * alongX + offY * alongY) / Math.max(alongX * alongX + alongY * alongY, 1e-9), 0), 1);
    return Math.hypot(offX - share * alongX, offY - share * alongY);
  }

  /** Everything at a place: numbers of hazard pairs, surveys and areas, whether it is in the city, and by layer the rows of the holders it is in. */
  gp.groundAt = function (ground, x, y, touch) {
    const found = (numbers) => {
      const run = gp.runThrough(numbers);
      const hits = new Set();
      while (run.more()) {
        const number = run.next();
        if (gp.reaches(run, x, y, touch)) hits.add(number);
      }
      return hits;
    };
    return { pairs: found(ground.zones), surveyed: found(ground.surveyed), limits: found(ground.limits), areas: found(ground.areas),
      holders: ground.holders.map((layer) => holdersAt(layer, x, y, touch)) };
  };

  function holdersAt(layer, x, y, touch) {
    const run = gp.runThrough(layer.told);
    const rows = new Map();
    while (run.more()) {
      const known = gp.readEntry(run, false);
      if (gp.reaches(run, x, y, touch)) rows.set(known.row, known);
    }
    return [...rows.values()].sort((a, b) => a.row - b.row).map((known) => ({ row: known.row, reached: gp.reachedBy(known, gp.kindsOf(layer)) }));
  }

  /** Skip an outline. */
  gp.skipOutline = function (run) {
    const rings = run.next();
    for (let ring = 0; ring < (rings === OPEN ? 1 : rings); ring += 1) run.skip(2 * run.next());
  };

  /** The entry of a row: of points its place in steps, of others its ground and what reaches it in part; `kind` points at what reaches it wholly. */
  gp.readEntry = function (run, point) {
    const row = run.next();
    if (point) return { row, x: run.next(), y: run.next(), kind: run.next(), ground: 0, part: [] };
    const [ground, kind, parts] = [run.next(), run.next(), run.next()];
    const part = [];
    for (let k = 0; k < parts; k += 1) part.push([run.next(), run.next(), run.next()]);
    return { row, kind, ground, part };
  };

  /** The entry of a row in a layer of a square's file, null when the file has none. */
  gp.entryOf = function (layer, row, { point, outlines }) {
    const run = gp.runThrough(layer.told);
    while (run.more()) {
      const known = gp.readEntry(run, point);
      if (known.row === row) return { ...known, reached: gp.reachedBy(known, gp.kindsOf(layer)) };
      if (outlines) gp.skipOutline(run);
    }
    return null;
  };
})(window.gispipe = window.gispipe || {});
