/* KML into things. What a file holds beyond that is counted, never fetched and never run. */
(function (gp) {
  "use strict";

  const SPACES = new Set(["http://www.opengis.net/kml/2.2", "http://earth.google.com/kml/2.2", "http://earth.google.com/kml/2.1", "http://earth.google.com/kml/2.0",
    "http://www.opengis.net/kml/2.3"]);
  const CONTAINERS = new Set(["kml", "Document", "Folder"]);
  const SHAPES = { Point: "point", LineString: "line", LinearRing: "line", Polygon: "area" };
  /** Says nothing that a flat drawing could show or lose: a view of the whole, an order of schemas, what is read elsewhere. */
  const QUIET = new Set(["name", "description", "open", "Style", "StyleMap", "Schema", "LookAt", "Camera", "styleUrl",
    "extrude", "tessellate", "altitudeMode", "Snippet"]);

  /**
   * Read a KML document.
   * @param {string} text
   * @returns {{things: Object[], lost: Map<string, number>}} `lost` counts by element name what was not understood. Raises SketchError
   */
  gp.fromKml = function (text) {
    const root = parsed(text);
    const lost = new Map();
    const count = (name) => lost.set(name, (lost.get(name) || 0) + 1);
    const styles = sharedStyles(root, count);
    const things = [];
    const waiting = [root];
    let corners = 0;
    while (waiting.length) {
      const node = waiting.pop();
      if (known(node) === "Placemark") {
        const thing = placemark(node, styles, count);
        if (!thing) continue;
        things.push(thing);
        corners += gp.cornersOf(thing);
        if (things.length > gp.SKETCH_LIMITS.features || corners > gp.SKETCH_LIMITS.corners) throw gp.beyondLimits(things);
        continue;
      }
      if (known(node) === "Folder") count("Folder");
      const inside = [...node.children].filter((one) => CONTAINERS.has(known(one)) || known(one) === "Placemark");
      for (const one of node.children) if (!CONTAINERS.has(known(one)) && known(one) !== "Placemark" && !QUIET.has(known(one))) count(one.localName);
      for (const one of inside.reverse()) waiting.push(one);
    }
    return { things, lost };
  };

  /** The root element. A document type is refused: entities live there, and KML has none. */
  function parsed(text) {
    const prolog = /^\ufeff?\s*(?:<\?[\s\S]*?\?>\s*|<!--[\s\S]*?-->\s*)*/.exec(text)[0];
    if (/^<!DOCTYPE/i.test(text.slice(prolog.length))) throw new gp.SketchError("draw_not_kml");
    const document = new DOMParser().parseFromString(text.replace(/^\ufeff?\s*<\?xml\s[\s\S]*?\?>/, ""), "application/xml");
    const root = document.documentElement;
    if (!root || document.getElementsByTagNameNS("*", "parsererror").length || known(root) !== "kml") throw new gp.SketchError("draw_not_kml");
    return root;
  }

  /** The name of an element of KML; null for one of another language. */
  const known = (node) => (node && (node.namespaceURI === null || SPACES.has(node.namespaceURI)) ? node.localName : null);

  const child = (node, name) => [...node.children].find((one) => known(one) === name) || null;
  const textOf = (node, name) => { const found = child(node, name); return found ? found.textContent : undefined; };

  /** Styles by their id; what else hangs on a style (pictures, balloons) is counted. */
  function sharedStyles(root, count) {
    const styles = new Map();
    const maps = [];
    for (const name of ["Style", "StyleMap"]) {
      for (const node of root.getElementsByTagNameNS("*", name)) {
        if (!known(node) || known(node.parentElement) === "Placemark" || !node.getAttribute("id")) continue;
        if (name === "Style") styles.set(node.getAttribute("id"), partsOf(node, count));
        else maps.push(node);
      }
    }
    for (const node of maps) {
      const pair = [...node.children].find((one) => known(one) === "Pair" && (textOf(one, "key") || "").trim() === "normal");
      const url = pair && (textOf(pair, "styleUrl") || "").trim();
      const own = pair && child(pair, "Style");
      styles.set(node.getAttribute("id"), own ? partsOf(own, count) : styles.get((url || "").replace(/^#/, "")) || {});
    }
    return styles;
  }

  function partsOf(style, count) {
    const parts = {};
    for (const part of style.children) {
      const name = known(part);
      if (!["IconStyle", "LabelStyle", "LineStyle", "PolyStyle"].includes(name)) { count(part.localName); continue; }
      parts[name] = Object.fromEntries([...part.children].map((field) => [field.localName, field.textContent]));
      for (const { localName, textContent } of part.children) {
        if (localName === "Icon" || (localName === "colorMode" && textContent.trim() === "random")) count(localName);
      }
    }
    return parts;
  }

  function placemark(node, styles, count) {
    const shapes = [];
    const data = [];
    let parts = {};
    for (const one of node.children) {
      const name = known(one);
      if (SHAPES[name] || name === "MultiGeometry") collect(one, shapes, count);
      else if (name === "ExtendedData") data.push(...extended(one, count));
      else if (name === "Style") parts = { ...parts, ...partsOf(one, count) };
      else if (name === "styleUrl") parts = { ...shared(one.textContent.trim(), styles, count), ...parts };
      else if (name === "visibility" ? one.textContent.trim() !== "1" : !QUIET.has(name)) count(one.localName);
    }
    if (!shapes.length) { count("Placemark"); return null; }
    const [name, note] = ["name", "description"].map((field) => gp.plainText(textOf(node, field) ?? ""));
    return gp.newThing(shapes, { name, note, data, ...gp.styleFromKml(parts, shapes) });
  }

  function shared(url, styles, count) {
    const found = url.startsWith("#") ? styles.get(url.slice(1)) : null;
    if (!found) count("styleUrl");
    return found || {};
  }

  /** Shapes of a geometry, in order; collections may lie in collections. */
  function collect(node, shapes, count) {
    const waiting = [node];
    while (waiting.length) {
      const one = waiting.pop();
      const name = known(one);
      if (name === "MultiGeometry") waiting.push(...[...one.children].reverse());
      else if (!SHAPES[name]) count(one.localName);
      else {
        const shape = geometry(one, name);
        if (shape) shapes.push(shape);
        else count(name);
      }
    }
  }

  function geometry(node, name) {
    const type = SHAPES[name];
    const outer = type === "area" ? borders(node, "outerBoundaryIs").slice(0, 1) : [positions(node)];
    const closed = type === "area" && outer.length ? [...outer, ...borders(node, "innerBoundaryIs")].map(opened) : outer;
    return closed.length && closed.every((ring) => ring.length >= gp.leastCorners(type)) ? { type, rings: type === "point" ? [closed[0].slice(0, 1)] : closed } : null;
  }

  const named = (node, name) => [...node.children].filter((one) => known(one) === name);
  const borders = (node, name) => named(node, name).flatMap((one) => named(one, "LinearRing")).map(positions);

  /** A ring without its first position at the end. */
  const opened = (ring) => (ring.length > 1 && gp.samePlace(ring[0], ring.at(-1)) ? ring.slice(0, -1) : ring);

  gp.openedRing = opened;

  function positions(node) {
    const list = (textOf(node, "coordinates") || "").trim().replace(/\s*,\s*/g, ",");
    return list ? list.split(/\s+/).map((tuple) => {
      const position = gp.writtenPosition(tuple.split(",").filter((part, k) => part !== "" || k < 2));
      if (!position) throw new gp.SketchError("draw_bad_coordinates", { text: tuple.slice(0, 40) });
      return position;
    }) : [];
  }

  /** Names and values, with or without a schema, as plain text. */
  function extended(node, count) {
    const out = [];
    for (const one of node.children) {
      const name = known(one);
      if (name === "Data") out.push([gp.plainText(one.getAttribute("name") ?? ""), gp.plainText(textOf(one, "value") ?? "")]);
      else if (name === "SchemaData") for (const field of one.children) out.push([gp.plainText(field.getAttribute("name") ?? ""), gp.plainText(field.textContent)]);
      else count(one.localName);
    }
    return out;
  }
})(window.gispipe = window.gispipe || {});
