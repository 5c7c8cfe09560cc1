/* The rest of the panel: themes, backgrounds, sources, notices, language. */
(function (gp) {
  "use strict";

  const { t, name, said, saidTerm } = Object.fromEntries(["t", "name", "said", "saidTerm"].map((one) => [one, (...a) => gp.words[one](...a)]));

  /** Put every fixed sentence of the page in the reader's language. */
  gp.translatePage = function (site) {
    document.documentElement.lang = gp.words.tag(gp.words.lang());
    document.documentElement.dataset.lang = gp.words.lang();
    for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
    for (const node of document.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
    for (const node of document.querySelectorAll("[data-t-title]")) node.setAttribute("title", t(node.dataset.tTitle));
    gp.byId("search").setAttribute("placeholder", t("search_hint"));
    gp.byId("city-name").textContent = name(site.city, "name");
    gp.byId("contact").textContent = site.city.contact ? t("contact", { name: site.city.contact }) : "";
    for (const [id, page] of [["town-list", site.towns], ["sources-page", site.sources]]) {
      const link = gp.byId(id);
      if (link) link.setAttribute("href", document.documentElement.dataset.root + gp.words.pageOf(page));
    }
  };

  /** The list of languages, each in its own words. */
  gp.makeLanguageMenu = function () {
    const menu = gp.byId("language");
    gp.fill(menu, ...gp.words.languages().map((lang) =>
      gp.el("option", { value: lang, lang: gp.words.tag(lang), selected: lang === gp.words.lang(), text: gp.words.self(lang) })));
    menu.onchange = () => gp.words.load(menu.value).then(() => gp.change({ lang: menu.value }), () => { menu.value = gp.words.lang(); gp.toast(gp.words.t("words_failed")); gp.release.changed(); });
  };

  /** The title, and the maps by group with the one of the active screen chosen. */
  gp.showThemes = function (style, site) {
    const { screens, split } = gp.state;
    const now = gp.activeScreen().map;
    const shown = [...new Set(screens.slice(0, split === "one" ? 1 : 2).map(({ map }) => map))];
    gp.fill(gp.byId("title"), ...listed(shown.map((map) => said(style.maps[map])), " ｜ "));
    gp.fill(gp.byId("theme-now"), gp.el("span", said(style.maps[now])));
    document.title = `${gp.byId("title").textContent} — ${name(site.city, "name")}`;
    const groups = new Map();
    for (const { id } of site.maps.filter((one) => style.maps[one.id])) {
      const map = style.maps[id];
      const group = map.group || "";
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(gp.el("label", { class: "choice" },
        gp.el("input", { type: "radio", name: "theme", id: `theme-${id}`, value: id, checked: id === now, onchange: () => gp.chooseTheme(style, id) }),
        gp.el("span", said(map))));
    }
    gp.fill(gp.byId("theme-list"), ...[...groups].map(([group, choices]) =>
      gp.el("fieldset", {}, gp.el("legend", { ...(groups.size > 1 && group ? saidTerm(group) : { text: t(groups.size > 1 ? "theme_other" : "theme") }), class: groups.size > 1 ? "" : "quiet" }), ...choices)));
  };

  /** Switch the map of the active screen without a reload. The reader's own choices of layers belong to the old one. */
  gp.chooseTheme = function (style, id) {
    const { bg } = gp.activeScreen();
    gp.changeScreen({ ...gp.newScreen(id), bg: gp.backgroundsOf(style, id).includes(bg) ? bg : "base" });
    gp.say(t("theme_now", { name: name(style.maps[id]) }));
  };

  /** The switch floats over the map where there is room and lies in the sheet on a phone: one element, two places. */
  gp.placeBackgrounds = function () {
    const narrow = window.matchMedia("(max-width: 760px)");
    const place = () => gp.byId(narrow.matches ? "background-sheet" : "background-map").append(gp.byId("background-box"));
    narrow.addEventListener("change", place);
    place();
    const box = gp.byId("background-box");
    box.addEventListener("click", (event) => { if (event.detail && event.target.matches("input")) box.open = false; });
    box.addEventListener("keydown", (event) => { if (event.key === "Escape" && box.open) { box.open = false; box.querySelector("summary").focus(); } });
  };

  /** Base map, each aerial photograph, or nothing. */
  gp.showBackgrounds = function (style) {
    const { map, bg } = gp.activeScreen();
    const label = (id) => (id === "base" ? { text: t("bg_base") } : id === "none" ? { text: t("bg_none") } : said(style.layers[id] || style.online[id]));
    const wanted = ["base", ...gp.backgroundsOf(style, map).filter((id) => id !== "base" && id !== "none"), "none"];
    gp.fill(gp.byId("background-now"), gp.el("span", label(bg)));
    gp.fill(gp.byId("background-list"), ...wanted.map((id) => gp.el("label", { class: "chip" },
      gp.el("input", { type: "radio", name: "background", id: `background-${id}`, value: id, checked: bg === id, onchange: () => gp.changeScreen({ bg: id }) }),
      gp.el("span", label(id)))));
  };

  /** What the map is for, where each shown layer comes from and of what day it is. */
  gp.showSources = function (style, site) {
    const screens = gp.state.screens.slice(0, gp.state.split === "one" ? 1 : 2);
    const ids = screens.flatMap((screen) => {
      const map = style.maps[screen.map];
      const base = screen.bg === "base" ? map.base || [] : screen.bg === "none" ? [] : [screen.bg];
      return [...map.layers.filter(({ id }) => gp.isVisible(map, id, screen)).map(({ id }) => id), ...base];
    });
    const rows = [...new Set(ids)].map((id) => style.layers[id] || (style.online || {})[id]).filter((layer) => layer && (layer.attribution || layer.updated || layer.note));
    gp.byId("hazard-note").hidden = !screens.some(({ map }) => gp.isHazardMap(style, map));
    gp.fill(gp.byId("description"), gp.el("span", saidTerm(style.maps[gp.activeScreen().map].description)));
    gp.fill(gp.byId("source-list"), ...group(rows).map(([what, titles]) => gp.el("li", {},
      gp.el("b", {}, ...listed(titles, "・")), gp.el("span", {}, ...listed(what, "　")))));
    const online = screens.map(({ bg }) => (style.online || {})[bg]).filter(Boolean).map((one) => one.attribution);
    gp.byId("attribution").textContent = [site.city.attribution || name(site.city, "name"), ...new Set(online)].join("　");
  };

  /** What is said one after the other, each in its own language. */
  const listed = (parts, between) => parts.flatMap((part, k) => [k ? between : null, gp.el("span", part)]);

  /** Layers with the same source share a row; the list stays readable with thirty layers. */
  function group(layers) {
    const rows = new Map();
    for (const layer of layers) {
      const what = [saidTerm(layer.attribution), saidTerm(layer.owner), { text: layer.updated ? t("updated", { date: layer.updated }) : "" }, saidTerm(layer.note)].filter(({ text }) => text);
      const key = JSON.stringify(what);
      if (!rows.has(key)) rows.set(key, [what, []]);
      rows.get(key)[1].push(said(layer));
    }
    return [...rows.values()];
  }
})(window.gispipe = window.gispipe || {});
