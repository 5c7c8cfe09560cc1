/* The panel's legend: one entry per layer with its switch, what can be set of it, and its classes while it is on. */
(function (gp) {
  "use strict";

  const open = new Set();  // layers whose settings are unfolded

  /** Rebuild the legend of the active screen. */
  gp.showLegend = function (style, map) {
    const screen = gp.activeScreen();
    const mapStyle = style.maps[screen.map];
    const known = gp.layersOf(mapStyle, screen).filter(({ id }) => style.layers[id] && style.layers[id].style);
    const entries = known.map(({ id }, k) => entry(id, style.layers[id], mapStyle, screen, { first: k === 0, last: k === known.length - 1 }));
    gp.fill(gp.byId("legend-list"), ...entries, ...background(style.layers[screen.bg], screen));
    gp.byId("patterns-row").hidden = !known.some(({ id }) => gp.allClasses(style.layers[id].style).some((one) => one.hatch && one.hatch !== "none"));
    gp.byId("patterns").checked = gp.state.patterns;
    gp.byId("as-declared").hidden = !Object.keys(screen.layers).length && !Object.keys(screen.opacity).length && !screen.order;
    gp.showMini(style, mapStyle, known.filter(({ id }) => gp.isVisible(mapStyle, id, screen)).map(({ id }) => style.layers[id]));
    gp.markUnseen(style, map);
  };

  function entry(id, layer, mapStyle, screen, at) {
    const on = gp.isVisible(mapStyle, id, screen);
    const classes = gp.allClasses(layer.style);
    const alone = classes.length === 1;
    const name = gp.words.name(layer);
    const box = gp.el("input", { type: "checkbox", checked: on, id: `on-${id}`, onchange: (event) => {
      gp.changeScreen({ layers: { ...screen.layers, ...settled(mapStyle, screen), [id]: event.target.checked } });
    } });
    const more = gp.el("button", { type: "button", class: "adjust", id: `adjust-${id}`, "aria-expanded": String(open.has(id)), "aria-label": gp.words.t("layer_settings", { name }), title: gp.words.t("layer_settings", { name }),
      onclick: () => { open.has(id) ? open.delete(id) : open.add(id); gp.changeScreen({ layers: { ...screen.layers } }); } }, gp.icon("adjust"));
    return gp.el("li", { class: on ? "layer" : "layer off", "data-layer": id },
      gp.el("div", { class: "line" }, gp.el("label", { class: "switch", for: `on-${id}` }, box, alone ? gp.swatch(layer, classes[0], gp.state.patterns) : null, gp.el("span", gp.words.said(layer))), more),
      open.has(id) ? settings(id, layer, mapStyle, screen, at, name) : null,
      gp.el("p", { class: "unseen", hidden: true, text: gp.words.t("zoom_in_to_see") }),
      on && !alone ? gp.classList(layer, gp.state.patterns) : null);
  }

  /** Opacity and order of one layer. */
  function settings(id, layer, mapStyle, screen, at, name) {
    const share = Math.round((screen.opacity[id] ?? layer.style.opacity ?? 1) * 100);
    const shown = gp.el("output", { for: `opacity-${id}`, text: `${share}%` });
    const slider = gp.el("input", { type: "range", min: "0", max: "100", step: "5", value: String(share), id: `opacity-${id}`,
      oninput: (event) => { shown.textContent = `${event.target.value}%`; },
      onchange: (event) => gp.changeScreen({ opacity: { ...screen.opacity, [id]: Number(event.target.value) / 100 } }) });
    const move = (step, icon, word, off) => gp.el("button", { type: "button", id: `${word}-${id}`, class: "step", disabled: off, "aria-label": gp.words.t(word, { name }), title: gp.words.t(word, { name }),
      onclick: () => { gp.changeScreen({ order: moved(mapStyle, screen, id, step) }); gp.say(gp.words.t("layer_moved", { name })); } }, gp.icon(icon));
    return gp.el("div", { class: "settings" }, gp.el("label", { for: `opacity-${id}`, text: gp.words.t("opacity") }), slider, shown,
      move(-1, "up", "layer_up", at.first), move(1, "down", "layer_down", at.last));
  }

  function moved(mapStyle, screen, id, step) {
    const order = gp.layersOf(mapStyle, screen).map((layer) => layer.id);
    const from = order.indexOf(id);
    order.splice(from, 1);
    order.splice(from + step, 0, id);
    return order;
  }

  /** The steps of a background that has some, such as the colours of heights; it is switched elsewhere. */
  const background = (layer, screen) => (layer && layer.style ? [gp.el("li", { class: "layer", "data-background": screen.bg },
    gp.el("b", gp.words.said(layer)), gp.classList(layer, gp.state.patterns))] : []);

  /** Every layer's present state, so that one own choice makes the whole list the reader's own. */
  const settled = (mapStyle, screen) => Object.fromEntries(mapStyle.layers.map(({ id }) => [id, gp.isVisible(mapStyle, id, screen)]));

  /** Say which layers are switched on but only appear further in. */
  gp.markUnseen = function (style, map) {
    for (const item of document.querySelectorAll("#legend-list [data-layer]")) {
      const layer = style.layers[item.dataset.layer];
      const tileset = style.tilesets[layer.tileset];
      const first = Math.max(layer.minzoom ?? 0, tileset ? tileset.minzoom : 0);
      item.querySelector(".unseen").hidden = item.classList.contains("off") || map.getZoom() >= first;
    }
  };
})(window.gispipe = window.gispipe || {});
