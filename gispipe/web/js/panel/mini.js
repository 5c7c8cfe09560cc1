/* The short legend that stays in reach while the panel shows something else, and on a phone while the sheet is down. */
(function (gp) {
  "use strict";

  const MOST = 8;  // signs in one strip

  /** Depths as a strip has room for them: 0.5m以上3.0m未満 → 0.5–3; open above 20–, open below –0.5; other labels whole. */
  function short(one) {
    if (!one.depth) return gp.words.name(one, "label");
    const [from, to] = one.depth.map((metres) => String(Number(metres.toFixed(2))));
    return to === undefined ? `${from}–` : from === "0" ? `–${to}` : `${from}–${to}`;
  }

  /**
   * Show what the drawn layers mean: the steps of the first hazard that has some, else a sign for every layer.
   * @param {Object} style
   * @param {Object} mapStyle
   * @param {Object[]} drawn the layers that are switched on, the top one first
   */
  gp.showMini = function (style, mapStyle, drawn) {
    const strip = gp.byId("mini-legend");
    strip.hidden = !drawn.length;
    if (!drawn.length) return;
    const steps = drawn.find((layer) => layer.hazard && isRamp(layer)) || drawn.find(isRamp);
    gp.fill(strip, ...(steps ? ramp(steps) : signs(drawn)), gp.el("span", { class: "unfold" }, gp.icon("chevron")));
  };

  /** Steps of one thing whose words fit under a small swatch. */
  const isRamp = (layer) => layer.geometry === "polygon" && layer.style.classes.length > 2 && layer.style.classes.every((one) => short(one).length <= 7);

  function ramp(layer) {
    const unit = layer.style.classes.some((one) => one.depth) ? " (m)" : "";
    return [gp.el("b", { ...gp.words.said(layer), text: gp.words.name(layer) + unit }), gp.el("span", { class: "steps" }, ...gp.allClasses(layer.style).slice(0, MOST).map((one) =>
      gp.el("span", { class: "step" }, gp.swatch(layer, one, gp.state.patterns, 58), gp.el("small", one.depth ? { text: short(one) } : gp.words.said(one, "label")))))];
  }

  function signs(drawn) {
    const one = drawn.flatMap((layer) => (layer.style.classes.length === 1 ? [[layer, layer.style.classes[0], gp.words.said(layer)]]
      : gp.allClasses(layer.style).map((each) => [layer, each, gp.words.said(each, "label")]))).slice(0, MOST);
    return [gp.el("b", { text: gp.words.t("legend") }), gp.el("span", { class: "signs" }, ...one.map(([layer, each, said]) =>
      gp.el("span", { class: "sign" }, gp.swatch(layer, each, gp.state.patterns, 24), gp.el("small", said))))];
  }
})(window.gispipe = window.gispipe || {});
