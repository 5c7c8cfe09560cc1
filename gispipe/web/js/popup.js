/* What lies at a point: every shown layer there, by `textContent` alone. */
(function (gp) {
  "use strict";

  const MOST = 6;  // features of one layer in one popup

  /** Show the popup of a point; on a hazard map also when nothing is there, since silence would read as "safe". */
  gp.showPopup = function (map, canvas, style, latlng, brush) {
    const found = canvas.pick(latlng, Math.round(map.getZoom()), brush);
    const theme = new Set(style.maps[gp.state.map].layers.map(({ id }) => style.layers[id]));
    const sections = found.filter(({ layer, features }) => features.length && theme.has(layer)).map((hit) => section(hit)).filter(Boolean);
    const hazard = gp.isHazardMap(style);
    const missing = found.some(({ layer, loaded }) => !loaded && theme.has(layer));
    if (!sections.length && !hazard) return map.closePopup();
    const body = gp.el("div", { class: "popup", tabindex: "-1" },
      gp.el("h2", { text: gp.words.t("here") }),
      ...sections,
      missing ? gp.el("p", { text: gp.words.t(gp.tilesFailed.lasting || "not_loaded") }) : sections.length ? null : gp.el("p", { text: gp.words.t("nothing_here") }),
      hazard ? gp.el("p", { class: "note", text: `${gp.words.t("boundary_note")}${gp.words.lang() === "en" ? " " : ""}${gp.words.t("hazard_note")}` }) : null);
    const phone = map.getSize().x < 700;
    const popup = L.popup({
      className: "place", maxWidth: phone ? Math.min(340, map.getSize().x - 90) : 340, minWidth: Math.min(230, map.getSize().x - 90), maxHeight: Math.round(map.getSize().y * (phone ? 0.36 : 0.62)),
      autoPanPaddingTopLeft: [12, phone ? 134 : 70], autoPanPaddingBottomRight: [66, phone ? 190 : 48],
    }).setLatLng(latlng).setContent(body).openOn(map);
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) { close.setAttribute("aria-label", gp.words.t("close")); gp.fill(close, gp.icon("close")); }
    gp.say(body.innerText);
    return popup;
  };

  function section({ layer, features }) {
    const rows = features.slice(0, MOST).map((feature) => card(layer, feature)).filter(Boolean);
    if (!rows.length) return null;
    const more = features.length > MOST ? gp.el("p", { class: "more", text: gp.words.t("more", { n: features.length - MOST }) }) : null;
    return gp.el("section", {}, gp.el("h3", { text: gp.words.name(layer) }), ...rows, more);
  }

  /** The class with its swatch, then the declared columns that have a value. */
  function card(layer, feature) {
    const one = gp.classifier(layer.style)(feature.props);
    const label = one ? gp.words.name(one, "label") : "";
    const columns = (layer.popup || []).filter(({ column }) => present(feature.props[column]) && !repeats(layer, column, label));
    if (!columns.length && !layer.hazard && !label) return null;
    return gp.el("div", { class: "feature" },
      label && label !== gp.words.name(layer) ? gp.el("p", { class: "class" }, gp.swatch(layer, one, gp.state.patterns), gp.el("span", { text: label })) : null,
      columns.length ? gp.el("dl", {}, ...columns.flatMap((column) => [
        gp.el("dt", { text: gp.words.name(column, "label") || column.column }),
        gp.el("dd", { text: shown(feature.props[column.column], column) })])) : null);
  }

  const present = (value) => value !== undefined && value !== null && value !== "";

  /** The column the class comes from says nothing new beside the class. */
  const repeats = (layer, column, label) => Boolean(label) && layer.style.by === column;

  /** A value as people write it: thousands apart, the unit behind, はい/いいえ, dates as they are, listed meanings. */
  function shown(value, column) {
    const unit = column.unit || "";
    if (column.values && Object.hasOwn(column.values, String(value))) return column.values[String(value)];
    if (column.type === "bool") return gp.words.t(value === true || value === 1 || value === "1" || value === "true" ? "yes" : "no");
    if (typeof value === "number" && column.type !== "str") return value.toLocaleString("en-US", { maximumFractionDigits: 3 }) + unit;
    return String(value) + unit;
  }
})(window.gispipe = window.gispipe || {});
