/*
 * The permalink of everything shown: `#z/lat/lon/map/bg/layers/lang`, then what differs from the start as `key=value`.
 *
 * o, r: opacities and order of the layers; p: no patterns; v: two screens; map2, bg2, on2, o2, r2: the second screen; at: the place that was asked;
 * ov: the overview; d: the drawing. Only ids, numbers and the drawing's own letters go in, so nothing needs escaping.
 */
(function (gp) {
  "use strict";

  const NONE = "none";

  /** Write the state as a fragment. */
  gp.permalink = function (style) {
    const s = gp.state;
    const [first, second] = s.screens;
    const parts = [trim(s.z, 2), s.lat.toFixed(6), s.lon.toFixed(6), first.map, first.bg, layersIn(style, first), s.lang];
    const more = { ...own(first, ""), p: s.patterns ? null : "0", ov: s.overview ? "1" : null, at: s.place ? `${trim(s.place.lat, 6)},${trim(s.place.lon, 6)}` : null, d: gp.sketch ? gp.sketch.toText() : null };
    if (s.split !== "one" && second) Object.assign(more, { v: s.split === "swipe" ? `swipe:${trim(s.swipe, 3)}` : s.split, map2: second.map, bg2: second.bg, on2: layersIn(style, second), ...own(second, "2") });
    return "#" + [...parts, ...Object.entries(more).filter(([, value]) => value).map(([key, value]) => `${key}=${value}`)].join("/");
  };

  /** `-` for the layers as declared. */
  function layersIn(style, screen) {
    if (!Object.keys(screen.layers).length) return "-";
    const mapStyle = style.maps[screen.map];
    return mapStyle.layers.filter(({ id }) => gp.isVisible(mapStyle, id, screen)).map(({ id }) => id).join(",") || NONE;
  }

  const own = (screen, mark) => ({
    [`o${mark}`]: Object.entries(screen.opacity).map(([id, share]) => `${id}:${Math.round(share * 100)}`).join(",") || null,
    [`r${mark}`]: screen.order ? screen.order.join(",") : null,
  });

  /**
   * Read a fragment. Anything that is not a known id or a finite number is dropped: a link may come from anybody.
   * @returns {Object} the parts of the state it names; `screens` has as many as it names, `drawing` is text that the drawing tool must judge
   */
  gp.readPermalink = function (fragment, style) {
    const [z, lat, lon, map, bg, layers, lang, ...rest] = fragment.replace(/^#/, "").split("/");
    const more = Object.fromEntries(rest.map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]));
    const out = { screens: [] };
    const place = [lat, lon].map(number);
    if (number(z) !== null && isPlace(place)) Object.assign(out, { z: Math.min(22, Math.max(0, Number(z))), lat: place[0], lon: place[1] });
    const first = screenOf(style, map, bg, layers, more.o, more.r);
    if (first) out.screens.push(first);
    const second = screenOf(style, more.map2, more.bg2, more.on2, more.o2, more.r2);
    const [split, at] = (more.v || "").split(":");
    if (first && second && (split === "side" || split === "swipe")) {
      out.screens.push(second);
      Object.assign(out, { split, swipe: Math.min(0.95, Math.max(0.05, number(at) ?? 0.5)) });
    }
    if (gp.words.languages().includes(lang)) out.lang = lang;
    if (more.p === "0") out.patterns = false;
    if (more.ov === "1") out.overview = true;
    const asked = (more.at || "").split(",").map(number);
    if (asked.length === 2 && isPlace(asked)) out.place = { lat: asked[0], lon: asked[1] };
    if (more.d) out.drawing = more.d;
    return out;
  };

  /** One screen of a link; null without a known map. */
  function screenOf(style, map, bg, layers, opacity, order) {
    if (!map || !Object.hasOwn(style.maps, map)) return null;
    const ids = style.maps[map].layers.map(({ id }) => id);
    const screen = gp.newScreen(map);
    if (gp.backgroundsOf(style, map).includes(bg)) screen.bg = bg;
    if (layers && layers !== "-") {
      const named = new Set(layers.split(","));
      screen.layers = Object.fromEntries(ids.map((id) => [id, named.has(id)]));
    }
    for (const [id, share] of (opacity || "").split(",").map((one) => one.split(":"))) {
      if (ids.includes(id) && number(share) !== null) screen.opacity[id] = Math.min(100, Math.max(0, Number(share))) / 100;
    }
    const known = (order || "").split(",").filter((id, k, all) => ids.includes(id) && all.indexOf(id) === k);
    if (known.length) screen.order = [...known, ...ids.filter((id) => !known.includes(id))];
    return screen;
  }

  /** The language a fragment names, if it is one of ours: it must be known before any word is shown. */
  gp.languageIn = function (fragment) {
    const lang = fragment.replace(/^#/, "").split("/")[6];
    return gp.words.languages().includes(lang) ? lang : null;
  };

  const number = (text) => (text !== undefined && text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : null);

  const isPlace = ([lat, lon]) => lat !== null && lon !== null && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;

  const trim = (value, digits) => String(Number(Number(value).toFixed(digits)));
})(window.gispipe = window.gispipe || {});
