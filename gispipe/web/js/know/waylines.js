/* The ways on foot of a card as lines on the map: to the nearest site for each hazard, each line once; one that crosses a zone is broken. A ring stands round the site. */
(function (gp) {
  "use strict";

  const SAFE = { color: "#1763c6", weight: 5 };
  const CROSSING = { color: "#a33b00", weight: 5, dashArray: "2 9" };

  /** @param {Object} card with its lines filled in @returns {L.LayerGroup} */
  gp.wayLines = function (card) {
    const ways = new Map();
    for (const { on_foot: [nearest] } of card.shelters) {
      if (!nearest || !nearest.line) continue;
      const key = JSON.stringify(nearest.line);
      if (!ways.has(key) || !nearest.safe) ways.set(key, nearest);  // safe for one hazard and not for another: the warning counts
    }
    const group = L.layerGroup();
    for (const { line, safe } of ways.values()) {
      const corners = line.map(([lon, lat]) => [lat, lon]);
      L.polyline(corners, { color: "#ffffff", weight: 9, opacity: 0.9, interactive: false }).addTo(group);
      L.polyline(corners, { ...(safe ? SAFE : CROSSING), interactive: false }).addTo(group);
      L.circleMarker(corners[corners.length - 1], { radius: 17, weight: 4, color: (safe ? SAFE : CROSSING).color, fill: false, interactive: false }).addTo(group);
    }
    return group;
  };
})(window.gispipe = window.gispipe || {});
