/* Coordinates in writing: decimal degrees, degrees with minutes and seconds, and metres of the plane. */
(function (gp) {
  "use strict";

  const WRITTEN = /^[+-]?(\d+\.?\d*|\.\d+)$/;

  /** A number without an exponent: what every reader of KML takes. */
  gp.decimal = function (number) {
    const text = String(number + 0);
    if (!text.includes("e")) return text;
    const found = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
    const [, sign, first, rest = "", power] = found;
    const digits = first + rest;
    const point = 1 + Number(power);
    if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
    return sign + digits.padEnd(point, "0").slice(0, point) + (digits.length > point ? `.${digits.slice(point)}` : "");
  };

  /** Degrees, minutes and seconds to a hundredth of a second (30 cm): 35°6′0.00″. */
  gp.sexagesimal = function (degrees) {
    const hundredths = Math.round(Math.abs(degrees) * 360000);
    const [d, m, s] = [Math.floor(hundredths / 360000), Math.floor(hundredths / 6000) % 60, (hundredths % 6000) / 100];
    return `${d}°${String(m).padStart(2, "0")}′${s.toFixed(2).padStart(5, "0")}″`;
  };

  /** What somebody typed into a field as a number: full-width digits and spaces are no mistake. Null when it is none. */
  gp.typedNumber = function (text) {
    const plain = text.normalize("NFKC").replace(/[−ー―]/g, "-").replace(/[\s,]/g, "");
    return WRITTEN.test(plain) && plain.length <= 40 ? Number(plain) : null;
  };

  /** A place in the words of the page: latitude and longitude in degrees, in degrees with minutes, and on the plane. */
  gp.placeRows = function ([lon, lat]) {
    const plane = gp.viewer.plane ? gp.cityPlane() : null;
    const rows = [["measure_degrees", gp.words.t("measure_lat_lon", { lat: lat.toFixed(7), lon: lon.toFixed(7) }), `${lat.toFixed(7)}, ${lon.toFixed(7)}`],
      ["measure_dms", gp.words.t("measure_lat_lon", { lat: gp.sexagesimal(lat), lon: gp.sexagesimal(lon) }), `${gp.sexagesimal(lat)} ${gp.sexagesimal(lon)}`]];
    if (plane) {
      const [east, north] = plane.forward([lon, lat]);
      rows.push(["measure_plane", gp.words.t("measure_plane_xy", { x: north.toFixed(3), y: east.toFixed(3) }), `${north.toFixed(3)}, ${east.toFixed(3)}`]);
    }
    return rows;
  };
})(window.gispipe = window.gispipe || {});
