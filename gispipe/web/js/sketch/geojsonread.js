/* GeoJSON into things: RFC 7946, the usual style names, and those of 地理院地図. */
(function (gp) {
  "use strict";

  const DEEPEST = 8;  // collections in collections
  const STYLES = new Set(["name", "title", "description", "label", "stroke", "stroke-opacity", "stroke-width", "fill", "fill-opacity",
    "marker-color", "marker-opacity", "marker-width", "_color", "_opacity", "_weight", "_fillColor", "_fillOpacity"]);

  /**
   * Read a GeoJSON document.
   * @param {string} text
   * @returns {{things: Object[], lost: Map<string, number>}} as for KML. Raises SketchError
   */
  gp.fromGeoJson = function (text) {
    try { return read(text); } catch (error) { throw error instanceof RangeError ? new gp.SketchError("draw_not_geojson") : error; }  // brackets in brackets without end
  };

  function read(text) {
    let document;
    try { document = JSON.parse(text.replace(/^\ufeff/, "")); } catch (error) { throw new gp.SketchError("draw_not_geojson"); }
    const features = document?.type === "FeatureCollection" && Array.isArray(document.features) ? document.features : document?.type === "Feature" ? [document]
      : NAMES[document?.type] || document?.type === "GeometryCollection" ? [{ type: "Feature", geometry: document }] : null;
    if (!features) throw new gp.SketchError("draw_not_geojson");
    const system = document.crs?.properties?.name;
    if (typeof system === "string" && !/CRS84$|EPSG:+(4326|6668|4612)$|OGC:+1\.3:CRS84/i.test(system)) throw new gp.SketchError("draw_wrong_system");
    if (features.length > gp.SKETCH_LIMITS.features) throw gp.beyondLimits(features);
    const lost = new Map();
    const count = (name) => lost.set(name, (lost.get(name) || 0) + 1);
    const things = [];
    let corners = 0;
    for (const one of features) {
      const shapes = one && one.type === "Feature" ? shapesOf(one.geometry, 0, count) : [];
      if (!shapes.length) { count("Feature"); continue; }
      const properties = one.properties && typeof one.properties === "object" && !Array.isArray(one.properties) ? one.properties : {};
      things.push(thing(shapes, properties, ["string", "number"].includes(typeof one.id) ? one.id : null));
      corners += gp.cornersOf(things.at(-1));
      if (corners > gp.SKETCH_LIMITS.corners) throw gp.beyondLimits(things);
    }
    return { things, lost };
  }

  const NAMES = { Point: "point", LineString: "line", Polygon: "area", MultiPoint: "point", MultiLineString: "line", MultiPolygon: "area" };

  function shapesOf(geometry, depth, count) {
    if (!geometry || typeof geometry !== "object" || depth > DEEPEST) return [];
    if (geometry.type === "GeometryCollection") return (Array.isArray(geometry.geometries) ? geometry.geometries : []).flatMap((one) => shapesOf(one, depth + 1, count));
    const type = Object.hasOwn(NAMES, geometry.type) ? NAMES[geometry.type] : null;
    if (!type || !Array.isArray(geometry.coordinates)) return [];
    const each = geometry.type.startsWith("Multi") ? geometry.coordinates : [geometry.coordinates];
    const shapes = each.map((coordinates) => shape(type, coordinates, count));
    shapes.forEach((one) => one || count(geometry.type));
    return shapes.filter(Boolean);
  }

  function shape(type, coordinates, count) {
    if (!Array.isArray(coordinates)) return null;
    const lists = type === "point" ? [[coordinates]] : type === "line" ? [coordinates] : coordinates;
    if (!lists.length || !lists.every(Array.isArray)) return null;
    const rings = lists.map((ring) => ring.map((place) => position(place, count)));
    if (type !== "area") return rings[0].length >= gp.leastCorners(type) ? { type, rings } : null;
    const open = rings.map(gp.openedRing);
    return open.every((ring) => ring.length >= 3) ? { type, rings: open.map((ring, k) => gp.turned(ring, k === 0)) } : null;
  }

  function position(place, count) {
    const found = Array.isArray(place) && place.every((number) => typeof number === "number") ? gp.position(...place.slice(0, 3)) : null;
    if (!found) throw new gp.SketchError("draw_bad_coordinates", { text: String(JSON.stringify(place)).slice(0, 40) });
    if (place.length > 3) count("coordinates[3]");
    return found;
  }

  function thing(shapes, properties, ref) {
    const get = (...names) => names.map((name) => (Object.hasOwn(properties, name) ? properties[name] : null)).find((value) => value !== null) ?? undefined;
    const types = new Set(shapes.map(({ type }) => type));
    const points = types.size === 1 && types.has("point");
    const html = points && get("_markerType") === "DivIcon" && typeof get("_html") === "string" ? get("_html") : null;
    const doubled = get("name") !== undefined ? "" : "title";  // a title beside a name is a datum of its own
    return gp.newThing(shapes, {
      ref, name: written(get("name", "title")) || (html ? bare(html) : ""), note: written(get("description")), label: points && (get("label") === true || html !== null),
      colour: colour(points ? get("marker-color", "_color", "stroke") : get("stroke", "_color", "marker-color")),
      opacity: byte(points ? get("marker-opacity") : get("stroke-opacity", "_opacity")),
      fill: colour(get("fill", "_fillColor")), fillOpacity: byte(get("fill-opacity", "_fillOpacity")),
      width: width(points ? get("marker-width") : get("stroke-width", "_weight"), points),
      data: Object.entries(properties).filter(([key]) => key === "title" ? !doubled : !STYLES.has(key)).map(([key, value]) => [gp.plainText(key), kept(value)]),
    });
  }

  const written = (value) => (value === undefined || value === null ? "" : gp.plainText(typeof value === "object" ? JSON.stringify(value) : value));

  /** A datum stays what it was, so that a number is a number again when it is saved. */
  function kept(value) {
    if (typeof value === "object" && value !== null) JSON.stringify(value);  // one too deep to be written is refused now, not when it is saved
    return typeof value === "string" ? gp.plainText(value) : value;
  }

  function colour(value) {
    const found = typeof value === "string" ? /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(value.trim()) : null;
    if (!found) return null;
    const digits = found[1].toLowerCase();
    return `#${digits.length === 3 ? [...digits].map((one) => one + one).join("") : digits}`;
  }

  const byte = (value) => (typeof value === "number" && value >= 0 && value <= 1 ? Math.round(value * 255) : null);
  const width = (value, points) => (typeof value === "number" && Number.isFinite(value) && value >= 0 && (value || !points) ? value : null);

  const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&nbsp;": " ", "&amp;": "&" };

  /** The words of a label that 地理院地図 keeps as HTML: its tags are left out, nothing of it is ever a document. */
  const bare = (html) => gp.plainText(html.replace(/<br\s*\/?>/gi, "\n").replace(/<[^>]*>/g, "")
    .replace(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (one) => ENTITIES[one]).trim());
})(window.gispipe = window.gispipe || {});
