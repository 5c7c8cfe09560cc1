/* A drawing as KML 2.2. */
(function (gp) {
  "use strict";

  const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };
  const IN_ATTRIBUTE = { ...ENTITIES, "\n": "&#10;", "\t": "&#9;" };

  const text = (value) => gp.plainText(value).replace(/[&<>"\r]/g, (one) => ENTITIES[one]);
  const attribute = (value) => gp.plainText(value).replace(/[&<>"\r\n\t]/g, (one) => IN_ATTRIBUTE[one]);

  /** An element, unless nothing is in it. */
  const element = (name, inside) => (inside ? `<${name}>${inside}</${name}>` : "");

  /** Write the things; the same things give the same text. */
  gp.toKml = function (things, title) {
    const head = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n';
    return `${head}<name>${text(title)}</name>\n${things.map(placemark).join("")}</Document>\n</kml>\n`;
  };

  function placemark(thing) {
    const data = thing.data.map(([key, value]) => `<Data name="${attribute(key)}"><value>${text(gp.datumText(value))}</value></Data>`).join("");
    const shapes = thing.shapes.map(geometry).join("");
    return ["<Placemark>", element("name", text(thing.name)), element("description", text(thing.note)), element("Style", gp.kmlStyle(thing)), element("ExtendedData", data),
      thing.shapes.length === 1 ? shapes : element("MultiGeometry", shapes), "</Placemark>\n"].filter(Boolean).join("\n");
  }

  function geometry({ type, rings }) {
    const list = (ring) => `<coordinates>${ring.map((position) => gp.positionTexts(position).join(",")).join(" ")}</coordinates>`;
    if (type === "point") return `<Point>${list(rings[0])}</Point>`;
    if (type === "line") return `<LineString>${list(rings[0])}</LineString>`;
    const ring = (positions) => `<LinearRing>${list([...positions, positions[0]])}</LinearRing>`;
    const holes = rings.slice(1).map((hole) => `<innerBoundaryIs>${ring(hole)}</innerBoundaryIs>`);
    return `<Polygon><outerBoundaryIs>${ring(rings[0])}</outerBoundaryIs>${holes.join("")}</Polygon>`;
  }
})(window.gispipe = window.gispipe || {});
