/* Where to go, told once for each place; the same decisions as web/know/going.py. */
(function (gp) {
  "use strict";

  const SAME = 0.001;  // degrees

  /**
   * The sites of a card, each once with the ways to it.
   * @param {Array} shelters a card's shelters
   * @param {Array<string>} pressing the hazards that threaten here
   * @returns {Array<{rank, ways: Array<{site, walked, hazards}>}>}
   */
  gp.goalsOf = function (shelters, pressing) {
    const goals = new Map();
    const known = new Map();
    for (const one of shelters) {
      const walked = one.on_foot.length > 0;
      (walked ? one.on_foot : one.straight).forEach((site, rank) => {
        const place = JSON.stringify([site.layer, site.row]);
        if (!goals.has(place)) goals.set(place, joined(known, site, rank));
        const goal = goals.get(place);
        goal.rank = Math.min(goal.rank, rank);
        const key = keyOf(site, walked);
        let way = goal.ways.find((other) => keyOf(other.site, other.walked) === key);
        if (!way) goal.ways.push(way = { site, walked, hazards: [] });
        way.hazards.push(one.hazard);
      });
    }
    const urgency = (goal) => [goal.rank > 0, !goal.ways.some((way) => way.hazards.some((hazard) => pressing.includes(hazard))), Math.min(...goal.ways.map(gp.metresOf))];
    return [...known.values()].flat().map((goal) => [urgency(goal), goal]).sort(([a], [b]) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).map(([, goal]) => goal);
  };

  /** The goal of a site: sites of one name within about 100 m are one place, since a school is a site to flee to and a shelter to stay in. */
  function joined(known, site, rank) {
    const same = known.get(site.name) || [];
    const near = same.find(({ ways: [{ site: other }] }) => Math.abs(other.lat - site.lat) < SAME && Math.abs(other.lon - site.lon) < SAME);
    if (near) return near;
    const goal = { rank, ways: [] };
    known.set(site.name, [...same, goal]);
    return goal;
  }

  /** Metres of a way, on foot or straight. */
  gp.metresOf = (way) => (way.walked ? way.site.length_m : way.site.distance_m);

  /** Why there is no site or no way: each reason once, with the hazards it is true for. */
  gp.reasonsOf = function (shelters) {
    const found = new Map();
    for (const one of shelters) if (one.none) found.set(one.none.en, [...(found.get(one.none.en) || []), one.hazard]);
    return [...found];
  };

  function keyOf(site, walked) {
    const inside = site.inside.map((zone) => zone.id);
    return JSON.stringify(walked ? [inside, site.length_m, site.danger_m, site.safe, site.why ? site.why.en : ""] : [inside, site.distance_m]);
  }
})(window.gispipe = window.gispipe || {});
