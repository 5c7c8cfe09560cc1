/* The rest of the panel: themes, backgrounds, sources, notices, language. */
(function (gp) {
  "use strict";

  const { t, name } = { t: (...a) => gp.words.t(...a), name: (...a) => gp.words.name(...a) };

  /** Put every fixed sentence of the page in the reader's language. */
  gp.translatePage = function (site) {
    document.documentElement.lang = gp.words.tags[gp.words.lang()];
    document.documentElement.dataset.lang = gp.words.lang();
    for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
    for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
    for (const node of document.querySelectorAll("[data-t-title]")) node.setAttribute("title", t(node.dataset.tTitle));
    gp.byId("search").setAttribute("placeholder", t("search_hint"));
    gp.byId("city-name").textContent = name(site.city, "name");
    gp.byId("contact").textContent = site.city.contact ? t("contact", { name: site.city.contact }) : "";
  };

  /** The list of languages, each in its own words. */
  gp.makeLanguageMenu = function () {
    const menu = gp.byId("language");
    gp.fill(menu, ...gp.words.languages().map((lang) =>
      gp.el("option", { value: lang, lang: gp.words.tags[lang], selected: lang === gp.words.lang(), text: gp.words.self(lang) })));
    menu.onchange = () => gp.change({ lang: menu.value });
  };

  /** The title, and the themes by group with the present one chosen. */
  gp.showThemes = function (style, site) {
    const now = style.maps[gp.state.map];
    gp.byId("title").textContent = name(now);
    gp.byId("theme-now").textContent = name(now);
    document.title = `${name(now)} — ${name(site.city, "name")}`;
    const groups = new Map();
    for (const [id, map] of inOrder(style, site)) {
      const group = map.group || "";
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(gp.el("label", { class: "choice" },
        gp.el("input", { type: "radio", name: "theme", id: `theme-${id}`, value: id, checked: id === gp.state.map, onchange: () => gp.chooseTheme(style, id) }),
        gp.el("span", { text: name(map) })));
    }
    gp.fill(gp.byId("theme-list"), ...[...groups].map(([group, choices]) =>
      gp.el("fieldset", {}, gp.el("legend", { text: groups.size > 1 ? group || t("theme_other") : t("theme"), class: groups.size > 1 ? "" : "quiet" }), ...choices)));
  };

  function inOrder(style, site) {
    const known = site.maps.filter(({ id }) => style.maps[id]).map(({ id }) => [id, style.maps[id]]);
    return known.length ? known : Object.entries(style.maps);
  }

  /** Switch the theme without a reload. The reader's own choices of layers belong to the old theme. */
  gp.chooseTheme = function (style, id) {
    const backgrounds = ["base", "none", ...(style.maps[id].backgrounds || [])];
    gp.change({ map: id, layers: {}, bg: backgrounds.includes(gp.state.bg) ? gp.state.bg : "base" });
    gp.say(t("theme_now", { name: name(style.maps[id]) }));
  };

  /** The switch floats over the map where there is room and lies in the sheet on a phone: one element, two places. */
  gp.placeBackgrounds = function () {
    const narrow = window.matchMedia("(max-width: 760px)");
    const place = () => gp.byId(narrow.matches ? "background-sheet" : "background-map").append(gp.byId("background-list"));
    narrow.addEventListener("change", place);
    place();
  };

  /** Base map, each aerial photograph, or nothing. */
  gp.showBackgrounds = function (style) {
    const years = (style.maps[gp.state.map].backgrounds || []).filter((id) => style.layers[id]);
    const choices = [["base", t("bg_base")], ...years.map((id) => [id, name(style.layers[id])]), ["none", t("bg_none")]];
    gp.fill(gp.byId("background-list"), ...choices.map(([id, label]) => gp.el("label", { class: "chip" },
      gp.el("input", { type: "radio", name: "background", id: `background-${id}`, value: id, checked: gp.state.bg === id, onchange: () => gp.change({ bg: id }) }),
      gp.el("span", { text: label }))));
  };

  /** What the map is for, where each shown layer comes from and of what day it is. */
  gp.showSources = function (style, site) {
    const map = style.maps[gp.state.map];
    const shown = map.layers.filter(({ id }) => style.layers[id] && gp.isVisible(map, id)).map(({ id }) => id);
    const base = gp.state.bg === "base" ? map.base || [] : gp.state.bg === "none" ? [] : [gp.state.bg];
    const rows = [...shown, ...base].map((id) => style.layers[id]).filter((layer) => layer && (layer.attribution || layer.updated || layer.note));
    gp.byId("hazard-note").hidden = !gp.isHazardMap(style);
    gp.byId("description").textContent = map.description || "";
    gp.fill(gp.byId("source-list"), ...group(rows).map(([what, titles]) => gp.el("li", {},
      gp.el("b", { text: titles.join("・") }), gp.el("span", { text: what }))));
    gp.byId("attribution").textContent = site.city.attribution || name(site.city, "name");
  };

  /** Layers with the same source share a row; the list stays readable with thirty layers. */
  function group(layers) {
    const rows = new Map();
    for (const layer of layers) {
      const what = [layer.attribution, layer.owner, layer.updated ? t("updated", { date: layer.updated }) : "", layer.note].filter(Boolean).join("　");
      if (!rows.has(what)) rows.set(what, []);
      rows.get(what).push(name(layer));
    }
    return [...rows];
  }

  gp.isHazardMap = (style) => style.maps[gp.state.map].layers.some(({ id }) => style.layers[id] && style.layers[id].hazard);
})(window.gispipe = window.gispipe || {});
