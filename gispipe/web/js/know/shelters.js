/* Where to go: for every hazard the nearest designated sites, straight and on foot, and which of them stand in its zones. */
(function (gp) {
  "use strict";

  const [NAME, LAYER, ROW, LAT, LON, X, Y, , , , INSIDE] = Array(11).keys();

  /**
   * The shelters of the card, and the walks behind them for who draws their ways.
   * @param {object} index @param {?object} roads the file of the square @param {number[]} metres of the plane
   */
  gp.sheltersAt = function (index, roads, [x, y]) {
    if (!index.shelters) return { shelters: [], walks: new Map(), spot: null };
    const { sites, hazards } = index.shelters;
    const away = sites.map((site) => (site.length ? Math.hypot(site[X] - x, site[Y] - y) : Infinity));
    const spot = roads && gp.spotAt(roads, index, x - index.origin[0], y - index.origin[1]);
    const walks = new Map();
    const shelters = hazards.map((hazard) => {
      const near = [...hazard.sites].sort((a, b) => Math.round(1000 * away[a]) - Math.round(1000 * away[b]) || a - b).slice(0, 3);  // ties to a millimetre by number
      const ways = near.length && spot ? gp.walksFor(roads, index, spot, hazard) : [];
      const none = !near.length ? "no_site" : !index.shelters.roads ? "no_roads" : ways.length ? null : spot ? "no_way" : "no_road";
      const onFoot = ways.map((way) => {
        const told = { ...siteOf(index, way.site, hazard.hazard), ...wayOf(index, way), line: null };
        walks.set(told, way);
        return told;
      });
      return { hazard: hazard.hazard, title: hazard.title, straight: near.map((site) => ({ ...siteOf(index, site, hazard.hazard), distance_m: gp.rounded(away[site], 1) })),
        on_foot: onFoot, none: none && index.words[none] };
    });
    return { shelters, walks, spot };
  };

  function siteOf(index, number, hazard) {
    const site = index.shelters.sites[number];
    const inside = (site[INSIDE][hazard] || []).map(([zone, rank]) => ({ id: index.zones[zone].head.id, title: index.zones[zone].head.title, titles: index.zones[zone].head.titles, class: index.zones[zone].classes.get(rank) }));
    return { name: site[NAME], layer: site[LAYER], row: site[ROW], lat: site[LAT], lon: site[LON], inside };
  }

  function wayOf(index, { length, access, danger, why }) {
    return { length_m: gp.rounded(length, 1), access_m: gp.rounded(access, 1), danger_m: gp.rounded(danger, 1), minutes: gp.rounded(length / index.pace, 1),
      safe: why === null, why: why && index.words[why] };
  }
})(window.gispipe = window.gispipe || {});
