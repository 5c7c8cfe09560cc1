/* Lengths and areas on the plane rectangular coordinates of the city, and how they are written. */
(function (gp) {
  "use strict";

  const LOCAL = 0.00001;  // degrees; the step with which the plane's slope is felt when going back to degrees
  const CHECKED = 400;  // corners of a ring that are looked through for crossings

  /** The plane of the city. Positions are [longitude, latitude] in degrees, points of the plane [east, north] in metres. */
  gp.cityPlane = function () {
    const { plane } = gp.viewer;
    const forward = ([lon, lat]) => { const { x, y } = plane.forward(lat, lon); return [x, y]; };
    return { forward, inverse: (point) => inverse(forward, point) };
  };

  /** The zone of the plane in Roman figures, as surveyors write it. */
  gp.planeZone = () => gp.viewer.plane.zone;

  /** Newton's steps from the middle of the view; the plane is so smooth that a few of them reach a hundredth of a millimetre. */
  function inverse(forward, [east, north]) {
    const start = gp.viewer.map.getCenter();
    let [lon, lat] = [start.lng, start.lat];
    for (let step = 0; step < 12; step += 1) {
      const [x, y] = forward([lon, lat]);
      const [dx, dy] = [east - x, north - y];
      if (Math.hypot(dx, dy) < 1e-6) break;
      const [ax, ay] = forward([lon + LOCAL, lat]);
      const [bx, by] = forward([lon, lat + LOCAL]);
      const [a, b, c, d] = [(ax - x) / LOCAL, (bx - x) / LOCAL, (ay - y) / LOCAL, (by - y) / LOCAL];
      const turn = a * d - b * c;
      lon += (d * dx - b * dy) / turn;
      lat += (a * dy - c * dx) / turn;
    }
    return [lon, lat];
  }

  /** Metres of each leg between neighbouring positions. */
  gp.legs = function (positions) {
    const points = positions.map(gp.cityPlane().forward);
    return points.slice(1).map(([x, y], k) => Math.hypot(x - points[k][0], y - points[k][1]));
  };

  gp.lengthOf = (positions) => gp.legs(positions).reduce((sum, leg) => sum + leg, 0);

  /** Square metres inside the first ring less those inside the others; rings do not repeat their first position. */
  gp.areaOf = function (rings) {
    const { forward } = gp.cityPlane();
    const [outer, ...holes] = rings.map((ring) => Math.abs(shoelace(ring.map(forward))));
    return (outer || 0) - holes.reduce((sum, hole) => sum + hole, 0);
  };

  /** Twice-signed halves from the first corner: large coordinates would cost digits. */
  function shoelace(points) {
    const [x0, y0] = points[0] || [0, 0];
    let sum = 0;
    for (let k = 1; k + 1 < points.length; k += 1) {
      sum += (points[k][0] - x0) * (points[k + 1][1] - y0) - (points[k + 1][0] - x0) * (points[k][1] - y0);
    }
    return sum / 2;
  }

  /** Positive when a ring of positions runs against the clock. */
  gp.turnOf = shoelace;

  /** Whether the border of a ring crosses itself; then its area means little. Very long rings are not looked through. */
  gp.crossesItself = function (ring) {
    const n = ring.length;
    if (n < 4 || n > CHECKED) return false;
    const side = (a, b, c) => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
    for (let i = 0; i < n; i += 1) {
      for (let j = i + 2; j < n; j += 1) {
        if (i === 0 && j === n - 1) continue;
        const [a, b, c, d] = [ring[i], ring[i + 1], ring[j], ring[(j + 1) % n]];
        if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) return true;
      }
    }
    return false;
  };

  /** Metres as people write them: 4.27m, 62.8m, 842m, 1.235km. */
  gp.lengthText = function (metres) {
    if (metres >= 1000) return `${grouped(metres / 1000, 3)}km`;
    return `${grouped(metres, metres < 10 ? 2 : metres < 100 ? 1 : 0)}m`;
  };

  /** Square metres as land is written: to a hundredth when small, with hectares when large. */
  gp.areaText = function (metres) {
    const square = `${grouped(metres, metres < 1000 ? 2 : 0)}㎡`;
    return metres >= 10000 ? `${grouped(metres / 10000, 2)}ha (${square})` : square;
  };

  const grouped = (number, digits) => number.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
})(window.gispipe = window.gispipe || {});
