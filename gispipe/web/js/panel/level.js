/* Which level of the base map (地図情報レベル) is on the screen: the scale it was surveyed for, not the scale it is shown at. */
(function (gp) {
  "use strict";

  const QUIET = 700;  // ms without another change before it is read out: zooming through three levels is one sentence

  /**
   * The levels drawn at a zoom in a view: `whole` those for the whole city, `part` those for a part of it that reaches into the view, finest first.
   * Where layers take turns (`of`), they say it; layers without turns count only when no others are drawn.
   * @param {L.LatLngBounds} view
   */
  gp.levelsShown = function (style, base, zoom, view) {
    const drawn = base.map((id) => style.layers[id]).filter((layer) => layer && layer.level && zoom >= (layer.minzoom ?? 0) && zoom <= (layer.maxzoom ?? 99));
    const inView = ({ tileset }) => { const [west, south, east, north] = style.tilesets[tileset].bounds; return view.intersects([[south, west], [north, east]]); };
    const turns = drawn.filter(({ level }) => level.of);
    const scales = (layers, part) => [...new Set(layers.filter((layer) => Boolean(layer.level.part) === part && (!part || inView(layer))).map(({ level }) => level.scale))].sort((a, b) => a - b);
    const told = turns.length ? turns : drawn;
    return { whole: scales(told, false), part: scales(told, true) };
  };

  /** Write it beside the scale; when it has changed, say it once the map rests. */
  gp.showLevel = function (style, map) {
    const screen = gp.activeScreen();
    const theme = style.maps[screen.map];
    const { whole, part } = gp.levelsShown(style, screen.bg === "base" ? theme.base || [] : [], Math.round(map.getZoom()), map.getBounds());
    const main = whole.length ? gp.words.t("level", { n: whole.join("・") }) : "";
    const also = main && part.length ? gp.words.t("level_part", { n: part.join("・") }) : "";
    const line = gp.byId("level");
    const sentence = main + also;
    const before = line.textContent;
    line.textContent = sentence;
    line.hidden = !sentence;
    window.clearTimeout(gp.showLevel.timer);
    if (gp.showLevel.said === undefined) gp.showLevel.said = sentence;  // the first one is read with the page
    if (sentence === gp.showLevel.said && before === sentence) return;
    gp.showLevel.timer = window.setTimeout(() => {
      if (sentence && sentence !== gp.showLevel.said) gp.say(sentence);
      gp.showLevel.said = sentence;
    }, QUIET);
  };
})(window.gispipe = window.gispipe || {});
