/* The ways on foot from a place, read from what is known at the crossings beside it: no search, the same answer as on the command line. */
(function (gp) {
  "use strict";

  /** The nearest point of the roads, as { edge, ticks, access, corner, share, bits, starts }, null when none is within reach. x, y in metres from the origin. */
  gp.spotAt = function (roads, index, x, y) {
    const run = gp.runThrough(roads.edges);
    const [px, py] = [x * index.steps, y * index.steps];
    let best = null;
    while (run.more()) {
      const [edge, first, last, whole, bits, count] = [run.next(), run.next(), run.next(), run.next(), run.next(), run.next()];
      const begin = run.at;
      let [fromX, fromY] = [run.next(), run.next()];
      for (let corner = 0; corner < count - 1; corner += 1) {
        const [alongX, alongY] = [run.next(), run.next()];
        let [offX, offY] = [px - fromX, py - fromY];
        const share = Math.min(Math.max((offX * alongX + offY * alongY) / Math.max(alongX * alongX + alongY * alongY, 1e-4), 0), 1);
        offX -= share * alongX;
        offY -= share * alongY;
        const square = offX * offX + offY * offY;
        if (!best || square < best.square) best = { square, edge, first, last, whole, bits, corner, share, begin, count };
        [fromX, fromY] = [fromX + alongX, fromY + alongY];
      }
    }
    if (!best || Math.sqrt(best.square) > index.reach * index.steps) return null;
    return spot(best, roads.edges, index);
  };

  function spot({ square, edge, first, last, whole, bits, corner, share, begin, count }, numbers, index) {
    let [before, all] = [0, 0];
    for (let k = 0; k < count - 1; k += 1) {
      const step = Math.hypot(numbers[begin + 2 * k + 2], numbers[begin + 2 * k + 3]);
      before += k < corner ? step : k === corner ? share * step : 0;
      all += step;
    }
    let ticks = Math.round(before / all * whole);
    if (ticks < index.at || ticks > whole - index.at) ticks = 2 * ticks < whole ? 0 : whole;  // at a crossing
    const starts = ticks > 0 && ticks < whole
      ? [{ node: first, ticks, forward: false }, { node: last, ticks: whole - ticks, forward: true }] : [{ node: ticks ? last : first, ticks: 0, forward: ticks > 0 }];
    return { edge, access: Math.sqrt(square) / index.steps, corner, share, bits, starts };
  }

  /** What is known at the crossings of a file of roads, by number. */
  gp.crossingsOf = function (roads) {
    if (!roads.crossings) {
      const run = gp.runThrough(roads.nodes);
      roads.crossings = new Map();
      while (run.more()) {
        const [number, kind] = [run.next(), gp.kindsOf(roads).get(run.next())];
        const ways = [];
        for (let k = 1; k <= kind[0]; k += 1) ways.push({ site: kind[k] >> 1, length: run.next(), danger: kind[k] & 1 ? run.next() : 0 });
        roads.crossings.set(number, { ways, kind });
      }
    }
    return roads.crossings;
  };

  /**
   * The ways for one hazard: safe ones first by length, then crossing ones by cost; ties by site.
   * @returns {{site: number, length: number, access: number, danger: number, why: ?string, start: object, table: number, rank: number}[]} metres
   */
  gp.walksFor = function (roads, index, spotted, { plan, avoid }) {
    const { count } = index.shelters;
    const inside = (spotted.bits & avoid) !== 0;
    const safe = inside && spotted.starts.length > 1 ? [] : choices(roads, index, spotted.starts, 2 * plan, false).slice(0, count);
    const found = safe.map((choice) => walk(index, spotted, choice, null));
    if (safe.length < count) {
      const known = new Set(safe.map(({ site }) => site));
      const crossing = choices(roads, index, spotted.starts, 2 * plan + 1, inside).filter(({ site }) => !known.has(site));
      const why = crossing.length && shutIn(roads, index, spotted, avoid, inside) ? "start_inside" : "no_way_around";
      found.push(...crossing.slice(0, count - safe.length).map((choice) => walk(index, spotted, choice, why)));
    }
    return found;
  };

  function choices(roads, index, starts, table, inside) {
    const { count } = index.shelters;
    const best = new Map();
    for (const start of starts) {
      const { ways, kind } = gp.crossingsOf(roads).get(start.node);
      for (let rank = 0; rank < count; rank += 1) {
        const way = ways[kind[1 + kind[0] + table * count + rank]];
        if (!way) continue;
        const danger = way.danger + (inside ? start.ticks : 0);
        const cost = start.ticks + way.length + index.tenfold * danger;
        if (!best.has(way.site) || cost < best.get(way.site).cost) best.set(way.site, { cost, site: way.site, danger, start, table, rank });
      }
    }
    return [...best.values()].sort((a, b) => a.cost - b.cost || a.site - b.site);
  }

  /** Whether every road at the place is inside. */
  function shutIn(roads, index, spotted, avoid, inside) {
    if (spotted.starts.length > 1 || !inside) return inside;
    const { kind } = gp.crossingsOf(roads).get(spotted.starts[0].node);
    return kind.slice(1 + kind[0] + 2 * index.shelters.plans * index.shelters.count).every((bits) => (bits & avoid) !== 0);
  }

  function walk(index, spotted, { cost, site, danger, start, table, rank }, why) {
    const { tick, tenfold } = index;
    return { site, why, start, table, rank, length: spotted.access + (cost - tenfold * danger) * tick, danger: danger * tick,
      access: spotted.access + index.shelters.sites[site][9] * tick };
  }
})(window.gispipe = window.gispipe || {});
