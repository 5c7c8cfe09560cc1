/* A drawing as GeoJSON (RFC 7946) with the style names that many map programs read. */
(function (gp) {
  "use strict";

  const share = (opacity) => Math.round((opacity / 255) * 1000) / 1000;

  /** Write the things; the same things give the same text. Outer rings run against the clock, holes with it. */
  gp.toGeoJson = (things) => `{"type":"FeatureCollection","features":[\n${things.map(feature).join(",\n")}\n]}\n`;

  function feature(thing) {
    const id = thing.ref === undefined ? "" : `"id":${JSON.stringify(thing.ref)},`;
    return `{"type":"Feature",${id}"properties":${JSON.stringify(properties(thing))},"geometry":${geometry(thing.shapes)}}`;
  }

  function properties(thing) {
    const kind = gp.kindOf(thing);
    const own = [["name", thing.name], ["description", thing.note]].filter(([, value]) => value);
    const point = [["marker-color", thing.colour], ["marker-opacity", share(thing.opacity)], ["marker-width", thing.width]];
    const line = [["stroke", thing.colour], ["stroke-opacity", share(thing.opacity)], ["stroke-width", thing.width]];
    const fill = [["fill", thing.fill], ["fill-opacity", share(thing.fillOpacity)]];
    const look = { point, text: [["label", true], ...point], line, area: [...line, ...fill], group: [...line, ...fill] }[kind];
    const taken = new Set([...own, ...look].map(([key]) => key));
    return Object.fromEntries([...own, ...look, ...thing.data.filter(([key]) => !taken.has(key))]);
  }

  function geometry(shapes) {
    if (shapes.length === 1) return `{"type":"${NAMES[shapes[0].type]}","coordinates":${coordinates(shapes[0])}}`;
    if (new Set(shapes.map(({ type }) => type)).size > 1) return `{"type":"GeometryCollection","geometries":[${shapes.map((shape) => geometry([shape])).join(",")}]}`;
    return `{"type":"Multi${NAMES[shapes[0].type]}","coordinates":[${shapes.map(coordinates).join(",")}]}`;
  }

  const NAMES = { point: "Point", line: "LineString", area: "Polygon" };
  const place = (position) => `[${gp.positionTexts(position).join(",")}]`;
  const places = (ring) => `[${ring.map(place).join(",")}]`;

  function coordinates({ type, rings }) {
    if (type === "point") return place(rings[0][0]);
    if (type === "line") return places(rings[0]);
    return `[${rings.map((ring, k) => gp.turned(ring, k === 0)).map((ring) => places([...ring, ring[0]])).join(",")}]`;
  }
})(window.gispipe = window.gispipe || {});
