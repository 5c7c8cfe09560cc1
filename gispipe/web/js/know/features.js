/* What the shown layers have at a point: their attributes, by `textContent` alone. */
(function (gp) {
  "use strict";

  const MOST = 6;  // features of one layer that are told

  /**
   * Tell the layers under a point: those of the theme, then folded those of the base map; on a hazard map also when nothing is there, since silence would read as "safe".
   * @param {gp.Screen} screen
   * @param {L.LatLng} latlng
   * @param {number} brush pixels round the point that count as hit
   * @returns {Promise<Element>}
   */
  gp.featuresAt = async function (screen, latlng, brush) {
    const found = await screen.canvas.pick(latlng, Math.round(screen.map.getZoom()), brush);
    const theme = new Set(screen.theme.layers.map(({ id }) => screen.style.layers[id]));
    const told = (own) => found.filter(({ layer, features }) => features.length && theme.has(layer) === own).map(section).filter(Boolean);
    const [sections, base] = [told(true), told(false)];
    const missing = found.some(({ layer, loaded }) => !loaded && theme.has(layer));
    const hazard = gp.isHazardMap(screen.style, screen.shown.map);
    const none = missing ? gp.tilesFailed.lasting || "not_loaded" : sections.length ? null : "nothing_here";
    return gp.el("div", { class: "features" }, ...sections, none ? gp.el("p", { class: "none", text: gp.words.t(none) }) : null,
      hazard ? gp.el("p", { class: "note", text: [gp.words.t("boundary_note"), gp.words.t("hazard_note")].join(gp.words.lang() === "en" ? " " : "") }) : null,
      base.length ? gp.el("details", { class: "more" }, gp.el("summary", {}, gp.el("span", { text: gp.words.t("base_here", { n: base.length }) }), gp.icon("chevron")), ...base) : null);
  };

  function section({ layer, features }) {
    const rows = features.slice(0, MOST).map((feature) => card(layer, feature)).filter(Boolean);
    if (!rows.length) return null;
    const more = features.length > MOST ? gp.el("p", { class: "others", text: gp.words.t("more", { n: features.length - MOST }) }) : null;
    return gp.el("section", {}, gp.el("h3", gp.words.said(layer)), ...rows, more);
  }

  /** The class with its swatch, then the declared columns that have a value. */
  function card(layer, feature) {
    const one = gp.classifier(layer.style)(feature.props);
    const label = one ? gp.words.name(one, "label") : "";
    const columns = (layer.popup || []).filter(({ column }) => present(feature.props[column]) && !repeats(layer, column, label));
    if (!columns.length && !layer.hazard && !label) return null;
    return gp.el("div", { class: "feature" },
      label && label !== gp.words.name(layer) ? gp.el("p", { class: "class" }, gp.swatch(layer, one, gp.state.patterns), gp.el("span", gp.words.said(one, "label"))) : null,
      columns.length ? gp.el("dl", {}, ...columns.flatMap((column) => [
        gp.el("dt", column.label ? gp.words.said(column, "label") : { text: column.column }),
        gp.el("dd", shown(feature.props[column.column], column))])) : null,
      columns.some((column) => hidden(feature.props[column.column], column)) ? gp.el("p", { class: "note", text: gp.words.t("withheld_note", { mark: columns.find((column) => column.withheld).withheld }) }) : null);
  }

  /** Whether a count is not shown because it is small. */
  const hidden = (value, column) => Boolean(column.withheld) && value === column.withheld;

  const present = (value) => value !== undefined && value !== null && value !== "";

  /** The column the class comes from says nothing new beside the class. */
  const repeats = (layer, column, label) => Boolean(label) && layer.style.by === column;

  /** A value as people write it, as attributes for `gp.el`: thousands apart, the unit behind, はい/いいえ, dates as they are, listed meanings by their name. */
  function shown(value, column) {
    if (column.type === "bool") return { text: gp.words.t(value === true || value === 1 || value === "1" || value === "true" ? "yes" : "no") };
    if (hidden(value, column)) return { text: value };
    if (column.withheld && /^\d+$/.test(value)) return shown(Number(value), { ...column, withheld: "" });  // beside a mark the numbers of a tile are texts
    const number = typeof value === "number" && column.type !== "str";
    const { text, lang } = number ? { text: value.toLocaleString("en-US", { maximumFractionDigits: 3 }) } : gp.words.saidTerm(String(value));
    return { text: text + unitOf(column), lang };
  }

  /** A unit that is a word in letters stands apart from its number. */
  function unitOf({ unit = "" }) {
    const name = gp.words.term(unit);
    return name !== unit && /^[A-Za-z]/.test(name) ? ` ${name}` : name;
  }
})(window.gispipe = window.gispipe || {});
