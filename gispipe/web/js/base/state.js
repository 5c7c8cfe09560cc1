/* What the reader is looking at: shared by both screens, and what each screen has of its own. */
(function (gp) {
  "use strict";

  const listeners = [];

  /**
   * `screens` has one or two of `{map, bg, layers, opacity, order}`: the map's id, the background, the reader's own choice of drawn layers by id,
   * own opacities (0 to 1) by id, and the own order of layers (null: as declared). `split`: one, side or swipe; `active`: the screen the panel speaks of.
   */
  gp.state = { z: null, lat: null, lon: null, lang: "ja", patterns: true, split: "one", swipe: 0.5, active: 0, overview: false, place: null, screens: [] };

  /** A screen that shows a map as it is declared. */
  gp.newScreen = (map) => ({ map, bg: "base", layers: {}, opacity: {}, order: null });

  /** The screen the panel speaks of. */
  gp.activeScreen = () => gp.state.screens[gp.state.active];

  /** Be told of every change; the listener gets the set of changed keys and the number of the screen they are of, or null. */
  gp.onChange = (listener) => listeners.push(listener);

  /** Change what both screens share, and tell everyone once. */
  gp.change = (patch) => apply(gp.state, patch, null);

  /** Change one screen, the active one when no number is given. */
  gp.changeScreen = (patch, number = gp.state.active) => apply(gp.state.screens[number], patch, number);

  function apply(target, patch, number) {
    const changed = new Set(Object.keys(patch).filter((key) => target[key] !== patch[key]));
    if (!changed.size) return;
    Object.assign(target, patch);
    for (const listener of listeners) listener(changed, number);
  }

  /** A map's layers in the order of the screen: the first is drawn on top. */
  gp.layersOf = function (mapStyle, screen) {
    if (!screen.order) return mapStyle.layers;
    const place = new Map(screen.order.map((id, k) => [id, k]));
    return [...mapStyle.layers].sort((a, b) => (place.get(a.id) ?? 1e6) - (place.get(b.id) ?? 1e6));
  };

  /** Whether a layer is drawn on a screen: the reader's own choice, else the map's declaration. */
  gp.isVisible = function (mapStyle, id, screen) {
    const own = screen.layers[id];
    if (own !== undefined) return own;
    const declared = mapStyle.layers.find((layer) => layer.id === id);
    return Boolean(declared && declared.visible !== false);
  };

  /** What may lie behind a map: the base map, nothing, its own backgrounds, and those of the net where the city allows them. */
  gp.backgroundsOf = (style, map) => ["base", "none", ...(style.maps[map].backgrounds || []).filter((id) => style.layers[id]), ...Object.keys(style.online || {})];

  /** Whether a map shows hazards. */
  gp.isHazardMap = (style, map) => style.maps[map].layers.some(({ id }) => style.layers[id] && style.layers[id].hazard);
})(window.gispipe = window.gispipe || {});
