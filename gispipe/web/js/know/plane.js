/* Degrees to metres of the city's plane: the transverse Mercator projection as a series, right to a millionth of a metre. */
(function (gp) {
  "use strict";

  const RADIAN = Math.PI / 180;

  /** Coefficients of the series in powers of the third flattening, from the power that each begins with. */
  const SERIES = [
    [1 / 2, -2 / 3, 5 / 16, 41 / 180, -127 / 288, 7891 / 37800],
    [13 / 48, -3 / 5, 557 / 1440, 281 / 630, -1983433 / 1935360],
    [61 / 240, -103 / 140, 15061 / 26880, 167603 / 181440],
    [49561 / 161280, -179 / 168, 6601661 / 7257600],
    [34729 / 80640, -3418889 / 1995840],
    [212378941 / 319334400],
  ];

  /**
   * The way from degrees to metres.
   * @param {{a: number, f: number, lat: number, lon: number, scale: number, east: number, north: number}} plane ellipsoid and projection as the index tells them
   * @returns {function(number, number): number[]} latitude and longitude in degrees to [east, north] in metres
   */
  gp.planeOf = function ({ a, f, lat, lon, scale, east, north }) {
    const flattening = 1 / f;
    const n = flattening / (2 - flattening);
    const eccentricity = Math.sqrt(flattening * (2 - flattening));
    const radius = scale * a / (1 + n) * (1 + n ** 2 / 4 + n ** 4 / 64 + n ** 6 / 256);
    const series = SERIES.map((one, j) => one.reduce((sum, factor, k) => sum + factor * n ** (j + 1 + k), 0));

    /** Both coordinates on the sphere of the series, for degrees from the middle meridian. */
    function turned(latitude, from) {
      const tangent = Math.tan(latitude * RADIAN);
      const sine = Math.sinh(eccentricity * Math.atanh(eccentricity * tangent / Math.hypot(1, tangent)));
      const conformal = tangent * Math.hypot(1, sine) - sine * Math.hypot(1, tangent);
      const along = Math.cos(from * RADIAN);
      const [up, side] = [Math.atan2(conformal, along), Math.asinh(Math.sin(from * RADIAN) / Math.hypot(conformal, along))];
      let [upward, sideways] = [up, side];
      series.forEach((factor, j) => {
        const turn = 2 * (j + 1);
        upward += factor * Math.sin(turn * up) * Math.cosh(turn * side);
        sideways += factor * Math.cos(turn * up) * Math.sinh(turn * side);
      });
      return [upward, sideways];
    }

    const [origin] = turned(lat, 0);
    return (latitude, longitude) => {
      const [up, side] = turned(latitude, longitude - lon);
      return [east + radius * side, north + radius * (up - origin)];
    };
  };
})(window.gispipe = window.gispipe || {});
