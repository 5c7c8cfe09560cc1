/* The panel's legend: one entry per layer with its switch, and the classes under it while it is on. */
(function (gp) {
  "use strict";

  /** Rebuild the legend of the current map. */
  gp.showLegend = function (style, map) {
    const mapStyle = style.maps[gp.state.map];
    const known = mapStyle.layers.filter(({ id }) => style.layers[id] && style.layers[id].style);
    gp.fill(gp.byId("legend-list"), ...known.map(({ id }) => entry(id, style.layers[id], mapStyle)), ...background(style.layers[gp.state.bg]));
    gp.byId("patterns-row").hidden = !known.some(({ id }) => gp.allClasses(style.layers[id].style).some((one) => one.hatch && one.hatch !== "none"));
    gp.byId("patterns").checked = gp.state.patterns;
    mini(style, mapStyle, known);
    gp.markUnseen(style, map);
  };

  function entry(id, layer, mapStyle) {
    const on = gp.isVisible(mapStyle, id);
    const classes = gp.allClasses(layer.style);
    const alone = classes.length === 1;
    const box = gp.el("input", { type: "checkbox", checked: on, id: `on-${id}`, onchange: (event) => {
      gp.change({ layers: { ...gp.state.layers, ...settled(mapStyle), [id]: event.target.checked } });
    } });
    const title = gp.el("label", { class: "switch", for: `on-${id}` }, box,
      alone ? gp.swatch(layer, classes[0], gp.state.patterns) : null, gp.el("span", { text: gp.words.name(layer) }));
    return gp.el("li", { class: on ? "layer" : "layer off", "data-layer": id }, title,
      gp.el("p", { class: "unseen", hidden: true, text: gp.words.t("zoom_in_to_see") }),
      on && !alone ? gp.classList(layer, gp.state.patterns) : null);
  }

  /** The steps of a background that has some, such as the colours of heights; it is switched elsewhere. */
  const background = (layer) => (layer && layer.style ? [gp.el("li", { class: "layer", "data-background": gp.state.bg },
    gp.el("b", { text: gp.words.name(layer) }), gp.classList(layer, gp.state.patterns))] : []);

  /** Every layer's present state, so that one own choice makes the whole list the reader's own. */
  const settled = (mapStyle) => Object.fromEntries(mapStyle.layers.map(({ id }) => [id, gp.isVisible(mapStyle, id)]));

  /** Say which layers are switched on but only appear further in. */
  gp.markUnseen = function (style, map) {
    for (const item of document.querySelectorAll("#legend-list [data-layer]")) {
      const layer = style.layers[item.dataset.layer];
      const tileset = style.tilesets[layer.tileset];
      const first = Math.max(layer.minzoom ?? 0, tileset ? tileset.minzoom : 0);
      item.querySelector(".unseen").hidden = item.classList.contains("off") || map.getZoom() >= first;
    }
  };

  /** 0.5m以上3.0m未満 → 0.5–3m: a phone has 60 px for it, and the full words are one tap away. */
  const short = (label) => label.replace(/(\d+(?:\.\d+)?)(m|ｍ)以上\s*(\d+(?:\.\d+)?)(?:m|ｍ)未満/, "$1–$3$2").replace(/(\d)\.0(?=\D|$)/g, "$1");

  /** The short legend that a phone shows while the sheet is down: the first layer with steps, else all symbols. */
  function mini(style, mapStyle, known) {
    const visible = known.filter(({ id }) => gp.isVisible(mapStyle, id)).map(({ id }) => style.layers[id]);
    const main = visible.find((layer) => layer.hazard && layer.style.classes.length > 1) || visible.find((layer) => layer.hazard)
      || visible.find((layer) => layer.style.classes.length > 1) || visible[0];
    const strip = gp.byId("mini-legend");
    strip.hidden = !main;
    if (!main) return;
    gp.fill(strip, gp.el("b", { text: gp.words.name(main) }), gp.el("span", { class: "steps" }, ...gp.allClasses(main.style).map((one) =>
      gp.el("span", { class: "step" }, gp.swatch(main, one, gp.state.patterns, main.geometry === "point" ? 22 : 30),
        gp.el("small", { text: short(gp.words.name(one, "label")) })))));
  }
})(window.gispipe = window.gispipe || {});
