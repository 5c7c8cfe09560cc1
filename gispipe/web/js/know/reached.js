/* What hazard layers say of a feature or a point: ranks with their ground, rivers and slopes; put into the words of the card. */
(function (gp) {
  "use strict";

  const MICRO = 1e6;

  /** By hazard layer what reaches an entry: { ranks: [rank, ground][] worst first, named: [name, rank][] }; ground in millionths of a square metre. */
  gp.reachedBy = function (entry, kinds) {
    const found = new Map();
    const of = (zone) => {
      if (!found.has(zone)) found.set(zone, { ranks: [], named: [] });
      return found.get(zone);
    };
    const kind = kinds.get(entry.kind);
    const pairs = 1 + 2 * kind[0];
    for (let k = 1; k < pairs; k += 2) of(kind[k]).ranks.push([kind[k + 1], entry.ground]);
    for (const [zone, rank, ground] of entry.part) of(zone).ranks.push([rank, ground]);
    for (let k = pairs; k < kind.length; k += 3) of(kind[k]).named.push([kind[k + 1], kind[k + 2]]);
    for (const { ranks } of found.values()) ranks.sort((a, b) => b[0] - a[0]);
    return found;
  };

  gp.NOTHING = { ranks: [], named: [] };

  /** What reaches several features taken as one: ground added up, of each river or slope the worst. */
  gp.combined = function (parts) {
    if (parts.length === 1) return parts[0];
    const [ranks, named] = [new Map(), new Map()];
    for (const part of parts) {
      for (const [rank, ground] of part.ranks) ranks.set(rank, (ranks.get(rank) || 0) + ground);
      for (const [name, rank] of part.named) named.set(name, Math.max(rank, named.get(name) ?? -1));
    }
    return { ranks: [...ranks].sort((a, b) => b[0] - a[0]), named: [...named].sort((a, b) => b[1] - a[1] || a[0] - b[0]) };
  };

  /** What reaches a point, from the pairs of rank and name whose zones it is in. */
  gp.atPoint = function (zone, pairs) {
    return gp.combined(pairs.map((number) => {
      const [rank, name] = zone.pairs[number - zone.first];
      return { ranks: [[rank, 0]], named: zone.names[name] ? [[name, rank]] : [] };
    }));
  };

  /** The answer of one hazard layer, as the card says it; reached: null without data; ground: millionths of a square metre, null for a point. */
  gp.zoneAnswer = function (zone, none, reached, ground, surveyed, around) {
    const whole = ground !== null && ground > 0;
    const [state, answer] = stateOf(zone, none, reached, surveyed);
    const classes = (reached || gp.NOTHING).ranks.map(([rank, part]) => ({
      class: zone.classes.get(rank), area_m2: whole ? rounded(part / MICRO, 3) : null, share: whole ? rounded(Math.min(part / ground, 1), 6) : null }));
    const of = (reached || gp.NOTHING).named.map(([name, rank]) => ({ name: zone.names[name], class: zone.classes.get(rank) }));
    return { ...zone.head, state, answer, worst: classes.length ? classes[0].class : null, classes, of, note: zone.note, around };
  };

  function stateOf(zone, none, reached, surveyed) {
    if (!reached) return ["no_data", none.no_data];
    if (reached.ranks.length) return ["inside", null];
    if (!surveyed) return ["not_surveyed", none.not_surveyed];
    return [zone.record ? "no_record" : "outside", zone.nothing];
  }

  function rounded(value, places) { return Number(value.toFixed(places)); }
  gp.rounded = rounded;
})(window.gispipe = window.gispipe || {});
