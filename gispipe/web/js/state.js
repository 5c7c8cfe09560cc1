/* What the reader is looking at, and its permalink `#z/lat/lon/map/bg/layers/lang`. */
(function (gp) {
  "use strict";

  const listeners = [];

  gp.state = { z: null, lat: null, lon: null, map: null, bg: "base", layers: {}, lang: "ja", patterns: true };

  /** Be told of every change; the listener gets the set of changed keys. */
  gp.onChange = (listener) => listeners.push(listener);

  /** Change the state and tell everyone once. */
  gp.change = function (patch) {
    const changed = new Set(Object.keys(patch).filter((key) => gp.state[key] !== patch[key]));
    if (!changed.size) return;
    Object.assign(gp.state, patch);
    for (const listener of listeners) listener(changed);
  };

  /** Whether a layer is drawn: the reader's own choice, else the map's declaration. */
  gp.isVisible = function (mapStyle, id) {
    const own = gp.state.layers[id];
    if (own !== undefined) return own;
    const declared = mapStyle.layers.find((layer) => layer.id === id);
    return Boolean(declared && declared.visible !== false);
  };

  /** Write the state as a fragment. Only ids and numbers go in, so the fragment needs no escaping. */
  gp.permalink = function (mapStyle) {
    const s = gp.state;
    const own = Object.keys(s.layers).length > 0;
    const visible = mapStyle.layers.filter((layer) => gp.isVisible(mapStyle, layer.id)).map((layer) => layer.id);
    const layers = own ? visible.join(",") || "none" : "-";
    return "#" + [trim(s.z, 2), s.lat.toFixed(6), s.lon.toFixed(6), s.map, s.bg, layers, s.lang].join("/");
  };

  /**
   * Read a fragment. Anything that is not a known id or a finite number is dropped: a link may come from anybody.
   * @returns {Object} the parts of the state it names
   */
  gp.readPermalink = function (fragment, style) {
    const [z, lat, lon, map, bg, layers, lang] = fragment.replace(/^#/, "").split("/");
    const out = {};
    if ([z, lat, lon].every((part) => part && Number.isFinite(Number(part))) && Math.abs(lat) <= 85 && Math.abs(lon) <= 180) {
      Object.assign(out, { z: Math.min(22, Math.max(0, Number(z))), lat: Number(lat), lon: Number(lon) });
    }
    if (map && Object.hasOwn(style.maps, map)) out.map = map;
    if (bg === "base" || bg === "none" || (bg && Object.hasOwn(style.layers, bg))) out.bg = bg;
    if (layers && layers !== "-" && out.map) {
      const named = new Set(layers.split(","));
      out.layers = Object.fromEntries(style.maps[out.map].layers.map((layer) => [layer.id, named.has(layer.id)]));
    }
    if (lang && gp.words.languages().includes(lang)) out.lang = lang;
    return out;
  };

  const trim = (number, digits) => String(Number(Number(number).toFixed(digits)));
})(window.gispipe = window.gispipe || {});
