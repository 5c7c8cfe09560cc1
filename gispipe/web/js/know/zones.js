/* The nineteen zones of the Japanese plane rectangular coordinates, by the EPSG code of JGD2011. */
(function (gp) {
  "use strict";

  const FIRST = 6669;  // EPSG:6669 is zone I
  const ZONES = [["I", 33, 129.5], ["II", 33, 131], ["III", 36, 132 + 1 / 6], ["IV", 33, 133.5], ["V", 36, 134 + 1 / 3], ["VI", 36, 136], ["VII", 36, 137 + 1 / 6],
    ["VIII", 36, 138.5], ["IX", 36, 139 + 5 / 6], ["X", 40, 140 + 5 / 6], ["XI", 44, 140.25], ["XII", 44, 142.25], ["XIII", 44, 144.25], ["XIV", 26, 142], ["XV", 26, 127.5],
    ["XVI", 26, 124], ["XVII", 26, 131], ["XVIII", 20, 136], ["XIX", 26, 154]];

  /**
   * The plane of a city.
   * @param {string} crs as map.json names it: EPSG:6669 to EPSG:6687
   * @returns {{zone: string, forward: function(number, number): {x: number, y: number}}|null} degrees (latitude, longitude) to metres, x to the east and y to the north
   */
  gp.plane = function (crs) {
    const found = /^EPSG:(\d{4})$/.exec(crs || "");
    const zone = found ? ZONES[Number(found[1]) - FIRST] : null;
    if (!zone) return null;
    const project = gp.planeOf({ a: 6378137, f: 298.257222101, lat: zone[1], lon: zone[2], scale: 0.9999, east: 0, north: 0 });
    return { zone: zone[0], forward(lat, lon) { const [x, y] = project(lat, lon); return { x, y }; } };
  };
})(window.gispipe = window.gispipe || {});
